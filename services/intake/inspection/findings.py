"""What is found on the way, and the two ways in which a file ends the search. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.intake.inspection import words
from services.intake.inspection.report import Limits, Reason


class Refused(Exception):
    """The file is refused for this reason, and nothing more is read of it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass
class Findings:
    """What is known of one file so far. Nothing is said twice."""

    reasons: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    pages: int | None = None
    characters: int | None = None

    def refuse(self, reason: Reason) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)

    def note(self, note: Reason) -> None:
        if note not in self.notes:
            self.notes.append(note)


class Budget:
    """What all archives in one file may still unpack, whatever their headers promise. Raises Refused beyond it."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self._entries = limits.archive_entries
        self._bytes = min(limits.archive_bytes, size * limits.archive_ratio)

    def enter(self, entries: int) -> None:
        """So many entries are about to be looked at."""
        self._entries -= entries
        if self._entries < 0:
            raise Refused(words.reason("too_many_entries", limit=self.limits.archive_entries))

    def unpack(self, count: int) -> None:
        """So many bytes have been unpacked, or are promised by headers that are all there is to go by."""
        self._bytes -= count
        if self._bytes < 0:
            raise Refused(words.reason("expands_too_much"))

    def member(self, size: int) -> None:
        """A member is of this size so far; it could not be written to a file beyond the limit of one."""
        if size > self.limits.file_bytes:
            raise Refused(words.reason("expands_too_much"))


@contextmanager
def decoding() -> Iterator[None]:
    """Whatever a decoder raises in here, the file does not decode: Refused as broken. Want of memory is no such thing;
    it ends the process.
    """
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception as error:
        raise Refused(words.reason("broken")) from error
