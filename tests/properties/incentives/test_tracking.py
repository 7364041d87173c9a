"""Everybody does anything in any order: a report and an order are what a model says, and every refusal changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.problems import Problem
from shared.rulebooks import library
from tests.integration.incentives.followed import OFFICE, OTHER, Followed

_WRITTEN = {"due", "draft", "returned"}
_OFFICERS = st.sampled_from([OFFICE, OTHER])
_BEGIN = date(2025, 12, 20)


class Years(RuleBasedStateMachine):
    """One winner, its report of the award's year, one order, and a clock that only runs on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.today = _BEGIN
        self.report, self.order, self.issuer, self.last = "due", "", "", _BEGIN
        self.handed_in, self.ended, self.told = 0, False, 0

    @initialize()
    def begin(self) -> None:
        """The award; a rulebook with one report in words, so that a summary is all that it takes."""
        url = f"sqlite:///{Path(self.folder.name) / 'incentives.sqlite'}"
        self.followed = Followed(url, rulebook=library().get("shenzhen-2023"), applicants=1)
        self.followed.award("a1")
        self.followed.at(self.today)

    def teardown(self) -> None:
        if hasattr(self, "followed"):
            self.followed.desk.close()
        self.folder.cleanup()

    def attempt(self, may: bool, call: Callable[..., Any], method: str, *given: Any) -> bool:
        """Do it; that it is refused is what the model says."""
        try:
            call(method, *given)
        except Problem:
            assert not may, method
            return False
        assert may, method
        return True

    @rule(days=st.integers(1, 9))
    def time_goes_by(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.followed.at(self.today)

    @rule(actor=st.sampled_from(["a1.lead", "a1.reader", "stranger"]))
    def write(self, actor: str) -> None:
        may = actor == "a1.lead" and self.report in _WRITTEN and not self.ended
        said = {"application_id": "a1", "year": 2025, "field": "summary", "text": "平稳。"}
        if self.attempt(may, self.followed.winner, "save_tracking_text", said, actor):
            self.report = "draft" if self.report == "due" else self.report

    @rule()
    def hand_in(self) -> None:
        may = self.report in {"draft", "returned"} and self.today.year > 2025 and not self.ended
        said = {"application_id": "a1", "year": 2025}
        if self.attempt(may, self.followed.winner, "submit_tracking_report", said):
            self.report = "submitted" if self.report == "draft" else "corrected"
            self.handed_in += 1

    @rule(actor=_OFFICERS, later=st.integers(0, 5))
    def return_(self, actor: str, later: int) -> None:
        may = self.report == "submitted" and later > 0 and not self.ended
        until = str(self.today + timedelta(days=later))
        said = {"application_id": "a1", "year": 2025, "reason": "口径", "correct_by": until}
        if self.attempt(may, self.followed.office, "return_tracking_report", said, actor):
            self.report = "returned"

    @rule(actor=_OFFICERS)
    def accept(self, actor: str) -> None:
        may = self.report in {"submitted", "corrected"} and not self.ended
        said = {"application_id": "a1", "year": 2025}
        if self.attempt(may, self.followed.office, "accept_tracking_report", said, actor):
            self.report = "accepted"

    @rule(actor=_OFFICERS, later=st.integers(0, 9))
    def issue(self, actor: str, later: int) -> None:
        if self.order:
            return
        last = self.today + timedelta(days=later)
        said = {"application_id": "a1", "what": "整改", "ground": "回访", "answer_by": str(last)}
        if self.attempt(
            later > 0 and not self.ended, self.followed.office, "issue_rectification", said, actor
        ):
            self.order, self.issuer, self.last = "issued", actor, last
            self.order_id = self.followed.file()["orders"][0]["order_id"]

    @rule(actor=st.sampled_from(["a1.lead", "a1.reader", "stranger"]))
    def answer(self, actor: str) -> None:
        if not self.order:
            return
        may = actor == "a1.lead" and self.order == "issued" and not self.ended
        said = {"application_id": "a1", "order_id": self.order_id, "answer": "已补齐。"}
        if self.attempt(may, self.followed.winner, "answer_rectification", said, actor):
            self.order = "answered"

    @rule(actor=_OFFICERS, decision=st.sampled_from(["confirmed", "escalated"]))
    def decide(self, actor: str, decision: str) -> None:
        if not self.order:
            return
        over = self.order == "issued" and decision == "escalated" and self.today > self.last
        may = actor != self.issuer and not self.ended and (self.order == "answered" or over)
        said = {
            "application_id": "a1", "order_id": self.order_id, "decision": decision, "reason": "核实",
        }  # fmt: skip
        if self.attempt(may, self.followed.office, "decide_rectification", said, actor):
            self.order = decision
            self.told += decision == "escalated"

    @rule(really=st.integers(0, 5))
    def revoke(self, really: int) -> None:
        """Seldom, or nothing else would be tried for long."""
        if really == 0:
            self.followed.revoke("a1", self.today)
            self.ended = True

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if not hasattr(self, "followed"):
            return
        file = self.followed.file()
        report = file["reports"][0]
        assert (report["state"], len(report["handed_in"])) == (self.report, self.handed_in)
        assert self.handed_in <= 2
        assert file["state"] == ("ended" if self.ended else "open")
        assert [each["state"] for each in file["orders"]] == ([self.order] if self.order else [])
        assert len(self.followed.desk.told("tracking.failed")) == self.told


TestYears = Years.TestCase
TestYears.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
