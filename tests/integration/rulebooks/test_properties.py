"""Properties over many cases under every installed rulebook: adverse facts never help, learning never flips a
decision, receipts replay.

What is drawn is taken from the rulebook itself: the facts that it asks for, the words that it compares them with, and
dates about the edges of its terms. Other applications of the cycle are not drawn: they are no facts of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar import look_back
from shared.rulebooks import (
    Ban,
    Case,
    Evaluation,
    Library,
    Membership,
    Outcome,
    Receipt,
    ReplayMismatch,
    Rulebook,
    Standing,
    evaluate,
    replay,
    standing,
)
from shared.rulebooks.facts import ADVERSE_DEFAULTS, FACTS, KINDS, RECORD_KINDS, SEVERITIES
from shared.rulebooks.findings import Finding
from tests.unit.rulebooks.cases import CLOSES, changning, good_cases, installed, organization

WORSE = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASS: 0,
    Outcome.NEEDS_JUDGEMENT: 1,
    Outcome.AWAITING: 2,
    Outcome.MISSING: 3,
    Outcome.FAIL: 4,
}
DECIDED = {Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE}
ELSEWHERE = "别处"
ON_OTHERS = {
    "one_application",
    "one_per_group",
    "similar_business",
}  # decided on the cycle's other applications


def _under(*operators: str) -> pytest.MarkDecorator:
    """Every installed rulebook, or those with a condition of one of these operators."""
    books = [
        book
        for book in installed()
        if not operators or any(condition.operator in operators for condition in book.conditions)
    ]
    assert books, f"no rulebook uses {operators}"
    return pytest.mark.parametrize("book", books, ids=lambda book: book.id)


def _inside(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping within the conditions."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _inside(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _inside(inner)


def _tests(book: Rulebook) -> list[Mapping[str, Any]]:
    return list(_inside(book.raw["conditions"]))


def _asked(book: Rulebook) -> list[str]:
    """The facts that its conditions look at."""
    named = {"prior_awards", "other_applications"}
    for test in _tests(book):
        named |= {test[key] for key in ("fact", "excused_by", "group", "business") if key in test}
        named |= set(test.get("facts", ()))
    return sorted(named)


def _compared(book: Rulebook, fact: str) -> list[Any]:
    """The words and numbers that a fact is compared with."""
    found: list[Any] = []
    for test in _tests(book):
        if test.get("fact") == fact:
            found += [test[key] for key in ("equals", "begins_with", "is", "is_not") if key in test]
            found += [test[key] for key in ("at_most", "at_least") if key in test]
            found += test.get("one_of", ())
    return list(dict.fromkeys(found))  # each as likely as the others


def _near(book: Rulebook) -> st.SearchStrategy[date]:
    """Dates at large, and those about the edges of the terms that the rulebook asks for."""
    terms = {test["years"] for test in _tests(book) if isinstance(test.get("years"), int)} | {0}
    edges = [look_back(CLOSES, years).first for years in sorted(terms)]
    about = st.builds(
        lambda edge, days: edge + timedelta(days=days), st.sampled_from(edges), st.integers(-1, 1)
    )
    return st.one_of(st.dates(date(2019, 1, 1), date(2026, 1, 1)), about)


def _award(book: Rulebook) -> st.SearchStrategy[dict[str, Any]]:
    awards = [name for level in book.levels for name in (level.name, *level.aliases)]
    tracks = [name for track in book.tracks for name in (track.name, *track.aliases)]
    return st.fixed_dictionaries(
        {
            "award": st.sampled_from([*awards, ELSEWHERE]),
            "level": st.sampled_from(["district", "city", "nation"]),
            "year": st.integers(2018, 2025),
            "track": st.sampled_from([None, *tracks]),
            "jurisdiction": st.sampled_from([None, book.jurisdiction, "elsewhere"]),
        }
    )


def _value(book: Rulebook, fact: str) -> st.SearchStrategy[Any]:
    """A value of the fact's form."""
    compared = _compared(book, fact)
    around = [number + shift for number in compared if isinstance(number, int) for shift in (-1, 0, 1)]
    years = [2021, 2022, 2023, 2024]
    applied = {"level": st.sampled_from(["city", "district"]), "year": st.integers(2024, 2025)}
    forms: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from([*(word for word in compared if isinstance(word, str)), ELSEWHERE]),
        "boolean": st.booleans(),
        "date": _near(book),
        "integer": st.sampled_from(around or [0]),
        "amounts_by_year": st.dictionaries(st.sampled_from(years), st.integers(-1, 8))
        | st.fixed_dictionaries(dict.fromkeys(years, st.integers(-1, 8))),
        "years": st.lists(st.sampled_from(years)),
        "ranks": st.dictionaries(st.sampled_from(["output", "profit", "tax"]), st.integers(1, 40)),
        "texts": st.just([ELSEWHERE]),
        "entries": st.lists(
            _award(book) if fact == "prior_awards" else st.fixed_dictionaries(applied), max_size=3
        ),
    }
    return forms[FACTS[fact].form]


def _record(book: Rulebook) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "kind": st.sampled_from(sorted(RECORD_KINDS)),
            "on": _near(book),
            "severity": st.sampled_from([*SEVERITIES, None]),
            "liable": st.sampled_from([True, False, None]),
        }
    )


def _ban(book: Rulebook) -> st.SearchStrategy[Ban]:
    rules = {sanction.rule for sanction in book.sanctions.values()} | {"assumed:ban"}
    return st.builds(Ban, st.sampled_from(sorted(rules)), _near(book))


def cases(book: Rulebook) -> st.SearchStrategy[Case]:
    """Applicants of every kind and category, with facts and answers there or not."""
    return _cases(book.id)


@cache
def _cases(rulebook_id: str) -> st.SearchStrategy[Case]:
    book = Library.load().get(rulebook_id)
    facts = {fact: _value(book, fact) for fact in _asked(book)}
    answer = st.lists(_record(book), max_size=2)
    answered = dict.fromkeys(book.departments, answer)
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "kind": st.sampled_from([*book.kinds, *KINDS]),
        "category": st.sampled_from(book.categories) if book.categories else st.none(),
        "facts": st.fixed_dictionaries(facts) | st.fixed_dictionaries({}, optional=facts),
        "records": st.fixed_dictionaries(answered)
        | st.fixed_dictionaries({department: st.none() | answer for department in answered}),
        "materials": st.frozensets(st.sampled_from([material.name for material in book.all_materials])),
        "recommended_by": st.sampled_from([None, "新泾镇"]),
        "nominated_by": st.sampled_from([None, "市工业和信息化局"]),
        "bans": st.lists(_ban(book), max_size=2),
        "pool": st.none() | st.builds(Membership, st.none() | _near(book)),
    }
    wild = st.fixed_dictionaries(drawn).map(lambda values: replace(organization(), **values))
    return wild | _nearly_good(book, facts)


def _nearly_good(book: Rulebook, facts: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Case]:
    """Who would meet everything, but for a few facts and perhaps one department's answer."""
    change = st.sampled_from(sorted(facts)).flatmap(lambda fact: st.tuples(st.just(fact), facts[fact]))
    answer = st.tuples(st.sampled_from(book.departments), st.none() | st.lists(_record(book), max_size=2))
    return st.builds(
        lambda case, changes, answers: replace(
            case, facts={**case.facts, **dict(changes)}, records={**case.records, **dict(answers)}
        ),
        st.sampled_from(good_cases(book)),
        st.lists(change, max_size=3),
        st.lists(answer, max_size=1),
    )


def _by_key(evaluation: Evaluation) -> dict[str, Finding]:
    return {finding.key: finding for finding in evaluation.findings}


def _never_better(book: Rulebook, before: Case, after: Case) -> None:
    """No finding and no standing improves from one case to the other."""
    first, then = evaluate(book, before), evaluate(book, after)
    for key, found in _by_key(first).items():
        assert WORSE[_by_key(then)[key].outcome] >= WORSE[found.outcome], key
    if standing(first.findings, {}) is Standing.INELIGIBLE:
        assert standing(then.findings, {}) is Standing.INELIGIBLE
    assert set(first.barred_levels) <= set(then.barred_levels)


def _never_flips(book: Rulebook, before: Case, after: Case) -> None:
    """What passes, fails or does not apply in one case does so in the other, of which more is known."""
    known = _by_key(evaluate(book, after))
    for key, found in _by_key(evaluate(book, before)).items():
        if found.outcome in DECIDED:
            assert known[key].outcome is found.outcome, key
        assert known[key].outcome is not Outcome.AWAITING or found.outcome not in DECIDED, key


@_under("no_records")
@given(data=st.data())
def test_an_adverse_record_never_improves_anything(book: Rulebook, data: st.DataObject) -> None:
    """Neither a finding nor the standing, wherever it is added to an answer."""
    case = data.draw(cases(book))
    department = data.draw(st.sampled_from(book.departments))
    known, record = case.records[department] or (), data.draw(_record(book))
    answered = replace(case, records={**case.records, department: known})
    _never_better(book, answered, replace(case, records={**case.records, department: [*known, record]}))


@_under("no_records")
@given(data=st.data())
def test_an_answer_that_comes_never_flips_a_decided_finding(book: Rulebook, data: st.DataObject) -> None:
    """Nor is anything waited for after it that was not before."""
    case = data.draw(cases(book))
    department = data.draw(st.sampled_from(book.departments))
    answer = data.draw(st.lists(_record(book), max_size=2))
    silent = replace(case, records={**case.records, department: None})
    answered = replace(case, records={**case.records, department: answer})
    _never_flips(book, silent, answered)
    before = _by_key(evaluate(book, silent))
    for key, found in _by_key(evaluate(book, answered)).items():
        assert found.outcome is not Outcome.AWAITING or before[key].outcome is Outcome.AWAITING, key


@_under()
@given(data=st.data())
def test_a_fact_that_becomes_known_never_flips_a_decided_finding(book: Rulebook, data: st.DataObject) -> None:
    """Absent is not false: what was decided without it stands. Facts whose absence means none are always known."""
    case = data.draw(cases(book))
    fact = data.draw(st.sampled_from([name for name in _asked(book) if name not in ADVERSE_DEFAULTS]))
    without = replace(case, facts={name: value for name, value in case.facts.items() if name != fact})
    known = replace(case, facts={**without.facts, fact: data.draw(_value(book, fact))})
    _never_flips(book, without, known)


@_under("no_loss")
@given(data=st.data(), year=st.integers(2022, 2024), figure=st.integers(-1, 1))
def test_a_years_figure_that_becomes_known_never_flips_a_loss(
    book: Rulebook, data: st.DataObject, year: int, figure: int
) -> None:
    """A loss shown by one year stays one, whatever the other years bring."""
    case = data.draw(cases(book))
    figures = {y: v for y, v in (case.facts.get("profit_yuan") or {}).items() if y != year}
    without = replace(case, facts={**case.facts, "profit_yuan": figures})
    _never_flips(book, without, replace(case, facts={**case.facts, "profit_yuan": {**figures, year: figure}}))


@_under("no_prior_award", "no_award_at_level", "award_interval")
@given(data=st.data())
def test_another_award_won_before_never_opens_a_level(book: Rulebook, data: st.DataObject) -> None:
    """Barred levels only grow."""
    case, award = data.draw(cases(book)), data.draw(_award(book))
    won = [*case.facts.get("prior_awards", ()), award]
    _never_better(book, case, replace(case, facts={**case.facts, "prior_awards": won}))


@_under("no_ban")
@given(data=st.data())
def test_another_ban_never_helps(book: Rulebook, data: st.DataObject) -> None:
    """Whatever rule left it."""
    case, ban = data.draw(cases(book)), data.draw(_ban(book))
    _never_better(book, case, replace(case, bans=[*case.bans, ban]))


@_under()
@given(data=st.data())
def test_every_condition_has_a_finding_whatever_is_known(book: Rulebook, data: st.DataObject) -> None:
    """Never fewer, never an error."""
    case = data.draw(cases(book))
    found = {finding.key for finding in evaluate(book, case).findings}
    assert {f"{c.rule}/{c.name}" for c in book.conditions if c.addresses(case.kind, case.category)} <= found


@_under()
@given(data=st.data())
def test_a_receipt_replays(book: Rulebook, data: st.DataObject) -> None:
    """On the wire and back, the same case gives the same findings; another case does not pass for it."""
    case = data.draw(cases(book))
    evaluation = evaluate(book, case)
    receipt = Receipt.from_dict(evaluation.receipt.as_dict())
    assert replay(Library.load(), receipt, case) == evaluation
    assert [Finding.from_dict(f.as_dict()) for f in evaluation.findings] == list(evaluation.findings)
    with pytest.raises(ReplayMismatch):
        replay(Library.load(), receipt, replace(case, cycle_year=case.cycle_year + 1))
    with pytest.raises(ReplayMismatch):
        replay(Library.load(), replace(receipt, evaluator="0"), case)


@_under()
def test_what_is_drawn_reaches_every_condition(book: Rulebook) -> None:
    """The properties say something of each: for some case it passes or is left to an officer. Only what rests on other
    applications cannot.
    """
    reached: set[str] = set()

    @settings(derandomize=True, max_examples=80)
    @given(cases(book))
    def look(case: Case) -> None:
        better = {Outcome.PASS, Outcome.NEEDS_JUDGEMENT}
        reached.update(key for key, found in _by_key(evaluate(book, case)).items() if found.outcome in better)

    look()
    alone = [c for c in book.conditions if c.operator not in ON_OTHERS]
    assert {f"{condition.rule}/{condition.name}" for condition in alone} <= reached


def test_the_same_case_written_otherwise_has_the_same_receipt() -> None:
    """Dates as text or dates, years as text or numbers, order of keys: one case, one digest."""
    one = organization(operating_since="2011-03-28", profit_yuan={"2022": 1, "2023": 2, "2024": 3})
    other = organization(operating_since=date(2011, 3, 28), profit_yuan={2024: 3, 2023: 2, 2022: 1})
    other = replace(other, records=dict(reversed(other.records.items())))
    assert evaluate(changning(), one).receipt == evaluate(changning(), other).receipt
