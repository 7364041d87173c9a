"""Sessions of browsers, and the pages on which they begin and end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.gateway.portal.sessions import COOKIE, IDLE
from shared.clock import SHANGHAI, FixedClock
from tests.support.browsing import Visitor, masked, signed_in_again
from tests.support.crawling import EXAMPLE_ID, said
from tests.support.gateway import PASSWORD, REAL, Bench, InProcess, make_bench

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture
def bench(tmp_path: Path, clock: FixedClock) -> Bench:
    return make_bench(tmp_path, InProcess(said), clock=clock)


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


def test_a_form_that_is_older_than_the_session_is_gone_back_to(bench: Bench) -> None:
    """Signed out and in again in another window: nothing is done, and what was typed stands in the form. Only a browser that
    says that a page of ours sent it is shown what it sent.
    """
    visitor = Visitor(bench, "auditor")
    form = dict(visitor.open("/me/addresses").form("email")["fields"]) | {"email": "anna@example.org"}
    secret = dict(visitor.open("/me/password").form("old")["fields"]) | {
        "old": PASSWORD,
        "new": "another one, long",
    }
    out = dict(visitor.open("/me").form("_csrf")["fields"])
    assert visitor.post("/logout", out).status == 303
    signed_out = visitor.post("/me/addresses", form, **FROM_HERE)
    assert signed_out.status == 401
    assert visitor.post("/login", {"username": "user.auditor", "password": PASSWORD}).status == 303
    for header in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        refused = visitor.post("/me/addresses", form, **header)
        assert refused.status == 403
        assert "anna@example.org" not in refused.text
    refused = visitor.post("/me/addresses", form, **FROM_HERE)
    assert refused.status == 403
    assert "登录的人或代办的身份变了" in refused.words
    kept = refused.form("kept:email")
    back = visitor.follow(visitor.post(kept["action"], kept["fields"], **FROM_HERE))
    again = back.form("email")
    assert dict(again["fields"])["email"] == "anna@example.org"
    assert visitor.post(back.address, again["fields"], **FROM_HERE).status == 303
    refused = visitor.post("/me/password", secret, **FROM_HERE)
    assert refused.status == 403
    assert "another one, long" not in refused.text


def test_a_public_form_that_was_opened_signed_in_is_not_sent_in_nobody_s_name(bench: Bench) -> None:
    visitor = Visitor(bench, "applicant")
    address = f"/notices/{REAL}/{EXAMPLE_ID}/object/1"
    form = dict(visitor.open(address).form("_step")["fields"])
    assert visitor.post("/logout", dict(visitor.open("/me").form("_csrf")["fields"])).status == 303
    sent = visitor.post(address, form, **FROM_HERE)
    assert (sent.status, "登录已过期" in sent.words) == (401, True)
    assert visitor.post(address, {**form, "_csrf": ""}, **FROM_HERE).status != 401  # opened by nobody


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
