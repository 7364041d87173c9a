"""登录页: where somebody signs in, by a password or through an agency's provider; when asked for, and when a session ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from services.gateway.oidc.providers import INDIVIDUAL, ORGANIZATION, Provider
from services.gateway.portal import frame
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.onward import Onward
from services.gateway.portal.text import Text

if TYPE_CHECKING:
    from services.gateway.portal.visit import Visit

TITLE, AGAIN = Text("登录", "Sign in"), Text("请重新登录", "Sign in again")
SIGN_IN = Form(
    (
        Field("username", Text("用户名", "User name"), autocomplete="username", width=20),
        Field(
            "password", Text("密码", "Password"), Kind.PASSWORD, autocomplete="current-password", width=20,
            secret=True,
        ),
    ),
    submit=TITLE,
    secret=True,
)  # fmt: skip
_FOR = {
    ORGANIZATION: Text("法人登录", "For organizations"),
    INDIVIDUAL: Text("个人登录", "For individuals"),
}


def show(visit: Visit, filled: Filled, onward: Onward) -> Response:
    """The page, with whatever was refused of it."""
    return frame.render(
        visit, "signing_in/login.html", TITLE, form=filled, onward=onward, providers=_offered(visit)
    )


def show_again(visit: Visit, onward: Onward, *, files: bool = False) -> Response:
    """The same to somebody whose session had ended when something was sent; `files` were among it and are not kept."""
    return frame.render(
        visit, "signing_in/again.html", AGAIN, status=401, form=SIGN_IN.filled({}), onward=onward,
        providers=_offered(visit), files=files,
    )  # fmt: skip


def _offered(visit: Visit) -> list[tuple[Text, list[Provider]]]:
    """The providers under whom they vouch for; a heading without one is left out."""
    every = visit.gateway.parties.providers.values()
    found = [
        (heading, [each for each in every if each.vouches_for == whom]) for whom, heading in _FOR.items()
    ]
    return [(heading, some) for heading, some in found if some]
