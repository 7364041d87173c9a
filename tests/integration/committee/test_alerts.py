"""What the committee tells discipline inspection, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.committee import alerts
from services.committee.stages import conductor
from shared.contracts import dump
from shared.contracts.operations.alerts import Alerts
from shared.procedure import alerts as told_by
from tests.integration.committee.test_committee import GOLD, NAMES, SCORES, TOP, RealHall
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration


@pytest.fixture
def hall(database_url: str) -> Iterator[RealHall]:
    made = RealHall(database_url)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    made.hand_over_all({name: {"score": SCORES[name]} for name in NAMES})
    made.convene()
    yield made
    made.desk.close()


def watch(hall: RealHall) -> dict[str, Any]:
    with hall.desk.work("discipline", "ji") as work:
        watched = alerts.watched(work, conductor.cycle(work, CYCLE))
    return dump(Alerts(), told_by.reply("committee", CYCLE, watched))


def test_a_proposal_by_rank_gives_no_alert(hall: RealHall) -> None:
    hall.propose(("a2", TOP), ("a3", GOLD))
    told = watch(hall)
    assert told["alerts"] == []
    assert {line["figure"]: line["count"] for line in told["figures"]}["deviations"] == 0


def test_each_who_is_passed_over_is_told_with_the_reason(hall: RealHall) -> None:
    """And no more once a proposal keeps to the rank."""
    hall.propose(("a3", TOP), ("a1", GOLD), a2="公示前查实重大质量投诉")
    (told,) = watch(hall)["alerts"]
    assert (told["kind"], told["severity"], told["subject"]) == ("rank_deviation", "warning", "a2")
    assert "公示前查实重大质量投诉" in told["reason_zh"]
    assert told["evidence"] == ["a2", "a3", "a1", "somebody"]
    hall.propose(("a2", TOP), ("a3", TOP), ("a1", GOLD))
    assert watch(hall)["alerts"] == []
