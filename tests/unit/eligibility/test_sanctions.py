"""What events after an award bring."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.sanctions import consequence
from shared.rulebooks import library

pytestmark = pytest.mark.unit

RULEBOOK = library().get("changning-2023")


@pytest.mark.parametrize(
    ("event", "rule", "orders", "until"),
    [
        (
            "fraud",
            "34",
            ("revoke", "recall_certificate", "clawback", "report_to_credit_platform"),
            date(2031, 5, 1),
        ),
        ("major_accident", "35", ("revoke", "recall_certificate", "clawback"), date(2031, 5, 1)),
        ("major_matter", "35", ("revoke", "recall_certificate", "clawback"), date(2031, 5, 1)),
        ("title_misuse", "33", ("correct_title_use",), None),
    ],
)
def test_consequences(event: str, rule: str, orders: tuple[str, ...], until: date | None) -> None:
    """Articles 33, 34, 35: revocation with its orders and a ban of five years, or an order alone."""
    follows = consequence(RULEBOOK, event, date(2026, 5, 1))
    assert follows is not None
    assert (follows.rule, follows.orders, follows.banned_until) == (rule, orders, until)
    assert follows.revokes is follows.claws_back is (until is not None)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_a_ban_ends_on_the_same_date_five_years_on(day: date) -> None:
    """Of every day of the calendar; the one day that five years later is none ends a day earlier."""
    follows = consequence(RULEBOOK, "major_matter", day)
    assert follows is not None
    until = follows.banned_until
    assert until is not None
    leap = (day.month, day.day) == (2, 29)
    assert (until.year, until.month, until.day) == (day.year + 5, day.month, 28 if leap else day.day)


def test_a_ban_from_a_leap_day_ends_on_the_28th() -> None:
    """29 February plus five years is 28 February where the year has none."""
    follows = consequence(RULEBOOK, "fraud", date(2028, 2, 29))
    assert follows is not None
    assert follows.banned_until == date(2033, 2, 28)


def test_what_the_rulebook_does_not_name_has_no_consequence() -> None:
    """No sanction is invented."""
    assert consequence(RULEBOOK, "rudeness", date(2026, 5, 1)) is None
