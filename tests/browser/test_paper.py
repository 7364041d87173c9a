"""Pages on paper: A4, heads of tables on every sheet, fonts that come along, no boxes for characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from shared.contracts import Context
from shared.contracts.operations import OFFICE
from tests.browser.kit import Browsing
from tests.browser.paper import Paper
from tests.browser.sampled import Sampled, gateway, sign_in
from tests.support.crawling import said
from tests.support.gateway import REAL

NAME = "示例𬭎公司"  # a name with a character of four bytes, as names of people and firms have them
LINES = 120


def _long(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Lists that need several sheets."""
    reply = said(service, method, data, context)
    for name in ("applications", "lines"):
        if (service, method) in {("intake", "applications"), ("eligibility", "notice")} and reply.get(name):
            reply[name] = [{**reply[name][0], "name": f"{NAME}{number}"} for number in range(LINES)]
    return reply


@pytest.fixture(scope="module")
def long(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampled]:
    with gateway(tmp_path_factory.mktemp("long"), built, _long) as found:
        yield found


@pytest.fixture
def browsing_long(long: Sampled, chromium: Browser, built: Path) -> Iterator[Browsing]:
    browsing = Browsing(chromium, long.home, built)
    yield browsing
    browsing.close()
    assert browsing.wrong == []


def _is_whole(page: Page, heads: tuple[str, ...]) -> None:
    paper = Paper.of(page)
    with_rows = [text for text in paper.texts if re.search(r"公司\d", "".join(text.split()))]
    assert len(with_rows) >= 2
    for head in heads:
        assert all(head in "".join(text.split()) for text in with_rows), head
    for number in range(LINES):
        assert sum(f"公司{number}" in "".join(text.split()) for text in with_rows) >= 1, number
    assert paper.embedded
    assert paper.tofu == 0
    for word in ("退出", "跳到正文", "长者版", "清除筛选"):
        assert word not in "".join(paper.texts)
    assert paper.beyond == []


def test_the_list_of_applications_is_printed(browsing_long: Browsing, long: Sampled) -> None:
    page = sign_in(browsing_long, long, OFFICE)
    page.goto(f"/cycles/{REAL}/applications")
    _is_whole(page, ("编号", "名称", "状态", "尚缺"))


def test_a_notice_is_printed(browsing_long: Browsing) -> None:
    page = browsing_long.open()
    page.goto(f"/notices/{REAL}/announcement")
    _is_whole(page, ("序号", "名称"))


def test_a_box_for_a_character_is_found(page: Page) -> None:
    """The test itself: a character that no font has."""
    page.set_content("<p>示例</p>")
    assert Paper.of(page).tofu == 0
    page.set_content("<p>示例\U000fff80</p>")
    assert Paper.of(page).tofu == 1
