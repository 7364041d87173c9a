"""What anybody may read, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import Browsing


@pytest.mark.parametrize("path", ["/", "/notices", "/awards", "/verify", "/help", "/accessibility", "/login"])
def test_a_public_page_is_for_everybody(browsing: Browsing, page: Page, path: str) -> None:
    """WCAG 2.2 A and AA in both languages; nothing is cut off at 400 %; nobody else is asked for anything."""
    for language in ("zh", "en"):
        answer = page.goto(f"{path}?lang={language}")
        assert answer is not None
        assert answer.ok
        assert browsing.axe(page) == [], language
        assert browsing.no_sideways_scroll(page) == [], language


def test_it_is_read_without_script(no_script: Page) -> None:
    """The same words."""
    no_script.goto("/notices")
    expect(no_script.get_by_role("heading", level=1)).to_contain_text("公示")


def test_what_is_wrong_is_seen(browsing: Browsing, page: Page) -> None:
    """The kit itself: a foreign request, a message, a script's error, a missing label and a page that is too wide."""
    page.goto("/notices")
    with page.expect_request("https://elsewhere.example/a.png"), page.context.expect_event("weberror"):
        page.evaluate(
            """() => {
                new Image().src = "https://elsewhere.example/a.png";
                console.warn("hush");
                setTimeout(() => { throw new Error("oh"); });
            }"""
        )
    page.evaluate(
        "() => { document.body.innerHTML += '<input><p style=\"width: 2000px\">…</p>'; document.body.lang = 'zh' }"
    )
    seen = "\n".join(browsing.wrong)
    for word in ("foreign: https://elsewhere.example/a.png", "console warning: hush", "script: ", "oh"):
        assert word in seen
    assert any(found.startswith("label: ") for found in browsing.axe(page))
    browsing.watches.clear()


def test_the_first_page_is_light(page: Page) -> None:
    """With all that it asks for less than 60 kB over the wire, and its styles in one request."""
    page.goto("/", wait_until="networkidle")
    sizes: dict[str, int] = page.evaluate(
        """() => Object.fromEntries(
            [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .map(one => [one.name, one.transferSize])
        )"""
    )
    assert len([name for name in sizes if name.endswith(".css")]) == 1
    assert all(sizes.values())
    assert sum(sizes.values()) < 60_000, sizes
