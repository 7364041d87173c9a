"""What waits for finance in all cycles, asked at once: what each cycle's own lists say, in as many statements for any number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.incentives import budgets, funds, ledger, payees, receivables
from services.incentives.payments import batches, reconciling
from shared.contracts import dump, load, operation
from tests.support.bank import ledger as books
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN, Treasury

pytestmark = pytest.mark.integration
OTHER, REHEARSED = "c2", "c3"


def _funds(treasury: Treasury, *, on: date | None = None, **asked: Any) -> dict[str, Any]:
    contract = operation("incentives", "funds")
    with treasury.desk.work("finance", "fang", on) as work:
        return dump(contract.reply(), funds.listed(work, load(contract.request(), asked)))


def _waits(told: dict[str, Any], cycle_id: str) -> dict[str, tuple[int, int | None]]:
    return {
        each["kind"]: (each["number"], each["amount_fen"])
        for each in told["waits"]
        if each["cycle_id"] == cycle_id
    }


def _line_by_line(
    treasury: Treasury, cycle_id: str
) -> tuple[dict[str, Any], dict[str, tuple[int, int | None]]]:
    """The same from the lists of one cycle."""
    this = {"cycle_id": cycle_id}
    granted = treasury.call("grants", ledger.listed, this)
    several = treasury.call("batches", batches.listed, this)["batches"]
    owed = [
        each for each in treasury.call("receivables", receivables.listed, this)["receivables"]
        if each["state"] in {"open", "partly"}
    ]  # fmt: skip
    lines = [line for batch in several for line in batch["lines"]]
    replaced = {line["replaces"] for line in lines}
    accounts = treasury.call("payees", payees.listed, this)["payees"]
    late = [each["overdue_fen"] for each in owed if each["overdue_fen"]]
    found: dict[str, list[Any]] = {
        "over_budget": [granted["over_budget_fen"]] if granted["over_budget_fen"] else [],
        "batches_held": [each["total_fen"] for each in several if each["state"] == "held"],
        "batches_to_decide": [each["total_fen"] for each in several if each["state"] == "assembled"],
        "lines_returned": [
            line["amount_fen"] for line in lines if line["state"] == "failed" and line["line_id"] not in replaced
        ],
        "lines_unknown": [
            line["amount_fen"] for line in treasury.call("unknown_payments", reconciling.listed, this)["lines"]
        ],
        "receivables_overdue": late,
        "receivables_due": [
            each["amount_fen"] - each["received_fen"] for each in owed if not each["overdue_fen"]
        ],
    }  # fmt: skip
    waits: dict[str, tuple[int, int | None]] = {
        kind: (len(amounts), sum(amounts)) for kind, amounts in found.items() if amounts
    }
    if proposed := [each for each in accounts if each["state"] == "proposed"]:
        waits["payees_to_check"] = (len(proposed), None)
    sums = {
        "budget_fen": granted["budget_fen"], "granted_fen": granted["granted_fen"],
        "over_budget_fen": granted["over_budget_fen"], "paid_fen": sum(each["paid_fen"] for each in several),
        "back_fen": sum(each["amount_fen"] - each["received_fen"] for each in owed),
    }  # fmt: skip
    return sums, waits


def _much(treasury: Treasury) -> None:
    """Two real cycles: one with a payment of each fate, one over its budget; and a rehearsal with grants."""
    treasury.open_cycle(OTHER, budget_fen=None, rehearsal=False, year=2026)
    treasury.open_cycle(REHEARSED, budget_fen=1, rehearsal=True, year=2025)
    paid, again, returned, unknown, waiting, gone = treasury.winners(6)
    treasury.approved(paid)
    treasury.send_all()
    treasury.bank.ledger.faults = books(fail=1).faults
    for each in (again, returned):
        treasury.approved(each)
    treasury.send_all()
    treasury.bank.ledger.faults = books(down=True).faults
    treasury.account(again, "6222000011113333")
    treasury.assemble(again)  # another line in the place of the failed one
    treasury.approved(unknown)
    treasury.send_all()
    treasury.clock.move(hours=30)
    treasury.chase()
    treasury.send_all()
    treasury.bank.ledger.faults = books().faults
    treasury.account(waiting, check=False)
    treasury.revoke(paid)  # owed back
    treasury.withdraw(gone)  # and so no grant of the cycle any more
    treasury.winners(2, cycle_id=OTHER, first=11)
    treasury.winners(1, cycle_id=REHEARSED, first=21, ready=False)
    told = {"cycle_id": OTHER, "year": 2026, "whole_year": False, "amount_fen": GOLD_FEN, "reason": "批复"}
    treasury.call("set_budget", budgets.set_budget, told)


def test_all_cycles_at_once_say_what_each_says_alone(treasury: Treasury) -> None:
    """Also once what is owed back is late. A rehearsal is in no line and no sum."""
    _much(treasury)
    for days in (0, 60):
        treasury.clock.move(days=days)
        told = _funds(treasury)
        assert {each["cycle_id"] for each in told["cycles"]} == {CYCLE, OTHER}
        assert {each["cycle_id"] for each in told["waits"]} == {CYCLE, OTHER}
        for line in told["cycles"]:
            sums, waits = _line_by_line(treasury, line["cycle_id"])
            assert {name: line[name] for name in sums} == sums
            assert _waits(told, line["cycle_id"]) == waits
        assert told["granted_fen"] == sum(each["granted_fen"] for each in told["cycles"])
        assert told["paid_fen"] == GOLD_FEN
        assert told["budget_fen"] is None  # the first cycle has none
    kinds = [each["kind"] for each in told["waits"]]
    assert set(kinds) == {
        "over_budget", "lines_returned", "lines_unknown", "batches_to_decide", "payees_to_check",
        "receivables_overdue",
    }  # fmt: skip
    assert kinds[0] == "receivables_overdue"  # it has a day
    assert set(kinds[-2:]) == {"batches_to_decide", "payees_to_check"}


def test_whoever_plays_a_rehearsal_hears_of_no_real_money(treasury: Treasury) -> None:
    _much(treasury)
    told = _funds(treasury, on=date(2025, 9, 1))
    assert (told["total"], told["cycles"], told["waits"], told["granted_fen"]) == (0, [], [], 0)


def test_many_cycles_take_as_many_statements_as_one_and_come_page_by_page(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.incentives.funds.MOST_WAITS", 7)
    treasury.winners(1, ready=False)
    treasury.account("a1", check=False)
    taken = []
    for some in (1, 60):
        for number in range(2, some + 1):
            treasury.open_cycle(f"m{number:02}", budget_fen=5, rehearsal=False, year=2025)
        for number in range(2, min(some, 10) + 1):
            treasury.winners(1, cycle_id=f"m{number:02}", ready=False, first=number)
        with treasury.desk.asking() as statements:
            told = _funds(treasury, page=2, size=50)
        taken.append(len([each for each in statements if each.startswith("SELECT")]))
    assert taken[0] == taken[1] <= 9, taken
    assert (told["total"], len(told["cycles"])) == (60, 10)
    assert (len(told["waits"]), told["waits_left_out"]) == (7, 3)  # nine over their budgets, one account
    first = _funds(treasury)["cycles"]
    assert len(first) == 50
    assert not {each["cycle_id"] for each in first} & {each["cycle_id"] for each in told["cycles"]}
