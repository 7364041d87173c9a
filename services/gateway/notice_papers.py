"""公示、公示存证 as documents: Chinese with English beside. Pure; the same reply gives the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from shared.calendar import in_words
from shared.documents import Block, Callout, Document, Entries, Heading, Items, Paragraph, Part, Table

NOTICE, NOTICE_EN = "公示", "Public notice"
PROOF, PROOF_EN = "公示存证", "Proof of a public notice"
_NOTHING = "—"
_WHAT = {
    "drafted": "草拟 Drafted",
    "listed": "重列名单 Listed anew",
    "edited": "编辑 Edited",
    "prepared": "经办 Prepared",
    "approved": "批准 Approved",
    "posted": "发布 Posted",
    "extended": "延长 Extended",
    "ended": "结束 Ended",
    "corrected": "更正 Corrected",
    "dropped": "放弃 Given up",
}
# What a correction changes.
CHANGED = {
    "introduction_zh": ("说明（中文）", "Introduction, Chinese"),
    "introduction_en": ("说明（英文）", "Introduction, English"),
    "contact": ("联系方式", "Contact"),
    "name": ("名称", "Name"),
}

Reply = Mapping[str, Any]


def notice(said: Reply) -> Document:
    """A notice as it was posted, with how it grew since: the reply `PostedNotice`."""
    blocks: tuple[Block, ...] = (
        *([Callout("演练，不是真实的公示 Rehearsal: this is no real notice")] if said["rehearsal"] else []),
        *_corrected(said),
        *_correction(said),
        *_texts(said["introduction_zh"]),
        *_texts(said["introduction_en"], small=True),
        Entries(tuple(_entries(said))),
        Heading("名单 The list"),
        _list(said["lines"]),
        *_extensions(said),
        Heading("异议 Objections"),
        Paragraph(said["objections_zh"]),
        Paragraph(said["objections_en"], small=True),
        *_texts(said["contact"]),
        Paragraph(f"内容摘要 Digest of the content: {said['content_digest']}", small=True),
    )
    part = Part("zh", said["title_zh"], blocks, said["title_en"])
    name = f"{said['award_zh']} {said['year']}：{said['title_zh']}"
    return Document(name, (part,), made_on=_day(said["changed_at"]))


def draft(said: Reply, posting: Reply, award: tuple[str, str], year: int) -> Document:
    """A draft as it would stand if it were posted on a day: the replies `NoticeDraft` and `Posting`. Never to be taken for one
    that is posted.
    """
    if posting["first"] is None:
        window = f"{posting['reason_zh']}\n{posting['reason_en']}"
    else:
        named = {"first_day": "first", "last_day": "last", "working_days": "working_days"}
        window = days({name: posting[of] for name, of in named.items()})
    blocks: tuple[Block, ...] = (
        Callout("草稿预览，未发布 Draft: this is not posted"),
        *_texts(said["introduction_zh"]),
        *_texts(said["introduction_en"], small=True),
        Entries(
            (
                ("奖项 Award", f"{award[0]}，{year} 年度\n{award[1]}, {year}"),
                ("依据 Under", said["rule"]),
                ("公示期 Days", window),
            )
        ),
        Heading("名单 The list"),
        _list(said["lines"]),
        Heading("异议 Objections"),
        Paragraph(said["objections_zh"]),
        Paragraph(said["objections_en"], small=True),
        *_texts(said["contact"]),
    )
    part = Part("zh", said["title_zh"], blocks, said["title_en"])
    return Document(
        f"{award[0]} {year}：{said['title_zh']}",
        (part,),
        "草稿 Draft",
        date.fromisoformat(posting["posted_on"]),
    )


def correction_draft(said: Reply, award: tuple[str, str], year: int, today: date) -> Document:
    """The same of a correction, as it would stand if it were confirmed today: the reply `NoticeCorrection`."""
    posting = {
        "first": said["first_day"], "last": said["last_day"], "working_days": said["working_days"],
        "posted_on": today.isoformat(), "reason_zh": "放假安排尚未录入，无法推算公示期",
        "reason_en": "the calendar is not entered: the days cannot be told",
    }  # fmt: skip
    document = draft(said, posting, award, year)
    (part,) = document.parts
    told = (
        f"更正公示：{said['name']} 更正公示 {said['notice']} Notice {said['name']} corrects {said['notice']}"
    )
    reason = Entries((("更正原因 Why", said["reason"] or _NOTHING),))
    blocks = (part.blocks[0], Callout(told), reason, _changes(said["changes"]), *part.blocks[1:])
    return replace(document, parts=(replace(part, blocks=blocks),))


def proof(said: Reply) -> Document:
    """What proves that a notice stood as it did: the reply `NoticeProof`."""
    blocks: tuple[Block, ...] = (
        Callout(_verdict(said)),
        *_corrected(said),
        *([Items(tuple(f"{fault['zh']} {fault['en']}" for fault in said["faults"]))] if said["faults"] else []),
        Entries(tuple(_proven(said))),
        Heading("公示期 Windows"),
        Table(
            ("序 No.", "首日 First day", "末日 Last day", "失败日 Days lost", "原因 Why", "摘要 Digest"),
            tuple(_window(line) for line in said["windows"]),
            (1, 2, 2, 2, 3, 5),
        ),
        Heading("经办记录 Log"),
        Table(
            ("事项 What", "经办人 By", "时间 At"),
            tuple((_WHAT[line["what"]], line["by"], _time(line["at"])) for line in said["log"]),
            (2, 3, 3),
        ),
        Heading("审计记录 Entries of the audit log"),
        Table(
            ("编号 Entry", "事项 Action", "时间 At", "摘要 Digest", "封印 Seal"),
            tuple(_entry(line) for line in said["entries"]),
            (4, 3, 3, 5, 5),
        ),
        Heading("名单逐行摘要 Digest of each line"),
        Table(
            ("名称 Name", "编号 Application", "摘要 Digest"),
            tuple((line["name"], line["application_id"], line["digest"] or _NOTHING) for line in said["lines"]),
            (3, 3, 5),
        ),
        Paragraph(
            "摘要是内容规范 JSON（键排序、无空格、UTF-8）的摘要；规范 JSON 由接口以文字给出，任何人可以重算。"
            " A digest is that of the canonical JSON (keys sorted, no spaces, UTF-8), which the API gives as text:"
            " anybody can compute it again.",
            small=True,
        ),
    )  # fmt: skip
    part = Part("zh", PROOF, blocks, PROOF_EN)
    made_on = date.fromisoformat(said["ended_on"]) if said["ended_on"] else _day(said["changed_at"])
    return Document(f"{PROOF}：{said['title_zh']}", (part,), "", made_on)


def days(said: Reply) -> str:
    """The days of a notice, as they now stand."""
    first, last, number = in_words(said["first_day"]), in_words(said["last_day"]), said["working_days"]
    return f"{first.zh} 至 {last.zh}，{number} 个工作日\n{first.en} to {last.en}, {number} working days"


def _day(instant: str) -> date:
    return date.fromisoformat(instant[:10])


def _time(instant: str) -> str:
    """An instant as people read it; all of them are of one zone."""
    return instant[:19].replace("T", " ")


def _texts(text: str, *, small: bool = False) -> Iterator[Block]:
    for line in text.splitlines():
        if line.strip():
            yield Paragraph(line.strip(), small=small)


def _entries(said: Reply) -> Iterator[tuple[str, str]]:
    yield "奖项 Award", f"{said['award_zh']}，{said['year']} 年度\n{said['award_en']}, {said['year']}"
    yield "依据 Under", said["rule"]
    yield "公示期 Days", days(said)
    if said["corrects"]:
        yield (
            "编号 Notice",
            f"{said['notice']}，更正 {said['corrects']}\n{said['notice']}, correcting {said['corrects']}",
        )
    if said["state"] == "ended":
        yield "状态 State", "公示已结束 The notice is over"
    if said["corrected_by"]:
        yield "状态 State", f"已更正 Corrected: {said['corrected_by']}, {in_words(said['corrected_on']).both}"


def _list(lines: list[Reply]) -> Block:
    proposed = any(line["level"] or line["track"] for line in lines)
    if not proposed:
        rows = tuple((str(number), line["name"]) for number, line in enumerate(lines, start=1))
        return Table(("序号 No.", "名称 Name"), rows, (1, 6), frozenset({0}))
    rows_ = tuple(
        (str(number), line["name"], line["level"] or _NOTHING, line["track"] or _NOTHING)
        for number, line in enumerate(lines, start=1)
    )
    return Table(("序号 No.", "名称 Name", "等次 Level", "类别 Track"), rows_, (1, 5, 2, 2), frozenset({0}))


def _corrected(said: Reply) -> Iterator[Block]:
    """A notice in whose place another stands says so before anything else."""
    if said["corrected_by"]:
        by, on = said["corrected_by"], in_words(said["corrected_on"])
        yield Callout(
            f"本公示已于 {on.zh} 由公示 {by} 更正，以下为原公示的内容"
            f" On {on.en} notice {by} corrected this one; what was posted stands below"
        )


def _correction(said: Reply) -> Iterator[Block]:
    told = said["correction"]
    if not told:
        return
    yield Callout(f"更正公示：更正公示 {told['notice']} A correction of notice {told['notice']}")
    yield Entries(
        (
            ("更正原因 Why", told["reason"]),
            ("原公示内容摘要 Digest of the old content", told["content_digest"]),
        )
    )
    yield _changes(told["changes"])


def _changes(changes: list[Reply]) -> Table:
    return Table(
        ("更正事项 Corrected", "原来 Before", "更正为 Now"),
        tuple(
            (" ".join(CHANGED[each["what"]]), each["before"] or _NOTHING, each["after"]) for each in changes
        ),
        (2, 4, 4),
    )


def _extensions(said: Reply) -> Iterator[Block]:
    if not said["extensions"]:
        return
    yield Heading("公示期延长 Extended")
    until = in_words(said["posted_last_day"])
    yield Paragraph(f"原定至 {until.zh}。 Posted until {until.en}.")
    yield Table(
        ("报告日 Reported", "无法查看的工作日 Days lost", "原因 Why", "延长至 Until"),
        tuple((line["on"], "\n".join(line["days"]), line["failure"], line["last_day"]) for line in said["extensions"]),
        (2, 2, 5, 2),
    )  # fmt: skip


def _verdict(said: Reply) -> str:
    if said["intact"]:
        return "核验一致：内容、公示期和审计记录互相吻合 Verified: content, windows and audit log agree"
    return "核验不一致 Not intact"


def _proven(said: Reply) -> Iterator[tuple[str, str]]:
    yield from _entries(said)
    yield "发布 Posted", _time(said["posted_at"])
    yield "结束 Ended", said["ended_on"] or _NOTHING
    yield "内容摘要 Content", said["content_digest"]
    yield "结束记录摘要 Record", said["record_digest"] or _NOTHING


def _window(line: Reply) -> tuple[str, ...]:
    lost = "\n".join(line["lost"]) or _NOTHING
    return (
        str(line["number"]),
        line["first_day"],
        line["last_day"],
        lost,
        line["reason"] or _NOTHING,
        line["digest"],
    )


def _entry(line: Reply) -> tuple[str, ...]:
    seal = f"{line['seal']}\n{line['seal_digest']}" if line["seal"] is not None else "待封 waits"
    verb = line["action"].partition(":")[2]
    return line["entry_id"], _WHAT.get(verb, verb), _time(line["at"]), line["after_digest"] or _NOTHING, seal
