"""Sessions of browsers, and the pages on which they begin and end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.gateway.portal.sessions import COOKIE, IDLE
from shared.clock import SHANGHAI, FixedClock
from tests.support.browsing import Visitor, masked, signed_in_again
from tests.support.gateway import PASSWORD, Bench, InProcess, make_bench


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture
def bench(tmp_path: Path, clock: FixedClock) -> Bench:
    return make_bench(tmp_path, InProcess(), clock=clock)


def test_a_sign_in_leads_where_one_was_going(bench: Bench) -> None:
    visitor = Visitor(bench)
    bench.token("auditor")
    asked = visitor.open("/me?x=1")
    assert asked.status == 303
    page = visitor.follow(asked)
    sent = visitor.fill(page, having="username", username="user.auditor", password=PASSWORD)
    assert sent.response.headers["Location"] == "/me?x=1"
    cookie = sent.response.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert visitor.follow(sent).status == 200


@pytest.mark.parametrize(
    "away", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "my"]
)
def test_nobody_is_led_elsewhere(bench: Bench, away: str) -> None:
    visitor = Visitor(bench)
    bench.token("auditor")
    page = visitor.open(f"/login?next={away}")
    sent = visitor.fill(page, having="username", username="user.auditor", password=PASSWORD)
    assert sent.response.headers["Location"] == "/audit"


def test_every_failed_sign_in_looks_the_same(bench: Bench) -> None:
    bench.token("auditor")
    pages = [
        Visitor(bench).post("/login", {"username": name, "password": "not the password"})
        for name in ("user.auditor", "nobody.there")
    ]
    assert {page.status for page in pages} == {401}
    assert (
        len({masked(page).replace("user.auditor", "NAME").replace("nobody.there", "NAME") for page in pages})
        == 1
    )


def test_a_session_that_nobody_used_for_half_an_hour_is_over(bench: Bench, clock: FixedClock) -> None:
    visitor = Visitor(bench, "auditor")
    clock.move(IDLE - timedelta(minutes=1))
    assert visitor.open("/me").status == 200
    clock.move(IDLE - timedelta(minutes=1))
    assert visitor.open("/me").status == 200
    clock.move(IDLE + timedelta(minutes=1))
    assert visitor.open("/me").response.headers["Location"].startswith("/login?next=")


def test_a_file_is_a_use_of_the_session_and_is_not_given_after_it(bench: Bench, clock: FixedClock) -> None:
    """Links of pages lead to the API's own addresses: the limit is the same there."""
    visitor = Visitor(bench, "award_office")
    for _ in range(2):
        clock.move(IDLE - timedelta(minutes=1))
        assert visitor.open("/api/v1/experts.csv").status == 200
    assert visitor.open("/me").status == 200
    clock.move(IDLE + timedelta(minutes=1))
    assert visitor.open("/api/v1/experts.csv", Accept="text/csv, application/problem+json").status == 401
    assert visitor.open("/me").status == 303


@pytest.mark.parametrize("address", ["/api/v1/me", "/api/v1/experts.csv"])
def test_a_browser_s_token_is_no_bearer_token(bench: Bench, address: str) -> None:
    """Else whoever has the cookie's value would be bound by no limit of a browser."""
    visitor = Visitor(bench, "award_office")
    token = visitor.client.get_cookie(COOKIE, domain="localhost").value
    for client in (visitor.client, bench.app.test_client()):
        refused = client.get(
            address, base_url="https://localhost", headers={"Authorization": f"Bearer {token}"}
        )
        assert refused.status_code == 401
        assert refused.get_json()["code"] == "invalid_token"
    assert visitor.open("/me").status == 200


def test_what_was_typed_outlives_the_session(bench: Bench, clock: FixedClock) -> None:
    """Of a form with a password nothing is kept; the page to sign in again carries the other fields."""
    visitor = Visitor(bench, "auditor")
    page = visitor.open("/me/password")
    clock.move(IDLE + timedelta(minutes=1))
    sent = visitor.fill(page, old=PASSWORD, new="another one, long")
    assert sent.status == 401
    assert "another one, long" not in sent.text


@pytest.mark.parametrize(
    ("referrer", "to"),
    [
        ("https://localhost/me?x=1", "/me?x=1"), ("https://elsewhere.example/me", "/audit"), ("", "/audit"),
        ("https://localhost/logout", "/audit"), ("https://localhost/api/v1/me", "/audit"), ("https://[", "/audit"),
    ],
)  # fmt: skip
def test_what_is_only_sent_leads_back_to_the_page_that_sent_it(bench: Bench, referrer: str, to: str) -> None:
    """Nothing can be opened where a button leads; whoever signs in again comes to the page on which it stands."""
    visitor = Visitor(bench, "auditor")
    assert visitor.open("/me").response.headers["Referrer-Policy"] == "same-origin"
    visitor.client.delete_cookie(COOKIE, domain="localhost")
    sent = visitor.post("/me/acting", {}, **({"Referer": referrer} if referrer else {}))
    shown = signed_in_again(visitor, sent, "auditor")
    assert (shown.address, shown.status) == (to, 200)


def test_a_foreign_form_is_refused(bench: Bench) -> None:
    visitor = Visitor(bench, "auditor")
    page = visitor.open("/me/password")
    assert visitor.post("/me/password", {"old": PASSWORD, "new": "x" * 20}).status == 403
    form = dict(page.form()["fields"]) | {"old": PASSWORD, "new": "x" * 20}
    foreign = visitor.client.post(
        "/me/password", base_url="https://localhost", data=form, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert visitor.post("/me/password", form).status == 303


def test_refusals_stand_at_their_fields_and_what_was_typed_stays(bench: Bench) -> None:
    visitor = Visitor(bench, "auditor")
    shown = visitor.fill(visitor.open("/me/password"), old="wrong one", new="short")
    assert shown.status == 422
    assert 'href="#f-new"' in shown.text
    assert shown.text.count("错误：") >= 1
    assert "short" not in shown.text  # a password is never shown again


def test_signing_out_ends_the_token(bench: Bench) -> None:
    visitor = Visitor(bench, "auditor")
    token = visitor.client.get_cookie(COOKIE, domain="localhost").value
    page = visitor.open("/me")
    assert visitor.post("/logout", page.form("_csrf")["fields"]).status == 303
    visitor.client.set_cookie(COOKIE, token, domain="localhost", secure=True)
    assert visitor.open("/me").status == 303


def test_language_and_size_are_remembered(bench: Bench) -> None:
    visitor = Visitor(bench, "auditor")
    assert "我的账号" in visitor.open("/me").words
    chosen = visitor.open("/me?lang=en&elder=1")
    assert chosen.response.headers["Location"] == "/me"
    page = visitor.follow(chosen)
    assert "My account" in page.words
    assert 'lang="en"' in page.text
    assert 'class="govuk-template elder"' in page.text


def test_pages_are_kept_nowhere_and_load_nothing_foreign(bench: Bench) -> None:
    page = Visitor(bench, "auditor").open("/me")
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Vary"] == "Cookie"
    policy = page.response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
