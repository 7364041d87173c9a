"""What stands in a notice: made of the rulebook's words, the office's and the list; frozen and hashed when posted. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.calendar import Window
from shared.identifiers import digest
from shared.rulebooks import Rulebook, Stage

Line = dict[str, Any]
TITLES = ("award_zh", "award_en", "year", "title_zh", "title_en", "rule")


class Listed(Protocol):
    """An entrant, as far as a notice knows it."""

    @property
    def application_id(self) -> str: ...
    @property
    def dossier(self) -> Mapping[str, Any]: ...
    @property
    def carried(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Words:
    """The free parts of a notice: an introduction in both languages, and where an objection goes."""

    introduction_zh: str
    introduction_en: str
    contact: str


def first_words(rulebook: Rulebook, year: int, stage: Stage, contact: str) -> Words:
    """What a draft begins with; the office edits it."""
    days = stage.working_days or 1
    title = rulebook.title
    return Words(
        f"根据{title.zh}，现将 {year} 年度{stage.title.zh}的名单予以公示，公示期 {days} 个工作日。",
        f"Under the rules of {title.en}, {year}: {stage.title.en}. It stands for {days} working days.",
        contact,
    )


def lines_of(entrants: Sequence[Listed]) -> list[Line]:
    """The list, in the order of submission: who, and for what where that is proposed already."""
    return [_line(entrant) for entrant in entrants]


def _line(entrant: Listed) -> Line:
    line = {"application_id": entrant.application_id, "name": entrant.dossier["name"]}
    for name in ("level", "track"):
        if entrant.carried.get(name):
            line[name] = entrant.carried[name]
    return line


def frozen(
    rulebook: Rulebook, year: int, stage: Stage, words: Words, listed: Sequence[Line], window: Window
) -> dict[str, Any]:
    """The content as it is posted: JSON types only, so that its canonical form is the same for ever."""
    objections_zh, objections_en = how_to_object(rulebook)
    return {
        "notice": stage.notice,
        "rulebook": rulebook.id,
        "rulebook_sha256": rulebook.sha256,
        **titles(rulebook, year, stage),
        "introduction_zh": words.introduction_zh,
        "introduction_en": words.introduction_en,
        "objections_zh": objections_zh,
        "objections_en": objections_en,
        "contact": words.contact,
        "working_days": stage.working_days or 1,
        "first_day": window.first.isoformat(),
        "last_day": window.last.isoformat(),
        "listed": [dict(line) for line in listed],
    }


def titles(rulebook: Rulebook, year: int, stage: Stage) -> dict[str, Any]:
    """What a notice is called: the words of the pinned rulebook, the same whenever they are asked for."""
    said = (rulebook.title.zh, rulebook.title.en, year, stage.title.zh, stage.title.en, stage.rule)
    return dict(zip(TITLES, said, strict=True))


def how_to_object(rulebook: Rulebook) -> tuple[str, str]:
    """What the rulebook asks of an objection, in words, with its article."""
    rule = rulebook.objections
    asked = [
        words
        for words, wanted in ((("实名", "the real name"), rule.real_name), (("证明材料", "evidence"), rule.evidence))
        if wanted
    ]  # fmt: skip
    if not asked:
        return "公示期内可以提出异议。", "Objections are taken while the notice stands."
    article = rulebook.label(rule.rule)
    zh, en = "、".join(zh for zh, _ in asked), " and ".join(en for _, en in asked)
    return (
        f"公示期内可以提出异议，须有{zh}；缺少的不予受理（{article}）。",
        f"Objections are taken while the notice stands, with {en}; without, they are not accepted ({article}).",
    )


def line_digests(content: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each line by application: one of them can be shown without the others."""
    return {line["application_id"]: digest(line) for line in content["listed"]}
