"""Who is left after each phase, and when a phase is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.procedure.state import (
    Closing,
    merged,
    outcome,
    over_on,
    phase_complete,
    stage_for,
    survivors,
)
from shared.rulebooks import Phase, Stage, Words, library

pytestmark = pytest.mark.unit

ANY_DAY = date(2025, 6, 16)


def _closing(stage: str, passed: Iterable[str], failed: Iterable[str] = ()) -> Closing:
    lines = [outcome(a, passed=True) for a in passed] + [outcome(a, passed=False) for a in failed]
    return Closing(stage, ANY_DAY, lines)


def _stage(key: str, categories: tuple[str, ...] | None = None) -> Stage:
    return Stage(key, "review", "review", "1", Words(key, key), categories=categories)


BRANCHES = Phase(1, (_stage("visit", ("economic",)), _stage("ballot", ("culture", "society"))))


def test_only_those_that_passed_every_phase_are_left() -> None:
    """One that failed a phase is not revived by a later closing that names it."""
    rulebook = library().get("changning-2023")
    closings = {
        "submission": _closing("submission", "ab"),
        "qualification": _closing("qualification", "a", "b"),
        "notice:qualification": _closing("notice:qualification", "ab"),
    }
    assert survivors(rulebook, closings, dict.fromkeys("ab"), 2) == {"a"}


def test_a_phase_without_its_closing_lets_nobody_through() -> None:
    """What has not been closed has not been passed."""
    rulebook = library().get("changning-2023")
    closings = {"submission": _closing("submission", "ab")}
    assert survivors(rulebook, closings, dict.fromkeys("ab"), 0) == {"a", "b"}
    assert survivors(rulebook, closings, dict.fromkeys("ab"), 1) == set()


def test_one_that_no_longer_counts_is_nowhere() -> None:
    """A withdrawn application is left out of the categories, and so of everything."""
    rulebook = library().get("changning-2023")
    closings = {"submission": _closing("submission", "ab")}
    assert survivors(rulebook, closings, {"b": None}, 0) == {"b"}


@pytest.mark.parametrize(
    ("category", "expected"), [("economic", "visit"), ("society", "ballot"), ("service", None)]
)
def test_each_category_has_its_own_branch(category: str, expected: str | None) -> None:
    """A category without a stage in the phase takes none."""
    found = stage_for(BRANCHES, category)
    assert (found.key if found else None) == expected


@pytest.mark.parametrize(
    ("closed", "entering", "complete"),
    [
        ((), {"a": "economic"}, False),
        (("visit",), {"a": "economic"}, True),  # nobody enters the other branch
        (("visit",), {"a": "economic", "b": "culture"}, False),
        (("visit", "ballot"), {"a": "economic", "b": "culture"}, True),
        ((), {}, True),
    ],
)
def test_a_phase_is_over_when_every_branch_that_anyone_enters_is_closed(
    closed: tuple[str, ...], entering: dict[str, str], complete: bool
) -> None:
    """An empty branch is not waited for."""
    closings = {key: _closing(key, ()) for key in closed}
    assert phase_complete(BRANCHES, closings, dict(entering), entering) is complete


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["1.00", "2.00"])), max_size=8))
def test_what_is_carried_last_counts(steps: list[tuple[str, str]]) -> None:
    """Each application carries the last value that any closing gave it."""
    closings = [
        Closing(str(n), ANY_DAY, [outcome(a, passed=True, carried={"score": score})])
        for n, (a, score) in enumerate(steps)
    ]
    assert {a: c["score"] for a, c in merged(closings).items()} == dict(steps)


def test_a_cycle_is_over_when_nobody_is_left_to_go_on_or_all_is_closed() -> None:
    """On the day of the last closing; not before the submission is closed, though nobody has come yet."""
    rulebook = library().get("changning-2023")
    assert over_on(rulebook, {}, {}) is None
    assert over_on(rulebook, {}, {"a": None}) is None
    closings = {"submission": _closing("submission", "ab")}
    assert over_on(rulebook, closings, dict.fromkeys("ab")) is None
    assert over_on(rulebook, closings, {}) == ANY_DAY
    later = date(2025, 6, 20)
    nobody = Closing("qualification", later, [outcome(a, passed=False) for a in "ab"])
    assert over_on(rulebook, closings | {"qualification": nobody}, dict.fromkeys("ab")) == later
    for stage in rulebook.stages[1:]:
        assert over_on(rulebook, closings, {"a": None}) is None
        closings = {**closings, stage.key: _closing(stage.key, "a")}
    assert over_on(rulebook, closings, {"a": None}) == ANY_DAY
