"""What findings and the office's judgements together mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility import verdicts

pytestmark = pytest.mark.unit

OUTCOMES = ("pass", "fail", "missing", "awaiting", "needs_judgement", "not_applicable")


def _finding(outcome: str, *, rule: str = "1.1", confirmed: bool | None = None) -> dict[str, Any]:
    return {"rule": rule, "condition": outcome, "outcome": outcome, "confirmed": confirmed}


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([_finding("pass"), _finding("not_applicable")], "eligible"),
        ([_finding("pass"), _finding("fail")], "ineligible"),
        ([_finding("missing")], "ineligible"),
        ([_finding("awaiting")], "awaiting_records"),
        ([_finding("awaiting"), _finding("fail")], "ineligible"),
        ([_finding("awaiting"), _finding("needs_judgement")], "awaiting_records"),
        ([_finding("needs_judgement")], "awaiting_judgement"),
        ([_finding("needs_judgement", confirmed=True)], "eligible"),
        ([_finding("needs_judgement", confirmed=False)], "ineligible"),
        ([_finding("awaiting"), _finding("needs_judgement", confirmed=False)], "ineligible"),
    ],
)
def test_verdict(findings: list[dict[str, Any]], expected: str) -> None:
    """A failure decides at once; silence comes before judgement; nothing else stands in the way."""
    assert verdicts.verdict(findings) == expected


def test_failing_rules_are_a_sorted_set() -> None:
    """A rule that fails twice is named once; what is awaited is no failure."""
    findings = [
        _finding("fail", rule="20"),
        _finding("missing", rule="16.6"),
        _finding("fail", rule="20"),
        _finding("awaiting", rule="1"),
        _finding("needs_judgement", rule="16.3", confirmed=False),
    ]
    assert verdicts.failing_rules(findings) == ["16.3", "16.6", "20"]


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=8))
def test_an_adverse_finding_never_improves_a_verdict(outcomes: list[str]) -> None:
    """With a failure more, an application is ineligible whatever it was before."""
    findings = [_finding(outcome) for outcome in outcomes]
    assert verdicts.verdict([*findings, _finding("fail")]) == "ineligible"


def test_judgements_are_shown_only_where_they_were_needed() -> None:
    """A finding that the program decided has no `confirmed`, whatever the office said."""
    lines = verdicts.with_judgements(
        [_finding("pass"), _finding("needs_judgement")],
        {("1.1", "pass"): False, ("1.1", "needs_judgement"): True},
    )
    assert [line["confirmed"] for line in lines] == [None, True]
