"""异议: the list by last days, a case for its officers, its steps; who objects only behind a button, noted each time."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import at_hand, board, chosen_of, decide, names_of, pen_of
from services.gateway.portal.deciding.blocks import Block, Facts, Heading, Items, Pen, Table, Ways, Words
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.papers import paper_fields, sent, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, counted
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import DISCIPLINE, OFFICE
from shared.contracts.operations.eligibility.objections import (
    OBJECTION_GROUNDS,
    OBJECTION_PARTS,
    OBJECTION_STATES,
)
from shared.problems import Forbidden

ROOM = Room("office_objections", (OFFICE, DISCIPLINE))
_HERE = "/cycles/<cycle_id>/objections"
_ONE = _HERE + "/<objection_id>"
_BOTH = ("GET", "POST")
_ACTS = (OFFICE,)
Reply = dict[str, Any]
_FIRST = ("overdue", "last_day", "unknown", "in_time")
PARTS = {
    "inquiry": Text("受理和核实", "acceptance and inquiry"),
    "ruling": Text("裁定", "ruling"),
    "appeal": Text("复核", "appeal"),
}


@ROOM.page(_HERE)
def objections(visit: Visit, cycle_id: str) -> Response:
    """What is open, overdue first; then what is done."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("eligibility.objections", cycle_id=cycle_id)["objections"]
    names = names_of(visit, cycle_id, {each["application_id"] for each in found})
    waiting = [each for each in found if each["awaits"]]
    waiting.sort(key=lambda each: (_rank(each), str(each["due_on"]), each["objection_id"]))
    over = [each for each in found if not each["awaits"]]
    heads = (
        "异议|Objection", "申报|Application", "公示|Notice", "理由类别|Ground", "来源|Source", "状态|State", "待办|Next",
        "期限|Last day",
    )  # fmt: skip
    open_ones = Table(
        Text("待办的异议", "Open objections"), heads_of(heads), [_line(pen, cycle_id, each, names) for each in waiting],
        Text("逾期的在前，再按期限", "overdue first, then by the last day"), Text("没有待办的异议。", "Nothing waits."),
    )  # fmt: skip
    done = Table(
        Text("已办结的异议", "Settled"), heads_of(heads), [_line(pen, cycle_id, each, names) for each in over],
        Text("按提出先后", "in the order in which they came"), Text("还没有办结的异议。", "None is settled yet."),
    )  # fmt: skip
    figures = at_hand(visit, "eligibility.objection_figures", cycle_id=cycle_id)
    ways = [
        (f"/cycles/{cycle_id}/objections/new", Text("登记评审办发现的问题", "Enter what the office found"))
    ]
    return board(
        visit, Text("异议", "Objections"),
        [open_ones, done, *_figures(pen, figures), Ways(ways) if visit.may("eligibility.accept_objection") else None],
        at=cycle_id, book=book,
    )  # fmt: skip


def _rank(each: Reply) -> int:
    return _FIRST.index(each["standing"]) if each["standing"] in _FIRST else len(_FIRST)


def _line(pen: Pen, cycle_id: str, each: Reply, names: dict[str, str]) -> tuple[object, ...]:
    return (
        pen.link(
            f"/cycles/{cycle_id}/objections/{each['objection_id']}",
            each["receipt"] or each["objection_id"][-8:],
        ),
        names.get(each["application_id"], each["application_id"]),
        each["notice"],
        word(words.GROUNDS, each["ground"]) if each["ground"] else "",
        word(words.SOURCES, each["source"]),
        pen.tag(word(words.OBJECTIONS, each["state"]), words.colour(each["state"])),
        word(words.STEPS, each["awaits"]) if each["awaits"] else "",
        _due(pen, each),
    )


def _notice(pen: Pen, cycle_id: str, each: Reply) -> object:
    by = each["notice_corrected_by"]
    if not by:
        return each["notice"]
    since = pen.link(
        f"/cycles/{cycle_id}/notices/{quote(by)}",
        Text(f"提出后已由公示 {by} 更正", f"corrected by {by} since it was raised"),
    )
    return pen.lines([each["notice"], since, pen.day(each["notice_corrected_on"])])


def _due(pen: Pen, each: Reply) -> object:
    if not each["awaits"]:
        return ""
    standing = (
        pen.tag(word(words.STANDINGS, each["standing"]), words.colour(each["standing"]))
        if each["standing"]
        else ""
    )
    late = (
        Text(
            f"逾期 {each['late_days']} 个工作日",
            f"{counted(each['late_days'], 'working day', 'working days')} late",
        )
        if each["late_days"]
        else ""
    )
    return pen.lines([each_ for each_ in (pen.day(each["due_on"]), standing, late) if each_])


def _figures(pen: Pen, found: Any) -> list[Block | None]:
    if not isinstance(found, dict):
        return []
    states = [(word(words.OBJECTIONS, each["state"]), each["number"]) for each in found["states"]]
    grounds = [
        (word(words.GROUNDS, each["ground"]), each["number"], each["not_accepted"], each["upheld"])
        for each in found["grounds"]
    ]
    return [
        Heading(Text("统计", "Figures")),
        Facts(
            [
                (Text("异议", "Objections"), found["objections"]),
                (Text("评审办发现", "Found by the office"), found["by_office"]),
                (Text("申请复核 / 改变", "Appealed / overturned"), f"{found['appealed']} / {found['overturned']}"),
                (Text("逾期", "Overdue"), found["overdue"]),
            ]
        ),
        Table(
            Text("按状态", "By state"), heads_of(("状态|State", "件数|Number")), states,
            Text("按办理先后", "in the order of the steps"), Text("没有。", "None."), frozenset({1}),
        ),
        Table(
            Text("按理由类别", "By ground"),
            heads_of(("理由类别|Ground", "件数|Number", "不予受理|Not accepted", "成立|Upheld")), grounds,
            Text("按类别", "by ground"), Text("没有。", "None."), frozenset({1, 2, 3}),
        ),
    ]  # fmt: skip


# --- one case ---------------------------------------------------------------------------------------------------------


def _found(visit: Visit, cycle_id: str, objection_id: str) -> tuple[Reply, bool]:
    """A case, and whether it was told whole: officers of it are told all but who objects, others what the list says."""
    if visit.may("eligibility.objection"):
        try:
            return visit.ask("eligibility.objection", objection_id=objection_id), True
        except Forbidden:
            pass  # no officer of this case: the list is what everybody of the office reads
    for each in visit.ask("eligibility.objections", cycle_id=cycle_id)["objections"]:
        if each["objection_id"] == objection_id:
            return dict(each), False
    raise not_found()


@ROOM.page(_ONE)
def objection(visit: Visit, cycle_id: str, objection_id: str) -> Response:
    """One case and its next step."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found, whole = _found(visit, cycle_id, objection_id)
    names = names_of(visit, cycle_id, {found["application_id"]})
    rows: list[tuple[Text, object]] = [
        (Text("编号", "Receipt"), found["receipt"]),
        (Text("申报", "Application"), names.get(found["application_id"], found["application_id"])),
        (Text("公示", "Notice"), _notice(pen, cycle_id, found)),
        (Text("提出", "Raised"), pen.day(found["raised_on"])),
        (Text("来源", "Source"), word(words.SOURCES, found["source"])),
        (Text("理由类别", "Ground"), word(words.GROUNDS, found["ground"]) if found["ground"] else None),
        (
            Text("状态", "State"),
            pen.tag(word(words.OBJECTIONS, found["state"]), words.colour(found["state"])),
        ),
        (Text("说明", "Why"), Text(found["reason_zh"], found["reason_en"])),
        (
            Text("下一步", "Next"),
            word(words.STEPS, found["awaits"]) if found["awaits"] else Text("已办结", "settled"),
        ),
        (Text("期限", "Last day"), _due(pen, found)),
    ]
    blocks: list[Block | None] = [Facts(rows), *_steps(visit, cycle_id, found, officer=whole)]
    if whole:
        blocks += _content(visit, pen, found)
    elif visit.may("eligibility.objection"):
        blocks.append(
            Words(Text("您不是本案承办人，看不到异议内容。", "You are no officer of this case and do not see what it says."),
                strong=True)
        )  # fmt: skip
    blocks += _letters(pen, found)
    return board(
        visit,
        Text("异议", "Objection"),
        blocks,
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/objections",
    )


_NEXT = {
    "acceptance": ("acceptance", "inquiry", Text("受理或不予受理", "Accept it, or not")),
    "inquiry": ("inquiry", "inquiry", Text("向申报人核实", "Put the facts to the applicant")),
    "answer": ("ruling", "ruling", Text("期限已过则可裁定", "Rule on it once the last day is over")),
    "ruling": ("ruling", "ruling", Text("裁定", "Rule on it")),
    "decision": ("decision", "appeal", Text("作出复核决定", "Decide the appeal")),
}


def _steps(visit: Visit, cycle_id: str, found: Reply, *, officer: bool) -> list[Block | None]:
    """What this officer may do: a step is offered to whoever has its part, of others it is said whose it is."""
    if not visit.may("eligibility.accept_objection"):
        return []
    here = f"/cycles/{cycle_id}/objections/{found['objection_id']}"
    blocks: list[Block | None] = []
    ways = [(f"{here}/officers", Text("指定承办人", "Name its officers"))]
    if officer:
        ways.append(
            (
                f"{here}/objector",
                Text("查看异议人（记入审计日志）", "See who objects (noted in the audit log)"),
            )
        )
    if found["awaits"] in _NEXT:
        ending, part, label = _NEXT[found["awaits"]]
        if not _has(visit, found, part):
            blocks.append(Words(_whose(visit, found, part), strong=True))
        elif found["awaits"] == "answer":
            ways.append((f"{here}/{ending}", label))
        else:
            blocks.append(Ways([(f"{here}/{ending}", label)], main=True))
    return [*blocks, Ways(ways)]


def _officers(found: Reply, part: str) -> list[str]:
    """Who has a part, as far as whoever asks is told."""
    return [each["officer"] for each in found.get("officers", ()) if each["part"] == part]


def _has(visit: Visit, found: Reply, part: str) -> bool:
    return visit.did(*_officers(found, part))


def _whose(visit: Visit, found: Reply, part: str) -> Text:
    """Who does a part, in the place of the way to it."""
    name, named = word(PARTS, part), [visit.person(each) for each in _officers(found, part)]
    if named:
        who = "、".join(named)
        return Text(
            f"下一步由“{name.zh}”的承办人 {who} 办理。",
            f"{who}, the officer of the {name.en}, does the next step.",
        )
    return Text(
        f"下一步由“{name.zh}”的承办人办理；没有指定的，先由另一名经办人指定。",
        f"The officer of the {name.en} does the next step; where nobody is named, another officer names one first.",
    )


def _content(visit: Visit, pen: Pen, found: Reply) -> list[Block | None]:
    officers = [
        (word(PARTS, each["part"]), visit.person(each["officer"]), visit.person(each["assigned_by"]))
        for each in found["officers"]
    ]
    rows: list[tuple[Text, object]] = [
        (Text("异议内容", "What it states"), found["statement"]),
        (Text("证据材料", "Papers"), pen.papers(found["papers"])),
        (Text("向申报人提出的事实", "What the applicant was asked"), found["facts"]),
        (Text("申报人答复", "The applicant’s answer"), found["answer"]),
        (Text("答复材料", "Papers of the answer"), pen.papers(found["answer_papers"])),
        (Text("裁定理由", "Reason of the ruling"), found["ruling_reason"]),
        (Text("复核申请", "Appeal"), found["appeal"]),
        (Text("复核材料", "Papers of the appeal"), pen.papers(found["appeal_papers"])),
        (Text("复核决定理由", "Reason of the decision"), found["decision_reason"]),
    ]
    return [
        Heading(Text("案卷", "The case")),
        Facts([row for row in rows if row[1] not in (None, "", pen.papers([]))]),
        Table(
            Text("承办人", "Officers"), heads_of(("环节|Part", "承办人|Officer", "指定人|Named by")), officers,
            Text("按环节", "by part"), Text("还没有指定承办人。", "Nobody is named yet."),
        ),
    ]  # fmt: skip


def _letters(pen: Pen, found: Reply) -> list[Block | None]:
    """Letters that there may be by now; one that there is not is refused where it is asked for."""
    state = OBJECTION_STATES.index(found["state"]) if found["state"] in OBJECTION_STATES else 0
    since = {"acceptance": 1, "hearing": 3, "ruling": 5, "appeal": 8}
    ways = []
    for letter, least in since.items():
        if state < least or (found["state"] == "not_accepted" and letter != "acceptance"):
            continue
        for to, label in (
            ("applicant", Text("致申报人", "to the applicant")),
            ("objector", Text("致异议人", "to the objector")),
        ):
            if (letter, to) in {("acceptance", "applicant"), ("hearing", "objector")}:
                continue
            name = word(words.STEPS, letter)
            ways.append(
                (f"/api/v1/objections/{found['objection_id']}/letters/{letter}.pdf?to={to}",
                 Text(f"{name.zh}文书，{label.zh}（PDF）", f"Letter of {name.en}, {label.en} (PDF)"))
            )  # fmt: skip
    return [Heading(Text("文书", "Letters")), Ways(ways)] if ways else []


# --- steps ------------------------------------------------------------------------------------------------------------

ACCEPT = Form(
    (
        Field("accepted", Text("是否受理", "Is it accepted"), Kind.YES_NO),
        Field("reason", Text("不予受理的理由", "Why not, where it is not"), Kind.AREA, rows=3, needed=False),
    ),
    submit=Text("决定", "Decide"),
)
INQUIRE = Form(
    (
        Field("facts", Text("请申报人说明的事实", "The facts that the applicant is asked about"), Kind.AREA, rows=8,
              hint=Text("用自己的话写；不得出现异议人的姓名、号码或联系方式",
                  "In your own words; neither name, number nor contact of who objects")),
    ),
    submit=Text("发出核实函", "Send it"),
)  # fmt: skip
_REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=5)
RULE = Form(
    (
        Field("ruling", Text("裁定", "Ruling"), Kind.RADIOS, choices=(
            Choice("upheld", Text("异议成立", "Upheld"), Text("该申报不再继续", "the application goes no further")),
            Choice("dismissed", Text("异议不成立", "Dismissed")))),
        _REASON,
    ),
    submit=Text("作出裁定", "Rule"),
)  # fmt: skip
DECIDE = Form(
    (
        Field("decision", Text("复核决定", "Decision"), Kind.RADIOS, choices=(
            Choice("confirmed", Text("维持裁定", "The ruling is confirmed")),
            Choice("overturned", Text("改变裁定", "Its contrary holds")))),
        _REASON,
    ),
    submit=Text("作出决定", "Decide"),
)  # fmt: skip
_FINAL = Text(
    "不能撤回，申报人和异议人会收到文书。", "It cannot be taken back; applicant and objector get letters."
)
_STEPS: dict[str, tuple[Form, str, Text, Text, bool]] = {
    "acceptance": (
        ACCEPT, "eligibility.accept_objection", Text("受理异议", "Accept an objection"),
        Text("由“受理和核实”的承办人决定；对不予受理没有复核。",
            "By the officer of the inquiry; against “not accepted” there is no appeal."), False),
    "inquiry": (
        INQUIRE, "eligibility.inquire", Text("向申报人核实", "Put the facts to the applicant"),
        Text("申报人只看到您写的内容，看不到谁提出异议。", "The applicant reads what you write, and never who objects."), False),
    "ruling": (
        RULE, "eligibility.rule_on_objection", Text("裁定异议", "Rule on an objection"),
        Text("由“裁定”的承办人作出，不能是核实的人；申报人已答复或期限已过才能裁定。",
            "By the officer of the ruling, who did not look into it; once the applicant answered or let the day pass."), True),
    "decision": (
        DECIDE, "eligibility.decide_appeal", Text("复核决定", "Decide an appeal"),
        Text("由“复核”的承办人作出，为最终决定。", "By the officer of the appeal, for good."), True),
}  # fmt: skip


@ROOM.page(_ONE + "/<step>", roles=_ACTS, methods=_BOTH, sample={"step": "ruling"})
def act(visit: Visit, cycle_id: str, objection_id: str, step: str) -> Response:
    """One step of a case by the officer whose part it is."""
    if step not in _STEPS:
        raise not_found()
    form, operation, title, says, final = _STEPS[step]
    found, _ = _found(visit, cycle_id, objection_id)
    facts = [
        (Text("状态", "State"), word(words.OBJECTIONS, found["state"])),
        (Text("异议内容", "What it states"), found.get("statement") or "—"),
        (Text("申报人答复", "The applicant’s answer"), found.get("answer") or "—"),
    ]
    return decide(
        visit, form, operation, title=title, back=f"/cycles/{cycle_id}/objections/{objection_id}",
        done=Text("已办理", "It is done"), at=cycle_id, says=[says, _FINAL], facts=facts, danger=final,
        objection_id=objection_id,
    )  # fmt: skip


@ROOM.page(_ONE + "/officers", roles=_ACTS, methods=_BOTH)
def officers(visit: Visit, cycle_id: str, objection_id: str) -> Response:
    """Name the officer of a part."""
    parts = tuple(Choice(part, PARTS[part]) for part in OBJECTION_PARTS)
    form = Form(
        (
            Field("part", Text("环节", "Part"), Kind.RADIOS, choices=parts),
            Field(
                "officer",
                Text("承办人", "Officer"),
                hint=Text("其登录的用户名", "The user name with which this officer signs in"),
            ),
        ),
        submit=Text("指定", "Name"),
    )
    says = [
        Text(
            "不能指定自己；一人在一案中只能承担一个环节。",
            "Nobody names oneself, and nobody has two parts of one case.",
        ),
        Text("发现问题的人不能裁定。", "Whoever found it has no part in the ruling."),
    ]
    return decide(
        visit, form, "eligibility.assign_objection", title=Text("指定承办人", "Name an officer"),
        back=f"/cycles/{cycle_id}/objections/{objection_id}", done=Text("承办人已指定", "The officer is named"), at=cycle_id,
        says=says, people=("officer",), objection_id=objection_id,
    )  # fmt: skip


@ROOM.page(_ONE + "/objector", roles=_ACTS, methods=_BOTH)
def objector(visit: Visit, cycle_id: str, objection_id: str) -> Response:
    """Who objects: on the answer to the button alone, on no other page, and noted in the audit log each time."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    form = Form((), submit=Text("查看异议人", "Show who objects"), secret=True)
    back = f"/cycles/{cycle_id}/objections/{objection_id}"
    title = Text("异议人", "Who objects")
    filled = form.filled({})
    if request.method == "POST":
        filled = visit.submit(form, "eligibility.objector", objection_id=objection_id)
        if filled.ok:
            told = filled.reply
            rows = [
                (Text("姓名或名称", "Name"), told["name"]),
                (Text("证件号码或统一社会信用代码", "Number"), pen.code(told["number"])),
                (Text("联系方式", "Contact"), told["contact"]),
            ]
            noted = Text(
                "本次查看已记入审计日志。请勿向申报人透露。",
                "This is noted in the audit log. It is not told to the applicant.",
            )
            return board(
                visit, title, [Words(noted, strong=True), Facts(rows)], at=cycle_id, book=book, back=back
            )
    says = Items(
        [
            Text("只有本案承办人可以查看，每次查看都记入审计日志：谁、何时、哪一案。",
                "Officers of the case alone may see it, and each time is noted in the audit log: who, when, which case."),
            Text("离开页面后须重新查看。", "Once you leave the page it has to be asked for again."),
        ]
    )  # fmt: skip
    return board(visit, title, [says], at=cycle_id, book=book, form=filled, back=back)


# --- found by the office ----------------------------------------------------------------------------------------------


@ROOM.page(_HERE + "/new", roles=_ACTS, methods=_BOTH, largest=whole_form)
def new(visit: Visit, cycle_id: str) -> Response:
    """What the office finds itself during a notice."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/objections"
    listed = [
        each
        for each in visit.ask("eligibility.notices", cycle_id=cycle_id)["notices"]
        if each["state"] == "posted"
    ]
    who = {each for notice in listed for each in notice["listed"]}
    names = names_of(visit, cycle_id, who)
    form = _new_form(
        [each["notice"] for each in listed], {each: names.get(each, each) for each in sorted(who)}
    )
    filled = visit.form(form)
    if request.method == "POST":
        filled = sent(
            visit, form, "eligibility.object", "objection", cycle_id=cycle_id, source="office", evidence=True
        )
        if filled.ok:
            return visit.go(back, Text("已登记", "It is entered"))
    says = Items([Text("与社会提出的异议同样办理；登记人不能参与裁定。",
        "It is handled as any other; whoever enters it has no part in the ruling.")])  # fmt: skip
    none = None if listed else Words(Text("现在没有进行中的公示。", "No notice is running now."), strong=True)
    title = Text("登记评审办发现的问题", "Enter what the office found")
    return board(
        visit, title, [says, none], at=cycle_id, book=book, form=filled if listed else None, back=back
    )


def _new_form(notices: list[str], applications: dict[str, str]) -> Form:
    grounds = tuple(Choice(ground, words.GROUNDS[ground]) for ground in OBJECTION_GROUNDS)
    return Form(
        (
            Field("notice", Text("公示", "Notice"), Kind.SELECT, choices=chosen_of((n, n) for n in notices)),
            Field(
                "application_id",
                Text("申报", "Application"),
                Kind.SELECT,
                choices=chosen_of(applications.items()),
            ),
            Field("ground", Text("理由类别", "Ground"), Kind.RADIOS, choices=grounds),
            Field("statement", Text("内容", "What was found"), Kind.AREA, rows=8),
            *paper_fields(),
        ),
        submit=Text("登记", "Enter it"),
    )
