"""What a voter's browser carries: sealed, for a while, and nothing that somebody else could read or make."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.ballot_box.identities import LONGEST
from services.gateway.polling.visits import Done, Going, Seal, Visit, Voter

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = int((NOW + timedelta(minutes=10)).timestamp())
SEAL = Seal(b"k" * 32)
VISITS: list[Visit] = [
    Going("c1", "vote", UNTIL, "state", "nonce", "verifier"),
    Voter("c1", "vote", UNTIL, "a.b.c"),
    Done("c1", "vote", UNTIL, "0" * 32, first=True),
]
_EACH = pytest.mark.parametrize("visit", VISITS, ids=lambda visit: type(visit).__name__)


@_EACH
def test_what_is_sealed_comes_back_until_its_moment(visit: Visit) -> None:
    text = SEAL.shut(visit)
    assert SEAL.open(text, NOW) == visit
    assert SEAL.open(text, NOW + timedelta(minutes=10)) is None


@_EACH
def test_nobody_reads_or_changes_it(visit: Visit) -> None:
    """Another key, a bit that was changed, a piece: nothing of ours."""
    text = SEAL.shut(visit)
    assert Seal(b"x" * 32).open(text, NOW) is None
    raw = bytearray(base64.urlsafe_b64decode(text))
    assert b"c1" not in raw
    for place in (0, 12, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert SEAL.open(base64.urlsafe_b64encode(changed).decode(), NOW) is None
    assert SEAL.open(text[:-8], NOW) is None


@given(st.text(max_size=200))
def test_whatever_a_browser_sends_is_ours_or_nothing(text: str) -> None:
    assert SEAL.open(text, NOW) is None


def test_the_longest_assertion_that_a_box_takes_fits_a_cookie() -> None:
    """A browser keeps 4096 characters, name and terms included."""
    visit = Voter("c" * 64, "s" * 60, UNTIL, "x" * LONGEST)
    assert SEAL.open(SEAL.shut(visit), NOW) == visit
    with pytest.raises(ValueError, match="cookie"):
        SEAL.shut(Voter("c1", "vote", UNTIL, "x" * 2 * LONGEST))


def test_it_counts_for_its_own_vote() -> None:
    for visit in VISITS:
        assert visit.is_for("c1", "vote")
        assert not visit.is_for("c1", "other")
        assert not visit.is_for("c2", "vote")


def test_no_secret_is_in_a_repr() -> None:
    told = repr(Going("c", "v", UNTIL, "sss", "nnn", "vvv")) + repr(Voter("c", "v", UNTIL, "aaa", "iii"))
    assert not any(secret in told for secret in ("sss", "nnn", "vvv", "aaa", "iii"))


def test_orders_are_each_visit_s_own_and_every_order_comes() -> None:
    """Three entries have six orders; each visit keeps its own."""
    applications = ["a1", "a2", "a3"]
    visits = [Voter("c", "v", UNTIL, "x") for _ in range(200)]
    orders = [tuple(visit.order(applications)) for visit in visits]
    assert len(set(orders)) == 6
    assert orders == [tuple(visit.order(applications[::-1])) for visit in visits]
