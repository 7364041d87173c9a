"""A cycle with a defence, visits and reports, as review sees it, and people who work in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from services.review import admission, appointments, experts, rankings, reports
from services.review.applicants import applicants
from services.review.defence import speakers, timetables
from services.review.scoring import sheets
from services.review.seating import lists as panel_lists
from services.review.stages import conductor
from services.review.visits import issues, planning
from shared.contracts import load
from shared.contracts.events import DossierPeopleChanged
from shared.procedure import Conductor
from shared.rulebooks import Rulebook, library
from tests.support.panels import declare, hand_in, seat
from tests.support.rooms import CLOSES, CYCLE, Room

CITY, DISTRICT = library().get("shenzhen-2020"), library().get("changning-2023")
REVIEW, DEFENCE, VISIT, WHOLE = date(2025, 6, 24), date(2025, 6, 25), date(2025, 6, 30), date(2025, 7, 10)

HANDLERS: dict[str, Callable[..., dict[str, Any]]] = {
    "register_experts": experts.register,
    "admit": admission.admit,
    "panels": panel_lists.listed,
    "submit_sheet": sheets.submit,
    "plan_defence": timetables.plan,
    "move_defence": timetables.move,
    "release_defence": timetables.release,
    "postpone_defence": timetables.postpone,
    "defence": timetables.listed,
    "my_defence": timetables.mine,
    "name_speakers": speakers.name,
    "record_attendance": speakers.attend,
    "my_appointments": appointments.mine,
    "plan_visits": planning.plan,
    "move_visit": planning.move,
    "release_visits": planning.release,
    "postpone_visit": planning.postpone,
    "visits": planning.listed,
    "my_visits": planning.mine,
    "raise_issue": issues.raise_issue,
    "verify_issue": issues.verify,
    "close_visit": issues.close,
    "record_joint_score": issues.record_joint,
    "ranking": rankings.shown,
    "deviations": rankings.deviations,
    "record_stage_report": reports.record,
    "stage_reports": reports.listed,
    "evaluation": reports.evaluation,
}


class House(Room):
    """A room whose operations are called by name."""

    def __init__(
        self, url: str, rulebook: Rulebook, *, rehearsal: bool = True, conducted: Conductor = conductor
    ) -> None:
        super().__init__("review", url, conducted, rulebook=rulebook, rehearsal=rehearsal)

    def do(
        self,
        method: str,
        data: dict[str, Any] | None = None,
        who: str = "award_office/office",
        on: date | None = None,
    ) -> dict[str, Any]:
        """One call, by `role/subject`, on a day; real cycles take no day."""
        role, _, subject = who.partition("/")
        day = on if self.in_rehearsal() else None
        handler = HANDLERS[method]
        return self.ask(method, lambda w, d: handler(w, self.conductor, d), data or {}, role, subject, day)

    def pool(self, *experts: str) -> None:
        """The cycle's experts; in a real cycle each has declared."""
        self.do("register_experts", {"experts": [{"expert_id": name} for name in experts]})
        if not self.in_rehearsal():
            declare(self, experts)

    def in_rehearsal(self) -> bool:
        with self.desk.store.read() as work:
            return self.conductor.cycle(work, CYCLE).rehearsal

    def enter(self, application: str, sequence: int, *people: str, **dossier: Any) -> None:
        """An application comes in with the people on its dossier, the first of them its lead."""
        told = [{"subject": p, "part": "reader" if n else "lead"} for n, p in enumerate(people)]
        event = {**self.accepted(application, sequence, **dossier), "people": told, "people_version": "v1"}
        with self.desk.work() as work:
            data = {**event, "dossier": self.accepted(application, sequence, **dossier)["dossier"]}
            self.conductor.application_accepted(work, data)
            applicants.accepted(work, data)

    def people(self, application: str, version: str, *people: str) -> None:
        """Intake tells who is on a dossier now."""
        told = [{"subject": p, "part": "lead"} for p in people]
        event = {"cycle_id": CYCLE, "application_id": application, "people": told, "people_version": version}
        with self.desk.work() as work:
            applicants.changed(work, self.conductor, load(DossierPeopleChanged(), event))

    def score(self, stage: str, on: date, percents: dict[str, str]) -> None:
        """Everybody assigned gives an application its percent."""
        for panel in self.do("panels")["panels"]:
            for line in panel["assignments"]:
                application, expert = line["application_id"], line["expert_id"]
                if panel["stage"] != stage or application not in percents or line["submitted"]:
                    continue
                if self.in_rehearsal():
                    data = {"stage": stage, "application_id": application, "percent": percents[application]}
                    self.do("submit_sheet", data, f"reviewer/{expert}", on)
                else:
                    hand_in(self, stage, expert, application, percents[application])

    def assigned(self, stage: str, application: str) -> list[str]:
        """Who reviews an application in a stage, in the order of assignment."""
        return [
            line["expert_id"]
            for panel in self.do("panels")["panels"]
            for line in panel["assignments"]
            if panel["stage"] == stage and line["application_id"] == application
        ]

    def start(self, stage: str, on: date) -> dict[str, Any]:
        """Begin a stage of ours; real cycles take no day, and a panel that was seated before."""
        if not self.in_rehearsal():
            seat(self, stage)
        return self.begin(stage, on if self.in_rehearsal() else None)  # type: ignore[arg-type]

    def finish(self, stage: str, on: date) -> dict[str, Any]:
        return self.close(stage, on if self.in_rehearsal() else None)  # type: ignore[arg-type]

    def qualified(self, *names: str) -> None:
        """All that other services do before the first review."""
        self.hand_over("submission", CLOSES, names)
        self.hand_over("qualification", date(2025, 6, 16), names)
        if any(stage.key == "notice:qualification" for stage in self.rulebook.stages):
            self.hand_over("notice:qualification", date(2025, 6, 23), names)
