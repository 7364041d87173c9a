"""Signing in with a second factor, setting one up where it is owed, and what comes along through all the steps."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from services.gateway.portal.onward import Onward, ours
from services.gateway.portal.sessions import COOKIE, IDLE
from services.gateway.portal.signing_in import TICKET
from services.gateway.second_factor import tickets
from services.gateway.tries import FREE_TRIES
from shared.clock import SHANGHAI, FixedClock
from tests.support.browsing import Shown, Visitor, masked
from tests.support.gateway import PASSWORD, Bench, InProcess, make_bench

HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture
def services() -> InProcess:
    return InProcess()


@pytest.fixture
def bench(tmp_path: Path, clock: FixedClock, services: InProcess) -> Bench:
    return make_bench(tmp_path, services, clock=clock, remember=0.0)


@pytest.fixture
def strict(tmp_path: Path, clock: FixedClock) -> Bench:
    """Where finance needs a second factor."""
    return make_bench(tmp_path, InProcess(), clock=clock, remember=0.0, second_factor_roles="finance")


class Device:
    """An authenticator that was given the secret of a page."""

    def __init__(self, page: Shown, clock: FixedClock) -> None:
        found = re.search(r'id="secret">([A-Z2-7 ]+)<', page.text)
        assert found is not None, page.words
        self.totp, self.clock = pyotp.TOTP(found[1].replace(" ", "")), clock

    def code(self) -> str:
        """What it shows now; half a minute later another."""
        found = self.totp.at(self.clock.now())
        self.clock.move(HALF_A_MINUTE)
        return found


def enrol(visitor: Visitor, clock: FixedClock) -> tuple[Device, list[str]]:
    """Set one up; gives the device and the recovery codes."""
    page = visitor.fill(visitor.open("/me/second-factor"), having="_secret")
    device = Device(page, clock)
    assert 'src="data:image/svg+xml' in page.text
    shown = visitor.fill(page, having="uri", code=device.code())
    assert shown.status == 200, shown.words
    codes = re.findall(r"<li><code[^>]*>([a-z2-7-]+)</code>", shown.text)
    assert len(codes) == 10
    return device, codes


def first_step(bench: Bench, role: str = "auditor", **more: Any) -> tuple[Visitor, Shown]:
    """The right password of an account with a second factor."""
    visitor = Visitor(bench)
    sent = visitor.post("/login", {"username": f"user.{role}", "password": PASSWORD, **more})
    return visitor, sent


def test_with_a_second_factor_a_password_alone_opens_nothing(bench: Bench, clock: FixedClock) -> None:
    device, recovery = enrol(Visitor(bench, "auditor"), clock)
    visitor, sent = first_step(bench)
    assert sent.status == 303
    assert COOKIE not in {cookie.key for cookie in visitor.client._cookies.values()}
    assert visitor.open("/me").response.headers["Location"].startswith("/login")
    page = visitor.follow(sent)
    assert "user.auditor" not in page.text
    assert visitor.fill(page, having="code", code=device.code()).response.headers["Location"] == "/audit"
    assert visitor.client.get_cookie(TICKET, domain="localhost") is None
    assert visitor.open("/me").status == 200
    visitor, sent = first_step(bench)
    assert visitor.fill(visitor.follow(sent), having="code", code=recovery[0]).status == 303
    visitor, sent = first_step(bench)
    assert visitor.fill(visitor.follow(sent), having="code", code=recovery[0]).status == 401


def test_whatever_is_wrong_with_the_second_step_is_said_in_one_way(bench: Bench, clock: FixedClock) -> None:
    """A wrong code, one that was used, a recovery code that is none, no ticket, a ticket of yesterday, an account shut since."""
    device, _ = enrol(Visitor(bench, "auditor"), clock)
    used = device.code()
    visitor, sent = first_step(bench)
    assert visitor.fill(visitor.follow(sent), having="code", code=used).status == 303

    pages = []
    for code in ("000000", used, "abcd-efgh", "一二三"):
        visitor, sent = first_step(bench)
        page = visitor.follow(sent)
        pages.append(visitor.fill(page, having="code", code=code))
        clock.move(timedelta(minutes=16))  # each begins without failed tries
    pages.append(Visitor(bench).post("/login/code", {"code": "000000"}))
    visitor, sent = first_step(bench)
    page = visitor.follow(sent)
    clock.move(tickets.LIFE + HALF_A_MINUTE)
    pages.append(visitor.fill(page, having="code", code=device.code()))
    visitor, sent = first_step(bench)
    page = visitor.follow(sent)
    account = next(each for each in bench.identity.accounts() if each["username"] == "user.auditor")
    bench.identity.set_disabled(bench.administrator(), account["account_id"], disabled=True)
    pages.append(visitor.fill(page, having="code", code=device.code()))
    assert {page.status for page in pages} == {401}
    assert len({masked(page) for page in pages}) == 1
    assert len({len(page.response.data) for page in pages}) == 1


def test_every_failed_first_step_has_one_page(bench: Bench, clock: FixedClock) -> None:
    """Also of an account with a second factor, of one that is shut, and of names that nobody could have."""
    enrol(Visitor(bench, "auditor"), clock)
    bench.token("operator")
    shut = next(each for each in bench.identity.accounts() if each["username"] == "user.operator")
    bench.identity.set_disabled(bench.administrator(), shut["account_id"], disabled=True)
    given = [
        ("user.auditor", "wrong"), ("user.operator", PASSWORD), ("user.operator", "wrong"), ("nobody.there", "wrong"),
        ("n" * 3000, "wrong"),
    ]  # fmt: skip
    pages = [Visitor(bench).post("/login", {"username": name, "password": word}) for name, word in given]
    assert {page.status for page in pages} == {401}
    plain = [re.sub(r'value="[^"]*"', "", masked(page)) for page in pages]
    assert len(set(plain)) == 1


def test_tries_of_a_code_are_counted(bench: Bench, clock: FixedClock) -> None:
    device, _ = enrol(Visitor(bench, "auditor"), clock)
    visitor, sent = first_step(bench)
    page = visitor.follow(sent)
    for _ in range(FREE_TRIES + 1):
        shown = visitor.fill(page, having="code", code="000000")
    assert visitor.fill(page, having="code", code=device.totp.at(clock.now())).status == 429
    assert shown.status in {401, 429}


def test_what_was_typed_and_where_one_was_going_outlive_all_steps(
    bench: Bench, clock: FixedClock, services: InProcess
) -> None:
    """A session ends in mid-form; wrong password, right one, wrong code, right one: the form has it all."""
    visitor = Visitor(bench, "auditor")
    device, _ = enrol(visitor, clock)
    form = visitor.open("/me/addresses")
    clock.move(IDLE + timedelta(minutes=1))
    typed = "four-byte 𠮷 <b>@example.org"
    page = visitor.fill(form, email=typed)
    assert page.status == 401
    for given in ("wrong", PASSWORD):
        page = visitor.fill(page, having="username", username="user.auditor", password=given)
    assert page.status == 200
    assert "验证码" in page.words
    page = visitor.fill(page, having="code", code="000000")
    assert page.status == 401
    done = visitor.fill(page, having="code", code=device.code())
    assert done.response.headers["Location"] == "/me/addresses"
    fields = dict(visitor.follow(done).form("email")["fields"])
    assert fields["email"] == typed
    assert not any(call.operation == "notifications.keep_contact" for call in services.calls)


def test_signed_in_in_another_window_one_goes_back_with_what_was_typed(
    bench: Bench, clock: FixedClock
) -> None:
    visitor = Visitor(bench, "auditor")
    form = visitor.open("/me/addresses")
    clock.move(IDLE + timedelta(minutes=1))
    visitor.fill(form, email="anna@example.org")
    kept = {"kept:email": "anna@example.org", "kept:language": "en"}
    other = Visitor(bench, "auditor")
    address = "/login/kept?next=/me/addresses"
    for site in ("cross-site", "same-site", ""):
        assert other.post(address, kept, **({"Sec-Fetch-Site": site} if site else {})).status == 403
    back = other.post(address, kept, **{"Sec-Fetch-Site": "same-origin"})
    assert dict(other.follow(back).form("email")["fields"])["email"] == "anna@example.org"


def test_whoever_owes_a_second_factor_is_led_to_it_from_everywhere(strict: Bench, clock: FixedClock) -> None:
    visitor = Visitor(strict, "finance")
    for address in ("/", "/me", "/messages", "/me/password", "/notices", "/me/addresses?x=1"):
        shown = visitor.open(address)
        assert shown.status == 303, address
        assert shown.response.headers["Location"].startswith("/me/second-factor?next="), address
    page = visitor.open("/me/second-factor?next=/me/addresses")
    assert "您的角色必须先设定第二因素" in page.words
    begun = visitor.fill(page, having="_secret")
    device = Device(begun, clock)
    wrong = visitor.fill(begun, having="uri", code="000000")
    assert wrong.status == 422
    assert "data:image/svg+xml" in wrong.text  # the same secret is there for another try
    assert Device(wrong, clock).totp.secret == device.totp.secret
    done = visitor.fill(wrong, having="uri", code=device.code())
    assert 'href="/me/addresses"' in done.text
    assert visitor.open("/me/addresses").status == 200
    assert "解除第二因素" not in visitor.open("/me/second-factor").words  # the role needs it


def test_what_was_typed_outlives_setting_one_up(strict: Bench, clock: FixedClock) -> None:
    """Somebody is given a role in mid-form, or signs in again and owes one now."""
    visitor = Visitor(strict, "finance")
    csrf = dict(visitor.open("/me/second-factor").form("_secret")["fields"])["_csrf"]
    sent = visitor.post("/me/addresses", {"_csrf": csrf, "email": "anna@example.org", "language": "en"})
    page = visitor.follow(sent)
    begun = visitor.fill(page, having="_secret")
    visitor.fill(begun, having="uri", code=Device(begun, clock).code())
    fields = dict(visitor.open("/me/addresses").form("email")["fields"])
    assert fields["email"] == "anna@example.org"


def test_a_foreign_secret_is_not_drawn(bench: Bench) -> None:
    """What is posted as the secret has the form of one, or one begins anew."""
    visitor = Visitor(bench, "auditor")
    begun = visitor.fill(visitor.open("/me/second-factor"), having="_secret")
    for hostile in (
        "",
        "javascript:alert(1)",
        "otpauth://totp/x",
        "otpauth://totp/x?secret=<b>",
        "otpauth://totp/x?secret=" + "A" * 900,
    ):
        assert visitor.fill(begun, having="uri", uri=hostile, code="000000").status == 303


def test_a_second_factor_is_given_up_with_a_code_of_it(bench: Bench, clock: FixedClock) -> None:
    visitor = Visitor(bench, "auditor")
    device, _ = enrol(visitor, clock)
    page = visitor.open("/me/second-factor")
    assert visitor.fill(page, having="code", code="").status == 422
    wrong = visitor.fill(page, having="code", code="000000")
    assert wrong.status == 422
    assert 'href="#f-code"' in wrong.text
    assert visitor.fill(page, having="code", code=device.code()).status == 303
    assert "未设定" in visitor.open("/me").words
    assert first_step(bench)[1].response.headers["Location"] == "/audit"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/my?x=1", "/my?x=1"), ("//elsewhere.example", ""), ("https://elsewhere.example", ""), ("/\\elsewhere", ""), ("my", ""),
        ("/\n", ""), ("/" + "x" * 3000, ""), ("http://[", ""), ("javascript:alert(1)", ""),
    ],
)  # fmt: skip
def test_only_an_address_of_ours_is_gone_on_to(address: str, kept: str) -> None:
    assert ours(address) == kept


def test_several_values_of_a_field_stay_several() -> None:
    onward = Onward("/my?x=1", (("a", "1"), ("a", "2"), ("b", "")))
    assert onward.carried == {"typed": {"a": ["1", "2"], "b": [""]}, "at": "/my"}
    assert onward.by("/login") == "/login?next=%2Fmy%3Fx%3D1"
