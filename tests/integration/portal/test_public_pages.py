"""The public's vote and what was learnt: nothing before it is published, nothing that tells of votes or of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import NotFound, Unavailable
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, InProcess, answered, make_bench

VOTE = f"/vote/{REAL}/social_evaluation"
RECEIPT = "00112233445566778899aabbccddeeff"
NAMES = ("丙公司", "甲公司", "乙公司")


class World:
    """A vote and digests."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, Any]] = {
            "voting": {
                "held": "here",
                "state": "open",
                "choices_at_most": 2,
                "entries": [
                    {"number": n, "application_id": f"a{n}", "name": name} for n, name in enumerate(NAMES, 1)
                ],
            },
            "counted": {"counted": [RECEIPT]},
        }
        self.refuse: dict[str, Exception] = {}

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method in self.refuse:
            raise self.refuse[method]
        return answered(service, method, data, context) | self.said.get(method, {})


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def anybody(tmp_path: Path, world: World) -> Visitor:
    return Visitor(make_bench(tmp_path, InProcess(world.answer)))


def test_entries_stand_in_the_order_given_and_the_page_says_how_to_vote(anybody: Visitor) -> None:
    """The order is review's, drawn for each request: the page does not sort, and is not kept by a browser."""
    shown = anybody.open(VOTE)
    places = [shown.words.index(name) for name in NAMES]
    assert places == sorted(places)
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert "不能在本页直接投票" in shown.words  # no identity service is set up here
    assert all(form["method"] == "get" for form in shown.forms)


def test_a_receipt_is_checked_and_tells_no_choice(anybody: Visitor, world: World) -> None:
    assert "在册" in anybody.open(f"{VOTE}?receipt={RECEIPT.upper()}").words
    world.said["counted"] = {"counted": []}
    assert "没有查到" in anybody.open(f"{VOTE}?receipt={RECEIPT}").words
    for wrong in ("x", "a,b", "%3Cscript%3E", "0" * 5000):
        shown = anybody.open(f"{VOTE}?receipt={wrong}")
        assert shown.status == 200
        assert "没有查到" in shown.words
        assert "<script>" not in shown.text


def test_the_first_page_leads_to_the_votes_that_are_open(anybody: Visitor, world: World) -> None:
    """With none there is no heading; where review does not answer that is said, and no vote is denied."""
    world.said["open_votes"] = {
        "votes": [{"cycle_id": REAL, "stage": "social_evaluation", "closes_at": "2026-03-25T00:00:00+08:00"}]
    }
    assert VOTE in anybody.open("/").links
    world.said["open_votes"] = {"votes": []}
    assert "正在投票" not in anybody.open("/").words
    world.refuse["open_votes"] = Unavailable("不在", "away")
    assert "正在投票 暂时取不到" in anybody.open("/").words.replace("：", "")


def test_a_vote_held_elsewhere_and_one_that_there_is_not(anybody: Visitor, world: World) -> None:
    world.said["voting"] |= {"held": "elsewhere"}
    shown = anybody.open(VOTE)
    assert "不在本系统举行" in shown.words
    assert NAMES[0] not in shown.words
    world.refuse["voting"] = NotFound("没有", "none")
    assert anybody.open(VOTE).status == 404


def test_digests_are_listed_and_read_once_they_are_published(anybody: Visitor, world: World) -> None:
    address = f"/learn/{REAL}"
    line = {
        "cycle_id": REAL,
        "award_zh": "示例奖",
        "award_en": "an award",
        "year": 2025,
        "published_on": "2025-12-01",
    }
    world.said["digests"] = {"digests": [line]}
    assert address in anybody.open("/learn").links
    category = {
        "item": "4.1", "title_zh": "领导", "title_en": "leadership", "improvements_zh": None, "improvements_en": None,
        "bands": [{"band": "0-45", "share_zh": "约三成", "share_en": "about a third"},
                  {"band": "50-65", "share_zh": None, "share_en": None}],
    }  # fmt: skip
    group = {"criteria": "c", "standard_zh": "标准", "standard_en": "the standard", "categories": [category]}
    few = {**group, "categories": []}
    world.said["digest"] = {"groups": [group, few], "texts": [{"item": "4.1", "zh": "缺少对比", "en": None}]}
    shown = anybody.open(address)
    for words in ("约三成", "50–65：—", "缺少对比", "申报主体过少"):
        assert words in shown.words
    world.refuse["digest"] = NotFound("没有公开", "not published")
    assert anybody.open(address).status == 404
    world.said["digests"] = {"digests": []}
    assert "还没有公开" in anybody.open("/learn").words
    world.refuse["digests"] = Unavailable("不在", "away")
    silent = anybody.open("/learn")
    assert silent.status == 200
    assert "暂时取不到" in silent.words
    assert "还没有公开" not in silent.words


def test_what_there_is_not_says_where_to_look(anybody: Visitor) -> None:
    shown = anybody.open("/learn/" + "x" * 80)
    assert shown.status in {404, 422}
    missing = anybody.open("/rules/no-such")
    assert missing.status == 404
    assert {"/", "/notices", "/help"} <= set(missing.links)


def test_the_first_page_says_how_long_calls_and_notices_still_run(tmp_path: Path, world: World) -> None:
    """Working days, the last one counted, of a call; which working day it is of a notice. 18 March 2026 is a Wednesday."""
    (cycle,) = answered("intake", "cycles", {}, Context("m"))["cycles"][:1]
    (notice,) = answered("eligibility", "posted_notices", {}, Context("m"))["notices"][:1]
    world.said = {
        "cycles": {
            "cycles": [
                {**cycle, "state": "open", "rehearsal": False, "opens_on": "2026-03-02", "closes_on": "2026-03-25"}
            ]
        },
        "posted_notices": {
            "notices": [
                {
                    **notice, "runs": True, "first_day": "2026-03-17", "last_day": "2026-03-23", "working_days": 5,
                }
            ]
        },
    }  # fmt: skip
    clock = FixedClock(datetime(2026, 3, 18, 10, tzinfo=SHANGHAI))
    visitor = Visitor(make_bench(tmp_path, InProcess(world.answer), clock=clock))
    shown = visitor.open("/").words
    assert "还有 5 个工作日" in shown
    assert "第 2 个工作日，共 5 个" in shown
    world.said["cycles"]["cycles"][0]["closes_on"] = "2026-03-18"
    assert "今天截止" in visitor.open("/").words
