"""A recommending body's pages: the queue, a dossier, signing an opinion on it or giving none, nominations, the pool."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.clock import SHANGHAI, FixedClock
from shared.problems import Conflict
from tests.support.applying import DRAFT, World
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, Bench, InProcess, make_bench

DOSSIER = f"/rec/a/{DRAFT}"
LINE = {
    "application_id": DRAFT, "name": "示例公司", "kind": "organization", "uscc": "91310105MAXY50013E", "category": None,
    "opinion": None, "open": True,
}  # fmt: skip
STATE = {
    "application_id": DRAFT, "cycle_id": REAL, "name": "示例公司", "kind": "organization", "uscc": "91310105MAXY50013E",
    "category": None, "facts": {"region": "某市某区", "chief_quality_officer": True}, "materials": ["proofs"],
    "recommender": "示例街道", "open": True, "opinions": [], "changed_since": None,
}  # fmt: skip
GOOD = {"verdict": "yes", "text": "情况属实，同意推荐。", "signed_by": "王芳"}


@pytest.fixture
def world() -> World:
    made = World()
    made.said["intake.recommendation"] = STATE
    made.said["intake.recommendation_queue"] = {
        "recommendations": [LINE, {**LINE, "application_id": "a2", "name": "另一公司", "opinion": "recommended"}],
        "closes_on": "2025-06-13", "page": 1, "size": 50, "total": 2, "counts": {"waiting": 1, "recommended": 1},
    }  # fmt: skip
    return made


@pytest.fixture
def fang(tmp_path: Path, world: World) -> Visitor:
    clock = FixedClock(datetime(2025, 6, 11, 10, 0, tzinfo=SHANGHAI))
    bench: Bench = make_bench(tmp_path, InProcess(world.answer), clock=clock)
    return Visitor(bench, "recommending_body")


def test_the_queue_is_shown_as_it_is_ordered_with_its_deadline(fang: Visitor, world: World) -> None:
    shown = fang.open("/rec")
    assert shown.words.index("示例公司") < shown.words.index("另一公司")
    assert "还有 2 个工作日" in shown.words
    assert "待签署 1" in shown.words
    assert DOSSIER in shown.links


def test_a_filter_stands_in_the_address_and_what_it_does_not_know_is_left_out(
    fang: Visitor, world: World
) -> None:
    fang.open(f"/rec/c/{REAL}?opinion=declined")
    assert world.data_of("intake.recommendation_queue")["opinion"] == "declined"
    fang.open(f"/rec/c/{REAL}?opinion=lost")
    assert "opinion" not in world.data_of("intake.recommendation_queue")


def test_an_opinion_is_signed_by_a_typed_name(fang: Visitor, world: World) -> None:
    page = fang.open(DOSSIER)
    assert "某市某区" in page.words
    sent = fang.fill(page, **GOOD)
    assert sent.status == 303
    assert world.data_of("intake.recommend_application") == {
        "application_id": DRAFT, "recommends": True, "text": "情况属实，同意推荐。", "signed_by": "王芳",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"verdict": None}, "verdict"), ({"verdict": "maybe"}, "verdict"), ({"text": ""}, "text"),
        ({"signed_by": ""}, "signed_by"), ({"text": "长" * 2001}, "text"), ({"signed_by": "王"}, "signed_by"),
    ],
)  # fmt: skip
def test_what_is_missing_or_too_long_is_said_at_its_field(
    fang: Visitor, world: World, typed: dict[str, Any], field: str
) -> None:
    sent = fang.fill(fang.open(DOSSIER), **{**GOOD, **typed})
    assert (sent.status, f'href="#f-{field}' in sent.text) == (422, True)
    kept = {"text": "情况属实", "signed_by": "王芳"}
    assert all(value in sent.text for name, value in kept.items() if name not in typed)


def test_markup_in_an_opinion_stays_text(fang: Visitor, world: World) -> None:
    world.refuse["intake.recommend_application"] = Conflict("申报已提交", "handed in")
    sent = fang.fill(fang.open(DOSSIER), **{**GOOD, "text": "<img src=x onerror=alert(1)>\u202e𠮷"})
    assert (sent.status, "<img src=x" in sent.text) == (409, False)
    assert "&lt;img src=x" in sent.text


def test_nothing_is_chosen_before_and_nothing_offered_when_it_is_over(fang: Visitor, world: World) -> None:
    assert "checked" not in fang.open(DOSSIER).text
    world.said["intake.recommendation"] = {**STATE, "open": False}
    shown = fang.open(DOSSIER)
    assert 'name="verdict"' not in shown.text
    assert "请联系评审办公室" in shown.words


def test_giving_no_opinion_needs_a_reason(fang: Visitor, world: World) -> None:
    page = fang.open(f"{DOSSIER}/decline")
    assert fang.fill(page, reason="", signed_by="王芳").status == 422
    assert fang.fill(page, reason="不在本辖区", signed_by="王芳").status == 303
    assert world.data_of("intake.decline_recommendation") == {
        "application_id": DRAFT, "reason": "不在本辖区", "signed_by": "王芳"
    }  # fmt: skip


def test_a_nomination_is_offered_where_the_regulation_knows_them(fang: Visitor, world: World) -> None:
    world.said["intake.nominations"] = {"nominations": [], "page": 1, "size": 50, "total": 0}
    assert "本办法没有提名" in fang.open(f"/rec/c/{REAL}/nominations").words
    world.said["intake.cycle"] = {"rulebook": "shenzhen-2023"}
    page = fang.open(f"/rec/c/{REAL}/nominations")
    good = {"name": "示例公司", "uscc": "91310105MAXY50013E", "kind": "organization", "reason": "值得推广"}
    assert fang.fill(page, **{**good, "uscc": "91310105MAXY50013F"}).status == 422
    assert fang.fill(page, **good).status == 303
    assert world.data_of("intake.nominate") == {"cycle_id": REAL, **good}


def test_somebody_is_proposed_for_the_pool(fang: Visitor, world: World) -> None:
    page = fang.open(f"/rec/c/{REAL}/pool")
    given = {
        "name": "示例公司", "uscc": "91310105MAXY50013E", "reason": "质量管理有特色", "contact.name": "李工",
        "contact.phone": "021-5555 0100",
    }  # fmt: skip
    assert fang.fill(page, **given).status == 303
    assert world.data_of("intake.ask_for_pool")["contact"] == {"name": "李工", "phone": "021-5555 0100"}
