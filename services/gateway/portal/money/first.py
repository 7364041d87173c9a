"""What finance sees first: each cycle's money against its budget, and what waits in any of them, the most urgent first.

Incentives answers of all cycles at once; how each of them stands is intake's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.gateway.portal.text import Text
from shared.contracts.operations.incentives.funds import PRESSING
from shared.money.capitals import in_capitals

Told = Mapping[str, Any]


class Task(NamedTuple):
    """One kind of thing that waits in one cycle. `who` has to act; `due_on`: since when or until when, where there is a day."""

    cycle: Told
    label: Text
    number: int
    amount_fen: int | None
    who: Text
    address: str
    due_on: str | None
    colour: str


_OTHER = Text("另一名财务人员", "another person of finance")
_ANY = Text("财务", "finance")
_BY_ANOTHER = frozenset({"batches_to_decide", "payees_to_check"})
_OVER = "over_budget"
# By kind, what it is called and on which of the cycle's pages it is done.
_KINDS: Mapping[str, tuple[Text, str]] = {
    _OVER: (Text("核算资助超出预算", "Grants over the budget"), "budget"),
    "batches_held": (Text("付款批次超出预算，已暂缓", "Batches held: over the budget"), "batches"),
    "lines_returned": (Text("银行退回的付款", "Payments that the bank returned"), "payees"),
    "lines_unknown": (Text("付款结果不明", "Payments of which nobody knows"), "unknown"),
    "receivables_overdue": (Text("逾期应收款", "Receivables that are overdue"), "receivables"),
    "batches_to_decide": (Text("付款批次待复核", "Batches to decide"), "batches"),
    "payees_to_check": (Text("收款账户待核对", "Accounts to check"), "payees"),
    "receivables_due": (Text("将到期的应收款", "Receivables that fall due"), "receivables"),
}


def total(told: Told) -> list[tuple[Text, int | None, str]]:
    """Budget, grants and payments of all cycles, in capital numerals too. A budget that was not set for one of them makes no sum
    of budgets.
    """
    labels = (Text("预算合计", "Budgets"), Text("核算资助合计", "Grants"), Text("已付合计", "Paid"))
    amounts = (told.get("budget_fen"), told["granted_fen"], told["paid_fen"])
    return [
        (label, fen, "" if fen is None else in_capitals(fen))
        for label, fen in zip(labels, amounts, strict=True)
    ]


def over(told: Told, cycles: Mapping[str, Told]) -> list[tuple[Told, int]]:
    """The cycles whose grants exceed their budget, and by how much in fen: all of these grants are held."""
    return [(_cycle(cycles, each), each["amount_fen"]) for each in told["waits"] if each["kind"] == _OVER]


def tasks(told: Told, cycles: Mapping[str, Told]) -> list[Task]:
    """What waits, in the order in which it is told; what is over its budget is said above them all."""
    return [_task(each, _cycle(cycles, each)) for each in told["waits"] if each["kind"] != _OVER]


def _cycle(cycles: Mapping[str, Told], wait: Told) -> Told:
    unknown = {"cycle_id": wait["cycle_id"], "rulebook": wait["cycle_id"], "year": "", "call": None}
    return cycles.get(wait["cycle_id"], unknown)


def _task(wait: Told, cycle: Told) -> Task:
    kind = wait["kind"]
    label, at = _KINDS.get(kind, (Text(kind, kind), ""))
    return Task(
        cycle, label, wait["number"], wait.get("amount_fen"), _OTHER if kind in _BY_ANOTHER else _ANY,
        f"/finance/{wait['cycle_id']}/{at}".rstrip("/"), wait.get("day"), "red" if kind in PRESSING else "amber",
    )  # fmt: skip


def listed(told: Told | None, cycles: Sequence[Told], page: int, size: int) -> list[dict[str, Any]]:
    """The lines of the table, each with its state; where nothing is told of the money, the cycles of that page alone."""
    if told is None:
        return [{**each, "silent": True} for each in cycles[(page - 1) * size : page * size]]
    known = {each["cycle_id"]: {"state": each["state"], "call": each["call"]} for each in cycles}
    unknown = {"state": None, "call": None}
    return [{**each, **known.get(each["cycle_id"], unknown), "silent": False} for each in told["cycles"]]


def unheard(told: Told | None, cycles: Sequence[Told]) -> tuple[int, list[Told]]:
    """Of how many cycles incentives has not heard yet, and which, where one page tells of all it knows: while there are any, no
    sum is that of all.
    """
    if told is None or told["total"] >= len(cycles):
        return 0, []
    known = {each["cycle_id"] for each in told["cycles"]}
    named = [each for each in cycles if each["cycle_id"] not in known]
    return len(cycles) - told["total"], named if len(known) == told["total"] else []
