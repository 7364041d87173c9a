"""A notice that runs in a real cycle, objections to whom is on it, and officers who each do their part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from services.eligibility import notices
from services.eligibility.objections import (
    appeals,
    handling,
    hearing,
    letters,
    officers,
    raising,
    ruling,
    shown,
)
from services.eligibility.objections.clock import Terms
from services.eligibility.people import people
from services.eligibility.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from shared.procedure import Cycle
from shared.store import Work
from tests.support.notices import approved
from tests.support.rooms import CYCLE, Room
from tests.support.works import once

OFFICE, APPLICANT, PUBLIC, DISCIPLINE = "award_office", "applicant", "public", "discipline"
FIRST, SECOND = date(2025, 6, 17), date(2025, 6, 18)  # the notice: five working days, until the 23rd
TERMS = Terms.of(Settings())
STAGE = "notice:qualification"
NAME, NUMBER, CONTACT = "王芳芳", "11010519491231002X", "13900001111"
SECRETS = (NAME, NUMBER, CONTACT)
LOOKS, RULES, DECIDES, ASSIGNS = "li", "zhao", "sun", "qian"
PARTS = {"inquiry": LOOKS, "ruling": RULES, "appeal": DECIDES}
# How each operation is answered; those that know no days take none.
_HANDLERS: Mapping[str, Any] = {
    "object": raising.object_, "objections": shown.listed, "due_objections": shown.due, "objection": shown.case,
    "objection_figures": shown.counted, "accept_objection": handling.accept, "inquire": handling.inquire,
    "answer_objection": hearing.answer, "my_objections": hearing.mine, "rule_on_objection": ruling.rule_on,
    "appeal_objection": appeals.by_objector, "appeal_as_applicant": appeals.by_applicant, "decide_appeal": appeals.decide,
    "objection_state": shown.of_receipt, "objection_letter": letters.letter, "objector_letter": letters.to_objector,
}  # fmt: skip
_BARE: Mapping[str, Any] = {
    "objector": officers.objector, "assign_objection": officers.assign,
    "may_read_objection_paper": lambda work, _conductor, data: shown.may_read_paper(work, data),
}  # fmt: skip
_OF_CYCLE = ("object", "objections", "my_objections")


class Hall:
    """The notice of the qualified with `a`, `b` and `c`; of each somebody of that name is the lead."""

    def __init__(
        self, url: str, *, rehearsal: bool = False, on: date = FIRST, applications: tuple[str, ...] = ("a", "b", "c")
    ) -> None:  # fmt: skip
        self.clock = FixedClock(datetime.combine(on, time(10), tzinfo=SHANGHAI))
        self.room = Room("eligibility", url, conductor, rehearsal=rehearsal, clock=self.clock)
        self.desk = self.room.desk
        self.rehearsal = rehearsal
        for number, application in enumerate(applications, start=1):
            self.room.accept(application, number)
        with self._work() as work:
            for application in applications:
                team = [{"subject": f"{part}-{application}", "part": part} for part in ("lead", "reader")]
                people.accepted(work, {"application_id": application, "people": team, "people_version": "1"})
            self._post(work, list(applications))

    def _post(self, work: Work, applications: list[str]) -> None:
        records = conductor.records
        records.plan(work, CYCLE, STAGE, self.today, applications)
        cycle: Cycle = conductor.cycle(work, CYCLE)
        stage = conductor.own_stage(cycle, STAGE)
        entrants = records.entrants(work, CYCLE, STAGE)
        approved(work, cycle, stage, entrants)
        ends_on = notices.post(work, cycle, stage, entrants)
        records.begin(work, CYCLE, STAGE, self.today, ends_on)

    @property
    def today(self) -> date:
        return self.clock.today()

    def day(self, day: date) -> None:
        """From now on it is this day."""
        self.clock.move(datetime.combine(day, time(10), tzinfo=SHANGHAI) - self.clock.now())

    def _work(self, role: str = "", actor: str = "somebody") -> Any:
        return self.desk.work(role, actor, self.today if self.rehearsal else None)

    def ask(self, method: str, role: str = OFFICE, actor: str = ASSIGNS, **data: Any) -> dict[str, Any]:
        """One call by somebody; request and reply fit the contract."""
        from shared.contracts import dump, load, operation

        contract = operation("eligibility", method)
        assert role in contract.roles or PUBLIC in contract.roles
        given = {"cycle_id": CYCLE, **data} if method in _OF_CYCLE else data
        request = load(once(contract.request), given)
        with self._work(role, actor) as work:
            if method in _BARE:
                return dump(once(contract.reply), _BARE[method](work, conductor, request))
            return dump(once(contract.reply), _HANDLERS[method](work, conductor, request, TERMS))

    # --- the steps, each by whom it is for ------------------------------------------------------------------------

    def raised(self, application: str = "a", **changes: Any) -> dict[str, Any]:
        data = {
            "notice": "qualification", "application_id": application, "source": "public", "evidence": True,
            "by": {"name": NAME, "id_number": NUMBER}, "statement": f"本人{NAME}反映其利润不实", "contact": CONTACT,
            "ground": "false_materials", **changes,
        }  # fmt: skip
        role, actor = (OFFICE, "found") if data["source"] == "office" else (PUBLIC, "anonymous")
        return self.ask("object", role, actor, **data)

    def assigned(self, objection: str, *parts: str) -> None:
        for part in parts or PARTS:
            self.ask("assign_objection", objection_id=objection, part=part, officer=PARTS[part])

    def accept(self, objection: str, *, accepted: bool = True, reason: str | None = None) -> dict[str, Any]:
        return self.ask(
            "accept_objection", OFFICE, LOOKS, objection_id=objection, accepted=accepted, reason=reason
        )

    def inquire(self, objection: str, facts: str = "请说明2024年利润的口径。") -> dict[str, Any]:
        return self.ask("inquire", OFFICE, LOOKS, objection_id=objection, facts=facts)

    def answer(self, objection: str, who: str = "lead-a") -> dict[str, Any]:
        return self.ask("answer_objection", APPLICANT, who, objection_id=objection, text="以审计报告为准")

    def rule(
        self, objection: str, found: str = "upheld", who: str = RULES, reason: str | None = "事实清楚"
    ) -> dict[str, Any]:
        return self.ask("rule_on_objection", OFFICE, who, objection_id=objection, ruling=found, reason=reason)

    def appeal(self, raised: dict[str, Any]) -> dict[str, Any]:
        """By who raised it."""
        named = {name: raised[name] for name in ("receipt", "secret")}
        return self.ask("appeal_objection", PUBLIC, "anonymous", **named, text="裁定未审查附件")

    def appeal_of(self, objection: str, who: str = "lead-a") -> dict[str, Any]:
        """By the applicant."""
        return self.ask("appeal_as_applicant", APPLICANT, who, objection_id=objection, text="数据有误")

    def decide(self, objection: str, found: str = "confirmed", who: str = DECIDES) -> dict[str, Any]:
        return self.ask(
            "decide_appeal", OFFICE, who, objection_id=objection, decision=found, reason="复核清楚"
        )

    def heard(self, application: str = "a") -> dict[str, Any]:
        """An objection up to the applicant's answer."""
        raised = self.raised(application)
        found = raised["objection_id"]
        self.assigned(found)
        self.accept(found)
        self.inquire(found)
        self.answer(found, f"lead-{application}")
        return raised

    def state(self, objection: str) -> dict[str, Any]:
        lines = self.ask("objections", DISCIPLINE)["objections"]
        (line,) = [line for line in lines if line["objection_id"] == objection]
        found: dict[str, Any] = line
        return found

    def close(self) -> dict[str, str | None]:
        """Close the notice; the status of each that was on it."""
        with self._work(OFFICE, ASSIGNS) as work:
            conductor.close_stage(work, {"cycle_id": CYCLE, "stage": STAGE})
        (closed,) = self.room.closings(STAGE)
        return {application: line["status"] for application, line in closed.items()}

    def end(self) -> None:
        self.desk.close()
