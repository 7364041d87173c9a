"""What the office's pages show, to whom, and what they say of what is not there or cannot be reached."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.gateway.examples import sample
from shared.contracts.operations import OPERATIONS
from shared.problems import Unavailable
from tests.integration.portal.office.desk_tools import REVIEW, A, C, Office
from tests.support.gateway import any_rulebook

_FINDING = {"condition": "c", "reason_zh": "理由", "reason_en": "a reason", "evidence": [], "confirmed": None}


def _findings(*outcomes: str) -> dict[str, Any]:
    lines = [{**_FINDING, "rule": f"16.{number}", "outcome": each} for number, each in enumerate(outcomes, 1)]
    return {
        "applications": [
            {
                "application_id": A, "verdict": "awaiting_judgement", "failing_rules": [], "barred_levels": [],
                "findings": lines, "receipt": {}, "banned_until": None,
            }
        ]
    }  # fmt: skip


# --- the list -----------------------------------------------------------------------------------------------------------


def test_the_list_asks_once_with_what_the_address_asks(tmp_path: Path) -> None:
    office = Office(tmp_path)
    page = office.visitor.open(f"/cycles/{C}/applications?q=示例&status=submitted&sort=-name&page=2&size=100")
    assert page.status == 200
    got = {name: value for name, value in office.got("intake.applications").items() if value is not None}
    assert got == {"cycle_id": C, "q": "示例", "status": "submitted", "sort": "-name", "page": 2, "size": 100}
    assert office.asked("intake.applications") == 1


def test_what_the_list_does_not_know_is_left_out_and_said(tmp_path: Path) -> None:
    office = Office(tmp_path)
    page = office.visitor.open(f"/cycles/{C}/applications?status=perfect&sort=secret&q={'x' * 101}&page=0")
    assert page.status == 200
    assert "status=perfect" in page.words
    assert "sort=secret" in page.words
    got = office.got("intake.applications")
    assert (got.get("status"), got.get("q"), got["sort"], got["page"]) == (None, None, "number", 1)


def test_the_list_has_chips_ways_to_order_and_exports_with_the_same_filters(tmp_path: Path) -> None:
    office = Office(tmp_path)
    page = office.visitor.open(f"/cycles/{C}/applications?status=submitted&sort=name")
    assert 'aria-sort="ascending"' in page.text
    assert f"/cycles/{C}/applications?status=submitted&amp;sort=-name&amp;size=50&amp;page=1" in page.text
    for table in ("applications", "contacts"):
        for form in ("xlsx", "csv"):
            assert f"/api/v1/cycles/{C}/{table}.{form}?status=submitted" in page.links
    assert 'role="status"' in page.text
    assert f"/cycles/{C}/applications" in page.links  # clear filters


def test_every_page_of_a_cycle_says_which_one_it_is(tmp_path: Path) -> None:
    """The regulation and the year, which lead to the cycle's overview."""
    page = Office(tmp_path).visitor.open(f"/cycles/{C}/applications")
    assert any_rulebook().title.zh in page.words
    assert f"/cycles/{C}" in page.links


def test_an_empty_list_says_why(tmp_path: Path) -> None:
    office = Office(tmp_path, {"intake.applications": {"applications": [], "total": 0, "counts": {}}})
    assert "还没有申报" in office.visitor.open(f"/cycles/{C}/applications").words
    assert "没有符合条件" in office.visitor.open(f"/cycles/{C}/applications?status=late").words


def test_a_silent_service_is_no_empty_list(tmp_path: Path) -> None:
    office = Office(tmp_path, {"intake.applications": Unavailable("没有答复", "no reply")})
    assert office.visitor.open(f"/cycles/{C}/applications").status == 503


def test_one_name_is_one_question_and_not_the_whole_list(tmp_path: Path) -> None:
    office = Office(tmp_path, {"intake.application": {"application_id": A, "name": "示例制造厂"}})
    page = office.visitor.open(f"/cycles/{C}/scores/{REVIEW}/a/{A}")
    assert page.status == 200
    assert "示例制造厂" in page.words
    assert (office.asked("intake.application"), office.asked("intake.applications")) == (1, 0)
    office.said["intake.application"] = Unavailable("没有答复", "no reply")
    assert A in office.visitor.open(f"/cycles/{C}/scores/{REVIEW}/a/{A}").words


# --- one application ----------------------------------------------------------------------------------------------------


def test_findings_stand_in_the_order_in_which_they_matter(tmp_path: Path) -> None:
    said = _findings("pass", "needs_judgement", "missing", "fail", "awaiting")
    office = Office(tmp_path, {"eligibility.findings": said})
    text = office.visitor.open(f"/cycles/{C}/a/{A}").text
    table = text[text.index("<tbody") : text.index("</tbody>")]
    order = [table.index(word) for word in (">不符合<", ">缺少材料或事实<", ">需认定<", ">待部门答复<")]
    assert order == sorted(order)
    assert ">符合<" not in table  # what is met is folded


def test_no_findings_are_not_clean_ones(tmp_path: Path) -> None:
    office = Office(tmp_path, {"eligibility.findings": {"applications": []}})
    assert "没有结论不等于符合" in office.visitor.open(f"/cycles/{C}/a/{A}").words
    office.said["eligibility.findings"] = Unavailable("没有答复", "no reply")
    words = office.visitor.open(f"/cycles/{C}/a/{A}").words
    assert "资格审查结论：暂时取不到" in words
    assert "没有结论不等于符合" not in words


def test_an_application_of_another_cycle_is_not_there(tmp_path: Path) -> None:
    office = Office(tmp_path, {"intake.application": {"cycle_id": "another"}})
    for ending in ("", "/accept", "/return", "/judge", "/enquiries", f"/files/{A}"):
        assert office.visitor.open(f"/cycles/{C}/a/{A}{ending}").status == 404, ending


@pytest.mark.parametrize("role", ["discipline", "auditor"])
def test_who_watches_is_offered_nothing_to_do(tmp_path: Path, role: str) -> None:
    office = Office(tmp_path, {"eligibility.findings": _findings("needs_judgement")}, role)
    page = office.visitor.open(f"/cycles/{C}/a/{A}")
    assert page.status == 200
    for ending in ("/accept", "/return", "/judge"):
        assert not any(link.partition("?")[0].endswith(ending) for link in page.links)
        assert office.visitor.open(f"/cycles/{C}/a/{A}{ending}").status == 404
    listed = office.visitor.open(f"/cycles/{C}/applications")
    assert [link for link in listed.links if "/applications.xlsx" in link]
    assert not [link for link in listed.links if "/contacts." in link]
    cycle = office.visitor.open(f"/cycles/{C}")
    assert not any(link.endswith(("/begin", "/close")) for link in cycle.links)


# --- cycles -------------------------------------------------------------------------------------------------------------


def test_a_cycle_is_opened_only_after_its_days_were_looked_at(tmp_path: Path) -> None:
    office = Office(tmp_path)
    given = {
        "rulebook": any_rulebook().id, "year": "2026", "opens_on": "2026-04-27", "closes_on": "2026-05-08", "budget_fen": "",
    }  # fmt: skip
    page = office.visitor.open("/office/cycles/new")
    looked = office.visitor.fill(page, **given)
    assert looked.status == 200
    assert "共 7 个工作日" in looked.words  # Labour Day's five days are off, and 9 May is not reached
    assert office.asked("intake.open_cycle") == 0
    sent = office.visitor.fill(looked, sure="yes")
    assert sent.status == 303
    got = {name: value for name, value in office.got("intake.open_cycle").items() if value is not None}
    assert got == {
        "rulebook": any_rulebook().id, "year": 2026, "opens_on": "2026-04-27", "closes_on": "2026-05-08", "rehearsal": False,
    }  # fmt: skip


def test_an_unknown_year_is_told_and_not_guessed(tmp_path: Path) -> None:
    office = Office(tmp_path)
    given = {
        "rulebook": any_rulebook().id,
        "year": "2031",
        "opens_on": "2031-04-01",
        "closes_on": "2031-04-30",
    }
    looked = office.visitor.fill(office.visitor.open("/office/cycles/new"), **given)
    assert "2031 年放假安排尚未录入" in looked.words


def test_rehearsals_are_not_on_the_desk_unless_asked_for(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert C not in office.visitor.open("/office").text
    assert C in office.visitor.open("/office?rehearsals=1").text


def test_the_office_sees_who_was_rung_up_before_and_after(tmp_path: Path) -> None:
    """Each look is in the audit log; who watches does not come there."""
    old, new = (
        {"contact_name": name, "contact_phone": "13800000000", "contact_email": None}
        for name in ("陈晨", "赵敏")
    )
    change = {"at": "2026-04-01T09:00:00+08:00", "by": "anna", "before": old, "after": new}
    office = Office(
        tmp_path, {"intake.contact": {**new, "changes": [change]}, "intake.application": {"cycle_id": C}}
    )
    here = f"/cycles/{C}/a/{A}"
    assert any(link.endswith("/contact") for link in office.visitor.open(here).links)
    words = office.visitor.open(f"{here}/contact").words
    assert "陈晨" in words
    assert "赵敏" in words
    audit = office.bench.store.tables.audit
    with office.bench.store.reading() as connection:
        assert "contact:shown" in connection.execute(select(audit.c.action)).scalars().all()
    (tmp_path / "watching").mkdir()
    assert Office(tmp_path / "watching", role="auditor").visitor.open(f"{here}/contact").status == 404


@pytest.mark.parametrize(("state", "leads"), [("completed", True), ("running", False)])
def test_a_cycle_that_is_over_says_where_one_goes_on(tmp_path: Path, state: str, leads: bool) -> None:
    """Certificates, tracking, archive; what others do is said without a way that is not for this role."""
    office = Office(tmp_path, {"gateway.desk": {}, "intake.cycle": {"state": state}})
    page = office.visitor.open(f"/cycles/{C}")
    for ending in ("awards", "feedback", "tracking", "cases", "records"):
        assert (f'<li><a class="govuk-link" href="/cycles/{C}/{ending}">' in page.text) is leads
    assert f"/finance/{C}" not in page.links
    assert ("付款由财务办理" in page.words) is leads


def test_a_stage_is_begun_and_closed_on_its_days_alone(tmp_path: Path) -> None:
    stage = any_rulebook().stages[-1].key
    office = Office(tmp_path)
    for line, ending, offered, said in (
        ({"state": "planned", "begins_on": "2000-01-03"}, "begin", True, ""),
        ({"state": "planned", "begins_on": "2999-01-04"}, "begin", False, "最早 2999年1月4日 才能开始"),
        ({"state": "begun", "ends_on": "2999-01-04"}, "close", False, "持续到 2999年1月4日"),
    ):
        office.said["*.stage"] = line
        for service in ("intake", "eligibility", "review", "committee", "incentives"):
            office.said[f"{service}.stage"] = {"begins_on": None, "ends_on": None, "blocked": None, **line}
        page = office.visitor.open(f"/cycles/{C}/stages/{stage}")
        assert page.status == 200
        assert (f"/cycles/{C}/stages/{stage}/{ending}" in page.links, said in page.words) == (offered, True)


# --- panels, feedback, files --------------------------------------------------------------------------------------------


def test_a_panel_says_which_rule_fails(tmp_path: Path) -> None:
    fault = {"rule": "10", "reason_zh": "行业专家不足 30%", "reason_en": "too few industry experts"}
    office = Office(
        tmp_path, {"review.inspect_panel": {"faults": [fault], "state": "drafted", "category": None}}
    )
    words = office.visitor.open(f"/cycles/{C}/panels/{REVIEW}").words
    assert "行业专家不足 30%" in words
    assert any_rulebook().label("10") in words


def test_a_category_that_is_none_is_not_there(tmp_path: Path) -> None:
    assert Office(tmp_path).visitor.open(f"/cycles/{C}/panels/{REVIEW}?category=nobody").status == 404


def test_feedback_is_written_entry_by_entry(tmp_path: Path) -> None:
    report = {
        "report": {
            "summary": "综述", "points": [{"item": "4.1", "strengths": ["一", "二\n接着说"], "improvements": []}],
            "cycle_id": C, "application_id": A, "sequence": 1, "applicant": "示例公司", "award_zh": "奖", "award_en": "award",
            "year": 2025, "standard_zh": None, "standard_en": None, "categories": [], "version": 0, "reason": None,
            "made_on": "2025-05-12",
        },
        "state": "drafted", "revision": 6, "warnings": [], "versions": [], "answer": None,
    }  # fmt: skip
    office = Office(tmp_path, {"review.feedback_report": report})
    page = office.visitor.open(f"/cycles/{C}/feedback/{A}")
    assert dict(page.form()["fields"])["points.0.strengths"].strip() == "一\n\n二\n接着说"
    sent = office.visitor.fill(page, **{"points.0.improvements": "甲\r\n\r\n \r\n乙"})
    assert sent.status == 303
    got = office.got("review.edit_feedback")
    assert got["revision"] == 6
    assert got["points"] == [{"item": "4.1", "strengths": ["一", "二\n接着说"], "improvements": ["甲", "乙"]}]


def test_a_sheet_of_experts_is_checked_before_it_is_written(tmp_path: Path) -> None:
    office = Office(tmp_path)
    page = office.visitor.open("/experts/import")
    shown = office.visitor.fill(page, act="check", file=(io.BytesIO("编号\n".encode()), "experts.csv"))
    assert shown.status == 200
    assert "专家库没有改变" in shown.words
    assert office.got("review.import_experts")["check_only"] is True
    missing = office.visitor.fill(office.visitor.open("/experts/import"), act="write")
    assert missing.status == 422
    assert "请选择文件" in missing.words
    assert office.asked("review.import_experts") == 1


def test_files_of_a_department_come_and_go(tmp_path: Path) -> None:
    office = Office(
        tmp_path,
        {
            "intake.enquiry_batch": {
                "content": "eA==",
                "content_type": "text/csv",
                "file_name": "enquiries.csv",
            }
        },
    )
    got = office.visitor.open(f"/cycles/{C}/enquiries/credit/batch.csv?part=2")
    assert got.response.get_data() == b"x"
    assert office.got("intake.enquiry_batch")["part"] == 2
    page = office.visitor.open(f"/cycles/{C}/enquiries/credit/answers")
    shown = office.visitor.fill(page, file=(io.BytesIO(b"a,b\n"), "answers.csv"))
    assert shown.status == 200
    assert office.got("intake.take_batch")["content"] == "YSxiCg=="
    assert office.visitor.open(f"/cycles/{C}/enquiries/nobody/answers").status == 404


def test_before_the_end_of_a_vote_nothing_is_asked_of_its_counts(tmp_path: Path) -> None:
    office = Office(tmp_path, {"review.voting": {"state": "open", "entries": []}})
    assert office.visitor.open(f"/cycles/{C}/social/{REVIEW}").status == 200
    assert office.asked("review.vote_results") == 0
    office.said["review.voting"] = {"state": "counted", "entries": []}
    office.visitor.open(f"/cycles/{C}/social/{REVIEW}")
    assert office.asked("review.vote_results") == 1


def test_settling_who_enters_takes_those_that_are_ticked(tmp_path: Path) -> None:
    office = Office(
        tmp_path, {"review.stage": {"entrants": ["a1", "a2", "a3"], "waiting_for": [], "blocked": None}}
    )
    page = office.visitor.open(f"/cycles/{C}/scores/{REVIEW}/admit")
    assert "checked" not in page.text  # nobody is chosen beforehand
    office.visitor.fill(
        page,
        application_ids=["a1", "a3"],
        **{"deviations.0.application_id": "a2", "deviations.0.reason": "已停产"},
    )
    got = office.got("review.admit")
    assert got["application_ids"] == ["a1", "a3"]
    assert got["deviations"] == [{"application_id": "a2", "reason": "已停产"}]


def test_who_looks_again_is_sent_nothing_where_nothing_changed(tmp_path: Path) -> None:
    """The part that a script looks at again: without the frame, with a tag; a browser that comes by is led to the page."""
    office = Office(tmp_path)
    place = f"/cycles/{C}/standing"
    assert office.visitor.open(place).response.headers["Location"] == f"/cycles/{C}"
    first = office.visitor.open(place, **{"X-Partial": "standing"})
    assert "<html" not in first.text
    tag = first.response.headers["ETag"]
    again = office.visitor.open(place, **{"X-Partial": "standing", "If-None-Match": tag})
    assert (again.status, again.text) == (304, "")
    office.said["intake.stage_numbers"] = {"statuses": {"draft": 7}}
    changed = office.visitor.open(place, **{"X-Partial": "standing", "If-None-Match": tag})
    assert changed.status == 200
    assert changed.response.headers["ETag"] != tag


def test_the_overview_says_what_it_cannot_know(tmp_path: Path) -> None:
    """Numbers that nobody told are not nought, and the rest of the page stands."""
    office = Office(tmp_path, {"intake.stage_numbers": Unavailable("没有答复", "no reply")})
    words = office.visitor.open(f"/cycles/{C}").words
    assert "件数未知" in words
    assert "申报件数暂时取不到" in words
    assert "进入 0" not in words


def test_the_desk_stands_without_its_tasks(tmp_path: Path) -> None:
    office = Office(tmp_path, {"intake.stage_numbers": Unavailable("没有答复", "no reply")})
    page = office.visitor.open("/office?rehearsals=1")
    assert page.status == 200
    assert f"/cycles/{C}" in page.links


def test_the_desk_asks_once_for_the_cycles(tmp_path: Path) -> None:
    """Its tasks are those of the cycles that it lists."""
    reply = sample(OPERATIONS["intake.cycles"].reply())
    book = any_rulebook().id
    office = Office(
        tmp_path,
        {"intake.cycles": {"cycles": [{**reply["cycles"][0], "rehearsal": False, "rulebook": book}]}},
    )
    assert office.visitor.open("/office").status == 200
    assert office.asked("intake.cycles") == 1
    assert office.asked("review.stage_awaits") == 1


def test_a_report_that_is_not_written_is_offered(tmp_path: Path) -> None:
    """While the stage runs, a way for each application that has none."""
    said: dict[str, Any] = {
        "review.stage_reports": {"reports": []},
        "review.stage": {"state": "begun", "entrants": [A]},
    }
    shown = Office(tmp_path, said).visitor.open(f"/cycles/{C}/scores/{REVIEW}/reports")
    assert f"/cycles/{C}/scores/{REVIEW}/reports/{A}" in shown.links


@pytest.mark.parametrize(("state", "warned"), [("silent", True), ("pending", True), ("answered", False)])
def test_closing_the_qualification_says_what_unanswered_enquiries_come_to(
    tmp_path: Path, state: str, warned: bool
) -> None:
    stage = next(stage.key for stage in any_rulebook().stages if stage.kind == "qualification")
    counts = [{"department": "credit", "state": state, "number": 3}]
    office = Office(tmp_path, {"intake.enquiries": {"counts": counts}})
    page = office.visitor.open(f"/cycles/{C}/stages/{stage}/close")
    assert ("有 3 项部门征询没有答复" in page.words) is warned
    assert "没有答复" not in office.visitor.open(f"/cycles/{C}/stages/{REVIEW}/close").words
