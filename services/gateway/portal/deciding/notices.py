"""公示 as the office works on it: drafted, approved by a second officer, posted, extended, corrected, closed, proven.

A day on which it may be posted is picked from the calendar: where no calendar of a year is entered, nothing is offered.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.deciding import corrections, words
from services.gateway.portal.deciding.around import AWAY, at_hand, board, confirmed, decide, pen_of, revised
from services.gateway.portal.deciding.blocks import Block, Facts, Heading, Items, Pen, Table, Ways, Words
from services.gateway.portal.deciding.posting import days_offered, too_early
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import by_another, word
from shared.contracts.operations import OFFICE, WATCHERS
from shared.rulebooks import Rulebook, Stage

ROOM = Room("office_notices", WATCHERS)
_HERE = "/cycles/<cycle_id>/notices"
_ONE = _HERE + "/<notice>"
_BOTH = ("GET", "POST")


@ROOM.page(_HERE)
def notices(visit: Visit, cycle_id: str) -> Response:
    """Every notice of the rulebook, in its order, and where it stands."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    cycle = visit.ask("intake.cycle", cycle_id=cycle_id)
    posted = visit.ask_or_none("eligibility.notices", cycle_id=cycle_id)
    lines = {line["stage"]: line for line in cycle["stages"]}
    rows = []
    for stage in notice_stages(book):
        several = (
            [each for each in posted["notices"] if slot_of(each["notice"]) == notice_of(stage)]
            if posted
            else []
        )
        for found in several or [None]:
            rows.append(_row(pen, cycle_id, book, stage, found, lines.get(stage.key, {})))
    heads = ("公示|Notice", "条款|Article", "状态|State", "公示期（最早发布日）|Days (not before)", "工作日|Working days",
        "列入|Listed")  # fmt: skip
    table = Table(
        Text("公示", "Notices"), heads_of(heads), rows, Text("按法规的先后", "in the regulation's order"),
        Text("本办法没有公示。", "The regulation has no notice."), frozenset({4, 5}), hidden=True,
    )  # fmt: skip
    away = Words(
        Text(
            "公示服务暂时取不到，状态可能不全。", "Notices cannot be reached just now: states may be missing."
        ),
        strong=True,
    )
    return board(
        visit, Text("公示", "Public notices"), [None if posted else away, table], at=cycle_id, book=book
    )


def _row(
    pen: Pen, cycle_id: str, book: Rulebook, stage: Stage, found: dict[str, Any] | None, line: dict[str, Any]
) -> tuple[object, ...]:
    name = found["notice"] if found else notice_of(stage)
    state = found["state"] if found else None
    title = Text(stage.title.zh, stage.title.en)
    if found and found["corrects"]:
        title = Text(f"{title.zh}（更正公示 {name}）", f"{title.en} (correction {name})")
    return (
        pen.link(f"/cycles/{cycle_id}/notices/{quote(name)}", title),
        book.label(stage.rule),
        pen.tag(word(words.NOTICES, state), words.colour(state))
        if state
        else word(_STAGES, line.get("state")),
        pen.days(found["first_day"], found["last_day"]) if found else pen.day(line.get("begins_on")),
        found["working_days"] if found else stage.working_days,
        len(found["listed"]) if found else None,
    )


_STAGES = {
    "waiting": Text("未到", "not yet"),
    "planned": Text("待拟稿和发布", "to be drafted and posted"),
    "begun": Text("公示中", "posted"),
    "closed": Text("已结束", "over"),
}


def notice_stages(book: Rulebook) -> list[Stage]:
    """The stages that are notices."""
    return [stage for stage in book.stages if stage.kind == "notice"]


def notice_of(stage: Stage) -> str:
    """What its notice is called."""
    return stage.notice or stage.key


def slot_of(notice: str) -> str:
    """The notice of the rulebook in whose place a notice stands: `award` for `award.2`, which corrects it."""
    return notice.partition(".")[0]


def stage_of(book: Rulebook, notice: str) -> Stage:
    """The stage of a notice. Raises NotFound."""
    for stage in notice_stages(book):
        if slot_of(notice) == notice_of(stage):
            return stage
    raise not_found()


@ROOM.page(_ONE, sample={"notice": "award"})
def notice(visit: Visit, cycle_id: str, notice: str) -> Response:
    """One notice: its draft and what comes next, or as it was posted."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    stage = stage_of(book, notice)
    draft = at_hand(visit, "eligibility.notice_draft", cycle_id=cycle_id, notice=notice)
    posted = at_hand(visit, "eligibility.notice", cycle_id=cycle_id, notice=notice)
    title = Text(stage.title.zh, stage.title.en)
    blocks: list[Block | None] = []
    if AWAY in (draft, posted):
        blocks.append(Words(Text("公示服务暂时取不到。", "Notices cannot be reached just now."), strong=True))
    elif posted is not None:
        draft = corrections.begun(visit, cycle_id, notice)
        blocks += _posted(visit, pen, cycle_id, notice, stage, posted, draft)
    elif draft is not None:
        blocks += _drafted(visit, pen, cycle_id, notice, stage, draft)
    else:
        blocks.append(
            Words(
                Text("还没有公示稿：上一阶段结束后由系统按名单生成。",
                    "There is no draft yet: it is made from the list when the stage before is closed."), strong=True)
        )  # fmt: skip
    return board(visit, title, blocks, at=cycle_id, book=book, back=f"/cycles/{cycle_id}/notices")


_OTHERS = by_another("批准这份公示稿", "approve this draft")
_FIRST = Words(
    Text("下一步：编辑公示稿，填写联系方式并保存；再由另一名经办人批准。",
        "Next: edit the draft, say whom to ask, and save it; then another officer approves it."), strong=True)  # fmt: skip


def _by(visit: Visit, pen: Pen, draft: dict[str, Any], what: str) -> Any:
    """Who prepared or approved a draft, and when; None where nobody did."""
    by = draft[f"{what}_by"]
    return pen.lines([visit.person(by), pen.moment(draft[f"{what}_at"])]) if by else None


def _drafted(
    visit: Visit, pen: Pen, cycle_id: str, notice: str, stage: Stage, draft: dict[str, Any]
) -> list[Block | None]:
    here = f"/cycles/{cycle_id}/notices/{notice}"
    main: list[tuple[str, Text]] = []
    wrote = visit.did(draft["prepared_by"])
    if visit.may("eligibility.edit_notice"):
        approved = draft["state"] == "approved" and not draft["stale"]
        edit = (f"{here}/edit", Text("编辑公示稿", "Edit the draft"))
        approve = (f"{here}/approval", Text("批准公示稿", "Approve the draft"))
        post = (f"{here}/new", Text("选择发布日期", "Pick the day of posting"))
        waits = draft["prepared_by"] and not draft["stale"] and not wrote
        main = [post] if approved else [approve] if waits else [edit]
        rest = [each for each in (edit, approve) if each not in main and not (wrote and each is approve)]
    else:
        rest = []
    stale = Words(
        Text("名单已有变化：须重新编辑并由另一名经办人批准。",
            "The list has changed: it is edited anew and approved by another officer."), strong=True)  # fmt: skip
    lines = [
        (n, each["name"], each.get("level"), each.get("track"))
        for n, each in enumerate(draft["lines"], start=1)
    ]
    return [
        stale if draft["stale"] else None,
        _FIRST if not draft["prepared_by"] and not draft["stale"] and visit.may("eligibility.edit_notice") else None,
        Words(_OTHERS, strong=True) if wrote and draft["state"] == "draft" and not draft["stale"] else None,
        Ways(main, main=True) if main else None,
        Ways(rest) if rest else None,
        Facts(
            [
                (Text("状态", "State"), pen.tag(word(words.NOTICES, draft["state"]), words.colour(draft["state"]))),
                (Text("条款", "Article"), visit.rulebook(cycle_id).label(draft["rule"])),
                (Text("公示工作日", "Working days"), draft["working_days"]),
                (Text("拟稿", "Prepared"), _by(visit, pen, draft, "prepared")),
                (Text("批准", "Approved"), _by(visit, pen, draft, "approved")),
                (Text("说明（中文）", "Introduction, Chinese"), draft["introduction_zh"]),
                (Text("说明（英文）", "Introduction, English"), draft["introduction_en"]),
                (Text("异议方式", "How to object"), Text(draft["objections_zh"], draft["objections_en"])),
                (Text("联系方式", "Contact"), draft["contact"]),
            ]
        ),
        Table(
            Text("名单", "The list"), heads_of(("序号|No.", "名称|Name", "等次|Level", "类别|Track")), lines,
            Text("按提交顺序", "in the order of submission"), Text("名单为空。", "Nobody is listed."), frozenset({0}),
        ),
    ]  # fmt: skip


def _posted(
    visit: Visit, pen: Pen, cycle_id: str, notice: str, stage: Stage, found: dict[str, Any], correction: Any
) -> list[Block | None]:
    here, papers = f"/cycles/{cycle_id}/notices/{notice}", f"/api/v1/cycles/{cycle_id}/notices/{notice}"
    steps: list[tuple[str, Text]] = []
    if visit.may("eligibility.report_posting_failure") and found["state"] == "posted":
        steps = [
            (
                f"{here}/failures",
                Text("报告无法查看的日子并延长", "Report days on which it could not be read"),
            ),
            (f"/cycles/{cycle_id}/stages/{stage.key}/close", Text("结束公示", "Close the notice")),
        ]
    steps += corrections.steps(visit, here, found, correction)
    ways = [
        (f"{papers}/notice.pdf", Text("公示 PDF", "Notice as PDF")),
        (f"{papers}/notice.docx", Text("公示 DOCX", "Notice as DOCX")),
        (f"/notices/{cycle_id}/{notice}", Text("公众看到的页面", "As the public reads it")),
        (f"{here}/proof", Text("存证", "Its proof")),
    ]
    extensions = [
        (
            pen.day(each["on"]),
            pen.several(pen.day(day) for day in each["days"]),
            each["failure"],
            pen.day(each["last_day"]),
        )
        for each in found["extensions"]
    ]
    lines = [
        (n, each["name"], each.get("level"), each.get("track"))
        for n, each in enumerate(found["lines"], start=1)
    ]
    return [
        Facts(
            [
                (Text("状态", "State"), pen.tag(word(words.NOTICES, found["state"]), words.colour(found["state"]))),
                (Text("公示期", "Days"), pen.days(found["first_day"], found["last_day"])),
                (Text("工作日", "Working days"), found["working_days"]),
                (Text("条款", "Article"), visit.rulebook(cycle_id).label(found["rule"])),
                (Text("发布", "Posted"), pen.moment(found["posted_at"])),
                (Text("内容摘要", "Digest"), pen.code(found["content_digest"])),
            ]
        ),
        *corrections.told(visit, pen, cycle_id, found, correction),
        Words(Text("发布后内容冻结，只能延长，不能修改或缩短；有误的由新的公示更正。",
            "What is posted is frozen: extended it can be, not changed or shortened. A new notice corrects what is wrong.")),
        Ways(steps) if steps else None,
        Ways(ways),
        Table(
            Text("延长", "Extensions"), heads_of(("报告日|Reported", "无法查看的日子|Days lost", "原因|Why", "延长至|Until")),
            extensions, Text("按报告日", "by the day of the report"), Text("没有延长。", "It was not extended."),
        ),
        Table(
            Text("名单", "The list"), heads_of(("序号|No.", "名称|Name", "等次|Level", "类别|Track")), lines,
            Text("按提交顺序", "in the order of submission"), Text("名单为空。", "Nobody is listed."), frozenset({0}),
        ),
    ]  # fmt: skip


# --- draft ------------------------------------------------------------------------------------------------------------

_REVISION = Field("revision", Text("版本", "Version"), Kind.HIDDEN)
EDIT = Form(
    (
        _REVISION,
        Field("introduction_zh", Text("说明（中文）", "Introduction, Chinese"), Kind.AREA, rows=6),
        Field("introduction_en", Text("说明（英文）", "Introduction, English"), Kind.AREA, rows=6),
        Field("contact", Text("联系方式", "Contact"), Kind.AREA, rows=2, needed=False,
              hint=Text("地址、电话、邮箱；不填则用系统设置里办公室的联系方式，两处都没有的不能批准",
                  "Address, telephone, e-mail; where empty the office's own of the settings; without either no approval")),
    ),
    submit=Text("保存，等待批准", "Save it for approval"),
)  # fmt: skip


@ROOM.page(_ONE + "/edit", roles=(OFFICE,), methods=_BOTH, sample={"notice": "award"})
def edit(visit: Visit, cycle_id: str, notice: str) -> Response:
    """The free parts: introduction and contact. The list, the title, the article and the days are not."""
    draft = visit.ask("eligibility.notice_draft", cycle_id=cycle_id, notice=notice)
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/notices/{notice}"
    filled = visit.form(EDIT, draft)
    if request.method == "POST":
        filled = EDIT.posted(request.form)
        if filled.ok:
            data = revised(filled.data, "revision")
            filled.attempt(
                lambda: visit.do(
                    "eligibility.edit_notice", filled.key, cycle_id=cycle_id, notice=notice, **data
                )
            )
        if filled.ok:
            return visit.go(back, Text("已保存，须由另一名经办人批准", "Saved; another officer approves it"))
    pen = pen_of(visit)
    now = Facts(
        [
            (
                Text("现在的说明", "The introduction now"),
                Text(draft["introduction_zh"], draft["introduction_en"]),
            ),
            (
                Text("最近拟稿", "Prepared last"),
                pen.lines([visit.person(draft["prepared_by"]), pen.moment(draft["prepared_at"])]),
            ),
        ]
    )
    says = Items([Text("名单、标题、条款和天数由系统生成，不能改。保存后之前的批准失效。",
        "The list, the title, the article and the days are made by the system. Saving takes an approval away.")])  # fmt: skip
    stale = filled.status == 409
    return board(
        visit,
        Text("编辑公示稿", "Edit the draft"),
        [says, now if stale else None],
        at=cycle_id,
        book=book,
        form=filled,
        back=back,
    )


@ROOM.page(_ONE + "/approval", roles=(OFFICE,), methods=_BOTH, sample={"notice": "award"})
def approval(visit: Visit, cycle_id: str, notice: str) -> Response:
    """A second officer confirms the draft as it is shown."""
    draft = visit.ask("eligibility.notice_draft", cycle_id=cycle_id, notice=notice)
    book, pen, back = (
        visit.rulebook(cycle_id),
        pen_of(visit),
        f"/cycles/{cycle_id}/notices/{notice}",
    )
    form = Form((_REVISION,), submit=Text("批准", "Approve it"))
    filled = confirmed(visit, form, "eligibility.approve_notice", draft, cycle_id=cycle_id, notice=notice)
    if filled.was_posted and filled.ok:
        return visit.go(
            f"{back}/new",
            Text("公示稿已批准，可以选择发布日期", "It is approved: pick the day of posting"),
        )
    says = Items(
        [
            Text("批准人不能是最后拟稿的人。", "Whoever wrote it last does not approve it."),
            Text("批准的是下面这一版；之后任何改动都使批准失效。",
                "What is approved is the version below; any change takes the approval away."),
        ]
    )  # fmt: skip
    stage = stage_of(book, notice)
    shown = [
        block for block in _drafted(visit, pen, cycle_id, notice, stage, draft) if not isinstance(block, Ways)
    ]
    wrote = visit.did(draft["prepared_by"]) and not filled.was_posted
    return board(
        visit,
        Text("批准公示稿", "Approve the draft"),
        [says, *shown],
        at=cycle_id,
        book=book,
        form=None if wrote else filled,
        back=back,
    )


# --- posted -----------------------------------------------------------------------------------------------------------

FAILURE = Form(
    (
        Field("days", Text("无法查看的工作日", "Working days lost"), Kind.LINES,
              hint=Text("每行一天，例如 2025-07-02", "One a line, as 2025-07-02")),
        Field("failure", Text("原因", "What happened"), Kind.AREA, rows=3,
              hint=Text("写在公示上，人人可见", "It stands on the notice and everybody reads it")),
    ),
    submit=Text("报告并延长", "Report and extend"),
)  # fmt: skip


@ROOM.page(_ONE + "/failures", roles=(OFFICE,), methods=_BOTH, sample={"notice": "award"})
def failures(visit: Visit, cycle_id: str, notice: str) -> Response:
    """Days on which it could not be read; it lasts as many longer."""
    says = [
        Text("公示期延长同样多的工作日，只延长、不缩短；每天只算一次。",
            "It lasts as many working days longer, and is never shortened; each day counts once."),
        Text("延长不能撤回。", "It cannot be taken back."),
    ]  # fmt: skip
    return decide(
        visit, FAILURE, "eligibility.report_posting_failure", at=cycle_id, says=says,
        title=Text("报告公示中断", "Report a failure"), back=f"/cycles/{cycle_id}/notices/{notice}",
        done=Text("已延长", "It is extended"), cycle_id=cycle_id, notice=notice,
    )  # fmt: skip


@ROOM.page(_ONE + "/proof", sample={"notice": "award"})
def proof(visit: Visit, cycle_id: str, notice: str) -> Response:
    """Digests, windows, who did what; checked as the page is opened."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = visit.ask("eligibility.notice_proof", cycle_id=cycle_id, notice=notice)
    papers = f"/api/v1/cycles/{cycle_id}/notices/{notice}/proof"
    whole = (
        pen.tag(Text("完好", "intact"), "green")
        if found["intact"]
        else pen.tag(Text("已被改动", "changed"), "red")
    )
    windows = [
        (each["number"], pen.days(each["first_day"], each["last_day"]), pen.several(each["lost"]), each["reason"],
         pen.code(each["digest"]))
        for each in found["windows"]
    ]  # fmt: skip
    log = [
        (pen.moment(each["at"]), word(words.ACTS, each["what"]), visit.person(each["by"]))
        for each in found["log"]
    ]
    entries = [
        (
            pen.moment(each["at"]),
            each["action"],
            visit.person(each["actor"]),
            pen.code(each["after_digest"]),
            each["seal"],
        )
        for each in found["entries"]
    ]
    blocks = [
        Facts(
            [
                (Text("核对", "Check"), whole),
                (Text("内容摘要", "Digest of its content"), pen.code(found["content_digest"])),
                (Text("存证摘要", "Digest of the record"), pen.code(found["record_digest"])),
            ]
        ),
        Items([Text(each["zh"], each["en"]) for each in found["faults"]]) if found["faults"] else None,
        Ways([(f"{papers}.pdf", Text("存证 PDF", "Proof as PDF")), (f"{papers}.docx", Text("存证 DOCX", "Proof as DOCX"))]),
        Table(
            Text("公示期", "Its days"), heads_of(("序号|No.", "起止|Days", "补足的日子|Days lost", "原因|Why", "摘要|Digest")),
            windows, Text("按先后", "in order"), Text("没有。", "None."), frozenset({0}),
        ),
        Table(
            Text("办理记录", "Who did what"), heads_of(("时间|When", "事项|What", "经办人|By")), log,
            Text("按先后", "in order"), Text("没有。", "None."),
        ),
        Table(
            Text("审计日志", "Audit log"), heads_of(("时间|When", "事项|Action", "经办人|By", "摘要|Digest", "封存|Seal")),
            entries, Text("按先后", "in order"), Text("没有。", "None."), frozenset({4}),
        ),
    ]  # fmt: skip
    return board(
        visit, Text("公示存证", "Proof of the notice"), [Heading(Text("存证", "Proof")), *blocks], at=cycle_id, book=book,
        back=f"/cycles/{cycle_id}/notices/{notice}",
    )  # fmt: skip


# --- posting ----------------------------------------------------------------------------------------------------------

_AHEAD = 14  # days that are offered to post on


@ROOM.page(_ONE + "/new", sample={"notice": "award"})
def new(visit: Visit, cycle_id: str, notice: str) -> Response:
    """Every day from today with its reason; for the one that is picked every day of the notice, and the way to post it."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    stage, picked = stage_of(book, notice), request.args.get("on", "")
    today = visit.today()
    try:
        on = date.fromisoformat(picked) if picked else today
    except ValueError:
        on = today
    here = f"/cycles/{cycle_id}/notices/{notice}"
    found = visit.ask("gateway.notice_posting", cycle_id=cycle_id, notice=notice, on=on.isoformat())
    until = (today + timedelta(days=_AHEAD)).isoformat()
    days = visit.ask("gateway.calendar_days", **{"from": today.isoformat(), "to": until})["days"]
    draft = at_hand(visit, "eligibility.notice_draft", cycle_id=cycle_id, notice=notice)
    ready = isinstance(draft, dict) and draft["state"] == "approved" and not draft["stale"]
    cycle = visit.ask("intake.cycle", cycle_id=cycle_id)
    line: dict[str, Any] = next((each for each in cycle["stages"] if each["stage"] == stage.key), {})
    early = too_early(line, date.fromisoformat(found["posted_on"]), found["article"])
    blocks = _window(visit, pen, cycle_id, found)
    if early is not None:
        blocks.append(Words(early, strong=True))
    else:
        blocks += _steps(visit, cycle_id, stage, found, draft, ready=ready, now=on == today)
    if isinstance(draft, dict):
        address = f"/api/v1{here}/draft.pdf?on={found['posted_on']}"
        blocks.insert(
            2,
            Ways([(address, Text("预览 PDF（这一天发布的样子）", "Preview as PDF, as posted on that day"))]),
        )
    blocks.append(days_offered(pen, here, days, found["posted_on"], line.get("begins_on")))
    return board(
        visit, Text("选择发布日期", "Pick the day of posting"), blocks, at=cycle_id, book=book, back=here
    )


def _window(visit: Visit, pen: Pen, cycle_id: str, found: dict[str, Any]) -> list[Block | None]:
    """What the notice would be that is posted on the picked day; or why nothing can be told."""
    asked = Text(f"不少于 {found['working_days']} 个工作日", f"at least {found['working_days']} working days")
    rows: list[tuple[Text, object]] = [
        (Text("发布日期", "Posted on"), pen.day(found["posted_on"])),
        (Text("规定天数", "What the regulation asks"), pen.row([asked, found["article"]])),
    ]
    if found["unknown_year"]:
        year = found["unknown_year"]
        why = Text(
            f"{year} 年放假安排尚未录入，无法推算公示期，不能在这一天发布。",
            f"The calendar of {year} is not entered: the days cannot be told, and it cannot be posted on that day.",
        )
        return [
            Facts(rows),
            Words(why, strong=True),
            Ways([("/office/calendar", Text("查看已录入的年份", "Which years are entered"))]),
        ]
    rows += [
        (Text("第 1 日", "Day 1"), pen.day(found["first"])),
        (
            Text(f"第 {found['working_days']} 日（最后一日）", f"Day {found['working_days']}, the last"),
            pen.day(found["last"]),
        ),
    ]
    table = [
        (
            pen.day(each["on"]),
            pen.tag(Text(each["reason_zh"], each["reason_en"]), words.colour(each["kind"])),
            each["number"],
        )
        for each in found["days"]
    ]
    hindered: Block | None = None
    if found["reason_zh"]:
        hindered = Words(Text(found["reason_zh"], found["reason_en"] or found["reason_zh"]), strong=True)
    return [
        Facts(rows),
        hindered,
        Table(
            Text("公示期内的每一天", "Every day of it"), heads_of(("日期|Day", "性质|Why", "公示第几日|Day of the notice")),
                table,
            Text("按日期", "in order"), Text("没有。", "None."), frozenset({2}),
        ),
    ]  # fmt: skip


def _steps(
    visit: Visit, cycle_id: str, stage: Stage, found: dict[str, Any], draft: Any, *, ready: bool, now: bool
) -> list[Block | None]:
    """The way to post it: today alone, of an approved draft alone, and only where its days are as many as asked."""
    if not visit.may("*.begin_stage"):
        return []
    if not found["possible"] or found["first"] is None:
        return []
    if not ready:
        why = (
            Text("公示服务暂时取不到。", "Notices cannot be reached just now.")
            if draft is AWAY
            else Text(
                "公示稿尚未由另一名经办人批准，不能发布。",
                "Another officer has not approved the draft: it cannot be posted.",
            )
        )
        return [Words(why, strong=True)]
    if not now:
        later = Text(
            "发布以当天为准：到这一天再打开本页发布。",
            "A notice is posted on the day itself: open this page again on that day.",
        )
        return [Words(later, strong=True)]
    frozen = Text(
        "发布后内容冻结；更正只能另发公示并写明被更正的公示。",
        "What is posted is frozen; a correction is a new notice that names the old one.",
    )
    begin = f"/cycles/{cycle_id}/stages/{stage.key}/begin"
    return [Words(frozen), Ways([(begin, Text("今天发布", "Post it today"))], main=True)]
