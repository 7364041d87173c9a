"""When messages go out: quiet hours, pauses, reminders, the release of results; and the states of a delivery."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications import letters
from services.notifications.releases import is_out, release_stage
from services.notifications.schedule import Terms, after_quiet, claim_of
from services.notifications.states import DECISIONS, MOVES, Announced, Delivery, before, before_decision
from shared.clock import SHANGHAI
from shared.rulebooks import library

pytestmark = pytest.mark.unit


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-06-16T{text}:00+08:00")


@pytest.mark.parametrize(
    ("now", "quiet", "sent"),
    [
        ("12:00", ("22:00", "07:00"), "2025-06-16T12:00:00+08:00"),
        ("21:59", ("22:00", "07:00"), "2025-06-16T21:59:00+08:00"),
        ("22:00", ("22:00", "07:00"), "2025-06-17T07:00:00+08:00"),
        ("06:59", ("22:00", "07:00"), "2025-06-16T07:00:00+08:00"),
        ("07:00", ("22:00", "07:00"), "2025-06-16T07:00:00+08:00"),
        ("12:30", ("12:00", "14:00"), "2025-06-16T14:00:00+08:00"),
        ("14:00", ("12:00", "14:00"), "2025-06-16T14:00:00+08:00"),
        ("12:30", ("12:00", "12:00"), "2025-06-16T12:30:00+08:00"),
        ("12:30", (None, None), "2025-06-16T12:30:00+08:00"),
    ],
)
def test_nothing_leaves_in_quiet_hours(now: str, quiet: tuple[str | None, str | None], sent: str) -> None:
    """It waits for their end; hours may go over midnight."""
    assert after_quiet(_at(now), *quiet) == datetime.fromisoformat(sent)


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_pause_grows_and_is_never_none(attempts: int, chance: float) -> None:
    """Twice as long each time up to six hours, less up to half."""
    whole = min(60.0 * 2 ** (attempts - 1), 6 * 3600.0)
    pause = Terms(8, 60.0).pause(attempts, chance).total_seconds()
    assert whole / 2 - 0.001 <= pause <= whole + 0.001


def test_reminders_are_at_a_full_hour_before_a_day() -> None:
    found = letters.reminders(date(2025, 6, 20), (0, 2, 2, -1), 9)
    assert [moment.isoformat() for moment in found] == [
        "2025-06-18T09:00:00+08:00", "2025-06-20T09:00:00+08:00", "2025-06-21T09:00:00+08:00",
    ]  # fmt: skip


def test_a_correction_reminds_of_no_day_that_is_gone() -> None:
    """Returned the day before its last day: once now, once on that day."""
    data: dict[str, Any] = {
        "cycle_id": "c1", "application_id": "a1", "due_on": date(2025, 6, 17),
        "people": [{"subject": "anna", "part": "lead"}],
    }  # fmt: skip
    made = letters.correction(data, (2, 0), _at("10:00"), 9)
    assert [(each.template, each.at) for each in made] == [
        ("correction_asked", None),
        ("correction_due", datetime(2025, 6, 17, 9, tzinfo=SHANGHAI)),
    ]


def test_results_are_out_after_the_last_public_notice() -> None:
    """Or after the committee where no notice follows; and where the list is approved after its notice, not before that."""
    day = date(2025, 7, 1)
    for name in library().ids():
        book = library().get(name)
        stage = release_stage(book)
        kinds = {each.key: each.kind for each in book.stages}
        assert stage is not None
        assert kinds[stage] in ("notice", "committee")
        later = [each.kind for each in book.stages][list(kinds).index(stage) + 1 :]
        assert not {"notice", "committee"} & set(later)
        assert not is_out(book, None, day)
        assert is_out(book, day, day)
        late = book.approval is not None and book.approval.when == "after_notice"
        assert is_out(book, day, None) is not late


@pytest.mark.parametrize("state", Delivery)
def test_a_delivery_moves_by_its_table_alone(state: Delivery) -> None:
    """What was sent is sent; nothing is sent that was not claimed; what was given up or is uncertain may be tried again."""
    assert before(state) == tuple(old.value for old in Delivery if state in MOVES[old])
    assert not MOVES[Delivery.SENT]
    assert set(before(Delivery.SENDING)) == {"waiting"}
    assert set(before(Delivery.SENT)) == set(before(Delivery.FAILED)) == {"sending", "uncertain"}
    assert set(before(Delivery.UNCERTAIN)) == {"sending"}
    assert set(before(Delivery.WAITING)) == {"sending", "failed", "uncertain"}


@pytest.mark.parametrize("state", Announced)
def test_an_announcement_is_decided_once(state: Announced) -> None:
    assert before_decision(state) == (() if state is Announced.PROPOSED else ("proposed",))
    assert set(DECISIONS) == set(Announced)


def test_a_claim_lasts_longer_than_any_sending() -> None:
    """A quarter of an hour, or twenty steps that each take their whole time."""
    assert (claim_of(10.0), claim_of(60.0)) == (900.0, 1200.0)


def test_the_longest_pause_is_six_hours() -> None:
    assert Terms(20, 60.0).pause(20, 0.0) == timedelta(hours=6)
