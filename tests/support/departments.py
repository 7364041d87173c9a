"""The departments in memory: for tests of what lies above the port. It passes the suite that the HTTP adapter passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake.departments.port import Answer, DepartmentSilent, Enquiry
from shared.contracts.dossier import DEPARTMENTS, Record


@dataclass
class MemoryDepartments:
    """Answers from `records` (code → department → records in their wire form); `silent` ones never do.

    `fail_first` gives, by department, how many tries fail before the first answer.
    """

    records: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    fail_first: dict[str, int] = field(default_factory=dict)
    attempts: int = 3
    asked: list[Enquiry] = field(default_factory=list)

    def channel(self, department: str) -> str:
        """As if over HTTP."""
        return "http"

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent."""
        self.asked.append(enquiry)
        if enquiry.department not in DEPARTMENTS:
            raise DepartmentSilent(f"no department {enquiry.department}")
        if enquiry.department in self.silent:
            raise DepartmentSilent("HTTP 503", self.attempts)
        failing = self.fail_first.get(enquiry.department, 0)
        self.fail_first[enquiry.department] = max(0, failing - self.attempts)
        if failing >= self.attempts:
            raise DepartmentSilent("HTTP 503", self.attempts)
        wire = self.records.get(enquiry.uscc, {}).get(enquiry.department, ())
        return Answer(tuple(Record().load(dict(record)) for record in wire), attempts=failing + 1)
