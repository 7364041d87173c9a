"""代办: lending one of one's roles for some days, and ending it."""

from __future__ import annotations

from flask import Response, request

from services.gateway.delegation.terms import LENDABLE, State
from services.gateway.errors import not_found
from services.gateway.own.delegations import OPERATIONS
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import LENT, word
from services.gateway.roles import TITLES

_READERS = next(each.roles for each in OPERATIONS if each.method == "delegations")
ROOM = Room("lending", _READERS)
PATH = "/me/delegations"
END = Form((Field("reason", Text("结束的事由", "Reason for ending it")),), submit=Text("结束代办", "End it"))


def lend_form(visit: Visit) -> Form:
    """With the roles that this visitor holds and may lend."""
    own = tuple(Choice(role, Text(*TITLES[role])) for role in LENDABLE if role in visit.roles)
    return Form(
        (
            Field("role", Text("委托的角色", "Role that is lent"), Kind.RADIOS, choices=own),
            Field(
                "helper", Text("代办人的用户名", "User name of the helper"), width=20,
                hint=Text(
                    "同一单位的同事，其角色不得与所委托的相互排斥",
                    "A colleague of the same body, without a role that excludes this one"
                ),
            ),
            Field("starts_on", Text("从哪天起", "First day"), Kind.DAY),
            Field(
                "ends_on", Text("到哪天止", "Last day"), Kind.DAY,
                Text("含当天，过后自动结束", "That day counts in; it ends by itself afterwards"),
            ),
            Field("reason", Text("事由", "Reason")),
        ),
        submit=Text("委托代办", "Lend the role"),
    )  # fmt: skip


@ROOM.page(PATH, methods=("GET", "POST"))
def delegations(visit: Visit) -> Response:
    """What was lent and taken, and lending a role."""
    session = visit.session
    assert session is not None
    lends = visit.may("gateway.delegate") and session.acting_for is None and not session.rehearsal
    form = lend_form(visit)
    filled = visit.form(form)
    if request.method == "POST" and lends:
        filled = visit.submit(form, "gateway.delegate")
        if filled.ok:
            name = filled.reply["helper"]["display_name"]
            return visit.go(PATH, Text(f"已委托 {name} 代办", f"The role is lent to {name}"))
    found = visit.ask("gateway.delegations")["delegations"]
    mine = [
        each for each in found if session.subject in (each["giver"]["subject"], each["helper"]["subject"])
    ]
    return visit.page(
        "account/delegations.html", Text("代办", "Roles that are lent"), form=filled, lends=lends, delegations=mine,
        words={state: word(LENT, state) for state in State}, me=session.subject, live=(State.COMING, State.RUNNING),
        other=len(found) - len(mine),
    )  # fmt: skip


@ROOM.page(PATH + "/<delegation_id>/end", methods=("GET", "POST"))
def end(visit: Visit, delegation_id: str) -> Response:
    """End one that oneself gave."""
    return ended(visit, delegation_id, PATH)


def ended(visit: Visit, delegation_id: str, back: str) -> Response:
    """The page that ends one, its giver's and the administrator's."""
    if not visit.may("gateway.end_delegation"):
        raise not_found()
    if request.method == "POST":
        filled = visit.submit(END, "gateway.end_delegation", delegation_id=delegation_id)
        if filled.ok:
            return visit.go(back, Text("代办已结束", "It was ended"))
    else:
        filled = visit.form(END)
    for each in visit.ask("gateway.delegations")["delegations"]:
        if each["delegation_id"] == delegation_id:
            break
    else:
        raise not_found()
    facts = [
        (Text("委托人", "Lent by"), each["giver"]["display_name"]),
        (Text("代办人", "Helper"), each["helper"]["display_name"]),
        (Text("角色", "Role"), TITLES[each["role"]][1 if visit.language == "en" else 0]),
        (Text("起止", "Days"), f"{each['starts_on']} – {each['ends_on']}"),
        (Text("状态", "State"), word(LENT, each["state"]).at(visit.language)),
    ]
    intro = Text(
        "结束后立即生效，不能恢复；需要时可另行委托。已办的事不受影响。",
        "It ends at once and cannot be taken up again; lend the role anew where it is needed. What was done stands.",
    )
    title = Text("结束代办", "End a delegation")
    return visit.page("form.html", title, form=filled, back=back, intro=intro, facts=facts)
