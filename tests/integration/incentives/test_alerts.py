"""What incentives tells discipline inspection, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.incentives import alerts, budgets
from services.incentives.stages import conductor
from shared.contracts import dump
from shared.contracts.operations.alerts import Alerts
from shared.procedure import alerts as told_by
from tests.integration.incentives.test_incentives import GOLD, TOP, Treasury, won
from tests.support.rooms import CYCLE
from tests.support.treasury import GOLD_FEN
from tests.support.treasury import Treasury as RealTreasury

pytestmark = pytest.mark.integration


def _treasury(url: str, budget: int | None) -> Treasury:
    made = Treasury(url, budget_fen=budget)
    for number, name in enumerate(("a1", "a2"), start=1):
        made.accept(name, number)
    return made


@pytest.fixture
def open_treasury(database_url: str) -> Iterator[Any]:
    opened: list[Treasury] = []

    def make(budget: int | None) -> Treasury:
        opened.append(_treasury(database_url, budget))
        return opened[-1]

    yield make
    for treasury in opened:
        treasury.desk.close()


def watch(treasury: Treasury) -> dict[str, Any]:
    with treasury.desk.work("discipline", "ji") as work:
        watched = alerts.watched(work, conductor.cycles(work, [CYCLE]))
        return dump(Alerts(), told_by.reply("incentives", CYCLE, watched[CYCLE]))


def test_grants_over_the_budget_are_told_with_the_excess(open_treasury: Any) -> None:
    treasury = open_treasury(50_000_000)
    assert watch(treasury)["alerts"] == []
    treasury.award({"a1": won(TOP), "a2": won(GOLD)})
    over = treasury.grants()["over_budget_fen"]
    assert over > 0
    (told,) = watch(treasury)["alerts"]
    assert (told["kind"], told["severity"], told["subject"]) == ("over_budget", "serious", CYCLE)
    assert told["evidence"] == [str(over)]
    figures = {line["figure"]: line["count"] for line in watch(treasury)["figures"]}
    assert figures["grants_held"] == figures["grants"] == 2
    assert figures["grants_stopped"] == 0


@pytest.mark.parametrize("budget", [1_000_000_000, None], ids=["enough", "no budget"])
def test_grants_within_a_budget_give_no_alert(open_treasury: Any, budget: int | None) -> None:
    treasury = open_treasury(budget)
    treasury.award({"a1": won(TOP), "a2": won(GOLD)})
    assert watch(treasury)["alerts"] == []


def test_several_cycles_are_told_at_once_each_as_it_is_alone(database_url: str) -> None:
    """Over the budget that finance set, over that which it was opened with, within it, a rehearsal; in as many statements."""
    rich = RealTreasury(database_url, budget_fen=5)
    rich.winners(1, ready=False)
    try:
        for number, (budget, rehearsal) in enumerate(
            ((5, False), (10 * GOLD_FEN, False), (5, True)), start=2
        ):
            rich.open_cycle(f"c{number}", budget_fen=budget, rehearsal=rehearsal, year=2025)
            rich.winners(1, cycle_id=f"c{number}", ready=False, first=number)
        rich.call("set_budget", budgets.set_budget, {
            "cycle_id": CYCLE, "year": 2025, "whole_year": False, "amount_fen": GOLD_FEN - 1, "reason": "预算",
        })  # fmt: skip
        taken, excess = [], {}
        for some in ([CYCLE], [CYCLE, "c2", "c3", "c4"]):
            with rich.desk.work("discipline", "ji") as work:
                cycles = conductor.cycles(work, some)
                with rich.desk.asking() as said:
                    told = alerts.watched(work, cycles)
                alone = [alerts.watched(work, {each: cycle})[each] for each, cycle in cycles.items()]
                assert [each.alerts for each in told.values()] == [each.alerts for each in alone]
            taken.append(len(said))
            excess = {each: [alert.evidence for alert in seen.alerts] for each, seen in told.items()}
        assert taken[0] == taken[1], taken
        over = [(str(GOLD_FEN - 5),)]
        assert excess == {CYCLE: [("1",)], "c2": over, "c3": [], "c4": over}
    finally:
        rich.desk.close()


def test_a_clawback_is_counted(open_treasury: Any) -> None:
    treasury = open_treasury(None)
    treasury.award({"a1": won(TOP)})
    treasury.sanction("a1")
    assert {line["figure"]: line["count"] for line in watch(treasury)["figures"]}["clawbacks"] == 1
