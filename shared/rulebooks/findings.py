"""认定结果: what an evaluation found, condition by condition, with its reasons; and the receipt to
replay it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from shared.identifiers import canonical_array, canonical_json_of_text_keys, digest_bytes


class Outcome(StrEnum):
    """What one condition came to."""

    PASS = "pass"  # noqa: S105 - the word of the scenario format, no secret
    FAIL = "fail"
    MISSING = "missing"  # a fact that it needs is absent
    AWAITING = "awaiting"  # a department has not answered, and its answer could still decide
    NEEDS_JUDGEMENT = "needs_judgement"  # a named officer confirms or rejects it
    NOT_APPLICABLE = "not_applicable"

    __hash__ = str.__hash__  # as its value hashes, and quickly


@dataclass(frozen=True)
class Finding:
    """One condition's outcome for one application, with the facts used."""

    rule: str
    condition: str
    outcome: Outcome
    reason: str
    reason_en: str
    evidence: tuple[str, ...] = ()
    source_article: str = ""

    @property
    def key(self) -> str:
        """`16.6/no_loss`: names the finding within its evaluation."""
        return f"{self.rule}/{self.condition}"

    def canonical(self) -> bytes:
        """The canonical JSON of `as_dict`."""
        return canonical_json_of_text_keys(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the wire; `from_dict` is its inverse."""
        return {
            "rule": self.rule,
            "condition": self.condition,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "reason_en": self.reason_en,
            "evidence": list(self.evidence),
            "source_article": self.source_article,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        return cls(
            rule=data["rule"],
            condition=data["condition"],
            outcome=Outcome(data["outcome"]),
            reason=data["reason"],
            reason_en=data["reason_en"],
            evidence=tuple(data["evidence"]),
            source_article=data["source_article"],
        )


@dataclass(frozen=True)
class Receipt:
    """What a decision stands on. Replaying it with the same case gives the same findings."""

    rulebook_id: str
    rulebook_sha256: str
    evaluator: str
    closes_on: date
    submitted_on: date
    cycle_year: int
    inputs_digest: str
    findings_digest: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the wire; `from_dict` is its inverse."""
        return {
            "rulebook_id": self.rulebook_id,
            "rulebook_sha256": self.rulebook_sha256,
            "evaluator": self.evaluator,
            "closes_on": self.closes_on.isoformat(),
            "submitted_on": self.submitted_on.isoformat(),
            "cycle_year": self.cycle_year,
            "inputs_digest": self.inputs_digest,
            "findings_digest": self.findings_digest,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Receipt:
        return cls(
            **{
                **data,
                "closes_on": date.fromisoformat(data["closes_on"]),
                "submitted_on": date.fromisoformat(data["submitted_on"]),
            }
        )


@dataclass(frozen=True)
class Evaluation:
    """All findings in the rulebook's order, and the levels that the applicant cannot win."""

    findings: tuple[Finding, ...]
    barred_levels: tuple[str, ...]
    receipt: Receipt


def findings_digest(findings: Iterable[bytes], barred_levels: Iterable[str]) -> str:
    """A named digest over findings, as their canonical JSON, and barred levels."""
    barred = canonical_json_of_text_keys(list(barred_levels))
    return digest_bytes(b'{"barred_levels":%b,"findings":%b}' % (barred, canonical_array(findings)))


Judgements = Mapping[str, bool]  # by Finding.key: confirmed or rejected; left out: not given yet


def fails(finding: Finding, judgements: Judgements) -> bool:
    """Whether a finding by itself makes the application ineligible."""
    if finding.outcome is Outcome.NEEDS_JUDGEMENT:
        return judgements.get(finding.key) is False
    return finding.outcome in {Outcome.FAIL, Outcome.MISSING}


def failing_rules(findings: Iterable[Finding], judgements: Judgements) -> tuple[str, ...]:
    """The rules with a finding that is `fail`, `missing` or a rejected judgement, in the text's order."""
    return tuple(sorted({f.rule for f in findings if fails(f, judgements)}, key=_article_order))


def ineligible(findings: Iterable[Finding], judgements: Judgements) -> bool:
    """Whether any finding fails, whatever is still awaited."""
    return any(fails(finding, judgements) for finding in findings)


def awaiting(findings: Iterable[Finding]) -> bool:
    """Whether a department's answer is still needed."""
    return any(finding.outcome is Outcome.AWAITING for finding in findings)


def open_judgements(findings: Iterable[Finding], judgements: Judgements) -> tuple[Finding, ...]:
    """The findings on which an officer has still to decide."""
    return tuple(
        f for f in findings if f.outcome is Outcome.NEEDS_JUDGEMENT and judgements.get(f.key) is None
    )


class Standing(StrEnum):
    """Where an application stands after its evaluation."""

    INELIGIBLE = "ineligible"
    AWAITING_RECORDS = "awaiting_records"
    AWAITING_JUDGEMENT = "awaiting_judgement"
    QUALIFIED = "qualified"


def standing(findings: Iterable[Finding], judgements: Judgements) -> Standing:
    """A failure decides at once; then departments are waited for, then officers."""
    found = tuple(findings)
    if ineligible(found, judgements):
        return Standing.INELIGIBLE
    if awaiting(found):
        return Standing.AWAITING_RECORDS
    return Standing.AWAITING_JUDGEMENT if open_judgements(found, judgements) else Standing.QUALIFIED


def _article_order(rule: str) -> tuple[bool, list[int], str]:
    steps = rule.split(".")
    numbered = all(step.isdigit() for step in steps)
    return (not numbered, [int(step) for step in steps] if numbered else [], rule)
