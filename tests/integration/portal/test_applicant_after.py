"""The years after on an applicant's pages: report, award, yearly form, answers with papers; nothing before it is released."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.gateway.examples import sample
from shared.clock import SHANGHAI, FixedClock
from shared.contracts.operations import OPERATIONS
from shared.problems import NotFound, Unavailable, invalid_field
from shared.rulebooks import library
from tests.support.applying import BOOK, DRAFT, World, file_of
from tests.support.browsing import Shown, Visitor, masked, signed_in_again
from tests.support.gateway import REAL, Bench, InProcess, make_bench

CASE = f"/my/a/{DRAFT}"
CATEGORY = {
    "item": "4.1", "title_zh": "领导", "title_en": "Leadership", "points": 110, "percent": 60, "band": "50-65", "place": 4,
    "bands": 6, "looks": [], "items": [],
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return World(status="awarded")


@pytest.fixture
def bench(tmp_path: Path, world: World) -> Bench:
    clock = FixedClock(datetime(2026, 5, 20, 10, 42, tzinfo=SHANGHAI))
    return make_bench(tmp_path, InProcess(world.answer), clock=clock, file_largest_bytes=1 << 20)


@pytest.fixture
def anna(bench: Bench) -> Visitor:
    return Visitor(bench, "applicant")


def with_files(
    anna: Visitor,
    address: str,
    fields: dict[str, str],
    before: Callable[[], None] = lambda: None,
    **files: tuple[str, bytes],
) -> Shown:
    """Post a form with files, written out; `before` happens once it is open."""
    shown = anna.open(address)
    before()
    form = dict(shown.form()["fields"]) | fields
    body = b"".join(
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ) + b"".join(
        f'--limit\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, (called, content) in files.items()
    )
    answered = anna.client.post(
        address,
        base_url="https://localhost",
        data=body + b"--limit--\r\n",
        content_type="multipart/form-data; boundary=limit",
    )
    return Shown(address, answered)


# --- the report -----------------------------------------------------------------------------------------------------------


def test_what_is_not_released_reads_as_what_does_not_exist(anna: Visitor, world: World) -> None:
    world.refuse["review.my_feedback"] = NotFound("没有报告", "no report")
    unreleased = anna.open(f"{CASE}/report")
    world.refuse = {"intake.application": NotFound("没有这份申报", "no such application")}
    others = anna.open(f"{CASE}/report")
    assert (unreleased.status, masked(unreleased)) == (404, masked(others))


def test_the_report_has_its_radar_and_the_table_that_says_the_same(anna: Visitor, world: World) -> None:
    categories = [{**CATEGORY, "item": f"4.{n}", "percent": 50 + n} for n in range(1, 8)]
    world.said["review.my_feedback"] = {"categories": categories, "version": 2}
    shown = anna.open(f"{CASE}/report")
    assert "<svg" in shown.text
    assert "57 %" in shown.words
    assert f"/api/v1/cycles/{REAL}/my-feedback/{DRAFT}/report.pdf" in shown.links
    assert "style=" not in shown.text


def test_an_answer_names_the_version_that_was_read(anna: Visitor, world: World) -> None:
    world.said["review.my_feedback"] = {"version": 2}
    world.said["review.my_feedback_reports"] = {"reports": []}
    sent = anna.fill(anna.open(f"{CASE}/report"), comment="对 4.3 的意见有异议")
    assert sent.status == 303
    assert world.data_of("review.answer_feedback") == {
        "cycle_id": REAL, "application_id": DRAFT, "version": 2, "comment": "对 4.3 的意见有异议",
    }  # fmt: skip


# --- the award ------------------------------------------------------------------------------------------------------------


def test_an_answer_comes_back_when_a_session_ended(anna: Visitor) -> None:
    page = anna.open(f"{CASE}/report")
    anna.client.delete_cookie("__Host-zhiheng", domain="localhost")
    shown = signed_in_again(anna, anna.fill(page, having="comment", comment="另有看法"), "applicant")
    assert dict(shown.form("comment")["fields"])["comment"].strip() == "另有看法"


def test_the_text_that_went_with_files_comes_back_without_them(anna: Visitor) -> None:
    address = f"{CASE}/use?grant=pool"
    anna.open(address)
    fields = {"items._rows": "1", "items.0.purpose": "培训"}

    def ended() -> None:
        anna.client.delete_cookie("__Host-zhiheng", domain="localhost")

    sent = with_files(anna, address, fields, before=ended, paper_1=("a.pdf", b"%PDF-1.7"))
    assert "文件没有保留" in sent.words
    shown = signed_in_again(anna, sent, "applicant")
    kept = dict(shown.form("items.0.purpose")["fields"])
    assert (shown.address, kept["items.0.purpose"], kept["grant_for"]) == (address, "培训", "pool")


@pytest.mark.parametrize("status", ["in_progress", "not_awarded", "draft"])
def test_there_is_no_award_page_before_there_is_an_award(anna: Visitor, world: World, status: str) -> None:
    world.status = status
    assert anna.open(f"{CASE}/award").status == 404


def test_a_block_whose_service_is_silent_says_so(anna: Visitor, world: World) -> None:
    world.refuse["incentives.money"] = Unavailable("没有应答", "no answer")
    shown = anna.open(f"{CASE}/award")
    assert (shown.status, "暂时取不到" in shown.words) == (200, True)


def test_an_account_is_entered(anna: Visitor, world: World) -> None:
    good = {"account_name": "示例公司", "bank": "示例银行某支行", "account_number": "6222 0212 3456 7890"}
    page = anna.open(f"{CASE}/award")
    assert anna.fill(page, **{**good, "bank": ""}).status == 422
    assert anna.fill(page, **good).status == 303
    assert world.data_of("incentives.enter_payee") == {
        "application_id": DRAFT, **good, "account_number": "6222021234567890"
    }  # fmt: skip


def test_what_a_grant_was_spent_on_comes_with_papers(anna: Visitor, world: World) -> None:
    world.said["intake.add_paper"] = {"paper_id": "p1"}
    fields = {
        "period": "1", "items.0.purpose": "质量改进", "items.0.amount_fen": "12000.50", "items.0.note": "检测设备",
    }  # fmt: skip
    sent = with_files(anna, f"{CASE}/use", fields, paper_1=("发票.pdf", b"%PDF-1.7"))
    assert sent.status == 303, sent.words
    told = world.data_of("incentives.report_use")
    assert told["items"] == [{"purpose": "质量改进", "amount_fen": 1_200_050, "note": "检测设备"}]
    assert told["papers"] == ["p1"]
    assert world.data_of("intake.add_paper")["purpose"] == "payment"


def test_a_paper_that_is_not_taken_keeps_the_answer_back(anna: Visitor, world: World) -> None:
    """Nothing is half done: the words stay, the reason stands at the paper."""
    world.refuse["intake.may_add_paper"] = invalid_field("file_name", "只接收 pdf", "only pdf")
    fields = {"period": "1", "items.0.purpose": "质量改进", "items.0.amount_fen": "1", "items.0.note": "备注"}
    sent = with_files(anna, f"{CASE}/use", fields, paper_1=("发票.exe", b"MZ"))
    assert (sent.status, "只接收 pdf" in sent.words, "质量改进" in sent.text) == (422, True, True)
    assert world.count("incentives.report_use") == 0


# --- the years ------------------------------------------------------------------------------------------------------------


def tracked(**report: Any) -> dict[str, Any]:
    told = sample(OPERATIONS["incentives.my_tracking_file"].reply())
    content = {"texts": [], "figures": [], "papers": []}
    made = {"year": 2025, "state": "due", "draft": content, "content": None, "overdue": False, **report}
    told["reports"] = [{**told["reports"][0], **made}]
    line = {**told["lines"][0], "index": "patents", "title_zh": "专利", "title_en": "patents"}
    points = [
        {"year": 2024, "figure": "10", "relative": "100"},
        {"year": 2025, "figure": "12", "relative": "120"},
    ]
    told["lines"] = [{**line, "points": points}]
    return told


def test_the_first_page_says_which_report_is_due(anna: Visitor, world: World) -> None:
    """Of a year that is over, with its last day, and the award beside it; not that of the year that runs."""
    world.said["incentives.my_tracking_file"] = tracked(owed_on="2026-05-31")
    page = anna.open("/my")
    assert "填写并提交 2025 年度报告" in page.words
    assert {f"{CASE}/tracking/2025", f"{CASE}/award"} <= set(page.links)
    world.said["incentives.my_tracking_file"] = tracked(year=2026, owed_on="2027-03-31")
    page = anna.open("/my")
    assert "年度报告" not in page.words
    assert f"{CASE}/award" in page.links


def test_indices_are_a_picture_and_a_table(anna: Visitor, world: World) -> None:
    world.said["incentives.my_tracking_file"] = tracked()
    shown = anna.open(f"{CASE}/tracking")
    assert "<svg" in shown.text
    assert "120" in shown.words
    assert f"{CASE}/tracking/2025" in shown.links


def test_a_year_is_written_text_by_text_and_figure_by_figure(anna: Visitor, world: World) -> None:
    world.said["incentives.my_tracking_file"] = tracked()
    assert anna.fill(anna.open(f"{CASE}/tracking/2025/t/summary"), text="稳中有进").status == 303
    assert world.data_of("incentives.save_tracking_text")["text"] == "稳中有进"
    page = anna.open(f"{CASE}/tracking/2025/i/patents")
    given = {"value": "12.5", "comparisons.0.name": "行业平均", "comparisons.0.value": "9"}
    assert anna.fill(page, **{**given, "value": "twelve"}).status == 422
    assert anna.fill(page, **given).status == 303
    told = world.data_of("incentives.save_tracking_figure")
    assert (told["value"], told["comparisons"]) == ("12.5", [{"name": "行业平均", "value": "9"}])
    assert anna.fill(anna.open(f"{CASE}/tracking/2025")).status == 303
    assert world.data_of("incentives.submit_tracking_report")["year"] == 2025
    assert anna.open(f"{CASE}/tracking/1999").status == 404


# --- what is raised against one -------------------------------------------------------------------------------------------


def test_an_objection_is_answered_and_never_says_who_objects(anna: Visitor, world: World) -> None:
    told = sample(OPERATIONS["eligibility.my_objections"].reply())["objections"][0]
    told |= {
        "objection_id": "o1",
        "awaits": "answer",
        "may_appeal": False,
        "state": "inquiry",
        "ruling": None,
    }
    world.said["eligibility.my_objections"] = {"objections": [told]}
    assert "不予告知" in anna.open("/my/objections/o1").words
    sent = with_files(anna, "/my/objections/o1", {"text": "情况不属实"})
    assert sent.status == 303
    assert world.data_of("eligibility.answer_objection") == {"objection_id": "o1", "text": "情况不属实"}
    told |= {"may_appeal": True, "awaits": None}
    assert with_files(anna, "/my/objections/o1", {"text": "申请复核"}).status == 303
    assert world.count("eligibility.appeal_as_applicant") == 1
    assert anna.open("/my/objections/o2").status == 404


def test_articles_are_cited_as_people_cite_them(anna: Visitor, world: World) -> None:
    """Not by the bare number under which the rulebook keeps them."""
    article = library().get(BOOK).label("35")
    (breach,) = sample(OPERATIONS["eligibility.my_title_breaches"].reply())["breaches"]
    world.said["eligibility.my_title_breaches"] = {"breaches": [breach | {"breach_id": "b1", "rule": "35"}]}
    assert article in anna.open("/my/breaches/b1").words
    (case,) = sample(OPERATIONS["eligibility.my_revocation_cases"].reply())["cases"]
    orders = [{**case["orders"][0], "rule": "35"}] if case["orders"] else []
    world.said["eligibility.my_revocation_cases"] = {
        "cases": [case | {"case_id": "c1", "rule": "35", "orders": orders}]
    }
    assert article in anna.open("/my/cases/c1").words


def test_conduct_is_rated_after_a_stage_and_its_reader_is_named(anna: Visitor, world: World) -> None:
    assert "目前不需要评价" in anna.open(f"{CASE}/conduct").words
    cycle = world._cycle({})
    closed = [{**each, "state": "closed"} if each["kind"] == "review" else each for each in cycle["stages"]]
    world.said["intake.cycle"] = {"stages": closed}
    page = anna.open(f"{CASE}/conduct")
    assert "只由纪检监督查看" in page.words
    marks = {f"marks.{name}": "5" for name in ("discipline", "fairness", "integrity")}
    assert anna.fill(page, stage="site_review", **{**marks, "marks.fairness": "6"}).status == 422
    assert anna.fill(page, stage="site_review", **marks).status == 303
    assert world.data_of("review.rate_reviewers")["marks"] == {"discipline": 5, "fairness": 5, "integrity": 5}


def test_a_credit_report_is_uploaded_then_attached(anna: Visitor, world: World) -> None:
    sent = with_files(anna, f"{CASE}/credit", {}, file=("信用报告.pdf", b"%PDF"))
    assert sent.status == 303
    assert (world.data_of("intake.add_file")["use"], world.data_of("intake.add_file").get("material")) == (
        "evidence",
        None,
    )
    world.files = [file_of("f1", use="evidence", material=None, file_name="信用报告.pdf", state="accepted")]
    page = anna.open(f"{CASE}/credit")
    given = {"file_id": "f1", "issuer": "示例征信机构", "issued_on": "2026-05-01"}
    assert anna.fill(page, having="issuer", **{**given, "issued_on": "2026-02-30"}).status == 422
    assert anna.fill(page, having="issuer", **given).status == 303
    assert world.data_of("intake.attach_credit_report") == {"application_id": DRAFT, **given}
    world.refuse["intake.may_add_file"] = invalid_field("file_name", "只接收 pdf", "only pdf")
    again = with_files(anna, f"{CASE}/credit", {}, file=("信用报告.exe", b"MZ"))
    assert (again.status, "只接收 pdf" in again.words) == (422, True)


def test_the_form_is_a_document_with_room_for_a_seal(anna: Visitor, world: World) -> None:
    import io

    import docx

    world.parts |= {
        "facts.region": "某市某区",
        "facts.profit_yuan": {"2023": -20000},
        "facts.operating_since": "去年",
    }
    sent = anna.client.get(f"/api/v1/applications/{DRAFT}/form.docx", base_url="https://localhost")
    assert sent.status_code == 200
    written = docx.Document(io.BytesIO(sent.data))
    said = "\n".join(
        [each.text for each in written.paragraphs]
        + [cell.text for table in written.tables for row in table.rows for cell in row.cells]
    )
    for words in (
        "申报表",
        "示例公司",
        "某市某区",
        "-20,000 元",
        "盖章",
        "推荐部门",
        "尚不符合格式要求",
        "开始生产经营日期",
    ):
        assert words in said, words
    assert not written.inline_shapes  # a seal is never drawn
