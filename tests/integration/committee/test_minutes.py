"""Minutes and the government's approval on both databases: versions, two people, and what the stage waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.committee import models, notice_ends
from shared.clock import SHANGHAI, FixedClock
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Transient
from shared.store.migrate import schema_differences
from tests.support.committee import GOLD, MEMBER, MEMBERS, SCORES, TOP, Hall, RealHall, conductor_of
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration

CHAIR = MEMBERS[0]
NUMBER = "府函〔2026〕12号"


@pytest.fixture
def real(database_url: str) -> Iterator[RealHall]:
    """Three before the committee, five of six members there, the ballots over; one stood aside, one failed."""
    made = RealHall(database_url)
    made.enter(SCORES)
    _vote(made)
    yield made
    made.desk.close()


def _vote(real: RealHall) -> None:
    real.convene(absent=("M6",))
    real.stands_aside("M2", "a2")
    real.propose(("a3", TOP), ("a1", GOLD), a2="公示前查实重大质量投诉")
    real.start()
    real.vote(a3="aaaaa")
    real.close_round()


def _draft(real: Hall, actor: str = "office-1", **data: Any) -> dict[str, Any]:
    return real.call("draft_minutes", "award_office", actor, **data)


def _confirm(real: Hall, version: int = 1, actor: str = CHAIR) -> dict[str, Any]:
    return real.call("confirm_minutes", MEMBER, actor, version=version)


def _approve(real: Hall, **data: Any) -> dict[str, Any]:
    today = str(real.desk.store.clock.today())
    return real.call("record_approval", **{"document_number": NUMBER, "approved_on": today, **data})


def _waiting(real: Hall) -> list[str]:
    found: list[str] = real.ask("stage", real.conductor.stage, {"stage": "committee"})["waiting_for"]
    return found


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    assert schema_differences("committee", database_url) == []


def test_minutes_say_what_the_record_says(real: RealHall) -> None:
    """Who was there and who stood aside (not how anybody voted), the proposal and why it left the order of rank, the ballots
    with their counts, who won, what stays vacant.
    """
    told = _draft(real, place="第一会议室", remarks="空缺名额不递补。")
    said = told["content"]
    assert (told["version"], told["state"], told["drafted_by"]) == (1, "draft", "office-1")
    assert {m["member"]: (m["chair"], m["attended"]) for m in said["members"]} == {
        "M1": (True, True), **{f"M{n}": (False, True) for n in range(2, 6)}, "M6": (False, False),
    }  # fmt: skip
    assert (said["quorum"], len(said["events"]), said["place"]) == (4, 5, "第一会议室")
    assert [(r["member"], r["application_id"]) for r in said["recusals"]] == [("M2", "a2")]
    assert {c["application_id"]: (c["proposed_level"], c["awarded_level"]) for c in said["candidates"]} == {
        "a1": (GOLD, GOLD), "a2": (None, None), "a3": (TOP, None),
    }  # fmt: skip
    assert [d["application_id"] for d in said["deviations"]] == ["a2"]
    assert [(r["number"], r["state"], r["present"], r["cast"]) for r in said["rounds"]] == [
        (1, "counted", 5, 5)
    ]
    assert {r["application_id"]: (r["votes_for"], r["awarded"]) for r in said["results"]} == {
        "a1": (5, True), "a3": (0, False),
    }  # fmt: skip
    by_quota = {v["quota"]: (v["places"], v["vacant"]) for v in said["vacancies"]}
    assert sorted(places - vacant for places, vacant in by_quota.values())[-2:] == [0, 1]
    assert told["content_digest"] == digest(_kept(real))


def _kept(real: Hall) -> Any:
    with real.desk.store.read() as work:
        return work.session.execute(select(models.minutes.c.content)).scalar_one()


def test_there_are_no_minutes_of_a_meeting_that_is_not_over(database_url: str) -> None:
    """Nor any to read."""
    real = RealHall(database_url)
    real.enter(SCORES)
    real.convene()
    real.start()
    with pytest.raises(Conflict):
        _draft(real)
    with pytest.raises(NotFound):
        real.call("minutes")
    real.desk.close()


def test_the_chair_confirms_and_nobody_else(real: RealHall) -> None:
    """No other member, no stranger, not twice; and not what it drafted itself, which the table refuses too."""
    _draft(real)
    with pytest.raises(Forbidden):
        _confirm(real, actor="M2")
    with pytest.raises(NotFound):
        _confirm(real, actor="stranger")
    with pytest.raises(NotFound):
        _confirm(real, version=2)
    assert _confirm(real)["decided_by"] == CHAIR
    for again in (
        lambda: _confirm(real),
        lambda: real.call("return_minutes", MEMBER, CHAIR, version=1, reason="迟"),
    ):
        with pytest.raises(Conflict):
            again()
    _draft(real, actor=CHAIR)
    with pytest.raises(Forbidden) as own:
        _confirm(real, version=2)
    assert own.value.code == "same_person"
    with pytest.raises(IntegrityError), real.desk.work() as work:
        work.session.execute(update(models.minutes).values(drafted_by=CHAIR))


def test_only_one_who_came_takes_the_chair_or_confirms(real: RealHall) -> None:
    """Once the ballots have begun; and one who took the chair after a draft confirms the next draft, not that one."""
    with pytest.raises(Invalid) as away:
        real.call("appoint_chair", member="M6", reason="换人")
    assert [e.field for e in away.value.errors] == ["member"]
    _draft(real)
    real.call("appoint_chair", member="M2", reason="原主持人因公出差")
    with pytest.raises(Forbidden):
        _confirm(real, actor="M2")
    _draft(real)
    with pytest.raises(Forbidden):
        _confirm(real, version=2)
    assert _confirm(real, version=2, actor="M2")["state"] == "confirmed"


def test_every_version_is_kept_and_one_is_in_force(real: RealHall) -> None:
    """Returned with a reason, drafted anew, confirmed; a later draft replaces what was confirmed when it is confirmed itself."""
    _draft(real)
    assert (
        real.call("return_minutes", MEMBER, CHAIR, version=1, reason="到会时间有误")["reason"]
        == "到会时间有误"
    )
    with pytest.raises(Conflict):
        _confirm(real, version=1)
    _draft(real)
    _draft(real, remarks="更正。")
    with pytest.raises(Conflict):
        _confirm(real, version=2)
    _confirm(real, version=3)
    _draft(real)
    assert real.call("minutes")["version"] == 3
    _confirm(real, version=4)
    versions = real.call("minutes_versions", MEMBER, "M2")["minutes"]
    assert [(m["version"], m["state"]) for m in versions] == [
        (4, "confirmed"), (3, "replaced"), (2, "replaced"), (1, "replaced"),
    ]  # fmt: skip
    assert real.call("minutes", version=3)["content"]["remarks"] == "更正。"
    assert real.desk.actions().count("minutes:drafted") == 4


def test_the_stage_of_a_real_cycle_waits_for_minutes_and_for_the_approval_before_its_notice(
    real: RealHall,
) -> None:
    """One after the other, each named in what is waited for."""
    assert ["minutes" in each for each in _waiting(real)] == [True, False]
    with pytest.raises(Conflict, match="minutes"):
        real.close("committee", None)
    with pytest.raises(Conflict):
        _approve(real)
    _draft(real)
    _confirm(real)
    with pytest.raises(Conflict, match="approval"):
        real.close("committee", None)
    assert real.call("approval")["document_number"] is None
    told = _approve(real, papers=["paper-1"])
    assert (told["document_number"], told["when"], told["rule"], told["papers"]) == (
        NUMBER, "before_notice", "25", ["paper-1"],
    )  # fmt: skip
    assert _waiting(real) == []
    assert real.close("committee", None)["state"] == "closed"
    (event,) = real.desk.told("award.approved")
    assert (event["cycle_id"], event["document_number"], event["approver_zh"]) == (CYCLE, NUMBER, "区政府")
    with pytest.raises(Conflict):
        _approve(real)


def test_an_approval_has_its_day(real: RealHall) -> None:
    """Neither before the meeting nor in the future; refused days leave nothing."""
    _draft(real)
    _confirm(real)
    today = real.desk.store.clock.today()
    for wrong in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            _approve(real, approved_on=str(wrong))
        assert [e.field for e in refused.value.errors] == ["approved_on"]
    assert real.desk.told("award.approved") == []


def test_where_the_notice_comes_first_the_approval_follows_the_stage(database_url: str) -> None:
    """The committee's stage does not wait, and takes no approval before the notice is over: neither on its last day nor of it.
    A notice that was extended since has another approval.
    """
    assert CHANGNING.approval is not None
    book = replace(CHANGNING, id="made-up-1", approval=replace(CHANGNING.approval, when="after_notice"))
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter(SCORES)
    _vote(real)
    _draft(real)
    _confirm(real)
    assert _waiting(real) == []
    with pytest.raises(Conflict):
        _approve(real)
    real.close("committee", None)
    today = real.desk.store.clock.today()
    with pytest.raises(Conflict, match="not over"):
        _approve(real)
    _tell(real, "notice:qualification", today - timedelta(days=2))
    with pytest.raises(Conflict, match="not over"):
        _approve(real)
    _tell(real, "notice:award", today)
    _tell(real, "notice:award", today - timedelta(days=1))  # told late
    with pytest.raises(Conflict) as early:
        _approve(real)
    assert early.value.code == "notice_not_over"
    real.desk.store.clock = _at(today + timedelta(days=1))
    with pytest.raises(Invalid):
        _approve(real, approved_on=str(today))
    assert _approve(real)["when"] == "after_notice"
    with pytest.raises(Conflict, match="recorded already"):
        _approve(real)
    _tell(real, "notice:award", today + timedelta(days=1))
    real.desk.store.clock = _at(today + timedelta(days=2))
    assert _approve(real)["approved_on"] == str(today + timedelta(days=2))
    assert [told["approved_on"] for told in real.desk.told("award.approved")] == [
        today + timedelta(days=1),
        today + timedelta(days=2),
    ]
    real.desk.close()


def _at(day: date) -> FixedClock:
    return FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))


def _tell(real: Hall, stage: str, ends_on: date) -> None:
    """A notice began, or was extended."""
    with real.desk.work() as work:
        told = {"cycle_id": CYCLE, "stage": stage, "ends_on": ends_on}
        notice_ends.heard(work, real.conductor, told)


def test_what_is_told_of_a_notice_before_its_cycle_comes_back(real: RealHall) -> None:
    """The bus tries it again."""
    with pytest.raises(Transient), real.desk.work() as work:
        told = {"cycle_id": "not-here-yet", "stage": "notice:award", "ends_on": date(2026, 7, 3)}
        notice_ends.heard(work, real.conductor, told)


def test_a_winner_that_is_gone_needs_no_approval_and_leaves_its_place_vacant(real: RealHall) -> None:
    """The only one: the list is one of nobody."""
    _confirm(real, _draft(real)["version"])
    assert ["approval" in each for each in _waiting(real)] == [True]
    real.withdraw("a1")
    assert _waiting(real) == []
    vacancies = _draft(real)["content"]["vacancies"]
    assert all(each["vacant"] == each["places"] for each in vacancies)


@pytest.mark.parametrize("nobody", ["no rule", "no winner"])
def test_nobody_approves_where_nobody_has_to(database_url: str, nobody: str) -> None:
    """A rulebook may name nobody; and a list of nobody goes on as it is: all places stay vacant."""
    book = replace(CHANGNING, id="made-up-1", approval=None) if nobody == "no rule" else CHANGNING
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter(SCORES)
    real.convene()
    real.start()
    against = "a" * 6
    real.vote(**(dict.fromkeys(SCORES, against) if nobody == "no winner" else {}))
    real.close_round()
    told = _draft(real)["content"]["vacancies"]
    if nobody == "no winner":
        assert sum(v["vacant"] for v in told) == sum(v["places"] for v in told)
    _confirm(real)
    assert _waiting(real) == []
    if nobody == "no rule":
        with pytest.raises(Conflict):
            _approve(real)
    real.close("committee", None)
    real.desk.close()


def test_a_rehearsal_waits_for_neither(database_url: str) -> None:
    """Its file knows neither minutes nor approval; both may be tried out."""
    hall = Hall(database_url)
    hall.enter(SCORES)
    hall.convene()
    hall.begin("committee", hall.day)
    hall.vote()
    hall.close_round()
    assert _draft(hall)["content"]["rehearsal"] is True
    assert hall.outcomes()["a2"]["passed"]
    hall.desk.close()
