"""A case held against a rulebook: every condition gets a finding, none is cut short, nothing is
guessed. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from shared.problems import Conflict
from shared.rulebooks.case import Ban, Case, Membership, Peer
from shared.rulebooks.facts import FACTS
from shared.rulebooks.findings import Evaluation, Finding, Outcome, Receipt, findings_digest
from shared.rulebooks.library import Library
from shared.rulebooks.model import Condition, Guard, Rulebook, Words
from shared.rulebooks.operators import holds
from shared.rulebooks.verdicts import OPERATORS, Decide, Verdict, Verdicts, missing

__all__ = ["VERSION", "Ban", "Case", "Membership", "Peer", "ReplayMismatch", "evaluate", "replay"]

VERSION = "1"  # of the operators' sense; a change that could alter a finding makes it a new one


class ReplayMismatch(Conflict):
    """A receipt that does not lead to the same findings: another case, another evaluator, or a changed
    decision.
    """

    default_code = "replay_mismatch"


def evaluate(rulebook: Rulebook, case: Case) -> Evaluation:
    """Findings for every condition that addresses the applicant, in the rulebook's order, with a receipt."""
    found = find(rulebook, case)
    return Evaluation(found.findings, found.barred_levels, _receipt(rulebook, case, found))


class Found(NamedTuple):
    """An evaluation's findings and barred levels, and the findings' canonical JSON."""

    findings: tuple[Finding, ...]
    barred_levels: tuple[str, ...]
    written: tuple[bytes, ...]


def find(rulebook: Rulebook, case: Case) -> Found:
    """All that an evaluation finds, without a receipt: nothing is decided by it."""
    steps = _steps(rulebook, case.kind, case.category)
    kept = [_keep(step, verdict) for step in steps for verdict in step.decide(case)]
    findings, written, barred = zip(*kept, strict=True) if kept else ((), (), ())
    return Found(findings, tuple(dict.fromkeys(chain.from_iterable(barred))), written)


def findings_of(rulebook: Rulebook, condition: Condition, case: Case) -> tuple[Finding, ...]:
    """What one condition alone finds, without a receipt: for those who try many cases and decide none."""
    step = _step(rulebook, condition)
    return tuple(_keep(step, verdict)[0] for verdict in step.decide(case))


def replay(library: Library, receipt: Receipt, case: Case) -> Evaluation:
    """Decide again on the same ground. Raises UnknownRulebook, HashMismatch, ReplayMismatch."""
    rulebook = library.pinned(receipt.rulebook_id, receipt.rulebook_sha256)
    evaluation = evaluate(rulebook, case)
    for name in ("evaluator", "inputs_digest", "findings_digest"):
        then, now = getattr(receipt, name), getattr(evaluation.receipt, name)
        if then != now:
            raise ReplayMismatch(
                f"重新认定与原凭据不一致（{name}）", f"replaying gives another {name}: {now}, not {then}"
            )
    return evaluation


@dataclass(frozen=True, eq=False)
class _Step:
    """A condition with all that does not change from case to case."""

    rulebook: Rulebook
    condition: Condition
    decide: Decide


@lru_cache(maxsize=512)
def _steps(rulebook: Rulebook, kind: str, category: str | None) -> tuple[_Step, ...]:
    """What is asked of an applicant of a kind and category, in the rulebook's order."""
    asked = [condition for condition in rulebook.conditions if condition.addresses(kind, category)]
    return tuple(_step(rulebook, condition) for condition in asked)


@lru_cache(maxsize=1024)
def _step(rulebook: Rulebook, condition: Condition) -> _Step:
    decide = OPERATORS[condition.operator](rulebook, condition.parameters)
    return _Step(rulebook, condition, _guarded(condition.when, decide) if condition.when else decide)


def _guarded(guards: tuple[Guard, ...], decide: Decide) -> Decide:
    """Decides only where every guard is met, and says which one is not."""
    titles = [FACTS[guard.fact].title for guard in guards]
    told = [(guard, title, _not_applicable(title)) for guard, title in zip(guards, titles, strict=True)]

    def decide_where_met(case: Case) -> Verdicts:
        unknown = []
        for guard, title, not_applicable in told:
            known = holds(guard, case)
            if known is False:
                return not_applicable
            if known is None:
                unknown.append(title)
        if not unknown:
            return decide(case)
        zh, en = "、".join(title.zh for title in unknown), ", ".join(title.en for title in unknown)
        return missing(f"未提供“{zh}”，无法判断是否适用", f"not given: {en}")

    return decide_where_met


def _not_applicable(title: Words) -> Verdicts:
    return (Verdict(Outcome.NOT_APPLICABLE, f"不适用（{title.zh}）", f"not applicable ({title.en})"),)


# Most applicants get most of their findings word for word as others do: each is put together and written once.
@lru_cache(maxsize=4096)
def _keep(step: _Step, verdict: Verdict) -> tuple[Finding, bytes, tuple[str, ...]]:
    """The finding that a verdict makes, its canonical JSON, and the levels that it bars."""
    condition = step.condition
    rule = verdict.rule or condition.rule
    finding = Finding(
        rule=rule,
        condition=condition.name,
        outcome=verdict.outcome,
        reason=f"{condition.says.zh}：{verdict.zh}",
        reason_en=f"{condition.says.en}: {verdict.en}",
        evidence=verdict.evidence,
        source_article=step.rulebook.label(rule),
    )
    return finding, finding.canonical(), verdict.barred


def _receipt(rulebook: Rulebook, case: Case, found: Found) -> Receipt:
    return Receipt(
        rulebook_id=rulebook.id,
        rulebook_sha256=rulebook.sha256,
        evaluator=VERSION,
        closes_on=case.closes_on,
        submitted_on=case.submitted_on,
        cycle_year=case.cycle_year,
        inputs_digest=case.inputs_digest(),
        findings_digest=findings_digest(found.written, found.barred_levels),
    )
