"""An applicant's way on pages: begin, fill in, upload, check, hand in, follow; each refusal where it belongs."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.gateway.examples import sample
from services.gateway.portal.applicant.dossier import AUTOSAVE
from services.gateway.portal.applicant.files import CSRF_HEADER
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.contracts.operations import OPERATIONS
from shared.problems import Conflict, NotFound, Unavailable, invalid_field
from tests.support.applying import BOOK, DRAFT, World, file_of, finding_of
from tests.support.browsing import Shown, Visitor, masked, signed_in_again
from tests.support.gateway import REAL, Bench, InProcess, make_bench

CASE = f"/my/a/{DRAFT}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2025, 5, 20, 10, 42, tzinfo=SHANGHAI))


@pytest.fixture
def bench(tmp_path: Path, world: World, clock: FixedClock) -> Bench:
    return make_bench(tmp_path, InProcess(world.answer), clock=clock, file_largest_bytes=1 << 20)


@pytest.fixture
def anna(bench: Bench) -> Visitor:
    return Visitor(bench, "applicant")


# --- beginning ------------------------------------------------------------------------------------------------------------


def test_the_first_page_says_what_is_next_and_by_when(anna: Visitor) -> None:
    shown = anna.open("/my")
    assert "示例公司：继续填写" in shown.words
    assert "2025年6月13日" in shown.words
    assert f"/my/start/{REAL}" in shown.links


def _line(**given: Any) -> dict[str, Any]:
    line: dict[str, Any] = sample(OPERATIONS["intake.my_applications"].reply())["applications"][0]
    return (
        line
        | {"cycle_id": REAL, "rulebook": BOOK, "name": "示例公司", "year": 2025, "closes_on": "2025-05-01"}
        | given
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"status": "returned", "correction_due_on": "2025-05-19"}, "补正期限已过，不能再补正"),
        ({"status": "draft", "correction_due_on": None}, "没有提交的草稿不再受理"),
    ],
)
def test_what_can_be_done_no_more_is_not_asked_for(
    anna: Visitor, world: World, given: dict[str, Any], says: str
) -> None:
    """The box at the top says what follows from a day that is over, and leads to how it goes."""
    world.said["intake.my_applications"] = {"applications": [_line(application_id=DRAFT, **given)]}
    shown = anna.open("/my")
    assert says in shown.words
    assert f"{CASE}/progress" in shown.links
    assert CASE not in shown.links
    box = shown.text.partition("zh-next")[2].partition("</div>")[0]
    assert "govuk-button" not in box


def test_a_correction_that_can_still_be_made_comes_first(anna: Visitor, world: World) -> None:
    late = _line(application_id="late", status="returned", correction_due_on="2025-05-19")
    open_one = _line(application_id=DRAFT, status="returned", correction_due_on="2025-05-20")
    world.said["intake.my_applications"] = {"applications": [late, open_one]}
    shown = anna.open("/my")
    assert shown.words.index("示例公司：补正") < shown.words.index("我参与的申报")
    assert CASE in shown.links


def test_the_contact_person_is_changed_after_the_submission(anna: Visitor, world: World) -> None:
    """Wrong and missing values are refused at their fields, what was typed stays; of a draft nothing is offered."""
    now = {
        "application_id": DRAFT, "cycle_id": REAL, "contact_name": "陈晨", "contact_phone": "021-5555 0100",
        "contact_email": None, "may_change": True, "changes": [],
    }  # fmt: skip
    world.said["intake.contact"] = now
    page = anna.open(f"{CASE}/contact")
    assert "陈晨" in page.text
    for typed, field in (
        ({"contact_name": ""}, "contact_name"), ({"contact_phone": "call me"}, "contact_phone"),
        ({"contact_email": "nowhere"}, "contact_email"), ({"contact_name": "长" * 101}, "contact_name"),
    ):  # fmt: skip
        wrong = anna.fill(page, **typed)
        assert (wrong.status, f'href="#f-{field}"' in wrong.text) == (422, True)
    assert world.count("intake.change_contact") == 0
    assert anna.fill(page, contact_name="赵敏", contact_phone="13800000000", contact_email="").status == 303
    assert world.data_of("intake.change_contact") == {
        "application_id": DRAFT, "contact_name": "赵敏", "contact_phone": "13800000000",
    }  # fmt: skip
    world.said["intake.contact"] = now | {"may_change": False}
    assert "现在不能更换" in anna.open(f"{CASE}/contact").words


def test_calls_that_look_alike_are_told_apart(anna: Visitor, world: World) -> None:
    """By which one it is and its days: on the first page of all and on one's own."""
    cycle = world.answer("intake", "cycle", {"cycle_id": REAL}, Context("m"))
    first = {**cycle, "state": "open", "opens_on": "2025-05-01", "closes_on": "2025-06-13", "year": 2025}
    second = {**first, "cycle_id": "second", "opens_on": "2025-05-10", "closes_on": "2025-07-01"}
    world.said["intake.cycles"] = {"cycles": [second, first]}
    for address in ("/", "/my"):
        words = anna.open(address).words
        assert "2025 年度，第 1 批" in words
        assert "2025 年度，第 2 批" in words
        assert "2025年5月10日 至 2025年7月1日" in words
    world.said["intake.cycles"] = {"cycles": [first]}
    assert "第 1 批" not in anna.open("/").words


def test_a_service_that_is_silent_is_no_empty_list(anna: Visitor, world: World) -> None:
    world.refuse["intake.cycles"] = Unavailable("没有应答", "no answer")
    assert "暂时取不到" in anna.open("/my").words


def test_an_application_is_begun_with_a_kind_and_a_name(anna: Visitor, world: World) -> None:
    page = anna.open(f"/my/start/{REAL}")
    sent = anna.fill(page, kind="organization", name="示例公司", uscc="")
    assert sent.response.headers["Location"] == CASE
    assert world.data_of("intake.create_application") == {
        "cycle_id": REAL, "kind": "organization", "name": "示例公司"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": None, "name": "示例公司"}, "kind"),
        ({"kind": "ship", "name": "示例公司"}, "kind"),
        ({"kind": "organization", "name": ""}, "name"),
        ({"kind": "organization", "name": "长" * 201}, "name"),
        ({"kind": "organization", "name": "示例公司", "uscc": "91310105MAXY50013F"}, "uscc"),
    ],
)
def test_what_cannot_begin_is_said_at_its_field(
    anna: Visitor, world: World, typed: dict[str, Any], field: str
) -> None:
    sent = anna.fill(anna.open(f"/my/start/{REAL}"), **typed)
    assert sent.status == 422
    assert f'href="#f-{field}"' in sent.text
    assert "错误：" in sent.text
    assert world.count("intake.create_application") == 0
    if typed["name"]:
        assert typed["name"] in sent.text


# --- filling in -----------------------------------------------------------------------------------------------------------


def test_a_page_is_saved_as_it_is_typed(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/s/standing")
    sent = anna.fill(
        page,
        **{"facts.region": "某市某区", "facts.operating_since": "2018年3月5日", "facts.for_profit": "yes"},
    )
    assert sent.status == 303
    saved = world.data_of("intake.save_draft")
    assert (saved["application_id"], saved["revision"]) == (DRAFT, 3)
    assert {name: value for name, value in saved["parts"].items() if value is not None} == {
        "facts.region": "某市某区", "facts.operating_since": "2018-03-05", "facts.for_profit": True,
    }  # fmt: skip
    assert "已保存 10:42" in anna.follow(sent).words


HOSTILE = ["<script>alert(1)</script>", "=HYPERLINK(1)", "\u202e反", "𠮷" * 50, "去年", "长" * 3000]


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_wrong_is_saved_shown_and_runs_nowhere(anna: Visitor, world: World, value: str) -> None:
    """Invalid values may be saved; they come back as they were typed, and as text."""
    sent = anna.fill(anna.open(f"{CASE}/s/standing"), **{"facts.operating_since": value})
    assert sent.status == 303
    assert world.data_of("intake.save_draft")["parts"]["facts.operating_since"] == value
    shown = anna.open(f"{CASE}/s/standing?check=1")
    assert "<script>alert" not in shown.text
    assert "提交前需要改正" in shown.words
    assert 'href="#f-facts-operating_since"' in shown.text
    assert "有误" in anna.open(CASE).words


def test_somebody_elses_change_stands_beside_mine(anna: Visitor, world: World) -> None:
    """409: nothing is lost, and saved once more it goes over what is there, which was shown."""
    page = anna.open(f"{CASE}/s/standing")
    world.parts["facts.region"], world.revision, world.changed = "他人所填", 9, {"facts.region": 9}
    sent = anna.fill(page, **{"facts.region": "我所填"})
    assert sent.status == 409
    assert "他人所填" in sent.words
    assert "我所填" in sent.words
    again = anna.fill(sent)
    assert again.status == 303
    assert world.data_of("intake.save_draft")["revision"] == 9
    assert world.parts["facts.region"] == "我所填"


def test_script_saves_without_leaving_the_page(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/s/standing")
    fields = dict(page.form()["fields"]) | {"facts.region": "某市某区"}
    sent = anna.post(f"{CASE}/s/standing", fields, **{AUTOSAVE: "1"})
    assert (sent.status, sent.response.get_json()) == (200, {"said": "已保存 10:42", "revision": 4})
    again = anna.post(
        f"{CASE}/s/standing", fields | {"revision": "4", "facts.region": "某市"}, **{AUTOSAVE: "1"}
    )
    assert again.response.get_json()["revision"] == 5  # the form's key does not make it a repetition
    assert world.parts["facts.region"] == "某市"


def test_script_is_told_why_it_was_not_saved(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/s/standing")
    world.changed = {"facts.region": 9}
    fields = dict(page.form()["fields"]) | {"facts.region": "某市某区"}
    sent = anna.post(f"{CASE}/s/standing", fields, **{AUTOSAVE: "1"})
    assert (sent.status, sent.response.get_json()["said"]) == (409, "以下内容已被他人修改")


def test_a_session_that_ended_keeps_what_was_typed(anna: Visitor, clock: FixedClock) -> None:
    page = anna.open(f"{CASE}/s/standing")
    anna.client.delete_cookie("__Host-zhiheng", domain="localhost")
    sent = anna.fill(page, **{"facts.region": "某市某区"})
    assert (sent.status, "某市某区" in sent.text) == (401, True)


def test_what_was_typed_comes_back_to_a_returned_application(anna: Visitor, world: World) -> None:
    world.status = "returned"
    world.correction = {
        "items": [{"field": "facts.region", "reason": "与执照不一致"}], "returned_at": "2025-05-19T09:00:00+08:00",
        "due_on": "2025-05-26", "resubmitted_at": None,
    }  # fmt: skip
    page = anna.open(f"{CASE}/s/standing")
    anna.client.delete_cookie("__Host-zhiheng", domain="localhost")
    shown = signed_in_again(anna, anna.fill(page, **{"facts.region": "某市某区"}), "applicant")
    assert dict(shown.form("facts.region")["fields"])["facts.region"] == "某市某区"


def test_what_nobody_took_is_sent_again_or_gone_back_to(anna: Visitor, world: World) -> None:
    """The page that says what is down carries what was typed, under the key under which it may have been done."""
    page = anna.open(f"{CASE}/s/standing")
    world.refuse["intake.save_draft"] = Unavailable("申报服务没有应答", "intake does not answer")
    sent = anna.fill(page, **{"facts.region": "某市某区", "_next": "1"})
    assert (sent.status, "申报服务没有应答" in sent.words) == (503, True)
    again = dict(sent.form()["fields"])
    assert (again["facts.region"], again["_key"]) == ("某市某区", dict(page.form()["fields"])["_key"])
    kept = sent.form("kept:facts.region")
    back = anna.post(kept["action"], kept["fields"], **{"Sec-Fetch-Site": "same-origin"})
    shown = anna.follow(back)
    assert dict(shown.form("facts.region")["fields"])["facts.region"] == "某市某区"
    del world.refuse["intake.save_draft"]
    assert anna.fill(sent).status == 303
    assert world.data_of("intake.save_draft")["parts"]["facts.region"] == "某市某区"


def test_one_more_row_is_not_saved_yet(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/s/honours")
    sent = anna.fill(page, **{"facts.prior_awards.0.award": "某奖", "_more": "facts.prior_awards"})
    assert (sent.status, world.count("intake.save_draft")) == (200, 0)
    assert "facts.prior_awards.1.award" in sent.text
    assert "某奖" in sent.text


def test_a_correction_changes_what_it_named_only(anna: Visitor, world: World) -> None:
    world.status = "returned"
    world.correction = {
        "items": [{"field": "facts.region", "reason": "与执照不一致"}], "returned_at": "2025-05-19T09:00:00+08:00",
        "due_on": "2025-05-26", "resubmitted_at": None,
    }  # fmt: skip
    shown = anna.open(CASE)
    assert "与执照不一致" in shown.words
    assert "2025年5月26日" in shown.words
    page = anna.open(f"{CASE}/s/standing")
    assert 'name="facts.region"' in page.text
    assert 'name="facts.for_profit"' not in page.text
    anna.fill(page, **{"facts.region": "某市某区"})
    assert world.data_of("intake.save_draft")["parts"] == {"facts.region": "某市某区"}
    assert "不能修改" in anna.open(f"{CASE}/s/identity").words


def test_after_the_last_day_nothing_is_offered(anna: Visitor, world: World) -> None:
    world.closes_on = "2025-05-19"
    assert "期限已过" in anna.open(CASE).words
    assert "不能修改" in anna.open(f"{CASE}/s/standing").words
    assert "现在不能提交" in anna.open(f"{CASE}/check").words


def test_a_page_that_is_none_and_a_draft_of_somebody_elses_read_the_same(anna: Visitor, world: World) -> None:
    none = anna.open(f"{CASE}/s/nothing")
    world.refuse["intake.draft"] = NotFound("没有这份申报", "no such application")
    others = anna.open(f"{CASE}/s/standing")
    assert (none.status, masked(none)[:400]) == (404, masked(others)[:400])


# --- materials ------------------------------------------------------------------------------------------------------------


def upload(anna: Visitor, content: bytes, name: str = "证书.pdf", **environ: str) -> Shown:
    """Post the form of a material, written out: the client would leave a temporary file open."""
    fields = dict(anna.open(f"{CASE}/files").form("material")["fields"]) | {"material": "proofs"}
    lines = [
        f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(lines).encode() + head.encode() + content + b"\r\n--limit--\r\n"
    address = f"{CASE}/files"
    return Shown(
        address,
        anna.client.post(
            address, base_url="https://localhost", data=body, content_type="multipart/form-data; boundary=limit",
            environ_overrides=environ,
        ),
    )  # fmt: skip


def test_a_file_goes_to_the_store_and_intake_is_told(anna: Visitor, world: World, bench: Bench) -> None:
    sent = upload(anna, b"%PDF-1.7 " + b"x" * 900_000)
    assert sent.status == 303, sent.words
    added = world.data_of("intake.add_file")
    assert (added["material"], added["file_name"], added["size"]) == ("proofs", "证书.pdf", 900_009)
    assert bench.gateway.content is not None
    assert b"".join(bench.gateway.content.read(added["digest"])) == b"%PDF-1.7 " + b"x" * 900_000
    shown = anna.follow(sent)
    assert "检查中" in shown.words
    assert "还缺：" in shown.words


@pytest.mark.parametrize(
    ("content", "problem", "status", "said"),
    [
        (b"x" * (1 << 20) + b"x", None, 413, "超过 1 MB"),
        (b"", invalid_field("size", "文件是空的", "the file is empty", code="empty"), 422, "文件是空的"),
        (b"x", invalid_field("file_name", "只接收 pdf", "only pdf"), 422, "只接收 pdf"),
        (b"x", Conflict("申报已截止，不再接收文件", "closed", code="closed"), 409, "不再接收文件"),
    ],
)
def test_a_file_that_is_not_taken_is_told_why(
    anna: Visitor, world: World, content: bytes, problem: Exception | None, status: int, said: str
) -> None:
    if problem is not None:
        world.refuse["intake.may_add_file"] = problem
    sent = upload(anna, content)
    assert (sent.status, said in sent.words) == (status, True), sent.words
    assert world.count("intake.add_file") == 0


def test_a_form_beyond_all_bounds_is_not_even_read(anna: Visitor, world: World) -> None:
    sent = upload(anna, b"x", CONTENT_LENGTH=str(18 << 20))
    assert (sent.status, "超过 1 MB" in sent.words) == (413, True)


def test_the_same_content_twice_is_told_where_it_is(anna: Visitor, world: World) -> None:
    world.refuse["intake.add_file"] = Conflict(
        "同一内容已在本申报中：旧.pdf", "the same content", code="duplicate_file"
    )
    sent = upload(anna, b"%PDF", "新&copy.pdf")
    assert (sent.status, "旧.pdf" in sent.words) == (409, True)
    assert "新&amp;copy.pdf" in sent.text


def test_no_file_is_said_at_the_field(anna: Visitor) -> None:
    page = anna.open(f"{CASE}/files")
    sent = anna.post(f"{CASE}/files", dict(page.form("material")["fields"]))
    assert (sent.status, "请选择文件" in sent.words) == (422, True)


def test_a_refused_file_says_its_reason_in_both_languages(anna: Visitor, world: World) -> None:
    reasons = [
        {
            "code": "wrong_kind",
            "zh": "文件名为 .pdf，内容却是程序",
            "en": "The name says .pdf, the content is a program",
        }
    ]
    world.files = [file_of("f1", state="refused", reasons=reasons)]
    assert "内容却是程序" in anna.open(f"{CASE}/files").words
    anna.open("/?lang=en")
    assert "the content is a program" in anna.open(f"{CASE}/files").words


def test_a_file_comes_in_parts_with_the_pages_session(anna: Visitor, world: World, bench: Bench) -> None:
    """tus through the portal's own addresses; the cookie says who it is, a header that it is our page."""
    csrf = dict(anna.open(f"{CASE}/files").form("material")["fields"])["_csrf"]
    tus = {"Tus-Resumable": "1.0.0"}
    names = (
        "filename "
        + base64.b64encode("证书.pdf".encode()).decode()
        + ",material "
        + base64.b64encode(b"proofs").decode()
    )
    begun = anna.post(
        f"{CASE}/uploads", {"_csrf": csrf}, **tus, **{"Upload-Length": "10", "Upload-Metadata": names}
    )
    assert begun.status == 201, begun.text
    address = begun.response.headers["Location"]
    assert address.startswith("/my/uploads/")

    def part(content: bytes, offset: int, token: str = csrf) -> Any:
        headers = {
            **tus,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            CSRF_HEADER: token,
        }
        return anna.client.patch(address, base_url="https://localhost", data=content, headers=headers)

    assert part(b"01234", 0, "another").status_code == 403
    assert part(b"01234", 0).status_code == 204
    state = anna.client.head(address, base_url="https://localhost", headers=tus)
    assert state.headers["Upload-Offset"] == "5"
    wrong = part(b"56789", 3)
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "wrong_offset")
    assert part(b"56789", 5).status_code == 204
    assert world.data_of("intake.add_file")["size"] == 10


def test_a_refusal_before_the_first_part_is_told_to_the_script(anna: Visitor, world: World) -> None:
    csrf = dict(anna.open(f"{CASE}/files").form("material")["fields"])["_csrf"]
    world.refuse["intake.may_add_file"] = Conflict("申报已截止", "closed", code="closed")
    names = (
        "filename "
        + base64.b64encode(b"a.pdf").decode()
        + ",material "
        + base64.b64encode(b"proofs").decode()
    )
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": names}
    sent = anna.post(f"{CASE}/uploads", {"_csrf": csrf}, **headers)
    assert (sent.status, sent.response.get_json()["detail"]) == (409, "申报已截止")


def test_removing_is_asked_once_more(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/files/f1/remove")
    assert world.count("intake.remove_file") == 0
    assert anna.fill(page).status == 303
    assert world.data_of("intake.remove_file") == {"application_id": DRAFT, "file_id": "f1"}


# --- handing in -----------------------------------------------------------------------------------------------------------


def test_what_blocks_leads_to_its_field(anna: Visitor, world: World) -> None:
    world.faults = [
        {"field": "uscc", "reason_zh": "必填", "reason_en": "needed"},
        {"field": "materials.proofs", "reason_zh": "正在检查", "reason_en": "is being checked"},
    ]
    shown = anna.open(f"{CASE}/check")
    assert f"{CASE}/s/identity?check=1#f-uscc" in shown.links
    assert f"{CASE}/files" in shown.links
    assert 'name="declared"' not in shown.text


LOSS = {
    "reason_zh": "近 3 年利润：2023 年 −20,000 元（亏损）", "reason_en": "profit of the last 3 years: 2023 -20,000 yuan (loss)"
}  # fmt: skip


def test_what_would_be_found_is_told_by_article(anna: Visitor, world: World) -> None:
    """条款 / 条件 / 结论 / 依据 / 怎么办: the article's gist, then the applicant's own figure; no code of the rulebook's."""
    rule = next(
        rule for part in world.form["facts"] if part["name"] == "facts.profit_yuan" for rule in part["rules"]
    )
    world.findings = [finding_of("20", "pass"), finding_of(rule, "fail", **LOSS)]
    for address in (f"{CASE}/check", f"{CASE}/why"):
        shown = anna.open(address)
        for said in (
            "条款", f"第 {rule} 条", f"{rule} 的大意", "条件", f"条件 {rule}", "结论", "不符合", "依据",
            "您填报的： 近 3 年利润：2023 年 −20,000 元", "怎么办",
        ):  # fmt: skip
            assert said.replace(" ", "") in shown.words.replace(" ", ""), said
        assert f"{CASE}/s/results" in shown.links
    assert "理由 20" not in anna.open(f"{CASE}/check").words
    english = anna.open(f"{CASE}/why?lang=en")
    english = anna.follow(english) if english.status == 303 else english
    assert f"condition {rule}" in english.words


def test_before_the_outcome_is_public_the_page_goes_by_what_was_stated(anna: Visitor, world: World) -> None:
    """Nothing of departments, nothing decided; and it says when there will be."""
    world.status = "in_progress"
    world.findings = [finding_of("16.8", "awaiting", ground="departments"), finding_of("34", "not_known")]
    shown = anna.open(f"{CASE}/why")
    assert "审查结论随公示公布" in shown.words
    assert "看部门记录和登记：2 条" in shown.words
    assert "符合申报条件" not in shown.words


def test_once_it_is_public_the_page_tells_what_was_decided(anna: Visitor, world: World) -> None:
    """Not met, missing, judged, then what is met, folded; nothing to mend any more."""
    world.status = "ineligible"
    world.decided = {
        "verdict": "ineligible",
        "findings": [
            finding_of("20", "pass"), finding_of("16.4", "needs_judgement", confirmed=True), finding_of("16.6", "fail", **LOSS),
            finding_of("16.8", "fail", ground="departments", evidence=["安全：2024-03-01 事故 等级重大 负有责任——计入"]),
            finding_of("16.3", "needs_judgement", confirmed=False), finding_of("16.7", "missing"),
        ],
    }  # fmt: skip
    shown = anna.open(f"{CASE}/why")
    order = [shown.text.index(f"理由 {rule}") for rule in ("16.8", "16.3", "16.7", "16.4", "20")]
    assert order == sorted(order)
    assert "不符合：3 条" in shown.words
    for said in ("不符合申报条件", "评审办认定不符合", "评审办认定符合", "安全：2024-03-01 事故"):
        assert said in shown.words, said
    assert "请向作出记录的部门核实" in shown.words
    assert not [link for link in shown.links if link.startswith(f"{CASE}/s/")]
    assert world.count("intake.check_application") == 0


def test_where_findings_cannot_be_had_it_is_said(anna: Visitor, world: World) -> None:
    """What was stated is still there; no finding is no clean one."""
    world.refuse["eligibility.my_findings"] = Unavailable("没有应答", "no answer")
    world.findings = [finding_of("16.6", "fail", **LOSS)]
    shown = anna.open(f"{CASE}/why")
    assert "已公布的结论： 暂时取不到".replace(" ", "") in shown.words.replace(" ", "")
    assert "−20,000 元" in shown.words


def test_it_is_handed_in_after_a_tick_and_the_receipt_follows(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/check")
    without = anna.fill(page)
    assert (without.status, world.count("intake.submit_application")) == (422, 0)
    sent = anna.fill(page, declared="yes")
    assert sent.response.headers["Location"] == f"{CASE}/done"
    assert world.data_of("intake.submit_application") == {"application_id": DRAFT}
    world.status = "submitted"
    digest = "sha256:" + "0f" * 32
    version = {
        "version": 1, "submitted_at": "2025-05-20T10:42:00+08:00", "submitted_by": "anna", "digest": digest, "dossier": {}
    }  # fmt: skip
    world.said["intake.receipt"] = {
        "submissions": [version],
        "accepted": None,
        "accepted_at": None,
        "public_number": None,
    }
    shown = anna.follow(sent)
    assert "回执号" in shown.words
    assert digest in shown.words
    assert "2025年5月20日 10:42" in shown.words


def test_what_keeps_it_from_being_handed_in_stands_at_the_top(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/check")
    world.refuse["intake.submit_application"] = Conflict("推荐部门尚未签署意见", "no opinion yet")
    sent = anna.fill(page, declared="yes")
    assert (sent.status, "推荐部门尚未签署意见" in sent.words) == (409, True)


# --- following it ---------------------------------------------------------------------------------------------------------


def test_before_it_is_public_a_review_is_all_that_is_told(anna: Visitor, world: World) -> None:
    """Whatever moved inside: the page is the same to the byte, and has no count and no sequence on it."""
    world.status = "in_progress"
    first = anna.open(f"{CASE}/progress")
    world.said["intake.application"] = {"receipt": "sha256:" + "1" * 64}
    world.said["intake.cycle"] = {
        "blocked": {"stage": "committee", "reason_zh": "无人", "reason_en": "nobody"}
    }
    second = anna.open(f"{CASE}/progress")
    assert masked(first) == masked(second)
    assert "评审中" in first.words
    assert "ETag" not in first.response.headers


def test_a_withdrawal_says_that_it_is_final(anna: Visitor, world: World) -> None:
    page = anna.open(f"{CASE}/withdraw")
    assert "不能恢复" in page.words
    assert anna.fill(page).status == 422
    assert world.count("intake.withdraw_application") == 0
    assert anna.fill(page, sure="yes").status == 303
    assert world.data_of("intake.withdraw_application") == {"application_id": DRAFT}


# --- people ---------------------------------------------------------------------------------------------------------------


def test_a_code_is_shown_once(anna: Visitor, world: World, bench: Bench) -> None:
    me = bench.identity.session(bench.token("applicant")).subject
    world.said["intake.people"] = {"people": [{"subject": me, "role": "lead", "joined_on": "2025-05-12"}]}
    world.said["intake.invite"] = {"code": "only-once-code", "role": "editor", "expires_on": "2025-05-27"}
    sent = anna.fill(anna.open(f"{CASE}/people"), role="editor")
    assert "only-once-code" in sent.words
    assert world.data_of("intake.invite") == {"application_id": DRAFT, "role": "editor"}
    assert "only-once-code" not in anna.open(f"{CASE}/people").text


def test_a_wrong_code_and_a_used_one_read_the_same(anna: Visitor, world: World) -> None:
    world.refuse["intake.join"] = NotFound("邀请码无效或已过期", "not valid", code="no_such_invitation")
    sent = anna.fill(anna.open("/my/join"), code="an-example-code-of-43-characters-0123456789")
    assert ("邀请码无效或已过期" in sent.words, "an-example-code" in sent.text) == (True, False)


def test_somebody_is_taken_off_or_given_another_part(anna: Visitor, world: World) -> None:
    world.said["intake.people"] = {"people": [{"subject": "E1", "role": "reader", "joined_on": "2025-05-12"}]}
    page = anna.open(f"{CASE}/people/E1")
    anna.fill(page, role="editor")
    assert world.data_of("intake.set_person") == {"application_id": DRAFT, "subject": "E1", "role": "editor"}
    anna.fill(page, role="off", _key="another-key-0001")
    assert world.data_of("intake.set_person")["role"] is None
    assert anna.open(f"{CASE}/people/nobody").status == 404


# --- who recommends -------------------------------------------------------------------------------------------------------


def test_a_body_of_the_register_is_asked(anna: Visitor, world: World) -> None:
    body = {"body_id": "b1", "name": "示例街道", "kind": "street", "active": True}
    world.said["intake.recommending_bodies"] = {"bodies": [body, {**body, "body_id": "b2", "active": False}]}
    page = anna.open(f"{CASE}/recommender")
    assert 'value="b2"' not in page.text
    assert anna.fill(page, body_id="b2").status == 422
    assert anna.fill(page, body_id="b1").status == 303
    assert world.data_of("intake.choose_recommender") == {"application_id": DRAFT, "body_id": "b1"}
