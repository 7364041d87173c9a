"""Payments against any order of events: processes that die, messages that come twice, banks that lose, people who find out."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.incentives.payments import batches, sending
from shared.problems import Forbidden
from tests.support.bank import ledger
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN, Treasury

pytestmark = pytest.mark.integration

WINNERS = 3
POINTS = ("payment_claimed", "payment_claimed_again", "payment_answered")
_RARELY = st.integers(0, 4).map(lambda number: number == 3)
_POINTS = st.sampled_from([""] * 6 + list(POINTS))
_MOODS = st.sampled_from(["", "lost", "cut"])
_OFTEN_0 = st.sampled_from([0, 0, 2])


class DiedError(Exception):
    """The process is gone."""


class Payments(RuleBasedStateMachine):
    """What is modelled is the money: the bank's books are the truth that every line has to agree with."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.treasury = Treasury(f"sqlite:///{Path(self.folder.name) / 'db.sqlite'}")
        self.names = self.treasury.winners(WINNERS)
        self.treasury.approved()
        self.fallen: set[str] = set()
        self.paid_when_fallen: dict[str, int] = {}

    def teardown(self) -> None:
        if hasattr(self, "treasury"):
            self.treasury.desk.close()
            self.folder.cleanup()

    # --- what happens -------------------------------------------------------------------------------------------

    @precondition(lambda self: not {"intent", "sent"} & set(self.treasury.states().values()))
    @rule(actor=st.sampled_from(["fang", "gao"]), alone=_RARELY, refused=_RARELY)
    def pay(self, actor: str, alone: bool, refused: bool) -> None:
        """Somebody assembles whatever can be paid, and mostly somebody else approves it."""
        batch = self.treasury.assemble(actor=actor)["batch"]
        if batch is None:
            return
        other = actor if alone else {"fang": "gao", "gao": "fang"}[actor]
        with suppress(Forbidden):
            self.treasury.decide(batch["batch_id"], actor=other, accept=not refused)
        if alone and not refused:
            told = self.treasury.call("batch", batches.one, {"batch_id": batch["batch_id"]})
            assert told["state"] == "assembled"
            self.treasury.decide(batch["batch_id"], actor=actor, accept=False)

    @rule(data=st.data(), point=_POINTS, before=_MOODS)
    def deliver(self, data: st.DataObject, point: str, before: str) -> None:
        """A message of any line, new or old, at a bank in any mood; perhaps the process dies on the way."""
        rows = self.treasury.rows()
        if rows:
            self._deliver(data.draw(st.sampled_from(rows)).id, point, before)

    @rule(point=_POINTS, before=_MOODS)
    def deliver_all(self, point: str, before: str) -> None:
        """Every line that is on its way, in one mood."""
        for row in self.treasury.rows():
            if row.state in {"intent", "sent"}:
                self._deliver(row.id, point, before)

    def _deliver(self, line_id: str, point: str, before: str) -> None:
        def die(name: str) -> None:
            if name == point:
                raise DiedError

        self.treasury.bank.before = before
        with mock.patch.object(sending, "crash_point", die), suppress(DiedError):
            self.treasury.send(line_id)
        self.treasury.bank.before = ""

    @rule(fail=_OFTEN_0, down=_RARELY, pending=_OFTEN_0, lose_order=_OFTEN_0)
    def change_the_bank(self, fail: int, down: bool, pending: int, lose_order: int) -> None:
        self.treasury.bank.ledger.faults = ledger(
            fail=fail, down=down, pending=pending, lose_order=lose_order
        ).faults

    @rule(minutes=st.sampled_from([1, 2, 30, 60 * 25]))
    def pass_time(self, minutes: int) -> None:
        self.treasury.clock.move(minutes=minutes)
        self.treasury.chase()

    @precondition(lambda self: not self.fallen)
    @rule(number=st.integers(0, WINNERS - 1), ban=st.booleans())
    def fall_out(self, number: int, ban: bool) -> None:
        name = self.names[number]
        if name in self.fallen:
            return
        if ban:
            self.treasury.ban(name, self.treasury.clock.today() + timedelta(days=9_000))
        else:
            self.treasury.revoke(name)
        self.fallen.add(name)
        # What had left may still arrive; what had not, must not.
        self.paid_when_fallen[name] = sum(
            row.state in {"sent", "confirmed", "unknown"}
            for row in self.treasury.rows()
            if row.application_id == name
        )

    @rule()
    def find_out(self) -> None:
        """Two people look at the bank's own books."""
        for row in self.treasury.rows():
            if row.state == "unknown":
                booked = row.id in self.treasury.bank.ledger.bookings
                self.treasury.find_out(row.id, "confirmed" if booked else "failed")

    # --- what always holds --------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        if not hasattr(self, "treasury"):
            return
        books = self.treasury.bank.ledger
        assert all(times == 1 for times in books.bookings.values())
        paid: dict[str, int] = {}
        for row in self.treasury.rows():
            paid[row.application_id] = paid.get(row.application_id, 0) + (row.id in books.bookings)
        assert all(times <= 1 for times in paid.values())
        for name in self.fallen:
            assert paid.get(name, 0) <= self.paid_when_fallen[name]

    @invariant()
    def every_line_agrees_with_the_books(self) -> None:
        if not hasattr(self, "treasury"):
            return
        books = self.treasury.bank.ledger.bookings
        for row in self.treasury.rows():
            assert row.amount_fen == GOLD_FEN
            if row.state == "confirmed":
                assert row.id in books
            if row.state in {"intent", "stopped", "failed"}:
                assert row.id not in books
            if row.state == "sent":
                assert row.due_at is not None, "nothing that has left is forgotten"

    @invariant()
    def no_account_is_told(self) -> None:
        if hasattr(self, "treasury"):
            assert all(
                set(told) == {"cycle_id", "line_id"} for told in self.treasury.desk.told("payment.ordered")
            )
            assert CYCLE


Payments.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPayments = Payments.TestCase
