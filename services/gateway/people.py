"""What people and applications are called: services write a subject or an id, whoever reads it knows names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.identity import Identity
from shared.contracts.operations.intake.lists import MOST_NAMES
from shared.problems import Problem

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Named = Callable[[str], str]
Question = tuple[str, str, Mapping[str, Any], str]
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
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


def asking(alerts: Iterable[Mapping[str, Any]], role: str) -> list[Question]:
    """What is asked of intake to know the names of the applications that alerts are about; it knows itself which those are."""
    parts = dict.fromkeys(part for alert in alerts for part in str(alert["subject"]).split("/"))
    ids = [part for part in parts if _IDENTIFIER.fullmatch(part)]
    several = (ids[start : start + MOST_NAMES] for start in range(0, len(ids), MOST_NAMES))
    return [("intake", "names", {"application_ids": some}, role) for some in several]


def told(answers: Iterable[Mapping[str, Any] | Problem]) -> dict[str, str]:
    """Names by id, from the answers; where none came, the ids have to do."""
    return {
        each["application_id"]: each["name"]
        for answer in answers
        if not isinstance(answer, Problem)
        for each in answer["names"]
    }


def applications(gateway: Gateway, alerts: Iterable[Mapping[str, Any]], asked: Asked) -> dict[str, str]:
    """The names of the applications that alerts are about."""
    return told(gateway.dispatcher.gather(asking(alerts, asked.role), asked))
