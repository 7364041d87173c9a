"""YAML 1.2, read strictly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.strict_yaml import Mark, StrictYamlError, dotted, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: on", "on"),
        ("a: no", "no"),
        ("a: yes", "yes"),
        ("a: true", True),
        ("a: True", "True"),
        ("a: 2025-06-13", "2025-06-13"),
        ("a: 12:30", "12:30"),
        ("a: 0123", 123),
        ("a: 0x1F", 31),
        ("a: -5", -5),
        ("a: 79.5", Decimal("79.5")),
        ("a: '79'", "79"),
        ("a: ~", None),
        ("a: 91310105MAXY50013E", "91310105MAXY50013E"),
        ("a: |-\n  x\n  y", "x\ny"),
    ],
)
def test_scalars_mean_what_they_say(text: str, value: object) -> None:
    """Dates and words stay text, only true and false are booleans, fractions are exact."""
    assert loads(text, "f").value == {"a": value}


def test_keys_are_text() -> None:
    """Years and rules too."""
    assert loads("{2022: 1, 16.6: 2, true: 3}", "f").value == {"2022": 1, "16.6": 2, "true": 3}


def test_floats_where_they_are_wanted() -> None:
    """The caller chooses; JSON has no exact fractions."""
    assert loads("a: 0.5", "f", exact_numbers=False).value == {"a": 0.5}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\na: 2", 2, "given twice, first in line 1"),
        ("a: 1\nb: &x 2", 2, "anchors"),
        ("a: *x", 1, "anchors"),
        ("a: !!str 1", 1, "tags"),
        ("a:\n  <<: {b: 1}", 2, "merge keys"),
        ("a: [1", 1, "expected"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("", 1, "empty"),
        ("a: .nan", 1, "not a number"),
        ("a: 1e999", 1, "not a number"),
        ("? [a]\n: 1", 1, "key must be text"),
        ("x: " + "[" * 60 + "]" * 60, 1, "nested"),
        ("a: 1234567890123456789012345678901234567890", 1, "too long"),
        ("a: \x01", 1, "unacceptable"),
    ],
)
def test_what_could_be_misread_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """File, line and reason are in the message."""
    with pytest.raises(StrictYamlError, match=reason) as caught:
        loads(text, "f.yaml")
    assert str(caught.value).startswith(f"f.yaml:{line}:")


def test_bytes_that_are_no_utf8_are_refused() -> None:
    """Guessing an encoding would garble names."""
    with pytest.raises(StrictYamlError, match="UTF-8"):
        loads("a: 长".encode("gb18030"), "f")


def test_a_schema_fault_names_the_line_of_the_key() -> None:
    """Every fault of the file is listed, each at its place."""
    document = loads("a: 1\nb:\n  c: x\n  d: y\n", "f")
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"properties": {"c": {}}, "additionalProperties": False},
        },
    }
    with pytest.raises(StrictYamlError) as caught:
        document.check(schema)
    assert [(f.mark.line, dotted(f.path)) for f in caught.value.faults] == [(1, "a"), (4, "b.d")]


def test_an_absent_path_is_shown_at_its_nearest_ancestor() -> None:
    """So that a missing key can be complained of."""
    document = loads("a:\n  b: [1, 2]\n", "f")
    assert document.mark(("a", "b", 1)) == Mark("f", 2, 10)
    assert document.mark(("a", "x", "y")) == document.mark(("a",))
    assert dotted(("a", "b", 1, "c")) == "a.b[1].c"
