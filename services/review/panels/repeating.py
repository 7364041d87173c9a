"""A draw repeated from its record, and what is wrong with a record."""

from __future__ import annotations

from collections.abc import Iterator

from services.review.panels.checking import Fault, check
from services.review.panels.forming import form
from services.review.panels.model import NoPanelError, Panel, Problem, placed, rule_told, share_of
from services.review.panels.record import METHOD, Record


def repeat(record: Record, problem: Problem) -> Panel:
    """The panel that the record's seed draws of these inputs.

    Raises ValueError where these are not the inputs of the record, or it was drawn by a method not known here.
    """
    if record.method != METHOD:
        raise ValueError(f"drawn by {record.method}, known is {METHOD}")
    if record.inputs != problem.digest():
        raise ValueError("these are not the inputs of the record")
    return form(problem, record.seed, record.witness).panel


def verify(record: Record, problem: Problem) -> tuple[Fault, ...]:
    """What is wrong with a record: its inputs, its rule, its result; empty where it stands."""
    if record.method != METHOD:
        return (
            Fault("method", f"抽取方法 {record.method} 未知", f"the method {record.method} is not known"),
        )
    faults = list(_inputs(record, problem))
    if not faults:
        faults += _result(record, problem)
    return tuple(faults)


def _inputs(record: Record, problem: Problem) -> Iterator[Fault]:
    if record.rule != rule_told(problem.rule):
        yield Fault("rule", "记录所载规则与现行规则不符", "the record holds another rule")
    elif record.inputs != problem.digest():
        yield Fault(
            "inputs",
            "专家、申报或回避情况与记录不符",
            "experts, applications or recusals are not those recorded",
        )


def _result(record: Record, problem: Problem) -> Iterator[Fault]:
    yield from _lawful(record, problem)
    try:
        again = form(problem, record.seed, record.witness).record
    except NoPanelError as none:
        yield Fault(
            "result", f"不存在合规的评审组：{none.reason_zh}", f"there is no lawful panel: {none.reason_en}"
        )
        return
    for name, zh, en in (
        ("members", "成员", "members"),
        ("leader", "组长", "the leader"),
        ("assignments", "分派", "assignments"),
        ("objective", "各级目标值", "values of the levels"),
    ):
        if getattr(record, name) != getattr(again, name):
            yield Fault(name, f"按记录重新抽取，{zh}不同", f"drawn again by the record, {en} differ")


def _lawful(record: Record, problem: Problem) -> tuple[Fault, ...]:
    """The faults of the panel as it is recorded."""
    if not record.members or not set(record.members) <= problem.by_id.keys():
        return (
            Fault(
                "unknown_expert",
                "记录的成员不在专家名册中",
                "the record names members who are not in the pool",
            ),
        )
    if not {a for a, _ in record.assignments} <= problem.here or not (
        {e for _, e in record.assignments} <= set(record.members)
    ):
        return (
            Fault("not_a_member", "记录的分派与成员不符", "the record's assignments do not fit its members"),
        )
    industry = sum(problem.by_id[name].industry_expert for name in record.members)
    share = share_of(industry, len(record.members))
    assignments = placed(problem, record.members, record.assignments)
    return check(Panel(record.members, share, assignments, record.seed, record.leader), problem)
