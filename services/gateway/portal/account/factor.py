"""第二因素: a person sets one up with a picture, shows a first code, prints its recovery codes, and may give it up.

The secret and the recovery codes stand on the answer to a form and nowhere else.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import segno
from flask import Response, request

from services.gateway.errors import TooMany
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.navigation import home_of
from services.gateway.portal.onward import Onward
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import NEXT_COOKIE, Visit
from shared.contracts.operations import ROLES
from shared.problems import Invalid, Problem

ROOM = Room("factor", ROLES)
TITLE = Text("第二因素", "Second factor")
_SIX = Text("身份验证器上的 6 位数字", "The six digits that your authenticator shows")
CONFIRM = Form(
    (
        Field("code", Text("验证码", "Code"), Kind.CODE, _SIX, width=10, autocomplete="one-time-code", secret=True),
        Field("uri", Text("密钥", "Secret"), Kind.HIDDEN),
    ),
    submit=Text("确认启用", "Confirm and use it"),
    secret=True,
)  # fmt: skip
REMOVE = Form(
    (
        Field(
            "code", Text("验证码", "Code"), width=20, autocomplete="one-time-code", secret=True,
            hint=Text("身份验证器上的 6 位数字，或一个恢复码", "What your authenticator shows, or a recovery code"),
        ),
    ),
    submit=Text("解除第二因素", "Give it up"),
    secret=True,
)  # fmt: skip
_URI = re.compile(r"otpauth://totp/[!-~]{1,900}")
_SECRET = re.compile(r"[A-Z2-7]{16,64}")


@ROOM.page("/me/second-factor", methods=("GET", "POST"), entrance=True)
def factor(visit: Visit) -> Response:
    """How it stands; a POST begins to set one up."""
    if request.method == "POST":
        begun = Form(()).posted(request.form)
        begun.attempt(lambda: visit.do("gateway.begin_second_factor", begun.key))
        if begun.ok:
            confirm = CONFIRM.filled({"uri": begun.reply["uri"]})
            return _to_confirm(visit, confirm, str(begun.reply["uri"]))
        return _state(visit, begun)
    return _state(visit)


def _state(visit: Visit, refused: Filled | None = None) -> Response:
    session = visit.session
    assert session is not None
    left = visit.gateway.second_factors.left(session)
    remove = refused if refused is not None and refused.form is REMOVE else REMOVE.filled({})
    return visit.page(
        "account/factor.html", TITLE, state=visit.gateway.second_factors.state(session), left=left, form=remove, begun=refused,
        compulsory=visit.gateway.identity.needs_factor(session.roles), onward=Onward.asked(visit.carried),
        personal=session.acting_for is None and not session.rehearsal,
    )  # fmt: skip


def _to_confirm(visit: Visit, filled: Filled, uri: str) -> Response:
    secret = parse_qs(urlsplit(uri).query).get("secret", [""])[0]
    picture = segno.make_qr(uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return visit.page(
        "account/enrol.html", Text("设定第二因素", "Set up a second factor"), form=filled, secret=groups, picture=picture,
        onward=Onward.asked(),
    )  # fmt: skip


@ROOM.page("/me/second-factor/confirmation", methods=("POST",), entrance=True)
def confirm(visit: Visit) -> Response:
    """The first code. The recovery codes stand on the answer, this once."""
    uri = request.form.get("uri", "")
    if not _URI.fullmatch(uri) or not _SECRET.fullmatch(parse_qs(urlsplit(uri).query).get("secret", [""])[0]):
        return visit.go(Onward.asked().by("/me/second-factor"))
    filled = CONFIRM.posted(request.form)
    if filled.ok:
        code = filled.data["code"]
        filled.attempt(lambda: visit.do("gateway.confirm_second_factor", filled.key, code=code))
    if not filled.ok:
        return _to_confirm(visit, filled, uri)
    onward = Onward.asked()
    response = visit.page(
        "account/recovery.html", Text("恢复码", "Recovery codes"), codes=filled.reply["recovery_codes"],
        after=onward.address or home_of(visit.roles),
    )  # fmt: skip
    if onward.carried:
        visit.gateway.sessions.carry(visit.token, onward.carried)
        response.set_cookie(NEXT_COOKIE, "1", secure=True, httponly=True, samesite="Lax", path="/")
    return response


@ROOM.page("/me/second-factor/removal", methods=("POST",))
def removal(visit: Visit) -> Response:
    """Give it up, with a code of it."""
    filled = REMOVE.posted(request.form)
    if filled.ok:
        asked = visit.asked("gateway.remove_second_factor", filled.key)
        try:
            visit.gateway.second_factors.remove(asked.signed_in, filled.data["code"])
        except (Invalid, TooMany) as problem:
            filled.refuse(problem)
        except Problem as problem:
            if problem.code != "second_factor_compulsory":
                raise
            filled.refuse(problem)
    if not filled.ok:
        return _state(visit, filled)
    return visit.go("/me", Text("第二因素已解除", "You gave your second factor up"))
