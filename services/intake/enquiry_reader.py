"""Reading the enquiries that are about to be asked: those that come at the same time are read together.

Hundreds are asked at once, and each would else open a transaction for one row. Whoever comes first waits a moment for others,
reads for all, and hands out; plain locks, which the service's runtime makes green.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, tuple_

from services.intake import enquiries, models
from shared.store import Store

_MOMENT = 0.002  # seconds that the first waits for others
_AT_A_TIME = 200  # rows of one SELECT

Key = tuple[str, str]  # application and department


@dataclass
class _Wanted:
    """One enquiry that somebody waits for."""

    key: Key
    done: threading.Event = field(default_factory=threading.Event)
    row: Row[Any] | None = None
    error: BaseException | None = None


class GatheredReads:
    """Finds enquiries for many who ask at once. One for a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: list[_Wanted] = []

    def find(self, store: Store, application_id: str, department: str) -> Row[Any] | None:
        """The enquiry as it stands now, None where there is none. Raises what the reading raised."""
        mine = _Wanted((application_id, department))
        with self._lock:
            self._wanted.append(mine)
            first = len(self._wanted) == 1
        if first:
            time.sleep(_MOMENT)
            with self._lock:
                taken, self._wanted = self._wanted, []
            self._read(store, taken)
        else:
            mine.done.wait()
        if mine.error is not None:
            raise mine.error
        return mine.row

    @staticmethod
    def _read(store: Store, taken: list[_Wanted]) -> None:
        table = models.enquiries
        try:
            found: dict[Key, Row[Any]] = {}
            keys = list({each.key for each in taken})
            with store.read() as work:
                for start in range(0, len(keys), _AT_A_TIME):
                    these = tuple_(table.c.application_id, table.c.department).in_(
                        keys[start : start + _AT_A_TIME]
                    )
                    for row in work.session.execute(enquiries.rows().where(these)):
                        found[row.application_id, row.department] = row
            for each in taken:
                each.row = found.get(each.key)
        except BaseException as error:
            for each in taken:
                each.error = error
            raise
        finally:
            for each in taken:
                each.done.set()
