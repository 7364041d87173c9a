"""填报内容: what an applicant stated, written for people on pages and papers: no codes, both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.rulebooks import Words
from shared.rulebooks.facts import FACTS, GOVERNMENT_LEVELS
from shared.rulebooks.words import FACT_VALUES

NOTHING = "—"
_KEYS: Mapping[str, str] = {
    "level": "级别 level", "year": "年度 year", "award": "奖项 award", "track": "类别 track", "on": "日期 on",
    "jurisdiction": "地区 place", "output": "产值 output", "profit": "利润 profit", "tax": "税收 tax",
}  # fmt: skip
# Facts whose text is a code; every other text is the applicant's own.
_CODED = frozenset({"industry_policy", "applicant_role"})


def readable(value: Any, part: Mapping[str, Any] | None = None) -> str:
    """A value as people read it; `part` of a form tells what its choices are called."""
    for choice in part["choices"] if part is not None else ():
        if choice["value"] == value:
            return f"{choice['title_zh']} {choice['title_en']}"
    return _text(value)


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """Every fact that was stated under what people call it, in the order in which the rules know them."""
    known = [name for name in FACTS if name in facts]
    names = [*known, *(name for name in facts if name not in FACTS)]
    return [
        (FACTS[name].title if name in FACTS else Words(name, name), _fact(name, facts[name]))
        for name in names
        if facts[name] is not None
    ]


def _fact(name: str, value: Any) -> str:
    return _word(FACT_VALUES, value) if name in _CODED else _text(value)


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, Mapping):
        return "；".join(_entry(key, each) for key, each in sorted(value.items()))
    if isinstance(value, list):
        return "\n".join(_text(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _entry(key: str, value: Any) -> str:
    said = _word(GOVERNMENT_LEVELS, value) if key == "level" else _text(value)
    return f"{_KEYS.get(key, key)}：{said}"


def _word(words: Mapping[str, Words], code: Any) -> str:
    found = words.get(code) if isinstance(code, str) else None
    return _text(code) if found is None else f"{found.zh} {found.en}"
