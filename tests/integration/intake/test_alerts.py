"""What intake tells discipline inspection of a real cycle, on both databases: each alert with its cause, none without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.intake import alerts, models
from services.intake.stages import conductor
from shared.contracts import dump
from shared.contracts.operations.alerts import Alerts
from shared.procedure import alerts as told_by
from tests.integration.intake.desk import AFTER, OFFICE, RealDesk, at

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def watch(desk: RealDesk) -> dict[str, Any]:
    with desk.work("discipline", "ji") as work:
        watched = alerts.watched(work, conductor.cycles(work, [desk.cycle]))
        return dump(Alerts(), told_by.reply("intake", desk.cycle, watched[desk.cycle]))


def kinds(desk: RealDesk) -> dict[str, dict[str, Any]]:
    return {line["kind"]: line for line in watch(desk)["alerts"]}


def accepted(desk: RealDesk) -> str:
    application = desk.drafted()
    desk.accept(application, desk.hand_in(application)["receipt"])
    return application


def test_an_application_that_went_its_lawful_way_gives_no_alert(desk: RealDesk) -> None:
    """Handed in, returned, corrected in time, accepted."""
    application = desk.drafted()
    desk.hand_in(application)
    desk.send_back(application, "facts.region")
    desk.save(application, 1, facts__region="上海市长宁区新泾镇")
    desk.accept(application, desk.hand_in(application)["receipt"])
    told = watch(desk)
    assert told["alerts"] == []
    figures = {line["figure"]: line["count"] for line in told["figures"]}
    assert (figures["applications"], figures["returned"]) == (1, 1)


def test_one_that_is_late_is_counted_and_is_no_alert(desk: RealDesk) -> None:
    application = desk.drafted()
    desk.day(AFTER)
    desk.hand_in(application)
    told = watch(desk)
    assert told["alerts"] == []
    assert {line["figure"]: line["count"] for line in told["figures"]}["applications_late"] == 1


def test_one_that_was_accepted_though_late_is_told(desk: RealDesk) -> None:
    """No lawful way leads to it: the row is written by hand, as whoever got round the rules would."""
    application = accepted(desk)
    table = models.applications
    with desk.work() as work:
        work.session.execute(update(table).where(table.c.id == application).values(submitted_on=AFTER))
    told = kinds(desk)
    assert set(told) == {"accepted_late"}
    assert (told["accepted_late"]["severity"], told["accepted_late"]["evidence"]) == (
        "serious",
        [application, "li"],
    )


def test_a_correction_that_lapsed_is_told_once_the_application_is_accepted(desk: RealDesk) -> None:
    application = desk.drafted()
    receipt = desk.hand_in(application)["receipt"]
    desk.send_back(application, "facts.region")
    desk.day(date(2025, 5, 20))
    assert watch(desk)["alerts"] == []
    desk.accept(application, receipt)
    assert set(kinds(desk)) == {"correction_missing"}
    corrections = models.corrections
    with desk.work() as work:
        work.session.execute(update(corrections).values(resubmitted_at=at(date(2025, 5, 20))))
    told = kinds(desk)
    assert (set(told), told["corrected_late"]["severity"]) == ({"corrected_late"}, "serious")


def test_a_second_return_is_told_from_the_audit_log(desk: RealDesk) -> None:
    application = desk.drafted()
    desk.hand_in(application)
    desk.send_back(application, "facts.region")
    assert "returned_twice" not in kinds(desk)
    with desk.work(OFFICE, "li") as work:
        work.audit("application:returned", application, cycle_id=desk.cycle)
    told = kinds(desk)["returned_twice"]
    assert (told["severity"], told["subject"]) == ("serious", application)


def test_records_that_a_person_decided_on_are_told(desk: RealDesk) -> None:
    application = accepted(desk)
    row = {
        "application_id": application, "purpose": "committee", "cycle_id": desk.cycle, "state": "differs", "revision": 1,
        "basis": {}, "asked_at": desk.clock.now(), "settled_at": desk.clock.now(),
    }  # fmt: skip
    with desk.work() as work:
        work.session.execute(insert(models.rechecks).values(**row))
    assert watch(desk)["alerts"] == []
    with desk.work() as work:
        work.session.execute(
            update(models.rechecks).values(state="let_on", decided_by="li", reason="系同名单位")
        )
    told = kinds(desk)
    assert set(told) == {"records_by_hand"}
    assert "系同名单位" in told["records_by_hand"]["reason_zh"]


@pytest.mark.parametrize(
    ("result", "kind"),
    [("second", "answered_twice"), ("after_decision", "answered_after_decision"), ("taken", None)],
)
def test_a_department_that_answers_anew_is_told(desk: RealDesk, result: str, kind: str | None) -> None:
    application = accepted(desk)
    row = {
        "id": "l1", "application_id": application, "cycle_id": desk.cycle, "department": "tax", "entry": "answer",
        "outcome": result, "revision": 1, "purpose": "qualification", "channel": "http", "at": desk.clock.now(),
        "actor": "system:intake",
    }  # fmt: skip
    with desk.work() as work:
        work.session.execute(insert(models.enquiry_log).values(**row))
    assert set(kinds(desk)) == ({kind} if kind else set())
