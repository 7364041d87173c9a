"""What incentives tells discipline inspection, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.incentives import alerts
from services.incentives.stages import conductor
from shared.contracts import dump
from shared.contracts.operations.alerts import Alerts
from shared.procedure import alerts as told_by
from tests.integration.incentives.test_incentives import GOLD, TOP, Treasury, won
from tests.support.rooms import CYCLE

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


def test_a_clawback_is_counted(open_treasury: Any) -> None:
    treasury = open_treasury(None)
    treasury.award({"a1": won(TOP)})
    treasury.sanction("a1")
    assert {line["figure"]: line["count"] for line in watch(treasury)["figures"]}["clawbacks"] == 1
