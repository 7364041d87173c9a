"""The public's vote on both databases: who takes part, what is entered, what is handed on; and branches beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.review import experts
from services.review.scoring import sheets
from services.review.seating import lists
from services.review.stages import conductor
from services.review.votes import by_hand
from shared.problems import Conflict, Invalid, NotFound
from shared.rulebooks import library
from tests.support.rooms import CLOSES, Room

pytestmark = pytest.mark.integration

# The one installed rulebook in which categories part ways.
BOOK = next(
    book
    for book in map(library().get, library().ids())
    if any(stage.kind == "social_evaluation" for stage in book.stages)
)
VISIT, VOTE = (stage for phase in BOOK.procedure for stage in phase.stages if len(phase.stages) > 1)
VISITED, VOTED = (stage.categories or () for stage in (VISIT, VOTE))
BEFORE = [stage.key for stage in BOOK.stages[: BOOK.stages.index(VISIT)]]
LAST, BEGIN, END = date(2025, 6, 17), date(2025, 6, 18), date(2025, 6, 24)


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    made = Room("review", database_url, conductor, rulebook=BOOK)
    made.accept("a1", 1, category=VISITED[0])
    made.accept("a2", 2, category=VOTED[0])
    made.accept("a3", 3, category=VOTED[1])
    yield made
    made.desk.close()


def come_so_far(room: Room, *names: str) -> None:
    """Every stage before the branches is closed, by whoever owns it."""
    for key in BEFORE:
        room.hand_over(
            key, LAST if key != "submission" else CLOSES, names, {n: {"score": "70.00"} for n in names}
        )


def record(room: Room, on: date = BEGIN, **votes: int) -> None:
    lines = [{"application_id": name, "votes": number} for name, number in votes.items()]
    data = {"stage": VOTE.key, "votes": lines}
    room.ask("record_social_votes", lambda w, d: by_hand.record(w, conductor, d), data, on=on)


def test_both_branches_are_planned_with_their_own_entrants(room: Room) -> None:
    """Each category takes its own way, on the same day."""
    come_so_far(room, "a1", "a2", "a3")
    told = [each for each in room.desk.told("stage.planned") if each["stage"] not in BEFORE]
    assert {each["stage"]: (each["begins_on"], each["entrants"]) for each in told} == {
        VISIT.key: (BEGIN, ["a1"]),
        VOTE.key: (BEGIN, ["a2", "a3"]),
    }


def test_the_vote_lasts_its_working_days_and_its_counts_are_handed_on(room: Room) -> None:
    """A later entry replaces an earlier one; who got none carries none; the score stays what it was."""
    come_so_far(room, "a1", "a2", "a3")
    assert room.begin(VOTE.key, BEGIN)["ends_on"] == str(END)
    record(room, a2=5)
    record(room, a2=18230)
    with pytest.raises(Conflict):
        room.close(VOTE.key, END.replace(day=END.day - 1))
    room.close(VOTE.key, END)
    (closing,) = room.closings(VOTE.key)
    assert {a: (line["passed"], line["carried"]) for a, line in closing.items()} == {
        "a2": (True, {"social_votes": 18230}),
        "a3": (True, {}),
    }


@pytest.mark.parametrize(
    ("votes", "error"), [({"a1": 5}, Invalid), ({"nobody": 5}, Invalid), ({"a2": -1}, Invalid)]
)
def test_votes_for_somebody_the_public_is_not_asked_about_are_refused(
    room: Room, votes: dict[str, int], error: type[Exception]
) -> None:
    """One of another branch, one unknown, less than nothing: named, and nothing is entered."""
    come_so_far(room, "a1", "a2", "a3")
    room.begin(VOTE.key, BEGIN)
    with pytest.raises(error, match=r"votes\.0|application"):
        record(room, **votes)


def test_votes_are_taken_only_while_the_vote_runs(room: Room) -> None:
    """Neither before it nor after it, nor in a stage of another kind."""
    come_so_far(room, "a1", "a2", "a3")
    with pytest.raises(Conflict):
        record(room, a2=1)
    room.begin(VOTE.key, BEGIN)
    room.close(VOTE.key, END)
    with pytest.raises(Conflict):
        record(room, on=END, a2=1)
    data: dict[str, Any] = {"stage": VISIT.key, "votes": [{"application_id": "a1", "votes": 1}]}
    with pytest.raises(NotFound):
        room.ask("record_social_votes", lambda w, d: by_hand.record(w, conductor, d), data, on=BEGIN)


def test_a_blocked_branch_does_not_hold_the_other(room: Room) -> None:
    """No panel can be formed for the visit; the public votes all the same, and the visit may begin later."""
    come_so_far(room, "a1", "a2", "a3")
    blocked = room.begin(VISIT.key, BEGIN)
    assert (blocked["state"], blocked["blocked"]["stage"]) == ("planned", VISIT.key)
    room.begin(VOTE.key, BEGIN)
    room.close(VOTE.key, END)
    pool = [{"expert_id": f"E{n}"} for n in range(1, 4)]
    room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool}, on=END)
    assert room.begin(VISIT.key, END)["state"] == "begun"
    panels = room.ask("panels", lambda w, d: lists.listed(w, conductor, d), {})["panels"]
    assert [(panel["stage"], panel["category"], panel["size"]) for panel in panels] == [
        (VISIT.key, VISITED[0], 3)
    ]
    for assignment in panels[0]["assignments"]:
        sheet = {"stage": VISIT.key, "application_id": "a1", "percent": "60"}
        room.ask(
            "submit_sheet", lambda w, d: sheets.submit(w, conductor, d), sheet, "reviewer",
            assignment["expert_id"], END,
        )  # fmt: skip
    assert room.close(VISIT.key, END)["state"] == "closed"


def test_a_branch_that_everybody_has_left_is_not_waited_for(database_url: str) -> None:
    """The one of the visit withdraws after the vote is over: the committee can meet, nobody closed the visit."""
    from services.committee.stages import conductor as committee

    hall = Room("committee", database_url, committee, rulebook=BOOK)
    hall.accept("a1", 1, category=VISITED[0])
    hall.accept("a2", 2, category=VOTED[0])
    come_so_far(hall, "a1", "a2")
    hall.hand_over(VOTE.key, END, ["a2"], {"a2": {"social_votes": 7}})
    assert hall.desk.told("stage.planned") == []
    hall.withdraw("a1")
    (planned,) = hall.desk.told("stage.planned")
    assert (planned["stage"], planned["entrants"]) == ("committee", ["a2"])
    hall.desk.close()
