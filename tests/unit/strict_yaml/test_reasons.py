"""Why a schema refuses a value: in both languages, at the place that is meant, in words that help."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from shared.strict_yaml import StrictYamlError, loads, reasons

TEXT_OR_LIST: dict[str, Any] = {
    "anyOf": [{"const": "all"}, {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 1}]
}
EITHER: dict[str, Any] = {"oneOf": [{"required": ["fact"]}, {"required": ["won_before"]}]}


@pytest.mark.parametrize(
    ("schema", "value", "path", "zh", "en"),
    [
        ({"type": "integer"}, "x", (), "应为整数，实为 x", "a whole number is needed, not x"),
        ({"type": ["string", "null"]}, 1, (), "应为文字或null，实为 1", "text or null is needed, not 1"),
        ({"required": ["a", "b"]}, {"b": 1}, (), "缺少 a", "missing: a"),
        ({"enum": ["x", None]}, "y", (), "只能是 x, null，实为 y", "must be one of x, null, not y"),
        ({"const": 1}, 2, (), "只能是 1，实为 2", "must be 1, not 2"),
        ({"pattern": "^a"}, "b", (), "格式不对：b（应符合 ^a）", "b does not have the form ^a"),
        ({"minimum": 1}, 0, (), "不得小于 1", "must not be below 1"),
        ({"maximum": 1}, 2, (), "不得大于 1", "must not be above 1"),
        ({"minLength": 1}, "", (), "至少 1 个字", "at least 1 characters are needed"),
        ({"minItems": 2}, [1], (), "至少 2 项", "at least 2 entries are needed"),
        ({"minProperties": 1}, {}, (), "至少 1 项", "at least 1 entries are needed"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, (), "至多 1 项", "at most 1 entries are allowed"),
        ({"uniqueItems": True}, [1, 1], (), "有重复项", "an entry is given twice"),
        ({"not": {"const": "x"}}, "x", (), "不能用 x", "x is not allowed"),
        ({"properties": {}, "additionalProperties": False}, {"z": 1}, ("z",), "没有这个键", "no such key is known here"),
        ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, ("b",), "键不合规定：格式不对：b（应符合 ^a）",
         "as a key: b does not have the form ^a"),
        (TEXT_OR_LIST, ["c"], (0,), "只能是 a, b，实为 c", "must be one of a, b, not c"),
        (TEXT_OR_LIST, [], (), "至少 1 项", "at least 1 entries are needed"),
        (TEXT_OR_LIST, 5, (), "不是允许的形式：5", "none of the forms allowed: 5"),
        (EITHER, {}, (), "须写其中一项，且只写一项：fact、won_before", "exactly one of these is needed: fact, won_before"),
        (EITHER, {"fact": 1, "won_before": 1}, (), "须写其中一项，且只写一项：fact、won_before",
         "exactly one of these is needed: fact, won_before"),
    ],
)  # fmt: skip
def test_each_kind_of_error(schema: Any, value: Any, path: tuple[Any, ...], zh: str, en: str) -> None:
    """One error, one reason."""
    found = reasons.of_errors(jsonschema.Draft202012Validator(schema).iter_errors(value))
    assert found == [reasons.Reason(path, zh, en)]


def test_one_reason_is_told_once() -> None:
    """Two missing keys are one sentence, and a rule that two parts of a schema state is one fault."""
    schema = {"required": ["a", "b"], "allOf": [{"required": ["a", "b"]}]}
    found = reasons.of_errors(jsonschema.Draft202012Validator(schema).iter_errors({}))
    assert [reason.en for reason in found] == ["missing: a, b"]


def test_a_long_value_is_cut_short() -> None:
    """A message is read by a person."""
    assert reasons.shown("长" * 100) == "长" * 59 + "…"


@pytest.mark.parametrize(
    "text",
    ["a: 1\na: 2", "a: &x 1", "a: !!str 1", "a:\n  <<: {}", "a: 1\n---\nb: 2", "", "a: .nan", "? [a]\n: 1", "a: [",
     "x: " + "[" * 60 + "]" * 60, "a: " + "1" * 40, "? &x a\n: 1", "a: \x01"],
)  # fmt: skip
def test_what_the_reader_refuses_has_both_languages(text: str) -> None:
    """File and line, then Chinese, then English."""
    with pytest.raises(StrictYamlError) as caught:
        loads(text, "f.yaml")
    for fault in caught.value.faults:
        assert re.search("[一-鿿]", fault.zh)
        assert re.search("[a-z]", fault.en)
        assert str(fault).endswith(f" {fault.zh} / {fault.en}")
        assert fault.reason == fault.en
