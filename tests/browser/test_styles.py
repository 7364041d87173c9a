"""The styles on a page that shows every part (specimen.html): readable, touchable, narrow, printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, Route

from services.gateway.portal.assets import Assets
from shared.config import Settings
from tests.browser.kit import Browsing
from tests.browser.paper import Paper

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
ROW = (
    '<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">{0}</th>'
    '<td class="govuk-table__cell">示例有限公司</td>'
    '<td class="govuk-table__cell govuk-table__cell--numeric">512.50</td></tr>'
)
_STYLE = """one => {
    const style = getComputedStyle(one);
    return [style.color, style.background, style.outline, style.boxShadow];
}"""


def _show(browsing: Browsing, *, elder: bool = False) -> Page:
    """The specimen under the portal's policy, with the styles that the gateway serves."""
    built = Assets.of(Settings(gateway_assets=str(browsing.assets)))
    text = Path(__file__).with_name("specimen.html").read_text(encoding="utf-8")
    for name, value in (
        ("elder", " elder" if elder else ""), ("css", built.url("portal.css")), ("js", built.url("portal.js")),
        ("rows", "".join(ROW.format(number) for number in range(1, 90))),
    ):  # fmt: skip
        text = text.replace("{{ " + name + " }}", value or "")

    def answer(route: Route) -> None:
        route.fulfill(body=text, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    page = browsing.open()
    page.route("**/specimen", answer)
    page.goto("/specimen")
    page.wait_for_function("document.body.classList.contains('govuk-frontend-supported')")
    return page


@pytest.mark.parametrize("elder", [False, True], ids=["usual", "elder"])
def test_every_part_is_for_everybody(browsing: Browsing, elder: bool) -> None:
    """WCAG 2.2 A and AA under the strict policy; at 200 % and 400 % nothing scrolls sideways but the table in its region."""
    page = _show(browsing, elder=elder)
    assert browsing.axe(page) == []
    assert browsing.no_sideways_scroll(page) == []


def test_the_elders_version_is_larger(browsing: Browsing) -> None:
    """24 px on 40, 60 px to touch, one column."""
    page = _show(browsing, elder=True)
    style = page.locator("p.govuk-body").first.evaluate(
        "p => [getComputedStyle(p).fontSize, getComputedStyle(p).lineHeight]"
    )
    assert [round(float(value.removesuffix("px"))) for value in style] == [24, 40]
    assert browsing.too_small(page, 59.5) == []
    document, sheet = (page.locator(f".zh-two__{part}").bounding_box() for part in ("document", "sheet"))
    assert document is not None
    assert sheet is not None
    assert sheet["y"] >= document["y"] + document["height"]


def test_body_text_is_eighteen_on_thirty(browsing: Browsing) -> None:
    """And Chinese first, from fonts that a machine has: no file of a font is asked for."""
    page = _show(browsing)
    size, height, family = page.locator("p.govuk-body").first.evaluate(
        "p => { const s = getComputedStyle(p); return [s.fontSize, s.lineHeight, s.fontFamily]; }"
    )
    assert (size, height) == ("18px", "30px")
    assert "GDS" not in family
    assert not [asked for asked in browsing.watches[0].requests if "font" in asked]


def test_two_columns_from_1024_pixels(browsing: Browsing) -> None:
    """Below, the sheet stands under the document; the total stays in sight in both."""
    page = _show(browsing)
    for width, beside in ((1024, True), (1023, False)):
        page.set_viewport_size({"width": width, "height": 800})
        document, sheet = (page.locator(f".zh-two__{part}").bounding_box() for part in ("document", "sheet"))
        assert document is not None
        assert sheet is not None
        assert (sheet["x"] > document["x"]) == beside
        page.locator("#agreed").scroll_into_view_if_needed()
        assert page.locator(".zh-total").evaluate("total => total.getBoundingClientRect().top >= 0")


@pytest.mark.parametrize("colours", ["active", "none"])
def test_what_has_the_focus_is_seen(browsing: Browsing, colours: Literal["active", "none"]) -> None:
    """Also where a person's own colours replace ours."""
    page = _show(browsing)
    page.emulate_media(forced_colors=colours)
    for selector in (
        ".zh-header__name",
        ".zh-chips a",
        ".zh-scroll",
        "#q",
        ".zh-actions button",
        ".zh-footer a",
    ):
        one = page.locator(selector).first
        before = one.evaluate(_STYLE)
        one.focus()
        assert one.evaluate(_STYLE) != before, selector


def test_it_prints_on_a4_with_heads_on_every_sheet(browsing: Browsing) -> None:
    """Fonts are embedded; what only a screen can do is not printed."""
    page = _show(browsing)
    paper = Paper.of(page)
    texts = paper.texts
    with_rows = [text for text in texts if text.count("示例有限公司") > 2]
    assert len(with_rows) >= 2
    assert all("编号" in text and "分数" in text for text in with_rows)
    assert [round(float(side)) for side in paper.sheets[0].mediabox[2:]] in (
        [595, 842],
        [594, 841],
        [595, 841],
    )
    assert paper.embedded
    whole = "".join(texts)
    assert "版本 1" in whole
    for word in ("专家库", "筛选", "退出", "继续使用", "跳到正文"):
        assert word not in whole


def test_a_first_page_is_light(browsing: Browsing) -> None:
    """Everything that a page may ask for, as it goes over the wire: 20 kB of styles, 45 with the scripts; 15 of 60 are left to
    the page itself.
    """
    files = json.loads((browsing.assets / "manifest.json").read_text(encoding="utf-8"))["files"]
    sizes = {name: said.get("gzip", said["bytes"]) for name, said in files.items()}
    assert sizes["portal.css"] <= 20_000
    assert sum(sizes.values()) <= 45_000, sizes
