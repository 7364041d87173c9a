"""JSON bodies: what could be read in two ways is refused, each with a code of its own."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.body import DEEPEST, check_content_type, read_json
from services.gateway.errors import BadRequest, WrongContentType

REFUSED = [
    (b"", "not_json"),
    (b"{", "not_json"),
    (b"{} {}", "not_json"),
    (b"{'a': 1}", "not_json"),
    (b'{"a": 01}', "not_json"),
    (b'{"a": 1,}', "not_json"),
    (b'{"a": "\n"}', "not_json"),
    (b"\xef\xbb\xbf{}", "not_json"),
    (b"\xff\xfe{\x00}\x00", "not_utf8"),
    (b'{"a": "\xc3\x28"}', "not_utf8"),
    (b'{"a": 1, "a": 1}', "duplicate_key"),
    (b'{"a": {"b": 1, "b": 2}}', "duplicate_key"),
    (b'{"a": 1, "\\u0061": 2}', "duplicate_key"),
    (b'{"a": NaN}', "not_a_number"),
    (b'{"a": Infinity}', "not_a_number"),
    (b'{"a": -Infinity}', "not_a_number"),
    (b'{"a": 1e999}', "number_too_large"),
    (b'{"a": ' + b"9" * 5000 + b"}", "number_too_long"),
    (b'{"a": "\\ud800"}', "half_character"),
    (b'{"\\udfff": 1}', "half_character"),
    (b'{"a": "\\u0000"}', "control_character"),
    (b'{"a": ["x\\u001b[31m"]}', "control_character"),
    (b"[]", "not_an_object"),
    (b"null", "not_an_object"),
    (b'"text"', "not_an_object"),
    (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
    (b'{"a":' + b"[" * 200_000, "too_deep"),
]


@pytest.mark.parametrize(("raw", "code"), REFUSED, ids=[f"{code}-{n}" for n, (_, code) in enumerate(REFUSED)])
def test_a_body_that_is_not_plain_json_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_json(raw)
    assert caught.value.code == code
    assert caught.value.detail_zh
    assert caught.value.detail_en


def test_the_deepest_that_is_allowed_is_read() -> None:
    lists = DEEPEST - 1
    assert "a" in read_json(b'{"a":' + b"[" * lists + b"]" * lists + b"}")
    with pytest.raises(BadRequest, match="deeper"):
        read_json(b'{"a":' + b"[" * (lists + 1) + b"]" * (lists + 1) + b"}")


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(_TEXT, _VALUES, max_size=4))
def test_what_is_plain_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail_in_another_way(raw: bytes) -> None:
    """Whatever comes, it is read or refused; a fault of ours it never is."""
    with suppress(BadRequest):
        assert isinstance(read_json(raw), dict)


@pytest.mark.parametrize(
    "good", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf8_is_the_content_type(good: str) -> None:
    check_content_type(good)


@pytest.mark.parametrize(
    "bad",
    ["", "text/plain", "application/json; charset=gbk", "application/x-www-form-urlencoded", "text/json"],
)
def test_another_content_type_is_refused(bad: str) -> None:
    with pytest.raises(WrongContentType):
        check_content_type(bad)
