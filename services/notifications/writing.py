"""Writes messages: a row for each person, due at one instant, in an order that is drawn."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select

from services.notifications import models
from services.notifications.letters import Letter
from shared.store import Work

_MESSAGES, _PEOPLE, _APPLICATIONS = models.messages, models.dossier_people, models.applications
_ROLES, _CONTACTS = models.contact_roles, models.contacts
_CHANCE = random.SystemRandom()  # nobody draws it again: from the order nothing is to be found out


def write(work: Work, letters: Iterable[Letter]) -> None:
    """Write each letter to whoever it is for. Nobody known: nothing is written."""
    rows = [_row(work, letter, recipient) for letter in letters for recipient in _recipients(work, letter)]
    _insert(work, rows)


def write_to_all(work: Work, cycle_id: str, template: str, values: dict[str, Any] | None = None) -> int:
    """Tell all people of all applications of a cycle the same, at one instant; gives how many messages that are.

    Those who took theirs back hear of it no more. One person with two applications is told of each.
    """
    query = (
        select(_PEOPLE.c.subject, _PEOPLE.c.application_id)
        .join(_APPLICATIONS, _APPLICATIONS.c.application_id == _PEOPLE.c.application_id)
        .where(and_(_APPLICATIONS.c.cycle_id == cycle_id, _APPLICATIONS.c.withdrawn.is_(False)))
    )
    now = work.now()
    rows = [
        _row(
            work,
            Letter(template, values or {}, cycle_id=cycle_id, application_id=found.application_id, at=now),
            found.subject,
        )
        for found in work.session.execute(query).all()
    ]
    _insert(work, rows)
    return len(rows)


def drop(work: Work, topic: str) -> None:
    """What was not told yet about something that is settled will not be."""
    this = and_(_MESSAGES.c.topic == topic, _MESSAGES.c.dispatched_at.is_(None))
    work.session.execute(delete(_MESSAGES).where(this))


def _recipients(work: Work, letter: Letter) -> Sequence[str]:
    if letter.dossier:
        query = select(_PEOPLE.c.subject).where(_PEOPLE.c.application_id == letter.application_id)
        return work.session.execute(query).scalars().all()
    if letter.role is None:
        return [each for each in letter.people if each not in letter.left_out]
    holders = select(_ROLES.c.subject).where(_ROLES.c.role == letter.role)
    if letter.unit is not None:
        of_unit = and_(_CONTACTS.c.subject == _ROLES.c.subject, _CONTACTS.c.unit == letter.unit)
        holders = holders.join(_CONTACTS, of_unit)
    found = work.session.execute(holders).scalars().all()
    return [each for each in found if each not in letter.left_out]


def _row(work: Work, letter: Letter, recipient: str) -> dict[str, Any]:
    at: datetime = letter.at or work.now()
    return {
        "recipient": recipient, "template": letter.template, "data": letter.values, "cycle_id": letter.cycle_id,
        "application_id": letter.application_id, "topic": letter.topic, "due_at": at, "lot": _CHANCE.random(),
    }  # fmt: skip


def _insert(work: Work, rows: list[dict[str, Any]]) -> None:
    """Shuffled before they are numbered: an id grows with time and would tell who was written to first."""
    _CHANCE.shuffle(rows)
    for row in rows:
        row["id"] = work.new_id()
    if rows:
        work.session.execute(_MESSAGES.insert(), rows)
        counts = Counter((row["template"], row["cycle_id"]) for row in rows)
        for (template, cycle_id), number in sorted(counts.items(), key=str):
            told = {"template": template, "number": number}
            work.audit("message:written", template, after=told, cycle_id=cycle_id)
