"""The parts of a draft: what each has to look like. Pure.

A draft keeps whatever was typed; a part is *right* when it has the form of its field, whatever the rulebook thinks of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from shared.contracts import load
from shared.contracts.dossier import Facts
from shared.contracts.operations.intake.applications import CONTACT, CreateApplication
from shared.identifiers import check_id_number
from shared.problems import FieldError, Invalid

PERSONAL = ("id_number", *CONTACT)  # encrypted, in no dossier, repeated in no error
COLUMNS = ("name", "uscc", "category", *PERSONAL)
_FACT = "facts."
_EMPTY: tuple[Any, ...] = (None, "")


def fact_of(part: str) -> str | None:
    """The fact that a part holds; None for the other parts."""
    return part.removeprefix(_FACT) if part.startswith(_FACT) else None


def is_empty(value: Any) -> bool:
    """Whether nothing was typed."""
    return value in _EMPTY if isinstance(value, str | None) else False


def judge(part: str, value: Any) -> tuple[FieldError, ...]:
    """What is wrong with a value that was typed; an empty one is right."""
    if is_empty(value):
        return ()
    fact = fact_of(part)
    schema: Schema
    try:
        if fact is not None:
            if fact not in Facts().fields:
                return (FieldError(part, "没有这项事实", "no such fact"),)
            load(Facts(only=(fact,)), {fact: value})
            return ()
        schema = CreateApplication(only=(part,))
        load(schema, {part: value})
    except Invalid as wrong:
        prefix = _FACT if fact is not None else ""
        return tuple(FieldError(prefix + e.field, e.reason_zh, e.reason_en) for e in wrong.errors)
    reason = check_id_number(value) if part == "id_number" else None
    return () if reason is None else (FieldError(part, reason.zh, reason.en),)


def faults(typed: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the parts that are not right yet."""
    return [fault for part in sorted(typed) for fault in judge(part, typed[part])]


def needed(name: str, uscc: str, category: str | None, *, categories: bool) -> list[FieldError]:
    """What no application can be handed in without: name and code, and a category where the rulebook has any."""
    there = {"name": bool(name), "uscc": bool(uscc), "category": category is not None or not categories}
    return [FieldError(part, "必填", "needed") for part, given in there.items() if not given]
