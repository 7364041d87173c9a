"""An office with a register of experts in a real cycle, on a clock of its own; every message held to its contract."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from services.review.register import (
    absences,
    conduct,
    declarations,
    due,
    entries,
    history,
    imports,
    lists,
    pool,
    proposals,
)
from services.review.register.terms import Terms
from services.review.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.store import Work
from tests.support.rooms import CHANGNING, Room

OFFICE, EXPERT, AUDITOR, DISCIPLINE, APPLICANT = (
    "award_office",
    "reviewer",
    "auditor",
    "discipline",
    "applicant",
)
FIRM, OTHER, THIRD = "91310105MAXY50013E", "91310105MA1K300034", "91310000132200821H"
TODAY = date(2025, 3, 3)
TERMS = Terms(12, (30, 7, 0, -7))
RELATIONS = ("employed", "advised", "consulted", "kin", "shareholding", "other")
Data = dict[str, Any]
Handler = Callable[[Work, Data], Data]


def entry(**given: Any) -> Data:
    """An entry as the office would type it."""
    made: Data = {
        "name": "李示例", "title": None, "industry_expert": False, "may_lead": False, "expertise": ["卓越绩效"],
        "industries": ["仪器仪表制造业"], "qualifications": [], "languages": ["zh"], "employments": [], "contact": None,
    }  # fmt: skip
    return made | given


def employed(uscc: str, since: str | None = None, until: str | None = None, name: str | None = None) -> Data:
    """One employer."""
    return {"uscc": uscc, "name": name, "since": since, "until": until}


def interest(relation: str, uscc: str | None = FIRM, **given: Any) -> Data:
    """One declared interest."""
    made = {"organization": None, "person": None, "since": None, "until": None, "note": None}
    return {"relation": relation, "uscc": uscc, **made, **given}


class Register:
    """The room of review with a real cycle, and what people do with its register."""

    def __init__(self, url: str, *, rehearsal: bool = False) -> None:
        self.clock = FixedClock(datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=SHANGHAI))
        self.room = Room("review", url, conductor, rulebook=CHANGNING, rehearsal=rehearsal, clock=self.clock)
        self.desk = self.room.desk
        self.on = TODAY if rehearsal else None

    def days_later(self, days: int) -> None:
        """Time goes by."""
        self.clock.move(timedelta(days=days))

    def ask(
        self, method: str, handler: Handler, data: Data, role: str = OFFICE, actor: str = "office"
    ) -> Data:
        return self.room.ask(method, handler, data, role, actor, self.on)

    def enter(self, expert_id: str, **given: Any) -> Data:
        return self.ask(
            "enter_expert",
            lambda w, d: entries.enter(w, conductor, d),
            {"expert_id": expert_id, **entry(**given)},
        )

    def change(self, expert_id: str, revision: int, **given: Any) -> Data:
        data = {"expert_id": expert_id, "revision": revision, **entry(**given)}
        return self.ask("change_expert", lambda w, d: entries.change(w, conductor, d), data)

    def one(self, expert_id: str, role: str = OFFICE, actor: str = "office") -> Data:
        return self.ask(
            "expert", lambda w, d: entries.one(w, conductor, d), {"expert_id": expert_id}, role, actor
        )

    def move(self, expert_id: str, revision: int, *, back: bool = False) -> Data:
        data = {"expert_id": expert_id, "revision": revision, "reason": "本人申请"}
        if back:
            return self.ask("reinstate_expert", lambda w, d: entries.reinstate(w, conductor, d), data)
        return self.ask("retire_expert", lambda w, d: entries.retire(w, conductor, d), data)

    def page(self, role: str = OFFICE, actor: str = "office", **data: Any) -> Data:
        return self.ask("experts", lambda w, d: lists.listed(w, conductor, d), data, role, actor)

    def ids(self, **data: Any) -> list[str]:
        return [line["expert_id"] for line in self.page(**data)["experts"]]

    def load(self, content: bytes, *, check_only: bool = False, most: int = 100) -> Data:
        data = {
            "file_name": "experts",
            "content": base64.b64encode(content).decode("ascii"),
            "check_only": check_only,
        }
        return self.ask("import_experts", lambda w, d: imports.take(w, conductor, d, most), data)

    def propose(self, expert_id: str, revision: int, actor: str | None = None, **changes: Any) -> Data:
        data = {"expert_id": expert_id, "revision": revision, "changes": changes}
        return self.ask(
            "propose_change",
            lambda w, d: proposals.propose(w, conductor, d),
            data,
            EXPERT,
            actor or expert_id,
        )

    def proposals(self, role: str = OFFICE, actor: str = "office", **data: Any) -> Data:
        return self.ask("proposals", lambda w, d: proposals.listed(w, conductor, d), data, role, actor)

    def decide(self, proposal_id: str, revision: int, *, confirmed: bool, reason: str | None = None) -> Data:
        data = {
            "proposal_id": proposal_id,
            "revision": revision,
            "confirmed": confirmed,
            "reason": reason,
        }
        return self.ask("decide_proposal", lambda w, d: proposals.decide(w, conductor, d), data)

    def declare(
        self,
        expert_id: str,
        *interests: Data,
        signed_by: str = "李示例",
        actor: str | None = None,
        **given: Any,
    ) -> Data:
        named = {each["relation"] for each in interests}
        data = {
            "expert_id": expert_id,
            "answers": {relation: relation in named for relation in RELATIONS},
            "interests": list(interests),
            "signed_by": signed_by,
            **given,
        }
        return self.ask(
            "declare_interests",
            lambda w, d: declarations.declare(w, conductor, d, TERMS),
            data,
            EXPERT,
            actor or expert_id,
        )

    def declarations(self, expert_id: str, role: str = OFFICE, actor: str = "office") -> Data:
        return self.ask(
            "declarations",
            lambda w, d: declarations.listed(w, conductor, d),
            {"expert_id": expert_id},
            role,
            actor,
        )

    def owed(self, **data: Any) -> Data:
        return self.ask("owed_declarations", lambda w, d: due.owed(w, conductor, d, TERMS), data)

    def chase(self) -> None:
        with self.desk.work() as work:
            due.chase(work, TERMS)

    def away(self, expert_id: str, since: str, until: str, role: str = EXPERT, most: int = 100) -> Data:
        data = {"expert_id": expert_id, "since": since, "until": until}
        actor = expert_id if role == EXPERT else "office"
        return self.ask("add_absence", lambda w, d: absences.add(w, conductor, d, most), data, role, actor)

    def back(self, expert_id: str, absence_id: str, actor: str) -> Data:
        data = {"expert_id": expert_id, "absence_id": absence_id}
        return self.ask("remove_absence", lambda w, d: absences.remove(w, conductor, d), data, EXPERT, actor)

    def served(self, expert_id: str, role: str = OFFICE, actor: str = "office") -> list[Data]:
        reply = self.ask(
            "service_history",
            lambda w, d: history.served(w, conductor, d),
            {"expert_id": expert_id},
            role,
            actor,
        )
        found: list[Data] = reply["served"]
        return found

    def enter_pool(self, **data: Any) -> dict[str, str]:
        reply = self.ask("enter_pool", lambda w, d: pool.enter(w, conductor, d), data)
        return {line["expert_id"]: line["outcome"] for line in reply["lines"]}

    def say(self, application_id: str, stage: str, role: str, actor: str, mark: int = 5) -> Data:
        data = {
            "stage": stage,
            "application_id": application_id,
            "marks": {"discipline": mark, "fairness": mark, "integrity": mark},
            "comment": f"来自 {role}",
        }
        if role == EXPERT:
            handler: Handler = lambda w, d: conduct.by_reviewer(w, conductor, d)  # noqa: E731
            return self.ask("comment_on_applicant", handler, data, role, actor)
        return self.ask(
            "rate_reviewers", lambda w, d: conduct.by_applicant(w, conductor, d), data, role, actor
        )

    def said(self, **data: Any) -> Data:
        return self.ask("conduct_reports", lambda w, d: conduct.listed(w, conductor, d), data, DISCIPLINE)

    def read(self, question: Callable[[Work], Any]) -> Any:
        """What another room of the service would be told."""
        with self.desk.store.read() as work:
            return question(work)

    def close(self) -> None:
        self.desk.close()
