"""The departments as intake sees them: a question, an answer, or silence. Pure.

An empty list of records is a clean record; silence never is, and whatever is not a proper answer counts as silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

PURPOSE = "qualification"


@dataclass(frozen=True)
class Enquiry:
    """征询: what one department is asked. `reference` is ours and comes back in the answer."""

    department: str
    reference: str
    cycle_id: str
    uscc: str
    name: str
    purpose: str = PURPOSE


@dataclass(frozen=True)
class Answer:
    """答复: the department's records as `contracts.dossier.Record` loads them, oldest question first.

    `attempts` counts the questions that were put, the answered one included; `evidence` is the department's own
    reference for its answer, `answered_at` its own time in RFC 3339.
    """

    records: tuple[dict[str, Any], ...]
    attempts: int = 1
    evidence: str | None = None
    answered_at: str | None = field(default=None, compare=False)


class DepartmentSilent(Exception):
    """The department gave no proper answer, for as long as it was pressed; `reason` says why, without its data."""

    def __init__(self, reason: str, attempts: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.attempts = attempts


class DepartmentPort(Protocol):
    """Asks one department. Takes its time, so never inside a transaction; asking twice is harmless."""

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent."""
        ...
