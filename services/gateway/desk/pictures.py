"""图: funnel, workload, severity, indices and money of a cycle, from answers of services. Pure; in one language or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.documents import Bar, Bars, Funnel, Line, Lines, Step
from shared.documents.drawing import Reading, said
from shared.money import fen_to_yuan, format_wan
from shared.rulebooks import Rulebook

Reply = Mapping[str, Any]
MOST_LINES = 6


def funnel(numbers: Reply, rulebook: Rulebook, reading: Reading = "both") -> Funnel:
    """漏斗图: how many came to each stage and went on, the reply `StageNumbers`."""
    titles = {stage.key: stage.title for stage in rulebook.stages}
    steps = tuple(
        Step(said(titles[line["stage"]].zh, titles[line["stage"]].en, reading), line["entered"], line["left"])
        for line in numbers["stages"]
    )
    return Funnel(said("各阶段申报数", "Applications by stage", reading), steps)


def workload(progress: Reply, reading: Reading = "both") -> Bars:
    """评审员工作量: sheets that are in and that are out, for each reviewer over all panels, the reply `Progress`.

    What a reviewer was kept from or gave up is no part of it: those assignments are neither in nor out.
    """
    totals: dict[str, tuple[str, int, int]] = {}
    for line in progress["reviewers"]:
        _, was_in, was_out = totals.get(line["expert_id"], ("", 0, 0))
        name = line["name"] or line["expert_id"]
        totals[line["expert_id"]] = (name, was_in + line["sheets_in"], was_out + line["sheets_out"])
    order = sorted(totals.values(), key=lambda each: (-each[1] - each[2], each[0]))
    series = (said("已交", "In", reading), said("未交", "Out", reading))
    bars = tuple(Bar(name, (str(done), str(open_))) for name, done, open_ in order)
    return Bars(said("评审员工作量（评分表）", "Score sheets by reviewer", reading), series, bars)


def severity(figures: Reply, names: Mapping[str, str], reading: Reading = "both") -> Bars:
    """评审员宽严: how far each reviewer's sheets lie from those of others on the same applications, in points; one of the
    reply `Calibration`'s stages. Of too few nothing is told.
    """
    lines = sorted(figures["reviewers"], key=lambda line: names.get(line["expert_id"], line["expert_id"]))
    bars = tuple(
        Bar(names.get(line["expert_id"], line["expert_id"]), (line["difference"] or "",)) for line in lines
    )
    title = said("评审员宽严（与同组均值之差，分）", "Severity: difference from others, points", reading)
    return Bars(title, (said("分差", "Points", reading),), bars)


def indices(overview: Reply, reading: Reading = "both") -> Lines | None:
    """指标走势: the middle of all winners over the years, 100 in the award's year; the reply `TrackingOverview`. None while no
    index has a figure.
    """
    told = [
        index for index in overview["indices"] if any(each["median"] is not None for each in index["years"])
    ]
    years = sorted({each["year"] for index in told for each in index["years"]})
    if not years:
        return None
    drawn = tuple(
        Line(said(index["title_zh"], index["title_en"], reading), _medians(index, years))
        for index in told[:MOST_LINES]
    )
    title = said(
        "全体获奖者指标中位数（授奖年度为 100）", "Medians of all winners, 100 in the award's year", reading
    )
    return Lines(title, tuple(map(str, years)), drawn, "100")


def budget(grants: Reply, reading: Reading = "both") -> Bars:
    """预算与奖励: the cycle's budget, what is granted and what is over it, the reply `GrantList`. In yuan."""
    rows = (
        ("预算", "Budget", grants["budget_fen"]),
        ("已安排奖励", "Granted", grants["granted_fen"]),
        ("超出预算", "Over the budget", grants["over_budget_fen"]),
    )
    bars = tuple(_amount(said(zh, en, reading), fen, reading) for zh, en, fen in rows)
    return Bars(said("预算与奖励", "Budget and grants", reading), (said("金额", "Amount", reading),), bars)


def by_level(grants: Reply, order: Sequence[str], reading: Reading = "both") -> Bars:
    """各等次奖励: the amounts of all grants by level, in the order of the rulebook's levels; the reply `GrantList`."""
    totals: dict[str, int] = {}
    for grant in grants["grants"]:
        level = grant["level"] or said("培育", "Cultivation", reading)
        totals[level] = totals.get(level, 0) + grant["amount_fen"]
    known = [level for level in order if level in totals]
    levels = known + sorted(set(totals) - set(known))
    bars = tuple(_amount(level, totals[level], reading) for level in levels)
    title = said("各等次奖励金额", "Grants by level", reading)
    return Bars(title, (said("金额", "Amount", reading),), bars)


def _medians(index: Reply, years: Sequence[int]) -> tuple[str, ...]:
    found = {each["year"]: each["median"] for each in index["years"]}
    return tuple("" if found.get(year) is None else str(found[year]) for year in years)


def _amount(name: str, fen: int | None, reading: Reading) -> Bar:
    if fen is None:
        return Bar(name, ("",))
    shown = f"{fen_to_yuan(fen):,} yuan" if reading == "en" else format_wan(fen)
    return Bar(name, (str(fen_to_yuan(fen)),), (shown,))
