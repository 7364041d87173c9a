"""Slips: codes, boxes, counting; and a ballot held against what its member may choose."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.ballots import Tally
from services.committee.choices import checked
from services.committee.slips import (
    CODE,
    CodeTakenError,
    by_choice,
    code_of,
    counted,
    new_code,
    put,
    taken_out,
)

pytestmark = pytest.mark.unit

CHOICES = ("for", "against", "abstain", "recused")
NONCE = "00112233445566778899aabbccddeeff"
codes = st.integers(min_value=0, max_value=2**128 - 1).map(lambda number: f"{number:032x}")


def test_anybody_can_work_out_the_code_of_its_own_slip() -> None:
    """With any program that knows SHA-256; 128 bits of it."""
    said = sha256(f"c1/2/a1/{NONCE}".encode("ascii")).hexdigest()[:32]
    assert code_of("c1", 2, "a1", NONCE) == said
    assert len(said) * 4 == CODE * 4 == 128


def test_no_two_slips_of_one_member_look_alike() -> None:
    """Not across candidates, not across ballots, not across cycles; and a code that the server draws is no second one."""
    places = [(c, n, a) for c in ("c1", "c2") for n in (1, 2) for a in ("a1", "a2")]
    assert len({code_of(*place, NONCE) for place in places} | {new_code(), new_code()}) == len(places) + 2


@given(st.dictionaries(codes, st.sampled_from(CHOICES), max_size=30), st.randoms())
def test_a_box_is_the_same_whatever_order_the_slips_came_in(slips: dict[str, str], order: object) -> None:
    """Sorted by code: it tells who was first to nobody, and all that was put in comes out."""
    one, other = "", ""
    shuffled = list(slips.items())
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for code, choice in slips.items():
        one = put(one, code, choice)
    for code, choice in shuffled:
        other = put(other, code, choice)
    assert one == other
    assert taken_out(one) == slips
    assert {c: len(found) for c, found in by_choice(slips).items()} == {
        c: list(slips.values()).count(c) for c in CHOICES
    }


def test_a_code_lies_in_a_box_once() -> None:
    """Two members with one number would have one slip."""
    box = put("", NONCE, "for")
    with pytest.raises(CodeTakenError):
        put(box, NONCE, "against")


@pytest.mark.parametrize("line", ["", "x f", f"{NONCE}", f"{NONCE} y", f"{NONCE} f\n{NONCE} a"])
def test_what_is_no_slip_is_not_counted_silently(line: str) -> None:
    """An empty box holds nothing; anything else that is no slip raises."""
    if not line:
        assert taken_out(line) == {}
    else:
        with pytest.raises(ValueError, match="no slip"):
            taken_out(line)


@given(st.lists(st.sampled_from(CHOICES)), st.integers(min_value=0, max_value=9))
def test_counters_add_up_to_the_slips_and_those_who_stood_aside(choices: list[str], aside: int) -> None:
    """Nothing is lost between them."""
    tally = counted(choices, aside)
    assert tally == Tally(
        choices.count("for"),
        choices.count("against"),
        choices.count("abstain"),
        choices.count("recused") + aside,
    )


def _check(
    *lines: tuple[str, str], aside: str = "", undeclared: bool = False
) -> tuple[dict[str, str], list[str]]:
    found, errors = checked(
        [{"application_id": a, "choice": choice} for a, choice in lines],
        asked=("a", "b", "w"),
        here=("a", "b"),
        aside=set(aside),
        undeclared=undeclared,
    )
    return found, [error.field for error in errors]


def test_a_ballot_answers_every_candidate_that_is_still_there() -> None:
    """One withdrawn may be answered and does not count; none twice, none in part, none of another ballot."""
    full = (("a", "for"), ("b", "against"))
    assert _check(*full) == ({"a": "for", "b": "against"}, [])
    assert _check(*full, ("w", "for")) == ({"a": "for", "b": "against"}, [])
    assert _check(("a", "for"))[1] == ["choices"]
    assert _check(*full, ("a", "for"))[1] == ["choices.2.application_id"]
    assert _check(*full, ("z", "for"))[1] == ["choices.2.application_id"]


def test_who_stands_aside_carries_no_choice() -> None:
    """It may leave the line out or say that it stands aside; nothing of it comes into the box."""
    assert _check(("b", "for"), aside="a") == ({"b": "for"}, [])
    assert _check(("a", "recused"), ("b", "for"), aside="a") == ({"b": "for"}, [])
    for choice in ("for", "against", "abstain"):
        assert _check(("a", choice), ("b", "for"), aside="a")[1] == ["choices.0.choice"]


def test_nobody_stands_aside_by_its_ballot_but_in_a_rehearsal() -> None:
    """Else a slip with that mark would be the slip of whoever declared nothing."""
    assert _check(("a", "recused"), ("b", "for"))[1] == ["choices.0.choice"]
    assert _check(("a", "recused"), ("b", "for"), undeclared=True) == ({"a": "recused", "b": "for"}, [])
