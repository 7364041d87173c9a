"""A ballot read: what it may choose, and when; every refusal names its field."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.gateway.ballot_box.ballots import Vote
from services.gateway.errors import BadRequest
from shared.clock import SHANGHAI
from shared.problems import Conflict, Invalid

OPENS = datetime(2025, 6, 18, 9, 0, tzinfo=SHANGHAI)
CLOSES = datetime(2025, 6, 26, 0, 0, tzinfo=SHANGHAI)


def reply(**changes: Any) -> dict[str, Any]:
    names = {"a": 3, "b": 1, "c": 2}
    return {
        "cycle_id": "c1", "stage": "social_evaluation", "vote_id": "v1", "held": "here", "state": "open",
        "opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat(), "choices_at_most": 2, "key_id": None,
        "entries": [{"number": n, "application_id": a, "name": a.upper()} for a, n in names.items()],
    } | changes  # fmt: skip


@pytest.fixture
def vote() -> Vote:
    found = Vote.of(reply())
    assert found is not None
    return found


def test_a_ballot_is_kept_as_the_numbers_of_its_entries_in_order(vote: Vote) -> None:
    """So that two ballots with the same choices are the same text, in whatever order they came."""
    assert vote.choices(b'{"choices": ["a", "b"]}') == vote.choices(b'{"choices": ["b", "a"]}') == "1,3"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "choices"),
        (b'{"choices": "a"}', "choices"),
        (b'{"choices": [1]}', "choices"),
        (b'{"choices": []}', "choices"),
        (b'{"choices": ["a", "b", "c"]}', "choices"),
        (b'{"choices": ["a", "x"]}', "choices.1"),
        (b'{"choices": ["a", "a"]}', "choices.1"),
        (b'{"choices": ["a"], "name": "me"}', "name"),
    ],
)
def test_what_is_wrong_with_a_ballot_is_named(vote: Vote, body: bytes, field: str) -> None:
    """No entry, too many, one that is not there (any more), one twice, a field that nobody asked for."""
    with pytest.raises(Invalid) as refused:
        vote.choices(body)
    assert [error.field for error in refused.value.errors] == [field]
    assert all(error.reason_zh and error.reason_en for error in refused.value.errors)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"choices": [], "choices": []}'])
def test_what_is_no_json_object_is_no_ballot(vote: Vote, body: bytes) -> None:
    """Read as strictly as everywhere."""
    with pytest.raises(BadRequest):
        vote.choices(body)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (OPENS - timedelta(microseconds=1), "vote_not_open"),
        (CLOSES, "vote_closed"),
        (CLOSES + timedelta(days=1), "vote_closed"),
    ],
)
def test_a_ballot_outside_the_window_is_refused(vote: Vote, now: datetime, code: str) -> None:
    """The first instant of the window is inside, the instant at which it closes is not."""
    with pytest.raises(Conflict) as refused:
        vote.require_open(now)
    assert refused.value.code == code
    vote.require_open(OPENS)
    vote.require_open(CLOSES - timedelta(microseconds=1))


@pytest.mark.parametrize("changes", [{"held": "elsewhere"}, {"vote_id": None}, {"closes_at": None}])
def test_a_vote_that_is_not_held_here_or_not_opened_is_none(changes: dict[str, Any]) -> None:
    """Its address is that of nothing."""
    assert Vote.of(reply(**changes)) is None
