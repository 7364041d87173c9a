"""申报表 as a document: the form of a rulebook with what a draft holds, room for the seal, never a seal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from services.gateway.stated import NOTHING, readable
from shared.documents import Block, Callout, Document, Entries, Heading, Paragraph, Part, Table

FORM, FORM_EN = "申报表", "Application form"
_KINDS = {"organization": "组织 organization", "individual": "个人 individual", "project": "项目 project"}
_DECLARED = (
    "本申报主体承诺：所填内容和所附材料真实、完整、合法，不涉及国家秘密；如有不实，愿承担相应责任。",
    "The applicant states that what is written and handed in is true, complete and lawful, and answers for it.",
)
Said = Mapping[str, Any]


def form(draft: Said, asked: Said, cycle: Said, made_on: date) -> Document:
    """The replies `Draft`, `FormText` and `CycleState` with the rulebook's titles, as they are on a day."""
    faults = {fault["field"] for fault in draft["faults"]}
    blocks: tuple[Block, ...] = (
        Entries(
            (
                ("评选 Award", f"{cycle['title_zh']}\n{cycle['title_en']}"),
                ("年度 Year", str(cycle["year"])),
                ("申报类型 Kind", _KINDS.get(draft["kind"], str(draft["kind"]))),
                ("填写日期 As on", made_on.isoformat()),
            )
        ),
        *_parts("一、申报主体 Who applies", asked["identity"], draft, asked["articles"], faults),
        *_parts("二、申报事实 What is stated", asked["facts"], draft, asked["articles"], faults),
        *_materials(draft, asked),
        *_by_others(draft, asked),
        Heading("声明 Statement"),
        *(Paragraph(text) for text in _DECLARED),
        *_seal(draft["kind"]),
    )
    part = Part("zh", FORM, blocks, FORM_EN)
    return Document(
        FORM, (part,), "" if draft["status"] != "draft" else "草稿 · 未提交　Draft · not handed in", made_on
    )


def _parts(
    title: str, parts: Sequence[Said], draft: Said, articles: Said, faults: set[str]
) -> Iterator[Block]:
    if not parts:
        return
    rows = tuple(
        (
            f"{part['title_zh']}\n{part['title_en']}",
            readable(draft["parts"].get(part["name"]), part),
            _cited(part["rules"], articles),
        )
        for part in parts
    )
    yield Heading(title)
    yield Table(("项目 Item", "内容 Content", "依据 Article"), rows, (3, 5, 2))
    wrong = [
        part["title_zh"]
        for part in parts
        if any(each == part["name"] or each.startswith(f"{part['name']}.") for each in faults)
    ]
    if wrong:
        yield Callout(f"以下内容尚不符合格式要求 Not in the right form yet：{'、'.join(wrong)}")


def _cited(rules: Sequence[str], articles: Said) -> str:
    return "\n".join(articles[rule]["label"] for rule in rules if rule in articles) or NOTHING


def _materials(draft: Said, asked: Said) -> Iterator[Block]:
    if not asked["materials"]:
        return
    there = set(draft["materials"])
    rows = tuple(
        (
            f"{each['title_zh']}\n{each['title_en']}",
            "已上传 there" if each["name"] in there else "未上传 not yet",
            _cited([each["rule"]], asked["articles"]),
        )
        for each in asked["materials"]
    )
    yield Heading("三、申报材料 Materials")
    yield Table(("材料 Material", "状态 State", "依据 Article"), rows, (4, 3, 2))


def _by_others(draft: Said, asked: Said) -> Iterator[Block]:
    """Room for what others say: their opinion, name, day and seal."""
    for part in asked["by_others"]:
        known = draft["recommended_by"] if part["name"] == "recommended_by" else None
        yield Heading(f"{part['title_zh']}意见 {part['title_en'].capitalize()}")
        yield Entries(
            (
                (f"{part['title_zh']} {part['title_en']}", known or "　"),
                ("意见 Opinion", "\n\n\n"),
                ("（盖章）签字、日期\n(Seal) Signature, date", "\n\n"),
            )
        )


def _seal(kind: str) -> Iterator[Block]:
    """The place where the applicant signs and seals by hand."""
    if kind == "individual":
        yield Entries(
            (
                ("申报人签字 Signature", "\n\n"),
                ("所在单位（盖章） Employer (seal)", "\n\n\n"),
                ("日期 Date", "\n"),
            )
        )
    else:
        yield Entries(
            (
                ("法定代表人签字\nSignature of the legal representative", "\n\n"),
                ("申报主体（盖章）\nApplicant (seal)", "\n\n\n"),
                ("日期 Date", "\n"),
            )
        )
    yield Paragraph("（此处由申报主体盖章） (to be sealed here by the applicant)", small=True)
