"""The straight way through a schema, for data in which nothing is wrong.

marshmallow makes closures, error stores and validators' wrappers for each field of each message. Nearly every message is
right, so its fields are first gone through in one plain loop with the same field objects and the same validators. At the
first doubt marshmallow does the whole work itself, and says what is wrong and where. On the way out a field's value is
taken from the mapping at hand, where marshmallow looks for it in anything that may hold one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, missing
from marshmallow.error_store import ErrorStore
from marshmallow.fields import Field
from marshmallow.schema import SchemaMeta


class _Step(NamedTuple):
    """What one field asks for."""

    key: str
    name: str
    absent: Any  # the value of a field that is not there, or a function that makes it
    required: bool
    allow_none: bool
    deserialize: Callable[..., Any]
    validators: tuple[Callable[[Any], Any], ...]


class _DoubtError(Exception):
    """Something may be wrong."""


def _plain(name: str, field: Field[Any]) -> bool:
    """Whether a field does nothing beside what `_go` does, and its value goes under its own name."""
    cls = type(field)
    own = cls.deserialize is Field.deserialize and cls._validate is Field._validate
    return own and not field.pre_load and not field.post_load and _under_its_name(name, field)


def _under_its_name(name: str, field: Field[Any]) -> bool:
    """Whether the value goes under the field's own name on our side."""
    return field.attribute is None and "." not in name


def _key(name: str, field: Field[Any]) -> str:
    """What the field is called in a message."""
    return name if field.data_key is None else field.data_key


def _plan(fields: Mapping[str, Field[Any]]) -> tuple[_Step, ...] | None:
    """The steps of a schema; None where marshmallow has to do it."""
    if not all(_plain(name, field) for name, field in fields.items()):
        return None
    return tuple(
        _Step(
            key=_key(name, field),
            name=name,
            absent=field.load_default,
            required=field.required,
            allow_none=field.allow_none,
            deserialize=field._deserialize,
            validators=tuple(field.validators),
        )
        for name, field in fields.items()
    )


def _go(steps: Sequence[_Step], data: dict[str, Any]) -> dict[str, Any]:
    """The data as python values. Raises _DoubtError or ValidationError, of which nothing is told."""
    found: dict[str, Any] = {}
    left = len(data)
    for key, name, absent, required, allow_none, deserialize, validators in steps:
        value = data.get(key, missing)
        if value is missing:
            if required:
                raise _DoubtError
            value = absent() if callable(absent) else absent
        else:
            left -= 1
            if value is not None:
                value = deserialize(value, key, data)
                for validator in validators:
                    validator(value)
            elif not allow_none:
                raise _DoubtError
        if value is not missing:
            found[name] = value
    if left:
        raise _DoubtError  # there are fields that the schema does not know
    return found


class _Written(NamedTuple):
    """How one field is written."""

    key: str
    name: str
    absent: Any  # as in _Step
    serialize: Callable[..., Any]


def _writing(fields: Mapping[str, Field[Any]]) -> tuple[_Written, ...] | None:
    """The steps of a schema on its way out; None where marshmallow has to do it."""
    for name, field in fields.items():
        own = type(field).serialize is Field.serialize and field._CHECK_ATTRIBUTE
        if not own or not _under_its_name(name, field):
            return None
    return tuple(
        _Written(
            key=_key(name, field),
            name=name,
            absent=field.dump_default,
            serialize=field._serialize,
        )
        for name, field in fields.items()
    )


def _write(steps: Sequence[_Written], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as plain values."""
    found: dict[str, Any] = {}
    for key, name, absent, serialize in steps:
        value = data.get(name, missing)
        if value is missing:
            value = absent() if callable(absent) else absent
            if value is missing:
                continue
        found[key] = serialize(value, name, data)
    return found


class _Quickly(SchemaMeta):
    """Makes a schema's class without a search: hundreds of them are made at every start.

    marshmallow looks for methods that are hooks among all names of a class and its ancestors. A class that names none and
    replaces none has those of its ancestor.
    """

    def resolve_hooks(cls) -> dict[str, list[tuple[str, bool, dict[Any, Any]]]]:  # noqa: N805 - of a class of classes
        if len(cls.__bases__) > 1:
            return super().resolve_hooks()
        inherited: dict[str, list[tuple[str, bool, dict[Any, Any]]]] = cls.__bases__[0]._hooks  # type: ignore[attr-defined]
        names = {name for hooks in inherited.values() for name, *_ in hooks}
        if any(name in names or hasattr(own, "__marshmallow_hook__") for name, own in vars(cls).items()):
            return super().resolve_hooks()
        return inherited


class Straight(Schema, metaclass=_Quickly):
    """A schema that goes the straight way first."""

    _way: tuple[object, tuple[_Step, ...] | None] = (None, None)
    _way_out: tuple[object, tuple[_Written, ...] | None] = (None, None)

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        if type(obj) is dict and not many:
            fields, steps = self._way_out
            if fields is not self.dump_fields:
                steps = _writing(self.dump_fields)
                self._way_out = (self.dump_fields, steps)
            if steps is not None:
                return _write(steps, obj)
        return super()._serialize(obj, many=many)

    def _deserialize(
        self,
        data: Any,
        *,
        error_store: ErrorStore,
        many: bool = False,
        partial: Any = None,
        unknown: Any = RAISE,
        index: Any = None,
    ) -> Any:
        if type(data) is dict and not many and not partial and unknown == RAISE:
            fields, steps = self._way
            if fields is not self.load_fields:
                steps = _plan(self.load_fields)
                self._way = (self.load_fields, steps)
            if steps is not None:
                try:
                    return _go(steps, data)
                except (_DoubtError, ValidationError):
                    pass
        return super()._deserialize(
            data, error_store=error_store, many=many, partial=partial, unknown=unknown, index=index
        )
