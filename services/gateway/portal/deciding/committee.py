"""评审会 as the office runs it: called, attended, put to the vote, minuted, approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.deciding import telling, words
from services.gateway.portal.deciding.around import (
    at_hand,
    board,
    chosen_of,
    decide,
    names_of,
    pen_of,
)
from services.gateway.portal.deciding.blocks import Block, Facts, Heading, Items, Pen, Ways, Words
from services.gateway.portal.deciding.meeting import RECUSAL_SAYS, recusal_form
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.papers import paper_fields, sent, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import OFFICE, WATCHERS
from shared.rulebooks import Rulebook

ROOM = Room("office_committee", WATCHERS)
_HERE = "/cycles/<cycle_id>/committee"
_ACTS = (OFFICE,)
_BOTH = ("GET", "POST")


@ROOM.page(_HERE)
def committee(visit: Visit, cycle_id: str) -> Response:
    """The meeting as it stands, and what may be done."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    now = at_hand(visit, "committee.round", cycle_id=cycle_id)
    proposal = at_hand(visit, "committee.proposal", cycle_id=cycle_id)
    names = telling.names_in(proposal)
    blocks: list[Block | None] = [*telling.summary(pen, now), *_acts(visit, book, cycle_id, now)]
    blocks += telling.agenda(pen, at_hand(visit, "committee.agenda", cycle_id=cycle_id))
    blocks += telling.results(pen, at_hand(visit, "committee.votes", cycle_id=cycle_id), names)
    blocks += telling.presence(pen, at_hand(visit, "committee.attendance", cycle_id=cycle_id), names, book)
    blocks += _approval(visit, pen, book, at_hand(visit, "committee.approval", cycle_id=cycle_id), cycle_id)
    ways = [
        (f"/cycles/{cycle_id}/proposal", Text("建议名单", "The proposal")),
        (f"/committee/{cycle_id}/minutes", Text("会议纪要", "Minutes")),
        (f"/committee/{cycle_id}/recount", Text("重新计票", "Count again")),
        *telling.slip_ways(cycle_id, now),
    ]
    return board(
        visit,
        Text("评审会", "Committee"),
        [*blocks, Heading(Text("相关页面", "See also")), Ways(ways)],
        at=cycle_id,
        book=book,
    )


_PRESENCE = Text("登记到会和离会", "Record who comes and goes")


def _acts(visit: Visit, book: Rulebook, cycle_id: str, now: Any) -> list[Block | None]:
    """The next lawful step as a button, the others as links; a page that is closed offers nothing."""
    if not visit.may("committee.convene") or not isinstance(now, dict):
        return []
    here = f"/cycles/{cycle_id}/committee"
    steps: list[tuple[str, Text]] = []
    main: list[tuple[str, Text]] = []
    called, there = now["members"], len(now["present"]) >= now["quorum"]
    again = Text("重新召集委员", "Call other members") if called else Text("召集委员", "Call the members")
    call, presence = (f"{here}/members", again), (f"{here}/attendance", _PRESENCE)
    if now["state"] == "none":
        (main if not now["members"] else steps).append(call)
    if now["members"] and now["state"] != "finished":
        early = now["state"] == "none" and not there  # no ballot opens before enough of them are there
        (main if early else steps).append(presence)
        steps += [
            (f"{here}/chair", Text("更换主持人", "Change who takes the chair")),
            (f"{here}/recusal", Text("登记委员回避", "Enter that a member stands aside")),
        ]
    stage = next((each.key for each in book.stages if each.owner == "committee"), None)
    if now["state"] == "none" and now["members"] and stage:
        (main if there else steps).append(
            (
                f"/cycles/{cycle_id}/stages/{stage}/begin",
                Text("开始审定（开启第一轮表决）", "Begin: open the first ballot"),
            )
        )
    if now["state"] == "open":
        main.append((f"{here}/ballot/close", Text("结束本轮并计票", "Close this ballot and count")))
        steps.append(
            (f"{here}/ballot/void", Text("作废本轮（失去法定人数时）", "Void it (where the quorum is lost)"))
        )
    if now["state"] == "closed":
        main.append((f"{here}/ballot/open", Text("开始下一轮表决", "Open the next ballot")))
    if now["state"] == "finished":
        main.append((f"{here}/minutes", Text("起草会议纪要", "Draft the minutes")))
        steps.append((f"{here}/approval", Text("登记批准文件", "Record the approval")))
    return [Ways(main, main=True) if main else None, Ways(steps) if steps else None]


def _approval(visit: Visit, pen: Pen, book: Rulebook, found: Any, cycle_id: str) -> list[Block | None]:
    if not isinstance(found, dict) or found["when"] is None:
        return []
    rows: list[tuple[Text, object]] = [
        (Text("批准机关", "Who approves"), Text(found["approver_zh"], found["approver_en"])),
        (Text("时点", "When"), word(words.APPROVALS, found["when"])),
        (Text("条款", "Article"), book.label(found["rule"]) if found["rule"] else None),
        (Text("文号", "Number"), found["document_number"]),
        (Text("批准日期", "Approved on"), pen.day(found["approved_on"])),
        (Text("文件", "Papers"), pen.papers(found["papers"])),
        (Text("登记人", "Recorded by"), visit.person(found["recorded_by"])),
    ]
    return [Heading(Text("批准", "Approval"), "approval"), Facts(rows)]


# --- calling ----------------------------------------------------------------------------------------------------------

MEMBERS = Form(
    (
        Field("members", Text("委员", "Members"), Kind.LINES, rows=12,
              hint=Text("每行一名，填写其登录的用户名（或账号的业务标识）",
                  "One a line: the user name of the account, or its subject")),
        Field("chair", Text("主持人", "Who takes the chair"),
              hint=Text("须是上列委员之一，写法相同", "One of them, written in the same way")),
    ),
    submit=Text("召集", "Call them"),
)  # fmt: skip


@ROOM.page(_HERE + "/members", roles=_ACTS, methods=_BOTH)
def members(visit: Visit, cycle_id: str) -> Response:
    """Call the meeting, or call it anew."""
    known = at_hand(visit, "committee.attendance", cycle_id=cycle_id)
    values: dict[str, Any] = {}
    if isinstance(known, dict) and known["members"]:
        chair = next((each["member"] for each in known["members"] if each["chair"]), None)
        values = {"members": [each["member"] for each in known["members"]], "chair": chair}
    says = [
        Text("召集后，他们能看到会议材料；表决开始前可以重新召集。",
            "They then see the papers of the meeting; until a ballot opens it can be called anew."),
        Text("谁到会由评审办另行登记，到会人数达到法定人数才能表决。",
            "Who is present is recorded apart; ballots need a quorum of those."),
    ]  # fmt: skip
    return decide(
        visit, MEMBERS, "committee.convene", title=Text("召集委员", "Call the members"), back=f"/cycles/{cycle_id}/committee",
        done=Text("已召集", "The members are called"), at=cycle_id, says=says, values=values,
        people=("members", "chair"), cycle_id=cycle_id,
    )  # fmt: skip


@ROOM.page(_HERE + "/chair", roles=_ACTS, methods=_BOTH)
def chair(visit: Visit, cycle_id: str) -> Response:
    """Another member takes the chair."""
    names = [each["member"] for each in visit.ask("committee.attendance", cycle_id=cycle_id)["members"]]
    form = Form(
        (
            Field(
                "member",
                Text("主持人", "Who takes the chair"),
                Kind.SELECT,
                choices=chosen_of((n, visit.person(n)) for n in names),
            ),
            Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),
        ),
        submit=Text("更换", "Change"),
    )
    says = [Text("表决开始后，须是到过会的委员。理由记入审计日志。",
        "Once ballots have begun it is one who came. The reason goes into the audit log.")]  # fmt: skip
    return decide(
        visit, form, "committee.appoint_chair", title=Text("更换主持人", "Change who takes the chair"),
        back=f"/cycles/{cycle_id}/committee", done=Text("主持人已更换", "The chair is changed"), at=cycle_id, says=says,
        cycle_id=cycle_id,
    )  # fmt: skip


@ROOM.page(_HERE + "/attendance", roles=_ACTS, methods=_BOTH)
def attendance(visit: Visit, cycle_id: str) -> Response:
    """Record one coming or going; the page is open for the next one then."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("committee.attendance", cycle_id=cycle_id)
    form = _coming(book, {each["member"]: visit.person(each["member"]) for each in found["members"]})
    here = f"/cycles/{cycle_id}/committee/attendance"
    filled = (
        visit.submit(form, "committee.record_attendance", cycle_id=cycle_id)
        if request.method == "POST"
        else visit.form(form, {"mode": "in_person"} if len(book.votes.attendance) == 1 else {})
    )
    if filled.was_posted and filled.ok:
        return visit.go(here, Text("已登记", "It is recorded"))
    names = names_of(visit, cycle_id, {each["application_id"] for each in found["recusals"]})
    present = sum(each["present"] for each in found["members"])
    told = Text(
        f"现在到会 {present} 名，法定人数 {found['quorum']} 名。",
        f"{present} are present now, {found['quorum']} must be.",
    )
    rule = Text(
        "表决进行中到会的，从下一轮起投票；未投票而离会的，不计入本轮。",
        "Who comes while a ballot is open votes from the next one; who goes without having cast leaves its count.",
    )
    return board(
        visit, Text("登记到会和离会", "Who comes and goes"), [Words(told, status=True), Words(rule)], at=cycle_id, book=book,
        form=filled, after=telling.presence(pen, found, names, book), back=f"/cycles/{cycle_id}/committee",
    )  # fmt: skip


def _coming(book: Rulebook, names: Mapping[str, str]) -> Form:
    modes = tuple(Choice(mode, word(words.MODES, mode)) for mode in book.votes.attendance)
    events = tuple(Choice(event, words.COMINGS[event]) for event in words.COMINGS)
    return Form(
        (
            Field("member", Text("委员", "Member"), Kind.SELECT, choices=chosen_of(names.items())),
            Field("event", Text("事项", "What"), Kind.RADIOS, choices=events),
            Field("mode", Text("到会方式", "How"), Kind.RADIOS, choices=modes, needed=False),
        ),
        submit=Text("登记（以现在为准）", "Record it as of now"),
    )


@ROOM.page(_HERE + "/recusal", roles=_ACTS, methods=_BOTH)
def recusal(visit: Visit, cycle_id: str) -> Response:
    """The office enters that a member stands aside."""
    book = visit.rulebook(cycle_id)
    attendance = visit.ask("committee.attendance", cycle_id=cycle_id)["members"]
    names = {each["member"]: visit.person(each["member"]) for each in attendance}
    entrants = visit.ask("committee.proposal", cycle_id=cycle_id)["entrants"]
    return decide(
        visit, recusal_form(book, entrants, names), "committee.declare_recusal",
        title=Text("登记委员回避", "Enter that a member stands aside"), back=f"/cycles/{cycle_id}/committee",
        done=Text("已登记", "It is on record"), at=cycle_id, says=RECUSAL_SAYS, cycle_id=cycle_id,
    )  # fmt: skip


# --- ballots ----------------------------------------------------------------------------------------------------------


def _state_of(visit: Visit, cycle_id: str) -> list[tuple[Text, object]]:
    now = visit.ask("committee.round", cycle_id=cycle_id)
    return [
        (Text("轮次", "Ballot"), now["number"]),
        (Text("候选", "Candidates"), len(now["candidates"])),
        (Text("到会 / 法定人数", "Present / needed"), f"{len(now['present'])} / {now['quorum']}"),
    ]


@ROOM.page(_HERE + "/ballot/open", roles=_ACTS, methods=_BOTH)
def open_ballot(visit: Visit, cycle_id: str) -> Response:
    """The next ballot, where there is a quorum."""
    says = [Text("到会委员达到法定人数才能开始；开始时在场的委员可以投票。",
        "It needs a quorum; those present at its opening may cast.")]  # fmt: skip
    return decide(
        visit, Form((), submit=Text("开始", "Open it")), "committee.open_round", at=cycle_id, says=says,
        title=Text("开始下一轮表决？", "Open the next ballot?"), back=f"/cycles/{cycle_id}/committee",
        done=Text("表决已开始", "The ballot is open"), facts=_state_of(visit, cycle_id), cycle_id=cycle_id,
    )  # fmt: skip


@ROOM.page(_HERE + "/ballot/close", roles=_ACTS, methods=_BOTH)
def close_ballot(visit: Visit, cycle_id: str) -> Response:
    """Count; refused as long as not all have cast, in words that tell no number."""
    says = [
        Text("可投票的委员全部投票后才能结束；结束前任何人看不到票数和投票人数。",
            "Only when all who may cast have; until then nobody sees counts, or how many have cast."),
        Text("结束后计票，结果不能更改；还有待表决的，自动开始下一轮。",
            "It is counted then and stays as it is; the next ballot opens where there is one."),
    ]  # fmt: skip
    return decide(
        visit, Form((), submit=Text("结束并计票", "Close and count")), "committee.close_round", at=cycle_id, says=says,
        title=Text("结束本轮表决？", "Close this ballot?"), back=f"/cycles/{cycle_id}/committee", danger=True,
        done=Text("本轮已结束并计票", "The ballot is closed and counted"), facts=_state_of(visit, cycle_id), cycle_id=cycle_id,
    )  # fmt: skip


@ROOM.page(_HERE + "/ballot/void", roles=_ACTS, methods=_BOTH)
def void_ballot(visit: Visit, cycle_id: str) -> Response:
    """End one that has lost its quorum."""
    form = Form((Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),), submit=Text("作废", "Void it"))
    says = [
        Text("只有不足法定人数时才能作废；已投的选票全部销毁，同一批候选另行表决。",
            "Only where the quorum is lost; all its slips are destroyed, and the same candidates are voted on anew."),
        Text("理由写入会议纪要。", "The reason stands in the minutes."),
    ]  # fmt: skip
    return decide(
        visit, form, "committee.void_round", at=cycle_id, says=says, title=Text("作废本轮表决？", "Void this ballot?"),
        back=f"/cycles/{cycle_id}/committee", danger=True, done=Text("本轮已作废", "The ballot is void"),
        facts=_state_of(visit, cycle_id), cycle_id=cycle_id,
    )  # fmt: skip


# --- minutes, approval ------------------------------------------------------------------------------------------------

DRAFT = Form(
    (
        Field("place", Text("地点", "Place"), needed=False),
        Field("remarks", Text("其他事项", "Remarks"), Kind.AREA, rows=8, needed=False,
              hint=Text("其余内容由会议记录自动生成", "All else is made from the record")),
    ),
    submit=Text("生成草稿", "Make the draft"),
)  # fmt: skip


@ROOM.page(_HERE + "/minutes", roles=_ACTS, methods=_BOTH)
def draft_minutes(visit: Visit, cycle_id: str) -> Response:
    """A version made from the record."""
    says = [Text("由主持会议的委员确认或退回；起草人不能自己确认。",
        "The member in the chair confirms or returns it, and is another than who drafts it.")]  # fmt: skip
    return decide(
        visit, DRAFT, "committee.draft_minutes", at=cycle_id, says=says, title=Text("起草会议纪要", "Draft the minutes"),
        back=f"/committee/{cycle_id}/minutes", done=Text("草稿已生成，待主持人确认", "The draft waits for the chair"),
        cycle_id=cycle_id,
    )  # fmt: skip


APPROVAL = Form(
    (
        Field("document_number", Text("批准文件文号", "Number of the document"), hint=Text("例如：府函〔2025〕12号",
            "As printed on it")),
        Field("approved_on", Text("批准日期", "Approved on"), Kind.DAY),
        *paper_fields(),
    ),
    submit=Text("登记", "Record it"),
)  # fmt: skip


@ROOM.page(_HERE + "/approval", roles=_ACTS, methods=_BOTH, largest=whole_form)
def approval(visit: Visit, cycle_id: str) -> Response:
    """The government's document."""
    book, pen, back = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/committee",
    )
    filled = visit.form(APPROVAL)
    if request.method == "POST":
        filled = sent(visit, APPROVAL, "committee.record_approval", "approval", cycle_id=cycle_id)
        if filled.ok:
            return visit.go(back, Text("批准已登记", "The approval is on record"))
    found = at_hand(visit, "committee.approval", cycle_id=cycle_id)
    says = Items([Text("登记后不能更改；没有批准，后续阶段不能办结。",
        "It stays as it is; what comes after cannot be closed without it.")])  # fmt: skip
    blocks = [says, *_approval(visit, pen, book, found, cycle_id)]
    return board(
        visit,
        Text("登记批准文件", "Record the approval"),
        blocks,
        at=cycle_id,
        book=book,
        form=filled,
        back=back,
    )
