"""States and their moves, the check of seats, replacements, and the record that anyone can repeat."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.panels import Application, Assignment, Expert, Former, Problem
from services.review.seating import __main__ as command
from services.review.seating import drawing, leaders, problems, records
from services.review.seating.drawing import NoPanelError, Seats
from services.review.seating.states import (
    ASSIGNMENT_MOVES,
    DRAW_MOVES,
    PANEL_MOVES,
    Assigned,
    Drawn,
    Panelled,
    assignment_after,
    draw_after,
    panel_after,
)
from shared.problems import Conflict
from shared.rulebooks import PanelRule

pytestmark = pytest.mark.unit

THREE = PanelRule(reviewers_per_application=3)
HEARING = PanelRule(reviewers_per_application=3, size_min=5, odd=True, industry_share_min=Fraction(3, 10))
R, A = Assigned, Drawn


def problem(
    experts: int = 8, applications: int = 3, industry: int = 3, rule: PanelRule = THREE, **kept: set[str]
) -> Problem:
    return Problem(
        rule,
        tuple(Application(f"a{n}", n) for n in range(1, applications + 1)),
        tuple(Expert(f"E{n}", n <= industry, f"company-{n}", may_lead=True) for n in range(1, experts + 1)),
        {name: frozenset(ids) for name, ids in kept.items()},
    )


# --- states ---------------------------------------------------------------------------------------------------------

LEGAL = {
    ("release", R.DRAFTED): R.RELEASED,
    ("accept", R.RELEASED): R.ACCEPTED,
    ("decline", R.RELEASED): R.DECLINED,
    ("decline", R.ACCEPTED): R.DECLINED,
    ("replace", R.RELEASED): R.REPLACED,
    ("replace", R.ACCEPTED): R.REPLACED,
    ("replace", R.DECLINED): R.REPLACED,
}


@pytest.mark.parametrize(("move", "state"), list(product(ASSIGNMENT_MOVES, R)))
def test_an_assignment_makes_the_moves_of_the_table_and_no_other(move: str, state: Assigned) -> None:
    """Every move from every state; a refusal names both, in words and by its code."""
    if (move, state) in LEGAL:
        assert assignment_after(move, state.value) == LEGAL[move, state]
        return
    with pytest.raises(Conflict) as refused:
        assignment_after(move, state.value)
    assert refused.value.code == f"cannot_{move}_{state}"
    assert refused.value.detail_zh != refused.value.detail_en


DRAWS = {
    ("witness", A.PREPARED): A.WITNESSED,
    ("draw", A.WITNESSED): A.DRAWN,
    ("fail", A.WITNESSED): A.IMPOSSIBLE,
    ("give_up", A.WITNESSED): A.UNDECIDED,
    ("abandon", A.PREPARED): A.ABANDONED,
    ("abandon", A.WITNESSED): A.ABANDONED,
}
PANELS = {
    ("release", Panelled.DRAFTED): Panelled.RELEASED,
    ("dissolve", Panelled.DRAFTED): Panelled.DISSOLVED,
    ("dissolve", Panelled.RELEASED): Panelled.DISSOLVED,
}


@pytest.mark.parametrize(
    ("after", "move", "state", "expected"),
    [
        *((draw_after, m, s, DRAWS.get((m, s))) for m, s in product(DRAW_MOVES, Drawn)),
        *((panel_after, m, s, PANELS.get((m, s))) for m, s in product(PANEL_MOVES, Panelled)),
    ],
)
def test_draws_and_panels_make_the_moves_of_their_tables_and_no_other(
    after: Callable[[str, str], str], move: str, state: str, expected: str | None
) -> None:
    """What has ended moves no more; what is released is not released again."""
    if expected is not None:
        assert after(move, state) == expected
        return
    with pytest.raises(Conflict) as refused:
        after(move, state)
    assert refused.value.code == f"cannot_{move}_{state}"


# --- the check ------------------------------------------------------------------------------------------------------


def lawful() -> tuple[Problem, Seats]:
    given_ = problem(rule=HEARING, experts=10, industry=4)
    return given_, drawing.drawn(given_, "seed").seats


def without(seats: Seats, *names: str) -> Seats:
    return Seats(tuple(name for name in seats.members if name not in names), seats.assignments)


def _smaller(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    return given_, Seats(seats.members[:3], seats.assignments)


def _even(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    spare = next(r.expert_id for r in given_.experts if r.expert_id not in seats.members)
    return given_, Seats((*seats.members, spare), seats.assignments)


def _twice(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    return given_, Seats((*seats.members, seats.members[0]), seats.assignments)


def _stranger(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    return given_, Seats((*seats.members[1:], "E99"), seats.assignments)


def _no_industry(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    return replace(given_, experts=tuple(Expert(r.expert_id) for r in given_.experts)), seats


def _conflicted(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    line = seats.assignments[0]
    return replace(given_, kept={line.expert_id: frozenset({line.application_id})}), seats


def _too_few(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    return given_, Seats(seats.members, seats.assignments[1:])


def _outsider(given_: Problem, seats: Seats) -> tuple[Problem, Seats]:
    first, *others = seats.assignments
    spare = next(r.expert_id for r in given_.experts if r.expert_id not in seats.members)
    return given_, Seats(seats.members, (Assignment(first.application_id, spare, 1), *others))


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (_smaller, "size_min"),
        (_even, "odd"),
        (_twice, "member_twice"),
        (_stranger, "unknown_expert"),
        (_no_industry, "industry_share_min"),
        (_no_industry, "industry_readers"),
        (_conflicted, "kept_from"),
        (_too_few, "reviewers_per_application"),
        (_outsider, "not_a_member"),
    ],
)
def test_each_illegal_panel_is_found_by_the_name_of_its_rule(
    spoil: Callable[[Problem, Seats], tuple[Problem, Seats]], rule: str
) -> None:
    """A drawn panel breaks nothing; spoilt in one way, it breaks that rule, in both languages."""
    given_, seats = lawful()
    assert drawing.check(given_, seats) == ()
    faults = drawing.check(*spoil(given_, seats))
    (found,) = [fault for fault in faults if fault.rule == rule][:1]
    assert found.reason.zh != found.reason.en


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_replacement_breaks_no_rule_that_was_not_broken(data: st.DataObject) -> None:
    """Over random interests: whoever is found is free, new to the application, and leaves the panel lawful."""
    kept = {
        f"E{n}": data.draw(st.sets(st.sampled_from(["a1", "a2", "a3"]), max_size=2)) for n in range(1, 11)
    }
    given_ = problem(experts=10, industry=5, rule=HEARING, **kept)
    try:
        seats = drawing.drawn(given_, data.draw(st.text(max_size=3))).seats
    except NoPanelError:
        return
    line = data.draw(st.sampled_from(seats.assignments))
    application = data.draw(st.sampled_from([None, line.application_id]))
    try:
        coming = drawing.replacement(given_, seats, application, line.expert_id)
    except NoPanelError:
        return
    after = drawing.taken_over(seats, application, line.expert_id, coming)
    assert drawing.check(given_, after) == ()
    assert coming != line.expert_id
    mine = [a.application_id for a in after.assignments if a.expert_id == line.expert_id]
    assert line.application_id not in mine
    assert application is not None or (mine == [] and line.expert_id not in after.members)


# --- the record -----------------------------------------------------------------------------------------------------


def record(**changes: Any) -> dict[str, Any]:
    hidden, _ = problems.pseudonymous(problem(**{"E1": {"a2"}, **changes}), "key")
    written = problems.as_json(hidden)
    inputs = records.inputs_digest(written)
    seed = records.seed_of("salt", "one", "two", inputs)
    draw = {
        "number": 1, "commitment": records.commitment_of("salt", "one"), "salt": "salt", "office_share": "one",
        "witness_share": "two", "inputs": inputs, "seed": seed,
    }  # fmt: skip
    made = records.record_of("defence", None, draw, written, records.outcome_of(hidden, seed))
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def _other_member(made: dict[str, Any]) -> None:
    made["outcome"]["members"].reverse()


def _other_share(made: dict[str, Any]) -> None:
    made["draw"]["office_share"] = "another"


def _other_pool(made: dict[str, Any]) -> None:
    made["problem"]["experts"].pop()


def _other_seed(made: dict[str, Any]) -> None:
    made["draw"]["seed"] = records.seed_of("salt", "one", "chosen", made["draw"]["inputs"])


@pytest.mark.parametrize(
    ("forge", "at"),
    [
        (_other_member, "outcome.members"),
        (_other_share, "draw.commitment"),
        (_other_pool, "draw.inputs"),
        (_other_seed, "draw.seed"),
    ],
)
def test_a_record_repeats_and_a_forged_one_is_told(forge: Callable[[dict[str, Any]], None], at: str) -> None:
    """From the record alone; whatever is changed in it afterwards shows at its place."""
    made = record()
    assert records.repeat(made) == []
    forge(made)
    assert at in {difference.at for difference in records.repeat(made)}


def test_a_draw_that_gave_no_panel_repeats_too() -> None:
    """The reason is the outcome."""
    made = record(experts=2)
    assert "需要 3 名" in made["outcome"]["impossible"]["zh"]
    assert records.repeat(made) == []


def test_a_record_tells_what_was_proved_and_by_what_means() -> None:
    """Another version of the solver that gives the same is no difference; where another panel comes, it is one more."""
    made = record()
    outcome = made["outcome"]
    assert outcome["objective"]["proved"] is True
    assert (outcome["objective"]["gap"], outcome["method"]) == ("0.000000", "levels-then-lot/1")
    outcome["solver"] = "HiGHS 0.9"
    assert records.repeat(made) == []
    _other_member(made)
    assert {each.at for each in records.repeat(made)} == {"outcome.members", "outcome.solver"}


def test_what_a_draw_knows_of_people_and_the_draft_before_it_survives_without_a_word_of_it() -> None:
    """Fields, industries, languages, employers and the former panel: written down, read back, and named by nothing real."""
    told = problem(rule=replace(HEARING, employer_max=1, leader=True, field_readers_min=1))
    told = replace(
        told,
        experts=tuple(
            replace(e, fields=frozenset({"卓越绩效"}), languages=frozenset({"zh"}), carried=1, served=2,
                    untold=frozenset({"industries"}))
            for e in told.experts
        ),
        applications=tuple(replace(a, industries=frozenset({"化工"})) for a in told.applications),
        former=Former(("E1", "E2", "gone"), frozenset({("a1", "E1"), ("a9", "E1"), ("a1", "gone")}), "E2"),
    )  # fmt: skip
    hidden, names = problems.pseudonymous(told, "key")
    text = json.dumps(problems.as_json(hidden), ensure_ascii=False)
    assert problems.from_json(json.loads(text)) == hidden
    assert not [
        word for word in ("卓越绩效", "化工", '"zh"', '"E1"', '"a1"', "company-1", "gone") if word in text
    ]
    assert hidden.former is not None
    assert {names.experts[name] for name in hidden.former.members} == {"E1", "E2"}
    assert {(names.applications[a], names.experts[e]) for a, e in hidden.former.assignments} == {("a1", "E1")}
    assert names.experts[hidden.former.leader or ""] == "E2"


def test_a_draw_for_which_there_was_no_time_says_that_nothing_is_proved() -> None:
    """It is no claim that there is no panel."""
    outcome = records.outcome_of(problem(), "seed", seconds=0.0)
    assert set(outcome) == {"undecided"}
    failure = records.failure_of(outcome)
    assert failure is not None
    assert "没有证明" in failure.zh


def test_the_lead_passes_on_where_the_one_who_comes_may_not_lead() -> None:
    """To a member who may; where nobody may, it stays, and the check says so."""
    given_, seats = lawful()
    ruled = replace(given_, rule=replace(HEARING, leader=True))
    first = seats.members[0]
    unfit = replace(ruled, experts=tuple(replace(e, may_lead=e.expert_id != first) for e in ruled.experts))
    led = drawing.led(unfit, replace(seats, leader=first))
    assert led.leader in seats.members[1:]
    assert drawing.check(unfit, led) == ()
    nobody = replace(ruled, experts=tuple(replace(e, may_lead=False) for e in ruled.experts))
    kept = drawing.led(nobody, replace(seats, leader=first))
    assert (kept.leader, [fault.rule for fault in drawing.check(nobody, kept)]) == (first, ["leader"])


@pytest.mark.parametrize(
    ("led_by", "application", "team", "leader"),
    [
        ({"a1": "E2"}, "a1", ["E1", "E2"], "E2"),
        ({"a1": "E3"}, "a1", ["E1", "E2"], "E1"),
        ({"a1": "E2", "a2": "E1"}, "a1", ["E1", "E2"], "E2"),
        ({"a1": "E2"}, "a2", ["E1", "E2"], "E1"),
        ({}, "a1", ["E1"], "E1"),
        ({"a1": "E1"}, "a1", [], None),
    ],
)
def test_a_team_is_led_by_the_applications_leader_where_it_is_one_of_them(
    led_by: dict[str, str], application: str, team: list[str], leader: str | None
) -> None:
    """Else by the first assigned."""
    assert leaders.of_team(led_by, application, team) == leader


def test_no_id_stands_in_a_record() -> None:
    """Neither experts nor applications nor employers are named, and another key numbers them in another order."""
    text = json.dumps(record())
    for name in ('"E1"', '"a1"', "company-1"):
        assert name not in text
    orders = {tuple(problems.pseudonymous(problem(), key)[1].experts.values()) for key in ("1", "2", "3")}
    assert len(orders) > 1


def test_the_shares_both_settle_the_seed() -> None:
    """Whoever changes one of them, or the inputs, has another seed; the commitment tells nothing of the salt's share."""
    seeds = {records.seed_of(*parts) for parts in product("ab", repeat=4)}
    assert len(seeds) == 16
    assert len({records.commitment_of(salt, "share") for salt in "abc"}) == 3


def test_the_problem_survives_being_written_down() -> None:
    """Fractions of the rule too."""
    hidden, _ = problems.pseudonymous(problem(rule=HEARING, E2={"a1"}), "key")
    assert problems.from_json(json.loads(json.dumps(problems.as_json(hidden)))) == hidden


def test_the_command_tells_true_from_forged_from_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0, 1 and 2; the difference is printed with its place."""
    true, forged, junk = (tmp_path / name for name in ("true.json", "forged.json", "junk.json"))
    made = record()
    true.write_text(json.dumps(made), encoding="utf-8")
    _other_member(made)
    forged.write_text(json.dumps(made), encoding="utf-8")
    junk.write_text('{"format": "zhiheng-draw"}', encoding="utf-8")
    assert command.main([str(true)]) == 0
    assert command.main([str(true), str(forged)]) == 1
    assert "outcome.members" in capsys.readouterr().out
    assert command.main([str(forged), str(junk)]) == 2
