"""Winners of a real cycle in the years after: the room of incentives with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from services.incentives import people
from services.incentives.stages import conductor
from services.incentives.tracking import (
    files,
    orders,
    overview,
    owed,
    regressions,
    reports,
    shown,
    visits,
)
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import load
from shared.contracts.events import DossierPeopleChanged, SanctionImposed
from shared.procedure import Conductor
from shared.rulebooks import Rulebook, library
from shared.store import Work
from tests.support.rooms import CLOSES, CYCLE, Room

INDEXED = library().get("hangzhou-2025")  # six indices
AWARDED = date(2025, 7, 4)
OFFICE, OTHER = "li.office", "wang.office"
LEAST, ANSWER_DAYS, REMINDERS = 3, 30, (30, 7, 0, -7)
FIGURES = {
    "overall": "640", "economic": "35.5", "market": "12", "innovation": "4.2", "quality": "2", "social": "900",
}  # fmt: skip
Handler = Callable[[Work, Conductor, dict[str, Any]], dict[str, Any]]
HANDLERS: dict[str, Handler] = {
    "tracking_files": shown.listed,
    "tracking_file": shown.one,
    "tracking_due": lambda w, c, d: owed.listed(w, c, d, days=REMINDERS),
    "tracking_overview": lambda w, c, d: overview.overview(w, c, d, least=LEAST),
    "return_tracking_report": reports.return_,
    "accept_tracking_report": lambda w, c, d: reports.accept(w, c, d, answer_days=ANSWER_DAYS),
    "plan_tracking_visit": visits.plan,
    "record_tracking_visit": visits.record,
    "cancel_tracking_visit": visits.cancel,
    "issue_rectification": orders.issue,
    "decide_rectification": orders.decide,
    "my_tracking_file": shown.one,
    "save_tracking_text": reports.save_text,
    "save_tracking_figure": reports.save_figure,
    "add_tracking_papers": reports.add_papers,
    "drop_tracking_paper": reports.drop_paper,
    "submit_tracking_report": reports.hand_in,
    "answer_tracking_warning": regressions.answer,
    "answer_rectification": orders.answer,
}


class Followed(Room):
    """The room with everybody's calls; each applicant `aN` has its own account `aN.lead` and a reader `aN.reader`."""

    def __init__(
        self, url: str, *, rulebook: Rulebook = INDEXED, rehearsal: bool = False, applicants: int = 3
    ) -> None:
        super().__init__("incentives", url, conductor, rulebook=rulebook, rehearsal=rehearsal)
        self.at(CLOSES)
        for number in range(1, applicants + 1):
            self.accept(f"a{number}", number)

    def at(self, day: date) -> None:
        """Set the clock to a day."""
        self.desk.store.clock = FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))

    def accept(self, application: str, sequence: int, **dossier: Any) -> None:
        team = [
            {"subject": f"{application}.lead", "part": "lead"},
            {"subject": f"{application}.reader", "part": "reader"},
        ]
        data = {**self.accepted(application, sequence, **dossier), "people": team, "people_version": "1"}
        with self.desk.work() as work:
            self.conductor.application_accepted(work, data)
            people.accepted(work, data)

    def change_people(self, application: str, version: str, *subjects: str) -> None:
        team = [{"subject": each, "part": "lead"} for each in subjects]
        told = {
            "cycle_id": CYCLE, "application_id": application, "people": team, "people_version": version,
        }  # fmt: skip
        with self.desk.work() as work:
            people.changed(work, self.conductor, load(DossierPeopleChanged(), told))

    def award(self, *winners: str, on: date = AWARDED) -> None:
        """All stages close; who is named holds the highest level."""
        level, track = self.rulebook.levels[0], self.rulebook.levels[0].tracks[0]
        carried = {
            name: {"level": level.name, "track": track, "uses_quota": True, "award_rule": level.rule}
            for name in winners
        }
        self.at(on)
        for stage in self.rulebook.stages:
            if stage.owner != "incentives":
                lines = carried if stage.kind == "committee" else None
                self.hand_over(stage.key, on, list(winners), lines)

    def revoke(self, application: str, on: date) -> None:
        told = {
            "cycle_id": CYCLE, "application_id": application, "event": "fraud", "on": str(on), "rule": "34", "orders": [],
            "revokes": True, "claws_back": True, "banned_until": None,
        }  # fmt: skip
        with self.desk.work() as work:
            files.sanction_imposed(work, self.conductor, load(SanctionImposed(), told))

    # --- the office ---

    def office(self, method: str, data: Mapping[str, Any], actor: str = OFFICE) -> dict[str, Any]:
        return self._ask(method, HANDLERS[method], data, "award_office", actor)

    def file(self, application: str = "a1") -> dict[str, Any]:
        return self.office("tracking_file", {"application_id": application})

    def accept_report(self, year: int, application: str = "a1") -> None:
        self.office("accept_tracking_report", {"application_id": application, "year": year})

    # --- the winner ---

    def winner(self, method: str, data: Mapping[str, Any], actor: str = "a1.lead") -> dict[str, Any]:
        return self._ask(method, HANDLERS[method], data, "applicant", actor)

    def own(self, application: str = "a1", actor: str | None = None) -> dict[str, Any]:
        who = actor or f"{application}.lead"
        return self.winner("my_tracking_file", {"application_id": application}, who)

    def write(self, year: int, application: str = "a1", **figures: str) -> None:
        """A whole draft; figures that are not given are those of FIGURES."""
        one, who = {"application_id": application, "year": year}, f"{application}.lead"
        self.winner("save_tracking_text", {**one, "field": "summary", "text": "平稳。"}, who)
        for index in self.rulebook.tracking.indices:
            value = figures.get(index.key) or FIGURES.get(index.key, "700")
            self.winner("save_tracking_figure", {**one, "index": index.key, "value": value}, who)

    def hand_in(self, year: int, application: str = "a1", **figures: str) -> None:
        self.write(year, application, **figures)
        one = {"application_id": application, "year": year}
        self.winner("submit_tracking_report", one, f"{application}.lead")

    def report(self, year: int, application: str = "a1", **figures: str) -> None:
        """From the empty form to an accepted report, in the January after the year."""
        self.at(date(year + 1, 1, 10))
        self.hand_in(year, application, **figures)
        self.accept_report(year, application)

    def _ask(
        self, method: str, handler: Handler, data: Mapping[str, Any], role: str, actor: str
    ) -> dict[str, Any]:
        return self.ask(method, lambda w, d: handler(w, self.conductor, d), data, role, actor)
