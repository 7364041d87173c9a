"""The straight way through a schema gives what marshmallow gives: the same values, the same refusals in the same words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, post_load
from marshmallow.schema import SchemaMeta

from shared import contracts
from shared.contracts.straight import Straight
from shared.problems import Invalid

pytestmark = pytest.mark.contract

EXAMPLES: list[tuple[type[Schema], dict[str, Any]]] = [
    *((event, dict(event.EXAMPLE)) for event in contracts.events()),
    *((operation.request, dict(operation.example)) for operation in contracts.operations()),
]
JUNK = (
    None,
    "",
    "x" * 600,
    "2025-13-01",
    "0",
    -1,
    0,
    10**20,
    1.5,
    True,
    [],
    [None],
    [[]],
    {},
    {"x": 1},
    {1: 2},
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a value with every key in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from places(inner)


@st.composite
def messages(draw: st.DrawFn) -> tuple[type[Schema], Any]:
    """An example of some contract, left as it is or spoilt in up to two places."""
    schema, example = draw(st.sampled_from(EXAMPLES))
    data = copy.deepcopy(example)
    for _ in range(draw(st.integers(0, 2))):
        found = list(places(data))
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        how = draw(st.sampled_from(("replace", "remove", "add")))
        if how == "replace":
            container[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))
        elif how == "remove":
            del container[key]
        elif isinstance(container, dict):
            container["surprise"] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return schema, data


def outcome(schema: Schema, data: Any) -> Any:
    """The loaded values, or the refusal."""
    try:
        return contracts.load(schema, data)
    except Invalid as refused:
        return refused.as_dict()


@settings(max_examples=500)
@given(messages())
def test_both_ways_end_alike(message: tuple[type[Schema], Any]) -> None:
    """What is right loads to equal values, and what is wrong is refused field by field in the same words."""
    cls, data = message
    before = copy.deepcopy(data)
    straight = outcome(cls(), data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Straight, "_deserialize", Schema._deserialize)
        assert outcome(cls(), data) == straight
    assert data == before


@pytest.mark.parametrize(("schema", "example"), EXAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_both_ways_write_alike(schema: type[Schema], example: dict[str, Any]) -> None:
    """What was loaded is written to the same JSON in the same order, whole and with each field in turn left out."""
    loaded = schema().load(example)
    # Of a field `items` that is not there marshmallow takes the dictionary's method for its value, and fails.
    for name in (None, *(name for name in loaded if not hasattr(dict, name))):
        data = {key: value for key, value in loaded.items() if key != name}
        straight = schema().dump(data)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Straight, "_serialize", Schema._serialize)
            assert json.dumps(schema().dump(data)) == json.dumps(straight)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Schema, "_serialize", None)
            schema().dump(data)


@pytest.mark.parametrize(("schema", "example"), EXAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_right_messages_go_the_straight_way(schema: type[Schema], example: dict[str, Any]) -> None:
    """No contract has a field that would send every message to marshmallow's own way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Schema, "_deserialize", None)
        contracts.load(schema(), example)


def _all_of(cls: type[Schema]) -> Iterator[type[Schema]]:
    """A class of schemas and all that are made of it."""
    yield cls
    for each in cls.__subclasses__():
        yield from _all_of(each)


def test_every_schema_has_the_hooks_that_marshmallow_finds() -> None:
    """They are found without a search: inherited, of its own, or put in the place of an inherited one."""

    class Hooked(Straight):
        @post_load
        def after(self, data: Any, **_: Any) -> Any:
            return data

    class Plain(Hooked):
        pass

    class Unhooked(Hooked):
        def after(self, data: Any, **_: Any) -> Any:
            return data

    assert [bool(cls._hooks.get("post_load")) for cls in (Hooked, Plain, Unhooked)] == [True, True, False]
    other = {}
    for cls in _all_of(Straight):
        found = {tag: hooks for tag, hooks in cls._hooks.items() if hooks}
        if found != SchemaMeta.resolve_hooks(cls):
            other[cls.__name__] = found
    assert other == {}
