"""Signing in through a provider on pages, against the stub over HTTP: the cookie that binds the browser, one answer, linking."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests

from deploy.stubs.oidc import OidcServer, Provider
from services.gateway.portal.sessions import COOKIE
from services.gateway.portal.signing_in import BROWSER
from shared.clock import SHANGHAI, FixedClock
from tests.integration.portal.test_second_step import HALF_A_MINUTE
from tests.support.browsing import Shown, Visitor, masked
from tests.support.gateway import Bench, InProcess, make_bench

pytestmark = pytest.mark.integration

SECRET = "a secret of a client"
ENTRY = """
  - key: {key}
    issuer: {issuer}
    client_id: zhiheng
    client_secret_file: {secret}
    name_zh: {name}
    name_en: {key}
    for: {whom}
    accounts: {accounts}
"""


class World:
    """Two providers, one for organizations, one for people who have an account already; and the gateway."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
        self.servers = [
            OidcServer(("127.0.0.1", 0), Provider({"zhiheng": SECRET}, clock=self.clock)) for _ in range(2)
        ]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        told = [
            ("city", "法人统一认证", "organization", "make"),
            ("staff", "干部统一认证", "individual", "linked"),
        ]
        entries = [
            ENTRY.format(
                key=key, issuer=server.url, secret=folder / "secret", name=name, whom=whom, accounts=accounts
            )
            for server, (key, name, whom, accounts) in zip(self.servers, told, strict=True)
        ]
        self.bench: Bench = make_bench(
            folder, InProcess(), clock=self.clock, remember=0.0, oidc="providers:" + "".join(entries),
            public_url="https://localhost", oidc_timeout=10.0,
        )  # fmt: skip

    def choose(self, address: str, person: str = "company-1") -> str:
        """What somebody does at a provider; gives where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        parts = urlsplit(address)
        answer = requests.post(
            f"{parts.scheme}://{parts.netloc}/authorize", data={**asked, "person": person}, timeout=5, allow_redirects=False,
        )  # fmt: skip
        back = answer.headers["Location"]
        assert back.startswith("https://localhost/login/return?")
        return back.removeprefix("https://localhost")

    def come(self, visitor: Visitor, person: str = "company-1", key: str = "city", after: str = "") -> Shown:
        """All of it."""
        begun = visitor.open(f"/login/with/{key}" + (f"?next={after}" if after else ""))
        assert begun.status == 303, begun.words
        return visitor.open(
            self.choose(begun.response.headers["Location"], person), **{"Sec-Fetch-Site": "cross-site"}
        )

    def end(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.bench.store.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.end()


def test_providers_are_offered_by_whom_they_vouch_for(world: World) -> None:
    page = Visitor(world.bench).open("/login?next=/my")
    words = page.words
    assert (
        words.index("法人登录")
        < words.index("法人统一认证")
        < words.index("个人登录")
        < words.index("干部统一认证")
    )
    assert "/login/with/city?next=%2Fmy" in page.links


def test_an_organization_comes_in_and_where_it_was_going(world: World) -> None:
    visitor = Visitor(world.bench)
    begun = visitor.open("/login/with/city?next=/my/join?x=1")
    cookie = begun.response.headers["Set-Cookie"]
    assert cookie.startswith(f"{BROWSER}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))
    done = world.come(visitor, after="/me/addresses")
    assert done.response.headers["Location"] == "/me/addresses"
    assert visitor.client.get_cookie(BROWSER, domain="localhost") is None
    assert visitor.client.get_cookie(COOKIE, domain="localhost") is not None
    assert "示例制造有限公司" in visitor.open("/me").words
    assert world.come(Visitor(world.bench)).response.headers["Location"] == "/my"


@pytest.mark.parametrize("away", ["//elsewhere.example", "https://elsewhere.example/"])
def test_nobody_is_led_elsewhere(world: World, away: str) -> None:
    assert world.come(Visitor(world.bench), after=away).response.headers["Location"] == "/my"


def test_whatever_is_wrong_has_one_answer(world: World) -> None:
    """Another browser's answer, one that counted already, a refusal there, forged ones, an account that is shut."""
    mine, other = Visitor(world.bench), Visitor(world.bench)
    back = world.choose(mine.open("/login/with/city").response.headers["Location"])
    pages = [other.open(back)]
    pages.append(mine.open(back))  # the state was used up by the other one's try
    pages.append(Visitor(world.bench).open("/login/return"))
    pages.append(Visitor(world.bench).open("/login/return?state=x&code=y&iss=z"))
    fresh = Visitor(world.bench)
    state = parse_qs(urlsplit(fresh.open("/login/with/city").response.headers["Location"]).query)["state"][0]
    pages.append(fresh.open(f"/login/return?state={state}&error=access_denied"))
    pages.append(world.come(Visitor(world.bench), "person-1", "staff"))  # nobody has linked it
    world.come(Visitor(world.bench))
    account = next(each for each in world.bench.identity.accounts() if each["username"].startswith("city."))
    world.bench.identity.set_disabled(world.bench.administrator(), account["account_id"], disabled=True)
    pages.append(world.come(Visitor(world.bench)))
    assert {page.status for page in pages} == {401}
    plain = {re.sub(r'href="/login/return\?[^"]*"', "", masked(page)) for page in pages}
    assert len(plain) == 1
    assert all(page.response.headers.get("Set-Cookie", "").find(f"{COOKIE}=") < 0 for page in pages)


def test_a_provider_that_is_away_is_said_and_the_password_still_works(world: World) -> None:
    world.servers[0].shutdown()
    world.servers[0].server_close()
    page = Visitor(world.bench).open("/login/with/city?next=/me")
    assert page.status == 503
    assert "统一身份认证暂时无法使用" in page.words
    assert any("username" in dict(form["fields"]) for form in page.forms)
    assert Visitor(world.bench).open("/login/with/nobody").status == 404


def test_an_identity_is_linked_by_a_form_and_lets_its_holder_in(world: World) -> None:
    """A link or another site's form begins nothing: otherwise a stranger's identity could be put to somebody's account."""
    visitor = Visitor(world.bench, "auditor")
    assert visitor.open("/me/identities/staff").status == 405
    assert visitor.post("/me/identities/staff", {}).status == 403
    page = visitor.open("/me/identities")
    form = next(form for form in page.forms if form["action"] == "/me/identities/staff")
    on = visitor.post(form["action"], form["fields"])
    assert on.status == 200
    there = next(link for link in on.links if link.startswith(world.servers[1].url))
    back = visitor.open(world.choose(there, "person-1"))
    assert back.response.headers["Location"] == "/me/identities"
    assert "干部统一认证" in visitor.follow(back).words
    assert visitor.open("/me").status == 200  # still the same session
    assert world.come(Visitor(world.bench), "person-1", "staff").response.headers["Location"] == "/audit"


def linked(world: World, visitor: Visitor, person: str) -> str:
    """Somebody links a person of the second provider; gives the identity's id."""
    form = next(
        each for each in visitor.open("/me/identities").forms if each["action"] == "/me/identities/staff"
    )
    on = visitor.post(form["action"], form["fields"])
    there = next(link for link in on.links if link.startswith(world.servers[1].url))
    assert visitor.open(world.choose(there, person)).status == 303
    (account,) = [each for each in world.bench.identity.accounts() if each["username"] == "user.auditor"]
    (found,) = world.bench.gateway.links.of(account["account_id"])
    return str(found["identity_id"])


def test_an_identity_is_unlinked_with_a_code_or_by_an_administrator_with_a_reason(world: World) -> None:
    """Refusals stand at the field; nobody comes in through it afterwards; an administrator's act ends the sessions."""
    visitor = Visitor(world.bench, "auditor")
    which = linked(world, visitor, "person-1")
    address = f"/me/identities/{which}/end"
    page = visitor.open("/me/identities")
    assert address not in page.links
    assert "解除关联须先" in page.words
    without = visitor.fill(visitor.open(address), having="code", code="123456")
    assert (without.status, "解除关联须先设定第二因素" in without.words) == (409, True)
    begun = visitor.fill(visitor.open("/me/second-factor"), having="_secret")
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', begun.text)
    assert secret is not None
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    visitor.fill(begun, having="uri", code=totp.at(world.clock.now()))
    assert address in visitor.open("/me/identities").links
    world.clock.move(HALF_A_MINUTE)
    right = totp.at(world.clock.now())
    for wrong in ("", "000000" if right != "000000" else "000001", "<script>"):
        shown = visitor.fill(visitor.open(address), having="code", code=wrong)
        assert (shown.status, 'href="#f-code' in shown.text) == (422, True)
    assert Visitor(world.bench, "finance").open(address).status == 404
    done = visitor.fill(visitor.open(address), having="code", code=right)
    assert "已解除关联" in visitor.follow(done).words
    assert visitor.open(address).status == 404
    assert world.come(Visitor(world.bench), "person-1", "staff").status == 401
    which = linked(world, visitor, "person-1")
    admin = Visitor(world.bench, "administrator")
    (account,) = [each for each in world.bench.identity.accounts() if each["username"] == "user.auditor"]
    place = f"/accounts/{account['account_id']}"
    assert f"{place}/identities/{which}" in admin.open(place).links
    assert admin.open(f"{place}/identities/{'0' * 20}").status == 404
    unlinking = admin.open(f"{place}/identities/{which}")
    assert admin.fill(unlinking, having="reason", reason="").status == 422
    assert "已解除关联" in admin.follow(admin.fill(unlinking, having="reason", reason="人员调离")).words
    assert visitor.open("/me").status == 303  # its session is over


def test_an_identity_of_another_account_is_not_linked(world: World) -> None:
    world.come(Visitor(world.bench))
    visitor = Visitor(world.bench, "auditor")
    form = next(
        form for form in visitor.open("/me/identities").forms if form["action"] == "/me/identities/city"
    )
    on = visitor.post(form["action"], form["fields"])
    there = next(link for link in on.links if link.startswith(world.servers[0].url))
    shown = visitor.open(world.choose(there))
    assert shown.status == 401
    assert "未能通过统一身份认证" in shown.words
    assert visitor.open("/me").status == 200


def test_a_second_factor_is_asked_for_after_the_provider_too(world: World) -> None:
    visitor = Visitor(world.bench)
    world.come(visitor)
    begun = visitor.fill(visitor.open("/me/second-factor"), having="_secret")
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', begun.text)
    assert found is not None
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    visitor.fill(begun, having="uri", code=totp.at(world.clock.now()))
    world.clock.move(HALF_A_MINUTE)
    visitor = Visitor(world.bench)
    half = world.come(visitor, after="/me/addresses")
    assert half.response.headers["Location"] == "/login/code?next=%2Fme%2Faddresses"
    assert visitor.client.get_cookie(COOKIE, domain="localhost") is None
    done = visitor.fill(visitor.follow(half), having="code", code=totp.at(world.clock.now()))
    assert done.response.headers["Location"] == "/me/addresses"
