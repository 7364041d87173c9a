"""What the committee's answers say, as blocks of a page: for the office and for members alike. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.figures import figure
from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import AWAY
from services.gateway.portal.deciding.blocks import Away, Block, Facts, Heading, Pen, Table, Ways, Words
from services.gateway.portal.text import Text
from services.gateway.portal.words import word
from shared.rulebooks import Rulebook
from shared.rulebooks.words import GROUNDS

Reply = Mapping[str, Any]
Blocks = list[Block | None]
_COMMITTEE = Text("评审会", "The committee")


def names_in(proposal: Any) -> dict[str, str]:
    """The names of all who come to the committee, by their ids."""
    if not isinstance(proposal, dict):
        return {}
    return {each["application_id"]: each["name"] for each in proposal["entrants"] if each["name"]}


def summary(pen: Pen, now: Any) -> Blocks:
    """Where the meeting stands. Nothing of how many have cast while a ballot is open."""
    if now is None or now is AWAY:
        return [Away(_COMMITTEE)] if now is AWAY else []
    here, needed = len(now["present"]), now["quorum"]
    enough = Text("达到法定人数", "a quorum") if here >= needed else Text("不足法定人数", "no quorum")
    there = Text(
        f"到会 {here} 名，全体 {now['members']} 名，法定人数 {needed} 名",
        f"{here} of {now['members']} are present, {needed} must be",
    )
    rows: list[tuple[Text, object]] = [
        (Text("表决", "Ballots"), pen.tag(word(words.ROUNDS, now["state"]), words.colour(now["state"]))),
        (Text("轮次", "Ballot"), now["number"] or None),
        (Text("到会", "Present"), pen.row([there, pen.tag(enough, "green" if here >= needed else "red")])),
        (Text("主持人", "In the chair"), pen.person(now["chair"])),
    ]
    if now["state"] == "open":
        rows.append(
            (
                Text("本轮可投票的委员", "Members who may cast this ballot"),
                pen.several(pen.person(each) for each in now["voters"]),
            )
        )
    elif now["number"]:
        rows.append((Text("最近一轮投票人数", "Cast in the last ballot"), now["cast"]))
    return [Facts(rows)]


def agenda(pen: Pen, found: Any) -> Blocks:
    """All that is put to the vote."""
    if found is None:
        return []
    if found is AWAY:
        return [Away(Text("表决次序", "What is put to the vote"))]
    rows = [
        (
            pen.put(item["level"]), item["track"],
            Text("不限", "no limit") if item["places"] is None else item["places"],
            pen.tag(word(words.ITEMS, item["state"]), words.colour(item["state"])), item["number"],
            pen.lines(_standing(each) for each in item["candidates"]),
        )
        for item in found["items"]
    ]  # fmt: skip
    heads = (
        "等次|Level",
        "类别|Track",
        "名额|Places",
        "状态|State",
        "轮次|Ballot",
        "候选（得分）|Candidates (score)",
    )
    table = Table(
        Text("表决次序", "What is put to the vote"), heads_of(heads), rows,
        Text("按法规的等次和类别顺序", "by the regulation's order of levels and tracks"),
        Text("没有待表决的候选。", "Nobody is put to the vote."), frozenset({2, 4}),
    )  # fmt: skip
    return [table]


def heads_of(pairs: Iterable[str]) -> list[Text]:
    """Heads written as `中文|English`."""
    return [Text(*pair.split("|", 1)) for pair in pairs]


def _standing(each: Reply) -> str:
    name = each["name"] or each["application_id"]
    votes = f"，公众 {each['social_votes']} 票" if each["social_votes"] is not None else ""
    return f"{name}（{figure(each['score']) or '—'}{votes}）"


# --- proposal ---------------------------------------------------------------------------------------------------------


def places(pen: Pen, book: Rulebook, found: Reply) -> Table:
    """What each quota has, what the proposal takes of it, and what is left."""
    takes = {each["application_id"]: set(each["uses_quota"]) for each in found["entrants"]}
    rows = []
    for quota in book.quotas:
        used = sum(
            each["level"] in quota.levels
            and each["track"] in quota.tracks
            and each["level"] in takes.get(each["application_id"], {each["level"]})
            for each in found["candidates"]
        )
        left = None if quota.places is None else quota.places - used
        rows.append(
            (
                pen.several(quota.levels), pen.several(quota.tracks),
                Text("不限", "no limit") if quota.places is None else quota.places, used,
                Text("不限", "no limit") if left is None else left, book.label(quota.rule),
            )
        )  # fmt: skip
    heads = ("等次|Levels", "类别|Tracks", "名额|Places", "建议占用|Taken", "剩余|Left", "条款|Article")
    return Table(
        Text("名额", "Places"), heads_of(heads), rows, Text("按法规的顺序", "in the regulation's order"),
        Text("法规没有名额限制。", "The regulation limits no places."), frozenset({2, 3, 4}),
    )  # fmt: skip


def ties(found: Reply) -> set[str]:
    """Those that share their score with another of their track."""
    scores = Counter((each["track"], each["score"]) for each in found["entrants"] if each["score"])
    return {
        each["application_id"] for each in found["entrants"] if each["score"] and scores[each["track"], each["score"]] > 1
    }  # fmt: skip


def proposal(pen: Pen, book: Rulebook, found: Any) -> Blocks:
    """The proposal with places, ties, and whom it passes over for which reason."""
    if found is None:
        return []
    if found is AWAY:
        return [Away(Text("建议名单", "The proposal"))]
    level = {each["application_id"]: each["level"] for each in found["candidates"]}
    equal, names = ties(found), names_in(found)
    rows, before = [], None
    rank = 0
    for each in found["entrants"]:
        rank = 1 if each["track"] != before else rank + 1
        before = each["track"]
        who = each["application_id"]
        proposed = pen.tag(level[who], "blue") if who in level else Text("不建议", "not proposed")
        same = pen.tag(Text("同分", "equal"), "amber") if who in equal else ""
        rows.append(
            (each["name"] or who, each["track"], rank, pen.row([figure(each["score"]), *([same] if same else [])]),
             each["social_votes"], proposed)
        )  # fmt: skip
    heads = (
        "名称|Name",
        "类别|Track",
        "名次|Place",
        "得分|Score",
        "公众票数|Public votes",
        "建议等次|Proposed for",
    )
    made = (
        Text("由评审办提出。", "Made by the award office.")
        if found["by_office"]
        else Text("评审办尚未提出，按得分和名额自动排列。", "The office has made none; rank and quota do.")
    )
    return [
        Heading(Text("建议名单", "The proposal")),
        Words(made),
        places(pen, book, found),
        Table(
            Text("候选", "Candidates"), heads_of(heads), rows,
            Text("按类别，再按得分从高到低", "by track, then from the highest score"),
            Text("还没有申报进入审定。", "No application has come to the committee yet."), frozenset({2, 4}),
        ),
        deviations(pen, found["deviations"], names),
    ]  # fmt: skip


def deviations(pen: Pen, found: Iterable[Reply], names: Mapping[str, str]) -> Table:
    """Who was passed over for whom, and why."""
    rows = [
        (
            names.get(each["application_id"], each["application_id"]), each["rank"], figure(each["score"]),
            each["level"] or Text("不建议", "not proposed"),
            pen.lines(
                f"{names.get(other['application_id'], other['application_id'])}（{other['level']}，{figure(other['score'])}）"
                for other in each["preferred"]
            ),
            each["reason"], pen.lines([pen.person(each["decided_by"]), pen.day(each["decided_on"])]),
        )
        for each in found
    ]  # fmt: skip
    heads = (
        "名称|Name", "名次|Rank", "得分|Score", "建议等次|Proposed for", "列于其前的|Preferred", "理由|Reason",
        "作出|Decided",
    )  # fmt: skip
    return Table(
        Text("偏离排名的理由", "Why it leaves the order of rank"), heads_of(heads), rows,
        Text("按类别和名次", "by track and rank"),
        Text("建议名单没有偏离排名。", "The proposal follows the order of rank."), frozenset({1, 2}),
    )  # fmt: skip


# --- who is there -----------------------------------------------------------------------------------------------------


def presence(pen: Pen, found: Any, names: Mapping[str, str], book: Rulebook) -> Blocks:
    """Members, their coming and going, and who stands aside."""
    if found is None:
        return []
    if found is AWAY:
        return [Away(Text("到会情况", "Who is present"))]
    members = [
        (
            pen.person(each["member"]), Text("主持", "chair") if each["chair"] else "",
            pen.tag(Text("到会", "present"), "green") if each["present"] else pen.tag(Text("未到会", "not present")),
            word(words.MODES, each["mode"]) if each["mode"] else "",
        )
        for each in found["members"]
    ]  # fmt: skip
    events = [
        (pen.moment(each["at"]), pen.person(each["member"]), word(words.COMINGS, each["event"]),
         word(words.MODES, each["mode"]) if each["mode"] else "", pen.person(each["recorded_by"]))
        for each in found["events"]
    ]  # fmt: skip
    aside = [
        (
            pen.person(each["member"]), names.get(each["application_id"], each["application_id"]),
            pen.row([word(GROUNDS, each["ground"]), book.label(book.recusal_rule(each["ground"]) or "")]),
            each["detail"], pen.lines([pen.person(each["declared_by"]), pen.moment(each["declared_at"])]),
        )
        for each in found["recusals"]
    ]  # fmt: skip
    return [
        Heading(Text("到会和回避", "Who is present, who stands aside"), "presence"),
        Table(
            Text("委员", "Members"), heads_of(("委员|Member", "职务|Office", "到会|Present", "方式|How")), members,
            Text("按姓名", "by name"), Text("尚未召集。", "Nobody is called yet."),
        ),
        Table(
            Text("到会和离会记录", "Comings and goings"),
            heads_of(("时间|When", "委员|Member", "事项|What", "方式|How", "记录人|Recorded by")), events,
            Text("按时间", "in order of time"), Text("还没有记录。", "Nothing is recorded yet."),
        ),
        Table(
            Text("回避", "Standing aside"),
            heads_of(("委员|Member", "申报|Application", "情形|Ground", "说明|Details", "申请|Declared")), aside,
            Text("按申报", "by application"), Text("没有回避。", "Nobody stands aside."),
        ),
    ]  # fmt: skip


# --- counts -----------------------------------------------------------------------------------------------------------


def slip_ways(cycle_id: str, now: Any) -> list[tuple[str, Text]]:
    """Ways to the slips of the ballots that are closed."""
    if not isinstance(now, Mapping):
        return []
    last = now["number"] - 1 if now["state"] == "open" else now["number"]
    return [
        (f"/committee/{cycle_id}/slips/{n}", Text(f"第 {n} 轮的选票", f"Slips of ballot {n}"))
        for n in range(1, last + 1)
    ]


def results(pen: Pen, found: Any, names: Mapping[str, str]) -> Blocks:
    """The counts of the ballots that are closed."""
    if found is None:
        return []
    if found is AWAY:
        return [Away(Text("表决结果", "The counts"))]
    rows = [
        (
            names.get(each["application_id"], each["application_id"]), each["level"], each["round"], each["votes_for"],
            each["votes_against"], each["abstained"], each["recused"], each["needed"],
            pen.tag(Text("授予", "awarded"), "green") if each["awarded"] else pen.tag(Text("未授予", "not awarded")),
            Text(each["reason_zh"], each["reason_en"]),
        )
        for each in found["results"]
    ]  # fmt: skip
    heads = (
        "名称|Name", "等次|Level", "轮次|Ballot", "赞成|For", "反对|Against", "弃权|Abstained", "回避|Aside",
        "所需|Needed", "结果|Result", "说明|Why",
    )  # fmt: skip
    table = Table(
        Text("表决结果", "The counts"), heads_of(heads), rows, Text("按轮次", "by ballot"),
        Text("还没有计票的轮次。", "No ballot is counted yet."), frozenset(range(2, 8)),
    )  # fmt: skip
    return [table]


def slips(pen: Pen, found: Reply, names: Mapping[str, str]) -> Blocks:
    """Every code under its choice; of an open ballot, every member's choices."""
    blocks: Blocks = [
        Words(
            Text(
                "每张选票是一个票签号和一项选择。凭投票时显示的票签号可以找到自己的选票；任何人都可以据此重新计票。",
                "A slip is a code and a choice. A member finds its own by the code that it was shown; anybody can count again.",
            )
        ),
        Facts([(Text("票箱摘要", "Digest of the boxes"), pen.code(found["digest"]))]),
    ]
    for each in found["slips"]:
        name = names.get(each["application_id"], each["application_id"])
        rows = [
            (word(words.CHOICES, choice), len(each[key]), pen.lines(pen.code(code) for code in each[key]))
            for choice, key in (
                ("for", "votes_for"),
                ("against", "votes_against"),
                ("abstain", "abstained"),
                ("recused", "recused"),
            )
        ]
        blocks += [
            Words(pen.put(name), strong=True),
            Table(
                Text("选票", "Slips"), heads_of(("选择|Choice", "张数|Slips", "票签号|Codes")), rows,
                Text("票签号按其本身的顺序", "codes in their own order"), Text("没有选票。", "No slips."), frozenset({1}),
                hidden=True,
            ),
        ]  # fmt: skip
    if found["open_votes"]:
        blocks.append(
            Table(
                Text("记名投票", "Open votes"), heads_of(("委员|Member", "申报|Application", "选择|Choice")),
                [
                    (
                        pen.person(v["member"]), names.get(v["application_id"], v["application_id"]),
                        word(words.CHOICES, v["choice"]),
                    )
                    for v in found["open_votes"]
                ],
                Text("按委员", "by member"), Text("没有。", "None."),
            )
        )  # fmt: skip
    return blocks


def recount(pen: Pen, cycle_id: str, found: Reply) -> Blocks:
    """What counting again found."""
    agrees = (
        pen.tag(Text("一致", "agrees"), "green")
        if found["agrees"]
        else pen.tag(Text("不一致", "does not agree"), "red")
    )
    rows = [
        (
            pen.link(f"/committee/{cycle_id}/slips/{each['number']}", Text(f"第 {each['number']} 轮",
                f"ballot {each['number']}")),
            pen.yes(each["kept"]), each["cast"], each["slips"],
            pen.tag(Text("一致", "agrees"), "green") if each["agrees"] else pen.tag(Text("不一致", "differs"), "red"),
            pen.lines(each["problems"]),
        )
        for each in found["rounds"]
    ]  # fmt: skip
    heads = (
        "轮次|Ballot",
        "选票保存|Slips kept",
        "投票人数|Cast",
        "选票张数|Slips",
        "核对|Check",
        "问题|Problems",
    )
    table = Table(
        Text("各轮", "Ballots"), heads_of(heads), rows, Text("按轮次", "in their order"),
        Text("还没有计票的轮次。", "No ballot is counted yet."), frozenset({2, 3}),
    )  # fmt: skip
    return [Facts([(Text("选票、计数和结果", "Slips, counters and results"), agrees)]), table]


# --- minutes ----------------------------------------------------------------------------------------------------------


def versions(pen: Pen, cycle_id: str, found: Iterable[Reply]) -> Table:
    """Every version of the minutes, with its papers."""
    rows = [
        (
            each["version"], pen.tag(word(words.MINUTES, each["state"]), words.colour(each["state"])),
            pen.lines([pen.person(each["drafted_by"]), pen.moment(each["drafted_at"])]),
            pen.lines([pen.person(each["decided_by"]), pen.moment(each["decided_at"])]) if each["decided_by"] else "",
            each["reason"],
            pen.row(
                pen.link(f"/api/v1/cycles/{cycle_id}/minutes.{form}?version={each['version']}", form.upper())
                for form in ("pdf", "docx")
            ),
        )
        for each in found
    ]  # fmt: skip
    heads = (
        "版本|Version",
        "状态|State",
        "起草|Drafted",
        "决定|Decided",
        "退回理由|Why returned",
        "文件|Papers",
    )
    return Table(
        Text("各版本", "Versions"), heads_of(heads), rows, Text("新的在前", "the newest first"),
        Text("还没有会议纪要，表决全部结束后由评审办起草。",
            "There are none yet; the office drafts them when the ballots are over."),
        frozenset({0}),
    )  # fmt: skip


def minutes(pen: Pen, found: Reply) -> Blocks:
    """What a version says, in short; the whole of it is in its papers."""
    content = found["content"]
    names = {each["application_id"]: each["name"] for each in content["candidates"]}
    winners = [
        (each["name"], each["track"], each["awarded_level"])
        for each in content["candidates"]
        if each["awarded_level"]
    ]
    chair = next((each["member"] for each in content["members"] if each["chair"]), None)
    present = [each["member"] for each in content["members"] if each["attended"]]
    vacant = [
        Text(
            f"{'、'.join(each['levels'])}（{'、'.join(each['tracks'])}）：{each['vacant']} 个（名额 {each['places']}）",
            f"{', '.join(each['levels'])} ({', '.join(each['tracks'])}): {each['vacant']} of {each['places']} places",
        )
        for each in content["vacancies"]
    ]
    return [
        Heading(Text(f"第 {found['version']} 版的内容", f"What version {found['version']} says")),
        Facts(
            [
                (Text("日期", "Day"), pen.day(content["meets_on"])),
                (Text("地点", "Place"), content["place"]),
                (Text("主持人", "In the chair"), pen.person(chair)),
                (Text("到会", "Present"), pen.several(pen.person(each) for each in present)),
                (Text("法定人数", "Quorum"), content["quorum"]),
                (Text("表决轮次", "Ballots"), len(content["rounds"])),
                (Text("空缺名额", "Vacant places"), pen.lines(vacant) if vacant else Text("无", "none")),
                (Text("其他事项", "Remarks"), content["remarks"]),
            ]
        ),
        Table(
            Text("获奖名单", "Winners"), heads_of(("名称|Name", "类别|Track", "等次|Level")), winners,
            Text("按提交顺序", "in the order of submission"), Text("没有获奖者。", "Nobody won."),
        ),
        *results(pen, {"results": content["results"]}, names),
        deviations(pen, content["deviations"], names),
    ]  # fmt: skip


def ways(pairs: Iterable[tuple[str, Text]]) -> Ways | None:
    """Ways on, where there are any."""
    found = list(pairs)
    return Ways(found) if found else None
