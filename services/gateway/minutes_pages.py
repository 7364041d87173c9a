"""会议纪要 as a document: Chinese with English beside. Pure; the same version gives the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.gateway.figures import figure
from services.gateway.people import Named
from shared.calendar import in_words
from shared.documents import Block, Callout, Document, Entries, Heading, Items, Paragraph, Part, Table

TITLE, TITLE_EN = "评审会会议纪要", "Minutes of the committee"
_STATES = {
    "draft": "草稿 · 未经主持人确认　Draft · not confirmed by the chair",
    "returned": "已退回　Returned",
    "replaced": "已被新的版本取代　Replaced by a newer version",
}
_EVENTS = {"came": "到会 came", "left": "离会 left"}
_MODES = {"in_person": "到场 in person", "link": "视频连线 by link"}
_BALLOTS = {"secret": "无记名 secret", "open": "记名 open"}
_NONE = "—"

Reply = Mapping[str, Any]


def minutes(said: Reply, name: Named = str) -> Document:
    """One version, the reply `Minutes`; `name` gives what members and officers are called."""
    content = said["content"]
    names = {each["application_id"]: each["name"] for each in content["candidates"]}
    blocks = (
        Entries(tuple(_entries(said, name))),
        *([Callout(f"退回理由 Why it was returned: {said['reason']}")] if said["reason"] else []),
        *_present(content, name),
        *_recusals(content["recusals"], names, name),
        *_candidates(content),
        *_deviations(content["deviations"], names),
        *_ballots(content),
        *_results(content["results"], names),
        *_winners(content["candidates"]),
        *_vacancies(content["vacancies"]),
        *_remarks(content["remarks"]),
        *_signed(said, name),
    )
    part = Part("zh", TITLE, blocks, TITLE_EN)
    running = _STATES.get(said["state"], "")
    if content["rehearsal"]:
        running = f"演练 Rehearsal　{running}".strip()
    title = f"{TITLE}（{content['year']}）"
    return Document(title, (part,), running, date.fromisoformat(content["meets_on"]))


def _entries(said: Reply, name: Named) -> Iterator[tuple[str, str]]:
    content = said["content"]
    yield (
        "奖项 Award",
        f"{content['award_zh']}，{content['year']} 年度\n{content['award_en']}, {content['year']}",
    )
    yield "日期 Day", in_words(content["meets_on"]).both
    if content["place"]:
        yield "地点 Place", content["place"]
    yield "主持人 Chair", _chair(content, name)
    yield "表决方式 Ballots", _BALLOTS[content["ballots"]]
    yield "版本 Version", str(said["version"])


def _chair(content: Reply, name: Named) -> str:
    return next((name(each["member"]) for each in content["members"] if each["chair"]), _NONE)


def _present(content: Reply, name: Named) -> Iterator[Block]:
    members = content["members"]
    there = [name(each["member"]) for each in members if each["attended"]]
    away = [name(each["member"]) for each in members if not each["attended"]]
    yield Heading("到会情况 Attendance")
    yield Paragraph(
        f"全体委员 {len(members)} 名，到会 {len(there)} 名，法定人数 {content['quorum']} 名。"
        f" {len(there)} of {len(members)} members attended; the quorum is {content['quorum']}."
    )
    rows = (("到会 Present", "、".join(there) or _NONE), ("缺席 Absent", "、".join(away) or _NONE))
    yield Entries(rows)
    if content["events"]:
        headings = ("时间 Time", "委员 Member", "到会或离会 Came or left", "方式 How")
        yield Table(
            headings,
            tuple(
                (
                    _moment(each["at"]),
                    name(each["member"]),
                    _EVENTS[each["event"]],
                    _MODES.get(each["mode"] or "", _NONE),
                )
                for each in content["events"]
            ),
            (3, 3, 2, 2),
        )


def _recusals(recusals: Sequence[Reply], names: Mapping[str, str], name: Named) -> Iterator[Block]:
    yield Heading("回避 Who stood aside")
    if not recusals:
        yield Paragraph("无。 Nobody.")
        return
    rows = tuple(
        (
            name(each["member"]),
            names.get(each["application_id"], each["application_id"]),
            f"{each['ground_zh']}\n{each['ground_en']}",
        )
        for each in recusals
    )
    yield Table(("委员 Member", "申报 Application", "情形 Ground"), rows, (2, 4, 3))


def _candidates(content: Reply) -> Iterator[Block]:
    yield Heading("候选名单与建议 Candidates and the proposal")
    whose = (
        "建议名单由评审办提出。 Proposed by the office."
        if content["by_office"]
        else "按得分与名额产生。 By score and quota."
    )
    yield Paragraph(whose)
    rows = tuple(
        (each["name"], each["track"], figure(each["score"]) or _NONE, each["proposed_level"] or _NONE)
        for each in content["candidates"]
    )
    yield Table(("申报 Application", "类别 Track", "得分 Score", "建议等次 Proposed"), rows, (4, 3, 2, 3))


def _deviations(deviations: Sequence[Reply], names: Mapping[str, str]) -> Iterator[Block]:
    if not deviations:
        return
    yield Heading("偏离排名的说明 Where the proposal leaves the order of rank", level=2)
    rows = tuple(
        (
            names.get(each["application_id"], each["application_id"]),
            f"{each['rank']}（{figure(each['score'])}）",
            "、".join(
                names.get(other["application_id"], other["application_id"]) for other in each["preferred"]
            ),
            each["reason"],
        )
        for each in deviations
    )
    headings = ("申报 Application", "排名 Rank", "列于其前 Preferred", "理由 Reason")
    yield Table(headings, rows, (3, 2, 3, 4))


def _ballots(content: Reply) -> Iterator[Block]:
    yield Heading("表决 Ballots")
    if not content["rounds"]:
        yield Paragraph("没有交付表决的候选人。 Nobody was put to the vote.")
        return
    rows = tuple(
        (
            str(each["number"]),
            _kind(each),
            str(each["present"]),
            str(each["cast"]),
            each["slips_digest"] or _NONE,
        )
        for each in content["rounds"]
    )
    headings = ("轮次 Ballot", "性质 Kind", "参加 Voting", "投票 Cast", "选票摘要 Digest of the slips")
    yield Table(headings, rows, (1, 4, 1, 1, 5), frozenset({0, 2, 3}))


def _kind(line: Reply) -> str:
    if line["state"] == "void":
        return f"作废：{line['void_reason']}\nvoid"
    if line["repeats"] is not None:
        return f"第 {line['repeats']} 轮票数相同者再次表决\nsecond ballot after {line['repeats']}"
    return "表决\nballot"


def _results(results: Sequence[Reply], names: Mapping[str, str]) -> Iterator[Block]:
    if not results:
        return
    yield Heading("计票结果 Counts", level=2)
    rows = tuple(
        (
            str(each["round"]),
            f"{names.get(each['application_id'], each['application_id'])}\n{each['level']}",
            str(each["votes_for"]),
            str(each["votes_against"]),
            str(each["abstained"]),
            str(each["recused"]),
            str(each["needed"]),
            f"{each['reason_zh']}\n{each['reason_en']}",
        )
        for each in results
    )
    headings = (
        "轮次 Ballot", "申报与等次 Application, level", "赞成 For", "反对 Against", "弃权 Abstained", "回避 Aside",
        "须达 Needed", "结果 Outcome",
    )  # fmt: skip
    yield Table(headings, rows, (1, 4, 1, 1, 1, 1, 1, 4), frozenset({0, 2, 3, 4, 5, 6}))


def _winners(candidates: Sequence[Reply]) -> Iterator[Block]:
    yield Heading("审定结果 Decided")
    won = [
        f"{each['name']}：{each['awarded_level']}（{each['track']}）" for each in candidates if each["awarded_level"]
    ]  # fmt: skip
    yield Items(tuple(won)) if won else Paragraph("无获奖者。 Nobody is awarded.")


def _vacancies(vacancies: Sequence[Reply]) -> Iterator[Block]:
    if not vacancies:
        return
    yield Heading("空缺名额 Vacant places", level=2)
    rows = tuple(
        ("、".join(each["levels"]), "、".join(each["tracks"]), str(each["places"]), str(each["vacant"]))
        for each in vacancies
    )
    headings = ("等次 Level", "类别 Track", "名额 Places", "空缺 Vacant")
    yield Table(headings, rows, (3, 4, 1, 1), frozenset({2, 3}))


def _remarks(remarks: str) -> Iterator[Block]:
    if remarks.strip():
        yield Heading("其他 Remarks")
        for line in remarks.splitlines():
            if line.strip():
                yield Paragraph(line.strip())


def _signed(said: Reply, name: Named) -> Iterator[Block]:
    yield Heading("签署 Signed")
    rows = [("起草 Drafted by", f"{name(said['drafted_by'])}　{_moment(said['drafted_at'])}")]
    if said["decided_by"] and said["state"] in {"confirmed", "replaced"} and not said["reason"]:
        rows.append(("确认 Confirmed by", f"{name(said['decided_by'])}　{_moment(said['decided_at'])}"))
    else:
        rows.append(("确认 Confirmed by", _NONE))
    rows.append(("内容摘要 Digest of the content", said["content_digest"]))
    yield Entries(tuple(rows))


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")
