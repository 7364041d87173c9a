"""Whoever rehearses moves nothing of a real cycle, whatever command it tries, on both databases."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.incentives import models, proposals
from services.incentives.proposals import Kind
from services.incentives.service import Incentives
from shared.bus.service import declaration
from shared.config import Settings
from shared.contracts import load, operation
from shared.problems import Forbidden
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN, Treasury, everything_kept

pytestmark = pytest.mark.integration

DECIDED_OF = {
    "decide_cost": Kind.COST, "decide_outcome": Kind.OUTCOME, "decide_instalments": Kind.INSTALMENTS,
    "decide_write_off": Kind.WRITE_OFF,
}  # fmt: skip
PLAYED = date(2025, 9, 1)


def _subjects(treasury: Treasury) -> dict[str, Any]:
    """A real cycle with something of everything that a command may name."""
    treasury.winners(1)
    batch = treasury.approved()
    treasury.send_all()
    line = batch["lines"][0]["line_id"]
    payee = treasury.account("a1", check=False)
    found = {
        "cycle_id": CYCLE, "application_id": "a1", "batch_id": batch["batch_id"], "line_id": line,
        "payee_id": payee["payee_id"], "report_id": "r1",
    }  # fmt: skip
    with treasury.desk.work("finance", "fang") as work:
        work.session.execute(models.use_reports.insert().values(
            id="r1", cycle_id=CYCLE, application_id="a1", grant_for="award", period=1, version=1, items=[], spent_fen=1,
            papers=[], state="submitted", reported_by="lead-a1", reported_on=PLAYED,
        ))  # fmt: skip
        work.session.execute(models.receivables.insert().values(
            application_id="a1", cycle_id=CYCLE, amount_fen=GOLD_FEN, received_fen=0, due_on=PLAYED, instalments=[],
            state="open",
        ))  # fmt: skip
        for method, kind in DECIDED_OF.items():
            subject = line if kind == Kind.OUTCOME else "a1"
            made = proposals.propose(work, kind, subject, CYCLE, {}, ["p1"], "r")
            found[method] = made["proposal_id"]
    return found


OF_EVERY_SERVICE = {"replay_parked", "discard_parked"}  # messages of the broker: no cycle is in them


def test_no_command_of_a_rehearser_touches_a_real_cycle(treasury: Treasury) -> None:
    """Every command that the service declares is tried, so that a new one is tried, too."""
    known = _subjects(treasury)
    before = everything_kept(treasury)
    service = SimpleNamespace(conductor=treasury.conductor, settings=Settings(), clock=treasury.clock)
    for method in set(declaration(Incentives).commands) - OF_EVERY_SERVICE:
        contract = operation("incentives", method)
        example = {**contract.example} | {name: known[name] for name in contract.example if name in known}
        if method in DECIDED_OF:
            example["proposal_id"] = known[method]
        request = load(contract.request(), example)
        handler = getattr(Incentives, method)
        actor = "lead-a1" if "applicant" in contract.roles else "gao"
        with (
            pytest.raises(Forbidden, match="rehearsal"),
            treasury.desk.work(contract.roles[0], actor, PLAYED) as work,
        ):
            handler(service, work, request)
    assert everything_kept(treasury) == before
