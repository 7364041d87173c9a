"""案件函件 as documents, from the reply `CaseLetter`. Pure; the same reply gives the same document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from shared.calendar import in_words
from shared.documents import Block, Callout, Document, Entries, Heading, Items, Paragraph, Part

_TITLES = {
    "notice": ("陈述申辩告知书", "Notice of a hearing"),
    "revoked": ("撤销奖项决定书", "Decision to revoke an award"),
    "dropped": ("不予处理告知书", "Notice that a case was dropped"),
}
Reply = Mapping[str, Any]


def title(said: Reply) -> tuple[str, str]:
    """What the letter is called, in both languages."""
    return _TITLES["notice" if said["letter"] == "notice" else said["outcome"]]


def letter(said: Reply) -> Document:
    """One letter to the winner."""
    zh, en = title(said)
    blocks: tuple[Block, ...] = (
        Paragraph(f"{said['holder']}：", strong=True),
        Entries(tuple(_entries(said))),
        Heading("事实 Facts"),
        Paragraph(said["grounds"]),
        *(_notice(said) if said["letter"] == "notice" else _decision(said)),
        Paragraph(f"{said['issuer']}\n{in_words(said['dated']).both}", align="right"),
    )
    return Document(
        f"{zh}：{said['holder']}", (Part("zh", zh, blocks, en),), made_on=date.fromisoformat(said["dated"])
    )


def _entries(said: Reply) -> Iterator[tuple[str, str]]:
    yield "奖项 Award", f"{said['title']}，{said['year']} 年度\n{said['award_en']}, {said['year']}"
    if said["number"]:
        yield "证书编号 Certificate", said["number"]
    happened = in_words(said["happened_on"])
    yield "事由 Matter", f"{said['event_zh']}（{happened.zh}）\n{said['event_en']} ({happened.en})"
    yield "依据 Under", f"{said['award_zh']} {said['rule']}"


def _notice(said: Reply) -> Iterator[Block]:
    yield Heading("陈述和申辩 Your answer")
    yield Paragraph("上述事项可能导致撤销该奖项。你单位（本人）有权陈述和申辩，并提交证明材料。")
    yield Paragraph(
        "This may cost the award. You may answer, with papers that prove what you say.", small=True
    )
    last = in_words(said["answer_by"])
    yield Callout(f"请于 {last.zh} 前（含当日）提交。 Until {last.en}, that day included.")


def _decision(said: Reply) -> Iterator[Block]:
    yield Heading("决定 Decision")
    if said["reason"]:
        yield Paragraph(said["reason"])
    if said["outcome"] == "dropped":
        yield Paragraph("经研究，不予处理，奖项不变。 The case is dropped; the award stands.")
        return
    yield Items(tuple(f"{order['zh']} {order['en']}" for order in said["orders"]))
    if said["banned_until"]:
        until = in_words(said["banned_until"])
        yield Paragraph(f"至 {until.zh}（含当日）不予受理申报。 No application is accepted until {until.en}.")
