"""What findings and judgements together mean for an application. Pure.

A finding is a mapping with rule, condition, outcome, reason_zh, reason_en, evidence; a judgement is True for confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Judgements = Mapping[tuple[str, str], bool]
_FAILING = ("fail", "missing")


def with_judgements(findings: Iterable[Mapping[str, Any]], judged: Judgements) -> list[dict[str, Any]]:
    """The findings with the office's answers where judgement was needed."""
    return [
        {
            **finding,
            "confirmed": (
                judged.get((finding["rule"], finding["condition"]))
                if finding["outcome"] == "needs_judgement"
                else None
            ),
        }
        for finding in findings
    ]


def failing_rules(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """The sorted set of rules with a finding that is failed or missing, or whose judgement was rejected."""
    return sorted({f["rule"] for f in findings if f["outcome"] in _FAILING or f.get("confirmed") is False})


def verdict(findings: Iterable[Mapping[str, Any]]) -> str:
    """eligible, ineligible, awaiting_records or awaiting_judgement.

    What fails whatever an absent department may answer makes it ineligible at once; else it waits for the departments
    first, since a missing answer is never a clean record, and for the office's judgement then.
    """
    findings = list(findings)
    if failing_rules(findings):
        return "ineligible"
    if any(f["outcome"] == "awaiting" for f in findings):
        return "awaiting_records"
    if any(f["outcome"] == "needs_judgement" and f.get("confirmed") is None for f in findings):
        return "awaiting_judgement"
    return "eligible"
