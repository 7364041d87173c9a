"""What people are called on paper: services know them by a subject, and write that; whoever reads a paper knows their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from services.gateway.identity import Identity

Named = Callable[[str], str]
_ID = 8  # characters at least, of what is surely an id and not a word of a sentence


def named(identity: Identity, known: Mapping[str, str] | None = None) -> Named:
    """Gives the name of the account known by a subject, or of what else is `known` by an id; the subject itself where there is
    neither, as in a rehearsal. Each is looked up once.
    """
    return cache(lambda subject: (known or {}).get(subject) or identity.name_of_subject(subject) or subject)


def called(name: Named, subject: str) -> str:
    """What an alert is about, in names: an application, a person, or both; a part that nobody knows is left as it is."""
    return " / ".join(name(part) for part in subject.split("/"))


def said_of(name: Named, alert: Mapping[str, Any]) -> tuple[str, str]:
    """Why there is an alert, zh and en, with names in the place of the ids that its subject has."""
    zh, en = str(alert["reason_zh"]), str(alert["reason_en"])
    for part in str(alert["subject"]).split("/"):
        if len(part) >= _ID:
            zh, en = zh.replace(part, name(part)), en.replace(part, name(part))
    return zh, en
