"""What finance sees first: each cycle's money against its budget, and what waits, the most urgent first. All is asked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, or_unheard
from shared.money.capitals import in_capitals

_ASKED = ("grants", "batches", "payees", "unknown_payments", "receivables")
Some = Sequence[Mapping[str, Any]]
_WHOLE = ("budget_fen", "granted_fen", "paid_fen")


class Task(NamedTuple):
    """One kind of thing that waits in one cycle. `who` has to act; `due_on`: since when or until when, where there is a day."""

    cycle: Mapping[str, Any]
    label: Text
    number: int
    amount_fen: int | None
    who: Text
    address: str
    due_on: str | None
    colour: str


_OTHER = Text("另一名财务人员", "another person of finance")
_ANY = Text("财务", "finance")
_TO_DECIDE = Text("付款批次待复核", "Batches to decide")
_TO_CHECK = Text("收款账户待核对", "Accounts to check")
_BY_ANOTHER = (_TO_DECIDE, _TO_CHECK)


def glances(visit: Visit, cycles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cycles with their sums and what was answered of them; `silent` where the service does not answer, or has not
    heard of the cycle yet: nothing is known then.
    """
    questions = [(f"incentives.{name}", {"cycle_id": each["cycle_id"]}) for each in cycles for name in _ASKED]
    answers = iter([or_unheard(each) for each in visit.ask_all(questions)])
    found = []
    for cycle in cycles:
        told = {name: next(answers) for name in _ASKED}
        found.append(_glance(cycle, told))
    return found


def _glance(cycle: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    if any(each is None for each in told.values()):
        return {**cycle, "silent": True, "told": None}
    granted, batches = told["grants"], told["batches"]["batches"]
    return {
        **cycle,
        "silent": False,
        "told": told,
        "budget_fen": granted["budget_fen"],
        "granted_fen": granted["granted_fen"],
        "over_fen": granted["over_budget_fen"],
        "paid_fen": sum(each["paid_fen"] for each in batches),
        "back_fen": sum(each["amount_fen"] - each["received_fen"] for each in _owed(told)),
    }


def _owed(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in told["receivables"]["receivables"] if each["state"] in {"open", "partly"}]


def total(found: Iterable[Mapping[str, Any]]) -> list[tuple[Text, int | None, str]] | None:
    """Budget, grants and payments of all cycles, in capital numerals too; None while one of them is not known. A budget that was
    not set for one of them makes no sum of budgets.
    """
    known = list(found)
    if any(each["silent"] for each in known):
        return None
    labels = (Text("预算合计", "Budgets"), Text("核算资助合计", "Grants"), Text("已付合计", "Paid"))
    rows = []
    for label, name in zip(labels, _WHOLE, strict=True):
        parts = [each[name] for each in known]
        fen = None if None in parts else sum(parts)
        rows.append((label, fen, "" if fen is None else in_capitals(fen)))
    return rows


def tasks(found: Iterable[Mapping[str, Any]]) -> list[Task]:
    """What waits, the most urgent first: what presses (red) before what waits, by day where there is one."""
    some = [task for each in found if not each["silent"] for task in _of(each) if task.number]
    return sorted(some, key=lambda task: (task.colour != "red", task.due_on or "9999", -task.number))


def _of(cycle: Mapping[str, Any]) -> Iterable[Task]:
    told, here = cycle["told"], f"/finance/{cycle['cycle_id']}"
    batches = told["batches"]["batches"]
    lines = [line for batch in batches for line in batch["lines"]]
    replaced = {line["replaces"] for line in lines}
    failed = [line for line in lines if line["state"] == "failed" and line["line_id"] not in replaced]
    owed = _owed(told)
    late = [each for each in owed if each["overdue_fen"]]
    due = [each for each in owed if not each["overdue_fen"]]

    held, assembled = _in(batches, "held"), _in(batches, "assembled")
    unknown = told["unknown_payments"]["lines"]
    accounts = _in(told["payees"]["payees"], "proposed")

    def task(some: Some, colour: str, at: str, label: Text, day: str | None = None) -> Task:
        who = _OTHER if label in _BY_ANOTHER else _ANY
        amount = None if some is accounts else _sum(some)
        return Task(cycle, label, len(some), amount, who, f"{here}/{at}", day, colour)

    yield task(held, "red", "batches", Text("付款批次超出预算，已暂缓", "Batches held: over the budget"))
    yield task(failed, "red", "payees", Text("银行退回的付款", "Payments that the bank returned"))
    yield task(unknown, "red", "unknown", Text("付款结果不明", "Payments of which nobody knows"))
    yield task(late, "red", "receivables", Text("逾期应收款", "Receivables that are overdue"), _first(late))
    yield task(assembled, "amber", "batches", _TO_DECIDE)
    yield task(accounts, "amber", "payees", _TO_CHECK)
    yield task(due, "amber", "receivables", Text("将到期的应收款", "Receivables that fall due"), _first(due))


def _in(entries: Iterable[Mapping[str, Any]], state: str) -> list[Mapping[str, Any]]:
    return [each for each in entries if each["state"] == state]


def _sum(entries: Some) -> int:
    """Of batches their totals, of receivables what is overdue or still owed, of lines their amounts."""
    return sum(_amount(each) for each in entries)


def _amount(each: Mapping[str, Any]) -> int:
    if "total_fen" in each:
        return int(each["total_fen"])
    if "overdue_fen" in each:
        return int(each["overdue_fen"] or each["amount_fen"] - each["received_fen"])
    return int(each["amount_fen"])


def _first(owed: Iterable[Mapping[str, Any]]) -> str | None:
    days = sorted(str(each["next_due_on"] or each["due_on"]) for each in owed)
    return days[0] if days else None
