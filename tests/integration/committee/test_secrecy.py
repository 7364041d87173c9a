"""Secret ballots that can be recounted, on both databases: a machine of meetings, and what no row may put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import MetaData, select, text, update

from services.committee import models
from services.committee.slips import code_of
from shared.bus import wire
from shared.contracts import operation
from shared.identifiers import new_id
from shared.problems import Conflict, Invalid, NotFound, Problem
from tests.support.committee import MEMBER, MEMBERS, SCORES, RealHall, conductor_of
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration

FOR_ALL = dict.fromkeys(SCORES, "for")
CHOICES = ("for", "against", "abstain")


@pytest.fixture
def real(database_url: str) -> Iterator[RealHall]:
    """Three before the committee, six members, all there."""
    made = RealHall(database_url)
    made.enter(SCORES)
    made.convene()
    made.start()
    yield made
    made.desk.close()


def everything(hall: RealHall) -> dict[str, list[str]]:
    """Every row of every table as text."""
    reflected = MetaData()
    with hall.desk.store.read() as work:
        reflected.reflect(bind=work.connection)
        return {
            table.name: [repr(tuple(row)) for row in work.session.execute(select(table))]
            for table in reflected.tables.values()
        }


def test_a_member_finds_its_slips_and_nobody_else_does(real: RealHall) -> None:
    """The code is worked out from what the member alone keeps; the reply says nothing of it."""
    nonces = {member: real.nonce() for member in MEMBERS}
    cast = {
        member: {a: CHOICES[(n + k) % 3] for k, a in enumerate(SCORES)} for n, member in enumerate(MEMBERS)
    }
    for member in MEMBERS:
        reply = real.cast(member, 1, nonce=nonces[member], **cast[member])
        assert set(reply) == {"number", "taken_at"}
    with pytest.raises(Conflict):
        real.call("slips", number=1)
    real.close_round()
    told = real.call("slips", MEMBER, "M1", number=1)
    lists = {line["application_id"]: line for line in told["slips"]}
    names = {"for": "votes_for", "against": "votes_against", "abstain": "abstained"}
    for member in MEMBERS:
        for application, choice in cast[member].items():
            code = code_of(CYCLE, 1, application, str(nonces[member]))
            assert code in lists[application][names[choice]]
    assert (
        sum(len(codes) for line in lists.values() for name, codes in line.items() if name != "application_id")
        == 18
    )
    assert real.call("slips", "discipline", "d-1", number=1) == told
    with pytest.raises(NotFound):
        real.call("slips", MEMBER, "stranger", number=1)


def test_a_secret_ballot_needs_a_number_of_its_own(real: RealHall) -> None:
    """Without one nobody could find the slip, and the kept digest of the request could be guessed; no two have the same."""
    with pytest.raises(Invalid) as without:
        real.cast("M1", 1, **FOR_ALL)
    assert [e.field for e in without.value.errors] == ["nonce"]
    for short in ("0" * 31, "not-hexadecimal-not-hexadecimal-x"):
        with pytest.raises(Invalid):
            real.cast("M1", 1, nonce=short, **FOR_ALL)
    nonce = real.nonce()
    real.cast("M1", 1, nonce=nonce, **FOR_ALL)
    with pytest.raises(Invalid):
        real.cast("M2", 1, nonce=nonce, **FOR_ALL)
    assert real.round(MEMBER, "M1")["voted"] is True
    assert real.round(MEMBER, "M2")["voted"] is False  # what was refused is not in
    real.cast("M2", 1, nonce=real.nonce(), **FOR_ALL)


def test_nobody_is_told_a_turnout_while_a_ballot_is_open(real: RealHall) -> None:
    """Not by the ballot's state, by the answer to a ballot, nor by the refusal to close; a member knows of its own alone."""
    told = []
    for member in MEMBERS:
        now = real.round()
        told.append({name: now[name] for name in ("cast", "voted", "aside", "voters")})
        assert "cast" not in real.cast(member, 1, nonce=real.nonce(), **FOR_ALL)
        if member != MEMBERS[-1]:
            with pytest.raises(Conflict) as early:
                real.close_round()
            assert not any(sign.isdigit() for sign in early.value.detail_zh + early.value.detail_en)
    assert all(each == told[0] for each in told)
    assert told[0]["cast"] is told[0]["voted"] is None
    assert real.close_round()["cast"] == len(MEMBERS)


def test_the_kept_digest_of_a_request_cannot_be_guessed_from_the_choices() -> None:
    """Whoever holds the key of the digests could try all choices, were it not for the number, which is kept nowhere."""
    choices = [{"application_id": a, "choice": "for"} for a in SCORES]
    one, other = (
        wire.request_digest(
            "cast_ballot", "M1", {"cycle_id": CYCLE, "number": 1, "choices": choices, "nonce": new_id()}
        )
        for _ in range(2)
    )
    assert one != other
    assert set(operation("committee", "cast_ballot").reply().fields) == {"number", "taken_at"}


def test_all_boxes_are_rows_of_one_transaction(real: RealHall) -> None:
    """The roll's row and the slip of one ballot would else bear the mark of the same one, and the order of the rows."""
    for member in MEMBERS:
        real.cast(member, 1, nonce=real.nonce(), **FOR_ALL)
    with real.desk.store.read() as work:
        if work.connection.dialect.name == "postgresql":
            marks = work.session.execute(text("SELECT DISTINCT xmin::text FROM boxes")).all()
            assert len(marks) == 1
        slips = list(work.session.execute(select(models.boxes.c.slips)).scalars())
    assert [lines.splitlines() for lines in slips] == [sorted(lines.splitlines()) for lines in slips]


def test_no_count_is_anywhere_before_the_ballot_is_closed(real: RealHall) -> None:
    """The counters are written when all have cast."""
    for member in MEMBERS[:5]:
        real.cast(member, 1, nonce=real.nonce(), **FOR_ALL)
    with real.desk.store.read() as work:
        counters = select(models.tallies.c.votes_for, models.tallies.c.votes_against)
        assert {tuple(row) for row in work.session.execute(counters)} == {(0, 0)}


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("boxes", {"slips": ""}, "slips"),
        ("boxes", {"slips": "rubbish"}, "no slip"),
        ("tallies", {"votes_for": 5, "votes_against": 1}, "counters"),
        ("results", {"votes_for": 5, "votes_against": 1}, "result"),
        ("results", {"needed": 1}, "passed"),
    ],
)
def test_whatever_is_changed_after_the_count_is_found(
    real: RealHall, table: str, change: dict[str, Any], says: str
) -> None:
    """Slips, counters, results: each is held against the others and against the digest that was kept with the count."""
    real.vote()
    real.close_round()
    assert real.call("recount", MEMBER, "M1")["agrees"]
    with real.desk.work() as work:
        changed = getattr(models, table)
        this = changed.c.application_id == "a1"
        work.session.execute(update(changed).where(this).values(**change))
    again = real.call("recount")
    assert not again["agrees"]
    assert any(says in problem for problem in again["rounds"][0]["problems"])


def test_a_slip_that_is_turned_round_is_found_even_if_the_counters_follow(real: RealHall) -> None:
    """The digest stands in the audit log too, which is sealed."""
    real.vote(a1="fffffa")
    real.close_round()
    with real.desk.work() as work:
        box = work.session.execute(
            select(models.boxes.c.slips).where(models.boxes.c.application_id == "a1")
        ).scalar_one()
        turned = box.replace(" a", " f")
        for table, values in (
            (models.boxes, {"slips": turned}),
            (models.tallies, {"votes_for": 6, "votes_against": 0}),
            (models.results, {"votes_for": 6, "votes_against": 0}),
        ):
            work.session.execute(update(table).where(table.c.application_id == "a1").values(**values))
    assert real.call("recount")["rounds"][0]["problems"] == [
        "选票在计票后有变动 / the slips were changed after the count"
    ]


def test_open_ballots_keep_and_show_what_each_member_chose(database_url: str) -> None:
    """Where a rulebook wants them; who stands aside has no line, and the count is the same."""
    book = replace(CHANGNING, id="made-up-1", votes=replace(CHANGNING.votes, ballots="open"))
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter(SCORES)
    real.convene()
    real.stands_aside("M1", "a2")
    real.start()
    real.cast("M1", 1, a1="for", a3="against")
    for member in MEMBERS[1:]:
        real.cast(member, 1, **FOR_ALL)
    real.close_round()
    told = real.call("slips", number=1)
    assert told["slips"] == []
    assert len(told["open_votes"]) == 17
    assert {"member": "M1", "application_id": "a3", "choice": "against"} in told["open_votes"]
    lines = {v["application_id"]: (v["votes_for"], v["votes_against"], v["recused"]) for v in real.votes()}
    assert lines == {"a1": (6, 0, 0), "a2": (5, 0, 1), "a3": (5, 1, 0)}
    assert real.call("recount")["agrees"]
    with real.desk.work() as work:
        this = models.open_votes.c.member == "M1"
        work.session.execute(update(models.open_votes).where(this).values(choice="for"))
    assert not real.call("recount")["agrees"]
    real.desk.close()


# --- a machine of meetings ----------------------------------------------------------------------------------------

PEOPLE = ("member-A", "member-B", "member-C", "member-D")
WHO = st.sampled_from(PEOPLE)
WHICH = st.sampled_from(("x", "y"))
LEVELS = replace(CHANGNING, id="made-up-9", votes=replace(CHANGNING.votes, failed="next_level"))


class Machine(RuleBasedStateMachine):
    """Members come, go, stand aside and vote, in any order; the office closes, voids and opens. Beside it a plain model."""

    hall: RealHall
    kept_nowhere: ClassVar[set[str]] = set()
    secrets: ClassVar[set[str]] = set()
    counted: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.cycle = new_id()
        self.names = {short: f"{self.cycle}-{short}" for short in ("x", "y")}
        self.here: set[str] = set()
        self.voters: set[str] = set()
        self.number = 0
        self.open = False
        self.asked: set[str] = set()
        self.aside: set[tuple[str, str]] = set()
        self.nonces: dict[str, str] = {}
        self.cast: dict[str, dict[str, str]] = {}
        self.drawn: set[str] = set()  # numbers and codes
        self.numbers: set[str] = set()
        self.struck: set[str] = set()
        self.finished = False
        hall = self.hall
        hall.open_cycle(self.cycle, budget_fen=None, rehearsal=False, year=2025)
        for number, name in enumerate(self.names.values(), start=1):
            with hall.desk.work() as work:
                hall.conductor.application_accepted(work, hall.accepted(name, number, cycle_id=self.cycle))
        hall.hand_over_in(self.cycle, {name: {"score": "80.00"} for name in self.names.values()})
        self.ask("convene", members=list(PEOPLE), chair=PEOPLE[0])
        for name in self.names.values():
            hall.confirm(name, cycle_id=self.cycle)
        for member in PEOPLE[:3]:
            self.comes(member)
        hall.ask("begin_stage", hall.conductor.begin_stage, {"stage": "committee"}, cycle_id=self.cycle)
        self.look()

    def ask(
        self, method: str, role: str = "award_office", actor: str = "office", **data: Any
    ) -> dict[str, Any]:
        return self.hall.call_in(self.cycle, method, role, actor, **data)

    def refused(self, method: str, role: str = "award_office", actor: str = "office", **data: Any) -> None:
        with pytest.raises(Problem):
            self.ask(method, role, actor, **data)

    def look(self) -> None:
        """What the next ballot is, if there is one."""
        now = self.ask("round")
        if now["state"] == "open" and now["number"] != self.number:
            self.number, self.cast, self.nonces, self.struck = now["number"], {}, {}, set()
            self.voters = set(self.here)
            self.asked = {c["application_id"] for c in now["candidates"]}
        self.open = now["state"] == "open"
        self.finished = now["state"] == "finished"

    @rule(member=WHO)
    def comes(self, member: str) -> None:
        data = {"member": member, "event": "came"}
        if member in self.here or self.finished:
            self.refused("record_attendance", **data)
            return
        self.ask("record_attendance", **data)
        self.here.add(member)
        if self.open and member in self.struck:
            self.voters.add(member)

    @precondition(lambda self: not self.finished)
    @rule(member=WHO)
    def goes(self, member: str) -> None:
        if member not in self.here:
            self.refused("record_attendance", member=member, event="left")
            return
        self.ask("record_attendance", member=member, event="left")
        self.here.discard(member)
        if self.open and member in self.voters and member not in self.cast:
            self.voters.discard(member)
            self.struck.add(member)

    @rule(member=WHO, which=WHICH)
    def stands_aside(self, member: str, which: str) -> None:
        name = self.names[which]
        data = {"application_id": name, "ground": "declared"}
        if self.finished or (member, name) in self.aside or (self.open and name in self.asked):
            self.refused("declare_recusal", MEMBER, member, **data)
        else:
            self.ask("declare_recusal", MEMBER, member, **data)
            self.aside.add((member, name))

    @precondition(lambda self: self.open)
    @rule(member=WHO, choice=st.sampled_from(CHOICES), other=st.sampled_from(CHOICES), cheat=st.booleans())
    def casts(self, member: str, choice: str, other: str, cheat: bool) -> None:
        wanted = dict(zip(sorted(self.asked), (choice, other), strict=False))
        mine = {a: c for a, c in wanted.items() if (member, a) not in self.aside}
        nonce = new_id()
        lines = wanted if cheat else mine
        data = {
            "number": self.number, "nonce": nonce,
            "choices": [{"application_id": a, "choice": c} for a, c in lines.items()],
        }  # fmt: skip
        if member not in self.voters or member in self.cast or lines != mine:
            self.refused("cast_ballot", MEMBER, member, **data)
            return
        self.ask("cast_ballot", MEMBER, member, **data)
        self.cast[member], self.nonces[member] = mine, nonce
        self.numbers.add(nonce)
        self.drawn |= {nonce} | {code_of(self.cycle, self.number, a, nonce) for a in mine}

    @precondition(lambda self: self.open)
    @rule()
    def closes(self) -> None:
        number, cast, nonces, asked = self.number, dict(self.cast), dict(self.nonces), set(self.asked)
        if len(self.voters) < 3 or set(cast) != self.voters:
            self.refused("close_round")
            return
        self.ask("close_round")
        type(self).counted += 1
        told = {line["application_id"]: line for line in self.ask("slips", number=number)["slips"]}
        names = {"for": "votes_for", "against": "votes_against", "abstain": "abstained"}
        for application in asked:
            for choice, name in names.items():
                mine = {
                    code_of(self.cycle, number, application, nonces[m])
                    for m, chosen in cast.items()
                    if chosen.get(application) == choice
                }
                assert set(told.get(application, {}).get(name, ())) == mine
        self.look()

    @precondition(lambda self: self.open)
    @rule(choice=st.sampled_from(CHOICES), other=st.sampled_from(CHOICES))
    def all_cast_and_it_closes(self, choice: str, other: str) -> None:
        """Else a ballot would hardly ever come to its end."""
        for member in sorted(self.voters - self.cast.keys()):
            self.casts(member, choice, other, cheat=False)
        self.closes()

    @precondition(lambda self: self.open)
    @rule()
    def voids(self) -> None:
        if len(self.voters) >= 3:
            self.refused("void_round", reason="缺额")
            return
        self.ask("void_round", reason="缺额")
        self.open = False

    @precondition(lambda self: not self.open and not self.finished)
    @rule()
    def opens(self) -> None:
        if len(self.here) < 3:
            self.refused("open_round")
            return
        self.ask("open_round")
        self.look()
        assert self.open or self.finished

    @invariant()
    def every_count_holds(self) -> None:
        assert self.ask("recount")["agrees"]

    @invariant()
    def the_voters_are_those_of_the_model(self) -> None:
        if self.open:
            assert set(self.ask("round")["voters"]) == self.voters

    def teardown(self) -> None:
        type(self).kept_nowhere |= self.numbers
        type(self).secrets |= self.drawn


# A meeting costs seconds, and shrinking one would cost minutes: the steps are printed as they are.
_STEPS = settings(
    max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip


def test_ballots_hold_whatever_people_do(database_url: str) -> None:
    """Only those vote who were there at the opening, once, on what they do not stand aside from; every count can be had again
    from the slips; and nothing that is kept puts a member and a slip together.
    """
    Machine.hall = RealHall(database_url, conductor_of(LEVELS), rulebook=LEVELS)
    Machine.kept_nowhere, Machine.secrets, Machine.counted = set(), set(), 0
    try:
        run_state_machine_as_test(Machine, settings=_STEPS)
        assert Machine.counted > 0
        for table, rows in everything(Machine.hall).items():
            for row in rows:
                assert not any(nonce in row for nonce in Machine.kept_nowhere), table
                if any(member in row for member in PEOPLE):
                    assert not any(secret in row for secret in Machine.secrets), table
    finally:
        Machine.hall.desk.close()
