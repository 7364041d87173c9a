"""What is known of an expert's interests. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Employment:
    """Employed by an organization from a day to a day, both included; None where it is not known, or not over."""

    uscc: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Interest:
    """A relation to an organization or to one application."""

    relation: str
    uscc: str | None = None
    application_id: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Person:
    """An expert with all that may keep it from an application."""

    expert_id: str
    employments: tuple[Employment, ...] = ()
    interests: tuple[Interest, ...] = ()
