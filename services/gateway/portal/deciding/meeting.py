"""评审会 as a member sees it, and what it may do now; the slips, the recount and the minutes for all who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.calls import OVER
from services.gateway.portal.deciding import telling, words
from services.gateway.portal.deciding.around import (
    at_hand,
    board,
    chosen_of,
    number_of,
    pen_of,
)
from services.gateway.portal.deciding.blocks import (
    Away,
    Block,
    Facts,
    Heading,
    Items,
    Pen,
    Table,
    Ways,
    Words,
)
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, own
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import MEMBER, WATCHERS
from shared.problems import Conflict, NotFound, Problem, Unavailable
from shared.rulebooks import Rulebook
from shared.rulebooks.words import GROUNDS

ROOM = Room("meeting", (MEMBER,))
_ALL = (*WATCHERS, MEMBER)


@ROOM.page("/committee")
def meetings(visit: Visit) -> Response:
    """The meetings that one is called to, the newest cycle first."""
    pen, rows = pen_of(visit), []
    called = [
        each
        for each in visit.ask("intake.cycles")["cycles"]
        if not each["rehearsal"] and any(line["kind"] == "committee" for line in each["stages"])
    ]
    rounds = visit.ask_each("committee.round", [{"cycle_id": each["cycle_id"]} for each in called])
    away = any(isinstance(each, Unavailable) for each in rounds)
    for cycle, now in zip(called, rounds, strict=True):
        if isinstance(now, Problem):
            if not isinstance(now, NotFound | Conflict | Unavailable):
                raise now
        elif visit.session is not None and now["members"]:
            rows.append(_line(visit, pen, cycle, now))
    table = Table(
        Text("我的评审会", "My meetings"),
        (Text("评奖周期", "Cycle"), Text("表决", "Ballots"), Text("现在可以做的", "What you can do now")),
        rows, Text("新的周期在前", "the newest cycle first"),
        Text("没有召集您参加的评审会。召集后会列在这里。",
            "You are called to no meeting. One that you are called to is listed here."),
    )  # fmt: skip
    return board(
        visit, Text("评审会", "Committee"), [Away(Text("评审会", "The committee")) if away else None, table]
    )


def _line(visit: Visit, pen: Pen, cycle: dict[str, Any], now: dict[str, Any]) -> tuple[object, ...]:
    address = f"/committee/{cycle['cycle_id']}"
    book = visit.gateway.library.get(cycle["rulebook"])
    title = Text(f"{book.title.zh}（{cycle['year']}）", f"{book.title.en} ({cycle['year']})")
    may: object = ""
    if may_vote(visit, now):
        may = pen.link(f"{address}/ballot", Text("投票", "vote"))
    elif now["state"] == "finished" and cycle["state"] not in OVER:
        may = pen.link(f"{address}/minutes", Text("看会议纪要", "read the minutes"))
    return (
        pen.link(address, title),
        pen.tag(word(words.ROUNDS, now["state"]), words.colour(now["state"])),
        may,
    )


def may_vote(visit: Visit, now: dict[str, Any]) -> bool:
    """Whether whoever looks has a ballot to cast now."""
    actor = visit.session.subject if visit.session else ""
    return now["state"] == "open" and not now["voted"] and actor in now["voters"]


@ROOM.page("/committee/<cycle_id>")
def meeting(visit: Visit, cycle_id: str) -> Response:
    """One meeting."""
    book = visit.rulebook(cycle_id)
    now = visit.ask("committee.round", cycle_id=cycle_id)
    pen, address = pen_of(visit), f"/committee/{cycle_id}"
    proposal = at_hand(visit, "committee.proposal", cycle_id=cycle_id)
    agenda = at_hand(visit, "committee.agenda", cycle_id=cycle_id)
    present = at_hand(visit, "committee.attendance", cycle_id=cycle_id)
    blocks: list[Block | None] = [Words(_next(visit, now), strong=True)]
    if may_vote(visit, now):
        blocks.append(Ways([(f"{address}/ballot", Text("去投票", "Go to your ballot"))], main=True))
    blocks += telling.summary(pen, now)
    blocks += telling.agenda(pen, agenda)
    blocks += telling.proposal(pen, book, proposal)
    blocks += telling.presence(pen, present, telling.names_in(proposal), book)
    ways = [
        (f"{address}/minutes", Text("会议纪要", "Minutes")),
        (f"{address}/recount", Text("重新计票", "Count again")),
    ]
    ways += telling.slip_ways(cycle_id, now)
    if now["state"] != "finished":
        ways.insert(0, (f"{address}/recusal", Text("申请回避", "Stand aside from an application")))
    title = Text(f"{book.title.zh}评审会", f"Committee of the {book.title.en}")
    return board(
        visit, title, [*blocks, Heading(Text("办理", "What else")), Ways(ways)], book=book, back="/committee"
    )


def _next(visit: Visit, now: dict[str, Any]) -> Text:
    if now["state"] == "open":
        if may_vote(visit, now):
            return Text(
                f"第 {now['number']} 轮表决正在进行，请投票。",
                f"Ballot {now['number']} is open: please vote.",
            )
        if now["voted"]:
            return Text(
                "您已投票。本轮结束后公布结果。",
                "Your ballot is in. The result is told when this ballot is closed.",
            )
        return Text(
            "本轮表决开始时您未到会，不能投这一轮；到会后从下一轮起投票。",
            "You were not present when this ballot opened and cannot vote in it; you do from the next one on.",
        )
    if now["state"] == "finished":
        return Text("表决全部结束。请查看会议纪要。", "The ballots are over. The minutes are next.")
    if now["state"] == "none":
        return Text(
            "会议尚未表决。需要回避的，请在表决开始前申请。",
            "Nothing is put to the vote yet. Who stands aside says so before a ballot opens.",
        )
    return Text("下一轮表决尚未开始。", "The next ballot is not open yet.")


# --- standing aside ---------------------------------------------------------------------------------------------------


def recusal_form(
    book: Rulebook, entrants: list[dict[str, Any]], members: Mapping[str, str] | None = None
) -> Form:
    """From whom, on which ground that the rulebook has for members. `members`: whom the office may enter it for, by subject."""
    grounds = tuple(
        Choice(
            rule.ground,
            word(GROUNDS, rule.ground),
            Text(book.label(rule.rule), own(book.label(rule.rule), "en")),
        )
        for rule in book.recusal
        if "member" in rule.applies_to
    )
    who = chosen_of((each["application_id"], each["name"] or each["application_id"]) for each in entrants)
    parts = [
        Field("application_id", Text("申报", "Application"), Kind.SELECT, choices=who),
        Field("ground", Text("回避情形", "Ground"), Kind.RADIOS, choices=grounds),
        Field(
            "detail", Text("具体情况", "What it is"), Kind.AREA,
            hint=Text("例如：配偶任职于该单位。加密保存，只有评审办和监督可见。",
                "For example: one's spouse works there. Kept encrypted; read by the office and its watchers alone."),
        ),
    ]  # fmt: skip
    if members is not None:
        parts.insert(
            0,
            Field("member", Text("委员", "Member"), Kind.SELECT, choices=chosen_of(members.items())),
        )
    return Form(tuple(parts), submit=Text("申请回避", "Stand aside"))


RECUSAL_SAYS = (
    Text("须在该申报表决开始之前提出；回避后不对该申报投票，也不计入应到票数。",
        "To be said before the ballot on that application opens; who stands aside neither votes on it nor counts in it."),
    Text("提出后不能自行撤回。", "It cannot be taken back by oneself."),
)  # fmt: skip


@ROOM.page("/committee/<cycle_id>/recusal", methods=("GET", "POST"))
def recusal(visit: Visit, cycle_id: str) -> Response:
    """A member stands aside."""
    book = visit.rulebook(cycle_id)
    entrants = visit.ask("committee.proposal", cycle_id=cycle_id)["entrants"]
    form = recusal_form(book, entrants)
    filled = (
        visit.submit(form, "committee.declare_recusal", cycle_id=cycle_id)
        if request.method == "POST"
        else visit.form(form)
    )
    back = f"/committee/{cycle_id}"
    if filled.was_posted and filled.ok:
        return visit.go(back, Text("已登记回避", "It is on record that you stand aside"))
    return board(
        visit, Text("申请回避", "Stand aside"), [Items(RECUSAL_SAYS)], book=book, form=filled, back=back
    )


# --- slips, recount ---------------------------------------------------------------------------------------------------


@ROOM.page("/committee/<cycle_id>/slips/<number>", roles=_ALL, sample={"number": "1"})
def slips(visit: Visit, cycle_id: str, number: str) -> Response:
    """All slips of a counted ballot, from which anybody counts again."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("committee.slips", cycle_id=cycle_id, number=number_of(number))
    proposal = at_hand(visit, "committee.proposal", cycle_id=cycle_id)
    title = Text(f"第 {number} 轮的选票", f"Slips of ballot {number}")
    return board(
        visit,
        title,
        telling.slips(pen, found, telling.names_in(proposal)),
        book=book,
        back=_home(visit, cycle_id),
    )


@ROOM.page("/committee/<cycle_id>/recount", roles=_ALL)
def recount(visit: Visit, cycle_id: str) -> Response:
    """Slips, counters and results held against each other, as the page is opened."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("committee.recount", cycle_id=cycle_id)
    return board(
        visit,
        Text("重新计票", "Count again"),
        telling.recount(pen, cycle_id, found),
        book=book,
        back=_home(visit, cycle_id),
    )


def _home(visit: Visit, cycle_id: str) -> str:
    """Where whoever looks came from: a member's own page, or the office's."""
    return f"/committee/{cycle_id}" if visit.may("committee.cast_ballot") else f"/cycles/{cycle_id}/committee"


# --- minutes ----------------------------------------------------------------------------------------------------------

RETURN = Form(
    (Field("reason", Text("退回理由", "Why it is returned"), Kind.AREA, rows=3),),
    submit=Text("退回修改", "Return it"),
)


@ROOM.page("/committee/<cycle_id>/minutes", roles=_ALL)
def minutes(visit: Visit, cycle_id: str) -> Response:
    """Every version, the newest first, and what it says."""
    return minutes_page(visit, cycle_id, visit.form(RETURN))


def minutes_page(visit: Visit, cycle_id: str, filled: Any) -> Response:
    """The page with its form as it is now."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    versions = visit.ask("committee.minutes_versions", cycle_id=cycle_id)["minutes"]
    blocks: list[Block | None] = [telling.versions(pen, cycle_id, versions)]
    newest = versions[0] if versions else None
    chairs = newest is not None and newest["state"] == "draft" and _chairs(visit, newest)
    wrote = newest is not None and visit.did(newest["drafted_by"])
    mine = chairs and not wrote
    if newest:
        blocks += telling.minutes(pen, newest)
    if visit.may("committee.draft_minutes"):
        blocks.append(
            Ways(
                [(f"/cycles/{cycle_id}/committee/minutes", Text("起草新版本", "Draft a version"))], main=True
            )
        )
    if newest and newest["state"] == "draft" and wrote:
        blocks.append(Words(_BY_CHAIR, strong=True))
    if mine and newest:
        confirm = f"/committee/{cycle_id}/minutes/{newest['version']}/confirm"
        blocks += [
            Heading(Text("您主持了会议，请确认或退回", "You took the chair: confirm it, or return it")),
            Ways([(confirm, Text("确认这个版本", "Confirm this version"))], main=True),
        ]
    action = f"/committee/{cycle_id}/minutes/{newest['version']}/return" if newest else ""
    return board(
        visit, Text("会议纪要", "Minutes"), blocks, book=book, form=filled if mine else None, form_action=action,
        form_heading=Text("有误则退回", "Or return it"), back=_home(visit, cycle_id),
    )  # fmt: skip


_BY_CHAIR = Text(
    "这一版由您起草，须由主持会议的人确认。",
    "You drafted this version: whoever took the chair, and did not draft it, confirms it.",
)


def _chairs(visit: Visit, version: dict[str, Any]) -> bool:
    subject = visit.session.subject if visit.session else ""
    may = visit.may("committee.confirm_minutes")
    return may and any(each["chair"] and each["member"] == subject for each in version["content"]["members"])


@ROOM.page(
    "/committee/<cycle_id>/minutes/<version>/confirm", methods=("GET", "POST"), sample={"version": "1"}
)
def confirm(visit: Visit, cycle_id: str, version: str) -> Response:
    """The chair confirms: a version as it stands."""
    book, pen, back = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/committee/{cycle_id}/minutes",
    )
    which = number_of(version)
    form = Form((), submit=Text("确认", "Confirm"))
    filled = form.filled({})
    if request.method == "POST":
        filled = visit.submit(form, "committee.confirm_minutes", cycle_id=cycle_id, version=which)
        if filled.ok:
            return visit.go(back, Text("会议纪要已确认", "The minutes are confirmed"))
    found = visit.ask("committee.minutes", cycle_id=cycle_id, version=which)
    says = Text(
        "确认后这一版成为正式纪要，取代之前的版本。确认不能撤回。",
        "This version becomes the minutes, in the place of the one before. It cannot be taken back.",
    )
    wrote = visit.did(found["drafted_by"]) and not filled.was_posted
    facts = Facts(
        [(Text("版本", "Version"), which), (Text("内容摘要", "Digest"), pen.code(found["content_digest"]))]
    )
    title = Text(f"确认第 {version} 版会议纪要", f"Confirm version {version} of the minutes")
    return board(
        visit,
        title,
        [Words(_BY_CHAIR, strong=True) if wrote else Words(says), facts, *telling.minutes(pen, found)],
        book=book,
        form=None if wrote else filled,
        back=back,
    )


@ROOM.page("/committee/<cycle_id>/minutes/<version>/return", methods=("POST",))
def send_back(visit: Visit, cycle_id: str, version: str) -> Response:
    """The chair returns a version, and says what is wrong."""
    filled = visit.submit(RETURN, "committee.return_minutes", cycle_id=cycle_id, version=number_of(version))
    if not filled.ok:
        return minutes_page(visit, cycle_id, filled)
    return visit.go(f"/committee/{cycle_id}/minutes", Text("会议纪要已退回", "The minutes are returned"))
