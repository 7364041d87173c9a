"""What every process needs sooner or later, made before it says that it is ready: nobody who comes first pays for it.

Rulebooks with their criteria, templates, contracts, the pairs that exclude each other, the calendar of working days.
Libraries of papers (Word, PDF, workbooks) are not among it: they take long to load, few ask for them, and who does waits
for a file.
"""

from __future__ import annotations

import threading
import time

import structlog

from services.gateway import acting, roles
from services.gateway.logs import place_of
from services.gateway.portal import frame, visit
from shared.calendar import work_calendar
from shared.rulebooks import Library

log = structlog.get_logger(__name__)


class Warming:
    """Done once a process, beside the opening of its port."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether all of it is there."""
        return self._done.is_set()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self.run, name="warming", daemon=True).start()

    def run(self) -> None:
        """Make all of it. What cannot be made is said in the log, and is found out again by whoever needs it."""
        began = time.monotonic()
        try:
            read_rulebooks(self._library)
            frame.compile_all()
            visit.prepare()
            acting.pairs()
            acting.refusals()
            roles.exclusions()
            work_calendar()
        except Exception as error:  # noqa: BLE001 - one wrong template must not keep all others from being read
            log.error("warming.failed", detail=place_of(error))
        finally:
            self._done.set()
        log.info("warming.done", seconds=round(time.monotonic() - began, 2))


def read_rulebooks(library: Library) -> None:
    """Parse what is published, with the criteria that applicants are scored by."""
    for rulebook_id in library.ids():
        for rule in library.get(rulebook_id).criteria:
            rule.read()
