"""Words of a page in both languages, and how days, times and amounts are written in each. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from markupsafe import Markup, escape

from services.gateway.citing import cited
from shared.calendar import in_words
from shared.clock import SHANGHAI
from shared.documents.text import clean

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
PLACE = SHANGHAI
_HAN = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WAN = 10_000


class Text(NamedTuple):
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def at(self, language: Language) -> str:
        """In one of the two."""
        return self.en if language == "en" else self.zh


def own(value: object, language: Language) -> Markup:
    """What people wrote themselves, escaped: names, reasons, evidence stay as they are, and on an English page Chinese ones are
    marked as Chinese for whoever has the page read aloud. What was marked so already stays. The key of a rule that no article
    gives is put in words.
    """
    if isinstance(value, Markup):
        return value
    text = escape(cited(clean(str(value)), language))
    if language == "en" and _HAN.search(text):
        return Markup('<span lang="zh-Hans">{}</span>').format(text)
    return Markup(text)  # noqa: S704 - escaped above


def counted(number: int | None, one: str, several: str) -> str:
    """So many of a thing in English: 1 entry, 2 entries."""
    return f"{number} {one if number == 1 else several}"


def written_day(value: date | str | None, language: Language) -> str:
    """A day as people write it; an empty one as a dash."""
    if value in (None, ""):
        return "—"
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return own(value, language)  # a page shows what it was told rather than nothing at all
    return in_words(day).en if language == "en" else in_words(day).zh


def unbroken(text: str) -> Markup:
    """What stays in one line, a day say: Chinese breaks between any two characters."""
    return Markup('<span class="zh-unbroken">{}</span>').format(text)


def written_time(value: datetime | str | None, language: Language) -> str:
    """An instant to the minute in Shanghai's time, whatever zone it comes in; an empty one as a dash."""
    if value in (None, ""):
        return "—"
    here = _here(value)
    return own(value, language) if here is None else f"{written_day(here.date(), language)} {here:%H:%M}"


def written_end(value: datetime | str | None, language: Language) -> str:
    """An instant at which something is over: midnight is the end of the day before, 24:00, so that nobody comes a day late."""
    here = _here(value)
    if here is None or (here.hour, here.minute, here.second) != (0, 0, 0):
        return written_time(value, language)
    return f"{written_day(here.date() - timedelta(days=1), language)} 24:00"


def _here(value: datetime | str | None) -> datetime | None:
    """The instant in Shanghai's time; None for what is none."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(PLACE) if moment.tzinfo else moment


def written_span(seconds: int | None, language: Language) -> str:
    """How long, in its two largest units; an unknown length as a dash."""
    if seconds is None:
        return "—"
    units = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分", "min"), (1, "秒", "s"))
    first = next((at for at, unit in enumerate(units) if seconds >= unit[0]), len(units) - 1)
    words: list[str] = []
    left = max(0, seconds)
    for length, zh, en in units[first : first + 2]:
        number, left = divmod(left, length)
        if number or not words:
            words.append(f"{number} {en if language == 'en' else zh}")
    return " ".join(words)


def written_money(fen: int | None, language: Language) -> str:
    """Fen as yuan, whole ten thousands as 万元; an unknown amount as a dash, never as nothing."""
    if fen is None:
        return "—"
    yuan, rest = divmod(abs(fen), 100)
    sign = "−" if fen < 0 else ""
    if language == "en":
        return f"CNY {sign}{yuan:,}" + (f".{rest:02}" if rest else "")
    if rest == 0 and yuan and yuan % _WAN == 0:
        return f"{sign}{yuan // _WAN:,} 万元"
    return f"{sign}{yuan:,}" + (f".{rest:02}" if rest else "") + " 元"
