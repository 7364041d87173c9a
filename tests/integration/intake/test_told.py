"""What an applicant is told of how its application stands, on both databases: no outcome before a notice has said it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.intake import applications, lists, progress, submissions
from services.intake.statuses import Status
from shared.problems import Conflict, Invalid
from shared.procedure import outcome
from tests.integration.intake.desk import APPLICANT, CODE, OFFICE, RealDesk
from tests.support.intake import OTHER_CODE, listing

pytestmark = pytest.mark.integration
DAY = date(2025, 6, 20)


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def _accepted(desk: RealDesk, who: str = "anna", code: str = CODE) -> str:
    application = desk.drafted(who, uscc=code)
    desk.accept(application, desk.hand_in(application, who)["receipt"])
    return application


def _close(desk: RealDesk, stage: str, *lines: dict[str, Any]) -> None:
    with desk.work() as work:
        progress.stage_closed_here(work, desk.cycle, stage, DAY, list(lines))


def _notice(desk: RealDesk, stage: str, *named: str) -> None:
    with desk.work() as work:
        told = {
            "cycle_id": desk.cycle,
            "stage": stage,
            "begun_on": DAY,
            "ends_on": DAY,
            "entrants": list(named),
        }
        progress.stage_begun(work, told)


def _seen(
    desk: RealDesk, application: str, who: str = "anna", role: str = APPLICANT
) -> list[tuple[str, Any]]:
    """The same, whichever way somebody asks."""
    with desk.work(role, who) as work:
        line = applications.one(work, {"application_id": application})
        (listed,) = [
            each
            for each in lists.listed(work, listing(desk.cycle))["applications"]
            if each["application_id"] == application
        ]
        status = submissions.receipt(work, {"application_id": application})["status"]
        found = [(line["status"], line["stopped_at"]), (listed["status"], listed["stopped_at"])]
        if role == APPLICANT:
            (mine,) = lists.mine_everywhere(work)["applications"]
            found.append((mine["status"], mine["stopped_at"]))
            assert lists.listed(work, listing(desk.cycle))["counts"] == {line["status"]: 1}
    assert {status} == {each[0] for each in found}
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("status", [Status.INELIGIBLE, Status.AWAITING_RECORDS, Status.NOT_AWARDED])
def test_an_outcome_is_not_told_before_a_later_notice(desk: RealDesk, status: Status) -> None:
    """One that is out and one that goes on read the same, until the notice that tells who goes on."""
    out, on = _accepted(desk), _accepted(desk, "ben", OTHER_CODE)
    _close(desk, "submission", outcome(out, passed=True), outcome(on, passed=True))
    before = _seen(desk, out)
    ended = outcome(out, passed=False, status=status.value, stopped_at="qualification")
    _close(desk, "qualification", ended, outcome(on, passed=True))
    assert _seen(desk, out) == before == _seen(desk, on, "ben") == [("in_progress", "submission")]
    assert _seen(desk, out, "li", OFFICE) == [(status.value, "qualification")]
    _notice(desk, "notice:qualification", on)
    assert _seen(desk, out) == [(status.value, "qualification")]
    assert _seen(desk, on, "ben") == [("in_progress", "notice:qualification")]


def test_an_earlier_notice_tells_nothing_of_a_later_stage(desk: RealDesk) -> None:
    """Reviews and committee are told by the notice of the award."""
    application = _accepted(desk)
    _notice(desk, "notice:qualification", application)
    _close(
        desk,
        "document_review",
        outcome(application, passed=False, status="not_awarded", stopped_at="committee"),
    )
    assert _seen(desk, application) == [("in_progress", "notice:qualification")]
    _notice(desk, "notice:award")
    assert _seen(desk, application) == [("not_awarded", "committee")]


def test_neither_filters_nor_orders_tell_more_than_the_lines(desk: RealDesk) -> None:
    """Asked by status it counts as what it is told as; by the stage nothing is asked."""
    application = _accepted(desk)
    _close(
        desk,
        "qualification",
        outcome(application, passed=False, status="ineligible", stopped_at="qualification"),
    )
    with desk.work(APPLICANT, "anna") as work:
        assert lists.listed(work, listing(desk.cycle, status="ineligible"))["total"] == 0
        assert lists.listed(work, listing(desk.cycle, status="in_progress"))["total"] == 1
        for filters in ({"stopped_at": "qualification"}, {"sort": "status"}, {"sort": "-stopped_at"}):
            with pytest.raises(Invalid):
                lists.listed(work, listing(desk.cycle, **filters))


def test_ones_own_applications_are_those_of_all_cycles_and_nobody_elses(desk: RealDesk) -> None:
    """With the cycle's days and regulation, so that a first page needs one question."""
    mine = desk.drafted()
    desk.drafted("ben", uscc=OTHER_CODE)
    again = desk.open()
    other = desk.draft(again)
    rehearsed = desk.open(rehearsal=True)
    desk.draft(rehearsed, on=DAY)
    with desk.work(APPLICANT, "anna") as work:
        found = lists.mine_everywhere(work)["applications"]
    assert {line["application_id"] for line in found} == {mine, other}
    assert {(line["rulebook"], line["year"]) for line in found} == {("changning-2023", 2025)}


def test_a_withdrawal_tells_nothing_either(desk: RealDesk) -> None:
    """One that is out is taken back in the same words as one that goes on; and nothing may be changed in either."""
    out, on = _accepted(desk), _accepted(desk, "ben", OTHER_CODE)
    ended = outcome(out, passed=False, status="ineligible", stopped_at="qualification")
    _close(desk, "qualification", ended, outcome(on, passed=True))
    said = []
    for application, who in ((out, "anna"), (on, "ben")):
        with pytest.raises(Conflict) as refused:
            desk.save(application, 0, who, name="另一家公司")
        line = desk.withdraw(application, who)
        said.append((refused.value.detail_zh, line["status"], line["stopped_at"]))
    assert said[0] == said[1]
    assert [each["application_id"] for each in desk.told("application.withdrawn")] == [on]


def test_what_is_public_is_not_taken_back_any_more(desk: RealDesk) -> None:
    out = _accepted(desk)
    _close(desk, "qualification", outcome(out, passed=False, status="ineligible", stopped_at="qualification"))
    _notice(desk, "notice:qualification")
    with pytest.raises(Conflict) as refused:
        desk.withdraw(out)
    assert "ineligible" in refused.value.detail_en
