"""Visits and orders on both databases: who does what, by when, and what is told where nothing was mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.integration.incentives.followed import OFFICE, OTHER, Followed
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration

TODAY, LAST = date(2026, 6, 1), date(2026, 6, 30)
ONE = {"application_id": "a1"}


@pytest.fixture
def followed(database_url: str) -> Iterator[Followed]:
    made = Followed(database_url)
    made.award("a1", "a2")
    made.at(TODAY)
    yield made
    made.desk.close()


def _plan(followed: Followed, day: date = TODAY, **more: Any) -> dict[str, Any]:
    said = {"visit_on": str(day), "visitors": ["李办"], "purpose": "年度回访"}
    return followed.office("plan_tracking_visit", {**ONE, **said, **more})


def _order(followed: Followed, **more: Any) -> dict[str, Any]:
    said = {"what": "更新质量台账", "ground": "台账停更", "answer_by": str(LAST)}
    return followed.office("issue_rectification", {**ONE, **said, **more})


def _decide(followed: Followed, order: dict[str, Any], decision: str, actor: str = OTHER) -> dict[str, Any]:
    said = {"order_id": order["order_id"], "decision": decision, "reason": "经核实"}
    return followed.office("decide_rectification", {**ONE, **said}, actor)


def _answer(followed: Followed, order: dict[str, Any], actor: str = "a1.lead") -> None:
    said = {"order_id": order["order_id"], "answer": "已补齐。", "papers": ["f1"]}
    followed.winner("answer_rectification", {**ONE, **said}, actor)


def test_a_visit_is_planned_and_put_on_record(followed: Followed) -> None:
    """Not before its day, and once; the winner is told the findings, never the office's own record."""
    visit = _plan(followed, date(2026, 6, 15))
    record = {
        **ONE, "visit_id": visit["visit_id"], "record": "只供办公室", "findings": ["台账停更"], "papers": ["f9"],
    }  # fmt: skip
    with pytest.raises(Conflict) as refused:
        followed.office("record_tracking_visit", record)
    assert refused.value.code == "visit_not_yet"
    followed.at(date(2026, 6, 15))
    done = followed.office("record_tracking_visit", record)
    assert (done["state"], done["record"], done["papers"]) == ("done", "只供办公室", ["f9"])
    (mine,) = followed.own()["visits"]
    assert (mine["findings"], mine["record"], mine["papers"]) == (["台账停更"], None, [])
    assert "只供办公室" not in str(followed.own())
    with pytest.raises(Conflict):
        followed.office("record_tracking_visit", record)
    with pytest.raises(Conflict):
        followed.office("cancel_tracking_visit", {**ONE, "visit_id": visit["visit_id"], "reason": "改期"})


def test_a_visit_is_cancelled_with_a_reason(followed: Followed) -> None:
    """And is owed no more."""
    visit = _plan(followed)
    owed = [line for line in followed.office("tracking_due", {})["owed"] if line["what"] == "visit"]
    assert [line["ref"] for line in owed] == [visit["visit_id"]]
    gone = followed.office("cancel_tracking_visit", {**ONE, "visit_id": visit["visit_id"], "reason": "改期"})
    assert (gone["state"], gone["reason"]) == ("cancelled", "改期")
    assert not [line for line in followed.office("tracking_due", {})["owed"] if line["what"] == "visit"]


def test_visits_and_orders_end_with_the_years(followed: Followed) -> None:
    """The last day counts; nothing is planned for a day that is over; a visit of another winner is none."""
    with pytest.raises(Invalid):
        _plan(followed, date(2026, 5, 31))
    with pytest.raises(Invalid):
        _plan(followed, visitors=[])
    assert _plan(followed, date(2030, 7, 4))["state"] == "planned"
    with pytest.raises(Conflict) as refused:
        _plan(followed, date(2030, 7, 5))
    assert refused.value.code == "tracking_over"
    followed.at(date(2030, 7, 5))
    with pytest.raises(Conflict):
        _order(followed, answer_by="2030-08-01")
    followed.at(TODAY)
    visit = _plan(followed)
    with pytest.raises(Invalid):
        _order(followed, application_id="a2", visit_id=visit["visit_id"])
    with pytest.raises(NotFound):
        followed.office(
            "cancel_tracking_visit",
            {"application_id": "a2", "visit_id": visit["visit_id"], "reason": "改期"},
        )


def test_an_order_is_answered_and_another_officer_confirms(followed: Followed) -> None:
    """The winner is not told which officers they were; nothing is told to others."""
    order = _order(followed, visit_id=_plan(followed)["visit_id"])
    with pytest.raises(Conflict):
        _decide(followed, order, "confirmed")
    _answer(followed, order)
    with pytest.raises(Conflict):
        _answer(followed, order)
    with pytest.raises(Forbidden) as refused:
        _decide(followed, order, "confirmed", OFFICE)
    assert refused.value.code == "same_person"
    done = _decide(followed, order, "confirmed")
    assert (done["state"], done["issued_by"], done["decided_by"]) == ("confirmed", OFFICE, OTHER)
    (mine,) = followed.own()["orders"]
    assert (mine["state"], mine["papers"], mine["issued_by"], mine["decided_by"]) == (
        "confirmed",
        ["f1"],
        None,
        None,
    )
    assert OFFICE not in str(followed.own())
    assert followed.desk.told("tracking.failed") == []
    for decision in ("confirmed", "escalated"):
        with pytest.raises(Conflict):
            _decide(followed, order, decision)


def test_what_was_not_mended_is_told(followed: Followed) -> None:
    """One event, with the officer's reason in words of both languages."""
    order = _order(followed)
    _answer(followed, order)
    _decide(followed, order, "escalated")
    (told,) = followed.desk.told("tracking.failed")
    assert told == {
        "cycle_id": CYCLE,
        "application_id": "a1",
        "order_id": order["order_id"],
        "reason_zh": "整改要求未落实：经核实",
        "reason_en": "an order was not complied with: 经核实",
        "on": TODAY,
    }


def test_an_order_that_is_ignored_is_escalated_after_its_last_day(followed: Followed) -> None:
    """Not on it; an answer that comes late is still one while nobody has escalated."""
    first, second = _order(followed), _order(followed)
    followed.at(LAST)
    with pytest.raises(Conflict) as refused:
        _decide(followed, first, "escalated")
    assert refused.value.code == "answer_not_due"
    followed.at(date(2026, 7, 1))
    assert {each["overdue"] for each in followed.file()["orders"]} == {True}
    _answer(followed, second)
    assert _decide(followed, first, "escalated")["state"] == "escalated"
    with pytest.raises(Conflict):
        _answer(followed, first)
    assert _decide(followed, second, "confirmed")["state"] == "confirmed"
    assert len(followed.desk.told("tracking.failed")) == 1


def test_an_order_is_its_winners_alone(followed: Followed) -> None:
    """Nobody else answers it, whatever winner it names; a day that is not later than today is no last day."""
    order = _order(followed)
    for stranger in ("a2.lead", "a1.reader", "nobody"):
        with pytest.raises(NotFound):
            _answer(followed, order, stranger)
    with pytest.raises(NotFound):
        followed.winner(
            "answer_rectification",
            {"application_id": "a2", "order_id": order["order_id"], "answer": "已补齐。"},
            "a2.lead",
        )
    with pytest.raises(Invalid):
        _order(followed, answer_by=str(TODAY))
    assert followed.own("a2")["orders"] == []


def test_a_revoked_winner_is_visited_and_ordered_no_more(followed: Followed) -> None:
    """An order that was issued before is decided no more either: the award is gone."""
    order = _order(followed)
    followed.revoke("a1", TODAY)
    for call in (
        lambda: _plan(followed),
        lambda: _order(followed),
        lambda: _answer(followed, order),
        lambda: _decide(followed, order, "escalated"),
    ):
        with pytest.raises(Conflict) as refused:
            call()
        assert refused.value.code == "tracking_ended"
