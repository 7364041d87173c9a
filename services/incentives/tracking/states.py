"""States of a winner's file, its reports, warnings, visits and orders, and the moves between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from shared import states
from shared.problems import Conflict


class File(StrEnum):
    """跟踪档案: one winner's, from the award on."""

    OPEN = "open"
    ENDED = "ended"  # the award was revoked


class Report(StrEnum):
    """年度报告: one calendar year of one winner. It is returned once at most: what was corrected is accepted."""

    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CORRECTED = "corrected"  # submitted again
    ACCEPTED = "accepted"


class Warned(StrEnum):
    """退步提醒: an index that worsened, told to office and winner."""

    RAISED = "raised"
    ANSWERED = "answered"


class Visit(StrEnum):
    """跟踪回访."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Order(StrEnum):
    """责令整改."""

    ISSUED = "issued"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"  # another officer found it mended
    ESCALATED = "escalated"  # not mended, or not answered in time


FILE_MOVES: Mapping[File, frozenset[File]] = {
    File.OPEN: frozenset({File.ENDED}),
    File.ENDED: frozenset(),
}
REPORT_MOVES: Mapping[Report, frozenset[Report]] = {
    Report.DUE: frozenset({Report.DRAFT}),
    Report.DRAFT: frozenset({Report.SUBMITTED}),
    Report.SUBMITTED: frozenset({Report.RETURNED, Report.ACCEPTED}),
    Report.RETURNED: frozenset({Report.CORRECTED}),
    Report.CORRECTED: frozenset({Report.ACCEPTED}),
    Report.ACCEPTED: frozenset(),
}
WARNING_MOVES: Mapping[Warned, frozenset[Warned]] = {
    Warned.RAISED: frozenset({Warned.ANSWERED}),
    Warned.ANSWERED: frozenset(),
}
VISIT_MOVES: Mapping[Visit, frozenset[Visit]] = {
    Visit.PLANNED: frozenset({Visit.DONE, Visit.CANCELLED}),
    Visit.DONE: frozenset(),
    Visit.CANCELLED: frozenset(),
}
ORDER_MOVES: Mapping[Order, frozenset[Order]] = {
    Order.ISSUED: frozenset({Order.ANSWERED, Order.ESCALATED}),
    Order.ANSWERED: frozenset({Order.CONFIRMED, Order.ESCALATED}),
    Order.CONFIRMED: frozenset(),
    Order.ESCALATED: frozenset(),
}
# In which a winner writes; the office sees nothing of it before it is submitted.
WRITING = (Report.DUE, Report.DRAFT, Report.RETURNED)
HANDED_IN: Mapping[Report, Report] = {Report.DRAFT: Report.SUBMITTED, Report.RETURNED: Report.CORRECTED}

_WORDS: Mapping[str, tuple[str, str]] = {
    "open": ("跟踪中", "open"),
    "ended": ("已终止", "ended"),
    "due": ("待报", "due"),
    "draft": ("填写中", "a draft"),
    "submitted": ("已提交", "submitted"),
    "returned": ("已退回补正", "returned for correction"),
    "corrected": ("已补正提交", "corrected and submitted"),
    "accepted": ("已通过", "accepted"),
    "raised": ("待回复", "raised"),
    "answered": ("已回复", "answered"),
    "planned": ("已安排", "planned"),
    "done": ("已完成", "done"),
    "cancelled": ("已取消", "cancelled"),
    "issued": ("已下达", "issued"),
    "confirmed": ("已确认整改到位", "confirmed"),
    "escalated": ("已上报", "escalated"),
}

_S = TypeVar("_S", File, Report, Warned, Visit, Order)
_TABLES: Mapping[type[StrEnum], tuple[Any, str, str]] = {
    File: (FILE_MOVES, "跟踪档案", "the file"),
    Report: (REPORT_MOVES, "年度报告", "the report"),
    Warned: (WARNING_MOVES, "退步提醒", "the warning"),
    Visit: (VISIT_MOVES, "跟踪回访", "the visit"),
    Order: (ORDER_MOVES, "整改要求", "the order"),
}


def before(state: _S) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    moves, _, _ = _TABLES[type(state)]
    return states.before(moves, state)


def refusal(known: _S, wanted: _S) -> Conflict:
    """What somebody is told whose move the table does not have."""
    _, zh, en = _TABLES[type(known)]
    return Conflict(
        f"{zh}{_WORDS[known][0]}，不能改为{_WORDS[wanted][0]}",
        f"{en} is {_WORDS[known][1]} and cannot become {_WORDS[wanted][1]}",
        code=f"cannot_become_{wanted}_from_{known}",
    )


def moved(known: _S, wanted: _S) -> _S:
    """The state after a move. Raises Conflict, which names both, where the table has no such move."""
    if known.value not in before(wanted):
        raise refusal(known, wanted)
    return wanted
