"""Sends messages: by the clock to the bus, from the bus to a channel after the commit and outside any transaction.

What is due is taken up in the order of its day and its lot. A delivery that is not taken is tried again, later each time, then it
is given up and stands in the operators' list. Told twice by the bus it is sent twice only where the process died between the
channel's word and ours; the message's id lets whoever gets it see that.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.notifications import metrics, models
from services.notifications.channels import Channel, ChannelRefused, ChannelSilent, Outgoing
from services.notifications.said import Awards
from services.notifications.schedule import Terms, after_quiet
from services.notifications.states import Delivery, before
from services.notifications.templates import TEMPLATES
from shared.contracts.events import MessageDue
from shared.problems import Conflict, NotFound
from shared.rulebooks import Library
from shared.store import Store, Work

_MESSAGES, _DELIVERIES, _ATTEMPTS = models.messages, models.deliveries, models.attempts
_CONTACTS = models.contacts
_AT_A_TIME = 200  # messages, and deliveries, that one tick takes up
_TAKEN_FOR = timedelta(minutes=10)  # after which a delivery whose event must be lost is taken up again
_CHANCE = random.SystemRandom()
_FOOT = {
    "zh": "\n\n（系统自动发送，请勿回复。）",
    "en": "\n\n(Sent by a program; please do not reply.)",
}


@dataclass(frozen=True)
class Outside:
    """By which ways messages leave the house, how often they are tried, and where people sign in."""

    channels: Mapping[str, Channel]
    terms: Terms
    library: Library
    public_url: str = ""


# --- by the clock ---------------------------------------------------------------------------------------------------


def dispatch(work: Work, channels: frozenset[str]) -> None:
    """Of each message that is due, a delivery for each way that its reader has, not in the reader's quiet hours."""
    query = (
        select(_MESSAGES)
        .where(and_(_MESSAGES.c.dispatched_at.is_(None), _MESSAGES.c.due_at <= work.now()))
        .order_by(_MESSAGES.c.due_at, _MESSAGES.c.lot)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    rows = work.session.execute(query).all()
    if not rows:
        return
    contacts = _contacts(work, {row.recipient for row in rows})
    now = work.now()
    made = [
        made
        for row in rows
        if (contact := contacts.get(row.recipient)) is not None
        for made in _deliveries(work, row, contact, channels, now)
    ]
    if made:
        work.session.execute(_DELIVERIES.insert(), made)
    ids = [row.id for row in rows]
    work.session.execute(update(_MESSAGES).where(_MESSAGES.c.id.in_(ids)).values(dispatched_at=now))


def _deliveries(
    work: Work, message: Row[Any], contact: Row[Any], channels: frozenset[str], now: datetime
) -> list[dict[str, Any]]:
    ways = [("mail", contact.email)]
    if TEMPLATES[message.template].short is not None:
        ways.append(("sms", contact.phone))
    at = after_quiet(now, contact.quiet_from, contact.quiet_until)
    return [
        {
            "id": work.new_id(), "message_id": message.id, "channel": name, "state": Delivery.WAITING.value,
            "lot": message.lot, "due_at": at, "attempts": 0,
        }
        for name, address in ways
        if address and name in channels
    ]  # fmt: skip


def take_up(work: Work) -> None:
    """Put on the bus what is due; taken up again where nothing came of it."""
    now = work.now()
    due = and_(_DELIVERIES.c.state == Delivery.WAITING.value, _DELIVERIES.c.due_at <= now)
    query = (
        select(_DELIVERIES.c.id)
        .where(due)
        .order_by(_DELIVERIES.c.due_at, _DELIVERIES.c.lot)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    ids = list(work.session.execute(query).scalars())
    if not ids:
        return
    this = and_(_DELIVERIES.c.id.in_(ids), due)
    work.session.execute(update(_DELIVERIES).where(this).values(due_at=now + _TAKEN_FOR))
    for delivery_id in ids:
        put_on_the_bus(work, delivery_id)


def put_on_the_bus(work: Work, delivery_id: str) -> None:
    """Have some replica send it."""
    work.publish(MessageDue, {"delivery_id": delivery_id}, subject=delivery_id)


# --- outside --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """What came of one try."""

    receipt: str | None = None
    silence: str | None = None
    refusal: str | None = None


def send(store: Store, delivery_id: str, outside: Outside) -> Callable[[Work], None]:
    """Send a delivery; what came of it is written by what this returns."""
    with store.read() as work:
        row = _find(work, delivery_id)
        if row is None or row.state != Delivery.WAITING:
            return lambda work: None  # settled meanwhile, or destroyed with its application
        outgoing = _outgoing(work, row, outside)
    said = _try(outside.channels.get(row.channel), outgoing)

    def keep(work: Work) -> None:
        _keep(work, row, said, outside.terms)

    return keep


def _outgoing(work: Work, delivery: Row[Any], outside: Outside) -> Outgoing | None:
    """The message as it leaves the house; None where its reader has no such address any more."""
    message = work.session.execute(select(_MESSAGES).where(_MESSAGES.c.id == delivery.message_id)).one()
    contact = _contacts(work, {message.recipient}).get(message.recipient)
    address = None if contact is None else contact.email if delivery.channel == "mail" else contact.phone
    if contact is None or not address:
        return None
    read = Awards(work, outside.library, [message.cycle_id]).rendered(message, contact.language)
    link = f"\n\n{outside.public_url}" if outside.public_url else ""
    return Outgoing(
        id=delivery.id, to=address, language=contact.language, subject=read.subject,
        text=f"{read.text}{link}{_FOOT[contact.language]}\n", short=read.short or "", at=work.now(),
    )  # fmt: skip


def _try(channel: Channel | None, outgoing: Outgoing | None) -> _Said:
    if outgoing is None:
        return _Said(refusal="no address any more")
    if channel is None:
        return _Said(silence="this way is not set up")
    try:
        return _Said(receipt=channel.send(outgoing))
    except ChannelSilent as silent:
        return _Said(silence=silent.reason)
    except ChannelRefused as refused:
        return _Said(refusal=refused.reason)


def _keep(work: Work, asked: Row[Any], said: _Said, terms: Terms) -> None:
    row = _find(work, asked.id)
    if row is None or (row.state, row.attempts) != (asked.state, asked.attempts):
        return  # another replica has written what it was told
    now, attempts = work.now(), row.attempts + 1
    outcome = "sent" if said.receipt is not None else "refused" if said.refusal is not None else "silent"
    reason = (said.refusal or said.silence or "")[:200] or None
    metrics.tried(row.channel, outcome)
    work.session.execute(
        _ATTEMPTS.insert().values(
            id=work.new_id(), delivery_id=row.id, outcome=outcome, reason=reason, tried_at=now
        )
    )
    if said.receipt is not None:
        _move(work, row, Delivery.SENT, attempts=attempts, receipt=said.receipt[:200], failure=None)
    elif said.refusal is not None or attempts >= terms.attempts:
        _move(work, row, Delivery.FAILED, attempts=attempts, failure=reason)
    else:
        due_at = now + terms.pause(attempts, _CHANCE.random())
        this = and_(_DELIVERIES.c.id == row.id, _DELIVERIES.c.state == row.state)
        values = {"attempts": attempts, "due_at": due_at, "failure": reason}
        work.session.execute(update(_DELIVERIES).where(this).values(**values))
        work.audit("delivery:not_taken", row.id, after={"attempts": attempts, "failure": reason})


def again(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """An operator has something that was given up tried from the beginning. Raises NotFound, Conflict."""
    row = _find(work, data["delivery_id"])
    if row is None:
        raise NotFound("没有这条发送记录", "no such delivery")
    if not _moved(work, row, Delivery.WAITING, attempts=0, due_at=work.now(), settled_at=None):
        raise Conflict("该消息并非未送达", "this delivery was not given up", code="not_failed")
    return {"done": True}


def _move(work: Work, row: Row[Any], state: Delivery, **values: Any) -> None:
    _moved(work, row, state, due_at=None, settled_at=work.now(), **values)


def _moved(work: Work, row: Row[Any], state: Delivery, **values: Any) -> bool:
    this = and_(_DELIVERIES.c.id == row.id, _DELIVERIES.c.state.in_(before(state)))
    done = work.session.execute(update(_DELIVERIES).where(this).values(state=state.value, **values))
    if not getattr(done, "rowcount", 0):
        return False
    told = {"state": state.value, "attempts": values["attempts"]}
    work.audit(f"delivery:{state}", row.id, before={"state": row.state}, after=told)
    return True


def _find(work: Work, delivery_id: str) -> Row[Any] | None:
    return work.session.execute(select(_DELIVERIES).where(_DELIVERIES.c.id == delivery_id)).one_or_none()


def _contacts(work: Work, subjects: set[str]) -> dict[str, Row[Any]]:
    rows = work.session.execute(select(_CONTACTS).where(_CONTACTS.c.subject.in_(subjects))).all()
    return {row.subject: row for row in rows}
