"""The office's forms: what is filled in reaches the operation as it was, what is refused stands at its field, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.problems import Conflict, FieldError, Invalid
from tests.integration.portal.office.desk_tools import REVIEW, WITNESS, A, C, Office

_DIGEST = "sha256:" + "ab" * 32
_RECEIPT = {
    "submissions": [
        {
            "version": 2, "submitted_at": "2025-06-18T09:00:00+08:00", "submitted_by": "u", "digest": _DIGEST,
            "dossier": {"facts": {"region": "示例区"}, "materials": []},
        }
    ],
    "correction": None,
}  # fmt: skip
_SAID: dict[str, Any] = {"intake.receipt": _RECEIPT, "intake.application": {"category": None}}
_PANEL = {"cycle_id": C, "stage": REVIEW}
_HOSTILE = "<script>alert(1)</script>=1+1\u202e\U00020000"

# Address, what is filled in, the operation, and what it has to get.
RIGHT: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (f"/cycles/{C}/a/{A}/accept", {}, "intake.accept_application", {"application_id": A, "digest": _DIGEST}),
    (
        f"/cycles/{C}/a/{A}/return",
        {"items.0.field": "uscc", "items.0.reason": "代码有误", "due_on": "2026-05-06"},
        "intake.return_application",
        {"application_id": A, "items": [{"field": "uscc", "reason": "代码有误"}], "due_on": "2026-05-06"},
    ),
    (
        f"/cycles/{C}/a/{A}/judge?rule=16.3&condition=c",
        {"confirmed": "false", "reason": "材料不足以证明"},
        "eligibility.judge",
        {"application_id": A, "rule": "16.3", "condition": "c", "confirmed": False, "reason": "材料不足以证明"},
    ),
    (f"/cycles/{C}/stages/{REVIEW}/begin", {}, "review.begin_stage", _PANEL),
    (f"/cycles/{C}/stages/{REVIEW}/close", {}, "review.close_stage", _PANEL),
    (
        f"/cycles/{C}/panels/{REVIEW}/draw",
        {"share": "8471", "witness": "wang.jian"},
        "review.draw_panel",
        {**_PANEL, "share": "8471", "witness": WITNESS},
    ),
    (
        f"/cycles/{C}/panels/{REVIEW}/draws/3/witness",
        {"share": "2290"},
        "review.witness_draw",
        {**_PANEL, "number": 3, "share": "2290"},
    ),
    (f"/cycles/{C}/panels/{REVIEW}/release", {}, "review.release_panel", {**_PANEL, "revision": 1}),
    (
        f"/cycles/{C}/panels/{REVIEW}/change",
        {"changes.0.leaving": "E1", "changes.0.coming": "E2", "reason": "更合专业"},
        "review.change_panel",
        {**_PANEL, "revision": 1, "changes": [{"leaving": "E1", "coming": "E2"}], "reason": "更合专业"},
    ),
    (
        f"/cycles/{C}/panels/{REVIEW}/replace",
        {"expert_id": "E1", "reason": "生病"},
        "review.replace_reviewer",
        {**_PANEL, "expert_id": "E1", "reason": "生病"},
    ),
    (
        f"/cycles/{C}/panels/{REVIEW}/fill",
        {"silent": "yes", "reason": "逾期"},
        "review.fill_panel",
        {**_PANEL, "silent": True, "reason": "逾期"},
    ),
    (
        f"/cycles/{C}/panels/{REVIEW}/leader",
        {"expert_id": "E1", "reason": "资深"},
        "review.name_leader",
        {**_PANEL, "expert_id": "E1", "reason": "资深"},
    ),
    (
        f"/cycles/{C}/experts",
        {"expert_ids": "E1\nE2"},
        "review.enter_pool",
        {"cycle_id": C, "expert_ids": ["E1", "E2"]},
    ),
    (
        "/experts/new",
        {
            "expert_id": "E9", "name": "张三", "industry_expert": "yes", "may_lead": "no", "expertise": "质量管理\n计量",
            "contact.phone": "021-5555 0100",
        },
        "review.enter_expert",
        {
            "expert_id": "E9", "name": "张三", "title": None, "industry_expert": True, "may_lead": False,
            "expertise": ["质量管理", "计量"], "industries": [], "qualifications": [], "languages": [], "employments": [],
            "contact": {"phone": "021-5555 0100"},
        },
    ),
    (
        "/experts/E1/absences/new",
        {"since": "2026-05-01", "until": "2026-05-09"},
        "review.add_absence",
        {"expert_id": "E1", "since": "2026-05-01", "until": "2026-05-09"},
    ),
    (
        "/experts/E1/retire",
        {"reason": "本人要求"},
        "review.retire_expert",
        {"expert_id": "E1", "revision": 1, "reason": "本人要求"},
    ),
    (
        f"/cycles/{C}/a/{A}/enquiries/recheck/committee/decision",
        {"go_on": "false", "reason": "重大事故"},
        "intake.decide_records",
        {"application_id": A, "purpose": "committee", "go_on": False, "reason": "重大事故"},
    ),
    (
        f"/cycles/{C}/a/{A}/enquiries/credit/again",
        {},
        "intake.ask_again",
        {"application_id": A, "department": "credit"},
    ),
    (
        "/office/bodies/new",
        {"name": "示例街道办事处", "kind": "street"},
        "intake.register_recommending_body",
        {"name": "示例街道办事处", "kind": "street"},
    ),
    (
        f"/cycles/{C}/pool/join",
        {"uscc": "91310105MAXY50013E", "joined_on": "2026-01-05", "project_cost_fen": "500000"},
        "intake.join_pool",
        {"cycle_id": C, "uscc": "91310105MAXY50013E", "joined_on": "2026-01-05", "project_cost_fen": 50_000_000},
    ),
    (
        f"/cycles/{C}/pool/members/{A}/reviews/2025",
        {"result": "satisfactory", "note": "稳步提升"},
        "intake.review_pool_member",
        {"membership_id": A, "year": 2025, "result": "satisfactory", "note": "稳步提升"},
    ),
    (
        f"/cycles/{C}/pool/members/{A}/account",
        {"account": "Wang.Jian"},
        "intake.entrust_pool_member",
        {"membership_id": A, "account": WITNESS},
    ),
    (f"/cycles/{C}/feedback/prepare", {}, "review.prepare_feedback", {"cycle_id": C}),
    (f"/cycles/{C}/feedback/release", {}, "review.release_feedback", {"cycle_id": C}),
    (
        f"/cycles/{C}/social/{REVIEW}/hold",
        {"held": "elsewhere", "reason": "使用市民平台"},
        "review.hold_vote",
        {**_PANEL, "held": "elsewhere", "reason": "使用市民平台"},
    ),
    (
        f"/cycles/{C}/visits/{REVIEW}/{A}/move",
        {"day": "2026-05-12", "half": "afternoon", "reason": "停电"},
        "review.move_visit",
        {**_PANEL, "application_id": A, "day": "2026-05-12", "half": "afternoon", "reason": "停电"},
    ),
    (
        f"/cycles/{C}/defence/{REVIEW}/plan",
        {
            "rooms": "一号厅", "days": "2026-05-12\n2026-05-13", "sessions.0.begins": "09:00", "sessions.0.ends": "12:00",
            "minutes": "20", "gap_minutes": "5", "speakers_due": "2026-05-08",
        },
        "review.plan_defence",
        {
            **_PANEL, "rooms": ["一号厅"], "days": ["2026-05-12", "2026-05-13"],
            "sessions": [{"begins": "09:00", "ends": "12:00"}], "minutes": 20, "gap_minutes": 5, "absences": [],
            "speakers_due": "2026-05-08",
        },
    ),
    (
        f"/cycles/{C}/scores/{REVIEW}/reports/{A}",
        {"summary": "总体良好", "strengths": "领导重视\n过程受控", "improvements": "数据分析"},
        "review.record_stage_report",
        {
            **_PANEL, "application_id": A, "summary": "总体良好", "strengths": ["领导重视", "过程受控"],
            "improvements": ["数据分析"],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "fields", "operation", "expected"), RIGHT, ids=[f"{case[2]}" for case in RIGHT]
)
def test_what_is_filled_in_reaches_the_operation(
    tmp_path: Path, address: str, fields: dict[str, Any], operation: str, expected: dict[str, Any]
) -> None:
    office = Office(tmp_path, _SAID)
    sent = office.visitor.fill(office.visitor.open(address), **fields)
    got = {
        name: value for name, value in office.got(operation).items() if value is not None or name in expected
    }
    assert got == expected
    assert sent.status in {200, 303}, sent.words


@pytest.mark.parametrize(
    ("address", "fields", "operation", "expected"),
    [case for case in RIGHT if case[1]],
    ids=[case[2] for case in RIGHT if case[1]],
)
def test_a_refusal_keeps_what_was_typed(
    tmp_path: Path, address: str, fields: dict[str, Any], operation: str, expected: dict[str, Any]
) -> None:
    """Whatever the service says no to stands at the field and at the top, and the operation was asked once."""
    name = next(each for each in fields if "." not in each or each[-1].isalpha())
    office = Office(
        tmp_path,
        _SAID | {operation: Invalid("不行", "no", errors=[FieldError(name, "这里不对", "wrong here")])},
    )
    shown = office.visitor.fill(office.visitor.open(address), **fields)
    assert shown.status == 422, shown.words
    assert shown.text.count("这里不对") >= 2
    typed = dict(shown.form()["fields"])
    for field, value in fields.items():
        assert typed[field].strip() == value, field
    assert office.asked(operation) == 1


@pytest.mark.parametrize(
    ("address", "fields", "operation", "expected"),
    [case for case in RIGHT if case[1]],
    ids=[case[2] for case in RIGHT if case[1]],
)
def test_nothing_filled_in_is_said_at_the_fields(
    tmp_path: Path, address: str, fields: dict[str, Any], operation: str, expected: dict[str, Any]
) -> None:
    """An empty form asks nothing of a service, unless the operation itself may be asked with nothing."""
    office = Office(tmp_path, _SAID)
    before = office.visitor.open(address)
    shown = office.visitor.fill(before, **dict.fromkeys(fields, ""))
    if operation in {"review.enter_pool", "intake.entrust_pool_member"}:
        return  # ids or a filter, either may be left out: the service says which is needed; no account takes it back
    assert shown.status == 422, shown.words
    assert "govuk-error-summary" in shown.text
    assert office.asked(operation) == 0


@pytest.mark.parametrize(
    ("address", "field", "others", "operation"),
    [
        (
            f"/cycles/{C}/a/{A}/judge?rule=16.3&condition=c",
            "reason",
            {"confirmed": "true"},
            "eligibility.judge",
        ),
        (f"/cycles/{C}/panels/{REVIEW}/draw", "share", {"witness": "wang.jian"}, "review.draw_panel"),
        ("/office/bodies/new", "name", {"kind": "street"}, "intake.register_recommending_body"),
        ("/experts/E1/retire", "reason", {}, "review.retire_expert"),
    ],
)
def test_hostile_words_are_words(
    tmp_path: Path, address: str, field: str, others: dict[str, str], operation: str
) -> None:
    """They reach the service as they are, and come back as text where they are refused."""
    office = Office(
        tmp_path, _SAID | {operation: Invalid("不行", "no", errors=[FieldError(field, "不对", "wrong")])}
    )
    shown = office.visitor.fill(office.visitor.open(address), **{field: _HOSTILE}, **others)
    assert office.got(operation)[field] == _HOSTILE
    assert "<script>alert" not in shown.text
    assert "&lt;script&gt;alert" in shown.text


@pytest.mark.parametrize(
    ("address", "fields", "wrong"),
    [
        (f"/cycles/{C}/a/{A}/return", {"items.0.field": "no_such_part", "items.0.reason": "x"}, "f-items-0-field"),
        (f"/cycles/{C}/a/{A}/judge?rule=1", {"confirmed": "maybe", "reason": "x"}, "f-confirmed"),
        ("/experts/E1/absences/new", {"since": "yesterday", "until": "2026-05-09"}, "f-since"),
        (f"/cycles/{C}/pool/join", {"uscc": "1", "joined_on": "2026-01-05", "project_cost_fen": "a lot"}, "f-project_cost_fen"),
        (f"/cycles/{C}/defence/{REVIEW}/plan", {"minutes": "twenty"}, "f-minutes"),
    ],
)  # fmt: skip
def test_what_is_of_no_such_kind_is_said_at_its_field(
    tmp_path: Path, address: str, fields: dict[str, str], wrong: str
) -> None:
    office = Office(tmp_path, _SAID)
    shown = office.visitor.fill(office.visitor.open(address), **fields)
    assert shown.status == 422
    assert f'href="#{wrong}"' in shown.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("typed", ["nobody.here", WITNESS, "gone", _HOSTILE])
@pytest.mark.parametrize(
    ("address", "field", "others", "operation"),
    [
        (f"/cycles/{C}/panels/{REVIEW}/draw", "witness", {"share": "1"}, "review.draw_panel"),
        (f"/cycles/{C}/pool/members/{A}/account", "account", {}, "intake.entrust_pool_member"),
    ],
)
def test_a_user_name_that_nobody_has_is_said_at_its_field(
    tmp_path: Path,
    address: str,
    field: str,
    others: dict[str, str],
    operation: str,
    typed: str,
    language: str,
) -> None:
    """Nor one of an account that is shut; a subject is no user name."""
    office = Office(tmp_path, _SAID)
    boss = office.bench.administrator()
    gone = office.bench.identity.create(
        boss, username="gone", password="a long first password", display_name="走", roles=["discipline"]
    )
    office.bench.identity.set_disabled(boss, gone["account_id"], disabled=True)
    page = office.visitor.open(f"{address}?lang={language}")
    page = office.visitor.follow(page) if page.status == 303 else page
    shown = office.visitor.fill(page, **{field: typed}, **others)
    assert shown.status == 422
    assert f'href="#f-{field}"' in shown.text
    why = {"zh": "没有使用这个用户名的账号", "en": "Nobody signs in with this user name"}[language]
    assert shown.words.count(why) >= 2
    assert office.asked(operation) == 0


def test_an_account_is_taken_back_from_a_member(tmp_path: Path) -> None:
    office = Office(tmp_path, _SAID)
    sent = office.visitor.fill(office.visitor.open(f"/cycles/{C}/pool/members/{A}/account"), account="")
    assert sent.status == 303
    assert office.got("intake.entrust_pool_member")["account"] is None


def test_a_stale_revision_shows_what_stands_there_now(tmp_path: Path) -> None:
    """Mine beside theirs: the entry as it is now, and the form with what was typed."""
    office = Office(
        tmp_path, {"review.expert": {"name": "旧名", "revision": 3, "employments": [], "contact": None}}
    )
    page = office.visitor.open("/experts/E1/change")
    office.said["review.expert"] = {"name": "别人改的名", "revision": 4, "employments": [], "contact": None}
    office.said["review.change_expert"] = Conflict("已被更改", "changed meanwhile", code="changed_meanwhile")
    shown = office.visitor.fill(page, name="我改的名")
    assert shown.status == 409
    assert office.got("review.change_expert")["revision"] == 3
    assert "别人改的名" in shown.words
    assert dict(shown.form()["fields"])["name"] == "我改的名"


def test_a_form_sent_twice_is_one_command(tmp_path: Path) -> None:
    """Both carry the same key: the service does it once."""
    office = Office(tmp_path, _SAID)
    page = office.visitor.open(f"/cycles/{C}/feedback/release")
    for _ in range(2):
        office.visitor.fill(page)
    calls = [call for call in office.services.calls if call.operation == "review.release_feedback"]
    assert len({call.context.message_id for call in calls}) == 1


@pytest.mark.parametrize(
    ("address", "asked", "operation", "hidden", "fields"),
    [
        ("/experts/E1/change", "review.expert", "review.change_expert", "revision", {"name": "我改的名"}),
        ("/experts/E1/retire", "review.expert", "review.retire_expert", "revision", {"reason": "本人要求"}),
        (f"/cycles/{C}/panels/{REVIEW}/release", "review.inspect_panel", "review.release_panel", "revision", {}),
        (f"/cycles/{C}/feedback/{A}", "review.feedback_report", "review.edit_feedback", "revision", {"summary": "我写的"}),
    ],
)  # fmt: skip
def test_what_is_sent_again_after_a_conflict_names_what_was_shown(
    tmp_path: Path, address: str, asked: str, operation: str, hidden: str, fields: dict[str, str]
) -> None:
    """Otherwise it could never be sent: the revision of the first reading would be refused for ever."""
    stands: dict[str, Any] = {"revision": 3}
    if asked == "review.expert":
        stands |= {"name": "旧名", "employments": [], "contact": None}
    if asked == "review.feedback_report":
        stands |= {"state": "drafted"}
    office = Office(tmp_path, _SAID | {asked: stands})
    page = office.visitor.open(address)
    office.said[asked] = stands | {"revision": 4}
    office.said[operation] = Conflict("已被更改", "changed meanwhile", code="changed_meanwhile")
    shown = office.visitor.fill(page, **fields)
    assert (shown.status, office.got(operation)["revision"]) == (409, 3)
    assert dict(shown.form(hidden)["fields"])[hidden] == "4"
    office.visitor.fill(shown, having=hidden)
    assert office.got(operation)["revision"] == 4


def test_the_cost_of_a_project_is_told_in_yuan_as_it_is_typed(tmp_path: Path) -> None:
    project = {"project_id": A, "title": "示例项目", "summary": "示例", "cost_fen": 12_345_600}
    office = Office(
        tmp_path, {"intake.pool_members": {"members": [{"name": "示例", "uscc": "1", "projects": [project]}]}}
    )
    shown = office.visitor.open(f"/cycles/{C}/pool/projects/{A}")
    assert "申报费用 123,456 元" in shown.words
    assert "12345600" not in shown.text


def test_members_are_called_by_user_name_or_subject(tmp_path: Path) -> None:
    """Whoever signs in with a name is called as the services know them; what is no user name stays as it is typed."""
    office = Office(tmp_path)
    typed = {"members": "wang.jian\nM2\n", "chair": "wang.jian"}
    assert office.visitor.fill(office.visitor.open(f"/cycles/{C}/committee/members"), **typed).status == 303
    sent = office.got("committee.convene")
    assert (sent["members"], sent["chair"]) == ([WITNESS, "M2"], WITNESS)
