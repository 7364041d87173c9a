"""关联的身份: through which agencies' providers one may come in; adding one, signed in; taking one back, with a code."""

from __future__ import annotations

from flask import Response, request

from services.gateway.errors import TooMany, not_found
from services.gateway.portal.forms import Field, Form
from services.gateway.portal.onward import Onward
from services.gateway.portal.room import Room
from services.gateway.portal.signing_in import to_provider
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import ROLES
from shared.problems import Conflict, Invalid

ROOM = Room("identities", ROLES)
PATH = "/me/identities"
UNLINK = Form(
    (
        Field(
            "code", Text("验证码", "Code"), width=20, autocomplete="one-time-code", secret=True,
            hint=Text("身份验证器上的 6 位数字，或一个恢复码", "What your authenticator shows, or a recovery code"),
        ),
    ),
    submit=Text("解除关联", "Unlink it"),
    secret=True,
)  # fmt: skip
_INTRO = Text(
    "解除后不能再通过该身份登录这个账号，您在其他设备上的登录立即失效。账号唯一的登录方式不能解除。",
    "You will not sign in to this account through it any more; your other sessions end at once. The only way to sign in stays.",
)


@ROOM.page(PATH)
def identities(visit: Visit) -> Response:
    """Those that are linked, and those that could be."""
    session = visit.session
    assert session is not None
    linked = visit.ask("gateway.my_identities")["identities"]
    known = {each["provider"] for each in linked}
    others = [each for key, each in visit.gateway.parties.providers.items() if key not in known]
    title = Text("关联的身份", "Linked identities")
    personal = session.acting_for is None and not session.rehearsal
    factor = visit.gateway.second_factors.state(session)
    return visit.page(
        "account/identities.html", title, linked=linked, others=others, personal=personal, factor=factor
    )


@ROOM.page(PATH + "/<provider>", methods=("POST",))
def link(visit: Visit, provider: str) -> Response:
    """Begin to link one. It is asked for by a form, so that no other site begins it; the way on is a link on the answer."""
    return to_provider(visit, provider, Onward(PATH), link=True)


@ROOM.page(PATH + "/<identity_id>/end", methods=("GET", "POST"))
def unlink(visit: Visit, identity_id: str) -> Response:
    """Take one back, with a code of the second factor."""
    several = visit.ask("gateway.my_identities")["identities"]
    this = next((each for each in several if each["identity_id"] == identity_id), None)
    if this is None:
        raise not_found()
    if request.method == "POST":
        filled = UNLINK.posted(request.form)
        if filled.ok:
            asked = visit.asked("gateway.unlink_identity", filled.key)
            try:
                visit.gateway.links.unlink(asked.signed_in, identity_id, filled.data["code"])
            except (Invalid, TooMany, Conflict) as problem:
                filled.refuse(problem)
        if filled.ok:
            return visit.go(PATH, Text("已解除关联", "The identity was unlinked"))
    else:
        filled = visit.form(UNLINK)
    facts = [(Text("统一身份认证", "Provider"), visit.say(this["name_zh"], this["name_en"]))]
    title = Text("解除关联的身份", "Unlink an identity")
    return visit.page("form.html", title, form=filled, back=PATH, intro=_INTRO, facts=facts)
