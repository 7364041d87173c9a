"""The ground of all contracts: strict schemas, and refusals that name the field and the reason in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from shared.contracts.straight import Straight
from shared.problems import FieldError, Invalid, invalid_fields


class Strict(Straight):
    """A schema that refuses unknown fields instead of dropping them."""

    class Meta:
        unknown = RAISE


class Event(Strict):
    """One version of one event. NAME is also the routing key; EXAMPLE is held against the schema by the tests.

    A field is only ever added as optional within a version; anything else is a new version with its own class.
    """

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    PUBLISHERS: ClassVar[tuple[str, ...]] = ()
    EXAMPLE: ClassVar[Mapping[str, Any]] = {}


def text(*, required: bool = True, longest: int = 200, shortest: int = 1, **kwargs: Any) -> fields.String:
    """Text of a bounded length (characters)."""
    return fields.String(required=required, validate=validate.Length(min=shortest, max=longest), **kwargs)


def optional_text(longest: int = 200) -> fields.String:
    """Text that may be absent or null."""
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=longest))


def identifier(*, required: bool = True) -> fields.String:
    """An id that this system gave."""
    given = validate.Regexp(r"^[A-Za-z0-9_-]{1,64}\Z")
    if required:
        return fields.String(required=True, validate=given)
    return fields.String(load_default=None, allow_none=True, validate=given)


def day(*, required: bool = True) -> fields.Date:
    """A calendar date, YYYY-MM-DD."""
    if required:
        return fields.Date(required=True)
    return fields.Date(load_default=None, allow_none=True)


# The largest whole number that every reader of JSON keeps exactly: some 90 trillion yuan.
_MOST_FEN = 2**53 - 1


def fen(*, required: bool = True) -> fields.Integer:
    """Money in integer fen, never negative."""
    sensible = validate.Range(min=0, max=_MOST_FEN)
    if required:
        return fields.Integer(required=True, strict=True, validate=sensible)
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=sensible)


def count(*, required: bool = True, least: int = 0) -> fields.Integer:
    """A whole number of things."""
    if required:
        return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(min=least))


def one_of(*choices: str, required: bool = True) -> fields.String:
    """One word of a fixed list."""
    if required:
        return fields.String(required=True, validate=validate.OneOf(choices))
    return fields.String(load_default=None, allow_none=True, validate=validate.OneOf(choices))


_CHINESE = {
    "Missing data for required field.": "必填",
    "Unknown field.": "没有这个字段",
    "Not a valid string.": "应为文字",
    "Not a valid integer.": "应为整数",
    "Not a valid number.": "应为数字",
    "Not a valid boolean.": "应为 true 或 false",
    "Not a valid date.": "应为日期，格式 YYYY-MM-DD",
    "Not a valid list.": "应为列表",
    "Not a valid mapping type.": "应为对象",
    "Field may not be null.": "不得为空",
    "Invalid input type.": "类型不对",
    "String does not match expected pattern.": "格式不对",
}


class Told(str):
    """A reason that is given in both languages: the text is English, `zh` Chinese."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, zh: str, en: str) -> Told:
        told = super().__new__(cls, en)
        told.zh = zh
        return told


def _chinese(message: str) -> str:
    if isinstance(message, Told):
        return message.zh
    if message in _CHINESE:
        return _CHINESE[message]
    if message.startswith("Must be one of"):
        return "只能是：" + message.partition(":")[2].strip().rstrip(".")
    if message.startswith(("Must be greater", "Must be less", "Shorter than", "Longer than", "Length must")):
        return f"超出允许的范围（{message}）"
    return message


def _flatten(path: str, messages: object) -> list[FieldError]:
    if isinstance(messages, Mapping):
        found: list[FieldError] = []
        for key, value in messages.items():
            name = str(key)
            step = path if name == "_schema" else f"{path}.{name}" if path else name
            found += _flatten(step, value)
        return found
    if isinstance(messages, list | tuple):
        return [error for message in messages for error in _flatten(path, message)]
    reason = messages if isinstance(messages, str) else str(messages)
    return [FieldError(path or "(body)", _chinese(reason), str(reason))]


def refusal(error: ValidationError, *, code: str = "invalid") -> Invalid:
    """A marshmallow error as a problem whose `errors` name each field with its reason."""
    return invalid_fields(_flatten("", error.messages), code=code)


def load(schema: Schema, payload: object) -> dict[str, Any]:
    """Validate a JSON value and give python values. Raises Invalid with the field paths."""
    try:
        loaded: dict[str, Any] = schema.load(payload)  # type: ignore[arg-type]
    except ValidationError as error:
        raise refusal(error) from None
    return loaded


def dump(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as plain JSON values, checked by the same schema. Raises Invalid."""
    plain: dict[str, Any] = schema.dump(data)
    unknown = set(data) - set(schema.fields)
    if unknown:
        raise refusal(ValidationError({name: ["Unknown field."] for name in sorted(unknown)}))
    errors = schema.validate(plain)
    if errors:
        raise refusal(ValidationError(errors))
    return plain
