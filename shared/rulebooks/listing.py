"""The installed rulebooks at a glance: what each is, how it stands on a day, and how much of it is assumed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from shared.rulebooks.model import EndedOn, NeverInForce, NotYetInForce, Rulebook, Words

Standing = Literal["in_force", "not_yet", "ended", "never"]
STANDINGS: dict[Standing, Words] = {
    "in_force": Words("施行中", "in force"),
    "not_yet": Words("尚未施行", "not yet in force"),
    "ended": Words("已失效", "ended"),
    "never": Words("草案，从未施行", "a draft, never in force"),
}


@dataclass(frozen=True)
class Line:
    """One rulebook."""

    rulebook: Rulebook
    standing: Standing

    @property
    def in_words(self) -> Words:
        """How it stands."""
        return STANDINGS[self.standing]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for programs."""
        book = self.rulebook
        return {
            "id": book.id,
            "title": {"zh": book.title.zh, "en": book.title.en},
            "jurisdiction": book.jurisdiction,
            "standing": self.standing,
            "in_force_from": book.in_force_from and book.in_force_from.isoformat(),
            "in_force_to": book.in_force_to and book.in_force_to.isoformat(),
            "conditions": len(book.conditions),
            "assumed": len(book.assumed()),
            "sha256": book.sha256,
        }


def lines(rulebooks: Iterable[Rulebook], day: date) -> tuple[Line, ...]:
    """How each stands on a day."""
    return tuple(Line(book, standing_on(book, day)) for book in rulebooks)


def standing_on(rulebook: Rulebook, day: date) -> Standing:
    """How a rulebook stands on a day."""
    try:
        rulebook.in_force_on(day)
    except NeverInForce:
        return "never"
    except NotYetInForce:
        return "not_yet"
    except EndedOn:
        return "ended"
    return "in_force"


def assumed_as_dicts(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Every assumed value as plain data for programs."""
    return [
        {
            "rulebook": rulebook.id,
            "path": value.path,
            "value": value.value,
            "ground": {"zh": value.note.zh, "en": value.note.en},
            "line": value.line,
        }
        for value in rulebook.assumed()
    ]
