"""A real cycle at intake's desk, with a clock that stands where the test wants it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from services.intake import applications, corrections, cycles, drafts, people
from services.intake.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from tests.support.works import Desk

OPENS, CLOSES, AFTER = date(2025, 5, 12), date(2025, 6, 13), date(2025, 6, 16)
OFFICE, APPLICANT, RECOMMENDER = "award_office", "applicant", "recommending_body"
CODE = "91310105MAXY50013E"
TERMS = corrections.Terms(usual=5, most=15)


def at(day: date) -> datetime:
    """Ten o'clock of a day."""
    return datetime.combine(day, time(10), tzinfo=SHANGHAI)


class RealDesk(Desk):
    """One real cycle; whoever acts does so today, and the test says which day that is."""

    def __init__(self, url: str, rulebook: str = "changning-2023") -> None:
        self.clock = FixedClock(at(OPENS))
        super().__init__("intake", url, clock=self.clock)
        opening = {
            "rulebook": rulebook, "year": 2025, "opens_on": OPENS, "closes_on": CLOSES, "budget_fen": None,
            "rehearsal": False,
        }  # fmt: skip
        with self.work(OFFICE, "li") as work:
            self.cycle = str(cycles.open_cycle(work, opening, rehearsals=False)["cycle_id"])

    def day(self, day: date) -> None:
        """From now on it is this day."""
        self.clock.move(at(day) - self.clock.now())

    def tomorrow(self) -> None:
        self.clock.move(timedelta(days=1))

    def draft(self, owner: str = "anna", **changes: Any) -> str:
        data = {
            "cycle_id": self.cycle, "name": "示例公司", "kind": "organization", "uscc": CODE, "category": None,
            "nominated_by": None, "id_number": None, "facts": {"region": "上海市长宁区"}, "materials": [], **changes,
        }  # fmt: skip
        with self.work(APPLICANT, owner) as work:
            return str(applications.create(work, data)["application_id"])

    def save(self, application: str, revision: int, who: str = "anna", **parts: Any) -> dict[str, Any]:
        """Save parts; `facts__region` stands for `facts.region`."""
        named = {name.replace("__", "."): value for name, value in parts.items()}
        with self.work(APPLICANT, who) as work:
            return drafts.save(work, {"application_id": application, "revision": revision, "parts": named})

    def submit(self, application: str, who: str = "anna") -> dict[str, Any]:
        with self.work(APPLICANT, who) as work:
            return applications.submit(work, {"application_id": application})

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
