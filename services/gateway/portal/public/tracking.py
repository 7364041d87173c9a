"""查询异议: how one's objection stands, by number and query code; its letters; an appeal. A wrong code is an unknown number.

What holds the code is a POST whose answer is the page: it stands in no address.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.papers import named
from services.gateway.portal.public.objecting import at_field, keep, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import OBJECTION_LETTERS, OBJECTION_STATES, OBJECTION_STEPS, word
from shared.contracts.operations import PUBLIC
from shared.identifiers import new_id
from shared.problems import Forbidden, Invalid, NotFound

ROOM = Room("tracking_objections", (PUBLIC,))
TITLE = Text("查询异议", "How an objection stands")
TRACK = Form(
    (
        Field("receipt", Text("异议编号", "Number of the objection"), width=20),
        Field(
            "secret",
            Text("查询码", "Query code"),
            hint=Text("提交异议时显示过一次", "It was shown once, when you objected"),
        ),
    ),
    submit=Text("查询", "Look it up"),
    secret=True,
)
APPEAL = Form(
    (
        Field("receipt", Text("异议编号", "Number"), Kind.HIDDEN),
        Field("secret", Text("查询码", "Query code"), Kind.HIDDEN),
        Field("text", Text("申请复核的理由", "Why the ruling is wrong"), Kind.AREA, rows=8),
        Field("file", Text("新的证据", "New evidence"), Kind.FILE, needed=False),
    ),
    submit=Text("申请复核", "Appeal"),
    secret=True,
)
_RULED = ("upheld", "dismissed", "appealed", "confirmed", "overturned")
_DECIDED = ("confirmed", "overturned")


@ROOM.page("/objections/track", methods=("GET", "POST"), largest=whole_form)
def track(visit: Visit) -> Response:
    """The form, and on its answer how the objection stands."""
    if request.method != "POST":
        return visit.page("public/track.html", TITLE, form=TRACK.filled({}))
    step = request.form.get("_step")
    if step in _STEPS:
        return _STEPS[step](visit)
    filled = TRACK.posted(request.form)
    if filled.errors:
        return visit.page("public/track.html", TITLE, form=filled)
    told = _state(visit, filled.text("receipt"), filled.text("secret"))
    return (
        _unknown(visit)
        if told is None
        else _shown(visit, told, filled.text("receipt"), filled.text("secret"))
    )


def _letter(visit: Visit) -> Response:
    """A letter to the objector as a file."""
    given = {name: request.form.get(name, "") for name in ("receipt", "secret", "letter")}
    form = "docx" if request.form.get("form") == "docx" else "pdf"
    try:
        return visit.file(f"gateway.objector_letter_{form}", **given)
    except (NotFound, Invalid, Forbidden):
        return _unknown(visit)


def _appeal(visit: Visit) -> Response:
    """申请复核 as the objector, with one more paper where there is any."""
    filled = APPEAL.posted(request.form)
    receipt, secret = filled.text("receipt"), filled.text("secret")
    told = _state(visit, receipt, secret)
    if told is None:
        return _unknown(visit)
    papers: list[str] = []
    given = request.files.get("file")
    if filled.ok and given is not None and given.filename:
        filled.attempt(lambda: keep(visit, "file"))
        at_field(filled, "file")
        papers = [named(filled.reply)] if filled.ok else []
    if filled.ok:
        text = filled.data["text"]
        filled.attempt(
            lambda: visit.do(
                "eligibility.appeal_objection",
                filled.key,
                receipt=receipt,
                secret=secret,
                text=text,
                papers=papers,
            )
        )
    if not filled.ok:
        return _shown(visit, told, receipt, secret, filled)
    visit.aside.append(Text("复核申请已收到", "Your appeal was received"))
    return _shown(visit, filled.reply, receipt, secret)


_STEPS = {"letter": _letter, "appeal": _appeal}


def _state(visit: Visit, receipt: str, secret: str) -> dict[str, Any] | None:
    """None for a number that there is not, and for a wrong code."""
    try:
        return visit.do("eligibility.objection_state", new_id(), receipt=receipt, secret=secret)
    except (NotFound, Invalid, Forbidden):
        return None


def _unknown(visit: Visit) -> Response:
    """One answer, of one length, for every number and code that do not fit; nothing typed is shown again."""
    filled = Filled(TRACK, {})
    filled.problem = NotFound("没有查到：编号或查询码不对", "Nothing was found: number or code is wrong")
    return visit.page("public/track.html", TITLE, form=filled)


def _shown(
    visit: Visit, told: dict[str, Any], receipt: str, secret: str, form: Filled | None = None
) -> Response:
    letters = ["acceptance"] if told["state"] != "received" else []
    letters += ["ruling"] if told["state"] in _RULED else []
    letters += ["appeal"] if told["state"] in _DECIDED else []
    may = told["may_appeal"]
    shown = form or (APPEAL.filled({"receipt": receipt, "secret": secret}) if may else None)
    return visit.page(
        "public/tracked.html", Text("我的异议", "Your objection"), told=told, receipt=receipt, secret=secret, form=shown,
        letters=[(name, word(OBJECTION_LETTERS, name)) for name in letters], state=word(OBJECTION_STATES, told["state"]),
        awaits=word(OBJECTION_STEPS, told["awaits"]) if told["awaits"] else None,
    )  # fmt: skip
