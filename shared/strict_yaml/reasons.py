"""Why a schema refuses a value, in Chinese and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from jsonschema import ValidationError  # type: ignore[import-untyped]

KeyPath = tuple[str | int, ...]
_SHORT = 60
_TYPES = {
    "object": ("映射", "a mapping"),
    "array": ("列表", "a list"),
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "null": ("null", "null"),
}


class Reason(NamedTuple):
    """One reason at a path of keys."""

    path: KeyPath
    zh: str
    en: str


def of_errors(errors: Iterable[ValidationError]) -> list[Reason]:
    """Every error of a schema as a reason, each once."""
    return list(dict.fromkeys(reason for error in errors for reason in _translate(error)))


def shown(value: object) -> str:
    """A value as a message shows it, not too long."""
    text = str(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _translate(error: ValidationError) -> Iterator[Reason]:
    path: KeyPath = tuple(error.absolute_path)
    kind = str(error.validator)
    if kind in {"anyOf", "oneOf"}:
        yield from _of_branches(error, path)
    elif kind == "additionalProperties":
        for key in _unknown_keys(error):
            yield Reason((*path, key), "没有这个键", "no such key is known here")
    elif "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        for inner in error.context or [error]:
            zh, en = _say(inner)
            yield Reason((*path, error.instance), f"键不合规定：{zh}", f"as a key: {en}")
    else:
        yield Reason(path, *_say(error))


def _unknown_keys(error: ValidationError) -> list[str]:
    known = set(error.schema.get("properties", ()))
    patterns = tuple(error.schema.get("patternProperties", ()))
    return [k for k in error.instance if k not in known and not any(re.search(p, k) for p in patterns)]


def _of_branches(error: ValidationError, path: KeyPath) -> Iterator[Reason]:
    """Of several forms allowed: what is wrong with the one that was evidently meant, which has the right type."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    if choice := _choice_of_keys(error):
        names_zh, names_en = "、".join(choice), ", ".join(choice)
        yield Reason(
            path, f"须写其中一项，且只写一项：{names_zh}", f"exactly one of these is needed: {names_en}"
        )
        return
    meant = [found for found in branches.values() if not any(_of_another_type(inner) for inner in found)]
    if not meant:
        value = shown(error.instance)
        yield Reason(path, f"不是允许的形式：{value}", f"none of the forms allowed: {value}")
        return
    for inner in min(meant, key=len):
        yield from _translate(inner)


def _choice_of_keys(error: ValidationError) -> list[str]:
    """The keys that exclude each other, where all that the branches ask is one key each."""
    branches = error.validator_value
    if error.validator != "oneOf" or not all(set(branch) == {"required"} for branch in branches):
        return []
    return [name for branch in branches for name in branch["required"]]


def _of_another_type(error: ValidationError) -> bool:
    return error.validator in {"type", "enum", "const"} and not error.path


def _say(error: ValidationError) -> tuple[str, str]:
    found = _SAY.get(str(error.validator))
    return found(error.instance, error.validator_value) if found else ("不合规定", error.message)


def _one_type(instance: Any, expected: Any) -> tuple[str, str]:
    types = [expected] if isinstance(expected, str) else list(expected)
    zh, en = "或".join(_TYPES[t][0] for t in types), " or ".join(_TYPES[t][1] for t in types)
    return f"应为{zh}，实为 {shown(instance)}", f"{en} is needed, not {shown(instance)}"


def _missing(instance: Mapping[str, Any], expected: Iterable[str]) -> tuple[str, str]:
    lacking = [name for name in expected if name not in instance]
    return "缺少 " + "、".join(lacking), "missing: " + ", ".join(lacking)


def _words(values: Iterable[Any]) -> str:
    return ", ".join("null" if value is None else str(value) for value in values)


_SAY: Mapping[str, Callable[[Any, Any], tuple[str, str]]] = {
    "type": _one_type,
    "required": _missing,
    "enum": lambda i, v: (
        f"只能是 {_words(v)}，实为 {shown(i)}",
        f"must be one of {_words(v)}, not {shown(i)}",
    ),
    "const": lambda i, v: (f"只能是 {v}，实为 {shown(i)}", f"must be {v}, not {shown(i)}"),
    "pattern": lambda i, v: (f"格式不对：{shown(i)}（应符合 {v}）", f"{shown(i)} does not have the form {v}"),
    "minimum": lambda i, v: (f"不得小于 {v}", f"must not be below {v}"),
    "maximum": lambda i, v: (f"不得大于 {v}", f"must not be above {v}"),
    "minLength": lambda i, v: (f"至少 {v} 个字", f"at least {v} characters are needed"),
    "minItems": lambda i, v: (f"至少 {v} 项", f"at least {v} entries are needed"),
    "minProperties": lambda i, v: (f"至少 {v} 项", f"at least {v} entries are needed"),
    "maxProperties": lambda i, v: (f"至多 {v} 项", f"at most {v} entries are allowed"),
    "uniqueItems": lambda i, v: ("有重复项", "an entry is given twice"),
    "not": lambda i, v: (f"不能用 {shown(i)}", f"{shown(i)} is not allowed"),
}
