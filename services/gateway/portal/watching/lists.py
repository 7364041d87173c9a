"""A list that is read: one caption, its order, cells of plain words, tags and links, and what an empty one means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway import people
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.watching import words
from services.gateway.portal.words import Words, word


@dataclass(frozen=True)
class Link:
    """A way from a cell; `about` is read aloud behind its words."""

    address: str
    label: Text
    about: str = ""


@dataclass(frozen=True)
class Tag:
    """A worded state with its colour."""

    text: Text
    colour: str


@dataclass(frozen=True)
class Day:
    """A day or an instant."""

    value: Any


Cell = str | int | Text | Link | Tag | Day | None


@dataclass(frozen=True)
class Table:
    """Rows under heads; `order` says how they come, `empty` what it means that there are none. `figures` are numeric columns."""

    caption: Text
    heads: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    order: Text
    empty: Text
    figures: frozenset[int] = frozenset()


def tag(table: Words, code: str) -> Tag:
    """The tag of a code."""
    return Tag(word(table, code), words.COLOURS.get(code, "grey"))


def stages(visit: Visit, cycle_id: str) -> Mapping[str, Text]:
    """What the regulation calls its stages, by key."""
    return {stage.key: Text(stage.title.zh, stage.title.en) for stage in visit.rulebook(cycle_id).stages}


def called(visit: Visit, names: Mapping[str, str], subject: str) -> str:
    """What an alert is about, in names."""
    return people.called(_name(visit, names), subject)


def said_of(visit: Visit, names: Mapping[str, str], alert: Mapping[str, Any]) -> Text:
    """Why there is an alert, with names in the place of ids."""
    return Text(*people.said_of(_name(visit, names), alert))


def _name(visit: Visit, names: Mapping[str, str]) -> people.Named:
    return lambda part: names.get(part) or visit.person(part)


def naming(visit: Visit, cycle_id: str) -> Mapping[str, str]:
    """Names of applications by id, of the first five hundred; whoever is not among them goes by the id."""
    found = visit.ask_or_none("intake.applications", cycle_id=cycle_id, size=500) or {"applications": []}
    return {each["application_id"]: each["name"] for each in found["applications"] if each.get("name")}
