"""Contracts that only the tests know. Importing this module registers them in the process."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts import Event, Operation, Strict, register
from shared.contracts.operations import OPERATIONS


class ThingHappened(Event):
    """Something happened that a handler treats as `mood` says."""

    NAME = "thing.happened"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"number": 1, "mood": "good"}

    number = fields.Integer(required=True, strict=True)
    mood = fields.String(load_default="good")


class ThingAsked(Event):
    """Somebody outside is to be asked."""

    NAME = "thing.asked"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"number": 1}

    number = fields.Integer(required=True, strict=True)


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


def _operation(method: str, kind: str, request: type[Strict], reply: type[Strict]) -> None:
    made = Operation("intake", method, kind, request, reply, (), "试", "test", {})  # type: ignore[arg-type]
    OPERATIONS.setdefault(made.name, made)


register(ThingHappened, ThingAsked, ThingUnheard)
_operation("wish", "command", Wish, Told)
_operation("count", "query", Question, Count)
_operation("echo", "query", Question, Count)
