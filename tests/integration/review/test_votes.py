"""A vote that is held here, on both databases: its window, its log, its count, and who sees what of it when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from services.review import models
from services.review.stages import conductor
from services.review.votes import by_hand, counting, log, recount, vote
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context, dump, event, load
from shared.contracts.events import BallotsCast
from shared.contracts.operations import OPERATIONS
from shared.identifiers import new_id
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.rulebooks import library
from shared.store import Receipt
from tests.support.rooms import CLOSES, CYCLE, Room

pytestmark = pytest.mark.integration

BOOK = next(
    book
    for book in map(library().get, library().ids())
    if any(stage.vote is not None for stage in book.stages)
)
VOTE = next(stage for stage in BOOK.stages if stage.vote is not None)
VOTED = VOTE.categories or ()
BEFORE = [stage.key for stage in BOOK.stages[: BOOK.stages.index(VOTE)] if stage.key != "site_review"]
LAST, BEGIN = date(2025, 6, 17), date(2025, 6, 18)
# Wednesday is no whole day any more; five working days from Thursday on end on Wednesday.
END = date(2025, 6, 25)
KEY = "0123456789abcdef"
SETTLE, PATIENCE = timedelta(seconds=120), timedelta(hours=24)


class Hall(Room):
    """The service with a real cycle that has come to its vote; the clock is moved by hand."""

    def __init__(self, url: str, *, rehearsal: bool = False) -> None:
        self.clock = FixedClock(at(BEGIN, 9))
        super().__init__("review", url, conductor, rulebook=BOOK, rehearsal=rehearsal, clock=self.clock)
        for number, name in enumerate(("a1", "a2", "a3"), start=1):
            self.accept(name, number, category=VOTED[0])
        for key in BEFORE:
            self.hand_over(
                key, LAST if key != "submission" else CLOSES, ["a1", "a2", "a3"],
                {n: {"score": "70.00"} for n in ("a1", "a2", "a3")},
            )  # fmt: skip
        self.number = 0

    def state(self, **changes: Any) -> dict[str, Any]:
        return self.ask(
            "voting",
            lambda w, d: vote.voting(w, conductor, d),
            {"stage": VOTE.key, **changes},
            "award_office",
        )

    def ask(self, method: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if method in {"voting", "counted"}:  # asked by anybody: the role is that of whoever asks
            handler, data = args[:2]
            contract = OPERATIONS[f"review.{method}"]
            given = {**({"cycle_id": CYCLE} if method == "voting" else {}), **data}
            with self.desk.work("public", "anonymous") as work:
                return dump(contract.reply(), handler(work, load(contract.request(), given)))
        return super().ask(method, *args, **kwargs)

    def open(self) -> dict[str, Any]:
        self.begin(VOTE.key, on=None)  # type: ignore[arg-type]
        return self.state()

    def cast(
        self,
        *ballots: str,
        box: str = "b1",
        number: int | None = None,
        message: str | None = None,
        **changes: Any,
    ) -> str:
        """A message of a ballot box, as the bus brings it."""
        self.number += number is None
        data = {
            "vote_id": self.state()["vote_id"], "key_id": KEY, "box": box, "number": number or self.number,
            "accepted_at": self.clock.now().isoformat(), "ballots": list(ballots), "origins": {"203.0.113.0/24": len(ballots)},
            **changes,
        }  # fmt: skip
        message_id = message or new_id()
        loaded = load(event(BallotsCast.NAME, 1)(), data)
        with self.desk.store.transaction() as tx:
            if tx.claim("review.ballots", [message_id]):
                receipt = Receipt("ballot_box", BallotsCast.NAME, "sha256:0")
                log.add(tx.work(Context(message_id=message_id), receipt=receipt), message_id, loaded)
        return message_id

    def count(self) -> None:
        with self.desk.work() as work:
            counting.count_those_over(work, settle=SETTLE, patience=PATIENCE)

    def end(self) -> None:
        """The window is over, and all that was cast has had its time to come."""
        self.clock.instant = at(END + timedelta(days=1), 0) + SETTLE
        self.count()

    def results(self) -> dict[str, Any]:
        return self.ask("vote_results", lambda w, d: counting.results(w, conductor, d), {"stage": VOTE.key})

    def rows(self, table: Any) -> Sequence[Any]:
        with self.desk.store.read() as work:
            return work.session.execute(select(table)).all()

    def recount(self) -> recount.Recount:
        (found,) = recount.all_votes(self.desk.store)
        return found


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def voter(number: int) -> str:
    return f"{number:032x}"


def ballot(number: int, *choices: int) -> str:
    return f"{voter(number)}:{','.join(map(str, choices))}"


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    made = Hall(database_url)
    yield made
    made.desk.close()


def test_the_open_votes_are_those_that_take_ballots_now(hall: Hall) -> None:
    """Not before the first moment, and not from the first one at which none is taken."""

    def names() -> list[str]:
        contract = OPERATIONS["review.open_votes"]
        with hall.desk.work("public", "anonymous") as work:
            return [each["cycle_id"] for each in dump(contract.reply(), vote.open_now(work))["votes"]]

    assert names() == []
    hall.open()
    assert names() == [CYCLE]
    hall.clock.instant = at(END + timedelta(days=1), 0)
    assert names() == []


def test_a_vote_is_open_for_its_working_days_at_least(hall: Hall) -> None:
    """From the moment at which the office begins it, until the midnight after the last of five whole working days."""
    assert hall.state()["state"] == "waiting"
    opened = hall.open()
    assert (opened["held"], opened["state"], opened["choices_at_most"]) == ("here", "open", 5)
    assert datetime.fromisoformat(opened["opens_at"]) == at(BEGIN, 9)
    assert datetime.fromisoformat(opened["closes_at"]) == at(END + timedelta(days=1), 0)
    assert {(e["number"], e["application_id"]) for e in opened["entries"]} == {
        (1, "a1"),
        (2, "a2"),
        (3, "a3"),
    }
    hall.clock.instant = at(END + timedelta(days=1), 0)
    assert hall.state()["state"] == "over"


def test_the_entries_stand_in_another_order_each_time(hall: Hall) -> None:
    """Nobody has the first place for good; six orders of three show up in some hundred looks."""
    hall.open()
    orders = {tuple(e["number"] for e in hall.state()["entries"]) for _ in range(150)}
    assert len(orders) == 6


def test_ballots_are_counted_once_and_handed_on(hall: Hall) -> None:
    """The whole way: cast, counted, recounted, and the outcome carries the votes of each, none where there were none."""
    hall.open()
    hall.cast(ballot(1, 1, 2), ballot(2, 2))
    hall.cast(ballot(3, 2))
    hall.end()
    assert hall.results() == {
        "cycle_id": CYCLE, "stage": VOTE.key, "turnout": 3, "missing": 0, "incomplete": [],
        "votes": [
            {"application_id": "a1", "votes": 1}, {"application_id": "a2", "votes": 3}, {"application_id": "a3", "votes": 0},
        ],
    }  # fmt: skip
    again = hall.recount()
    assert (again.turnout, dict(again.votes), again.problems) == (3, {"a1": 1, "a2": 3}, [])
    hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    (closing,) = hall.closings(VOTE.key)
    assert {a: line["carried"] for a, line in closing.items()} == {
        "a1": {"social_votes": 1}, "a2": {"social_votes": 3}, "a3": {"social_votes": 0},
    }  # fmt: skip
    hall.desk.store.sealer.seal_all()
    assert hall.desk.store.verify(None).intact


def test_one_voter_has_one_ballot_the_first(hall: Hall) -> None:
    """In the same message, in another one, in one from another box; and a message that comes twice is one."""
    hall.open()
    message = hall.cast(ballot(1, 1), ballot(1, 2), ballot(2, 3))
    hall.cast(ballot(1, 3), ballot(3, 1))
    hall.cast(ballot(2, 1), box="b2", number=1)
    hall.cast(ballot(9, 1), number=1, message=message)
    hall.end()
    assert {(row.voter, row.choices) for row in hall.rows(models.ballots)} == {
        (voter(1), "1"), (voter(2), "3"), (voter(3), "1"),
    }  # fmt: skip
    assert hall.results()["turnout"] == 3
    assert hall.recount().agrees


def test_a_receipt_tells_that_a_ballot_is_there_and_nothing_else(hall: Hall) -> None:
    """Of those that are in the log, one or many at a time."""
    hall.open()
    hall.cast(ballot(1, 1), ballot(2, 2))
    asked = ",".join([voter(2), voter(7), voter(1)])
    assert hall.ask("counted", log.counted, {"receipts": asked}) == {"counted": [voter(1), voter(2)]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accepted_at": at(END + timedelta(days=1), 0).isoformat()}, "vote_not_open"),
        ({"accepted_at": at(BEGIN, 8).isoformat()}, "vote_not_open"),
        ({"key_id": "f" * 16}, "other_ballot_key"),
        ({"vote_id": "v-unknown"}, "not_found"),
    ],
)
def test_what_no_box_may_send_is_not_taken(hall: Hall, changes: dict[str, Any], code: str) -> None:
    """Cast too late or too early, under another key, in no vote: it is parked, for somebody to look at; nothing is written."""
    hall.open()
    hall.cast(ballot(1, 1))
    with pytest.raises(Problem) as refused:
        hall.cast(ballot(2, 1), **changes)
    assert refused.value.code == code
    assert len(hall.rows(models.ballots)) == 1


def test_a_vote_is_counted_only_when_all_that_was_cast_can_have_come(hall: Hall) -> None:
    """Not while it is open, nor right after; a gap in a box's numbers is waited for, a day at most, and then told."""
    hall.open()
    hall.cast(ballot(1, 1), number=1)
    hall.cast(ballot(3, 1), number=3)
    for moment in (at(END, 12), at(END + timedelta(days=1), 0), at(END + timedelta(days=1), 20)):
        hall.clock.instant = moment
        hall.count()
        with pytest.raises(Conflict) as hidden:
            hall.results()
        assert hidden.value.code == "votes_hidden"
        with pytest.raises(Conflict):
            hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    hall.cast(ballot(2, 1), number=2, accepted_at=at(END, 12).isoformat())
    hall.count()
    assert (hall.results()["turnout"], hall.results()["missing"]) == (3, 0)


def test_a_message_that_never_comes_holds_the_count_for_a_day(hall: Hall) -> None:
    """Then the result says how many are missing, and of which box."""
    hall.open()
    hall.cast(ballot(1, 1), number=1)
    hall.cast(ballot(3, 1), number=3)
    hall.clock.instant = at(END + timedelta(days=2), 1)
    hall.count()
    assert (hall.results()["turnout"], hall.results()["missing"]) == (2, 1)
    assert hall.results()["incomplete"] == [{"box": "b1", "missing": 1, "uncounted": 0}]


def test_a_boxs_last_messages_that_come_after_the_count_are_counted_anew(hall: Hall) -> None:
    """The numbers show no gap where the tail is on its way still. Whoever has a receipt is counted, the result is hidden until
    then, the stage does not close, and the audit log tells of both counts.
    """
    hall.open()
    hall.cast(ballot(1, 1), number=1)
    hall.end()
    assert (hall.results()["turnout"], hall.results()["incomplete"]) == (1, [])
    hall.cast(ballot(2, 1), ballot(3, 2), number=2, accepted_at=at(END, 23).isoformat())
    with pytest.raises(Conflict) as hidden:
        hall.results()
    assert hidden.value.code == "votes_hidden"
    with pytest.raises(Conflict):
        hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    hall.cast(ballot(4, 1), box="b2", number=1, accepted_at=at(END, 23).isoformat())
    hall.count()
    found = hall.results()
    assert (found["turnout"], found["votes"][0]["votes"], found["incomplete"]) == (4, 3, [])
    assert hall.recount().agrees
    audit = hall.desk.store.tables.audit
    with hall.desk.store.read() as work:
        told = select(audit.c.action).where(audit.c.action.like("vote:%")).order_by(audit.c.id)
        actions = list(work.session.execute(told).scalars())
    assert actions[-3:] == ["vote:counted", "vote:to_be_recounted", "vote:counted"]
    hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    (closing,) = hall.closings(VOTE.key)
    assert closing["a1"]["carried"] == {"social_votes": 3}


def test_what_comes_after_the_stage_has_closed_is_kept_and_the_result_names_its_box(hall: Hall) -> None:
    """The outcome stands as it was handed on. No receipt of such a ballot says that it counts, and the recount tells of it."""
    hall.open()
    hall.cast(ballot(1, 1), number=1)
    hall.end()
    hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    hall.cast(ballot(2, 1), ballot(3, 1), number=2, accepted_at=at(END, 23).isoformat())
    hall.count()
    found = hall.results()
    assert (found["turnout"], found["incomplete"]) == (1, [{"box": "b1", "missing": 0, "uncounted": 2}])
    asked = {"receipts": f"{voter(1)},{voter(2)}"}
    assert hall.ask("counted", log.counted, asked) == {"counted": [voter(1)]}
    again = hall.recount()
    assert again.turnout == 1
    assert any("box b1: 2 ballots came after" in problem for problem in again.problems)


def test_one_that_withdraws_is_chosen_no_more_and_not_counted(hall: Hall) -> None:
    """It is gone from the list at once; ballots that chose it and another keep the other."""
    hall.open()
    hall.cast(ballot(1, 1, 2))
    hall.withdraw("a1")
    assert {e["application_id"] for e in hall.state()["entries"]} == {"a2", "a3"}
    hall.end()
    hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    (closing,) = hall.closings(VOTE.key)
    assert {a: line["carried"] for a, line in closing.items()} == {
        "a2": {"social_votes": 1}, "a3": {"social_votes": 0},
    }  # fmt: skip
    told = hall.results()
    assert [(line["application_id"], line["votes"]) for line in told["votes"]] == [("a2", 1), ("a3", 0)]
    assert (told["turnout"], hall.recount().agrees) == (1, True)


def test_one_that_withdraws_after_the_count_has_no_result(hall: Hall) -> None:
    """Nobody is shown a figure of it any more; the others' stay as they were counted."""
    hall.open()
    hall.cast(ballot(1, 1), ballot(2, 2))
    hall.end()
    assert {line["application_id"] for line in hall.results()["votes"]} == {"a1", "a2", "a3"}
    hall.withdraw("a1")
    assert {line["application_id"]: line["votes"] for line in hall.results()["votes"]} == {"a2": 1, "a3": 0}


def test_nothing_that_anybody_may_ask_changes_with_the_ballots_while_a_vote_is_open(hall: Hall) -> None:
    """Every question of the service, asked in each of its roles before and after a hundred ballots: the same answer.

    The state of the audit log is among them: one message more is not one entry of the cycle more.
    """
    hall.open()
    hall.cast(ballot(1, 1))  # names the key, once and for all
    before = _all_answers(hall)
    hall.cast(*(ballot(number, 1 + number % 3) for number in range(2, 102)))
    assert _all_answers(hall) == before
    assert len(hall.rows(models.ballots)) == 101


# Whether one's own ballot is there is what a receipt is for; how a process stands is the process's and the broker's.
STANDING = ("counted", "health", "replica")


def _all_answers(hall: Hall) -> dict[str, str]:
    from services.review.service import Review
    from shared.bus.service import entrypoints
    from shared.config import Settings

    room = Review()
    room.store, room.settings = hall.desk.store, Settings()
    answers: dict[str, str] = {}
    for name, entrypoint in entrypoints(Review):
        method = getattr(entrypoint.declared, "method", None)
        if getattr(entrypoint.declared, "kind", "") != "query" or method in STANDING:
            continue
        contract = OPERATIONS[f"review.{method}"]
        data = {"cycle_id": CYCLE, "stage": VOTE.key, "application_id": "a1"}
        given = {key: value for key, value in data.items() if key in contract.request().fields}
        for role in contract.roles:
            context = Context(message_id=new_id(), actor="somebody", role=role)
            with hall.desk.store.read(context) as work:
                try:
                    reply = dump(contract.reply(), getattr(room, name)(work, load(contract.request(), given)))
                except Problem as problem:
                    reply = problem.as_dict()
            if isinstance(reply.get("entries"), list):
                reply["entries"].sort(key=lambda each: each["number"])
            answers[f"{method} {role}"] = json.dumps(reply, sort_keys=True, default=str)
    assert any(key.startswith("audit ") for key in answers)
    return answers


def test_counts_are_entered_by_hand_only_where_the_vote_is_held_elsewhere(hall: Hall) -> None:
    """The office decides that, with a reason, before the stage begins and never after."""
    said = {"stage": VOTE.key, "held": "elsewhere", "reason": "市政务服务平台组织投票"}
    counts = {"stage": VOTE.key, "votes": [{"application_id": "a1", "votes": 5}]}

    def hold() -> dict[str, Any]:
        return hall.ask("hold_vote", lambda w, d: vote.hold(w, conductor, d), said)

    def record() -> dict[str, Any]:
        return hall.ask("record_social_votes", lambda w, d: by_hand.record(w, conductor, d), counts)

    assert hold()["held"] == "elsewhere"
    said["held"] = "here"
    assert hold()["held"] == "here"
    hall.open()
    with pytest.raises(Conflict) as refused:
        record()
    assert refused.value.code == "vote_held_here"
    with pytest.raises(Conflict) as begun:
        hold()
    assert begun.value.code == "vote_begun"


def test_a_vote_held_elsewhere_is_entered_by_the_office(hall: Hall) -> None:
    """It has no ballots here, ends with its stage, and hands on what was entered."""
    said = {"stage": VOTE.key, "held": "elsewhere", "reason": "市政务服务平台组织投票"}
    hall.ask("hold_vote", lambda w, d: vote.hold(w, conductor, d), said)
    opened = hall.open()
    assert (opened["held"], opened["entries"]) == ("elsewhere", [])
    counts = {"stage": VOTE.key, "votes": [{"application_id": "a1", "votes": 5}]}
    hall.ask("record_social_votes", lambda w, d: by_hand.record(w, conductor, d), counts)
    hall.clock.instant = at(date(2025, 6, 24), 18)
    hall.close(VOTE.key, on=None)  # type: ignore[arg-type]
    (closing,) = hall.closings(VOTE.key)
    assert closing["a1"]["carried"] == {"social_votes": 5}


def test_a_rehearsal_holds_no_vote_of_its_own(database_url: str) -> None:
    """Its counts are written in the file that is played."""
    played = Hall(database_url, rehearsal=True)
    with pytest.raises(Conflict) as refused:
        played.ask(
            "hold_vote",
            lambda w, d: vote.hold(w, conductor, d),
            {"stage": VOTE.key, "held": "here", "reason": "试一试"},
            on=BEGIN,
        )
    assert refused.value.code == "no_vote_here"
    played.desk.close()


def test_a_stage_in_which_nobody_votes_has_no_vote(hall: Hall) -> None:
    """Asked about another stage, or one that does not exist, the answer is the same."""
    for stage in (BEFORE[-1], "no_such_stage"):
        with pytest.raises(NotFound):
            hall.state(stage=stage)


def test_bursts_are_shown_by_block_and_minute_after_the_count(hall: Hall) -> None:
    """Many ballots from one block in one minute, over several messages; quiet ones are left out, nobody is named."""
    hall.open()
    first = at(BEGIN, 10)
    for number, (seconds, block, ballots) in enumerate(
        [
            (0, "198.51.100.0/24", 6),
            (59, "198.51.100.0/24", 5),
            (60, "198.51.100.0/24", 3),
            (5, "2001:db8:1::/48", 2),
        ]
    ):
        hall.clock.instant = first + timedelta(seconds=seconds)
        hall.cast(*(ballot(number * 100 + n, 1) for n in range(ballots)), origins={block: ballots})
    asked = (lambda w, d: counting.patterns(w, conductor, d, 3), {"stage": VOTE.key})
    with pytest.raises(Conflict):
        hall.ask("vote_patterns", *asked)
    hall.end()
    found = hall.ask("vote_patterns", *asked)
    assert [(each["ballots"], each["block"]) for each in found["bursts"]] == [
        (11, "198.51.100.0/24"),
        (3, "198.51.100.0/24"),
    ]
    assert voter(1) not in json.dumps(found)


@pytest.mark.parametrize(
    ("forgery", "says"),
    [
        ("UPDATE ballots SET choices = '3' WHERE voter = '{one}'", "changed"),
        ("DELETE FROM ballots WHERE voter = '{one}'", "changed"),
        ("INSERT INTO ballots (voter, batch, choices) SELECT '{new}', batch, '3' FROM ballots WHERE voter = '{one}'", "changed"),
        ("DELETE FROM ballot_batches WHERE counted = 1", "gone"),
        ("UPDATE social_votes SET votes = 7 WHERE application_id = 'a3'", "7 counted"),
        ("UPDATE votes SET turnout = 7", "7 counted"),
    ],
)  # fmt: skip
def test_a_recount_finds_what_was_changed(hall: Hall, forgery: str, says: str) -> None:
    """Whoever owns the database and takes its guards away: a ballot changed, removed or slipped in, a message, a count."""
    hall.open()
    hall.cast(ballot(1, 1), ballot(2, 2))
    hall.cast(ballot(3, 2))
    hall.end()
    assert hall.recount().agrees
    with hall.desk.store.engine.begin() as connection:
        for table in ("ballots", "ballot_batches"):
            names = ("keep_update", "keep_delete") if connection.dialect.name == "sqlite" else ("keep_rows",)
            for name in names:
                on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER {table}_{name}{on}"))
        connection.execute(text(forgery.format(one=voter(1), new=voter(8))))
    assert any(says in problem for problem in hall.recount().problems)


def test_the_log_is_only_ever_added_to(hall: Hall) -> None:
    """The database itself refuses the rest."""
    hall.open()
    hall.cast(ballot(1, 1))
    for statement in (
        "UPDATE ballots SET choices = '2'",
        "DELETE FROM ballots",
        "DELETE FROM ballot_batches",
    ):
        with (
            pytest.raises(Exception, match="only ever added to"),
            hall.desk.store.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_a_ballot_of_a_wrong_form_is_no_message(hall: Hall) -> None:
    """The contract names the place."""
    hall.open()
    with pytest.raises(Invalid) as refused:
        hall.cast("not a ballot")
    assert [error.field for error in refused.value.errors] == ["ballots.0"]
