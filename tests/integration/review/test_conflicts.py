"""Conflicts as rows, on both databases: the same whole and bit by bit, never deleted, lifted by somebody else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from services.review import conflicts, experts, models
from services.review.conflicts import computing, grounds, lists, sources
from services.review.conflicts.recusals import Applicant, Reviewer, find_recusals
from services.review.stages import conductor
from shared.contracts import load
from shared.contracts.events import PoolAdviserRegistered
from shared.problems import Conflict, NotFound
from shared.store.migrate import schema_differences
from tests.support.rooms import CHANGNING, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

SISTER, STRANGER = "91310105MA1K300034", "91310000MA1K35XXXX"
CODES = (ORGANIZATION, SISTER, STRANGER)
KEY = ("expert_id", "application_id", "ground", "source")


@pytest.fixture
def real(database_url: str) -> Iterator[Room]:
    made = Room("review", database_url, conductor, rehearsal=False)
    yield made
    made.desk.close()


def register(room: Room, *pool: dict[str, Any]) -> None:
    room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": list(pool)})


def advise(room: Room, expert_id: str, uscc: str) -> None:
    data = {
        "cycle_id": CYCLE, "uscc": uscc, "expert_id": expert_id, "since": "2025-02-01", "registered_on": "2025-02-10",
    }  # fmt: skip
    with room.desk.work() as work:
        experts.adviser_registered(work, conductor, load(PoolAdviserRegistered(), data))


def rows(room: Room, *, ended: bool = False) -> set[tuple[Any, ...]]:
    table = models.conflicts
    query = select(*(table.c[name] for name in KEY))
    if not ended:
        query = query.where(table.c.ended_at.is_(None))
    with room.desk.store.read() as work:
        return {tuple(row) for row in work.session.execute(query)}


def whole(room: Room) -> set[tuple[Any, ...]]:
    """What the pure rules make of all that the sources tell."""
    with room.desk.store.read() as work:
        cycle = conductor.cycle(work, CYCLE)
        dossiers = work.session.execute(select(models.procedure.dossiers)).all()
        parties = grounds.Parties(
            grounds.Party(
                d.application_id, d.dossier["uscc"], grounds.group_key(d.dossier["facts"].get("group"))
            )
            for d in dossiers
        )
        return {
            (person.expert_id, *found)
            for person in sources.persons(work, cycle)
            for found in grounds.met(grounds.ties(person, sources.terms_of(cycle)), parties)
        }


def listed(room: Room, role: str = "discipline", **which: Any) -> dict[str, Any]:
    return room.ask("conflicts", lambda w, d: lists.listed(w, conductor, d), which, role)


def lift(room: Room, actor: str = "inspector", **which: Any) -> dict[str, Any]:
    data = {
        "expert_id": "E1",
        "application_id": "a1",
        "ground": "kin_of",
        "source": "office",
        "reason": "查无实据",
    }
    return room.ask(
        "lift_conflict", lambda w, d: lists.lift(w, conductor, d), data | which, "discipline", actor
    )


def test_the_migrations_make_the_tables(real: Room, database_url: str) -> None:
    """Nothing is missing and nothing is left over."""
    assert schema_differences("review", database_url) == []


Step = Callable[[Room], None]


def _steps(draw: random.Random) -> list[Step]:
    """Applications, experts and advisers in any order, experts more than once; one pair of sisters is always there."""
    groups = {f"a{n}": draw.choice([None, "海光", " 海 光", "远山"]) for n in range(1, 7)} | {
        "a7": "海光",
        "a8": "海光",
    }
    codes = {name: draw.choice(CODES) for name in groups} | {"a7": ORGANIZATION, "a8": SISTER}
    steps: list[Step] = [_accepting(name, codes[name], group) for name, group in groups.items()]
    steps += [
        _entering(
            {
                "expert_id": f"E{draw.randrange(5)}",
                "employer": draw.choice([None, *CODES]),
                "advises": draw.sample(sorted(groups), draw.randrange(3)),
                "kin_of": draw.sample(["a99", *groups], draw.randrange(3)),
            }
        )
        for _ in range(10)
    ]
    steps += [_entering({"expert_id": "E9", "employer": ORGANIZATION})]
    steps += [_advising(f"E{n}", draw.choice(CODES)) for n in range(3)]
    draw.shuffle(steps)
    return steps


def _accepting(name: str, uscc: str, group: str | None) -> Step:
    facts = {} if group is None else {"group": group}
    return lambda room: room.accept(name, int(name[1:]), uscc=uscc, facts=facts)


def _entering(line: dict[str, Any]) -> Step:
    return lambda room: register(room, line)


def _advising(expert_id: str, uscc: str) -> Step:
    return lambda room: advise(room, expert_id, uscc)


@pytest.mark.parametrize("seed", range(4))
def test_bit_by_bit_it_becomes_what_it_is_as_a_whole(real: Room, seed: int) -> None:
    """After every single change the rows are what the pure rules say of everything, and computing all anew changes nothing."""
    for step in _steps(random.Random(seed)):
        step(real)
        assert rows(real) == whole(real)
    before, history = rows(real), rows(real, ended=True)
    with real.desk.work() as work:
        conflicts.of_cycle(work, conductor.cycle(work, CYCLE))
    assert rows(real) == before
    assert rows(real, ended=True) == history
    assert ("E9", "a8", "group", "office") in before


@pytest.mark.parametrize("seed", range(4))
def test_a_rehearsal_knows_what_it_always_knew(database_url: str, seed: int) -> None:
    """Employer, advice, kinship: the same recusals as the pool alone makes, in the same order; no groups."""
    room = Room("review", database_url, conductor)
    for step in _steps(random.Random(seed)):
        step(room)
    with room.desk.store.read() as work:
        cycle = conductor.cycle(work, CYCLE)
        found = work.session.execute(select(models.procedure.dossiers)).all()
        entrants = [conductor.application(work, row.application_id)[1] for row in found]
        pool = experts.reviewers(work, cycle)
        assert conflicts.recusals(work, cycle, entrants) == find_recusals(
            CHANGNING, pool, experts.applicants(entrants)
        )
    room.desk.close()


def test_an_interest_that_is_corrected_ends_and_stays_in_the_history(real: Room) -> None:
    """With the time and why; when it comes back it is a row of its own."""
    real.accept("a1", 1)
    register(real, {"expert_id": "E1", "employer": ORGANIZATION})
    register(real, {"expert_id": "E1"})
    assert rows(real) == set()
    (ended,) = listed(real, ended=True)["conflicts"]
    assert (ended["ended_why"], ended["ended_by"], ended["ended_reason"]) == (
        "source_changed",
        "somebody",
        None,
    )
    assert ended["ended_at"] is not None
    register(real, {"expert_id": "E1", "employer": ORGANIZATION})
    assert listed(real)["total"] == 1
    assert listed(real, ended=True)["total"] == 2


def test_an_application_tells_the_group_of_a_code_to_those_before_it(real: Room) -> None:
    """E1's employer is of the group only since its own application said so; then the sister's is barred."""
    real.accept("a1", 1, uscc=SISTER, facts={"group": "海光"})
    register(real, {"expert_id": "E1", "employer": ORGANIZATION})
    assert rows(real) == set()
    real.accept("a2", 2, uscc=ORGANIZATION, facts={"group": "海光"})
    assert rows(real) == {("E1", "a1", "group", "office"), ("E1", "a2", "employer", "office")}


def test_a_line_says_which_article_and_which_code(real: Room) -> None:
    """15 for the adviser; the code that ties the two; who entered it."""
    real.accept("a1", 1, uscc=SISTER)
    register(real, {"expert_id": "E1"}, {"expert_id": "E2", "kin_of": ["a1"]})
    advise(real, "E1", SISTER)
    first, second = listed(real)["conflicts"]
    assert (first["ground"], first["source"], first["rule"], first["via"]) == (
        "advises", "adviser_register", "15", SISTER,
    )  # fmt: skip
    assert (first["since"], first["found_by"]) == ("2025-02-10", "somebody")
    assert (second["ground"], second["rule"], second["via"]) == ("kin_of", "28.3", "a1")
    assert "亲属" in second["reason_zh"]
    assert [c["expert_id"] for c in listed(real, expert_id="E2")["conflicts"]] == ["E2"]
    assert listed(real, source="declaration")["total"] == 0


def test_the_office_reads_what_it_entered_and_nothing_of_those_without_a_seat(real: Room) -> None:
    """Neither listed nor counted, nor found by a filter; discipline and auditor read everything."""
    real.accept("a1", 1, uscc=SISTER)
    register(real, {"expert_id": "E1"}, {"expert_id": "E2", "kin_of": ["a1"]})
    advise(real, "E1", SISTER)
    for role, names in (("award_office", ["E2"]), ("discipline", ["E1", "E2"]), ("auditor", ["E1", "E2"])):
        found = listed(real, role)
        assert ([each["expert_id"] for each in found["conflicts"]], found["total"]) == (names, len(names))
    for which in (
        {"expert_id": "E1"},
        {"ground": "advises"},
        {"source": "adviser_register"},
        {"ended": True, "expert_id": "E1"},
    ):
        assert listed(real, "award_office", **which)["total"] == 0


def test_one_is_lifted_by_somebody_else_and_stays_so(real: Room) -> None:
    """Not by who entered it; computing anew brings it back only when what it rests on changes."""
    real.accept("a1", 1)
    register(real, {"expert_id": "E1", "kin_of": ["a1"]}, {"expert_id": "E2", "employer": ORGANIZATION})
    with pytest.raises(Conflict) as own:
        lift(real, "somebody")
    assert own.value.code == "same_person"
    assert lift(real)["ended_why"] == "lifted"
    with pytest.raises(NotFound):
        lift(real)
    with real.desk.work() as work:
        conflicts.of_cycle(work, conductor.cycle(work, CYCLE))
    assert rows(real) == {("E2", "a1", "employer", "office")}
    register(real, {"expert_id": "E1", "kin_of": ["a1"], "advises": ["a1"]})
    assert rows(real) == {("E2", "a1", "employer", "office"), ("E1", "a1", "advises", "office")}
    assert [e for e in real.desk.actions() if e == "conflict:lifted"] == ["conflict:lifted"]


def test_what_the_register_of_advisers_says_is_not_lifted(real: Room) -> None:
    """Whoever is registered must stand aside."""
    real.accept("a1", 1)
    register(real, {"expert_id": "E1"})
    advise(real, "E1", ORGANIZATION)
    with pytest.raises(Conflict) as never:
        lift(real, ground="advises", source="adviser_register")
    assert never.value.code == "not_liftable"


def test_a_refresh_goes_to_every_real_cycle_still_reviewed(real: Room) -> None:
    """Not to one whose committee has voted, and not to rehearsals."""
    for name, rehearsal in (("c2", False), ("c3", False), ("c4", True)):
        real.open_cycle(name, budget_fen=None, rehearsal=rehearsal, year=2025)
    for number, name in enumerate((CYCLE, "c2", "c3", "c4"), start=1):
        real.accept(f"a{number}", number, cycle_id=name, uscc=SISTER)
        real.ask(
            "register_experts",
            lambda w, d: experts.register(w, conductor, d),
            {"experts": [{"expert_id": "E1"}]},
            cycle_id=name,
        )
    with real.desk.work() as work:
        work.session.execute(
            models.procedure.closings.insert().values(
                cycle_id="c3", stage="committee", closed_on=date(2025, 6, 30), outcomes=[]
            )
        )
        work.session.execute(
            models.advisers.insert().values(
                world="real", uscc=SISTER, expert_id="E1", registered_on=date(2025, 2, 1)
            )
        )
        conflicts.refresh(work, conductor, "real", ["E1"])
    assert {application for _, application, _, _ in rows(real)} == {"a1", "a2"}
    with real.desk.work() as work:
        computing.refresh(work, conductor, "real", None)
    assert {application for _, application, _, _ in rows(real)} == {"a1", "a2"}


def test_the_condition_is_the_rows(real: Room) -> None:
    """Whoever has an open row is not free of it, whoever has an ended one is."""
    real.accept("a1", 1)
    register(real, {"expert_id": "E1", "kin_of": ["a1"]}, {"expert_id": "E2"})
    table = models.assignments
    seat = {"cycle_id": CYCLE, "stage": "document_review", "application_id": "a1", "category": ""}
    with real.desk.work() as work:
        for position, expert in enumerate(("E1", "E2"), start=1):
            work.session.execute(table.insert().values(**seat, expert_id=expert, position=position))
        free = select(table.c.expert_id).where(conflicts.free(table)).order_by(table.c.expert_id)
        assert list(work.session.execute(free).scalars()) == ["E2"]
    register(real, {"expert_id": "E1"})
    with real.desk.work() as work:
        assert list(work.session.execute(free).scalars()) == ["E1", "E2"]


def test_an_expert_and_an_application_that_come_at_once_meet(real: Room) -> None:
    """Neither sees the other before its own commit; whoever comes second waits, and finds the first."""
    other = Thread(target=lambda: real.accept("a1", 1, uscc=SISTER))
    with real.desk.work() as work:
        experts.register(
            work,
            conductor,
            {
                "cycle_id": CYCLE,
                "experts": [
                    {
                        "expert_id": "E1", "name": None, "industry_expert": False, "employer": SISTER, "advises": [],
                        "kin_of": [],
                    }
                ],
            },
        )  # fmt: skip
        other.start()
        other.join(0.5)  # time enough to get past us, if nothing held it back
    other.join()
    assert rows(real) == {("E1", "a1", "employer", "office")}


def test_the_pure_rules_and_the_pool_agree_on_a_reviewer() -> None:
    """A reviewer as panels know it has the ties that the pool gives it."""
    reviewer = Reviewer("E1", employer=SISTER, advises=frozenset({"a1"}), advises_codes=frozenset({STRANGER}))
    found = find_recusals(CHANGNING, [reviewer], [Applicant("a1", 1, SISTER), Applicant("a2", 2, STRANGER)])
    assert [(r.application_id, r.ground) for r in found] == [
        ("a1", "employer"), ("a1", "advises"), ("a2", "advises"),
    ]  # fmt: skip
