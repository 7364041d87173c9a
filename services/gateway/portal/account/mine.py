"""我的账号: who one is here, in which roles, for whom one acts; one's password and addresses."""

from __future__ import annotations

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.navigation import home_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import body_of
from shared.contracts.operations import ROLES
from shared.contracts.operations.notifications.messages import PEOPLE
from shared.problems import Forbidden

ROOM = Room("mine", ROLES)
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
ADDRESSES = Form(
    (
        Field("email", Text("电子邮箱", "E-mail"), needed=False, autocomplete="email"),
        Field(
            "phone", Text("手机号码", "Mobile telephone"), needed=False, width=20, autocomplete="tel",
            hint=Text(
                "11 位手机号；短信只写有什么事待办，不写内容",
                "Eleven digits; a short message says that something waits, never what"
            ),
        ),
        Field(
            "language", Text("消息的语言", "Language of messages"), Kind.RADIOS,
            choices=(Choice("zh", Text("中文", "Chinese")), Choice("en", Text("英文", "English"))),
        ),
        Field(
            "quiet_from", Text("免打扰开始", "Quiet from"), needed=False, width=5,
            hint=Text(
                "24 小时制，例如 22:00；这段时间不发邮件和短信",
                "By the 24-hour clock, for example 22:00; nothing is sent in these hours"
            ),
        ),
        Field(
            "quiet_until", Text("免打扰结束", "Quiet until"), needed=False, width=5,
            hint=Text("例如 07:00；与开始时间同时填写", "For example 07:00; given together with the beginning"),
        ),
    ),
    submit=Text("保存联系方式", "Save the addresses"),
)  # fmt: skip
_NEW = 50  # a page of messages is asked for, of which only the count is shown


@ROOM.page("/me")
def me(visit: Visit) -> Response:
    """Who is signed in, with what leads to everything of one's own."""
    session, gateway = visit.session, visit.gateway
    assert session is not None
    own = session.acting_for is None and not session.rehearsal
    news = None
    if own and visit.may("notifications.mine"):
        news = visit.ask_or_none("notifications.mine", unread="yes", size=_NEW)
    found = visit.ask("gateway.me")
    offers = gateway.delegations.offers(session) if own else []
    owing = found["second_factor"] != "confirmed"
    return visit.page(
        "account/me.html", Text("我的账号", "My account"), me=found, news=news, mine=own,
        body=body_of(found["unit"]) if found["unit"] else None,
        offers=[(lent, owing and gateway.identity.needs_factor(lent.roles)) for lent in offers],
        has_addresses=own and visit.may("gateway.my_addresses"), has_delegations=own and visit.may("gateway.delegations"),
        has_providers=own and bool(gateway.parties.providers),
    )  # fmt: skip


@ROOM.page("/me/acting", methods=("POST",))
def acting(visit: Visit) -> Response:
    """From now on in what somebody lent; with no name, in one's own name again."""
    session = visit.session
    assert session is not None
    giver = request.form.get("giver", "")
    if session.rehearsal:
        raise not_found()
    try:
        now = visit.gateway.identity.act_for(session, giver or None)
    except Forbidden:  # it has ended meanwhile, or never was
        ended = Text("对方没有委托您代办，或者代办已结束", "Nothing is lent to you, or it has ended")
        return visit.go("/me", None, refused=list(ended))
    acts = Visit(visit.gateway, now, visit.token, visit.language, visit.elder)
    if now.acting_for is None:
        return acts.go("/me", Text("已恢复以本人身份办理", "You act in your own name again"))
    name = now.acting_for.display_name
    notice = Text(
        f"现在代 {name} 办理，每一步都记在您的名下并注明委托人",
        f"You act for {name} now; each step is recorded as yours, with the name of whoever lent the role",
    )
    return acts.go(home_of(acts.roles), notice)


@ROOM.page("/me/password", methods=("GET", "POST"))
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


@ROOM.page("/me/addresses", roles=PEOPLE, methods=("GET", "POST"))
def addresses(visit: Visit) -> Response:
    """Where one is told, in which language, and when not."""
    if request.method == "POST":
        filled = visit.submit(ADDRESSES, "gateway.set_addresses")
        if filled.ok:
            return visit.go("/me", Text("联系方式已保存", "Your addresses were saved"))
    else:
        filled = visit.form(ADDRESSES, visit.ask("gateway.my_addresses"))
    intro = Text(
        "有事待办时按这里通知您。邮箱和手机号加密保存，只用于通知；站内消息随时可看。",
        "You are told here when something waits. Mail and telephone are kept encrypted and used for nothing else; the messages "
        "in the portal are there at any hour.",
    )
    title = Text("联系方式", "Addresses")
    return visit.page("form.html", title, form=filled, back="/me", intro=intro)


@ROOM.page("/me/awake", methods=("POST",), entrance=True)
def awake(visit: Visit) -> Response:
    """Go on with a session that was about to end; asked for by the warning's script."""
    return Response(status=204)
