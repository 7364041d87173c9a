"""反馈报告、共性问题汇总 as documents: Chinese with English beside. Pure; the same reply gives the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.gateway.figures import figure
from shared.documents import Block, Callout, Document, Entries, Heading, Items, Paragraph, Part, Radar, Table

REPORT, REPORT_EN = "评审反馈报告", "Feedback report"
DIGEST, DIGEST_EN = "申报共性问题汇总", "Common problems of the applications"
_DRAFT = "草稿 · 未发布　Draft · not released"
_FEWEST_AXES = 3
_WITHHELD = "—"
_ABOUT = (
    "本报告汇总评审意见，不反映任何一位评审人员的个人意见，也不按书写先后排列。"
    " This report sums up what the review found. It tells nobody’s own opinion and keeps no order of writing."
)
_ANSWER = "申报主体可以在系统中回复一次。 The applicant may answer once, in the system."

Reply = Mapping[str, Any]


def report(said: Reply) -> Document:
    """One applicant's report, the reply `FeedbackReport`."""
    blocks = (
        Entries(tuple(_entries(said))),
        *([Callout(f"更正说明 What was corrected: {said['reason']}")] if said["reason"] else []),
        *_summary(said),
        *_figures(said["categories"]),
        *_whole(said["points"]),
        *(block for category in said["categories"] for block in _category(category, said["points"])),
        *_rest(said),
        Paragraph(_ABOUT, small=True),
        Paragraph(_ANSWER, small=True),
    )
    part = Part("zh", REPORT, blocks, REPORT_EN)
    name = f"{REPORT}：{said['applicant']}"
    running = "" if said["version"] else _DRAFT
    return Document(name, (part,), running, date.fromisoformat(said["made_on"]))


def _entries(said: Reply) -> Iterator[tuple[str, str]]:
    yield "申报主体 Applicant", said["applicant"]
    yield "奖项 Award", _award(said)
    yield "申报序号 Number", str(said["sequence"])
    if said["standard_zh"]:
        yield "评分条款 Scored by", f"{said['standard_zh']}\n{said['standard_en']}"
    if said["version"]:
        yield "版本 Version", str(said["version"])
        yield "发布日期 Released on", said["made_on"]


def _award(said: Reply) -> str:
    return f"{said['award_zh']}，{said['year']} 年度\n{said['award_en']}, {said['year']}"


def _summary(said: Reply) -> Iterator[Block]:
    if said["summary"].strip():
        yield Heading("总体评价 Overall")
        for text in said["summary"].splitlines():
            if text.strip():
                yield Paragraph(text.strip())


def _figures(categories: Sequence[Reply]) -> Iterator[Block]:
    """The radar, with the table that says the same."""
    if not categories:
        return
    yield Heading("各类得分率 Share of points by category")
    if len(categories) >= _FEWEST_AXES:
        axes = tuple(line["title_zh"] for line in categories)
        shown = tuple(figure(line["percent"]) for line in categories)
        yield Radar("各类得分率（%） Share of points by category, percent", axes, shown)
    rows = tuple(
        (
            f"{line['item']} {line['title_zh']}\n{line['title_en']}",
            figure(line["points"]),
            f"{figure(line['percent'])} %",
            _band(line),
        )
        for line in categories
    )
    headings = ("类别 Category", "满分 Points", "得分率 Share", "成熟度等级 Maturity band")
    yield Table(headings, rows, (5, 1, 1, 3), frozenset({1, 2}))


def _band(line: Reply) -> str:
    if line["band"] is None:
        return _WITHHELD
    place, many = line["place"], line["bands"]
    return f"自下而上第 {place} 档，共 {many} 档（{line['band']} %）\nband {place} of {many} from below"


def _whole(points: Sequence[Reply]) -> Iterator[Block]:
    for point in points:
        if not point["item"]:
            yield Heading("对申报整体的意见 On the application as a whole")
            yield from _lines(point)


def _category(category: Reply, points: Sequence[Reply]) -> Iterator[Block]:
    yield Heading(f"{category['item']} {category['title_zh']} {category['title_en']}")
    if category["looks"]:
        looks = category["looks"]
        zh = "；".join(f"{line['zh']}：{line['looks_zh']}" for line in looks)
        en = "; ".join(f"{line['en']}: {line['looks_en']}" for line in looks)
        yield Paragraph(f"该档的一般表现：{zh}。", small=True)
        yield Paragraph(f"What this band looks like in general: {en}.", small=True)
    said = {point["item"]: point for point in points}
    for item in category["items"]:
        band = f"（{item['band']} %）" if item["band"] else ""
        if item["item"] != category["item"]:
            yield Heading(f"{item['item']} {item['title_zh']} {item['title_en']}{band}", level=2)
        if item["item"] in said:
            yield from _lines(said[item["item"]])


def _rest(said: Reply) -> Iterator[Block]:
    """What is said of items that no category of the report holds: of an application that was not scored by items."""
    held = {item["item"] for category in said["categories"] for item in category["items"]}
    for point in said["points"]:
        if point["item"] and point["item"] not in held:
            yield Heading(point["item"], level=2)
            yield from _lines(point)


def _lines(point: Reply) -> Iterator[Block]:
    for title, name in (("优势 Strengths", "strengths"), ("改进空间 What could be better", "improvements")):
        if point[name]:
            yield Paragraph(title, strong=True)
            yield Items(tuple(point[name]))


def digest(said: Reply) -> Document:
    """The digest for the public, the reply `Digest`."""
    blocks = (
        Entries(
            (
                (
                    "奖项 Award",
                    _award(said),
                ),
                *((("公开日期 Published on", said["published_on"]),) if said["published_on"] else ()),
            )
        ),
        *_texts(said),
        *(block for group in said["groups"] for block in _group(group)),
        Paragraph(
            f"凡涉及申报主体不足 {said['least']} 家，或其余不足 {said['least']} 家的，一律不公布（{_WITHHELD}）；"
            "为防止推算，另有部分内容一并不公布。",
            small=True,
        ),
        Paragraph(
            f"What concerns fewer than {said['least']} applicants, or all but fewer than that, is withheld ({_WITHHELD}), and"
            " some more with it so that nothing can be worked out.",
            small=True,
        ),
    )
    made_on = date.fromisoformat(said["published_on"]) if said["published_on"] else None
    running = "" if said["published_on"] else _DRAFT
    return Document(f"{DIGEST}（{said['year']}）", (Part("zh", DIGEST, blocks, DIGEST_EN),), running, made_on)


def _texts(said: Reply) -> Iterator[Block]:
    if not said["texts"]:
        return
    titles = {
        line["item"]: f"{line['item']} {line['title_zh']} {line['title_en']}"
        for group in said["groups"]
        for line in group["categories"]
    }
    yield Heading("共性问题与改进思路 Common problems and ways to mend them")
    for text in said["texts"]:
        if text["item"]:
            yield Heading(titles.get(text["item"], text["item"]), level=2)
        yield Paragraph(text["zh"])
        if text["en"]:
            yield Paragraph(text["en"])


def _group(group: Reply) -> Iterator[Block]:
    yield Heading(f"{group['standard_zh']} {group['standard_en']}")
    if not group["categories"]:
        yield Paragraph("申报主体过少，不公布。 Too few applicants: withheld.")
        return
    bands = [cell["band"] for cell in group["categories"][0]["bands"]]
    headings = ("类别 Category", *(f"{band} %" for band in bands), "有改进意见 Told what could be better")
    rows = tuple(
        (
            f"{line['item']} {line['title_zh']}\n{line['title_en']}",
            *(_share(cell["share_zh"], cell["share_en"]) for cell in line["bands"]),
            _share(line["improvements_zh"], line["improvements_en"]),
        )
        for line in group["categories"]
    )
    yield Paragraph("各档中的申报主体（用文字表示多少） Applicants in each band, in words", strong=True)
    yield Table(headings, rows, (4, *(2 for _ in bands), 3))


def _share(zh: str | None, en: str | None) -> str:
    return f"{zh}\n{en}" if zh else _WITHHELD
