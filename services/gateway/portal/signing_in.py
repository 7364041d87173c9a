"""Signing in and out, and one's own page. Whatever is wrong with a sign-in, the same is said."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, request

from services.gateway.errors import TooMany
from services.gateway.portal import frame
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.navigation import home_of
from services.gateway.portal.room import Room
from services.gateway.portal.sessions import COOKIE
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NEXT_COOKIE, Visit
from shared.contracts.operations import PUBLIC, ROLES
from shared.problems import Unauthenticated

ROOM = Room("signing_in", (PUBLIC,))
TITLE = Text("登录", "Sign in")
SIGN_IN = Form(
    (
        Field("username", Text("用户名", "User name"), autocomplete="username", width=20),
        Field(
            "password", Text("密码", "Password"), Kind.PASSWORD, autocomplete="current-password", width=20,
            secret=True,
        ),
    ),
    submit=Text("登录", "Sign in"),
    secret=True,
)  # fmt: skip
PASSWORD = Form(
    (
        Field(
            "old", Text("原密码", "Old password"), Kind.PASSWORD, secret=True,
            autocomplete="current-password", width=20,
        ),
        Field(
            "new", Text("新密码", "New password"), Kind.PASSWORD, secret=True, autocomplete="new-password", width=20,
            hint=Text("至少 12 个字符，不得包含用户名", "At least 12 characters, without the user name"),
        ),
    ),
    submit=Text("修改密码", "Change the password"),
    secret=True,
)  # fmt: skip


@ROOM.page("/login", methods=("GET", "POST"))
def login(visit: Visit) -> Response:
    """The one page on which a password is typed."""
    after = _ours(request.values.get("next", ""))
    if visit.session is not None and request.method == "GET":
        return visit.go(after or home_of(visit.roles))
    filled = SIGN_IN.posted(request.form) if request.method == "POST" else SIGN_IN.filled({})
    if filled.was_posted and filled.ok:
        response = _try(visit, filled, after)
        if response is not None:
            return response
    return visit.page("signing_in/login.html", TITLE, form=filled, after=after, ended="next" in request.args)


def _try(visit: Visit, filled: Filled, after: str) -> Response | None:
    gateway = visit.gateway
    try:
        issued = gateway.identity.sign_in(
            filled.data["username"], filled.data["password"], visit.asked("gateway.sign_in").address
        )
    except (Unauthenticated, TooMany) as problem:
        filled.problem = problem
        return None
    gateway.sessions.open(issued)
    typed = [(name, request.form.getlist(name)) for name in request.form if name.startswith("kept:")]
    signed = Visit(gateway, issued.session, issued.token, visit.language, visit.elder)
    kept = {"typed": {name[5:]: values for name, values in typed}, "at": after} if typed else {}
    response = signed.go(after or home_of(signed.roles), None, **kept)
    response.set_cookie(COOKIE, issued.token, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def _ours(address: str) -> str:
    """An address of this site, or none: nobody is led elsewhere after signing in."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if inside and not parts.scheme and address.isprintable() and "\\" not in address else ""


@ROOM.page("/logout", methods=("POST",))
def logout(visit: Visit) -> Response:
    """End this session."""
    if visit.session is not None:
        visit.gateway.identity.revoke(visit.session)
    response = frame.as_flask(frame.redirected("/"))
    for cookie in (COOKIE, NEXT_COOKIE):
        response.delete_cookie(cookie, secure=True, httponly=True, samesite="Lax", path="/")
    return response


@ROOM.page("/me", roles=ROLES)
def me(visit: Visit) -> Response:
    """Who is signed in, with which roles."""
    return visit.page("signing_in/me.html", Text("我的账号", "My account"), me=visit.ask("gateway.me"))


@ROOM.page("/me/password", roles=ROLES, methods=("GET", "POST"))
def password(visit: Visit) -> Response:
    """Another password."""
    if request.method == "POST":
        filled = visit.submit(PASSWORD, "gateway.change_password")
        if filled.ok:
            return visit.go(
                "/me", Text("密码已修改，其他登录已失效", "The password was changed; other sessions ended")
            )
    else:
        filled = PASSWORD.filled({})
    return visit.page("form.html", Text("修改密码", "Change the password"), form=filled, back="/me")


@ROOM.page("/me/awake", roles=ROLES, methods=("POST",))
def awake(visit: Visit) -> Response:
    """Go on with a session that was about to end; asked for by the warning's script."""
    return Response(status=204)
