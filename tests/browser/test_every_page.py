"""Every page of every role in Chromium: the gateway itself, and services that answer what the contracts allow.

A page that is added to the rooms is looked at by itself. What pages show of real cycles is looked at elsewhere.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page as Tab

from services.gateway.portal.room import Page
from shared.contracts.operations import PUBLIC
from tests.browser.kit import Browsing
from tests.browser.sampled import Sampled, sign_in
from tests.support.crawling import OF_SOMETHING, OPENED, PEOPLE, REFUSED, address_of

_MADE = re.compile(r"[A-Za-z0-9_-]{20,}")  # tokens and keys, other ones each time


def _pages_of(role: str) -> list[Page]:
    """What a role opens; everybody's pages are looked at once, as the public sees them. A file is no page."""
    pages = [page for page in OPENED if "." not in page.rule.rpartition("/")[2]]
    everybody = {page.name for page in pages if PUBLIC in page.roles}
    return [page for page in pages if role in page.roles and (role == PUBLIC or page.name not in everybody)]


def _matter(tab: Tab, address: str) -> str:
    """What a page shows below its menus, without looking at it."""
    _, _, shown = tab.request.get(address).text().partition("<main")
    return _MADE.sub("", shown)


def _look(browsing: Browsing, tab: Tab, address: str, page: Page, *, narrow: bool) -> list[str]:
    """What is wrong with a page; one that leads on to another is looked at where that is."""
    answer = tab.goto(address, wait_until="domcontentloaded")
    assert answer is not None
    if answer.request.redirected_from is not None:
        return []
    found = [] if answer.ok or page.name in OF_SOMETHING | REFUSED else [f"{answer.status}"]
    found += browsing.axe_quickly(tab)
    if narrow:
        found += browsing.no_sideways_scroll(tab)
    return [f"{address}: {one}" for one in found]


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """What was shown so far."""
    return set()


@pytest.mark.parametrize("role", [PUBLIC, *PEOPLE])
def test_every_page_is_for_everybody(
    browsing_samples: Browsing, sampled: Sampled, looked_at: set[str], role: str
) -> None:
    """In both languages: WCAG 2.2 A and AA and good practice as far as axe knows them, and nothing else that the kit watches for.
    At 200 and 400 % nothing is cut off. What a role is shown as another was is looked at once, but for the role's first page.
    """
    tab = browsing_samples.open()
    if role != PUBLIC:
        sign_in(browsing_samples, sampled, role, tab)
    browsing_samples.carry_axe(tab)
    pages = _pages_of(role)
    assert pages or role not in sampled.roles
    found = []
    for language in ("zh", "en"):
        tab.goto(f"/help?lang={language}", wait_until="domcontentloaded")
        for page in pages:
            address = address_of(page)
            matter = _matter(tab, address)
            if matter not in looked_at or page is pages[0]:
                looked_at.add(matter)
                found += _look(browsing_samples, tab, address, page, narrow=language == "zh")
    assert not found, "\n".join(found)
