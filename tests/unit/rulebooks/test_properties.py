"""Properties over many cases: adverse facts never help, learning never flips a decision, receipts replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rulebooks import (
    Ban,
    Case,
    Evaluation,
    Library,
    Outcome,
    Receipt,
    ReplayMismatch,
    Standing,
    evaluate,
    replay,
    standing,
)
from shared.rulebooks.facts import RECORD_KINDS, SEVERITIES
from shared.rulebooks.findings import Finding
from tests.unit.rulebooks.cases import (
    CLOSES,
    DEPARTMENTS,
    MATERIALS,
    ORGANIZATION_FACTS,
    PERSON_FACTS,
    changning,
    organization,
    person,
)

BOOK = changning()
WORSE = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASS: 0,
    Outcome.NEEDS_JUDGEMENT: 1,
    Outcome.AWAITING: 2,
    Outcome.MISSING: 3,
    Outcome.FAIL: 4,
}
DECIDED = {Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE}
NEAR = st.one_of(
    st.dates(date(2019, 1, 1), date(2026, 1, 1)),
    st.sampled_from([date(2022, 6, 13), CLOSES, date(2020, 6, 13)]).flatmap(
        lambda day: st.integers(-1, 1).map(lambda shift: day + timedelta(days=shift))
    ),
)
RECORD = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(sorted(RECORD_KINDS)),
        "on": NEAR,
        "severity": st.sampled_from([*SEVERITIES, None]),
        "liable": st.sampled_from([True, False, None]),
    }
)
AWARD = st.fixed_dictionaries(
    {
        "award": st.sampled_from(["区长质量奖", "质量金奖", "长宁区质量金奖", "金奖"]),
        "level": st.sampled_from(["district", "city"]),
        "year": st.integers(2018, 2025),
        "track": st.sampled_from([None, "组织", "个人", "先进质量管理模式"]),
        "jurisdiction": st.sampled_from([None, "changning", "shenzhen"]),
    }
)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "region": st.sampled_from(["上海市长宁区", "上海市静安区"]),
    "operating_since": NEAR,
    "for_profit": st.booleans(),
    "profit_yuan": st.dictionaries(st.sampled_from([2021, 2022, 2023, 2024]), st.integers(-2, 2)),
    "policy_loss_years": st.lists(st.integers(2021, 2024)),
    "chief_quality_officer": st.booleans(),
    "licences_valid": st.booleans(),
    "policy_compliant": st.booleans(),
    "quality_work_since": NEAR,
    "prior_awards": st.lists(AWARD, max_size=3),
    "other_applications": st.lists(
        st.fixed_dictionaries(
            {"level": st.sampled_from(["city", "district"]), "year": st.integers(2024, 2025)}
        ),
        max_size=2,
    ),
}
FACTS = st.fixed_dictionaries({}, optional=dict(VALUES))
RECORDS = st.fixed_dictionaries({d: st.none() | st.lists(RECORD, max_size=2) for d in DEPARTMENTS})


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Organizations and people, with facts and answers there or not."""
    start, own = draw(st.sampled_from([(organization(), ORGANIZATION_FACTS), (person(), PERSON_FACTS)]))
    return replace(
        start,
        facts=own | draw(FACTS),
        records=draw(RECORDS),
        materials=draw(st.frozensets(st.sampled_from(sorted(MATERIALS)))),
        recommended_by=draw(st.sampled_from([None, "新泾镇"])),
        bans=draw(st.lists(st.builds(Ban, st.sampled_from(["34", "35"]), NEAR), max_size=2)),
    )


def _by_key(evaluation: Evaluation) -> dict[str, Finding]:
    return {finding.key: finding for finding in evaluation.findings}


@given(cases(), st.sampled_from(DEPARTMENTS), RECORD)
def test_an_adverse_record_never_improves_anything(
    case: Case, department: str, record: dict[str, Any]
) -> None:
    """Neither a finding nor the standing, wherever it is added."""
    known = case.records.get(department)
    if known is None:
        return  # an answer that comes is no added record; see the next property
    worse = replace(case, records={**case.records, department: [*known, record]})
    before, after = evaluate(BOOK, case), evaluate(BOOK, worse)
    for key, found in _by_key(before).items():
        assert WORSE[_by_key(after)[key].outcome] >= WORSE[found.outcome], key
    if standing(before.findings, {}) is Standing.INELIGIBLE:
        assert standing(after.findings, {}) is Standing.INELIGIBLE


@given(cases(), st.sampled_from(DEPARTMENTS), st.lists(RECORD, max_size=2))
def test_an_answer_that_comes_never_flips_a_decided_finding(
    case: Case, department: str, answer: list[dict[str, Any]]
) -> None:
    """What passes, fails or does not apply before the answer does so after it."""
    silent = replace(case, records={**case.records, department: None})
    answered = replace(case, records={**case.records, department: answer})
    before, after = _by_key(evaluate(BOOK, silent)), _by_key(evaluate(BOOK, answered))
    for key, found in before.items():
        if found.outcome in DECIDED:
            assert after[key].outcome is found.outcome, key
        assert after[key].outcome is not Outcome.AWAITING or found.outcome is Outcome.AWAITING


NEVER_UNKNOWN = {"policy_loss_years", "prior_awards", "other_applications"}  # absent means none: known


@given(cases(), st.sampled_from(sorted(set(VALUES) - NEVER_UNKNOWN)), st.data())
def test_a_fact_that_becomes_known_never_flips_a_decided_finding(
    case: Case, name: str, data: st.DataObject
) -> None:
    """Absent is not false: what was decided without it stands."""
    without = replace(case, facts={k: v for k, v in case.facts.items() if k != name})
    known = replace(case, facts={**without.facts, name: data.draw(VALUES[name])})
    before, after = _by_key(evaluate(BOOK, without)), _by_key(evaluate(BOOK, known))
    for key, found in before.items():
        if found.outcome in DECIDED:
            assert after[key].outcome is found.outcome, key


@given(cases(), st.integers(2022, 2024), st.integers(-1, 1))
def test_a_years_figure_that_becomes_known_never_flips_a_loss(case: Case, year: int, figure: int) -> None:
    """A loss shown by one year stays one, whatever the other years bring."""
    figures = {y: v for y, v in (case.facts.get("profit_yuan") or {}).items() if y != year}
    without = replace(case, facts={**case.facts, "profit_yuan": figures})
    known = replace(case, facts={**case.facts, "profit_yuan": {**figures, year: figure}})
    before, after = _by_key(evaluate(BOOK, without)), _by_key(evaluate(BOOK, known))
    for key, found in before.items():
        if found.outcome in DECIDED:
            assert after[key].outcome is found.outcome, key


@given(cases(), AWARD)
def test_another_award_won_before_never_opens_a_level(case: Case, award: dict[str, Any]) -> None:
    """Barred levels only grow."""
    more = replace(case, facts={**case.facts, "prior_awards": [*case.facts.get("prior_awards", ()), award]})
    before, after = evaluate(BOOK, case), evaluate(BOOK, more)
    assert set(before.barred_levels) <= set(after.barred_levels)
    for key, found in _by_key(before).items():
        assert WORSE[_by_key(after)[key].outcome] >= WORSE[found.outcome], key


@given(cases(), st.builds(Ban, st.sampled_from(["34", "35", "assumed:ban"]), NEAR))
def test_another_ban_never_helps(case: Case, ban: Ban) -> None:
    """Whatever rule left it."""
    before = evaluate(BOOK, case)
    after = evaluate(BOOK, replace(case, bans=[*case.bans, ban]))
    for key, found in _by_key(before).items():
        assert WORSE[_by_key(after)[key].outcome] >= WORSE[found.outcome], key


@given(cases())
def test_every_condition_has_a_finding_whatever_is_known(case: Case) -> None:
    """Never fewer, never an error."""
    found = {finding.key for finding in evaluate(BOOK, case).findings}
    assert {f"{c.rule}/{c.name}" for c in BOOK.conditions if case.kind in c.kinds} <= found


@given(cases())
def test_a_receipt_replays(case: Case) -> None:
    """On the wire and back, the same case gives the same findings; another case does not pass for it."""
    evaluation = evaluate(BOOK, case)
    receipt = Receipt.from_dict(evaluation.receipt.as_dict())
    assert replay(Library.load(), receipt, case) == evaluation
    assert [Finding.from_dict(f.as_dict()) for f in evaluation.findings] == list(evaluation.findings)
    with pytest.raises(ReplayMismatch):
        replay(Library.load(), receipt, replace(case, cycle_year=case.cycle_year + 1))
    with pytest.raises(ReplayMismatch):
        replay(Library.load(), replace(receipt, evaluator="0"), case)


def test_the_same_case_written_otherwise_has_the_same_receipt() -> None:
    """Dates as text or dates, years as text or numbers, order of keys: one case, one digest."""
    one = organization(operating_since="2011-03-28", profit_yuan={"2022": 1, "2023": 2, "2024": 3})
    other = organization(operating_since=date(2011, 3, 28), profit_yuan={2024: 3, 2023: 2, 2022: 1})
    other = replace(other, records=dict(reversed(other.records.items())))
    assert evaluate(BOOK, one).receipt == evaluate(BOOK, other).receipt
