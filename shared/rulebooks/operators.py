"""The dozen-odd shapes that conditions have. Pure: case, rulebook and the condition's parameters decide.

Each operator is given rulebook and parameters once, works out what does not change from case to case, and returns what
decides a case. It gives verdicts with the facts used, in three values: what is absent is `missing`, what a department
has not answered is `awaiting`, and a failure shown by what is known stays a failure whatever is still unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from shared.calendar import plus_years
from shared.money import format_yuan, yuan_to_fen
from shared.rulebooks import record_operators  # noqa: F401 - it adds its own to OPERATORS
from shared.rulebooks.case import Case, Peer
from shared.rulebooks.facts import (
    FACTS,
    FIELDS,
    GOVERNMENT_LEVELS,
    KIND_WORDS,
)
from shared.rulebooks.findings import Outcome
from shared.rulebooks.model import Guard, NoSuchTrack, Rulebook
from shared.rulebooks.prior_awards import earlier_wins
from shared.rulebooks.verdicts import (
    KEPT,
    OPERATORS,
    Decide,
    Parameters,
    Verdict,
    Verdicts,
    absent,
    decided,
    missing,
    operator,
    show,
    show_en,
)


def holds(guard: Guard, case: Case) -> bool | None:
    """Whether a guard lets its condition apply; None where the fact is absent."""
    value = case.fact(guard.fact)
    if value is None:
        return None
    if guard.test == "one_of":
        return value in guard.value
    return bool(value == guard.value) is (guard.test == "is")


# --- facts ----------------------------------------------------------------------------------------


@operator
def kind_is(rulebook: Rulebook, given: Parameters) -> Decide:
    """The applicant is of one of the kinds that the text knows."""

    @lru_cache(KEPT)
    def of(kind: str) -> Verdicts:
        words = KIND_WORDS.get(kind)
        zh, en = (words.zh, words.en) if words else (kind, kind)
        return decided(kind in given["kinds"], f"申报主体为{zh}", f"the applicant is of kind {en}")

    return lambda case: of(case.kind)


@operator
def fact_is(rulebook: Rulebook, given: Parameters) -> Decide:
    """One fact holds: equals, is one of, begins with, is at most or at least, or is given at all."""
    name = given["fact"]
    title = FACTS[name].title
    unknown = absent(name)

    fits, wanted_zh, wanted_en = _comparison(given)

    def of(value: Any) -> Verdicts:
        found = fits(value)
        zh = f"{title.zh}：{show(value)}" + ("" if found else f"（要求：{wanted_zh}）")
        en = f"{title.en}: {show_en(value)}" + ("" if found else f" (required: {wanted_en})")
        return decided(found, zh, en)

    # Only what is surely hashable; dates and figures differ from case to case.
    known = lru_cache(KEPT)(of) if FACTS[name].form in {"boolean", "text"} else of

    def decide(case: Case) -> Verdicts:
        value = case.fact(name)
        return unknown if value is None else known(value)

    return decide


def _comparison(given: Parameters) -> tuple[Callable[[Any], bool], str, str]:
    """Whether a value is as required, and what is required, in both languages."""
    match given:
        case {"equals": wanted}:
            return lambda value: bool(value == wanted), show(wanted), show_en(wanted)
        case {"one_of": listed}:
            return lambda value: value in listed, "、".join(listed) + "之一", "one of " + ", ".join(listed)
        case {"begins_with": start}:
            return lambda value: str(value).startswith(start), f"{start}范围内", f"within {start}"
        case {"at_most": most}:
            return lambda value: bool(value <= most), f"不超过 {most:,}", f"at most {most:,}"
        case {"at_least": least}:
            return lambda value: bool(value >= least), f"不少于 {least:,}", f"at least {least:,}"
    return lambda value: True, "应提供", "to be given"


@operator
def years_since(rulebook: Rulebook, given: Parameters) -> Decide:
    """满 N 年: the start plus N years is on or before the day applications close."""
    name, years = given["fact"], given["years"]
    title, unknown = FACTS[name].title, absent(name)

    def decide(case: Case) -> Verdicts:
        start: date | None = case.fact(name)
        if start is None:
            return unknown
        complete = plus_years(start, years)
        reached = complete <= case.closes_on
        since, until, closes = str(start), str(complete), str(case.closes_on)
        return decided(
            reached,
            f"{title.zh}：{since}，至 {until} 满 {years} 年，"
            f"申报截止日 {closes} {'已满' if reached else '未满'}",
            f"{title.en}: {since}; {years} years are complete on {until}, "
            f"applications close on {closes}: {'reached' if reached else 'not reached'}",
        )

    return decide


@operator
def no_loss(rulebook: Rulebook, given: Parameters) -> Decide:
    """近 N 年未亏损: no negative figure in the N calendar years before the cycle's year; zero is not a loss.

    A loss in a year of `excused_by` is not counted. A year without a figure leaves the finding open.
    """
    count, name = given["years"], given["fact"]

    def decide(case: Case) -> Verdicts:
        figures: Mapping[int, int] = case.fact(name) or {}
        excused = set(case.fact(given["excused_by"]) or ()) if "excused_by" in given else set()
        zh, en, losses, unknown = [], [], 0, 0
        for year in range(case.cycle_year - count, case.cycle_year):
            figure = figures.get(year)
            if figure is None:
                unknown += 1
                zh.append(f"{year} 年未提供")
                en.append(f"{year} not given")
                continue
            note_zh, note_en = "", ""
            if figure < 0 and year in excused:
                note_zh, note_en = "（政策性亏损，不计）", " (policy loss, not counted)"
            elif figure < 0:
                losses += 1
                note_zh, note_en = "（亏损）", " (loss)"
            zh.append(f"{year} 年 {format_yuan(yuan_to_fen(figure))}{note_zh}")
            en.append(f"{year} {figure:,} yuan{note_en}")
        text_zh = f"近 {count} 年利润：" + "，".join(zh)
        text_en = f"profit of the last {count} years: " + ", ".join(en)
        if not losses and unknown:
            return missing(text_zh, text_en)
        return decided(not losses, text_zh, text_en)

    return decide


_RANKS = {"output": ("产值", "output"), "profit": ("利润", "profit"), "tax": ("纳税", "tax")}


@operator
def rank_within(rulebook: Rulebook, given: Parameters) -> Decide:
    """位居前 N: one rank of output, profit and tax within the first N is enough; an unknown one leaves
    it open.
    """
    name, most = given["fact"], given["at_most"]

    def decide(case: Case) -> Verdicts:
        ranks = {key: rank for key, rank in (case.fact(name) or {}).items() if rank is not None}
        parts = [(_RANKS.get(key, (key, key)), rank) for key, rank in ranks.items()]
        zh = f"市内同行业排名（前 {most}）：" + ("，".join([f"{t[0]}第 {r}" for t, r in parts]) or "未提供")
        en = f"rank in the city's industry (first {most}): "
        en += ", ".join([f"{t[1]} {r}" for t, r in parts]) or "not given"
        if any(rank <= most for rank in ranks.values()):
            return decided(True, zh, en)
        return missing(zh, en) if set(_RANKS) - set(ranks) else decided(False, zh, en)

    return decide


# --- what is handed in ----------------------------------------------------------------------------


@operator
def material(rulebook: Rulebook, given: Parameters) -> Decide:
    """A material was handed in."""
    name = given["name"]
    title = next(m.title for m in rulebook.all_materials if m.name == name)
    there = decided(True, f"{title.zh}：已提交", f"{title.en}: there")
    lacking = decided(False, f"{title.zh}：未提交", f"{title.en}: not there")
    return lambda case: there if name in case.materials else lacking


@operator
def given(rulebook: Rulebook, given: Parameters) -> Decide:
    """A field of the application is filled; absent means that there is none."""
    name = given["field"]
    title = FIELDS[name]

    def decide(case: Case) -> Verdicts:
        value = getattr(case, name)
        return decided(bool(value), f"{title.zh}：{value or '无'}", f"{title.en}: {value or 'none'}")

    return decide


# --- earlier awards, other applications, bans -----------------------------------------------------


@operator
def no_ban(rulebook: Rulebook, given: Parameters) -> Decide:
    """不在禁止申报期: one verdict per rule, and one under its own rule for every ban in force on
    submission.
    """

    @lru_cache(KEPT)
    def none(submitted_on: date) -> Verdicts:
        zh, en = f"{submitted_on} 递交时无禁止申报期", f"no ban in force on {submitted_on}"
        return tuple(Verdict(Outcome.PASS, zh, en, rule=rule) for rule in dict.fromkeys(given["rules"]))

    def decide(case: Case) -> Verdicts:
        live = [ban for ban in case.bans if ban.until >= case.submitted_on]
        if not live:
            return none(case.submitted_on)
        until: dict[str, date] = {}
        for ban in live:
            until[ban.rule] = max(ban.until, until.get(ban.rule, ban.until))
        free = [verdict for verdict in none(case.submitted_on) if verdict.rule not in until]
        verdicts = {verdict.rule: verdict for verdict in free} | {
            rule: _banned(case.submitted_on, rule, last) for rule, last in until.items()
        }
        return tuple(verdicts[rule] for rule in dict.fromkeys((*given["rules"], *until)))

    return decide


def _banned(submitted_on: date, rule: str, until: date) -> Verdict:
    zh = f"禁止申报期至 {until}，{submitted_on} 递交时尚未届满"
    en = f"banned until {until}, submitted on {submitted_on}"
    return Verdict(Outcome.FAIL, zh, en, rule=rule)


@operator
def no_other_application(rulebook: Rulebook, given: Parameters) -> Decide:
    """同一年内不得同时申报: no application at the levels of government named in the cycle's year."""
    levels = given["levels"]
    zh = "、".join(GOVERNMENT_LEVELS[level].zh for level in levels)
    en = ", ".join(GOVERNMENT_LEVELS[level].en for level in levels)

    def decide(case: Case) -> Verdicts:
        entries = [e for e in case.fact("other_applications") or () if e.get("level") in levels]
        found = [e for e in entries if e["year"] == case.cycle_year]
        return decided(
            not found,
            f"{case.cycle_year} 年{'另有' if found else '未'}申报{zh}政府质量奖",
            f"{'an' if found else 'no'} application at level {en} in {case.cycle_year}",
            [f"{e['year']} 年{GOVERNMENT_LEVELS[e['level']].zh}" for e in entries],
        )

    return decide


@operator
def no_award_at_level(rulebook: Rulebook, given: Parameters) -> Decide:
    """曾获上级奖项: no award, ever, at the levels of government named, whoever's it is."""
    never = decided(True, "未曾获上级政府质量奖", "no award of a higher level")

    def decide(case: Case) -> Verdicts:
        found = [e for e in case.fact("prior_awards") or () if e.get("level") in given["levels"]]
        if not found:
            return never
        return decided(
            False,
            f"曾获上级政府质量奖 {len(found)} 项",
            f"{len(found)} award(s) of a higher level of government",
            [_award_line(entry) for entry in found],
        )

    return decide


def _award_line(entry: Mapping[str, Any]) -> str:
    when = entry.get("on") or f"{entry['year']} 年"
    return f"{when} {entry.get('award', '')} {entry.get('track', '')}".strip()


@operator
def no_prior_award(rulebook: Rulebook, given: Parameters) -> Decide:
    """N 年内不得再次申报曾获奖项: closing day on or before the award's date plus N years bars that
    level and, where the rulebook reads it so, every lower one. All levels barred: fail. Some: pass, and
    those are barred.
    """
    years, lower_too = given["years"], given["bars"] == "own_level_and_lower"

    def decide(case: Case) -> Verdicts:
        try:
            track = rulebook.track_of(case.kind, case.category)
        except NoSuchTrack as error:
            return (Verdict(Outcome.NOT_APPLICABLE, error.detail_zh, error.detail_en),)
        open_to = rulebook.levels_of(track)
        barred: set[str] = set()
        evidence = []
        for entry, level in earlier_wins(rulebook, case.fact("prior_awards") or (), track):
            won_on: date = entry.get("on") or date(entry["year"], 12, 31)
            last_day = plus_years(won_on, years)
            live = case.closes_on <= last_day
            evidence.append(f"{_award_line(entry)}：{'限制' if live else '已不限制'}（至 {last_day}）")
            if live:
                barred |= {
                    x.name for x in open_to if x.rank == level.rank or (lower_too and x.rank > level.rank)
                }
        names = tuple(level.name for level in open_to if level.name in barred)
        if not names:
            zh, en = f"{years} 年内未获本奖项", f"no such award within {years} years"
            return decided(True, zh, en, evidence)
        everything = len(names) == len(open_to)
        zh = f"{years} 年内曾获奖，不得再次申报：{'、'.join(names)}"
        en = f"won within {years} years, barred from: {', '.join(names)}"
        if not everything:
            zh, en = zh + "；仍可参评其他等次", en + "; the other levels stay open"
        outcome = Outcome.FAIL if everything else Outcome.PASS
        return (Verdict(outcome, zh, en, tuple(evidence), barred=names),)

    return decide


@operator
def award_interval(rulebook: Rulebook, given: Parameters) -> Decide:
    """自获奖年度起 N 年后方可再次申请: cycle year minus award year is at least N, for the levels named."""
    years = given["years"]
    free_zh = f"自获奖年度起已满或未曾获奖，间隔 {years} 年"
    free_en = f"never won, or at least {years} years since its year"
    never = decided(True, free_zh, free_en)

    def decide(case: Case) -> Verdicts:
        won = earlier_wins(rulebook, case.fact("prior_awards") or (), None)
        wins = [entry for entry, level in won if level.name in given["levels"]]
        if not wins:
            return never
        evidence = [_award_line(entry) for entry in wins]
        if any(case.cycle_year - entry["year"] < years for entry in wins):
            zh, en = f"自获奖年度起未满 {years} 年", f"less than {years} years since its year"
            return decided(False, zh, en, evidence)
        return decided(True, free_zh, free_en, evidence)

    return decide


# --- pool and other applications of the cycle -----------------------------------------------------


@operator
def in_pool(rulebook: Rulebook, given: Parameters) -> Decide:
    """在培育库内: joined on or before the day applications close."""
    outside = decided(False, "不在培育库内", "not in the cultivation pool")
    undated = missing("未提供入库日期", "the date of joining the pool is not given")

    def decide(case: Case) -> Verdicts:
        if case.pool is None:
            return outside
        joined = case.pool.joined_on
        if joined is None:
            return undated
        return decided(
            joined <= case.closes_on,
            f"{joined} 入库，申报截止日 {case.closes_on}",
            f"joined the pool on {joined}, applications close on {case.closes_on}",
        )

    return decide


def _peer_line(peer: Peer) -> str:
    return f"第 {peer.sequence} 号申报，{peer.group or '集团不明'}，{peer.business or '业务不明'}"


@operator
def one_application(rulebook: Rulebook, given: Parameters) -> Decide:
    """同一主体一项申报: the one submitted first stays."""
    only = decided(True, "同一申报主体没有更早的申报", "none earlier of the same applicant")

    def decide(case: Case) -> Verdicts:
        same = [peer for peer in case.earlier if peer.applicant_key == case.applicant_key]
        if not same:
            return only
        zh = f"同一申报主体已先行申报 {len(same)} 项"
        en = f"{len(same)} earlier application(s) of the same applicant"
        return decided(False, zh, en, [_peer_line(peer) for peer in same])

    return decide


def _siblings(case: Case, given: Parameters) -> list[Peer]:
    group = case.fact(given["group"])
    if group is None:
        return []
    return [p for p in case.earlier if p.group == group and p.applicant_key != case.applicant_key]


@operator
def one_per_group(rulebook: Rulebook, given: Parameters) -> Decide:
    """同一集团同一业务一家: the one submitted first stays; without a stated business it is left open."""
    only = decided(True, "同一集团没有更早的申报", "none earlier of the same group")

    def decide(case: Case) -> Verdicts:
        siblings, business = _siblings(case, given), case.fact(given["business"])
        if not siblings:
            return only
        lines = [_peer_line(peer) for peer in siblings]
        if business is not None and any(peer.business == business for peer in siblings):
            zh, en = "同一集团同一业务已有更早的申报", "an earlier one of the same group and business"
            return decided(False, zh, en, lines)
        if business is None or any(peer.business is None for peer in siblings):
            zh, en = "同一集团另有申报，主营业务不明", "another of the same group, business unknown"
            return missing(zh, en, lines)
        zh, en = "同一集团的其他申报业务不同", "others of the same group have another business"
        return decided(True, zh, en, lines)

    return decide


@operator
def similar_business(rulebook: Rulebook, given: Parameters) -> Decide:
    """业务是否相似: an officer judges where one of the same group with another business applied earlier."""
    unknown = missing("同一集团另有申报，主营业务不明", "another of the same group, business unknown")
    zh, en = "同一集团没有业务不同的更早申报", "none earlier of the same group with another business"
    no_other = (Verdict(Outcome.NOT_APPLICABLE, zh, en),)

    def decide(case: Case) -> Verdicts:
        siblings, business = _siblings(case, given), case.fact(given["business"])
        differing = [p for p in siblings if business and p.business is not None and p.business != business]
        if not differing and any(business is None or peer.business is None for peer in siblings):
            return unknown
        if not differing:
            return no_other
        lines = tuple(_peer_line(peer) for peer in differing)
        zh, en = "业务是否相似，由人员判断", "similar business: for an officer"
        return (Verdict(Outcome.NEEDS_JUDGEMENT, zh, en, lines),)

    return decide


# --- joined ---------------------------------------------------------------------------------------

_BEST_FIRST = (
    Outcome.PASS, Outcome.NEEDS_JUDGEMENT, Outcome.AWAITING, Outcome.MISSING, Outcome.FAIL, Outcome.NOT_APPLICABLE,
)  # fmt: skip


@operator
def any_of(rulebook: Rulebook, given: Parameters) -> Decide:
    """One of several is enough; it fails only where all do, and is open while one still could hold."""
    parts = [OPERATORS[inner["operator"]](rulebook, inner.get("with", {})) for inner in given["conditions"]]

    def decide(case: Case) -> Verdicts:
        verdicts = [verdict for part in parts for verdict in part(case)]
        best = min([verdict.outcome for verdict in verdicts], key=_BEST_FIRST.index)
        evidence = tuple([line for verdict in verdicts for line in (verdict.zh, *verdict.evidence)])
        chosen = [v for v in verdicts if v.outcome is best]
        return (
            Verdict(best, "；".join([v.zh for v in chosen]), "; ".join([v.en for v in chosen]), evidence),
        )

    return decide
