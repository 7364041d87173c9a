"""One's own account in a browser: a second factor by keyboard alone, with script and without, and a provider of identities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Keys
from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, Person

STEP = timedelta(seconds=30)  # for which a code is shown


def code_at(city: City, secret: str, steps: int) -> str:
    """What an authenticator shows some half minutes from now, by the stack's clock."""
    return pyotp.TOTP(secret).at(city.stack.clock.now() + steps * STEP)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_second_factor_is_set_up_and_signed_in_with_by_keyboard(
    browsing: Browsing, city: City, script: bool
) -> None:
    """The present code sets it up; the next one, which counts already since clocks differ, signs in without waiting."""
    person = city.person(f"keys{int(script)}", "applicant")
    page = browsing.sign_in(person, script=script)
    page.goto("/me/second-factor")
    if script:
        assert browsing.axe(page) == []
    Keys(page).press("开始设定")
    expect(page.get_by_role("heading", level=1)).to_have_text("设定第二因素")
    picture = page.get_by_role("img")
    assert picture.evaluate("one => one.complete && one.naturalWidth") if script else picture.is_visible()
    secret = str(page.locator("#secret").text_content()).replace(" ", "")
    if script:
        assert browsing.axe(page) == []
    Keys(page).send(page.get_by_role("main").get_by_role("textbox"), code_at(city, secret, 0))
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    if script:
        assert browsing.axe(page) == []
    recovery = str(page.locator("#recovery-codes li").first.text_content()).strip()

    for code in (code_at(city, secret, 1), recovery):
        page = browsing.open(script=script)
        page.goto("/login?next=/me")
        Keys(page).fill({"用户名": person.username})
        Keys(page).send(page.get_by_label("密码", exact=True), person.password)
        expect(page.get_by_role("heading", level=1)).to_have_text("输入验证码")
        if script:
            assert browsing.axe(page) == []
        Keys(page).send(page.get_by_role("main").get_by_role("textbox"), code)
        expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_provider_lets_somebody_in_who_was_going_somewhere(
    browsing: Browsing, city: City, script: bool
) -> None:
    """By links alone, for a form may lead to no other site; the browser keeps the policy and says nothing."""
    page = browsing.open(script=script)
    page.goto("/me/addresses")
    page.get_by_role("link", name="统一身份认证").click()
    page.get_by_role("button", name="张示例").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("联系方式")
    assert page.url == f"{browsing.home}/me/addresses"
    (watch,) = browsing.watches
    watch.wrong = [each for each in watch.wrong if not each.startswith("foreign: ")]  # the provider's


def test_a_role_that_is_lent_is_acted_in(
    browsing: Browsing, page_of: Callable[[Person], Page], city: City
) -> None:
    """The banner stands on every page until one goes back."""
    giver, helper = city.person("lender", "award_office"), city.person("helper", "award_office")
    page = page_of(giver)
    page.goto("/me/delegations")
    page.get_by_role("radio").check()
    page.get_by_label("代办人的用户名").fill(helper.username)
    today = city.today().isoformat()
    page.get_by_label("从哪天起").fill(today)
    page.get_by_label("到哪天止").fill(today)
    page.get_by_label("事由").fill("出差")
    page.get_by_role("button", name="委托代办").click()
    expect(page.get_by_role("status").first).to_contain_text("已委托")
    assert browsing.axe(page) == []
    page = page_of(helper)
    page.goto("/me")
    with page.expect_navigation():
        page.get_by_role("button", name="代其办理").click()
    banner = page.get_by_role("region", name="代办")
    for path in ("/office", "/notices", "/me"):
        page.goto(path)
        expect(banner).to_contain_text("代 lender 办理")
        assert browsing.axe(page) == [], path
        assert browsing.no_sideways_scroll(page) == [], path
    banner.get_by_role("button").click()
    expect(banner).to_have_count(0)


def test_the_pages_of_an_account_are_for_everybody(
    browsing: Browsing, page_of: Callable[[Person], Page], city: City
) -> None:
    """In both languages, and the first in both sizes."""
    cycle = city.open_cycle()
    office = page_of(city.office)
    operator = page_of(city.person("oscar", "operator"))
    admin = page_of(city.people["admin"])
    admin.goto("/accounts")
    account = admin.locator("tbody a").first.get_attribute("href")
    every = [
        (office, ("/me", "/me/addresses", "/me/delegations", "/me/identities", "/messages", f"/cycles/{cycle}/announcements")),
        (operator, ("/ops/messages",)),
        (admin, (str(account), "/accounts")),
        (browsing.open(), ("/login",)),
    ]  # fmt: skip
    for page, paths in every:
        for language, path in product(("zh", "en"), paths):
            page.goto(f"{path}?lang={language}")
            for folded in page.locator("main details").all():
                folded.evaluate("one => { one.open = true }")
            assert browsing.axe(page) == [], (path, language)
            assert browsing.no_sideways_scroll(page) == [], (path, language)
