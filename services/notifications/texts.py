"""文本: a template filled in, in a language. Pure.

Values are plain JSON as a message's row keeps them: text, numbers, days and instants in ISO form, and pairs `{zh, en}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from services.notifications.templates import LONGEST_SMS, TEMPLATES
from shared.calendar import in_words
from shared.clock import SHANGHAI
from shared.rulebooks import Words

Language = Literal["zh", "en"]
_DAYS = frozenset({"due_on"})
_INSTANTS = frozenset({"answer_by"})


@dataclass(frozen=True)
class Rendered:
    """What somebody reads in one language; `short` is None where nothing goes to a telephone."""

    subject: str
    text: str
    short: str | None


def rendered(key: str, values: Mapping[str, Any], language: Language) -> Rendered:
    """A template with these values. Raises KeyError for a template that there is not, or a value that is missing."""
    template = TEMPLATES[key]
    said = {name: _said(name, value, language) for name, value in values.items()}

    def fill(words: Words) -> str:
        return (words.zh if language == "zh" else words.en).format_map(said)

    short = None if template.short is None else fill(template.short)
    return Rendered(_one_line(fill(template.subject)), fill(template.text), short)


def _said(name: str, value: Any, language: Language) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    if name in _DAYS:
        return _day(date.fromisoformat(str(value)), language)
    if name in _INSTANTS:
        moment = datetime.fromisoformat(str(value)).astimezone(SHANGHAI)
        return f"{_day(moment.date(), language)} {moment:%H:%M}"
    return str(value)


def _day(day: date, language: Language) -> str:
    return in_words(day).zh if language == "zh" else in_words(day).en


def _one_line(text: str) -> str:
    """A subject is one line, whatever stood in it."""
    return " ".join(text.split())


def parts(text: str) -> list[str]:
    """A text for a telephone in parts of at most 70 characters, none of them empty."""
    return [text[start : start + LONGEST_SMS] for start in range(0, len(text), LONGEST_SMS)]
