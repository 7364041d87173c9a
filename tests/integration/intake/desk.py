"""A real cycle at intake's desk, with a clock that stands where the test wants it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from services.intake import applications, corrections, drafts, people
from services.intake.stages import conductor
from shared.clock import SHANGHAI
from tests.support.intake import APPLICANT, CLOSES, CODE, OFFICE, OPENS, IntakeDesk

__all__ = ["AFTER", "APPLICANT", "CLOSES", "CODE", "OFFICE", "OPENS", "RealDesk"]

AFTER = date(2025, 6, 16)
TERMS = corrections.CorrectionTerms(usual=5, most=15)


def at(day: date) -> datetime:
    """Ten o'clock of a day."""
    return datetime.combine(day, time(10), tzinfo=SHANGHAI)


class RealDesk(IntakeDesk):
    """One real cycle, step by step; whoever acts does so today, and the test says which day that is."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.cycle = self.open()

    def day(self, day: date) -> None:
        """From now on it is this day."""
        self.clock.move(at(day) - self.clock.now())

    def drafted(self, owner: str = "anna", **changes: Any) -> str:
        """A draft in the cycle; its region is the district's."""
        return self.draft(self.cycle, owner, **{"facts": {"region": "上海市长宁区"}, **changes})

    def hand_in(self, application: str, who: str = "anna") -> dict[str, Any]:
        """Handed in, and not yet signed for."""
        with self.work(APPLICANT, who) as work:
            return applications.submit(work, {"application_id": application})

    def save(self, application: str, revision: int, who: str = "anna", **parts: Any) -> dict[str, Any]:
        """Save parts; `facts__region` stands for `facts.region`."""
        named = {name.replace("__", "."): value for name, value in parts.items()}
        with self.work(APPLICANT, who) as work:
            return drafts.save(work, {"application_id": application, "revision": revision, "parts": named})

    def accept(self, application: str, digest: str) -> dict[str, Any]:
        with self.work(OFFICE, "li") as work:
            return applications.accept(work, {"application_id": application, "digest": digest})

    def send_back(self, application: str, *fields: str, due_on: date | None = None) -> dict[str, Any]:
        items = [{"field": field, "reason": "与营业执照不一致"} for field in fields]
        data = {"application_id": application, "items": items, "due_on": due_on}
        with self.work(OFFICE, "li") as work:
            return applications.send_back(work, data, terms=TERMS)

    def withdraw(self, application: str, who: str = "anna") -> dict[str, Any]:
        with self.work(APPLICANT, who) as work:
            return applications.withdraw(work, {"application_id": application})

    def close_submission(self) -> dict[str, Any]:
        with self.work(OFFICE, "li") as work:
            return conductor.close_stage(work, {"cycle_id": self.cycle, "stage": "submission"})

    def joined(self, application: str, who: str, role: str = "editor") -> None:
        """Somebody joins a dossier of anna's by a code."""
        with self.work(APPLICANT, "anna") as work:
            code = people.invite(work, {"application_id": application, "role": role}, days=7)["code"]
        with self.work(APPLICANT, who) as work:
            people.join(work, {"code": code})
