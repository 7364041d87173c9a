"""Why a file was refused, in words: the reasons of the YAML reader and of the schema, in Chinese and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jsonschema import ValidationError  # type: ignore[import-untyped]

from deploy.rehearsal.faults import Wrong

_YAML: tuple[tuple[str, str], ...] = (
    (r"anchors and aliases are not allowed.*", "不允许使用锚点和别名"),
    (r"tags are not allowed.*", "不允许使用标签"),
    (r"merge keys.*", "不允许使用合并键 <<"),
    (r"given twice, first in line (\d+)", r"重复的键，首次出现在第 \1 行"),
    (r"a key must be text", "键必须是文字"),
    (r"nested deeper than (\d+)", r"嵌套超过 \1 层"),
    (r"the file is empty", "文件为空"),
    (r"not UTF-8.*", "不是 UTF-8 编码"),
    (r"larger than (\d+) bytes", r"文件超过 \1 字节"),
    (r"this number is too long.*", "数字过长；若是代码，请加引号"),
    (r"(.*) is not a number that can be used", r"\1 不是可用的数字"),
)
_TYPES = {
    "object": ("映射", "a mapping"),
    "array": ("列表", "a list"),
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "null": ("null", "null"),
}
_SHORT = 60


def yaml_reason(reason: str) -> str:
    """The Chinese of a reason that the YAML reader gives; its own words where there is none."""
    for pattern, chinese in _YAML:
        if re.fullmatch(pattern, reason):
            return re.sub(pattern, chinese, reason)
    return f"YAML 格式有误（{reason}）"


def schema_faults(errors: Iterable[ValidationError]) -> list[Wrong]:
    """Every error of the schema as a fault, each once."""
    return list(dict.fromkeys(wrong for error in errors for wrong in _translate(error)))


def shown(value: object) -> str:
    """A value as a message shows it, not too long."""
    text = str(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _translate(error: ValidationError) -> Iterator[Wrong]:
    path = tuple(error.absolute_path)
    kind = str(error.validator)
    if kind in {"anyOf", "oneOf"}:
        yield from _of_branches(error, path)
    elif kind == "additionalProperties":
        known = set(error.schema.get("properties", ()))
        patterns = tuple(error.schema.get("patternProperties", ()))
        for key in error.instance:
            if key not in known and not any(re.search(pattern, key) for pattern in patterns):
                yield Wrong((*path, key), "没有这个键", "no such key is known here")
    elif _is_key(error):
        for inner in [error] if not error.context else error.context:
            yield Wrong(
                (*path, shown(error.instance)), "键不合规定：" + _say(inner)[0], "as a key: " + _say(inner)[1]
            )
    else:
        yield Wrong(path, *_say(error))


def _is_key(error: ValidationError) -> bool:
    return "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str)


def _of_branches(error: ValidationError, path: tuple[str | int, ...]) -> Iterator[Wrong]:
    """Of several allowed forms: the reasons of the one that was evidently meant, which has the right type."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [
        found
        for found in branches.values()
        if not any(i.validator in {"type", "enum", "const"} and not i.path for i in found)
    ]
    if not meant:
        yield Wrong(
            path,
            f"不是允许的形式：{shown(error.instance)}",
            f"none of the forms allowed: {shown(error.instance)}",
        )
        return
    for inner in min(meant, key=len):
        yield from _translate(inner)


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
    "const": lambda i, v: (f"只能是 {v}", f"must be {v}"),
    "pattern": lambda i, v: (f"格式不对：{shown(i)}（应符合 {v}）", f"{shown(i)} does not have the form {v}"),
    "minimum": lambda i, v: (f"不得小于 {v}", f"must not be below {v}"),
    "maximum": lambda i, v: (f"不得大于 {v}", f"must not be above {v}"),
    "minLength": lambda i, v: (f"至少 {v} 个字", f"at least {v} characters are needed"),
    "minItems": lambda i, v: (f"至少 {v} 项", f"at least {v} entries are needed"),
    "minProperties": lambda i, v: (f"至少 {v} 项", f"at least {v} entries are needed"),
    "uniqueItems": lambda i, v: ("有重复项", "an entry is given twice"),
    "not": lambda i, v: (f"不能用 {shown(i)}", f"{shown(i)} is not allowed"),
}
