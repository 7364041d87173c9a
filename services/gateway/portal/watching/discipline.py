"""监督: what discipline inspection reads of a cycle; and it notes alerts, settles recusals, lifts conflicts."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.figures import figure
from services.gateway.portal.calls import numbered, which
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.listing import read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed, or_none
from services.gateway.portal.watching import news, words
from services.gateway.portal.watching.lists import Day, Link, Table, called, naming, said_of, stages, tag
from services.gateway.portal.words import OF_DISCIPLINE, SERVICES, by_another, word
from shared.contracts.operations import DISCIPLINE

SOURCES_OF = {**SERVICES, "gateway": Text("网关", "the gateway")}  # where an alert was found
ROOM = Room("discipline", (DISCIPLINE,))
A_SAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3)
NOTE = Form(
    (
        Field(
            "state", Text("处理结果", "What is made of it"), Kind.RADIOS,
            choices=(
                Choice("seen", Text("已阅，继续关注", "Seen, and kept in view")),
                Choice("closed", Text("办结", "Closed")),
            ),
        ),
        _REASON,
    ),
    submit=Text("记录处理", "Note it"),
)  # fmt: skip
SETTLE = Form((_REASON,), submit=Text("确认", "Confirm"))
_TITLE = Text("监督", "Supervision")


@ROOM.page("/discipline")
def discipline(visit: Visit) -> Response:
    """What is new since the visit before this, alerts first; what is due anywhere; the cycles."""
    listing = read(request.path, request.args.items(multi=True))
    answer, due = visit.ask_all([("intake.cycles", {}), ("eligibility.due_objections", {})])
    cycles = numbered(needed(answer)["cycles"])
    table = Table(
        Text("评奖周期", "Cycles"), [Text("办法", "Rules"), Text("年度", "Year"), Text("状态", "State"), Text("监督",
        "Supervision")],
        [
            (
                visit.book_title(each["rulebook"]), Text(f"{each['year']}（演练）",
                f"{each['year']} (rehearsal)") if each["rehearsal"] else _year(each),
                tag(words.CYCLES, each["state"]),
                Link(f"/discipline/{each['cycle_id']}", Text("打开", "Open"), news.named(visit, each)),
            )
            for each in cycles
        ],
        Text("最新的在前", "the newest first"), Text("还没有评奖周期。", "There is no cycle yet."),
    )  # fmt: skip
    return visit.page(
        "watching/cycles.html", _TITLE, tables=[table], due=or_none(due), news=news.news(visit, listing, cycles), listing=listing,
        severities=words.SEVERITIES,
    )  # fmt: skip


def _year(cycle: dict[str, Any]) -> Text:
    call = which(cycle["call"])
    return Text(f"{cycle['year']}{call.zh}", f"{cycle['year']}{call.en}")


@ROOM.page("/discipline/declarations")
def declarations(visit: Visit) -> Response:
    """Experts who owe their yearly declaration, and how often they were reminded."""
    listing = read(
        request.path,
        request.args.items(multi=True),
        filters={"state": tuple(words.OWED)},
        columns=(),
        sort="",
    )
    told = visit.ask(
        "review.owed_declarations", state=listing.filters.get("state"), page=listing.page, size=listing.size
    )
    table = Table(
        Text("应申报未申报", "Declarations owed"),
        [Text("专家", "Expert"), Text("情况", "State"), Text("有效期至", "In force until"), Text("提醒次数", "Reminders"),
        Text("最近提醒", "Last reminded")],
        [
            (each["name"], tag(words.OWED, each["state"]), Day(each["declared_until"]), each["reminders"],
            Day(each["last_reminded_at"]))
            for each in told["experts"]
        ],
        Text("最先到期的在前", "what ends first comes first"), Text("没有人欠年度申报。", "Nobody owes a declaration."),
        frozenset({3}),
    )  # fmt: skip
    return visit.page(
        "watching/list.html", Text("年度利害关系申报", "Yearly declarations"), tables=[table], ways=[("/discipline", _TITLE)],
        listing=listing, total=told["total"], filters=_filters(listing, "state", words.OWED),
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>")
def overview(visit: Visit, cycle_id: str) -> Response:
    """One view over all services. Where one is silent the whole says so: what is missing must not look clean."""
    seen = visit.ask_or_none("gateway.supervision", cycle_id=cycle_id)
    tables = (
        []
        if seen is None
        else [_alerts(visit, seen), _stages(seen, _titles(visit, seen)), _figures(seen), _gone(visit, seen)]
    )
    return visit.page(
        "watching/overview.html", Text("监督总览", "Supervision of a cycle"), seen=seen, tables=tables, cycle_id=cycle_id,
        severities=words.SEVERITIES, handled=words.HANDLED,
    )  # fmt: skip


def _alerts(visit: Visit, seen: dict[str, Any]) -> Table:
    names = seen["names"]
    rows = [
        (
            tag(words.SEVERITIES, each["severity"]), said_of(visit, names, each), called(visit, names, each["subject"]),
            Day(each["since"]), tag(words.HANDLED, each["note"]["state"] if each["note"] else "new"),
            Link(f"/discipline/{seen['cycle_id']}/alerts/{each['alert_id']}", Text("处理", "Note"),
            called(visit, names, each["subject"])),
        )
        for each in sorted(seen["alerts"], key=lambda each: each["note"] is not None)
    ]  # fmt: skip
    heads = [
        Text("等级", "Severity"), Text("事项", "What"), Text("对象", "Subject"), Text("自", "Since"), Text("处理", "Handled"),
        Text("办理", "Do"),
    ]  # fmt: skip
    return Table(
        Text("预警", "Alerts"), heads, rows, Text("未处理的在前，其中严重的在前", "those not handled first, the gravest first"),
        Text("没有预警。预警只说明应当查看的事项，不是结论。",
        "There are no alerts. An alert says what to look at and concludes nothing."),
    )  # fmt: skip


def _titles(visit: Visit, seen: dict[str, Any]) -> dict[str, Text]:
    """What the regulation calls its stages, by key."""
    library = visit.gateway.library
    stages = library.get(seen["rulebook"]).stages if seen["rulebook"] in library.ids() else ()
    return {stage.key: Text(stage.title.zh, stage.title.en) for stage in stages}


def _stages(seen: dict[str, Any], titles: dict[str, Text]) -> Table:
    return Table(
        Text("进程", "Stages"), [Text("阶段", "Stage"), Text("状态", "State"), Text("开始", "Begun"), Text("结束", "Closed")],
        [(titles.get(each["stage"], each["stage"]), tag(words.STAGES, each["state"]), Day(each["begun_on"]),
        Day(each["closed_on"])) for each in seen["stages"]],
        Text("按办理顺序", "in the order of the procedure"), Text("没有阶段。", "There are no stages."),
    )  # fmt: skip


def _figures(seen: dict[str, Any]) -> Table:
    return Table(
        Text("情况", "Figures"), [Text("事项", "Figure"), Text("数量", "Number")],
        [(Text(line["title_zh"], line["title_en"]), line["count"]) for group in seen["figures"] for line in group["figures"]],
        Text("按服务", "by service"), Text("还没有数字。", "There are no figures yet."), frozenset({1}),
    )  # fmt: skip


def _gone(visit: Visit, seen: dict[str, Any]) -> Table:
    names = seen["names"]
    return Table(
        Text("已消除的预警", "Alerts that are no more"),
        [Text("原预警", "What it said"), Text("处理", "Handled"), Text("理由", "Reason"), Text("时间", "At")],
        [
            (said_of(visit, names, each), tag(words.HANDLED, each["state"]), each["reason"], Day(each["noted_at"]))
            for each in seen["gone"]
        ],
        Text("最新的在前", "the newest first"), Text("没有。", "None."),
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>/alerts/<alert_id>", methods=("GET", "POST"), sample={"alert_id": A_SAMPLE})
def alert(visit: Visit, cycle_id: str, alert_id: str) -> Response:
    """One alert with the rows that it rests on, and what is made of it."""
    filled = visit.form(NOTE)
    if request.method == "POST":
        filled = visit.submit(NOTE, "gateway.note_alert", cycle_id=cycle_id, alert_id=alert_id)
        if filled.ok:
            return visit.go(f"/discipline/{cycle_id}", Text("处理已记录", "It was noted"))
    seen = visit.ask("gateway.supervision", cycle_id=cycle_id)
    found = next((each for each in [*seen["alerts"], *seen["gone"]] if each["alert_id"] == alert_id), None)
    if found is None:
        raise not_found()
    note = found if "noted_by" in found else found["note"]
    names = seen["names"]
    return visit.page(
        "watching/alert.html", Text("处理预警", "Note an alert"), form=filled, alert=found, note=note, cycle_id=cycle_id,
        reason=said_of(visit, names, found), about=called(visit, names, found["subject"]),
        source=word(SOURCES_OF, found["source"]), severity=tag(words.SEVERITIES, found["severity"]),
        handled=tag(words.HANDLED, note["state"] if note else "new"),
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>/recusals")
def recusals(visit: Visit, cycle_id: str) -> Response:
    """Who stood aside, what became of it, and what waits for discipline inspection."""
    found, names = visit.ask("review.recusals", cycle_id=cycle_id)["recusals"], naming(visit, cycle_id)
    titles = stages(visit, cycle_id)
    heads = [
        Text("申报方", "Applicant"), Text("评审员", "Reviewer"), Text("阶段", "Stage"), Text("原因", "Ground"), Text("状态",
        "State"),
        Text("替补", "Replacement"), Text("评分人数（前、后）", "Scores (before, after)"), Text("办理", "Do"),
    ]  # fmt: skip
    table = Table(
        Text("回避", "Recusals"), heads,
        [
            (
                names.get(each["application_id"], each["application_id"]), visit.expert(each["expert_id"]),
                titles.get(each["stage"], each["stage"]),
                Text(each["reason_zh"], each["reason_en"]), tag(words.RECUSALS, each["state"]),
                visit.expert(each["replacement"]) or "—",
                Text(f"{each['reviewers_before']}、{each['reviewers_after']}",
                f"{each['reviewers_before']}, {each['reviewers_after']}"),
                _settling(cycle_id, each),
            )
            for each in found
        ],
        Text("按知悉先后", "as they became known"), Text("没有回避。", "Nobody stood aside."),
    )  # fmt: skip
    return _list(visit, cycle_id, Text("回避", "Recusals"), [table])


def _settling(cycle_id: str, each: dict[str, Any]) -> Link | None:
    if each["state"] in {"confirmed", "lapsed"}:
        return None
    here = f"/discipline/{cycle_id}/recusals/{each['stage']}/{each['application_id']}/{each['expert_id']}"
    return Link(here, Text("办理", "Settle"), f"{each['expert_id']} {each['stage']}")


@ROOM.page(
    "/discipline/<cycle_id>/recusals/<stage>/<application_id>/<expert_id>", methods=("GET", "POST"),
    sample={"stage": "document_review", "application_id": A_SAMPLE, "expert_id": A_SAMPLE},
)  # fmt: skip
def recusal(visit: Visit, cycle_id: str, stage: str, application_id: str, expert_id: str) -> Response:
    """Confirm that a recusal was right, or let the application go on without a replacement."""
    this = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id, "expert_id": expert_id}
    act = request.form.get("act", "confirm")
    filled = SETTLE.filled({})
    if request.method == "POST":
        operation = "review.release_hold" if act == "release" else "review.confirm_recusal"
        filled = visit.submit(SETTLE, operation, **this)
        if filled.ok:
            return visit.go(f"/discipline/{cycle_id}/recusals", Text("已办理", "It is settled"))
    for each in visit.ask("review.recusals", cycle_id=cycle_id)["recusals"]:
        if all(each[name] == this[name] for name in ("stage", "application_id", "expert_id")):
            break
    else:
        raise not_found()
    own = visit.did(
        each["opened_by"], each["replaced_by"], each["released_by"], expert_id, each["replacement"]
    )
    return visit.page(
        "watching/recusal.html", Text("办理回避", "Settle a recusal"), name=naming(visit, cycle_id).get(application_id),
        stage=stages(visit, cycle_id).get(stage, Text(stage, stage)), form=filled,
        hindered=by_another("办理", "settle it", OF_DISCIPLINE) if own and not filled.was_posted else None,
        act=act, recusal=each, cycle_id=cycle_id,
        state=tag(words.RECUSALS, each["state"]), ground=word(words.GROUNDS, each["ground"]), source=word(words.SOURCES,
        each["source"]),
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>/conflicts")
def conflicts(visit: Visit, cycle_id: str) -> Response:
    """Why whom is kept from whom; `ended=yes` shows those that are over, too."""
    listing = read(
        request.path, request.args.items(multi=True), columns=(), sort="",
        filters={"ground": tuple(words.GROUNDS), "source": tuple(words.SOURCES), "expert_id": None, "ended": ("yes",)},
    )  # fmt: skip
    asked: dict[str, Any] = {**listing.filters, "page": listing.page, "size": listing.size}
    asked["ended"] = asked.get("ended") == "yes"
    told, names = visit.ask("review.conflicts", cycle_id=cycle_id, **asked), naming(visit, cycle_id)
    heads = [
        Text("专家", "Expert"), Text("申报方", "Applicant"), Text("原因", "Ground"), Text("来源", "Source"), Text("发现时间",
        "Found"),
        Text("状态", "State"), Text("办理", "Do"),
    ]  # fmt: skip
    rows = []
    for each in told["conflicts"]:
        here = f"/discipline/{cycle_id}/conflicts/{each['expert_id']}/{each['application_id']}/{each['ground']}/{each['source']}"
        lift = None if each["ended_at"] else Link(here, Text("解除", "Lift"), visit.expert(each["expert_id"]))
        state = word(words.ENDED, each["ended_why"]) if each["ended_at"] else Text("有效", "in force")
        rows.append(
            (
                visit.expert(each["expert_id"]),
                names.get(each["application_id"], each["application_id"]),
                word(words.GROUNDS, each["ground"]),
                word(words.SOURCES, each["source"]),
                Day(each["found_at"]),
                state,
                lift,
            )
        )
    table = Table(
        Text("利害关系", "Conflicts of interest"), heads, rows, Text("按专家、申报方", "by expert and application"),
        Text("没有符合筛选的利害关系。", "No conflict matches."),
    )  # fmt: skip
    return _list(
        visit, cycle_id, Text("利害关系", "Conflicts of interest"), [table], listing=listing, total=told["total"],
        filters=_filters(listing, "source", words.SOURCES) + _filters(listing, "ended", {"yes": Text("包括已结束的",
        "with those that are over")}),
    )  # fmt: skip


@ROOM.page(
    "/discipline/<cycle_id>/conflicts/<expert_id>/<application_id>/<ground>/<source>", methods=("GET", "POST"),
    sample={"expert_id": "E1", "application_id": A_SAMPLE, "ground": "employer", "source": "register"},
)  # fmt: skip
def conflict(
    visit: Visit, cycle_id: str, expert_id: str, application_id: str, ground: str, source: str
) -> Response:
    """Lift one conflict by hand; who found it cannot, and it stays on record."""
    back = f"/discipline/{cycle_id}/conflicts"
    this = {"expert_id": expert_id, "application_id": application_id, "ground": ground, "source": source}
    if ground not in words.GROUNDS or source not in words.SOURCES:
        raise not_found()
    form = Form((_REASON,), submit=Text("解除", "Lift it"))
    filled = (
        visit.submit(form, "review.lift_conflict", cycle_id=cycle_id, **this)
        if request.method == "POST"
        else visit.form(form)
    )
    if filled.was_posted and filled.ok:
        return visit.go(back, Text("利害关系已解除", "The conflict was lifted"))
    told = visit.ask_or_none(
        "review.conflicts", cycle_id=cycle_id, expert_id=expert_id, ground=ground, source=source
    )
    own = visit.did(
        *(
            each["found_by"]
            for each in (told or {"conflicts": []})["conflicts"]
            if each["application_id"] == application_id
        ),
        expert_id,
    )
    return visit.page(
        "form.html", Text("解除利害关系", "Lift a conflict"), form=filled, back=back,
        hindered=by_another("解除", "lift it", OF_DISCIPLINE) if own and not filled.was_posted else None,
        intro=Text("解除后该专家可以评审该申报；解除和理由留痕，并成为一条预警。",
        "The expert may review this application then. It stays on record, with the reason, and is an alert."),
        facts=[
            (Text("专家", "Expert"), expert_id), (Text("申报方", "Applicant"), naming(visit, cycle_id).get(application_id,
            application_id)),
            (Text("原因", "Ground"), word(words.GROUNDS, ground).at(visit.language)),
            (Text("来源", "Source"), word(words.SOURCES, source).at(visit.language)),
        ],
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>/ratings")
def ratings(visit: Visit, cycle_id: str) -> Response:
    """What both sides said of each other's conduct; neither side reads it."""
    listing = read(
        request.path,
        request.args.items(multi=True),
        filters={"side": ("applicant", "reviewer")},
        columns=(),
        sort="",
    )
    told = visit.ask(
        "review.conduct_reports",
        cycle_id=cycle_id,
        side=listing.filters.get("side"),
        page=listing.page,
        size=listing.size,
    )
    names, titles = naming(visit, cycle_id), stages(visit, cycle_id)
    heads = [
        Text("哪一方", "Side"), Text("阶段", "Stage"), Text("申报方", "Applicant"), Text("评审员", "Reviewer"), Text("守纪",
        "Rules"),
        Text("公正", "Fairness"), Text("廉洁", "Integrity"), Text("意见", "Comment"), Text("日期", "Day"),
    ]  # fmt: skip
    table = Table(
        Text("双向监督", "What both sides said"), heads,
        [
            (
                word(words.SIDES, each["side"]), titles.get(each["stage"], each["stage"]),
                names.get(each["application_id"], each["application_id"]), visit.expert(each["expert_id"]) or "—",
                each["marks"]["discipline"], each["marks"]["fairness"], each["marks"]["integrity"],
                each["comment"] or "—", Day(each["said_on"]),
            )
            for each in told["reports"]
        ],
        Text("按阶段、申报方；1 差，5 好", "by stage and application; 1 bad, 5 good"), Text("还没有评价。",
        "Nobody has said anything yet."),
        frozenset({4, 5, 6}),
    )  # fmt: skip
    return _list(
        visit, cycle_id, Text("双向监督", "Conduct"), [table], listing=listing, total=told["total"],
        filters=_filters(listing, "side", {name: words.SIDES[name] for name in ("applicant", "reviewer")}),
    )  # fmt: skip


@ROOM.page("/discipline/<cycle_id>/objections")
def objections(visit: Visit, cycle_id: str) -> Response:
    """Objections and their days; who objects, and what was said, is not for discipline inspection."""
    found, names = (
        visit.ask("eligibility.objections", cycle_id=cycle_id)["objections"],
        naming(visit, cycle_id),
    )
    titles = stages(visit, cycle_id)
    heads = [
        Text("申报方", "Applicant"), Text("公示", "Notice"), Text("理由类别", "Ground"), Text("提出日期", "Raised"),
        Text("状态", "State"),
        Text("下一步", "Next step"), Text("期限", "Due"), Text("进度", "Standing"),
    ]  # fmt: skip
    table = Table(
        Text("异议", "Objections"), heads,
        [
            (
                names.get(each["application_id"], each["application_id"]),
                titles.get(f"notice:{each['notice'].partition('.')[0]}", each["notice"]),
                word(words.OBJECTION_GROUNDS, each["ground"]) if each["ground"] else None, Day(each["raised_on"]),
                tag(words.OBJECTIONS, each["state"]), word(words.STEPS, each["awaits"]) if each["awaits"] else None,
                Day(each["due_on"]), tag(words.STANDING, each["standing"]) if each["standing"] else None,
            )
            for each in found
        ],
        Text("按提出先后", "as they were raised"), Text("没有异议。", "Nobody has objected."),
    )  # fmt: skip
    return _list(visit, cycle_id, Text("异议", "Objections"), [table])


@ROOM.page("/discipline/<cycle_id>/deviations")
def deviations(visit: Visit, cycle_id: str) -> Response:
    """Who was left out above others that were let in, and why."""
    found, names = visit.ask("review.deviations", cycle_id=cycle_id)["deviations"], naming(visit, cycle_id)
    titles = stages(visit, cycle_id)
    table = Table(
        Text("偏离排名", "Deviations from rank"),
        [Text("申报方", "Left out"), Text("阶段", "Stage"), Text("名次", "Rank"), Text("得分", "Score"), Text("理由",
        "Reason"), Text("决定人", "Decided by"), Text("日期", "Day")],
        [
            (
                names.get(each["application_id"], each["application_id"]), titles.get(each["stage"], each["stage"]),
                each["rank"], figure(each["score"]),
                each["reason"],
                visit.person(each["decided_by"]), Day(each["decided_on"]),
            )
            for each in found
        ],
        Text("按阶段", "by stage"), Text("没有偏离排名。", "Nobody was passed over."), frozenset({2, 3}),
    )  # fmt: skip
    return _list(visit, cycle_id, Text("偏离排名", "Deviations from rank"), [table])


def _list(visit: Visit, cycle_id: str, title: Text, tables: list[Table], **values: Any) -> Response:
    ways = [("/discipline", _TITLE), (f"/discipline/{cycle_id}", Text("监督总览", "Supervision of a cycle"))]
    given: dict[str, Any] = {"listing": None, "total": 0, "filters": [], **values}
    return visit.page("watching/list.html", title, tables=tables, ways=ways, **given)


def _filters(listing: Any, name: str, table: Any) -> list[tuple[Text, str, bool]]:
    """Ways to one value of a filter each, and whether it is the one that is chosen."""
    chosen = listing.filters.get(name)
    found = [(word(table, code), listing.address(**{name: code}), chosen == code) for code in table]
    return [(Text("全部", "All"), listing.without(name), chosen is None), *found]
