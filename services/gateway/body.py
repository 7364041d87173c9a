"""Reading JSON as strictly as a public office reads a form: whatever could be read in two ways is refused, with the reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from services.gateway.errors import BadRequest, WrongContentType

DEEPEST = 24  # levels of lists and objects; the contracts need six
_LONGEST_NUMBER = 30  # characters
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _refuse(code: str, zh: str, en: str) -> BadRequest:
    return BadRequest(zh, en, code=code)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _refuse(
                "duplicate_key", f"同一个键出现了两次：{key[:40]}", f"a key is given twice: {key[:40]}"
            )
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise _refuse("not_a_number", f"{name} 不是 JSON 的数值", f"{name} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _refuse("number_too_long", "数值过长", "a number has too many digits")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _refuse("number_too_large", "数值过大", "a number is too large")
    return value


_decoder = json.JSONDecoder(
    object_pairs_hook=_no_twins, parse_constant=_no_constant, parse_int=_integer, parse_float=_float
)


def check_content_type(content_type: str) -> None:
    """Raise WrongContentType unless it is application/json in UTF-8."""
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in {"", "utf-8"}:
        raise WrongContentType(
            "请求内容应为 application/json（UTF-8）", "the body has to be application/json in UTF-8"
        )


def read_json(raw: bytes) -> dict[str, Any]:
    """The object in a body. Raises BadRequest with a code for each way in which it can be wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refuse(
            "not_utf8", f"第 {error.start} 个字节起不是 UTF-8", f"not UTF-8 from byte {error.start} on"
        ) from None
    try:
        value = _decoder.decode(text)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise _refuse(
            "not_json",
            f"不是合格的 JSON：第 {error.lineno} 行第 {error.colno} 列",
            f"not JSON: line {error.lineno}, column {error.colno}",
        ) from None
    if not isinstance(value, dict):
        raise _refuse("not_an_object", "请求内容应为 JSON 对象", "the body has to be a JSON object")
    _look_through(value)
    return value


def _too_deep() -> BadRequest:
    return _refuse("too_deep", f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST} levels")


def _look_through(value: Mapping[str, Any]) -> None:
    """Refuse depth, half characters and control characters, wherever they are."""
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep()
        below: list[Any] = []
        for item in level:
            parts = [*item, *item.values()] if isinstance(item, dict) else item
            for part in parts:
                if isinstance(part, str):
                    check_text(part)
                elif isinstance(part, dict | list):
                    below.append(part)
        level = below


def has_controls(text: str) -> bool:
    """Whether there is something in it that is no text; tabs and line ends are."""
    return _CONTROL.search(text) is not None


def check_text(text: str) -> None:
    """Raise BadRequest for what no database and no reader could keep."""
    if _SURROGATE.search(text):
        raise _refuse("half_character", "文字中有不完整的字符", "a text holds half a character")
    if has_controls(text):
        raise _refuse("control_character", "文字中有控制字符", "a text holds a control character")
