"""资金: a cycle's money at a glance, and its budgets. Over the budget everything is held; nothing is cut to fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.calls import numbered, which
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.listing import read
from services.gateway.portal.money import first, words
from services.gateway.portal.money.deciding import OF_NAMES, REASON, named, names, said
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed, or_none
from shared.contracts.operations import FINANCE
from shared.money.capitals import in_capitals
from shared.problems import Problem
from shared.rulebooks.explained import cited

ROOM = Room("money", (FINANCE,))
BUDGET = Form(
    (
        Field(
            "whole_year", Text("下达哪一项预算", "Which budget"), Kind.RADIOS,
            choices=(
                Choice("yes", Text("全年预算", "The whole year's")),
                Choice("no", Text("本周期预算（在全年之内）", "This cycle's, within the year's")),
            ),
        ),
        Field("year", Text("预算年度", "Year of the budget"), Kind.NUMBER, width=5),
        Field("amount_fen", Text("金额", "Amount"), Kind.MONEY, width=20),
        REASON,
    ),
    submit=Text("下达预算", "Set the budget"),
)  # fmt: skip
EARLIER = Form(
    (
        Field(
            "application_id", Text("申报编号", "Application"), width=30,
            hint=Text("公开名单上的编号", "The number of the public lists"),
        ),
        Field(
            "grant_for", Text("资助类别", "For what"), Kind.RADIOS,
            choices=tuple(Choice(code, text) for code, text in words.GRANTS.items()),
        ),
        Field("level", Text("等次", "Level"), needed=False, width=20),
        Field("amount_fen", Text("已付金额", "Amount paid"), Kind.MONEY, width=20),
        Field("paid_on", Text("付款日期", "Paid on"), Kind.DAY),
    ),
    submit=Text("登记", "Record"),
)  # fmt: skip


@ROOM.page("/finance")
def finance(visit: Visit) -> Response:
    """What waits over all cycles, the most urgent first; each cycle's money against its budget. Rehearsals pay nothing."""
    listing = read(request.path, request.args.items(multi=True))
    asked = {"page": listing.page, "size": listing.size}
    every, funds = visit.ask_all([("intake.cycles", {}), ("incentives.funds", asked)])
    told = or_none(funds)
    cycles = [each for each in numbered(needed(every)["cycles"]) if not each["rehearsal"]]
    known = {each["cycle_id"]: each for each in cycles}
    lacking, unheard = first.unheard(told, cycles)
    return visit.page(
        "money/cycles.html", Text("资金", "Money"), cycles=first.listed(told, cycles, listing.page, listing.size),
        states=said(words.CYCLES, cycles), colours=words.COLOURS, listing=listing, silent=told is None, lacking=lacking,
        unheard=unheard, which=which,
        count=len(cycles) if told is None else told["total"], over=[] if told is None else first.over(told, known),
        tasks=[] if told is None else first.tasks(told, known),
        left_out=0 if told is None else told["waits_left_out"],
        total=None if told is None or lacking else first.total(told),
    )  # fmt: skip


_OF_CYCLE = (
    "incentives.grants", "incentives.money", "incentives.costs", "incentives.batches", "incentives.unknown_payments",
    "incentives.receivables", "incentives.use_reports", *OF_NAMES,
)  # fmt: skip


@ROOM.page("/finance/<cycle_id>")
def desk(visit: Visit, cycle_id: str) -> Response:
    """Totals against the budget, what waits for somebody, and each grant from its amount to what became of it. All of it is
    asked for at once.
    """
    answers = visit.ask_all((operation, {"cycle_id": cycle_id}) for operation in _OF_CYCLE)
    by_name = dict(zip(_OF_CYCLE, answers, strict=True))
    granted, money = or_none(by_name["incentives.grants"]), or_none(by_name["incentives.money"])
    totals = None if granted is None else _totals(granted)
    waiting = _waiting(cycle_id, by_name)
    grants = None if money is None else money["grants"]
    lines = [line for each in grants or () for line in each["lines"]]
    book = visit.rulebook(cycle_id)
    return visit.page(
        "money/desk.html", Text("本周期资金", "The money of this cycle"), cycle_id=cycle_id, granted=granted,
        totals=totals, waiting=waiting, names=named(visit, cycle_id, *(by_name[each] for each in OF_NAMES)),
        grants=grants, kinds=said(words.GRANTS, grants or (), "grant_for"),
        lines=said(words.LINES, lines), owed=words.OWED, payees=words.PAYEES, colours=words.COLOURS,
        articles={each["rule"]: cited(book, each["rule"]) for each in grants or ()},
        held=None if granted is None else {
            each["application_id"]: each for each in granted["grants"] if each["state"] != "computed"
        },
    )  # fmt: skip


def _totals(granted: Mapping[str, Any]) -> list[tuple[Text, int | None, str]]:
    """Amounts with their capital numerals."""
    rows = [
        (Text("本周期预算", "Budget of the cycle"), granted["budget_fen"]),
        (Text("核算资助合计", "Grants in all"), granted["granted_fen"]),
        (Text("超出预算", "Over the budget"), granted["over_budget_fen"]),
        (
            Text("应追回合计", "To be given back"),
            sum(each["amount_fen"] for each in granted["clawbacks"]),
        ),
    ]
    return [(label, fen, "" if fen is None else in_capitals(fen)) for label, fen in rows]


def _waiting(
    cycle_id: str, answers: Mapping[str, dict[str, Any] | Problem]
) -> list[tuple[str, Text, int]] | None:
    """What somebody of finance has to do, and where; None where the service does not answer."""
    here = f"/finance/{cycle_id}"
    asked = {
        name: or_none(answers[f"incentives.{name}"])
        for name in ("costs", "payees", "batches", "unknown_payments", "receivables", "use_reports")
    }
    if any(found is None for found in asked.values()):
        return None
    told: dict[str, Any] = {name: found or {} for name, found in asked.items()}
    uses = [report for grant in told["use_reports"]["grants"] for report in grant["reports"]]
    proposed = [each for owed in told["receivables"]["receivables"] for each in owed["proposals"]]
    return [
        (f"{here}/costs", Text("核定费用待决定", "Costs to decide"), _count(told["costs"]["costs"], "proposed")),
        (f"{here}/payees", Text("收款账户待核对", "Accounts to check"), _count(told["payees"]["payees"], "proposed")),
        (f"{here}/batches", Text("付款批次待复核", "Batches to decide"), _count(told["batches"]["batches"], "assembled")),
        (f"{here}/batches", Text("付款批次暂缓", "Batches held"), _count(told["batches"]["batches"], "held")),
        (f"{here}/unknown", Text("付款结果不明", "Payments of which nobody knows"), len(told["unknown_payments"]["lines"])),
        (f"{here}/unknown", Text("核对结果待决定", "Findings to decide"), _count(told["unknown_payments"]["proposals"],
        "proposed")),
        (f"{here}/receivables", Text("分期、核销待决定", "Instalments and write-offs to decide"), _count(proposed, "proposed")),
        (f"{here}/use", Text("资金使用报告待审核", "Reports of use to look at"), _count(uses, "submitted")),
    ]  # fmt: skip


def _count(entries: list[dict[str, Any]], state: str) -> int:
    return sum(each["state"] == state for each in entries)


@ROOM.page("/finance/<cycle_id>/budget", methods=("GET", "POST"))
def budget(visit: Visit, cycle_id: str) -> Response:
    """What was set, and setting it: each entry stays on record, the newest counts."""
    filled = BUDGET.posted(request.form) if request.method == "POST" else visit.form(BUDGET)
    if filled.was_posted and filled.ok:
        given = {**filled.data, "whole_year": filled.data["whole_year"] == "yes", "cycle_id": cycle_id}
        filled.attempt(lambda: visit.do("incentives.set_budget", filled.key, **given))
        if filled.ok:
            return visit.go(f"/finance/{cycle_id}/budget", Text("预算已下达", "The budget was set"))
    told = visit.ask("incentives.budgets", cycle_id=cycle_id)
    return visit.page(
        "money/budget.html", Text("预算", "Budgets"), form=filled, told=told, cycle_id=cycle_id, in_capitals=in_capitals
    )  # fmt: skip


def _record_paid(visit: Visit, cycle_id: str) -> Filled:
    """What was paid before; the number of the public lists stands for the application."""
    filled = EARLIER.posted(request.form)
    if filled.ok:
        named = {"application_id": names(visit, cycle_id).id_of(str(filled.data["application_id"]))}
        filled.attempt(
            lambda: visit.do(
                "incentives.record_paid", filled.key, **{**filled.data, **named, "cycle_id": cycle_id}
            )
        )
    return filled


@ROOM.page("/finance/<cycle_id>/earlier", methods=("GET", "POST"))
def earlier(visit: Visit, cycle_id: str) -> Response:
    """A grant that was paid before this system knew of it, so that it is not paid again."""
    filled = _record_paid(visit, cycle_id) if request.method == "POST" else visit.form(EARLIER)
    if filled.was_posted and filled.ok:
        return visit.go(f"/finance/{cycle_id}", Text("已登记", "It is on record"))
    return visit.page(
        "form.html", Text("登记以往已付的资助", "Record a grant that was paid before"), form=filled, back=f"/finance/{cycle_id}",
        intro=Text("同一单位同一用途只资助一次：登记后不再支付。",
        "One grant for one purpose, ever: what is recorded here is not paid again."),
    )  # fmt: skip
