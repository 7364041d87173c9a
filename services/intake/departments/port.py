"""The departments as intake sees them: a question, an answer, or silence. Pure.

An empty list of records is a clean record; silence never is, and whatever is not a proper answer counts as silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

PURPOSE = "qualification"
CHANNELS = ("http", "batch", "clerk")


@dataclass(frozen=True)
class Enquiry:
    """征询: what one department is asked. `reference` is ours and comes back in the answer.

    Of a rehearsal's world nothing may be concluded about the department itself: it opens no breaker and waits for none.
    """

    department: str
    reference: str
    cycle_id: str
    uscc: str
    name: str
    purpose: str = PURPOSE
    rehearsal: bool = False


@dataclass(frozen=True)
class Refused:
    """What came back and is no answer to the question: kept as evidence of what was sent, by its digest."""

    outcome: str  # malformed | other_reference | other_organization
    digest: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """答复: the department's records as `contracts.dossier.Record` loads them, oldest question first.

    `attempts` counts the questions that were put, the answered one included; `evidence` is the department's own
    reference for its answer, `answered_at` its own time in RFC 3339; `refused` came before, in other attempts.
    """

    records: tuple[dict[str, Any], ...]
    attempts: int = 1
    evidence: str | None = None
    answered_at: str | None = field(default=None, compare=False)
    refused: tuple[Refused, ...] = field(default=(), compare=False)


class DepartmentSilent(Exception):
    """The department gave no proper answer, for as long as it was pressed; `reason` says why, without its data."""

    def __init__(self, reason: str, attempts: int = 1, refused: tuple[Refused, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.attempts = attempts
        self.refused = refused


class NotNow(Exception):
    """The department was not asked: it is left alone for a while, or too many wait for it. `seconds`: ask again then."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class Posted(Exception):
    """The question lies ready for people; their answer comes by a batch file or from the department's clerk."""


class DepartmentPort(Protocol):
    """Asks one department. Takes its time, so never inside a transaction; asking twice is harmless."""

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent, NotNow, Posted."""
        ...

    def channel(self, department: str) -> str:
        """By which channel a department is asked: one of CHANNELS."""
        ...
