"""A reviewer's way: statement, sheet, handing in; and what is not there for whoever is kept away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import Context
from shared.problems import Conflict, Unavailable
from shared.rulebooks.facts import FACTS as KNOWN
from tests.support.browsing import Visitor, signed_in_again
from tests.support.gateway import REAL, InProcess, answered, any_rulebook, make_bench

APPLICATION = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
STAGE = next(stage.key for stage in any_rulebook().stages if stage.kind == "review")
KIND = next(kind for kind in any_rulebook().kinds)
CATEGORY = next(iter(any_rulebook().categories), None)
TREE = any_rulebook().criteria_for(KIND, CATEGORY)
assert TREE is not None
ITEMS = [leaf.key for leaf in TREE.leaves][:3]
BASE = f"/review/{REAL}/{STAGE}/{APPLICATION}"
CASE = {
    "application_id": APPLICATION,
    "name": "示例公司",
    "kind": KIND,
    "uscc": "91310105MAXY50013E",
    "advisers": ["张顾问"],
}
FACTS = {
    "prior_awards": [{"award": "某奖", "level": "city", "year": 2020}], "for_profit": True, "profit_yuan": {"2023": -20000},
}  # fmt: skip
ANSWERS = ("employed", "advised", "consulted", "kin", "shareholding", "competitor", "other")
WORK = {
    "stage": STAGE, "category": CATEGORY, "leader": "E9",
    "assignments": [
        {"application_id": APPLICATION, "expert_id": "E1", "position": 1, "submitted": False, "state": "accepted"}
    ],
}  # fmt: skip


def item(name: str, **more: Any) -> dict[str, Any]:
    empty = {
        "strengths": "",
        "improvements": "",
        "band": None,
        "percent": None,
        "points": None,
        "rationale": "",
    }
    return {"item": name, "title_zh": "条款", "title_en": "item", "points_most": 40, **empty, **more}


class World:
    """What the services say, to be changed by a test."""

    def __init__(self) -> None:
        self.kept_away = False
        self.revision = 3
        self.stale = False
        self.cycles, self.silent = 1, ""
        self.scored: dict[str, Any] = {}
        self.files: list[dict[str, Any]] = []

    @property
    def names(self) -> list[str]:
        return [REAL if number == 0 else f"{REAL}-{number}" for number in range(self.cycles)]

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        if method == "save_sheet_item" and self.stale:
            self.revision = 4
            raise Conflict("刚被改过", "changed meanwhile", code="changed_meanwhile")
        if self.silent == "previews" and method == "file_previews":
            raise Unavailable("没有应答", "no answer")
        if self.silent and data.get("cycle_id") == self.silent:
            raise Unavailable("没有应答", "no answer")
        reply = answered(service, method, data, context)
        if method == "cycles":
            open_one = {
                **reply["cycles"][0],
                "rehearsal": False,
                "state": "running",
                "rulebook": any_rulebook().id,
            }
            reply["cycles"] = [{**open_one, "cycle_id": name} for name in self.names]
        return {
            "my_work": {"cycles": [] if self.kept_away else [
                {"cycle_id": each, "panels": [WORK], "cases": {"declared": True, "applications": [CASE], "stated": []}}
                for each in self.names
            ]},
            "my_assignments": {"panels": [] if self.kept_away else [WORK]},
            "awaiting_statement": {"declared": True, "applications": [] if self.kept_away else [CASE], "stated": []},
            "dossier": reply
            | {
                "dossier": {
                    **reply.get("dossier", {}), "kind": KIND, "category": CATEGORY, "facts": FACTS, "files": self.files,
                }
            },
            "file_previews": {
                "previews": [{"page": page, "media_type": "image/png", "digest": "-", "size": 1} for page in (1, 2)]
            },
            "my_sheet": reply
            | {
                "items": [item(name, strengths="别处写的" if self.stale else "", **self.scored) for name in ITEMS],
                "lacking": [{"item": ITEMS[1], "field": "percent", "reason_zh": "未填", "reason_en": "missing"}],
                "revision": self.revision, "state": "draft", "returned": [], "step": TREE.step if TREE else 5,
            },
        }.get(method, reply)  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def reviewer(tmp_path: Path, services: InProcess) -> Visitor:
    return Visitor(make_bench(tmp_path, services), "reviewer")


def _sent(services: InProcess, operation: str) -> list[Mapping[str, Any]]:
    return [call.data for call in services.calls if call.operation == operation]


def test_the_first_page_says_of_which_stage_each_review_is(reviewer: Visitor) -> None:
    title = next(stage.title.zh for stage in any_rulebook().stages if stage.key == STAGE)
    assert title in reviewer.open("/review").words


def test_no_code_of_the_system_stands_on_the_first_page_and_the_sheet(reviewer: Visitor) -> None:
    """The regulation by its title, what was stated under what people call it, lists and figures in words."""
    first = reviewer.open("/review")
    assert any_rulebook().title.zh in first.words
    assert any_rulebook().id not in first.words
    sheet = reviewer.open(f"{BASE}/sheet")
    for name, words in {
        "for_profit": "是",
        "prior_awards": "级别：市级",
        "profit_yuan": "2023：-20,000 元",
    }.items():
        assert name not in sheet.words
        assert KNOWN[name].title.zh in sheet.words
        assert words in sheet.words


def test_the_statement_comes_before_the_dossier(reviewer: Visitor) -> None:
    page = reviewer.open("/review")
    assert f"/review/{REAL}/{APPLICATION}/declare" in page.links
    assert "申明利害关系" in page.words


def test_every_relation_is_answered_and_signed(reviewer: Visitor, services: InProcess) -> None:
    page = reviewer.open(f"/review/{REAL}/{APPLICATION}/declare")
    assert "checked" not in page.text  # nothing is chosen before
    assert "张顾问" in page.words
    some = {f"answers.{name}": "no" for name in ANSWERS[:-1]}
    refused = reviewer.fill(page, **some, signed_by="李评审")
    assert refused.status == 422
    assert 'href="#f-answers-other"' in refused.text
    assert _sent(services, "review.state_interests") == []
    reviewer.fill(page, **some, **{"answers.other": "yes"}, signed_by="李评审")
    (sent,) = _sent(services, "review.state_interests")
    assert sent["answers"] == {**dict.fromkeys(ANSWERS, False), "other": True}
    assert sent["signed_by"] == "李评审"


def test_what_one_is_kept_from_is_not_there(reviewer: Visitor, world: World) -> None:
    world.kept_away = True
    for address in (
        f"/review/{REAL}/{APPLICATION}/declare",
        f"{BASE}/sheet",
        f"{BASE}/check",
        f"{BASE}/answer",
    ):
        assert reviewer.open(address).status == 404, address
    assert APPLICATION not in reviewer.open("/review").text


def test_the_document_is_read_beside_the_sheet(reviewer: Visitor, world: World) -> None:
    """What has pages opens by itself; what one turned to stays open while the items are gone through; a file that the address
    makes up is the first one; without an answer the block says so.
    """
    named = {"material": "proofs", "size": 10, "digest": "sha256:" + "0" * 64}
    world.files = [
        {**named, "file_id": "f1", "file_name": "申报表.docx", "kind": "docx"},
        {**named, "file_id": "f2", "file_name": "证明.pdf", "kind": "pdf"},
    ]
    picture = f"/api/v1/cycles/{REAL}/reviews/{APPLICATION}/files/f2/pages/"
    page = reviewer.open(f"{BASE}/sheet")
    assert f'src="{picture}1"' in page.text
    assert "第 1 页，可在此查看 2 页" in page.words
    turned = reviewer.open(f"{BASE}/sheet?item={ITEMS[0]}&file=f2&page=2")
    assert f'src="{picture}2"' in turned.text
    for hostile in ("file=f9&page=2", "page=99999999999", "page=0", "page=x"):
        assert reviewer.open(f"{BASE}/sheet?{hostile}").status == 200
    done = reviewer.fill(turned, strengths="好", percent="50")
    assert done.response.headers["Location"].endswith(f"item={ITEMS[1]}&file=f2&page=2")
    assert f"item={ITEMS[1]}&file=f2&page=2" in turned.text.replace("&amp;", "&")
    world.silent = "previews"
    assert "暂时取不到" in reviewer.open(f"{BASE}/sheet").words


def test_an_item_is_saved_and_the_next_one_opens(reviewer: Visitor, services: InProcess) -> None:
    page = reviewer.open(f"{BASE}/sheet")
    assert f"?item={ITEMS[1]}" in page.form()["action"]  # the first that lacks something
    done = reviewer.fill(page, strengths="好", improvements="再好", percent="65", rationale="因为")
    assert done.response.headers["Location"] == f"{BASE}/sheet?item={ITEMS[2]}"
    (sent,) = _sent(services, "review.save_sheet_item")
    assert {name: sent[name] for name in ("item", "revision", "strengths", "percent")} == {
        "item": ITEMS[1], "revision": 3, "strengths": "好", "percent": "65",
    }  # fmt: skip


def test_the_last_item_leads_to_reading_over(reviewer: Visitor) -> None:
    page = reviewer.open(f"{BASE}/sheet?item={ITEMS[2]}")
    assert reviewer.fill(page, strengths="好").response.headers["Location"] == f"{BASE}/check"


def test_two_windows_see_each_other(reviewer: Visitor, world: World, services: InProcess) -> None:
    """Mine beside theirs, nothing overwritten; saving again says that mine is meant."""
    page = reviewer.open(f"{BASE}/sheet")
    world.stale = True
    shown = reviewer.fill(page, strengths="我写的")
    assert shown.status == 409
    assert "别处写的" in shown.words
    assert "我写的" in shown.text
    world.stale = False
    reviewer.fill(shown)
    assert (_sent(services, "review.save_sheet_item")[-1])["revision"] == 4


def test_a_refused_saving_names_the_next_key(reviewer: Visitor, world: World) -> None:
    """To the script: what is mended after a refusal is another request."""
    fields = dict(reviewer.open(f"{BASE}/sheet").form()["fields"]) | {"strengths": "好"}
    world.stale = True
    sent = reviewer.post(f"{BASE}/sheet?item={ITEMS[1]}", fields, **{"X-Partial": "sheet"})
    assert sent.status == 409
    assert sent.response.get_json()["key"] not in {"", fields["_key"]}


def test_an_item_comes_back_as_it_was_typed_when_a_session_ended(reviewer: Visitor) -> None:
    page = reviewer.open(f"{BASE}/sheet?item={ITEMS[2]}")
    reviewer.client.delete_cookie("__Host-zhiheng", domain="localhost")
    shown = signed_in_again(reviewer, reviewer.fill(page, strengths="写了很久"), "reviewer")
    assert shown.address == f"{BASE}/sheet?item={ITEMS[2]}"
    assert dict(shown.form("strengths")["fields"])["strengths"].strip() == "写了很久"


def test_percents_and_totals_have_no_noughts_at_their_end(reviewer: Visitor, world: World) -> None:
    """As the rulebook's step has them, in the form too."""
    world.scored = {"percent": "85.000", "points": "34.000"}
    for address in (f"{BASE}/sheet?item={ITEMS[0]}", f"{BASE}/check"):
        shown = reviewer.open(address)
        assert "85" in shown.text
        assert "85.0" not in shown.text
        assert "34.0" not in shown.text


@pytest.mark.parametrize("percent", ["101", "abc", "-1", "65.12345", "６５％", "<b>"])
def test_a_percent_that_is_none_is_refused_at_its_field(
    reviewer: Visitor, services: InProcess, percent: str
) -> None:
    shown = reviewer.fill(reviewer.open(f"{BASE}/sheet"), strengths="留下", percent=percent)
    assert shown.status == 422
    assert 'href="#f-percent"' in shown.text
    assert "留下" in shown.text
    assert _sent(services, "review.save_sheet_item") == []


def test_handing_in_names_what_was_read_over(reviewer: Visitor, services: InProcess) -> None:
    page = reviewer.open(f"{BASE}/check")
    assert f"{BASE}/sheet?item={ITEMS[1]}" in page.links  # what is lacking
    assert reviewer.fill(page).status == 303
    (sent,) = _sent(services, "review.hand_in_sheet")
    assert sent["revision"] == 3


def test_declining_needs_a_reason(reviewer: Visitor, services: InProcess) -> None:
    page = reviewer.open(f"{BASE}/answer")
    assert reviewer.fill(page).status == 422
    assert reviewer.fill(page, answer="decline").status == 422
    reviewer.fill(page, answer="decline", reason="曾任其顾问", interest="consulted")
    (sent,) = _sent(services, "review.answer_assignments")
    assert (sent["accept"], sent["interest"]) == (False, "consulted")


def test_the_yearly_declaration_lists_what_it_answers(reviewer: Visitor, services: InProcess) -> None:
    page = reviewer.open("/review/declaration")
    more = reviewer.fill(page, _more="interests", **{"answers.advised": "yes"})
    assert more.status == 200
    answers = {f"answers.{name}": "no" for name in ("employed", "consulted", "kin", "shareholding", "other")}
    row = {
        "interests.0.relation": "advised",
        "interests.0.uscc": "91310105MAXY50013E",
        "interests.0.since": "2024-03-01",
    }
    reviewer.fill(more, **answers, **row, signed_by="李评审")
    (sent,) = _sent(services, "review.declare_interests")
    assert sent["interests"] == [{"relation": "advised", "uscc": "91310105MAXY50013E", "since": "2024-03-01"}]
    assert sent["answers"]["advised"] is True


def test_what_does_not_answer_is_said_and_the_rest_is_shown(
    reviewer: Visitor, world: World, services: InProcess
) -> None:
    """All cycles are asked about in two questions, however many there are."""
    world.cycles = 60
    page = reviewer.open("/review")
    assert f"/review/{REAL}/{APPLICATION}/declare" in page.links
    assert f"/review/{REAL}-59/{APPLICATION}/declare" in page.links
    asked = [call.operation for call in services.calls if call.operation.startswith(("intake", "review"))]
    assert asked == ["intake.cycles", "review.my_work"]
    services.missing = frozenset({"review"})
    assert "暂时取不到" in reviewer.open("/review").words


def test_a_sheet_asks_for_its_dossier_once(reviewer: Visitor, world: World, services: InProcess) -> None:
    """For the page and for the pictures of its file together; the first three questions go out at once."""
    named = {"material": "proofs", "size": 10, "digest": "sha256:" + "0" * 64}
    world.files = [{**named, "file_id": "f2", "file_name": "证明.pdf", "kind": "pdf"}]
    reviewer.open(f"{BASE}/sheet")  # from now on the cycle is known
    services.calls.clear()
    page = reviewer.open(f"{BASE}/sheet")
    assert page.status == 200
    assert "/files/f2/pages/1" in page.text
    asked = [call.operation for call in services.calls]
    assert asked == ["review.my_assignments", "review.dossier", "review.my_sheet", "intake.file_previews"]
    assert all(call.context.role == "reviewer" for call in services.calls)
