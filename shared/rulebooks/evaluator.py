"""A case held against a rulebook: every condition gets a finding, none is cut short, nothing is
guessed. Pure.
"""

from __future__ import annotations

from shared.problems import Conflict
from shared.rulebooks.case import Ban, Case, Membership, Peer
from shared.rulebooks.facts import FACTS
from shared.rulebooks.findings import Evaluation, Finding, Outcome, Receipt, findings_digest
from shared.rulebooks.library import Library
from shared.rulebooks.model import Condition, Rulebook
from shared.rulebooks.operators import OPERATORS, Verdict, holds

__all__ = ["VERSION", "Ban", "Case", "Membership", "Peer", "ReplayMismatch", "evaluate", "replay"]

VERSION = "1"  # of the operators' sense; a change that could alter a finding makes it a new one


class ReplayMismatch(Conflict):
    """A receipt that does not lead to the same findings: another case, another evaluator, or a changed
    decision.
    """

    default_code = "replay_mismatch"


def evaluate(rulebook: Rulebook, case: Case) -> Evaluation:
    """Findings for every condition that addresses the applicant, in the rulebook's order, with a receipt."""
    findings: list[Finding] = []
    barred: dict[str, None] = {}
    for condition in rulebook.conditions:
        if not condition.addresses(case.kind, case.category):
            continue
        for verdict in _decide(rulebook, condition, case):
            barred |= dict.fromkeys(verdict.barred)
            findings.append(_finding(rulebook, condition, verdict))
    found, levels = tuple(findings), tuple(barred)
    return Evaluation(found, levels, _receipt(rulebook, case, found, levels))


def findings_of(rulebook: Rulebook, condition: Condition, case: Case) -> tuple[Finding, ...]:
    """What one condition alone finds, without a receipt: for those who try many cases and decide none."""
    return tuple(_finding(rulebook, condition, verdict) for verdict in _decide(rulebook, condition, case))


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


def _decide(rulebook: Rulebook, condition: Condition, case: Case) -> list[Verdict]:
    applies = [(guard, holds(guard, case)) for guard in condition.when]
    for guard, known in applies:
        if known is False:
            title = FACTS[guard.fact].title
            return [Verdict(Outcome.NOT_APPLICABLE, f"不适用（{title.zh}）", f"not applicable ({title.en})")]
    unknown = [FACTS[guard.fact].title for guard, known in applies if known is None]
    if unknown:
        zh, en = "、".join(title.zh for title in unknown), ", ".join(title.en for title in unknown)
        return [Verdict(Outcome.MISSING, f"未提供“{zh}”，无法判断是否适用", f"not given: {en}")]
    return OPERATORS[condition.operator](rulebook, case, condition.parameters)


def _finding(rulebook: Rulebook, condition: Condition, verdict: Verdict) -> Finding:
    rule = verdict.rule or condition.rule
    return Finding(
        rule=rule,
        condition=condition.name,
        outcome=verdict.outcome,
        reason=f"{condition.says.zh}：{verdict.zh}",
        reason_en=f"{condition.says.en}: {verdict.en}",
        evidence=verdict.evidence,
        source_article=rulebook.label(rule),
    )


def _receipt(
    rulebook: Rulebook, case: Case, findings: tuple[Finding, ...], barred: tuple[str, ...]
) -> Receipt:
    return Receipt(
        rulebook_id=rulebook.id,
        rulebook_sha256=rulebook.sha256,
        evaluator=VERSION,
        closes_on=case.closes_on,
        submitted_on=case.submitted_on,
        cycle_year=case.cycle_year,
        inputs_digest=case.inputs_digest(),
        findings_digest=findings_digest(findings, barred),
    )
