"""奖金和资助: what a rulebook gives for an award or for membership of the pool, explained line by line. Pure.

Amounts are integer fen. Nothing is ever cut to fit a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from shared.money import format_yuan, yuan_to_fen
from shared.rulebooks import GrantRule, Rulebook
from shared.rulebooks.exceptions import Winner, live_exceptions
from shared.rulebooks.model import GrantException

For = Literal["award", "pool"]


@dataclass(frozen=True)
class Payment:
    """A grant that the same applicant got before; `level` is None for the pool, or where it is not known."""

    for_: For
    level: str | None
    amount_fen: int
    on: date


@dataclass(frozen=True)
class Grant:
    """What is payable now, 0 where something keeps it back. `once_key` names a grant made once, None for the others."""

    for_: For
    level: str | None
    amount_fen: int
    rule: str
    explanation_zh: str
    explanation_en: str
    once_key: str | None


class _Explanation:
    """The lines of an explanation in both languages."""

    def __init__(self) -> None:
        self._zh: list[str] = []
        self._en: list[str] = []

    def say(self, zh: str, en: str) -> None:
        self._zh.append(zh)
        self._en.append(en)

    @property
    def zh(self) -> str:
        return "\n".join(self._zh)

    @property
    def en(self) -> str:
        return "\n".join(self._en)


def award_grant(
    rulebook: Rulebook,
    level: str,
    track: str,
    dossier: Mapping[str, Any],
    won: Iterable[str],
    paid: Sequence[Payment],
) -> Grant | None:
    """The grant of an award; None where the rulebook gives none for it. `won`: the levels won before.

    Raises ConflictingExceptions where two that hold at once say different things.
    """
    rule = rulebook.grant_for(level, track)
    if rule is None:
        return None
    facts = dossier["facts"]
    cost = facts.get(rule.cost_fact) if rule.cost_fact else None
    applying = live_exceptions(rule, Winner.of(dossier["kind"], facts, won))
    return _grant(rulebook, rule, applying, None if cost is None else yuan_to_fen(cost), paid)


def pool_grant(rulebook: Rulebook, cost_fen: int | None, paid: Sequence[Payment]) -> Grant | None:
    """The grant of a member of the pool, whose project has this approved cost; None where the rulebook gives none."""
    rule = next((each for each in rulebook.grants if each.for_ == "pool"), None)
    return None if rule is None else _grant(rulebook, rule, [], cost_fen, paid)


def over_budget(granted_fen: int, budget_fen: int | None) -> int:
    """Granted minus budget, never below 0; 0 where no budget was given."""
    return 0 if budget_fen is None else max(0, granted_fen - budget_fen)


def _grant(
    rulebook: Rulebook,
    rule: GrantRule,
    exceptions: Sequence[GrantException],
    cost_fen: int | None,
    paid: Sequence[Payment],
) -> Grant:
    told = _Explanation()
    ceiling_zh, ceiling_en = ("最高 ", "up to ") if rule.up_to else ("", "")
    what_zh = f"{rule.level}（{rule.track}）" if rule.level else "培育库项目"
    what_en = f"{rule.level} ({rule.track})" if rule.level else "the pool's project"
    told.say(
        f"{rulebook.label(rule.rule)}：{what_zh}{ceiling_zh}{format_yuan(rule.amount_fen)}",
        f"{rule.rule}: {what_en}, {ceiling_en}{format_yuan(rule.amount_fen)}",
    )
    amount = _payable(rulebook, rule, exceptions, cost_fen, paid, told)
    told.say(f"应发 {format_yuan(amount)}", f"payable: {format_yuan(amount)}")
    once = f"{rule.for_}:{rule.level or ''}" if rule.once and amount else None
    cited = exceptions[0].rule if exceptions else rule.rule
    return Grant(rule.for_, rule.level, amount, cited, told.zh, told.en, once)


def _payable(
    rulebook: Rulebook,
    rule: GrantRule,
    exceptions: Sequence[GrantException],
    cost_fen: int | None,
    paid: Sequence[Payment],
    told: _Explanation,
) -> int:
    for each in exceptions:
        instead = format_yuan(each.amount_fen)
        told.say(
            f"{rulebook.label(each.rule)}："
            + (f"改发 {instead}" if each.amount_fen else "只授予证书，不发放奖金"),
            f"{each.rule}: " + (f"{instead} instead" if each.amount_fen else "a certificate and no money"),
        )
    before = [payment for payment in paid if rule.once and _same(rulebook, rule, payment)]
    for payment in before:
        told.say(
            f"只发放一次，已于 {payment.on} 发放 {format_yuan(payment.amount_fen)}",
            f"paid once only; {format_yuan(payment.amount_fen)} was paid on {payment.on}",
        )
    if before:
        return 0
    if exceptions:
        return exceptions[0].amount_fen  # those that hold at once agree
    if not rule.up_to:
        return rule.amount_fen
    if cost_fen is None:
        told.say("项目尚无核定费用，暂不发放", "the project has no approved cost yet")
        return 0
    told.say(
        f"项目核定费用 {format_yuan(cost_fen)}，取上限与核定费用中较小者",
        f"approved cost {format_yuan(cost_fen)}; the smaller of the two",
    )
    return min(rule.amount_fen, cost_fen)


def _same(rulebook: Rulebook, rule: GrantRule, payment: Payment) -> bool:
    if payment.for_ != rule.for_:
        return False
    if rule.level is None or payment.level is None:
        return True
    return payment.level in (rule.level, *rulebook.level(rule.level).aliases)
