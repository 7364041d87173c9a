"""Sends messages: by the clock to the bus, from the bus to a channel after the commit and outside any transaction.

What is due is taken up in the order of its day and its lot. A delivery that is not taken is tried again, later each time, then it
is given up and stands in the operators' list. However often the bus tells of it, and however late, it is sent by whoever claims
it (`claims.py`); no mail is sent a second time unless it is certain that the first was not taken, or an operator says so.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.notifications import claims, models
from services.notifications.channels import Channel, ChannelRefused, ChannelSilent, ChannelUnsure, Outgoing
from services.notifications.said import Awards
from services.notifications.schedule import Terms, after_quiet
from services.notifications.states import OPERATORS, Delivery
from services.notifications.templates import TEMPLATES
from shared.bus.crash import crash_point
from shared.contracts import Context
from shared.contracts.events import MessageDue
from shared.identifiers import new_id
from shared.problems import Conflict, NotFound
from shared.rulebooks import Library
from shared.store import Store, Work

_MESSAGES, _DELIVERIES, _CONTACTS = models.messages, models.deliveries, models.contacts
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
    _deliver(work, rows, channels)
    ids = [row.id for row in rows]
    work.session.execute(update(_MESSAGES).where(_MESSAGES.c.id.in_(ids)).values(dispatched_at=work.now()))


def catch_up(work: Work, recipient: str, channel: str, since: datetime) -> None:
    """What somebody was told from an instant on, and not by this way, for want of an address, goes out by it now.

    A tick that has messages in hand for which it saw no address is waited for: only then is it known what it left out.
    """
    theirs = and_(_MESSAGES.c.recipient == recipient, _MESSAGES.c.due_at >= since)
    work.session.execute(
        select(_MESSAGES.c.id).where(theirs).order_by(_MESSAGES.c.id).with_for_update()
    ).all()
    gone = select(_DELIVERIES.c.message_id).where(_DELIVERIES.c.channel == channel)
    missed = and_(theirs, _MESSAGES.c.dispatched_at.is_not(None), _MESSAGES.c.id.not_in(gone))
    query = select(_MESSAGES).where(missed).order_by(_MESSAGES.c.due_at, _MESSAGES.c.lot)
    _deliver(work, work.session.execute(query).all(), frozenset({channel}))


def _deliver(work: Work, rows: Sequence[Row[Any]], channels: frozenset[str]) -> None:
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
    """What came of one try; `doubt`: it may have been taken."""

    receipt: str | None = None
    silence: str | None = None
    refusal: str | None = None
    doubt: str | None = None


def send(store: Store, delivery_id: str, outside: Outside) -> Callable[[Work], None]:
    """Claim a delivery and send it; what came of it is written by what this returns."""
    with store.read() as work:
        waiting = claims.find(work, delivery_id)
        if waiting is None or waiting.state != Delivery.WAITING:
            return _nothing  # settled or claimed meanwhile, or destroyed with its application
    channel = outside.channels.get(waiting.channel)
    with nullcontext() if channel is None else channel.place():
        with store.transaction() as tx, tx.savepoint():
            work = tx.work(Context(message_id=new_id(), actor="system:notifications"))
            row = claims.claim(work, delivery_id, outside.terms)
            if row is None:
                return _nothing
            outgoing = _outgoing(work, row, outside)
        crash_point("delivery_claimed")
        said = _try(channel, outgoing)
    crash_point("delivery_answered")

    def keep(work: Work) -> None:
        _keep(work, row, said, outside.terms)

    return keep


def _nothing(work: Work) -> None:
    """Nothing is to be written."""


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
    except ChannelUnsure as unsure:
        return _Said(silence=unsure.reason) if channel.knows_again else _Said(doubt=unsure.reason)


def _keep(work: Work, claimed: Row[Any], said: _Said, terms: Terms) -> None:
    """Write what the claim's worker was told, late as well, unless the delivery was claimed anew or decided by an operator."""
    row = claims.find(work, claimed.id)
    if row is None or row.worker != claimed.worker or row.state not in (Delivery.SENDING, Delivery.UNCERTAIN):
        return
    outcome = (
        "sent" if said.receipt is not None
        else "refused" if said.refusal is not None
        else "uncertain" if said.doubt is not None
        else "silent"
    )  # fmt: skip
    reason = (said.refusal or said.doubt or said.silence or "")[:200] or None
    claims.tried(work, row, outcome, reason)
    if said.receipt is not None:
        claims.settle(work, row, Delivery.SENT, receipt=said.receipt[:200], failure=None)
    elif said.doubt is not None:
        claims.settle(work, row, Delivery.UNCERTAIN, failure=reason)
    elif said.refusal is not None or row.attempts >= terms.attempts:
        claims.settle(work, row, Delivery.FAILED, failure=reason)
    else:
        due_at = work.now() + terms.pause(row.attempts, _CHANCE.random())
        claims.move(work, row, Delivery.WAITING, due_at=due_at, settled_at=None, failure=reason)


# --- operators ------------------------------------------------------------------------------------------------------


def again(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """An operator has something that was given up, or of which nobody knows, tried from the beginning.

    Raises NotFound, Conflict.
    """
    row = _listed(work, data["delivery_id"])
    if not claims.move(work, row, Delivery.WAITING, attempts=0, due_at=work.now(), settled_at=None):
        raise _not_listed()
    return {"done": True}


def arrived(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """An operator has found out that what was uncertain was taken, and says how. Raises NotFound, Conflict."""
    row = _listed(work, data["delivery_id"])
    if row.state != Delivery.UNCERTAIN or not claims.settle(work, row, Delivery.SENT, failure=None):
        raise Conflict("该消息并非下落不明", "of this delivery there is no doubt", code="not_uncertain")
    work.audit("delivery:found_sent", row.id, reason=data["reason"])
    return {"done": True}


def _listed(work: Work, delivery_id: str) -> Row[Any]:
    row = claims.find(work, delivery_id)
    if row is None:
        raise NotFound("没有这条发送记录", "no such delivery")
    if row.state not in OPERATORS:
        raise _not_listed()
    return row


def _not_listed() -> Conflict:
    return Conflict("该消息并非未送达", "this delivery was not given up", code="not_failed")


def _contacts(work: Work, subjects: set[str]) -> dict[str, Row[Any]]:
    rows = work.session.execute(select(_CONTACTS).where(_CONTACTS.c.subject.in_(subjects))).all()
    return {row.subject: row for row in rows}
