"""States of a revocation case, of its orders, of a report to a credit platform and of a breach of the title. Pure.

What a table does not hold cannot happen: every change is an UPDATE whose condition are the states before.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shared.problems import Conflict


class Case(StrEnum):
    """撤销案件: from what somebody found to what was carried out; dropped is an outcome like another."""

    OPENED = "opened"
    NOTIFIED = "notified"  # the applicant knows of it and may answer until a day
    HEARD = "heard"  # it has answered, or let the day pass
    PROPOSED = "proposed"  # by one officer; another one decides
    DECIDED = "decided"  # revoked: the orders are out
    EXECUTED = "executed"  # every order is settled
    DROPPED = "dropped"


class Order(StrEnum):
    """处理决定: one order of a decided case."""

    ISSUED = "issued"
    DONE = "done"
    NOT_DONE = "not_done"  # given up, with the reason: a certificate that was lost


class Report(StrEnum):
    """信用报送: one report to one platform."""

    QUEUED = "queued"
    SENT = "sent"  # handed over, not acknowledged yet
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"  # no more tries; somebody has to see to it
    BY_HAND = "by_hand"  # brought there by a person, with proof


class Breach(StrEnum):
    """违规使用称号: ordered corrected, never a reason to revoke by itself."""

    RECORDED = "recorded"
    ORDERED = "ordered"
    OVERDUE = "overdue"
    CORRECTED = "corrected"  # says the winner
    CONFIRMED = "confirmed"  # says the office
    DISMISSED = "dismissed"


_S = TypeVar("_S", bound=StrEnum)
Moves = Mapping[_S, frozenset[_S]]

CASE_MOVES: Moves[Case] = {
    Case.OPENED: frozenset(
        {Case.NOTIFIED, Case.PROPOSED}
    ),  # without a hearing nothing but dropping is proposed
    Case.NOTIFIED: frozenset({Case.HEARD}),
    Case.HEARD: frozenset({Case.HEARD, Case.PROPOSED}),  # until its last day the winner may say more
    Case.PROPOSED: frozenset({Case.OPENED, Case.HEARD, Case.DECIDED, Case.DROPPED}),  # sent back, or decided
    Case.DECIDED: frozenset({Case.EXECUTED}),
    Case.EXECUTED: frozenset(),
    Case.DROPPED: frozenset(),
}
ORDER_MOVES: Moves[Order] = {
    Order.ISSUED: frozenset({Order.DONE, Order.NOT_DONE}),
    Order.DONE: frozenset(),
    Order.NOT_DONE: frozenset({Order.DONE}),  # the certificate turned up after all
}
REPORT_MOVES: Moves[Report] = {
    Report.QUEUED: frozenset({Report.SENT, Report.ACKNOWLEDGED, Report.FAILED, Report.BY_HAND}),
    Report.SENT: frozenset({Report.ACKNOWLEDGED, Report.FAILED, Report.BY_HAND}),
    Report.FAILED: frozenset({Report.QUEUED, Report.BY_HAND}),
    Report.ACKNOWLEDGED: frozenset(),
    Report.BY_HAND: frozenset(),
}
BREACH_MOVES: Moves[Breach] = {
    Breach.RECORDED: frozenset({Breach.ORDERED, Breach.DISMISSED}),
    Breach.ORDERED: frozenset({Breach.CORRECTED, Breach.OVERDUE}),
    Breach.OVERDUE: frozenset({Breach.CORRECTED}),
    Breach.CORRECTED: frozenset({Breach.CONFIRMED, Breach.ORDERED}),  # or it is not mended: ordered anew
    Breach.CONFIRMED: frozenset(),
    Breach.DISMISSED: frozenset(),
}
OPEN_CASES = tuple(state.value for state in Case if state not in {Case.EXECUTED, Case.DROPPED, Case.DECIDED})

_WORDS: Mapping[str, tuple[str, str]] = {
    "opened": ("已立案", "opened"),
    "notified": ("已告知、正在听取陈述", "being heard"),
    "heard": ("已听取陈述", "heard"),
    "proposed": ("已提出处理建议", "proposed"),
    "decided": ("已决定撤销", "decided"),
    "executed": ("已执行完毕", "executed"),
    "dropped": ("已不予处理", "dropped"),
    "issued": ("已下达", "issued"),
    "done": ("已办结", "done"),
    "not_done": ("无法办结", "given up"),
    "queued": ("待报送", "queued"),
    "sent": ("已报送、待回执", "sent"),
    "acknowledged": ("已收到回执", "acknowledged"),
    "failed": ("报送失败", "failed"),
    "by_hand": ("已人工报送", "brought by hand"),
    "recorded": ("已登记", "recorded"),
    "ordered": ("已责令改正", "ordered corrected"),
    "overdue": ("逾期未改正", "overdue"),
    "corrected": ("已报告改正", "reported corrected"),
    "confirmed": ("已确认改正", "confirmed"),
    "dismissed": ("不予处理", "dismissed"),
}


def refused(what_zh: str, what_en: str, present: str, wanted: StrEnum) -> Conflict:
    """What somebody is told whose move the table does not hold; the code names both states."""
    zh, en = _WORDS[present]
    to_zh, to_en = _WORDS[wanted.value]
    return Conflict(
        f"{what_zh}当前为“{zh}”，不能变为“{to_zh}”",
        f"{what_en} is {en} and cannot become {to_en}",
        code=f"cannot_be_{wanted.value}_from_{present}",
    )
