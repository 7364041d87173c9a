"""Pages without a mouse, in a person's own colours, and with more space between letters and lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.gateway.portal import ROOMS
from shared import strict_yaml
from shared.contracts.operations import OFFICE, PUBLIC, REVIEWER
from tests.browser.hands import Keys
from tests.browser.kit import Browsing
from tests.browser.sampled import Sampled, sign_in
from tests.support.crawling import address_of
from tests.support.gateway import PASSWORD

ORDER = Path(__file__).with_name("tab_order.yaml")
PAGES = {
    "sign-in": (PUBLIC, "portal.signing_in.login"),
    "sheet": (REVIEWER, "portal.sheets.sheet"),
    "applications": (OFFICE, "portal.office_applications.applications"),
}
_MOST = 200  # stops on a page; more would be a trap for whoever has no mouse

# What has the focus: kind and name; whether it looks other than without; whether one sees it.
_STOP = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    const by = document.getElementById(one.getAttribute("aria-labelledby"));
    const name = one.getAttribute("aria-label") || (by && by.textContent)
        || (one.labels && one.labels[0] && one.labels[0].textContent) || one.textContent;
    const kind = one.tagName === "INPUT" ? one.type : one.getAttribute("role") || one.tagName.toLowerCase();
    const around = [one, ...(one.labels || [])];
    const style = () => JSON.stringify(around.flatMap(each => ["", "::before", "::after"].map(part => {
        const s = getComputedStyle(each, part);
        return [s.color, s.backgroundColor, s.outline, s.boxShadow, s.borderColor, s.clipPath, s.position];
    })));
    const box = one.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + Math.min(box.width, 300) / 2, box.y + Math.min(box.height, 40) / 2);
    const seen = one.type === "radio" || one.type === "checkbox" || (at && (one.contains(at) || at.contains(one)));
    const focused = style();
    one.blur();
    const plain = style();
    one.focus({preventScroll: true, focusVisible: true});
    const menu = one.closest("nav");
    if (menu) return [`nav ${menu.getAttribute("aria-label")}`, focused !== plain, Boolean(seen)];
    return [`${kind} ${name.trim().replace(/\\s+/g, " ").slice(0, 40)}`, focused !== plain, Boolean(seen)];
}"""
# WCAG 1.4.12
_SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
_CLIPPED = """() => [...document.querySelectorAll("main *, header *, nav *, footer *")].filter(one => {
    const style = getComputedStyle(one);
    if (one.closest(".govuk-visually-hidden, .zh-scroll, select, textarea, svg") || one.tagName === "INPUT") return false;
    const hides = style.overflowX !== "visible" || style.overflowY !== "visible";
    return hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 200))"""
_EDGES = """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, .govuk-tag")].filter(one => {
    const marked = [one, ...(one.labels || [])].some(each => ["", "::before"].some(part => {
        const style = getComputedStyle(each, part);
        return style.borderStyle !== "none" && parseFloat(style.borderWidth) > 0 || style.textDecorationLine === "underline";
    }));
    return one.offsetParent && !marked;
}).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def show(browsing_samples: Browsing, sampled: Sampled) -> Callable[..., Page]:
    """One of the pages of `PAGES`, by somebody who may open it."""

    def opened(name: str, **options: object) -> Page:
        role, wanted = PAGES[name]
        tab = browsing_samples.open(**options)
        if role != PUBLIC:
            sign_in(browsing_samples, sampled, role, tab)
        (page,) = [page for room in ROOMS for page in room.pages if page.name == wanted]
        tab.goto(address_of(page))
        return tab

    return opened


def _written() -> dict[str, list[str]]:
    """The order of each page."""
    found: dict[str, list[str]] = strict_yaml.load(ORDER, exact_numbers=False).value
    return found


def _stops(page: Page) -> list[tuple[str, bool, bool]]:
    """Everything that Tab reaches, in this order."""
    found = []
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None:
            return found
        found.append(tuple(stop))
    raise AssertionError(f"more than {_MOST} stops: {found[-3:]}")


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_from_top_to_bottom(show: Callable[..., Page], name: str) -> None:
    """In the order that is written down, each stop to be seen, and looking other than before."""
    stops = _stops(show(name))
    assert [stop for stop, _ in groupby(stop for stop, _, _ in stops)] == _written()[name]
    assert [stop for stop, other, _ in stops if not other] == [], "nothing shows that they have the focus"
    assert [stop for stop, _, seen in stops if not seen] == [], "something lies over them"


def test_one_leaves_head_and_menu_out(show: Callable[..., Page]) -> None:
    """The first stop of a page leads to its matter; the next one is in it."""
    page = show("applications")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_somebody_signs_in_without_a_mouse(
    browsing_samples: Browsing, sampled: Sampled, show: Callable[..., Page]
) -> None:
    """Typing, Tab and Enter."""
    sampled.bench.token(OFFICE)
    page = show("sign-in")
    Keys(page).fill({"用户名": f"user.{OFFICE}"})
    Keys(page).send(page.get_by_label("密码", exact=True), PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("办公桌")


@pytest.mark.parametrize("name", ["sheet", "applications"])
def test_one_s_own_colours_leave_everything_to_be_seen(show: Callable[..., Page], name: str) -> None:
    """Fields, buttons and tags keep an edge, what has the focus is marked."""
    page = show(name)
    page.emulate_media(forced_colors="active")
    assert page.evaluate(_EDGES) == []
    assert [stop for stop, other, _ in _stops(page) if not other] == []


@pytest.mark.parametrize("name", ["sheet", "applications"])
def test_more_space_cuts_nothing_off(
    browsing_samples: Browsing, show: Callable[..., Page], name: str
) -> None:
    """Letters, words, lines and paragraphs as far apart as WCAG 1.4.12 says."""
    page = show(name, bypass_csp=True)
    page.add_style_tag(content=_SPACED)
    assert page.evaluate(_CLIPPED) == []
    assert browsing_samples.no_sideways_scroll(page) == []
