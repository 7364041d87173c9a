"""A comparison as tables to filter and to add up: amounts and scores are numbers. Pure."""

from __future__ import annotations

from decimal import Decimal

from deploy.decisions import words
from deploy.decisions.comparison import FindingPair, Moves, Pair
from deploy.decisions.phrases import (
    View,
    asked_of,
    causes_of,
    days_of,
    finding_of,
    mark,
    reason_of,
    rules_of,
    summary,
)
from deploy.decisions.reading import Application
from shared.documents.workbook import Cell, Sheet


def sheets(view: View) -> tuple[Sheet, ...]:
    """The workbook's tables, the summary first."""
    return tuple(make(view) for make in (_summary, _applications, _findings, _money, _scores, _notices))


def _summary(view: View) -> Sheet:
    rows = [(line.strip(),) for line in summary(view)]
    rows += [(f"{side}：{names.title.zh} {names.title.en}（{names.id}）",) for side, names in view.sides()]
    return Sheet("概要 summary", (f"规则对比 comparison {view.comparison.scenario}",), tuple(rows), (110,))


def _applications(view: View) -> Sheet:
    headings = ["申报 application", "名称 name", "变化 change"]
    for side in ("A", "B"):
        headings += [
            f"{side} {each}" for each in ("结果 status", "止于 stopped at", "奖项 award", "类别 track")
        ]
        headings += [f"{side} 未满足条款 failing rules", f"{side} 资助 kept (yuan)"]
    headings += ["资助差 change (yuan)", "依据 by"]
    rows = []
    for moves in view.comparison.applications:
        row: list[Cell] = [moves.handle, moves.name, mark(moves)]
        row += _application_cells(moves.applications.a) + _application_cells(moves.applications.b)
        row += [moves.money.b - moves.money.a, causes_of(moves, view)]
        rows.append(tuple(row))
    widths = (14, 30, 12) + 2 * (16, 18, 14, 20, 20, 14) + (14, 40)
    return Sheet("申报 applications", tuple(headings), tuple(rows), widths)


def _application_cells(application: Application) -> list[Cell]:
    return [
        words.STATUS[application.status].zh,
        application.stopped_at or "",
        application.award or "",
        application.track or "",
        "、".join(application.failing_rules),
        application.kept_yuan,
    ]


def _findings(view: View) -> Sheet:
    rows = [
        _finding_cells(moves, pair, view) for moves in view.comparison.applications for pair in moves.findings
    ]
    headings = (
        "申报 application", "决定 decides", "条款 rule", "要求", "asked", view.column("A"), view.column("B"),
        "A 理由 reason", "B 理由 reason",
    )  # fmt: skip
    return Sheet("认定 findings", headings, tuple(rows), (14, 10, 12, 36, 36, 22, 22, 50, 50))


def _finding_cells(moves: Moves, pair: FindingPair, view: View) -> tuple[Cell, ...]:
    asked = asked_of(pair, view)
    decides = "是 yes" if pair.decides else ""
    outcomes = (finding_of(pair.a), finding_of(pair.b))
    reasons = tuple(reason_of(finding) if finding else "" for finding in (pair.a, pair.b))
    return (moves.handle, decides, rules_of(pair), asked.zh, asked.en, *outcomes, *reasons)


def _money(view: View) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (
            move.handle, words.either(words.GRANT[move.what]), move.yuan.a, move.yuan.b, move.yuan.b - move.yuan.a,
            move.grants.a.rule if move.grants.a else "", move.grants.b.rule if move.grants.b else "",
        )
        for move in view.comparison.grants
    ]  # fmt: skip
    totals = view.comparison.totals
    for title, a, b in (
        ("资助合计 granted", totals.a.granted_yuan, totals.b.granted_yuan),
        ("追缴合计 clawed back", totals.a.clawed_back_yuan, totals.b.clawed_back_yuan),
        ("超出预算 over budget", totals.a.over_budget_yuan, totals.b.over_budget_yuan),
    ):
        rows.append(("", title, a, b, b - a, "", ""))
    headings = (
        "申报 application", "项目 for", f"{view.column('A')}（元 yuan）", f"{view.column('B')}（元 yuan）", "差 change",
        "A 依据 rule", "B 依据 rule",
    )  # fmt: skip
    return Sheet("资助 money", headings, tuple(rows), (14, 24, 26, 26, 14, 12, 12))


def _scores(view: View) -> Sheet:
    scores: list[tuple[Cell, ...]] = []
    for moves in view.comparison.applications:
        for stage in moves.stages:
            score = moves.score(stage)
            title = (view.names.a if score.a is not None else view.names.b).stage(stage)
            scores.append((moves.handle, words.either(title), score.a, score.b, _difference(score)))
    headings = ("申报 application", "阶段 stage", view.column("A"), view.column("B"), "差 change")
    return Sheet("得分 scores", headings, tuple(scores), (14, 30, 24, 24, 12))


def _difference(score: Pair[Decimal | None]) -> Decimal | None:
    return None if score.a is None or score.b is None else score.b - score.a


def _notices(view: View) -> Sheet:
    rows = []
    for pair in view.comparison.notices:
        names = view.names.a if pair.notices.a is not None else view.names.b
        days = (days_of(pair.notices.a), days_of(pair.notices.b))
        only = ("、".join(pair.only.a), "、".join(pair.only.b))
        rows.append((words.either(names.stage(f"notice:{pair.notice}")), *days, *only))
    headings = (
        "公示 notice",
        view.column("A"),
        view.column("B"),
        "仅 A 列名 only in A",
        "仅 B 列名 only in B",
    )
    return Sheet("公示 notices", headings, tuple(rows), (36, 34, 34, 30, 30))
