"""What eligibility tells discipline inspection, on both databases; who objected is in none of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.eligibility import models
from services.eligibility.objections.clock import Terms
from services.eligibility.stages import conductor
from services.eligibility.supervision import alerts
from shared.config import Settings
from shared.contracts import dump
from shared.contracts.operations.alerts import Alerts
from shared.procedure import alerts as told_by
from tests.integration.eligibility.test_supervision import INSPECTOR, LI, TODAY, Bureau
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration

RAISED, AFTER = date(2025, 6, 18), date(2025, 6, 24)
OBJECTOR, NUMBER = "王芳", "11010519491231002X"


@pytest.fixture
def bureau(database_url: str) -> Iterator[Bureau]:
    made = Bureau(database_url)
    made.at(TODAY)
    made.accept("a1", 1)
    yield made
    made.desk.close()


def watch(bureau: Bureau) -> dict[str, Any]:
    with bureau.desk.work("discipline", "ji") as work:
        watched = alerts.watched(work, conductor.cycles(work, [CYCLE]), Terms.of(Settings()))
        return dump(Alerts(), told_by.reply("eligibility", CYCLE, watched[CYCLE]))


def kinds(bureau: Bureau) -> dict[str, dict[str, Any]]:
    return {line["kind"]: line for line in watch(bureau)["alerts"]}


def judged(bureau: Bureau, reason: str | None) -> None:
    row = {
        "application_id": "a1", "finding": "16.3/operating", "cycle_id": CYCLE, "confirmed": True, "decided_by": "li",
        "decided_at": bureau.desk.store.clock.now(), "reason": reason,
    }  # fmt: skip
    with bureau.desk.work() as work:
        work.session.execute(insert(models.judgements).values(**row))


def objected(bureau: Bureau, state: str) -> None:
    bureau.post("a1", "qualification")
    row = {
        "id": "o1", "cycle_id": CYCLE, "notice": "qualification", "application_id": "a1", "source": "public",
        "objector_name": OBJECTOR, "objector_number": NUMBER, "evidence": True, "state": state,
        "reason_zh": "", "reason_en": "", "raised_on": RAISED,
    }  # fmt: skip
    with bureau.desk.work() as work:
        work.session.execute(insert(models.objections).values(**row))


def test_a_judgement_with_its_reason_gives_no_alert_and_one_without_does(bureau: Bureau) -> None:
    judged(bureau, "材料属实")
    assert watch(bureau)["alerts"] == []


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_judgement_without_a_reason_is_told(bureau: Bureau, reason: str | None) -> None:
    judged(bureau, reason)
    told = kinds(bureau)
    assert (set(told), told["judged_without_reason"]["severity"]) == ({"judged_without_reason"}, "notice")


def test_a_condition_that_was_judged_twice_is_told(bureau: Bureau) -> None:
    for times in (0, 1):
        assert ("judged_again" in kinds(bureau)) is False, times
        with bureau.desk.work("award_office", "li") as work:
            work.audit("finding:judged", "a1/16.3/operating", cycle_id=CYCLE)
    told = kinds(bureau)["judged_again"]
    assert (told["severity"], told["subject"]) == ("warning", "a1/16.3/operating")


def test_an_objection_is_overdue_after_its_notice_and_names_nobody(bureau: Bureau) -> None:
    bureau.at(date(2025, 6, 17))
    objected(bureau, "accepted")
    bureau.at(date(2025, 6, 23))
    assert watch(bureau)["alerts"] == []
    bureau.at(AFTER)
    told = watch(bureau)
    (line,) = told["alerts"]
    assert (line["kind"], line["severity"], line["evidence"]) == (
        "objection_overdue",
        "serious",
        ["o1", "ruling"],
    )
    written = json.dumps(told, ensure_ascii=False)
    assert OBJECTOR not in written
    assert NUMBER not in written
    figures = {line["figure"]: line["count"] for line in told["figures"]}
    assert (figures["objections"], figures["objections_accepted"]) == (1, 1)


@pytest.mark.parametrize(
    ("hour", "new"),
    [
        ("2025-06-18T00:00:00+08:00", 1),
        ("2025-06-18T23:00:00+08:00", 1),
        ("2025-06-18T16:30:00+00:00", 0),
        (None, 1),
    ],
)
def test_an_objection_is_new_on_the_whole_day_on_which_it_came(
    bureau: Bureau, hour: str | None, new: int
) -> None:
    """The day is Shanghai's, wherever the instant is written down."""
    bureau.at(date(2025, 6, 17))
    objected(bureau, "accepted")
    since = None if hour is None else datetime.fromisoformat(hour)
    with bureau.desk.work("discipline", "ji") as work:
        told = alerts.fresh(work, conductor.cycles(work, [CYCLE]), since)
        assert told["objections"].get(CYCLE, 0) == new


@pytest.mark.parametrize(
    ("state", "step"),
    [("received", "acceptance"), ("accepted", "inquiry"), ("heard", "ruling"), ("appealed", "decision")],
)
def test_a_step_that_the_office_owes_is_overdue_by_its_own_clock(
    bureau: Bureau, state: str, step: str
) -> None:
    """The day after its last working day, not before; what others owe, or may do, is nobody's fault."""
    bureau.at(date(2025, 6, 17))
    objected(bureau, state)
    with bureau.desk.work() as work:
        work.session.execute(update(models.objections).values(since=RAISED, days=2))
    bureau.at(date(2025, 6, 20))
    assert watch(bureau)["alerts"] == []
    bureau.at(date(2025, 6, 21))
    (line,) = watch(bureau)["alerts"]
    assert (line["since"], line["evidence"]) == ("2025-06-20", ["o1", step])
    with bureau.desk.work() as work:
        work.session.execute(update(models.objections).values(state="upheld"))
    assert watch(bureau)["alerts"] == []


@pytest.mark.parametrize("state", ["upheld", "dismissed", "not_accepted"])
def test_an_objection_that_was_answered_is_none(bureau: Bureau, state: str) -> None:
    bureau.at(date(2025, 6, 17))
    objected(bureau, state)
    bureau.at(AFTER)
    assert watch(bureau)["alerts"] == []


def test_an_order_that_nobody_answers_is_told_and_a_report_that_waits_is_not(bureau: Bureau) -> None:
    """What discipline inspection itself owes is in its list; an alert would tell a reader of the report who reported."""
    bureau.report(LI)
    form = bureau.order(days=1)["form_id"]
    bureau.at(date(2025, 6, 17))
    assert watch(bureau)["alerts"] == []
    bureau.at(AFTER)
    told = kinds(bureau)
    assert (set(told), told["form_overdue"]["subject"]) == ({"form_overdue"}, form)
    bureau.write("answer", LI, form)
    assert watch(bureau)["alerts"] == []
    bureau.write("close", INSPECTOR, form)
    figures = {line["figure"]: line["count"] for line in watch(bureau)["figures"]}
    assert (figures["forms"], figures["forms_closed"], figures["forms_open"]) == (2, 1, 1)
