"""Every form of these pages: posted right it asks for exactly this; left empty, overlong or hostile it is refused where it is
shown, keeps what was typed, and nothing is asked.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import Context
from shared.problems import Conflict, FieldError, Forbidden, Problem, invalid_fields
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, InProcess, answered, make_bench

C = f"/cycles/{REAL}"
A1, A2 = "a1", "a2"
_WON = {"application_id": A1, "name": "示例公司", "number": "ZH-1", "revoked_on": None}
_ENTRANTS = [
    {"application_id": a, "name": f"示例单位{a}", "track": "组织", "score": score, "social_votes": None, "levels": ["一等",
        "二等"],
     "uses_quota": ["一等", "二等"]}
    for a, score in ((A1, "90.00"), (A2, "88.00"))
]  # fmt: skip
_CASE = {"case_id": "c1", "state": "proposed", "orders": []}
SAID: dict[str, dict[str, Any]] = {
    "eligibility.notice_draft": {"revision": 3, "stale": False, "state": "draft", "prepared_by": "li.office"},
    "committee.proposal": {"entrants": _ENTRANTS, "candidates": [], "deviations": []},
    "eligibility.notices": {
        "notices": [
            {"notice": "award", "first_day": "2026-04-13", "last_day": "2026-04-17", "working_days": 5, "listed": [A1],
             "content_digest": "d", "state": "posted", "corrects": None, "corrected_by": None}
        ]
    },
    "eligibility.notice_correction": {
        "notice": "award", "name": "award.2", "state": "draft", "revision": 2, "prepared_by": "li.office",
        "lines": [{"application_id": A1, "name": "示例甲"}, {"application_id": A2, "name": "示例乙"}],
        "changes": [{"what": "name", "application_id": A2, "before": "示例乙", "after": "示例乙公司"}],
    },
}  # fmt: skip


class Desk:
    """The office before services that answer `SAID`, or what a test says."""

    def __init__(self, folder: Path) -> None:
        self.said: dict[str, Any] = dict(SAID)
        self.services = InProcess(self._answer)
        self.bench = make_bench(folder, self.services)

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        given = self.said.get(f"{service}.{method}", {})
        if isinstance(given, Problem):
            raise given
        reply = answered(service, method, data, context)
        if method == "certificates":
            reply["certificates"][0] |= _WON
        if method == "revocation_cases":
            reply["cases"][0] |= _CASE
        if method == "title_breaches":
            reply["breaches"][0] |= {"breach_id": "b1", "state": "corrected"}
        if method == "attendance":
            reply["members"][0] |= {"member": "M1"}
        if method == "applications":
            reply["applications"][0] |= {"application_id": A1, "name": "示例公司"}
        return reply | given

    def asked(self, operation: str) -> list[Mapping[str, Any]]:
        return [call.data for call in self.services.calls if call.operation == operation]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# Address, role, what is typed, the operation, what it gets beside the cycle.
FORMS: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    (f"{C}/committee/members", "award_office", {"members": "M1\nM2\n", "chair": "M1"}, "committee.convene",
     {"members": ["M1", "M2"], "chair": "M1"}),
    (f"{C}/committee/chair", "award_office", {"member": "M1", "reason": "原主持人因公出差"}, "committee.appoint_chair",
     {"member": "M1", "reason": "原主持人因公出差"}),
    (f"{C}/committee/attendance", "award_office", {"member": "M1", "event": "came", "mode": "in_person"},
     "committee.record_attendance", {"member": "M1", "event": "came", "mode": "in_person"}),
    (f"{C}/committee/ballot/void", "award_office", {"reason": "两名委员离会"}, "committee.void_round",
        {"reason": "两名委员离会"}),
    (f"{C}/committee/approval", "award_office", {"document_number": "府函〔2026〕1号", "approved_on": "2026-04-01"},
     "committee.record_approval", {"document_number": "府函〔2026〕1号", "approved_on": "2026-04-01"}),
    (f"/committee/{REAL}/recusal", "committee_member", {"application_id": A2, "ground": "declared", "detail": "配偶任职"},
     "committee.declare_recusal", {"application_id": A2, "ground": "declared", "detail": "配偶任职"}),
    (f"{C}/proposal/edit", "award_office", {"level.a1": "二等", "level.a2": "一等", "reason.a1": "有未决异议"},
        "committee.propose",
     {"proposals": [{"application_id": A1, "level": "二等"}, {"application_id": A2, "level": "一等"}],
      "deviations": [{"application_id": A1, "reason": "有未决异议"}]}),
    (f"{C}/notices/award/edit", "award_office", {"introduction_zh": "现予公示。", "introduction_en": "Posted.",
        "contact": "电话"},
     "eligibility.edit_notice",
     {"revision": 3, "introduction_zh": "现予公示。", "introduction_en": "Posted.", "contact": "电话", "notice": "award"}),
    (f"{C}/notices/award/correction", "award_office", {"introduction_zh": "现予公示。", "introduction_en": "Posted.",
        "contact": "电话 1", "reason": "名称有误", "names.0.application_id": "1", "names.0.name": "示例甲公司"},
     "eligibility.edit_notice_correction",
        {"introduction_zh": "现予公示。", "introduction_en": "Posted.", "contact": "电话 1", "reason": "名称有误", "revision": 2,
         "notice": "award", "names": [{"application_id": A1, "name": "示例甲公司"}]}),
    (f"{C}/notices/award/failures", "award_office", {"days": "2026-04-13\n2026-04-14", "failure": "机房停电"},
     "eligibility.report_posting_failure",
     {"days": ["2026-04-13", "2026-04-14"], "failure": "机房停电", "notice": "award"}),
    (f"{C}/objections/o1/acceptance", "award_office", {"accepted": "no", "reason": "匿名"}, "eligibility.accept_objection",
     {"objection_id": "o1", "accepted": False, "reason": "匿名"}),
    (f"{C}/objections/o1/inquiry", "award_office", {"facts": "请说明利润。"}, "eligibility.inquire",
     {"objection_id": "o1", "facts": "请说明利润。"}),
    (f"{C}/objections/o1/ruling", "award_office", {"ruling": "dismissed", "reason": "证据不足"}, "eligibility.rule_on_objection",
     {"objection_id": "o1", "ruling": "dismissed", "reason": "证据不足"}),
    (f"{C}/objections/o1/decision", "award_office", {"decision": "confirmed", "reason": "事实清楚"}, "eligibility.decide_appeal",
     {"objection_id": "o1", "decision": "confirmed", "reason": "事实清楚"}),
    (f"{C}/objections/o1/officers", "award_office", {"part": "ruling", "officer": "wang"}, "eligibility.assign_objection",
     {"objection_id": "o1", "part": "ruling", "officer": "wang"}),
    (f"{C}/objections/new", "award_office",
     {"notice": "award", "application_id": A1, "ground": "other", "statement": "材料前后不一致"}, "eligibility.object",
     {"notice": "award", "application_id": A1, "ground": "other", "statement": "材料前后不一致", "source": "office",
         "evidence": True}),
    (f"{C}/awards/{A1}/reissue", "award_office", {"reason": "遗失"}, "eligibility.reissue_certificate",
     {"application_id": A1, "reason": "遗失"}),
    (f"{C}/breaches/new", "award_office", {"application_id": A1, "on": "2026-03-01", "place": "包装", "found_by": "巡查"},
     "eligibility.record_title_breach", {"application_id": A1, "on": "2026-03-01", "place": "包装", "found_by": "巡查"}),
    (f"{C}/breaches/b1/order", "award_office", {"ordered": "撤下"}, "eligibility.order_correction",
     {"breach_id": "b1", "ordered": "撤下"}),
    (f"{C}/breaches/b1/settlement", "award_office", {"outcome": "confirm", "note": "已核实"}, "eligibility.settle_title_breach",
     {"breach_id": "b1", "outcome": "confirm", "note": "已核实"}),
    (f"{C}/credit-reports/r1/settlement", "award_office", {"receipt": "XY-1", "note": "窗口报送"},
        "eligibility.settle_credit_report",
     {"report_id": "r1", "receipt": "XY-1", "note": "窗口报送"}),
    (f"{C}/cases/new", "discipline", {"application_id": A1, "event": "fraud", "on": "2026-03-01", "grounds": "举报属实"},
     "eligibility.open_case", {"application_id": A1, "event": "fraud", "on": "2026-03-01", "grounds": "举报属实"}),
    (f"{C}/cases/c1/hearing", "award_office", {"answer": "当面陈述"}, "eligibility.record_hearing",
     {"case_id": "c1", "answer": "当面陈述"}),
    (f"{C}/cases/c1/proposal", "award_office", {"proposal": "revoke", "reason": "事实清楚"}, "eligibility.propose_outcome",
     {"case_id": "c1", "proposal": "revoke", "reason": "事实清楚"}),
    (f"{C}/cases/c1/decision", "award_office", {"decision": "confirm", "reason": "同意"}, "eligibility.decide_case",
     {"case_id": "c1", "decision": "confirm", "reason": "同意"}),
    (f"{C}/cases/c1/orders/d1", "award_office", {"outcome": "not_done", "note": "已遗失"}, "eligibility.settle_order",
     {"order_id": "d1", "outcome": "not_done", "note": "已遗失"}),
    (f"{C}/tracking/{A1}/reports/2026/return", "award_office", {"reason": "口径不一", "correct_by": "2027-04-30"},
     "incentives.return_tracking_report", {"application_id": A1, "year": 2026, "reason": "口径不一", "correct_by": "2027-04-30"}),
    (f"{C}/tracking/{A1}/visits", "award_office", {"visit_on": "2027-06-15", "visitors": "李办\n王办", "purpose": "年度回访"},
     "incentives.plan_tracking_visit",
     {"application_id": A1, "visit_on": "2027-06-15", "visitors": ["李办", "王办"], "purpose": "年度回访"}),
    (f"{C}/tracking/{A1}/visits/v1/record", "award_office", {"record": "查看现场", "findings": "台账未更新"},
     "incentives.record_tracking_visit",
     {"application_id": A1, "visit_id": "v1", "record": "查看现场", "findings": ["台账未更新"]}),
    (f"{C}/tracking/{A1}/visits/v1/cancellation", "award_office", {"reason": "改期"}, "incentives.cancel_tracking_visit",
     {"application_id": A1, "visit_id": "v1", "reason": "改期"}),
    (f"{C}/tracking/{A1}/orders", "award_office", {"what": "更新台账", "ground": "回访发现", "answer_by": "2027-07-31"},
     "incentives.issue_rectification",
     {"application_id": A1, "what": "更新台账", "ground": "回访发现", "answer_by": "2027-07-31"}),
    (f"{C}/tracking/{A1}/orders/m1", "award_office", {"decision": "escalated", "reason": "逾期未改"},
        "incentives.decide_rectification",
     {"application_id": A1, "order_id": "m1", "decision": "escalated", "reason": "逾期未改"}),
    (f"{C}/records/hold", "auditor", {"reason": "诉讼未结"}, "intake.place_hold", {"reason": "诉讼未结"}),
    (f"{C}/records/holds/h1", "discipline", {"reason": "判决生效"}, "intake.lift_hold", {"hold_id": "h1", "reason": "判决生效"}),
    (f"{C}/records/destruction", "award_office", {"reason": "保管期满"}, "intake.prepare_destruction", {"reason": "保管期满"}),
    (f"{C}/records/destruction/l1/withdrawal", "award_office", {"reason": "已冻结"}, "intake.withdraw_destruction",
     {"list_id": "l1", "reason": "已冻结"}),
]  # fmt: skip
_IDS = [each[0].removeprefix("/cycles/real-cycle") for each in FORMS]


@pytest.mark.parametrize(("address", "role", "typed", "operation", "gets"), FORMS, ids=_IDS)
def test_a_form_that_is_right_asks_for_this(
    desk: Desk, address: str, role: str, typed: dict[str, Any], operation: str, gets: dict[str, Any]
) -> None:
    visitor = Visitor(desk.bench, role)
    done = visitor.fill(visitor.open(address), **typed)
    assert done.status == 303, done.words
    (sent,) = desk.asked(operation)
    assert {name: sent[name] for name in gets} == gets
    # Nothing goes along that is neither typed nor in the address.
    assert set(sent) - set(gets) <= {"cycle_id"}


@pytest.mark.parametrize(("address", "role", "typed", "operation", "gets"), FORMS, ids=_IDS)
def test_an_empty_form_is_refused_at_its_fields(
    desk: Desk, address: str, role: str, typed: dict[str, Any], operation: str, gets: dict[str, Any]
) -> None:
    visitor = Visitor(desk.bench, role)
    empty = dict.fromkeys(typed)
    shown = visitor.fill(visitor.open(address), **empty)
    assert (shown.status, desk.asked(operation)) == (422, [])
    assert 'href="#f-' in shown.text
    assert "错误：" in shown.text


_HOSTILE = ("<script>alert(1)</script>", "=1+1", "\u202e反", "𠮷" * 3, "x" * 100_001)


@pytest.mark.parametrize(("address", "role", "typed", "operation", "gets"), FORMS, ids=_IDS)
def test_what_is_hostile_is_never_shown_as_it_came(
    desk: Desk, address: str, role: str, typed: dict[str, Any], operation: str, gets: dict[str, Any]
) -> None:
    """Markup, a formula, marks that turn the direction, four bytes, too much: taken as text or refused, and never alive."""
    visitor = Visitor(desk.bench, role)
    for hostile in _HOSTILE:
        before = len(desk.asked(operation))
        shown = visitor.fill(visitor.open(address), **dict.fromkeys(typed, hostile))
        assert shown.status in {303, 422}, shown.words
        assert "<script>alert" not in shown.text
        assert "\u202e" not in shown.text
        if hostile == _HOSTILE[-1]:
            assert (shown.status, len(desk.asked(operation))) == (422, before)


BUTTONS = [
    (f"{C}/committee/ballot/open", "award_office", "committee.open_round", {}),
    (f"{C}/committee/ballot/close", "award_office", "committee.close_round", {}),
    (f"{C}/committee/minutes", "award_office", "committee.draft_minutes", {}),
    (f"/committee/{REAL}/minutes/1/confirm", "committee_member", "committee.confirm_minutes", {"version": 1}),
    (
        f"{C}/notices/award/approval",
        "award_office",
        "eligibility.approve_notice",
        {"revision": 3, "notice": "award"},
    ),
    (
        f"{C}/notices/award/correction/approval",
        "award_office",
        "eligibility.approve_notice_correction",
        {"revision": 2, "notice": "award"},
    ),
    (
        f"{C}/notices/award/correction/drop",
        "award_office",
        "eligibility.drop_notice_correction",
        {"revision": 2, "notice": "award"},
    ),
    (f"{C}/awards/issue", "award_office", "eligibility.issue_certificates", {}),
    (
        f"{C}/credit-reports/r1/again",
        "award_office",
        "eligibility.send_credit_report_again",
        {"report_id": "r1"},
    ),
    (f"{C}/cases/c1/notice", "award_office", "eligibility.notify_case", {"case_id": "c1"}),
    (
        f"{C}/tracking/{A1}/reports/2026/acceptance",
        "award_office",
        "incentives.accept_tracking_report",
        {"year": 2026},
    ),
    (
        f"{C}/records/destruction/l1/execution",
        "award_office",
        "intake.execute_destruction",
        {"list_id": "l1"},
    ),
]


@pytest.mark.parametrize(("address", "role", "operation", "gets"), BUTTONS, ids=[each[0] for each in BUTTONS])
def test_a_decision_without_fields(
    desk: Desk, address: str, role: str, operation: str, gets: dict[str, Any]
) -> None:
    """Opening its page does nothing; the button does it once."""
    visitor = Visitor(desk.bench, role)
    page = visitor.open(address)
    assert desk.asked(operation) == []
    assert visitor.fill(page).status == 303
    (sent,) = desk.asked(operation)
    assert {name: sent[name] for name in gets} == gets


@pytest.mark.parametrize(("address", "role", "operation", "gets"), BUTTONS, ids=[each[0] for each in BUTTONS])
def test_a_refused_decision_says_why(
    desk: Desk, address: str, role: str, operation: str, gets: dict[str, Any]
) -> None:
    desk.said[operation] = Conflict("情况不允许", "the state does not allow it")
    visitor = Visitor(desk.bench, role)
    shown = visitor.fill(visitor.open(address))
    assert shown.status == 409
    assert "情况不允许" in shown.words


def test_two_people_where_two_are_needed(desk: Desk) -> None:
    """A refusal of that kind stands on the page and is no page that does not exist."""
    desk.said["eligibility.approve_notice"] = Forbidden(
        "拟稿人不能批准", "not by its writer", code="prepared_by_the_same"
    )
    visitor = Visitor(desk.bench, "award_office")
    shown = visitor.fill(visitor.open(f"{C}/notices/award/approval"))
    assert shown.status == 403
    assert "拟稿人不能批准" in shown.words


def test_a_draft_that_somebody_changed_stands_beside_what_was_typed(desk: Desk) -> None:
    visitor = Visitor(desk.bench, "award_office")
    page = visitor.open(f"{C}/notices/award/edit")
    desk.said["eligibility.edit_notice"] = Conflict("已被他人修改", "somebody was faster", code="stale_draft")
    desk.said["eligibility.notice_draft"] = SAID["eligibility.notice_draft"] | {
        "introduction_zh": "他人的说明"
    }
    shown = visitor.fill(page, introduction_zh="我的说明", introduction_en="mine")
    assert shown.status == 409
    assert "他人的说明" in shown.words
    assert "我的说明" in shown.text


def test_a_correction_shows_what_it_corrects_and_keeps_what_was_typed(desk: Desk) -> None:
    """Names by their numbers on the list; a number that is none, or is given twice, is refused where it stands."""
    visitor = Visitor(desk.bench, "award_office")
    page = visitor.open(f"{C}/notices/award/correction")
    assert dict(page.form()["fields"])["names.0.application_id"] == "2"
    assert dict(page.form()["fields"])["names.0.name"] == "示例乙公司"
    typed = {"introduction_zh": "现予公示。", "introduction_en": "Posted.", "reason": "名称有误"}
    for number in ("3", "0", "-1", "一"):
        shown = visitor.fill(page, **typed, **{"names.0.application_id": number, "names.0.name": "外人"})
        assert (shown.status, desk.asked("eligibility.edit_notice_correction")) == (422, [])
        assert 'href="#f-names-0-application_id"' in shown.text
        assert "外人" in shown.text
    twice = {
        "names._rows": "2",
        "names.0.application_id": "1",
        "names.0.name": "甲",
        "names.1.application_id": "1",
        "names.1.name": "乙",
    }
    shown = visitor.fill(page, **typed, **twice)
    assert (shown.status, 'href="#f-names-1-application_id"' in shown.text) == (422, True)
    confirmed = visitor.open(f"{C}/notices/award/correction/approval")
    for expected in ("示例乙", "示例乙公司", "award.2", "li.office", "批准即发布"):
        assert expected in confirmed.words


def test_the_first_words_of_a_correction_are_taken(desk: Desk) -> None:
    """Nobody has begun it: what was seen is revision 0."""
    visitor = Visitor(desk.bench, "award_office")
    desk.said["eligibility.notice_correction"] = SAID["eligibility.notice_correction"] | {
        "state": "none", "revision": 0, "changes": [], "reason": None,
    }  # fmt: skip
    typed = {"introduction_zh": "现予公示。", "introduction_en": "Posted.", "reason": "名称有误"}
    shown = visitor.fill(visitor.open(f"{C}/notices/award/correction"), **typed)
    assert shown.status == 303
    (asked,) = desk.asked("eligibility.edit_notice_correction")
    assert asked["revision"] == 0


def test_a_correction_that_somebody_changed_stands_beside_what_was_typed(desk: Desk) -> None:
    visitor = Visitor(desk.bench, "award_office")
    page = visitor.open(f"{C}/notices/award/correction")
    desk.said["eligibility.edit_notice_correction"] = Conflict("已被他人修改", "stale", code="stale_draft")
    desk.said["eligibility.notice_correction"] = SAID["eligibility.notice_correction"] | {
        "revision": 3, "reason": "他人写的原因",
    }  # fmt: skip
    typed = {"introduction_zh": "我的说明", "introduction_en": "mine", "reason": "我的原因"}
    shown = visitor.fill(page, **typed)
    assert shown.status == 409
    assert "他人写的原因" in shown.words
    assert "我的说明" in shown.text
    assert dict(shown.form()["fields"])["revision"] == "3"


def test_a_notice_and_its_correction_lead_to_each_other(desk: Desk) -> None:
    """The old one is corrected no more; the new one says what it corrects. A draft is settled from the notice's page."""
    visitor = Visitor(desk.bench, "award_office")
    of_old = {
        "notice": "award", "state": "corrected", "runs": False, "corrected_by": "award.2", "corrects": None, "correction": None,
    }  # fmt: skip
    desk.said["eligibility.notice"] = of_old | {"corrected_on": "2026-04-15"}
    page = visitor.open(f"{C}/notices/award")
    assert (page.status, f"{C}/notices/award.2" in page.links) == (200, True)
    assert not [link for link in page.links if "/correction" in link or "/failures" in link]
    told = {
        "notice": "award", "content_digest": "d", "reason": "名称有误",
        "changes": [{"what": "name", "application_id": A1, "before": "旧名", "after": "新名"}],
    }  # fmt: skip
    desk.said["eligibility.notice"] = of_old | {
        "notice": "award.2", "state": "posted", "corrected_by": None, "corrects": "award", "correction": told,
    }  # fmt: skip
    page = visitor.open(f"{C}/notices/award.2")
    assert f"{C}/notices/award" in page.links
    for expected in ("名称有误", "旧名", "新名"):
        assert expected in page.words
    assert f"{C}/notices/award.2/correction/approval" in page.links
    watcher = Visitor(desk.bench, "discipline").open(f"{C}/notices/award.2")
    assert "li.office" in watcher.words
    assert not [link for link in watcher.links if link.startswith(C) and "/correction" in link]


def test_a_missing_reason_stands_at_the_candidate_by_name(desk: Desk) -> None:
    """The committee names applications by their ids; people read names."""
    desk.said["committee.propose"] = invalid_fields(
        [
            FieldError("deviations", f"{A1} 排名第 1（90.00），高于 {A2}，须说明理由",
                f"{A1} ranks above {A2}: a reason is needed"),
            FieldError("proposals.1.level", "超过名额 1", "more than the quota of 1"),
        ],
        code="deviation_without_reason",
    )  # fmt: skip
    visitor = Visitor(desk.bench, "award_office")
    shown = visitor.fill(visitor.open(f"{C}/proposal/edit"), **{"level.a1": "-", "level.a2": "一等"})
    assert shown.status == 422
    assert 'href="#f-reason-a1"' in shown.text
    assert "示例单位a1 排名第 1（90.00），高于 示例单位a2，须说明理由" in shown.words


def test_a_paper_goes_along_with_its_form(desk: Desk) -> None:
    desk.said["intake.add_paper"] = {"paper_id": "p1", "token": None}
    visitor = Visitor(desk.bench, "award_office")
    page = visitor.open(f"{C}/committee/approval")
    fields = dict(page.form()["fields"]) | {"document_number": "府函1号", "approved_on": "2026-04-01"}
    done = visitor.client.post(
        page.address,
        base_url="https://localhost",
        data={**fields, "papers.0": (io.BytesIO(b"%PDF-1.7 approval"), "批准文件.pdf")},
    )
    assert done.status_code == 303
    (sent,) = desk.asked("committee.record_approval")
    assert sent["papers"] == ["p1"]
    (added,) = desk.asked("intake.add_paper")
    assert (added["purpose"], added["file_name"], added["size"]) == ("approval", "批准文件.pdf", 17)


def test_a_refused_paper_stands_at_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    desk.said["intake.may_add_paper"] = invalid_fields(
        [FieldError("file_name", "不收这种文件", "no such kind of file")]
    )
    visitor = Visitor(desk.bench, "award_office")
    page = visitor.open(f"{C}/committee/approval")
    fields = dict(page.form()["fields"]) | {"document_number": "府函1号", "approved_on": "2026-04-01"}
    done = visitor.client.post(
        page.address, base_url="https://localhost", data={**fields, "papers.1": (io.BytesIO(b"MZ"), "x.exe")}
    )
    text = done.get_data(as_text=True)
    assert (done.status_code, desk.asked("committee.record_approval")) == (422, [])
    assert 'href="#f-papers-1"' in text
    assert re.search('value="府函1号"', text)
