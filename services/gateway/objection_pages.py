"""异议答复函 as documents: Chinese with English beside. Pure; the same reply gives the same document.

Whoever objects is addressed by the receipt: the office writes these letters and need not know to whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from shared.calendar import in_words
from shared.documents import Block, Document, Entries, Heading, Paragraph, Part

Reply = Mapping[str, Any]
_TITLES = {
    "acceptance": ("异议受理告知书", "On the acceptance of an objection"),
    "hearing": ("异议核实函", "Questions on an objection"),
    "ruling": ("异议裁定书", "Ruling on an objection"),
    "appeal": ("异议复核决定书", "Decision on an appeal"),
}
_OUTCOMES = {
    "accepted": ("予以受理。", "It is accepted."),
    "not_accepted": ("不予受理。", "It is not accepted."),
    "inquiry": (
        "请就下列事项书面答复，并可附证明材料。",
        "Please answer the following in writing; papers may be added.",
    ),
    "upheld": ("异议成立。", "The objection is upheld."),
    "dismissed": ("异议不成立。", "The objection is dismissed."),
    "confirmed": ("维持原裁定。", "The ruling is confirmed."),
    "overturned": ("撤销原裁定，作出相反的决定。", "The ruling is overturned; its contrary holds."),
}
_REASONS = {"hearing": "须答复的事项 What is asked"}
_LAST = {"hearing": "答复截止 Answer by", "ruling": "申请复核截止 Appeal by"}
_NO_NAME = (
    "本函不载明异议人身份；异议人身份依法保密。 This letter names no objector; who objects is kept secret."
)


def title(said: Reply) -> tuple[str, str]:
    """What the letter is called."""
    return _TITLES[said["letter"]]


def letter(said: Reply, public_url: str = "") -> Document:
    """One letter, the reply `ObjectionLetter`; `public_url` is where the public reads notices, "" where that is not known."""
    zh, en = title(said)
    blocks: tuple[Block, ...] = (
        Paragraph(_addressed(said)),
        Entries(tuple(_entries(said))),
        Heading("结论 Outcome"),
        Paragraph(" ".join(_OUTCOMES[said["outcome"]])),
        *_reason(said),
        *_corrected(said, public_url),
        Paragraph(_NO_NAME, small=True),
    )
    return Document(zh, (Part("zh", zh, blocks, en),), "", date.fromisoformat(said["dated"]))


def _addressed(said: Reply) -> str:
    if said["to"] == "objector":
        return f"异议人（回执编号 {said['receipt']}）： To the objector, receipt {said['receipt']}:"
    return f"{said['applicant']}： To {said['applicant']}:"


def _entries(said: Reply) -> Iterator[tuple[str, str]]:
    yield "奖项 Award", f"{said['award_zh']}，{said['year']} 年度\n{said['award_en']}, {said['year']}"
    yield "被异议的申报主体 Applicant", said["applicant"]
    yield "提出日期 Raised on", in_words(said["raised_on"]).both
    yield "依据 Rule", said["rule"]
    yield "日期 Dated", in_words(said["dated"]).both
    if said["last_day"]:
        yield _LAST.get(said["letter"], "期限 Last day"), in_words(said["last_day"]).both


def _corrected(said: Reply, public_url: str) -> Iterator[Block]:
    """By which notice the one that was objected to was corrected, and where that one is."""
    by = said.get("notice_corrected_by")
    if not by:
        return
    on = in_words(said["notice_corrected_on"])
    yield Heading("公示更正 The notice was corrected")
    yield Paragraph(
        f"所异议的公示已于 {on.zh} 由更正公示 {by} 更正。"
        f" The notice that was objected to was corrected on {on.en} by notice {by}."
    )
    path = f"/notices/{quote(str(said['cycle_id']))}/{quote(str(by))}"
    yield Paragraph(f"更正公示见 It stands at: {public_url.rstrip('/')}{path}")


def _reason(said: Reply) -> Iterator[Block]:
    lines = [line.strip() for line in said["reason"].splitlines() if line.strip()]
    if lines:
        yield Heading(_REASONS.get(said["letter"], "理由 Reasons"))
    for line in lines:
        yield Paragraph(line)
