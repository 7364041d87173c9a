"""Contracts that only the tests know. They are not registered by importing them: other tests in the same process look at
all contracts. `register_all` is for a process of its own, `known` for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marshmallow import fields, validate

from shared import contracts
from shared.contracts import Event, Operation, Strict, register
from shared.contracts.operations import of_service


class ThingHappened(Event):
    """Something happened that a handler treats as `mood` says."""

    NAME = "thing.happened"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"number": 1, "mood": "good"}

    number = fields.Integer(required=True, strict=True)
    mood = fields.String(load_default="good")


class ThingAsked(Event):
    """Somebody outside is to be asked, who behaves as `mood` says."""

    NAME = "thing.asked"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"number": 1}

    number = fields.Integer(required=True, strict=True)
    mood = fields.String(load_default="good")


class ThingUnheard(Event):
    """Nobody takes this event."""

    NAME = "thing.unheard"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"number": 1}

    number = fields.Integer(required=True, strict=True)


class Wish(Strict):
    """What the command is asked."""

    number = fields.Integer(required=True, strict=True)
    mood = fields.String(load_default="good")
    event = fields.String(
        load_default="thing.happened",
        validate=validate.OneOf(["thing.happened", "thing.asked", "thing.unheard"]),
    )
    copies = fields.Integer(load_default=1, strict=True)


class Told(Strict):
    """What the command answers."""

    number = fields.Integer(required=True, strict=True)
    run = fields.Integer(required=True, strict=True)


class Question(Strict):
    """What the query is asked."""

    number = fields.Integer(load_default=0, strict=True)
    mood = fields.String(load_default="good")


class Count(Strict):
    """What the query answers."""

    effects = fields.Integer(required=True, strict=True)


def _operation(method: str, kind: str, request: type[Strict], reply: type[Strict]) -> Operation:
    return Operation("intake", method, kind, request, reply, (), "试", "test", {})  # type: ignore[arg-type]


EVENTS = (ThingHappened, ThingAsked, ThingUnheard)
CALLS = (
    _operation("wish", "command", Wish, Told),
    _operation("count", "query", Question, Count),
    _operation("echo", "query", Question, Count),
)


def register_all() -> None:
    """Make them known to this process for good."""
    register(*EVENTS)
    of_service("intake").update({call.name: call for call in CALLS})


@contextmanager
def known() -> Iterator[None]:
    """Make them known for a while."""
    register_all()
    try:
        yield
    finally:
        for event in EVENTS:
            contracts._EVENTS.pop((event.NAME, event.VERSION), None)
        for call in CALLS:
            of_service("intake").pop(call.name, None)
