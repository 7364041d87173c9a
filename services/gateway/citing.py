"""How articles are cited to people. Pure."""

from __future__ import annotations

import re

_ASSUMED = re.compile(r"assumed:[a-z0-9_]+(?:/[a-z0-9_]+)*")
ASSUMED_ZH, ASSUMED_EN = "规则假定", "assumed, no article says it"


def cited(text: str, language: str = "zh") -> str:
    """A text with words in the place of the keys of rules that no article gives: `assumed:objections` is 规则假定."""
    return _ASSUMED.sub(ASSUMED_EN if language == "en" else ASSUMED_ZH, text)


def cited_both(rule: str) -> str:
    """An article on paper that says everything in both languages."""
    zh, en = cited(rule), cited(rule, "en")
    return zh if zh == en else f"{zh} {en}"
