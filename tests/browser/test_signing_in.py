"""Signing in as people do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, Person


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_somebody_signs_in_and_out(browsing: Browsing, city: City, script: bool) -> None:
    """With and without script; the cookie is kept by a browser, and gone afterwards."""
    page = browsing.sign_in(city.office, script=script)
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    (cookie,) = [one for one in page.context.cookies() if one["name"].startswith("__Host-")]
    assert (cookie["httpOnly"], cookie["secure"]) == (True, True)
    with page.expect_navigation():
        page.get_by_role("button", name="退出").click()
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_wrong_password_is_told_at_the_top(browsing: Browsing, page: Page, city: City) -> None:
    """The user name is kept, the password is not."""
    page.goto("/login")
    page.get_by_label("用户名").fill(city.office.username)
    page.get_by_label("密码", exact=True).fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("用户名")).to_have_value(city.office.username)
    expect(page.get_by_label("密码", exact=True)).to_have_value("")
    assert browsing.axe(page) == []


def test_one_s_own_pages_are_for_everybody(
    browsing: Browsing, page_of: Callable[[Person], Page], city: City
) -> None:
    """In both languages and both sizes."""
    page = page_of(city.office)
    for language, elder in product(("zh", "en"), ("0", "1")):
        page.goto(f"/me?lang={language}")
        page.goto(f"/me?elder={elder}")
        for path in ("/me", "/me/password"):
            page.goto(path)
            assert browsing.axe(page) == [], (path, language, elder)
            assert browsing.no_sideways_scroll(page) == [], (path, language, elder)
