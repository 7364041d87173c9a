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
from shared.procedure import tasks
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
        watched = alerts.watched(work, conductor.cycles(work, [CYCLE]))
        return dump(Alerts(), told_by.reply("committee", CYCLE, watched[CYCLE]))


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


def test_discipline_hears_that_there_are_others_than_it_was_told_of(hall: RealHall) -> None:
    """The same alerts are the same task, whoever looks and when; none are none, and old cycles are left alone."""

    def look() -> list[dict[str, Any]]:
        before = len(found())
        with hall.desk.work() as work:
            tasks.tell_of_alerts(work, conductor, alerts.watched)
        return found()[before:]

    def found() -> list[dict[str, Any]]:
        return [each for each in hall.desk.told("task.waiting") if each["kind"] == "alerts_found"]

    with hall.desk.work() as work:
        work.session.execute(conductor.records.tables.cycles.update().values(year=work.today().year))
    hall.propose(("a2", TOP), ("a3", GOLD))
    assert look() == []
    hall.propose(("a3", TOP), ("a1", GOLD), a2="公示前查实重大质量投诉")
    (first,), (again,) = look(), look()
    assert first["task"] == again["task"]
    assert not [word for word in ("a2", "rank", "投诉") if word in str({**first, "task": "", "cycle_id": ""})]
    with hall.desk.work() as work:
        work.session.execute(conductor.records.tables.cycles.update().values(year=work.today().year - 2))
    assert look() == []
