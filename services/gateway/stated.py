"""填报内容: what an applicant stated, written for people on pages and papers: no codes, both languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.calendar import in_words
from shared.rulebooks import Words
from shared.rulebooks.facts import FACTS, GOVERNMENT_LEVELS
from shared.rulebooks.words import FACT_VALUES

NOTHING = "—"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEYS: Mapping[str, Words] = {
    "level": Words("级别", "level"), "year": Words("年度", "year"), "award": Words("奖项", "award"),
    "track": Words("类别", "track"), "on": Words("日期", "on"), "jurisdiction": Words("地区", "place"),
    "output": Words("产值", "output"), "profit": Words("利润", "profit"), "tax": Words("税收", "tax"),
}  # fmt: skip
_YUAN = "_yuan"  # ends the name of a fact whose numbers are amounts
# Facts whose text is a code; every other text is the applicant's own.
_CODED = frozenset({"industry_policy", "applicant_role"})


def readable(value: Any, part: Mapping[str, Any] | None = None, language: str = "") -> str:
    """A value as people read it; `part` of a form tells what its choices are called.

    `language`: zh or en, as on a page; none: both, as on a paper.
    """
    for choice in part["choices"] if part is not None else ():
        if choice["value"] == value:
            return _at(f"{choice['title_zh']}", f"{choice['title_en']}", language)
    name = part["name"] if part is not None and "name" in part else ""
    return _text(value, language, amounts=name.endswith(_YUAN))


def _at(zh: str, en: str, language: str) -> str:
    return {"zh": zh, "en": en}.get(language, f"{zh} {en}")


def facts_in_words(facts: Mapping[str, Any], language: str = "") -> list[tuple[Words, str]]:
    """Every fact that was stated under what people call it, in the order in which the rules know them; `language` as above."""
    known = [name for name in FACTS if name in facts]
    names = [*known, *(name for name in facts if name not in FACTS)]
    return [
        (FACTS[name].title if name in FACTS else Words(name, name), _fact(name, facts[name], language))
        for name in names
        if facts[name] is not None
    ]


def _fact(name: str, value: Any, language: str) -> str:
    if name in _CODED:
        return _word(FACT_VALUES, value, language)
    return _text(value, language, amounts=name.endswith(_YUAN))


def _text(value: Any, language: str, *, amounts: bool = False) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _at("是", "yes", language) if value else _at("否", "no", language)
    if isinstance(value, Mapping):
        entries = (_entry(key, each, language, amounts=amounts) for key, each in sorted(value.items()))
        return ("; " if language == "en" else "；").join(entries)
    if isinstance(value, list):
        return "\n".join(_text(each, language, amounts=amounts) for each in value)
    if amounts and isinstance(value, int):
        return f"{value:,} {'yuan' if language == 'en' else '元'}"
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return _day(value, language)
    return str(value)


def _day(value: date | str, language: str) -> str:
    """A day as people write it; what only looks like one as it was typed."""
    try:
        said = in_words(value)
    except ValueError:
        return str(value)
    return _at(said.zh, said.en, language)


def _entry(key: str, value: Any, language: str, *, amounts: bool) -> str:
    said = (
        _word(GOVERNMENT_LEVELS, value, language)
        if key == "level"
        else _text(value, language, amounts=amounts)
    )
    return f"{_word(_KEYS, key, language)}{': ' if language == 'en' else '：'}{said}"


def _word(words: Mapping[str, Words], code: Any, language: str) -> str:
    found = words.get(code) if isinstance(code, str) else None
    return _text(code, language) if found is None else _at(found.zh, found.en, language)
