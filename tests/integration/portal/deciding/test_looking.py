"""What these pages show, and to whom: who objects, days of a notice, places and ties, steps that are not offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.gateway.portal.deciding import telling
from services.gateway.portal.deciding.blocks import Pen
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import Conflict, Forbidden, NotFound, Problem, Unavailable
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, InProcess, answered, any_rulebook, make_bench

C = f"/cycles/{REAL}"
OBJECTION = f"{C}/objections/o1"
OBJECTOR = {"objection_id": "o1", "name": "王芳", "number": "11010519491231002X", "contact": "13800000000"}
DRAFT = {"revision": 3, "stale": False, "state": "approved", "prepared_by": "li.office"}
NOTICE = f"{C}/notices/award/new"


class Desk:
    """The office, on a Monday of a known year, before services that say what a test says."""

    def __init__(self, folder: Path, day: datetime) -> None:
        self.said: dict[str, Any] = {}
        self.services = InProcess(self._answer)
        self.bench = make_bench(folder, self.services, clock=FixedClock(day))

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        given = self.said.get(f"{service}.{method}", {})
        if isinstance(given, Problem):
            raise given
        reply = answered(service, method, data, context)
        if method == "objections":
            reply["objections"][0] |= {"objection_id": "o1"}
        return reply | given

    def asked(self, operation: str) -> int:
        return sum(call.operation == operation for call in self.services.calls)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


# --- who objects ------------------------------------------------------------------------------------------------------


def test_who_objects_is_on_the_answer_to_its_button_alone(desk: Desk) -> None:
    desk.said["eligibility.objector"] = OBJECTOR
    office = Visitor(desk.bench, "award_office")
    for address in (f"{C}/objections", OBJECTION, f"{OBJECTION}/objector", f"{OBJECTION}/ruling"):
        shown = office.open(address)
        assert shown.status == 200
        assert not any(str(value) in shown.text for name, value in OBJECTOR.items() if name != "objection_id")
    assert (
        desk.asked("eligibility.objector") == 0
    )  # opening a page asks nothing that the audit log would note
    told = office.fill(office.open(f"{OBJECTION}/objector"))
    assert (told.status, desk.asked("eligibility.objector")) == (200, 1)
    assert "王芳" in told.words
    assert "记入审计日志" in told.words
    assert told.response.headers["Cache-Control"] == "no-store"
    assert "王芳" not in office.open(f"{OBJECTION}/objector").words


def test_who_has_no_part_in_a_case_is_not_told_what_it_says(desk: Desk) -> None:
    desk.said["eligibility.objection"] = Forbidden("您不是这一异议的承办人", "not yours", code="not_assigned")
    office = Visitor(desk.bench, "award_office")
    shown = office.open(OBJECTION)
    assert shown.status == 200
    assert "您不是本案承办人" in shown.words
    assert "异议内容</dt>" not in shown.text
    desk.said["eligibility.objector"] = Forbidden("您不是这一异议的承办人", "not yours", code="not_assigned")
    refused = office.fill(office.open(f"{OBJECTION}/objector"))
    assert refused.status == 403
    assert "您不是这一异议的承办人" in refused.words


def test_discipline_reads_the_list_and_is_offered_no_act(desk: Desk) -> None:
    discipline = Visitor(desk.bench, "discipline")
    shown = discipline.open(OBJECTION)
    assert shown.status == 200
    assert not [link for link in shown.links if link.startswith(f"{OBJECTION}/")]
    assert discipline.open(f"{OBJECTION}/objector").status == 404
    assert desk.asked("eligibility.objection") == 0


def test_an_objection_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert Visitor(desk.bench, "discipline").open(f"{C}/objections/other").status == 404
    assert Visitor(desk.bench, "award_office").open(f"{OBJECTION}/burning").status == 404


# --- notices ----------------------------------------------------------------------------------------------------------


def _begins(links: list[str]) -> list[str]:
    return [link for link in links if link.endswith("/begin")]


def test_a_notice_is_posted_today_and_its_days_are_shown(desk: Desk) -> None:
    desk.said["eligibility.notice_draft"] = DRAFT
    shown = Visitor(desk.bench, "award_office").open(NOTICE)
    days = next(stage.working_days for stage in any_rulebook().stages if stage.notice == "award")
    assert len(_begins(shown.links)) == 1
    assert f"第 {days} 日（最后一日）" in shown.words
    assert "周末" in shown.words
    assert f"{NOTICE}?on=2026-04-18" in shown.links  # a Saturday may be picked: day 1 is the Monday after


@pytest.mark.parametrize(
    ("draft", "query"),
    [
        ({"state": "draft"}, ""),
        ({"stale": True}, ""),
        ({}, "?on=2026-04-15"),  # another day than today
    ],
)
def test_no_button_where_it_may_not_be_posted(desk: Desk, draft: dict[str, Any], query: str) -> None:
    desk.said["eligibility.notice_draft"] = DRAFT | draft
    assert _begins(Visitor(desk.bench, "award_office").open(NOTICE + query).links) == []


def test_a_year_that_is_not_entered_blocks_in_words(desk: Desk) -> None:
    desk.said["eligibility.notice_draft"] = DRAFT
    office = Visitor(desk.bench, "award_office")
    shown = office.open(f"{NOTICE}?on=2031-06-02")
    assert shown.status == 200
    assert "2031 年放假安排尚未录入" in shown.words
    assert _begins(shown.links) == []
    assert "/office/calendar" in shown.links


def _stage(state: str, begins_on: str | None) -> dict[str, Any]:
    key = next(stage.key for stage in any_rulebook().stages if stage.notice == "award")
    line = {
        "stage": key, "kind": "notice", "owner": "eligibility", "rule": None, "state": state, "begins_on": begins_on,
        "begun_on": None, "ends_on": None, "closed_on": None, "blocked": None,
    }  # fmt: skip
    return {"rulebook": any_rulebook().id, "rehearsal": False, "stages": [line]}


@pytest.mark.parametrize(
    ("state", "begins_on", "offered", "said"),
    [
        ("planned", "2026-04-13", True, ""),
        ("planned", "2026-04-15", False, "最早 2026年4月15日 才能发布：公示自上一阶段结束后的第一个工作日起"),
        ("waiting", None, False, "上一阶段还没有结束，公示尚不能发布"),
    ],
)
def test_a_notice_is_posted_on_a_lawful_day_alone(
    desk: Desk, state: str, begins_on: str | None, offered: bool, said: str
) -> None:
    """Before the earliest day of its stage the page says which day that is, and by which article."""
    desk.said["eligibility.notice_draft"] = DRAFT
    desk.said["intake.cycle"] = _stage(state, begins_on)
    office = Visitor(desk.bench, "award_office")
    shown = office.open(NOTICE)
    assert (bool(_begins(shown.links)), said in shown.words) == (offered, True)
    rule = next(stage.rule for stage in any_rulebook().stages if stage.notice == "award")
    assert any_rulebook().label(rule) in shown.words
    assert (f"{NOTICE}?on=2026-04-14" in shown.links) is (begins_on != "2026-04-15")
    english = office.open(f"{NOTICE}?lang=en")
    assert english.status in {200, 302, 303}


def test_a_draft_is_approved_by_another_and_then_posted(desk: Desk) -> None:
    """Before that the page offers neither the day nor the posting."""
    office = Visitor(desk.bench, "award_office")
    desk.said["eligibility.notice"] = NotFound("没有公示", "no such notice")
    for draft, offered in (
        ({"state": "draft", "prepared_by": None}, "edit"),
        ({"state": "draft"}, "approval"),
        ({}, "new"),
    ):
        desk.said["eligibility.notice_draft"] = DRAFT | draft
        page = office.open(f"{C}/notices/award")
        main = [link for link in page.links if link == f"{C}/notices/award/{offered}"]
        assert main, (offered, page.links)
        assert (f"{C}/notices/award/new" in page.links) == (offered == "new")


def test_the_draft_is_previewed_as_pdf_marked_as_one(desk: Desk) -> None:
    desk.said["eligibility.notice_draft"] = DRAFT
    office = Visitor(desk.bench, "award_office")
    preview = next(link for link in office.open(NOTICE).links if "/draft.pdf" in link)
    made = office.client.get(preview, base_url="https://localhost")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert made.get_data().startswith(b"%PDF")
    unknown = office.client.get(preview.partition("?")[0] + "?on=2031-06-02", base_url="https://localhost")
    assert unknown.status_code == 200  # it says which year is not entered
    assert Visitor(desk.bench, "auditor").client.get(preview, base_url="https://localhost").status_code == 403


def test_a_silent_service_is_no_empty_list(desk: Desk) -> None:
    desk.said["eligibility.notices"] = Unavailable("没有答复", "no reply")
    shown = Visitor(desk.bench, "award_office").open(f"{C}/notices")
    assert shown.status == 200
    assert "暂时取不到" in shown.words


# --- committee --------------------------------------------------------------------------------------------------------


def test_places_left_and_ties_are_said() -> None:
    book = any_rulebook()
    quota = next(each for each in book.quotas if each.places is not None)
    level, track = quota.levels[0], quota.tracks[0]
    entrants = [
        {"application_id": a, "name": a, "track": track, "score": score, "social_votes": None, "levels": [level],
         "uses_quota": [level] if a != "a3" else []}
        for a, score in (("a1", "90.00"), ("a2", "88.00"), ("a3", "88.00"))
    ]  # fmt: skip
    found = {
        "by_office": True, "entrants": entrants, "deviations": [],
        "candidates": [{"application_id": a, "level": level, "track": track} for a in ("a1", "a3")],
    }  # fmt: skip
    table = telling.places(Pen("zh"), book, found)
    row = next(row for row in table.rows if row[2] == quota.places)
    assert row[3:5] == (1, quota.places - 1)  # a3 takes no place
    assert telling.ties(found) == {"a2", "a3"}


def test_a_member_of_no_meeting_reads_so(desk: Desk) -> None:
    desk.said["committee.round"] = NotFound("没有这次评审会", "no such meeting of yours")
    member = Visitor(desk.bench, "committee_member")
    assert "没有召集您参加的评审会" in member.open("/committee").words
    assert member.open(f"/committee/{REAL}").status == 404


@pytest.mark.parametrize(
    ("state", "offered", "not_offered"),
    [
        ("none", "members", "ballot/close"),
        ("open", "ballot/close", "ballot/open"),
        ("closed", "ballot/open", "ballot/close"),
        ("finished", "minutes", "attendance"),
    ],
)
def test_the_office_is_offered_the_next_lawful_step(
    desk: Desk, state: str, offered: str, not_offered: str
) -> None:
    desk.said["committee.round"] = {"state": state, "members": 0 if state == "none" else 7}
    office, discipline = Visitor(desk.bench, "award_office"), Visitor(desk.bench, "discipline")
    here = f"{C}/committee"
    links = office.open(here).links
    assert f"{here}/{offered}" in links
    assert f"{here}/{not_offered}" not in links
    watched = discipline.open(here)
    assert watched.status == 200
    assert not [link for link in watched.links if link.startswith(f"{here}/")]


def test_minutes_are_confirmed_by_whoever_took_the_chair_alone(desk: Desk) -> None:
    member = Visitor(desk.bench, "committee_member")
    own = desk.bench.identity.session(desk.bench.token("committee_member")).subject
    sample = answered("committee", "minutes_versions", {"cycle_id": REAL}, Context("m"))["minutes"][0]
    for chair, offered in ((own, True), ("M1", False)):
        content = sample["content"] | {"members": [{"member": chair, "chair": True, "attended": True}]}
        version = sample | {"state": "draft", "version": 2, "content": content}
        desk.said["committee.minutes_versions"] = {"minutes": [version]}
        shown = member.open(f"/committee/{REAL}/minutes")
        assert (f"/committee/{REAL}/minutes/2/confirm" in shown.links) is offered
        assert any(form["action"].endswith("/minutes/2/return") for form in shown.forms) is offered


def test_slips_of_an_open_ballot_are_refused(desk: Desk) -> None:
    desk.said["committee.slips"] = Conflict("尚未计票", "not counted yet")
    assert Visitor(desk.bench, "committee_member").open(f"/committee/{REAL}/slips/1").status == 409


def test_the_calendar_says_which_year_is_not_entered(desk: Desk) -> None:
    shown = Visitor(desk.bench, "award_office").open("/office/calendar?from=2026-09-14")
    assert "尚未录入" in shown.words
    assert "节假日" in shown.words or "调休上班" in shown.words
    assert "2026年10月1日" in shown.words
    assert Visitor(desk.bench, "award_office").open("/office/calendar?from=never").status == 200


def test_a_list_without_levels_is_shown(desk: Desk) -> None:
    """Those who qualify have no level yet: their lines name none."""
    desk.said["eligibility.notice_draft"] = DRAFT | {
        "lines": [{"application_id": "a1", "name": "示例甲公司"}]
    }
    desk.said["eligibility.notice"] = NotFound("没有", "none")
    shown = Visitor(desk.bench, "award_office").open(NOTICE.removesuffix("/new"))
    assert shown.status == 200
    assert "示例甲公司" in shown.words
