"""The table of an application's moves, and its applicant's key."""

from __future__ import annotations

import pytest

from services.intake.applicants import applicant_key
from services.intake.statuses import MOVES, Status, before
from services.intake.told import UNTOLD
from shared.contracts.events import FINAL_STATUSES

pytestmark = pytest.mark.unit


def test_every_status_has_its_moves() -> None:
    """No status is forgotten in the table."""
    assert set(MOVES) == set(Status)


def test_an_end_is_an_end_but_for_a_revoked_award() -> None:
    """Nothing leads out of a final status, except from awarded to revoked, and back to whoever takes an application back
    whose outcome nobody has been told yet.
    """
    ends = {Status(word) for word in FINAL_STATUSES}
    unpublished = {Status(word): frozenset({Status.WITHDRAWN}) for word in UNTOLD}
    assert {s: MOVES[s] for s in ends if MOVES[s]} == {
        Status.AWARDED: frozenset({Status.REVOKED}),
        **unpublished,
    }


@pytest.mark.parametrize("status", Status)
def test_before_is_the_inverse_of_the_table(status: Status) -> None:
    """The condition of the UPDATE and the table say the same."""
    assert set(before(status)) == {old for old in Status if status in MOVES[old]}


def _blind(number: str) -> str:
    return f"blind{len(number)}"


def test_an_organization_and_a_project_are_their_code() -> None:
    """A ban on an organization also bars its projects."""
    assert applicant_key("organization", "C", "甲", None, _blind) == applicant_key(
        "project", "C", "乙", None, _blind
    )


def test_two_people_of_one_employer_are_two_applicants() -> None:
    """Told apart by number, or by name where no number is given; the number itself is not in the key."""
    by_number = applicant_key("individual", "C", "甲", "11010519491231002X", _blind)
    by_name = applicant_key("individual", "C", "甲", None, _blind)
    other = applicant_key("individual", "C", "乙", None, _blind)
    assert len({by_number, by_name, other}) == 3
    assert "11010519491231002X" not in by_number
