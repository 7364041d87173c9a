"""New ids and named digests."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import FixedClock
from shared.identifiers import (
    IdMaker,
    canonical_array,
    canonical_json,
    canonical_json_of_text_keys,
    digest,
    digest_bytes,
    new_id,
)
from shared.identifiers.digests import UnknownDigestError, matches
from shared.rulebooks import Outcome, Peer

INSTANT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_ids_are_uuid_seven() -> None:
    """Version and variant bits are those of RFC 9562, the time in front is the clock's."""
    made = uuid.UUID(hex=IdMaker(FixedClock(INSTANT))())
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == int(INSTANT.timestamp() * 1000)


def test_ids_rise_while_the_clock_stands_still_or_goes_back() -> None:
    """Order of making is order of sorting within a process, whatever the clock does."""
    clock = FixedClock(INSTANT)
    maker = IdMaker(clock)
    made = [maker() for _ in range(5000)]
    clock.move(timedelta(seconds=-5))
    made += [maker() for _ in range(10)]
    assert made == sorted(set(made))


def test_ids_are_plain_hex() -> None:
    """32 lower-case hex digits: fits every identifier field and every file name."""
    assert len(new_id()) == 32
    assert set(new_id()) <= set("0123456789abcdef")


def test_canonical_json_is_one_text_for_one_value() -> None:
    """Order of keys, kind of sequence and the type of a year's key make no difference."""
    one = {"b": [1, "长"], "a": {2022: date(2025, 6, 13)}, "c": {"x", "y"}, "d": Decimal("1.50")}
    other = {"d": Decimal("1.50"), "c": {"y", "x"}, "a": {"2022": "2025-06-13"}, "b": (1, "长")}
    assert canonical_json(one) == canonical_json(other)
    assert digest(one) == digest(other)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT, st.dates(),
    st.datetimes(), st.decimals(allow_nan=False, allow_infinity=False), st.fractions(), st.sampled_from(Outcome),
)  # fmt: skip
KEYS = st.one_of(TEXT, st.sampled_from(Outcome))
VALUES = st.recursive(
    st.one_of(
        SCALARS, st.frozensets(st.one_of(TEXT, st.dates())), st.sets(st.integers()),
        st.builds(Peer, TEXT, TEXT, st.integers(), st.none() | TEXT),
    ),
    lambda inner: st.one_of(
        st.lists(inner), st.tuples(inner, inner), st.dictionaries(KEYS, inner),
        st.dictionaries(KEYS, inner).map(MappingProxyType),
    ),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_text_keys_are_written_as_any_keys_are(value: object) -> None:
    """Whatever the value is made of: the quick way gives the same bytes where all keys are text."""
    assert canonical_json_of_text_keys(value) == canonical_json(value)


@given(st.lists(st.one_of(st.integers(), st.dates())))
def test_an_array_put_together_from_parts_is_the_array(value: list[object]) -> None:
    """Whoever wrote its items."""
    assert canonical_array(map(canonical_json, value)) == canonical_json(value)


def test_digests_carry_their_algorithm() -> None:
    """The known values of the empty text, under both names."""
    assert digest_bytes(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_bytes(b"abc", "sm3") == (
        "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert matches(digest_bytes(b"x", "sm3"), b"x")
    assert not matches(digest_bytes(b"x"), b"y")


@pytest.mark.parametrize("named", ["md5:00", "00", ""])
def test_an_unknown_algorithm_is_an_error(named: str) -> None:
    """Never another algorithm in silence."""
    with pytest.raises(UnknownDigestError):
        matches(named, b"")


@pytest.mark.parametrize("value", [object(), float("nan"), {1.5: "x"}, b"bytes"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """A digest over it would not be the same tomorrow."""
    with pytest.raises((TypeError, ValueError)):
        digest(value)
