"""What a cycle's lists of money cost: as many statements for one winner as for several, each with what is its own."""

from __future__ import annotations

import pytest

from services.incentives import receivables, use_reports
from services.incentives.payments import batches
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN, Treasury

pytestmark = pytest.mark.integration
DAYS = 365


def _all_of(treasury: Treasury, name: str) -> None:
    """Paid in a batch of its own, its use reported; revoked, partly paid back, part of the rest asked to be given up."""
    treasury.approved(name)
    treasury.send_all()
    lead = ("applicant", f"lead-{name}")
    used = {
        "application_id": name, "grant_for": "award", "period": 1, "papers": ["p1"],
        "items": [{"purpose": "improvement", "amount_fen": int(name[1:]), "note": "设备"}],
    }  # fmt: skip
    treasury.call("report_use", use_reports.report, used, *lead, DAYS)
    treasury.revoke(name)
    receipt = {
        "application_id": name, "amount_fen": int(name[1:]), "received_on": str(treasury.clock.today()),
        "reference": f"R-{name}", "papers": [],
    }  # fmt: skip
    treasury.call("record_receipt", receivables.record_receipt, receipt)
    parts = [{"due_on": "2025-12-01", "amount_fen": GOLD_FEN - int(name[1:])}]
    plan = {"application_id": name, "instalments": parts, "papers": [], "reason": "困难"}
    treasury.call("propose_instalments", receivables.propose_instalments, plan)
    give_up = {"application_id": name, "papers": ["p1"], "reason": "企业已注销"}
    treasury.call("propose_write_off", receivables.propose_write_off, give_up)


def test_the_lists_of_a_cycle_take_as_many_statements_for_any_number_of_winners(treasury: Treasury) -> None:
    names = treasury.winners(4)
    this = {"cycle_id": CYCLE}
    taken: list[tuple[int, int, int]] = []
    for some in (names[:1], names[1:]):
        for name in some:
            _all_of(treasury, name)
        with treasury.desk.asking() as of_batches:
            told = treasury.call("batches", batches.listed, this)["batches"]
        with treasury.desk.asking() as of_debts:
            debts = treasury.call("receivables", receivables.listed, this)["receivables"]
        with treasury.desk.asking() as of_uses:
            uses = treasury.call("use_reports", use_reports.listed, this, "finance", "fang", DAYS)["grants"]
        taken.append((len(of_batches), len(of_debts), len(of_uses)))
    assert taken[0] == taken[1], taken
    assert max(taken[0]) <= 6, taken
    assert [[line["application_id"] for line in each["lines"]] for each in told] == [[name] for name in names]
    for name, debt, use in zip(names, debts, uses, strict=True):
        fen = int(name[1:])
        assert debt["application_id"] == use["application_id"] == name
        assert [(each["reference"], each["amount_fen"]) for each in debt["receipts"]] == [(f"R-{name}", fen)]
        assert [(each["kind"], each["amount_fen"]) for each in debt["proposals"]] == [
            ("instalments", None), ("write_off", GOLD_FEN - fen),
        ]  # fmt: skip
        assert [each["spent_fen"] for each in use["reports"]] == [fen]
    (own,) = treasury.call("receivables", receivables.listed, this, "applicant", "lead-a2")["receivables"]
    assert (own["application_id"], own["proposals"], len(own["receipts"])) == ("a2", [], 1)
    (own,) = treasury.call("use_reports", use_reports.listed, this, "applicant", "lead-a2", DAYS)["grants"]
    assert [each["spent_fen"] for each in own["reports"]] == [2]
