"""What a page of this area is made of: headings, words, facts, tables, ways on. Drawn by `deciding/sheet.html`. Pure.

A cell is what a `Pen` makes, or plain: a `Text` is said in the visitor's language, anything else is shown as somebody wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup, escape

from services.gateway.portal.text import Language, Text, own, written_day, written_money, written_time

Colour = Literal["blue", "green", "amber", "red", "grey"]
_TAGS: dict[Colour, str] = {
    "blue": "blue",
    "green": "green",
    "amber": "yellow",
    "red": "red",
    "grey": "grey",
}
_NONE, _COMMA, _PAUSE = Markup("—"), Markup(", "), Markup("、")


@dataclass(frozen=True)
class Heading:
    """A part of the page begins."""

    text: Text
    id: str = ""
    kind: str = "heading"


@dataclass(frozen=True)
class Words:
    """A paragraph; `strong`: one that must not be overlooked; `status`: told to whoever listens when it changes."""

    text: object
    strong: bool = False
    status: bool = False
    kind: str = "words"


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    entries: Sequence[object]
    kind: str = "items"


@dataclass(frozen=True)
class Facts:
    """Facts beside their names."""

    rows: Sequence[tuple[Text, object]]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under heads, the first cell of each heads its row. `numbers`: which columns are aligned as figures. `empty` is said
    where there are no rows.
    """

    caption: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[object]]
    order: Text
    empty: Text
    numbers: frozenset[int] = frozenset()
    hidden: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Ways:
    """Where one goes from here: addresses with their words; `main` is drawn as a button."""

    ways: Sequence[tuple[str, Text]]
    main: bool = False
    kind: str = "ways"


@dataclass(frozen=True)
class Away:
    """A block whose service does not answer."""

    what: Text
    kind: str = "away"


Block = Heading | Words | Items | Facts | Table | Ways | Away


class Pen:
    """Writes cells in one language; `called` tells the name of whoever services know by a subject."""

    def __init__(self, language: Language, called: Callable[[str], str] = str) -> None:
        self.language = language
        self._called = called

    def person(self, subject: str | None) -> Markup:
        """Somebody by name; nobody as a dash."""
        return self.put(self._called(subject) if subject else None)

    def put(self, value: object) -> Markup:
        """Any cell; nothing as a dash."""
        if value is None or value == "":
            return _NONE
        if isinstance(value, Markup):
            return value
        if isinstance(value, Text):
            return own(value.at(self.language), self.language)  # a service may know no English for it
        return own(value, self.language)

    def day(self, value: Any) -> Markup:
        """A day."""
        return escape(written_day(value, self.language))

    def days(self, first: Any, last: Any) -> Markup:
        """A stretch of days."""
        return Markup("{}{}{}").format(
            self.day(first), " – " if self.language == "en" else " 至 ", self.day(last)
        )

    def moment(self, value: Any) -> Markup:
        """An instant."""
        return escape(written_time(value, self.language))

    def money(self, fen: int | None) -> Markup:
        """An amount."""
        return escape(written_money(fen, self.language))

    def yes(self, value: bool | None) -> Markup:
        """Yes, no, or unknown."""
        if value is None:
            return _NONE
        return self.put(Text("是", "yes") if value else Text("否", "no"))

    def tag(self, value: object, colour: Colour = "grey") -> Markup:
        """A word with a colour; the word says it all."""
        return Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong>').format(
            _TAGS[colour], self.put(value)
        )

    def link(self, address: str, words: object) -> Markup:
        """A way on; `words` say where."""
        return Markup('<a class="govuk-link" href="{}">{}</a>').format(address, self.put(words))

    def code(self, value: object) -> Markup:
        """A number or digest that is read sign by sign."""
        if value in (None, ""):
            return _NONE
        return Markup('<code class="zh-code">{}</code>').format(own(value, self.language))

    def papers(self, ids: Iterable[str]) -> Markup:
        """Papers to be downloaded."""
        return self.lines(
            self.link(f"/api/v1/papers/{quote(each)}/content", Text(f"材料 {n}", f"paper {n}"))
            for n, each in enumerate(ids, start=1)
        )

    def lines(self, cells: Iterable[object]) -> Markup:
        """Several cells one under the other; a dash where there are none."""
        return Markup("<br>").join(self.put(each) for each in cells) or _NONE

    def row(self, cells: Iterable[object]) -> Markup:
        """Several cells beside each other."""
        return Markup(" · ").join(self.put(each) for each in cells) or _NONE

    def several(self, values: Iterable[object]) -> Markup:
        """Names one after the other."""
        parts = [self.put(each) for each in values]
        return (_COMMA if self.language == "en" else _PAUSE).join(parts) or _NONE
