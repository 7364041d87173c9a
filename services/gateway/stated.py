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
_KEYS: Mapping[str, str] = {
    "level": "级别 level", "year": "年度 year", "award": "奖项 award", "track": "类别 track", "on": "日期 on",
    "jurisdiction": "地区 place", "output": "产值 output", "profit": "利润 profit", "tax": "税收 tax",
}  # fmt: skip
# Facts whose text is a code; every other text is the applicant's own.
_CODED = frozenset({"industry_policy", "applicant_role"})


def readable(value: Any, part: Mapping[str, Any] | None = None, language: str = "") -> str:
    """A value as people read it; `part` of a form tells what its choices are called.

    `language`: zh or en, as on a page; none: both, as on a paper.
    """
    for choice in part["choices"] if part is not None else ():
        if choice["value"] == value:
            return _at(f"{choice['title_zh']}", f"{choice['title_en']}", language)
    if isinstance(value, bool):
        return _at("是", "yes", language) if value else _at("否", "no", language)
    return _text(value, language)


def _at(zh: str, en: str, language: str) -> str:
    return {"zh": zh, "en": en}.get(language, f"{zh} {en}")


def facts_in_words(facts: Mapping[str, Any], language: str = "") -> list[tuple[Words, str]]:
    """Every fact that was stated under what people call it, in the order in which the rules know them; days in a language, or in
    both.
    """
    known = [name for name in FACTS if name in facts]
    names = [*known, *(name for name in facts if name not in FACTS)]
    return [
        (FACTS[name].title if name in FACTS else Words(name, name), _fact(name, facts[name], language))
        for name in names
        if facts[name] is not None
    ]


def _fact(name: str, value: Any, language: str) -> str:
    return _word(FACT_VALUES, value) if name in _CODED else _text(value, language)


def _text(value: Any, language: str = "") -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, Mapping):
        return "；".join(_entry(key, each, language) for key, each in sorted(value.items()))
    if isinstance(value, list):
        return "\n".join(_text(each, language) for each in value)
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


def _entry(key: str, value: Any, language: str) -> str:
    said = _word(GOVERNMENT_LEVELS, value) if key == "level" else _text(value, language)
    return f"{_KEYS.get(key, key)}：{said}"


def _word(words: Mapping[str, Words], code: Any) -> str:
    found = words.get(code) if isinstance(code, str) else None
    return _text(code) if found is None else f"{found.zh} {found.en}"
