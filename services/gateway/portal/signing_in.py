"""Signing in and out: by a password or through a provider, and then with a code where the account has a second factor.

Whatever is wrong with a step, the same is said of it, in as many words.
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Response, g, request

from services.gateway.errors import TooMany
from services.gateway.identity import Issued, SecondFactorNeeded
from services.gateway.oidc import parties
from services.gateway.portal import doors, frame
from services.gateway.portal.doors import SIGN_IN
from services.gateway.portal.forms import Field, Filled, Form
from services.gateway.portal.navigation import home_of
from services.gateway.portal.onward import Onward, ours
from services.gateway.portal.room import Room, told
from services.gateway.portal.sessions import COOKIE
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NEXT_COOKIE, Visit
from services.gateway.second_factor import tickets
from services.gateway.session import refused
from shared.contracts.operations import PUBLIC
from shared.problems import Problem, Unauthenticated, Unavailable

ROOM = Room("signing_in", (PUBLIC,))
TICKET = "__Host-zhiheng-ticket"  # of whoever has shown a first factor
BROWSER = "__Host-zhiheng-browser"  # by which a provider's answer is known to be for this browser; and where it was going
_HELD: dict[str, Any] = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/"}
_LONGEST_NAME = 200
_RANDOM = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = Form(
    (
        Field(
            "code", Text("验证码", "Code"), width=20, autocomplete="one-time-code", secret=True,
            hint=Text(
                "身份验证器上的 6 位数字；设备不在身边时，填一个恢复码",
                "The six digits that your authenticator shows; without it, one of your recovery codes",
            ),
        ),
    ),
    submit=Text("验证并登录", "Check and sign in"),
    secret=True,
)  # fmt: skip


@ROOM.page("/login", methods=("GET", "POST"), entrance=True)
def login(visit: Visit) -> Response:
    """The one page on which a password is typed."""
    onward = Onward.asked()
    if visit.session is not None and request.method != "POST":
        return visit.go(onward.address or home_of(visit.roles))
    filled = SIGN_IN.posted(request.form) if request.method == "POST" else SIGN_IN.filled({})
    if filled.was_posted and filled.ok:
        try:
            return let_in(visit, _by_password(visit, filled), onward)
        except SecondFactorNeeded as half:
            return _half_way(visit, half.ticket, onward)
        except (Unauthenticated, TooMany) as problem:
            filled.problem = problem
    return doors.show(visit, filled, onward)


def _by_password(visit: Visit, filled: Filled) -> Issued:
    name = filled.data["username"]
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise refused()  # nobody is called so
    return visit.gateway.identity.sign_in(name, filled.data["password"], g.address)


def _half_way(visit: Visit, ticket: str, onward: Onward) -> Response:
    """On to the code. Where something had been typed, the page stands on this answer and carries it."""
    if onward.typed:
        response = _code_page(visit, CODE.filled({}), onward)
    else:
        response = frame.as_flask(frame.redirected(onward.by("/login/code")))
    response.set_cookie(TICKET, ticket, max_age=int(tickets.LIFE.total_seconds()), **_HELD)
    return response


@ROOM.page("/login/code", methods=("GET", "POST"), entrance=True)
def code(visit: Visit) -> Response:
    """The second factor, for whoever has just shown the first."""
    onward, ticket = Onward.asked(), request.cookies.get(TICKET, "")
    if request.method != "POST" and (visit.session is not None or not ticket):
        return frame.as_flask(frame.redirected(onward.by("/login")))
    filled = CODE.posted(request.form) if request.method == "POST" else CODE.filled({})
    if filled.was_posted and filled.ok:
        try:
            return let_in(
                visit, visit.gateway.identity.with_code(ticket, filled.data["code"], g.address), onward
            )
        except TooMany as problem:
            filled.problem = problem
        except Unauthenticated:
            filled.problem = _wrong_code()
    return _code_page(visit, filled, onward)


def _code_page(visit: Visit, filled: Filled, onward: Onward) -> Response:
    return visit.page(
        "signing_in/code.html", Text("输入验证码", "Enter the code"), form=filled, onward=onward
    )


def _wrong_code() -> Unauthenticated:
    minutes = tickets.LIFE // timedelta(minutes=1)
    return Unauthenticated(
        f"验证码不正确，或已超过 {minutes} 分钟。请再试一次，或重新登录",
        f"the code is wrong, or more than {minutes} minutes have gone by: try once more, or sign in anew",
        code="code_refused",
    )


def let_in(visit: Visit, issued: Issued, onward: Onward) -> Response:
    """Begin a session and go on to where somebody was going, with what they had typed there."""
    gateway = visit.gateway
    gateway.sessions.open(issued)
    if visit.session is not None:
        gateway.identity.revoke(visit.session)
    signed = Visit(gateway, issued.session, issued.token, visit.language, visit.elder)
    response = signed.go(onward.address or home_of(signed.roles), None, **onward.carried)
    response.set_cookie(COOKIE, issued.token, **_HELD)
    for cookie in (TICKET, BROWSER):
        if cookie in request.cookies:
            response.delete_cookie(cookie, **_HELD)
    return response


@ROOM.page("/login/kept", methods=("GET", "POST"), entrance=True, restores=True)
def kept(visit: Visit) -> Response:
    """Somebody signed in elsewhere, in another window say, and goes back with what was typed here."""
    onward = Onward.asked()
    if visit.session is None:
        return doors.show(visit, SIGN_IN.filled({}), onward)
    return visit.go(onward.address or home_of(visit.roles), None, **onward.carried)


# Through a provider


@ROOM.page("/login/with/<provider>", entrance=True, sample={"provider": "city"})
def with_provider(visit: Visit, provider: str) -> Response:
    """To a provider. By a link: a form may lead nowhere else than to us."""
    onward = Onward.asked()
    if visit.session is not None:
        return visit.go(onward.address or home_of(visit.roles))
    try:
        return to_provider(visit, provider, onward)
    except Unavailable as problem:
        return _not_in(visit, problem, onward)


def to_provider(visit: Visit, provider: str, onward: Onward, *, link: bool = False) -> Response:
    """An answer that leads to a provider and binds its own answer to this browser. Raises NotFound, Unavailable.

    With `link` the identity is to be this account's: then it is a page with the way on it, since it was asked for by a form.
    """
    browser = _browser()[0] or secrets.token_urlsafe(32)
    session = visit.session if link else None
    address = visit.gateway.parties.begin(provider, browser, link=session)
    if link:
        known = visit.gateway.parties.providers[provider]
        title = Text("前往统一身份认证", "On to the identity provider")
        response = visit.page("account/linking.html", title, address=address, provider=known)
    else:
        response = frame.as_flask(frame.redirected(address))
    going = base64.urlsafe_b64encode(onward.address.encode()).decode().rstrip("=")
    response.set_cookie(BROWSER, f"{browser}.{going}", max_age=int(parties.LIFE.total_seconds()), **_HELD)
    return response


@ROOM.page(parties.RETURN, entrance=True)
def come_back(visit: Visit) -> Response:
    """Back from a provider."""
    browser, onward = _browser()
    gateway = visit.gateway
    try:
        account_id = gateway.parties.finish(request.args, browser)
        if visit.session is not None and visit.session.account_id == account_id:
            done = Text("已通过统一身份认证", "The identity provider vouched for you")
            return visit.go(onward.address or home_of(visit.roles), done)
        return let_in(visit, gateway.identity.open_for(account_id, parties.ACTION), onward)
    except SecondFactorNeeded as half:
        return _half_way(visit, half.ticket, onward)
    except Unauthenticated:  # of an account that is shut, too: it is said in the same words
        return _not_in(visit, parties.refused(), onward)


def _not_in(visit: Visit, problem: Problem, onward: Onward) -> Response:
    if visit.session is not None:
        return told(visit, problem)
    filled = SIGN_IN.filled({})
    filled.problem = problem
    return doors.show(visit, filled, onward)


def _browser() -> tuple[str, Onward]:
    """What binds this browser, empty for none of ours; and where it was going."""
    value, _, going = request.cookies.get(BROWSER, "").partition(".")
    if not _RANDOM.fullmatch(value):
        return "", Onward()
    try:
        address = base64.urlsafe_b64decode(going + "=" * (-len(going) % 4)).decode()
    except ValueError:
        address = ""
    return value, Onward(ours(address))


@ROOM.page("/logout", methods=("POST",), entrance=True)
def logout(visit: Visit) -> Response:
    """End this session."""
    if visit.session is not None:
        visit.gateway.identity.revoke(visit.session)
    response = frame.as_flask(frame.redirected("/"))
    for cookie in (COOKIE, NEXT_COOKIE):
        response.delete_cookie(cookie, **_HELD)
    return response
