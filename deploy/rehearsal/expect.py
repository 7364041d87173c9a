"""Whether a result holds what the file expects. Pure.

A mapping is compared by its own keys only. Of a list of mappings each expected one has to match some actual one. A list
of plain values is compared as a set, so an empty one holds only for an empty one. Numbers are compared exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_ABSENT = object()
_SHORT = 200


@dataclass(frozen=True)
class Difference:
    """Where the result is not as expected."""

    path: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.path}：预期 expected {self.expected}，实际 actual {self.actual}"


def differences(expected: Any, actual: Any, path: str = "") -> list[Difference]:
    """Every difference; none where the expectation holds."""
    if isinstance(expected, Mapping):
        return _mapping(expected, actual, path)
    if isinstance(expected, list):
        return _list(expected, actual, path)
    return [] if _same(expected, actual) else [_difference(path, expected, actual)]


def _mapping(expected: Mapping[str, Any], actual: Any, path: str) -> list[Difference]:
    if not isinstance(actual, Mapping):
        return [_difference(path, expected, actual)]
    found: list[Difference] = []
    for key, value in expected.items():
        here = f"{path}.{key}" if path else str(key)
        if key in actual:
            found += differences(value, actual[key], here)
        else:
            found.append(_difference(here, value, _ABSENT))
    return found


def _list(expected: Sequence[Any], actual: Any, path: str) -> list[Difference]:
    if not isinstance(actual, list):
        return [_difference(path, expected, actual)]
    if not any(isinstance(each, Mapping | list) for each in expected):
        return [] if _same_set(expected, actual) else [_difference(path, expected, actual)]
    found: list[Difference] = []
    for index, each in enumerate(expected):
        found += _nearest(each, actual, f"{path}[{index}]")
    return found


def _nearest(expected: Any, actual: Sequence[Any], path: str) -> list[Difference]:
    """No difference where one of the actual entries matches, else those to the entry that comes nearest."""
    tries = [differences(expected, each, path) for each in actual]
    if not tries:
        return [_difference(path, expected, _ABSENT)]
    return min(tries, key=len)


def _same_set(expected: Sequence[Any], actual: Sequence[Any]) -> bool:
    return all(any(_same(e, a) for a in actual) for e in expected) and all(
        any(_same(e, a) for e in expected) for a in actual
    )


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    if isinstance(expected, int | float | Decimal):
        return isinstance(actual, int | float | Decimal) and _exact(expected) == _exact(actual)
    return type(expected) is type(actual) and bool(expected == actual)


def _exact(number: float | Decimal) -> Decimal:
    """The number as it is written: 88.33 is 88.33 and not the binary fraction next to it."""
    return number if isinstance(number, Decimal) else Decimal(repr(number))


def _difference(path: str, expected: Any, actual: Any) -> Difference:
    return Difference(
        path or "(result)", _shown(expected), "没有 absent" if actual is _ABSENT else _shown(actual)
    )


def _shown(value: Any) -> str:
    text = _written(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _written(value: Any) -> str:
    """As the file would write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
