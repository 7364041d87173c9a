"""监督反馈表: threads between discipline inspection and one other side. Whose it is not, for them it does not exist."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.listing import read
from services.gateway.portal.papers import hand_in, sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.watching import words
from services.gateway.portal.watching.lists import Day, Link, Table, tag
from services.gateway.portal.words import word
from services.gateway.roles import TITLES
from shared.contracts.operations import DISCIPLINE
from shared.contracts.operations.eligibility.supervision import ASKED, PARTIES, REPORT

ROOM = Room("supervision", (*PARTIES, DISCIPLINE))
A_SAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_TITLE_OF, _TEXT = (
    Field("title", Text("标题", "Title")),
    Field("text", Text("内容", "Text"), Kind.AREA, rows=8),
)
_APPLICATION = Field(
    "application_id", Text("有关申报（编号）", "About which application"), needed=False, width=30
)
_DAYS = Field(
    "days", Text("答复期限（工作日）", "Time to answer, in working days"), Kind.NUMBER, needed=False, width=3,
    hint=Text("留空按规定的天数", "Empty: as many as are usual"),
)  # fmt: skip
ASK = with_papers(
    (
        Field(
            "kind", Text("类别", "Kind"), Kind.RADIOS, choices=tuple(Choice(code, words.KINDS[code]) for code in ASKED)
        ),
        Field(
            "to_role", Text("对方", "To whom"), Kind.SELECT,
            choices=tuple(Choice(role, Text(*TITLES[role])) for role in PARTIES),
        ),
        Field(
            "to", Text("对方个人（业务标识）", "One person, by subject"), needed=False, width=20,
            hint=Text("评审办和财务可作为整体，留空即可；其他角色须指明个人",
            "The office and finance may be asked as such: leave it empty; others are named"),
        ),
        _TITLE_OF, _TEXT, _DAYS, _APPLICATION, Field("alert_id", Text("预警", "Alert"), Kind.HIDDEN, needed=False),
    ),
    Text("提出", "Send"),
)  # fmt: skip
TELL = with_papers((_TITLE_OF, _TEXT, _APPLICATION), Text("提交反映", "Send the report"))
WRITE = with_papers((_TEXT,), Text("提交", "Send"))
# What one may do with a thread: the operation, its words, and what follows.
_ACTS: dict[str, tuple[str, Text, Text]] = {
    "answer": ("eligibility.answer_form", Text("答复", "Answer"), Text("对方会看到答复。", "The other side reads it.")),
    "close": ("eligibility.close_form", Text("办结", "Close"), Text("办结后仍可重新提出。", "It may be asked again later.")),
    "reopen": ("eligibility.reopen_form", Text("重新提出", "Ask again"), Text("重新计算答复期限。",
    "The time to answer begins anew.")),
    "withdraw": ("eligibility.withdraw_form", Text("撤回", "Take back"), Text("撤回后不能恢复。", "It cannot be undone.")),
}  # fmt: skip


@ROOM.page("/supervision/<cycle_id>")
def mine(visit: Visit, cycle_id: str) -> Response:
    """One's own threads of a cycle, what waits for an answer first."""
    listing = read(
        request.path, request.args.items(multi=True), columns=(), sort="", filters={"state": tuple(words.FORMS),
        "overdue": ("yes",)}
    )  # fmt: skip
    told = visit.ask(
        "eligibility.forms", cycle_id=cycle_id, **dict(listing.filters), page=listing.page, size=listing.size
    )
    heads = [
        Text("标题", "Title"), Text("类别", "Kind"), Text("对方", "Other side"), Text("提出日期", "Opened"), Text("期限", "Due"),
        Text("状态", "State"),
    ]  # fmt: skip
    rows = [
        (
            Link(f"/supervision/forms/{each['form_id']}", Text(each["title"], each["title"])), word(words.KINDS, each["kind"]),
            _party(each), Day(each["opened_on"]), Day(each["due_on"]), tag(words.FORMS, each["state"]),
        )
        for each in told["forms"]
    ]  # fmt: skip
    table = Table(
        Text("监督反馈", "Supervision forms"), heads, rows, Text("待答复的在前", "those that wait for an answer first"),
        Text("没有监督反馈。", "There are no forms."),
    )  # fmt: skip
    return visit.page(
        "watching/forms.html", Text("监督反馈", "Supervision forms"), tables=[table], listing=listing, total=told["total"],
        cycle_id=cycle_id, inspects=_inspects(visit),
    )  # fmt: skip


def _inspects(visit: Visit) -> bool:
    return DISCIPLINE in visit.roles


def _party(form: dict[str, Any]) -> Text:
    role = TITLES.get(form["party_role"], (form["party_role"], form["party_role"]))
    party = f" {form['party']}" if form["party"] else ""
    return Text(role[0] + party, role[1] + party)


@ROOM.page("/supervision/<cycle_id>/new", methods=("GET", "POST"), largest=whole_form)
def new(visit: Visit, cycle_id: str) -> Response:
    """Discipline inspection asks; anybody else reports."""
    inspects = _inspects(visit)
    form = ASK if inspects else TELL
    more: dict[str, Any] = {"cycle_id": cycle_id} | ({} if inspects else {"kind": REPORT})
    filled = visit.form(form, {"alert_id": request.args.get("alert_id", "")[:64] or None})
    if request.method == "POST":
        filled = form.posted(request.form)
        hand_in(visit, filled, "other")
        data = {"papers": [], **filled.data, **more}
        if filled.ok:
            filled.attempt(lambda: visit.do("eligibility.open_form", filled.key, **data))
    if filled.was_posted and filled.ok:
        return visit.go(f"/supervision/forms/{filled.reply['form_id']}", Text("已提出", "It was sent"))
    title = (
        Text("提出监督反馈", "Open a form")
        if inspects
        else Text("向纪检监督反映", "Report to discipline inspection")
    )
    told = Text("只有您和纪检监督能看到。", "Only you and discipline inspection read it.")
    return visit.page(
        "form.html", title, form=filled, back=f"/supervision/{cycle_id}", intro=None if inspects else told
    )


@ROOM.page(
    "/supervision/forms/<form_id>",
    methods=("GET", "POST"),
    largest=whole_form,
    sample={"form_id": A_SAMPLE},
)
def thread(visit: Visit, form_id: str) -> Response:
    """One thread, and what one may write into it now."""
    act = request.form.get("act", "")
    filled = WRITE.filled({})
    if request.method == "POST" and act in _ACTS:
        operation = _ACTS[act][0]
        filled = sent(visit, _form_of(act), operation, "other", form_id=form_id)
        if filled.ok:
            return visit.go(f"/supervision/forms/{form_id}", Text("已记录", "It is on record"))
    told = visit.ask("eligibility.form", form_id=form_id)
    return visit.page(
        "watching/thread.html", Text("监督反馈表", "A supervision form"), form=filled, told=told, kind=word(words.KINDS,
        told["kind"]),
        state=tag(words.FORMS, told["state"]), party=_party(told), acts=words.ACTS, sides=words.SIDES,
        offered=[
            (name, _ACTS[name][1], _ACTS[name][2], filled if name == act else _form_of(name).filled({}))
            for name in sorted(_offered(told, inspects=_inspects(visit)), key=lambda name: name != act)
        ],
    )  # fmt: skip


def _form_of(act: str) -> Form:
    parts = (_TEXT, _DAYS) if act == "reopen" else (_TEXT,)
    return with_papers(parts, _ACTS[act][1])


def _offered(form: dict[str, Any], *, inspects: bool) -> list[str]:
    """What the side of whoever reads may do, by the table of moves of docs/supervision.md."""
    asked_by_us = (form["opened_by_side"] == "discipline") == inspects
    waits = form["state"] in {"open", "reopened"}
    found = []
    if waits:
        found.append("withdraw" if asked_by_us else "answer")
    if form["state"] == "answered" and (asked_by_us or inspects):
        found.append("close")
    if form["state"] in {"answered", "closed"} and asked_by_us:
        found.append("reopen")
    return found
