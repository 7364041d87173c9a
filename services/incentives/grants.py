"""奖金和资助: what a rulebook gives for an award or for membership of the pool, explained line by line. Pure.

Amounts are integer fen. Nothing is ever cut to fit a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal

from shared.money import format_yuan, yuan_to_fen
from shared.rulebooks import GrantRule, Rulebook
from shared.rulebooks.exceptions import Winner, live_exceptions
from shared.rulebooks.model import GrantException

For = Literal["award", "pool"]


class Stated(Enum):
    """The approved cost is the one that the dossier states, as in a rehearsal's file."""

    COST = "stated"


STATED = Stated.COST


@dataclass(frozen=True)
class Payment:
    """A grant that the same applicant got before; `level` is None for the pool, or where it is not known."""

    for_: For
    level: str | None
    amount_fen: int
    on: date


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: what it rests on (None: arithmetic), its words, and the amount that it speaks of."""

    rule: str | None
    zh: str
    en: str
    amount_fen: int | None


@dataclass(frozen=True)
class Grant:
    """What is payable now, 0 where something keeps it back. `once_key` names a grant made once, None for the others."""

    for_: For
    level: str | None
    amount_fen: int
    rule: str
    lines: tuple[Line, ...]
    once_key: str | None

    @property
    def explanation_zh(self) -> str:
        """All lines in Chinese."""
        return "\n".join(line.zh for line in self.lines)

    @property
    def explanation_en(self) -> str:
        """All lines in English."""
        return "\n".join(line.en for line in self.lines)

    @property
    def explanation(self) -> list[dict[str, Any]]:
        """The lines as they are kept and told."""
        return [
            {"rule": line.rule, "text_zh": line.zh, "text_en": line.en, "amount_fen": line.amount_fen}
            for line in self.lines
        ]


class _Explanation:
    """The lines as they are said."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def say(self, zh: str, en: str, *, rule: str | None = None, fen: int | None = None) -> None:
        self.lines.append(Line(rule, zh, en, fen))


def award_grant(
    rulebook: Rulebook,
    level: str,
    track: str,
    dossier: Mapping[str, Any],
    won: Iterable[str],
    paid: Sequence[Payment],
    cost: int | Stated | None = STATED,
) -> Grant | None:
    """The grant of an award; None where the rulebook gives none for it. `won`: the levels won before. `cost`: the project's
    approved cost in fen, None where there is none yet; where nobody approves any, the one that the dossier states.

    Raises ConflictingExceptions where two that hold at once say different things.
    """
    rule = rulebook.grant_for(level, track)
    if rule is None:
        return None
    facts = dossier["facts"]
    if isinstance(cost, Stated):
        stated = facts.get(rule.cost_fact) if rule.cost_fact else None
        cost = None if stated is None else yuan_to_fen(stated)
    applying = live_exceptions(rule, Winner.of(dossier["kind"], facts, won))
    return _grant(rulebook, rule, applying, cost, paid)


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
        rule=rule.rule,
        fen=rule.amount_fen,
    )
    amount = _payable(rulebook, rule, exceptions, cost_fen, paid, told)
    told.say(f"应发 {format_yuan(amount)}", f"payable: {format_yuan(amount)}", fen=amount)
    once = f"{rule.for_}:{rule.level or ''}" if rule.once and amount else None
    cited = exceptions[0].rule if exceptions else rule.rule
    return Grant(rule.for_, rule.level, amount, cited, tuple(told.lines), once)


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
            rule=each.rule,
            fen=each.amount_fen,
        )
    before = [payment for payment in paid if rule.once and _same(rulebook, rule, payment)]
    for payment in before:
        told.say(
            f"只发放一次，已于 {payment.on} 发放 {format_yuan(payment.amount_fen)}",
            f"paid once only; {format_yuan(payment.amount_fen)} was paid on {payment.on}",
            rule=rule.rule,
            fen=payment.amount_fen,
        )
    if before:
        return 0
    if exceptions:
        return exceptions[0].amount_fen  # those that hold at once agree
    if not rule.up_to:
        return rule.amount_fen
    if cost_fen is None:
        told.say("项目尚无核定费用，暂不发放", "the project has no approved cost yet", rule=rule.rule, fen=0)
        return 0
    told.say(
        f"项目核定费用 {format_yuan(cost_fen)}，取上限与核定费用中较小者",
        f"approved cost {format_yuan(cost_fen)}; the smaller of the two",
        rule=rule.rule,
        fen=cost_fen,
    )
    return min(rule.amount_fen, cost_fen)


def _same(rulebook: Rulebook, rule: GrantRule, payment: Payment) -> bool:
    if payment.for_ != rule.for_:
        return False
    if rule.level is None or payment.level is None:
        return True
    return payment.level in (rule.level, *rulebook.level(rule.level).aliases)
