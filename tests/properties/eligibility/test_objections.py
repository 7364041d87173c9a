"""Objections in any order of steps, by anybody, on any day: against a model that knows the table and nothing else."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from sqlalchemy import select

from services.eligibility import models
from shared.problems import Problem
from tests.support.objections import APPLICANT, DECIDES, FIRST, LOOKS, OFFICE, RULES, SECRETS, Hall

APPLICATIONS = ("a", "b", "c", "d")
LAST, END = date(2025, 6, 23), date(2025, 9, 1)
MOVES = {
    ("received", "accepted"), ("received", "not_accepted"), ("accepted", "inquiry"), ("inquiry", "heard"),
    ("heard", "upheld"), ("heard", "dismissed"), ("upheld", "appealed"), ("dismissed", "appealed"),
    ("appealed", "confirmed"), ("appealed", "overturned"),
}  # fmt: skip
RULINGS, DECISIONS = ("upheld", "dismissed"), ("confirmed", "overturned")
ENDS = (None, *DECISIONS)
WHO = st.sampled_from((LOOKS, RULES, DECIDES, "somebody"))
# By which moves a step may have come about; a ruling after a lapsed answer goes through `heard`.
THROUGH = MOVES | {("inquiry", "upheld"), ("inquiry", "dismissed")}


class Objections(RuleBasedStateMachine):
    """What is refused changes nothing; what is done is a move of the table, by whom it is for."""

    raised = Bundle("raised")

    @initialize(target=raised, first=st.lists(st.sampled_from(APPLICATIONS), min_size=1, max_size=2))
    def post(self, first: list[str]) -> Any:
        """A notice with some objections, so that a run has something to do."""
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'e.sqlite'}"
        self.hall = Hall(url, applications=APPLICATIONS)
        self.states: dict[str, str] = {}
        self.given: dict[str, dict[str, Any]] = {}
        self.closed: dict[str, str | None] | None = None
        return multiple(*(self.raise_one(name, named=True, office=False) for name in first))

    def _try(self, step: Any) -> bool:
        """Do it, or be refused; whatever happened, each objection moved along the table or stands."""
        before = dict(self.states)
        try:
            step()
            done = True
        except Problem:
            done = False
        now = self._now()
        for name, state in before.items():
            assert now[name] == state or (state, now[name]) in THROUGH, (state, now[name])
            assert done or now[name] == state
        assert sum(now[name] != state for name, state in before.items()) <= 1
        assert self.closed is None or now == before
        self.states = now
        return done

    def _now(self) -> dict[str, str]:
        table = models.objections
        with self.hall.desk.store.read() as work:
            return {row.id: row.state for row in work.session.execute(select(table.c.id, table.c.state))}

    @rule(target=raised, application=st.sampled_from(APPLICATIONS), named=st.booleans(), office=st.booleans())
    @precondition(lambda self: len(self.states) < 6 and self.closed is None)
    def raise_another(self, application: str, named: bool, office: bool) -> Any:
        found = self.raise_one(application, named=named, office=office)
        return multiple() if found is None else found

    def raise_one(self, application: str, *, named: bool, office: bool) -> str | None:
        given: dict[str, Any] = {"source": "office"} if office else {}
        if not named:
            given["by"] = None
        found: list[dict[str, Any]] = []
        done = self._try(lambda: found.append(self.hall.raised(application, **given)))
        assert done == (FIRST <= self.hall.today <= LAST and self.closed is None)
        if not done:
            return None
        (one,) = found
        assert one["state"] == ("accepted" if office else "received" if named else "not_accepted")
        self.given[one["objection_id"]] = one
        return str(one["objection_id"])

    @rule(found=raised)
    def assign(self, found: str) -> None:
        self._try(lambda: self.hall.assigned(found))

    @rule(found=raised, who=WHO, accepted=st.booleans())
    def accept(self, found: str, who: str, accepted: bool) -> None:
        given = {"objection_id": found, "accepted": accepted, "reason": "缺少事实"}
        assert not self._try(lambda: self.hall.ask("accept_objection", OFFICE, who, **given)) or who == LOOKS

    @rule(found=raised, who=WHO)
    def inquire(self, found: str, who: str) -> None:
        given = {"objection_id": found, "facts": "请说明。"}
        assert not self._try(lambda: self.hall.ask("inquire", OFFICE, who, **given)) or who == LOOKS

    @rule(found=raised, of=st.sampled_from(APPLICATIONS))
    def answer(self, found: str, of: str) -> None:
        done = self._try(lambda: self.hall.answer(found, f"lead-{of}"))
        assert not done or self.given[found]["application_id"] == of

    @rule(found=raised, who=WHO, ruling=st.sampled_from(RULINGS))
    def decide_on(self, found: str, who: str, ruling: str) -> None:
        assert not self._try(lambda: self.hall.rule(found, ruling, who)) or who == RULES

    @rule(found=raised)
    def appeal(self, found: str) -> None:
        state = self.states[found]
        one = self.given[found]
        if one["secret"] is not None and self._try(lambda: self.hall.appeal(one)):
            assert state == "dismissed"

    @rule(found=raised, of=st.sampled_from(APPLICATIONS))
    def appeal_of(self, found: str, of: str) -> None:
        state = self.states[found]
        if self._try(lambda: self.hall.appeal_of(found, f"lead-{of}")):
            assert (state, self.given[found]["application_id"]) == ("upheld", of)

    @rule(found=raised, who=WHO, decision=st.sampled_from(DECISIONS))
    def decide(self, found: str, who: str, decision: str) -> None:
        assert not self._try(lambda: self.hall.decide(found, decision, who)) or who == DECIDES

    @rule(found=raised)
    def all_the_way(self, found: str) -> None:
        """So that late states are reached often enough."""
        application = self.given[found]["application_id"]
        for step in (
            lambda: self.hall.assigned(found), lambda: self.hall.accept(found), lambda: self.hall.inquire(found),
            lambda: self.hall.answer(found, f"lead-{application}"),
        ):  # fmt: skip
            self._try(step)

    @rule(found=raised, ruling=st.sampled_from(RULINGS), decision=st.sampled_from(ENDS))
    def settle(self, found: str, ruling: str, decision: str | None) -> None:
        """To the ruling, and with a decision to the end."""
        self.all_the_way(found)
        self._try(lambda: self.hall.rule(found, ruling))
        if decision is not None:
            one = self.given[found]
            lead = f"lead-{one['application_id']}"
            self._try(
                lambda: self.hall.appeal_of(found, lead) if ruling == "upheld" else self.hall.appeal(one)
            )
            self._try(lambda: self.hall.decide(found, decision))

    @rule(days=st.integers(1, 12))
    @precondition(lambda self: self.hall.today < END)
    def wait(self, days: int) -> None:
        self.hall.day(self.hall.today + timedelta(days=days))

    @rule(
        choices=st.lists(st.tuples(st.sampled_from(RULINGS), st.sampled_from(ENDS)), min_size=6, max_size=6)
    )
    @precondition(lambda self: self.closed is None)
    def finish(self, choices: list[tuple[str, str | None]]) -> None:
        """Everything that can be settled is, and then the notice closes."""
        for found, (ruling, decision) in zip(self.given, choices, strict=False):
            self.settle(found, ruling, decision)
        self.close(late=True)

    @rule(late=st.booleans())
    @precondition(lambda self: self.closed is None)
    def close(self, late: bool) -> None:
        """Whom one stands upheld against ends, and nobody else; nothing that is open is closed over."""
        self.hall.day(max(self.hall.today, END if late else LAST))
        before = self._standing()
        closed: list[dict[str, str | None]] = []
        if not self._try(lambda: closed.append(self.hall.close())):
            return
        (self.closed,) = closed
        assert self.hall.today >= LAST
        assert not set(self.states.values()) & {"received", "accepted", "inquiry", "heard", "appealed"}
        assert set(self.closed) == set(APPLICATIONS)
        assert {name for name, status in self.closed.items() if status == "objection_upheld"} == before

    def _standing(self) -> set[str]:
        """The applications that the model says must end."""
        ended = set()
        table = models.objections
        with self.hall.desk.store.read() as work:
            for row in work.session.execute(select(table)):
                upheld, other = row.ruling == "upheld", row.ruling == "dismissed"
                if (row.state in ("upheld", "confirmed") and upheld) or (row.state == "overturned" and other):
                    ended.add(row.application_id)
        return ended

    def _nobody_is_named(self) -> None:
        """Neither to applicants nor in the lists."""
        replies = [self.hall.ask("objections")]
        replies += [self.hall.ask("my_objections", APPLICANT, f"lead-{name}") for name in APPLICATIONS]
        for secret in SECRETS:
            assert secret not in str(replies)
        for one in replies[1:]:
            assert len({line["application_id"] for line in one["objections"]}) <= 1

    @invariant()
    def who_looked_into_it_did_not_rule(self) -> None:
        table = models.objections
        with self.hall.desk.store.read() as work:
            for row in work.session.execute(select(table).where(table.c.ruled_by.is_not(None))):
                hands = [row.inquired_by, row.ruled_by, row.decided_by]
                given = [hand for hand in hands if hand is not None]
                assert len(set(given)) == len(given)
                assert row.heard_on is not None

    def teardown(self) -> None:
        self._nobody_is_named()
        self.hall.end()
        self.folder.cleanup()


Objections.TestCase.settings = settings(max_examples=40, stateful_step_count=10, deadline=None)
TestObjections = Objections.TestCase
