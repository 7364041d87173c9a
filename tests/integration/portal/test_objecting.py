"""Objecting without an account: papers first, who and why, number and code once; following it; nothing that tells a guesser."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from shared.contracts import Context
from shared.problems import Conflict, NotFound, invalid_field
from tests.support.browsing import Shown, Visitor, masked
from tests.support.gateway import REAL, Bench, InProcess, answered, make_bench

ADDRESS = f"/notices/{REAL}/award/object/1"
TOKEN = "t" * 30
SECRET = "q2Yw0a1c-example-of-a-token-6XkJ9b3q2Y"
RECEIPT = "2025-5F0C1A2B3D"
GOOD = {
    "who": "person", "by.name": "王芳", "by.id_number": "11010519491231002x", "contact": "021-5555 0100",
    "ground": "false_materials", "statement": "2024 年的利润与年报不符。", "declared": "yes",
}  # fmt: skip


class World:
    """A notice that runs; papers are taken and objections kept."""

    def __init__(self) -> None:
        self.runs, self.rehearsal = True, False
        self.refuse: dict[str, Exception] = {}
        self.state: dict[str, Any] = {
            "state": "dismissed",
            "may_appeal": True,
            "awaits": "appeal",
            "facts": None,
        }
        self.papers = 0

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method in self.refuse:
            raise self.refuse[method]
        reply = answered(service, method, data, context)
        if method == "notice":
            reply |= {
                "rehearsal": self.rehearsal,
                "runs": self.runs,
                "cycle_id": data["cycle_id"],
                "notice": data["notice"],
            }
            reply["lines"] = [{**reply["lines"][0], "application_id": "a1", "name": "示例公司"}]
        elif method == "add_paper":
            self.papers += 1
            reply |= {"paper_id": f"p{self.papers}", "token": TOKEN, "file_name": data["file_name"]}
        elif method == "object":
            reply |= {"receipt": RECEIPT, "secret": SECRET, "state": "received"}
        elif method in {"objection_state", "appeal_objection", "objector_letter"}:
            if (data["receipt"], data["secret"]) != (RECEIPT, SECRET):
                raise NotFound("没有这件异议", "no such objection")
            if method == "objector_letter":
                return reply | {"letter": data["letter"], "to": "objector"}
            reply |= {"receipt": RECEIPT, **self.state}
            reply |= {"state": "appealed", "may_appeal": False} if method == "appeal_objection" else {}
        return reply


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def caller(world: World) -> InProcess:
    return InProcess(world.answer)


@pytest.fixture
def bench(tmp_path: Path, caller: InProcess) -> Bench:
    return make_bench(tmp_path, caller)


@pytest.fixture
def anybody(bench: Bench) -> Visitor:
    return Visitor(bench)


def _got(caller: InProcess, operation: str) -> list[Mapping[str, Any]]:
    return [call.data for call in caller.calls if call.operation == operation]


def _form(shown: Shown, step: str) -> dict[str, Any]:
    return next(form for form in shown.forms if ("_step", step) in form["fields"])


def _upload(
    visitor: Visitor, shown: Shown, content: bytes = b"%PDF-1.7 evidence", name: str = "证据.pdf"
) -> Shown:
    """Send one file with its form, as one body in memory."""
    fields: dict[str, Any] = {}
    for key, value in _form(shown, "paper")["fields"]:
        fields.setdefault(key, []).append(value)
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    sent = visitor.client.post(ADDRESS, base_url="https://localhost", data=body, content_type=kind)
    return Shown(ADDRESS, sent)


def _to_the_form(visitor: Visitor, shown: Shown) -> Shown:
    return visitor.post(ADDRESS, _form(shown, "form")["fields"])


def _object(visitor: Visitor, shown: Shown, **changed: Any) -> Shown:
    return visitor.fill(shown, having="by.name", _step="object", **{**GOOD, **changed})


def test_it_is_said_first_that_nobody_objects_anonymously_who_sees_the_name_and_the_last_day(
    anybody: Visitor,
) -> None:
    shown = anybody.open(ADDRESS)
    assert shown.status == 200
    for words in ("匿名的不予受理", "可以查看", "申报人只知道异议的事由和事实", "最后一天", "示例公司"):
        assert words in shown.words
    assert ADDRESS in anybody.open(f"/notices/{REAL}/award").links


def test_papers_first_then_the_objection_and_the_code_once(anybody: Visitor, caller: InProcess) -> None:
    shown = _upload(anybody, anybody.open(ADDRESS))
    assert shown.status == 200, shown.words
    shown = _upload(anybody, shown, name="证据二.pdf")
    assert "证据.pdf" in shown.words
    assert "证据二.pdf" in shown.words
    shown = _to_the_form(anybody, shown)
    done = _object(anybody, shown)
    assert done.status == 200, done.words
    assert RECEIPT in done.words
    assert SECRET in done.words
    assert "只显示这一次" in done.words
    assert done.response.headers["Cache-Control"] == "no-store"
    (data,) = _got(caller, "eligibility.object")
    assert data == {
        "cycle_id": REAL, "notice": "award", "application_id": "a1", "source": "public", "evidence": True,
        "by": {"name": "王芳", "id_number": "11010519491231002X"}, "ground": "false_materials",
        "statement": GOOD["statement"], "contact": GOOD["contact"], "papers": ["p1", "p2"],
    }  # fmt: skip
    (claimed,) = _got(caller, "intake.claim_papers")
    assert claimed["papers"] == [{"paper_id": "p1", "token": TOKEN}, {"paper_id": "p2", "token": TOKEN}]
    assert SECRET not in anybody.open("/objections/track").text
    assert SECRET not in anybody.open(ADDRESS).text


def test_who_is_signed_in_objects_as_nobody_in_particular(bench: Bench, caller: InProcess) -> None:
    """No service is told of the account, neither with a paper nor with the objection."""
    visitor = Visitor(bench, "applicant")
    shown = _to_the_form(visitor, _upload(visitor, visitor.open(ADDRESS)))
    assert _object(visitor, shown).status == 200
    told = [
        call.context for call in caller.calls if call.operation in {"intake.add_paper", "eligibility.object"}
    ]
    assert len(told) == 2
    assert {context.role for context in told} == {"public"}
    assert not any("user.applicant" in context.actor for context in told)


def test_a_unit_objects_by_its_code(anybody: Visitor, caller: InProcess) -> None:
    shown = _to_the_form(anybody, anybody.open(ADDRESS))
    changed = {"who": "unit", "by.name": "示例单位", "by.uscc": "91310105maxy50013e"}
    assert _object(anybody, shown, **changed).status == 200
    (data,) = _got(caller, "eligibility.object")
    assert data["by"] == {"name": "示例单位", "uscc": "91310105MAXY50013E"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("who", None), ("who", "nobody"), ("by.name", ""), ("by.id_number", ""), ("by.id_number", "12"), ("contact", ""),
        ("contact", "x" * 300), ("ground", None), ("ground", "no-such"), ("statement", ""), ("statement", "字" * 10_001),
        ("declared", None),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_at_its_field_and_the_rest_is_kept(
    anybody: Visitor, caller: InProcess, name: str, value: str | None
) -> None:
    shown = _to_the_form(anybody, _upload(anybody, anybody.open(ADDRESS)))
    refused = _object(anybody, shown, **{name: value})
    assert refused.status == 422
    assert "govuk-error-summary" in refused.text
    anchor = "f-" + re.sub("[^A-Za-z0-9_-]", "-", name)
    assert f'href="#{anchor}"' in refused.text
    assert "govuk-error-message" in refused.text
    assert ("_paper", f"p1:{TOKEN}") in refused.form("by.name")["fields"]
    kept = {key: text for key, text in refused.form("by.name")["fields"] if key not in {name, "_step"}}
    for other in {"by.name", "contact", "statement"} - {name}:
        assert kept[other] == GOOD[other]
    assert not _got(caller, "eligibility.object")


def test_hostile_words_stay_words(anybody: Visitor) -> None:
    shown = _to_the_form(anybody, anybody.open(ADDRESS))
    refused = _object(anybody, shown, statement='"><script>alert(1)</script>', declared=None)
    assert "<script>alert" not in refused.text
    back = anybody.fill(refused, having="by.name", _step="papers")
    assert "<script>alert" not in back.text
    again = _to_the_form(anybody, back)
    assert "alert(1)" in dict(again.form("by.name")["fields"])["statement"]


def test_a_refusal_of_the_service_stands_at_its_field(anybody: Visitor, world: World) -> None:
    world.refuse["object"] = invalid_field("by.id_number", "校验码不对", "the check character is wrong")
    shown = _to_the_form(anybody, anybody.open(ADDRESS))
    refused = _object(anybody, shown)
    assert refused.status == 422
    assert refused.words.count("校验码不对") == 2
    world.refuse["object"] = Conflict("公示已经结束", "the notice is over")
    assert "公示已经结束" in _object(anybody, shown).words


def test_while_a_service_is_down_all_that_was_typed_and_handed_in_stays(
    anybody: Visitor, caller: InProcess
) -> None:
    """Nobody has a session in which it could be kept: it is on the page that says what is down, and is sent once from there."""
    shown = _to_the_form(anybody, _upload(anybody, anybody.open(ADDRESS)))
    caller.missing = frozenset({"eligibility"})
    down = _object(anybody, shown)
    assert (down.status, "再次提交" in down.words) == (503, True)
    assert anybody.open(ADDRESS).status == 503
    caller.missing = frozenset()
    again = down.form("by.name")
    done = anybody.post(again["action"], again["fields"])
    assert (done.status, done.words.count("异议已提交") > 0) == (200, True), done.words
    (data,) = _got(caller, "eligibility.object")
    assert (data["statement"], len(data["papers"])) == (GOOD["statement"], 1)


def test_papers_are_refused_with_a_reason_and_can_be_taken_away(
    anybody: Visitor, world: World, caller: InProcess
) -> None:
    shown = anybody.open(ADDRESS)
    nothing = anybody.post(ADDRESS, _form(shown, "paper")["fields"])
    assert nothing.status == 422
    assert "请选择文件" in nothing.words
    world.refuse["may_add_paper"] = invalid_field("file_name", "不收这种文件", "no such kind of file")
    refused = _upload(anybody, shown, name="a.exe")
    assert refused.status == 422
    assert "不收这种文件" in refused.words
    assert not _got(caller, "intake.add_paper")
    del world.refuse["may_add_paper"]
    taken = _upload(anybody, shown)
    form = next(
        form
        for form in taken.forms
        if ("_paper", f"p1:{TOKEN}") in form["fields"] and "_step" not in dict(form["fields"])
    )
    dropped = anybody.post(ADDRESS, [*form["fields"], ("_drop", f"p1:{TOKEN}")])
    assert "证据.pdf" not in dropped.words


def test_a_paper_that_is_too_large_is_refused_in_words(tmp_path: Path, caller: InProcess) -> None:
    bench = make_bench(tmp_path, caller, papers_public_largest_bytes=1 << 20)
    visitor = Visitor(bench)
    shown = _upload(visitor, visitor.open(ADDRESS), content=b"x" * ((1 << 20) + 1))
    assert shown.status == 413
    assert "1 MB" in shown.words
    assert not _got(caller, "intake.may_add_paper")
    way_too_large = _upload(visitor, visitor.open(ADDRESS), content=b"x" * (18 << 20))
    assert way_too_large.status == 413
    assert "超过 1 MB" in way_too_large.words


def test_one_address_uploads_so_many_and_no_more(tmp_path: Path, caller: InProcess) -> None:
    bench = make_bench(tmp_path, caller, papers_address_most=1)
    visitor = Visitor(bench)
    shown = visitor.open(ADDRESS)
    assert _upload(visitor, shown).status == 200
    assert _upload(visitor, shown).status == 429


def test_outside_the_notice_nobody_objects_and_a_line_that_is_not_there_is_no_page(
    anybody: Visitor, world: World
) -> None:
    for address in (ADDRESS[:-1] + "2", ADDRESS[:-1] + "0", ADDRESS[:-1] + "x", ADDRESS[:-1] + "9999999"):
        assert anybody.open(address).status == 404, address
    world.runs = False
    shown = anybody.open(ADDRESS)
    assert "不在公示期内" in shown.words
    assert not [form for form in shown.forms if "object" in form["action"]]
    assert ADDRESS not in anybody.open(f"/notices/{REAL}/award").links
    world.rehearsal = True
    assert anybody.open(ADDRESS).status == 404


# --- following it --------------------------------------------------------------------------------------------------------------


def _ask(visitor: Visitor, receipt: str = RECEIPT, secret: str = SECRET) -> Shown:
    return visitor.fill(visitor.open("/objections/track"), having="receipt", receipt=receipt, secret=secret)


def test_a_wrong_code_an_unknown_number_and_what_is_no_code_are_one_answer(anybody: Visitor) -> None:
    """Same status, same words, same length: nobody learns which numbers there are."""
    wrong = [
        _ask(anybody, secret="x" * 40), _ask(anybody, receipt="2025-0000000000"), _ask(anybody, secret="short"),
        _ask(anybody, receipt="x" * 5000),
    ]  # fmt: skip
    assert {shown.status for shown in wrong} == {404}
    assert len({masked(shown) for shown in wrong}) == 1
    assert "编号或查询码不对" in wrong[0].words
    unknown = {"receipt": "x", "secret": "y" * 30}
    letters = anybody.post("/objections/track", {**unknown, "_step": "letter", "letter": "ruling"})
    appeal = anybody.post("/objections/track", {**unknown, "_step": "appeal", "text": "理由"})
    assert masked(letters) == masked(appeal) == masked(wrong[0])


def test_the_state_is_told_with_letters_and_an_appeal(anybody: Visitor, caller: InProcess) -> None:
    shown = _ask(anybody)
    assert shown.status == 200, shown.words
    assert "异议不成立" in shown.words
    assert "裁定书" in shown.words
    assert SECRET not in shown.response.headers.get("Location", "")
    sent = anybody.fill(shown, having="text", text="裁定未审查附件二。")
    assert sent.status == 200, sent.words
    assert "复核申请已收到" in sent.words
    (data,) = _got(caller, "eligibility.appeal_objection")
    assert data == {"receipt": RECEIPT, "secret": SECRET, "text": "裁定未审查附件二。", "papers": []}
    assert "text" not in {name for form in sent.forms for name, _ in form["fields"]}


def test_an_appeal_needs_reasons_and_takes_a_paper(anybody: Visitor, caller: InProcess) -> None:
    shown = _ask(anybody)
    refused = anybody.fill(shown, having="text", text="")
    assert refused.status == 422
    assert "异议不成立" in refused.words
    sent = anybody.fill(refused, having="text", text="见附件", file=(io.BytesIO(b"%PDF"), "新证据.pdf"))
    assert sent.status == 200, sent.words
    assert _got(caller, "eligibility.appeal_objection")[-1]["papers"] == ["p1"]


def test_a_letter_is_a_file(anybody: Visitor) -> None:
    for form, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        given = {"receipt": RECEIPT, "secret": SECRET, "letter": "ruling", "form": form, "_step": "letter"}
        got = anybody.client.post("/objections/track", data=given, base_url="https://localhost")
        assert got.status_code == 200
        assert got.get_data().startswith(start)
        assert "attachment" in got.headers["Content-Disposition"]
