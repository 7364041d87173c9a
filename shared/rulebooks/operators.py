"""The dozen-odd shapes that conditions have. Pure: case, rulebook and the condition's parameters decide.

Each operator gives verdicts with the facts used, in three values: what is absent is `missing`, what a
department has not answered is `awaiting`, and a failure shown by what is known stays a failure whatever
is still unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.calendar import Interval, look_back, plus_years
from shared.money import format_yuan, yuan_to_fen
from shared.rulebooks.case import Case, Peer
from shared.rulebooks.facts import (
    DEPARTMENTS,
    FACTS,
    FIELDS,
    GOVERNMENT_LEVELS,
    KIND_WORDS,
    RECORD_KINDS,
    SEVERITIES,
)
from shared.rulebooks.findings import Outcome
from shared.rulebooks.model import Guard, Level, NoSuchTrack, Rulebook

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What an operator found. `rule` replaces the condition's own; `barred` are levels that cannot be won."""

    outcome: Outcome
    zh: str
    en: str
    evidence: tuple[str, ...] = ()
    rule: str | None = None
    barred: tuple[str, ...] = ()


Operator = Callable[[Rulebook, Case, Parameters], list[Verdict]]
OPERATORS: dict[str, Operator] = {}


def _operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


def _verdict(holds: bool, zh: str, en: str, evidence: Sequence[str] = ()) -> list[Verdict]:
    return [Verdict(Outcome.PASS if holds else Outcome.FAIL, zh, en, tuple(evidence))]


def _missing(zh: str, en: str, evidence: Sequence[str] = ()) -> list[Verdict]:
    return [Verdict(Outcome.MISSING, zh, en, tuple(evidence))]


def _absent(name: str) -> list[Verdict]:
    title = FACTS[name].title
    return _missing(f"未提供“{title.zh}”", f"not given: {title.en}")


def show(value: Any) -> str:
    """A fact's value for people: 是 and 否 for booleans, lists joined."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return "，".join(f"{key} {show(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "；".join(show(item) for item in value)
    return str(value)


def holds(guard: Guard, case: Case) -> bool | None:
    """Whether a guard lets its condition apply; None where the fact is absent."""
    value = case.fact(guard.fact)
    if value is None:
        return None
    if guard.test == "one_of":
        return value in guard.value
    return bool(value == guard.value) is (guard.test == "is")


# --- facts ----------------------------------------------------------------------------------------


@_operator
def kind_is(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """The applicant is of one of the kinds that the text knows."""
    words = KIND_WORDS.get(case.kind)
    zh, en = (words.zh, words.en) if words else (case.kind, case.kind)
    return _verdict(case.kind in given["kinds"], f"申报主体为{zh}", f"the applicant is of kind {en}")


@_operator
def fact_is(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """One fact holds: equals, is one of, begins with, is at most or at least, or is given at all."""
    name = given["fact"]
    value = case.fact(name)
    if value is None:
        return _absent(name)
    title = FACTS[name].title
    found, wanted_zh, wanted_en = _compare(value, given)
    zh = f"{title.zh}：{show(value)}" + ("" if found else f"（要求：{wanted_zh}）")
    en = f"{title.en}: {show_en(value)}" + ("" if found else f" (required: {wanted_en})")
    return _verdict(found, zh, en)


def _compare(value: Any, given: Parameters) -> tuple[bool, str, str]:
    if "equals" in given:
        return value == given["equals"], show(given["equals"]), show_en(given["equals"])
    if "one_of" in given:
        listed = given["one_of"]
        return value in listed, "、".join(listed) + "之一", "one of " + ", ".join(listed)
    if "begins_with" in given:
        start = given["begins_with"]
        return str(value).startswith(start), f"{start}范围内", f"within {start}"
    if "at_most" in given:
        return value <= given["at_most"], f"不超过 {given['at_most']:,}", f"at most {given['at_most']:,}"
    if "at_least" in given:
        return value >= given["at_least"], f"不少于 {given['at_least']:,}", f"at least {given['at_least']:,}"
    return True, "应提供", "to be given"


def show_en(value: Any) -> str:
    """A fact's value in an English sentence: yes and no for booleans."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return show(value)


@_operator
def years_since(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """满 N 年: the start plus N years is on or before the day applications close."""
    name, years = given["fact"], given["years"]
    start: date | None = case.fact(name)
    if start is None:
        return _absent(name)
    title, complete = FACTS[name].title, plus_years(start, years)
    reached = complete <= case.closes_on
    return _verdict(
        reached,
        f"{title.zh}：{start}，至 {complete} 满 {years} 年，"
        f"申报截止日 {case.closes_on} {'已满' if reached else '未满'}",
        f"{title.en}: {start}; {years} years are complete on {complete}, "
        f"applications close on {case.closes_on}: {'reached' if reached else 'not reached'}",
    )


@_operator
def no_loss(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """近 N 年未亏损: no negative figure in the N calendar years before the cycle's year; zero is not a loss.

    A loss in a year of `excused_by` is not counted. A year without a figure leaves the finding open.
    """
    count = given["years"]
    years = range(case.cycle_year - count, case.cycle_year)
    figures: Mapping[int, int] = case.fact(given["fact"]) or {}
    excused = set(case.fact(given["excused_by"]) or ()) if "excused_by" in given else set()
    zh, en, losses, unknown = [], [], 0, 0
    for year in years:
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
    text_zh, text_en = (
        f"近 {count} 年利润：" + "，".join(zh),
        f"profit of the last {count} years: " + ", ".join(en),
    )
    if not losses and unknown:
        return _missing(text_zh, text_en)
    return _verdict(not losses, text_zh, text_en)


@_operator
def rank_within(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """位居前 N: one rank of output, profit and tax within the first N is enough; an unknown one leaves
    it open.
    """
    ranks = {key: rank for key, rank in (case.fact(given["fact"]) or {}).items() if rank is not None}
    most = given["at_most"]
    titles = {"output": ("产值", "output"), "profit": ("利润", "profit"), "tax": ("纳税", "tax")}
    parts = [(titles.get(key, (key, key)), rank) for key, rank in ranks.items()]
    zh = f"市内同行业排名（前 {most}）：" + ("，".join(f"{t[0]}第 {r}" for t, r in parts) or "未提供")
    en = f"rank in the city's industry (first {most}): " + (
        ", ".join(f"{t[1]} {r}" for t, r in parts) or "not given"
    )
    if any(rank <= most for rank in ranks.values()):
        return _verdict(True, zh, en)
    return _missing(zh, en) if set(titles) - set(ranks) else _verdict(False, zh, en)


# --- what is handed in ----------------------------------------------------------------------------


@_operator
def material(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """A material was handed in."""
    name = given["name"]
    title = next(m.title for m in rulebook.all_materials if m.name == name)
    there = name in case.materials
    return _verdict(
        there,
        f"{title.zh}：{'已提交' if there else '未提交'}",
        f"{title.en}: {'there' if there else 'not there'}",
    )


@_operator
def given(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """A field of the application is filled; absent means that there is none."""
    title, value = FIELDS[given["field"]], getattr(case, given["field"])
    return _verdict(bool(value), f"{title.zh}：{value or '无'}", f"{title.en}: {value or 'none'}")


# --- departments' records -------------------------------------------------------------------------


@_operator
def no_records(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """近 N 年无记录: none of a kind in the departments named, in the closed interval up to closing day.

    One that counts fails it, whoever has not answered. One whose grade or liability is unknown leaves
    it `missing`: an officer classifies it. Only then are departments waited for.
    """
    window = look_back(case.closes_on, given["years"])
    counted, unclear, silent, evidence = 0, 0, [], []
    for department in given["departments"]:
        words, answer = DEPARTMENTS[department], case.answer(department)
        if answer is None:
            silent.append(words)
            evidence.append(f"{words.zh}：尚未答复")
            continue
        relevant = [record for record in answer if record["kind"] == given["kind"]]
        if not relevant:
            evidence.append(f"{words.zh}：已答复，无此类记录")
        for record in relevant:
            counts, why = _counts(record, given, window)
            counted += counts is True
            unclear += counts is None
            evidence.append(f"{words.zh}：{_record_line(record)}——{why}")
    kind = RECORD_KINDS[given["kind"]]
    span = f"近 {given['years']} 年（{window.first} 至 {window.last}）"
    span_en = f"{window.first} to {window.last}"
    if counted:
        return _verdict(
            False,
            f"{span}有{kind.zh}记录 {counted} 条",
            f"{counted} {kind.en} on record, {span_en}",
            evidence,
        )
    if unclear:
        return _missing(
            f"{span}有 {unclear} 条{kind.zh}记录的等级或责任不明，须先认定",
            f"grade or liability of {unclear} {kind.en} on record is unknown, {span_en}",
            evidence,
        )
    if silent:
        zh = f"{'、'.join(w.zh for w in silent)}部门尚未答复"
        en = f"not answered yet: {', '.join(w.en for w in silent)}"
        return [Verdict(Outcome.AWAITING, zh, en, tuple(evidence))]
    return _verdict(True, f"{span}无应计的{kind.zh}记录", f"no {kind.en} that counts, {span_en}", evidence)


def _counts(record: Mapping[str, Any], given: Parameters, window: Interval) -> tuple[bool | None, str]:
    """Whether a record counts, None where that is not known, and why, in Chinese."""
    if record["on"] not in window:
        return False, f"不在近 {given['years']} 年内，不计"
    floor = given.get("severity_from")
    severity = record.get("severity")
    if floor is not None and severity is not None and SEVERITIES.index(severity) < SEVERITIES.index(floor):
        return False, f"未达到{floor}等级，不计"
    liable = record.get("liable")
    if given.get("liable") and liable is False:
        return False, "不负有责任，不计"
    if floor is not None and severity is None:
        return None, "等级不明"
    if given.get("liable") and liable is None:
        return None, "责任不明"
    return True, "计入"


def _record_line(record: Mapping[str, Any]) -> str:
    parts = [str(record["on"]), RECORD_KINDS[record["kind"]].zh]
    if record.get("severity"):
        parts.append(f"等级{record['severity']}")
    if "liable" in record:
        parts.append("负有责任" if record["liable"] else "不负有责任")
    return " ".join(parts)


@_operator
def judgement(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """由人判断: a named officer decides on the evidence; not before the departments it rests on have
    answered.
    """
    evidence = [f"{FACTS[name].title.zh}：{_shown_fact(case, name)}" for name in given.get("facts", ())]
    evidence += [f"{FIELDS[name].zh}：{getattr(case, name) or '无'}" for name in given.get("fields", ())]
    titles = {m.name: m.title.zh for m in rulebook.all_materials}
    evidence += [
        f"{titles[name]}：{'已提交' if name in case.materials else '未提交'}"
        for name in given.get("materials", ())
    ]
    silent = []
    for department in given.get("records", ()):
        answer, words = case.answer(department), DEPARTMENTS[department]
        if answer is None:
            silent.append(words)
            evidence.append(f"{words.zh}：尚未答复")
        else:
            evidence += [f"{words.zh}：{_record_line(record)}" for record in answer] or [
                f"{words.zh}：无记录"
            ]
    if silent:
        zh = f"{'、'.join(w.zh for w in silent)}部门尚未答复，尚不能判断"
        en = f"not answered yet, no judgement before: {', '.join(w.en for w in silent)}"
        return [Verdict(Outcome.AWAITING, zh, en, tuple(evidence))]
    return [Verdict(Outcome.NEEDS_JUDGEMENT, "由评审办人员判断", "for an officer to judge", tuple(evidence))]


def _shown_fact(case: Case, name: str) -> str:
    value = case.fact(name)
    return "未提供" if value is None else show(value)


# --- earlier awards, other applications, bans -----------------------------------------------------


@_operator
def no_ban(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """不在禁止申报期: one verdict per rule, and one under its own rule for every ban in force on
    submission.
    """
    live = [ban for ban in case.bans if ban.until >= case.submitted_on]
    verdicts = []
    for rule in dict.fromkeys((*given["rules"], *(ban.rule for ban in live))):
        until = max((ban.until for ban in live if ban.rule == rule), default=None)
        if until is None:
            zh, en = f"{case.submitted_on} 递交时无禁止申报期", f"no ban in force on {case.submitted_on}"
        else:
            zh = f"禁止申报期至 {until}，{case.submitted_on} 递交时尚未届满"
            en = f"banned until {until}, submitted on {case.submitted_on}"
        verdicts.append(Verdict(Outcome.FAIL if until else Outcome.PASS, zh, en, rule=rule))
    return verdicts


@_operator
def no_other_application(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """同一年内不得同时申报: no application at the levels of government named in the cycle's year."""
    entries = [e for e in case.fact("other_applications") or () if e.get("level") in given["levels"]]
    found = [e for e in entries if e["year"] == case.cycle_year]
    evidence = [f"{e['year']} 年{GOVERNMENT_LEVELS[e['level']].zh}" for e in entries]
    zh = "、".join(GOVERNMENT_LEVELS[level].zh for level in given["levels"])
    en = ", ".join(GOVERNMENT_LEVELS[level].en for level in given["levels"])
    return _verdict(
        not found,
        f"{case.cycle_year} 年{'另有' if found else '未'}申报{zh}政府质量奖",
        f"{'an' if found else 'no'} application at level {en} in {case.cycle_year}",
        evidence,
    )


@_operator
def no_award_at_level(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """曾获上级奖项: no award, ever, at the levels of government named, whoever's it is."""
    found = [e for e in case.fact("prior_awards") or () if e.get("level") in given["levels"]]
    evidence = [_award_line(e) for e in found]
    return _verdict(
        not found,
        f"曾获上级政府质量奖 {len(found)} 项" if found else "未曾获上级政府质量奖",
        f"{len(found)} award(s) of a higher level of government" if found else "no award of a higher level",
        evidence,
    )


def _award_line(entry: Mapping[str, Any]) -> str:
    when = entry.get("on") or f"{entry['year']} 年"
    return f"{when} {entry.get('award', '')} {entry.get('track', '')}".strip()


def _level_of(rulebook: Rulebook, entry: Mapping[str, Any]) -> Level | None:
    """The level that an earlier award was, if it is this jurisdiction's under a name that the rulebook knows.

    Without a jurisdiction an award of another level of government is somebody else's, whatever its name.
    """
    jurisdiction = entry.get("jurisdiction")
    if jurisdiction is None and entry.get("level", rulebook.government_level) != rulebook.government_level:
        return None
    if jurisdiction is not None and jurisdiction != rulebook.jurisdiction:
        return None
    name = entry.get("award")
    return next((level for level in rulebook.levels if name == level.name or name in level.aliases), None)


def earlier_wins(
    rulebook: Rulebook, case: Case, track: str | None
) -> Iterator[tuple[Mapping[str, Any], Level]]:
    """Earlier awards of this jurisdiction with their levels; of one track, if given (no track stated:
    one's own).
    """
    for entry in case.fact("prior_awards") or ():
        level = _level_of(rulebook, entry)
        stated = entry.get("track")
        own = track is None or stated is None or stated in (track, *rulebook.track(track).aliases)
        if level is not None and own:
            yield entry, level


@_operator
def no_prior_award(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """N 年内不得再次申报曾获奖项: closing day on or before the award's date plus N years bars that
    level and, where the rulebook reads it so, every lower one. All levels barred: fail. Some: pass, and
    those are barred.
    """
    try:
        track = rulebook.track_of(case.kind, case.category)
    except NoSuchTrack as error:
        return [Verdict(Outcome.NOT_APPLICABLE, error.detail_zh, error.detail_en)]
    open_to = rulebook.levels_of(track)
    barred: set[str] = set()
    evidence = []
    for entry, level in earlier_wins(rulebook, case, track):
        won_on: date = entry.get("on") or date(entry["year"], 12, 31)
        last_day = plus_years(won_on, given["years"])
        live = case.closes_on <= last_day
        evidence.append(f"{_award_line(entry)}：{'限制' if live else '已不限制'}（至 {last_day}）")
        if live:
            lower = given["bars"] == "own_level_and_lower"
            barred |= {x.name for x in open_to if x.rank == level.rank or (lower and x.rank > level.rank)}
    names = tuple(level.name for level in open_to if level.name in barred)
    if not names:
        zh, en = f"{given['years']} 年内未获本奖项", f"no such award within {given['years']} years"
        return _verdict(True, zh, en, evidence)
    everything = len(names) == len(open_to)
    zh = f"{given['years']} 年内曾获奖，不得再次申报：{'、'.join(names)}"
    en = f"won within {given['years']} years, barred from: {', '.join(names)}"
    if not everything:
        zh, en = zh + "；仍可参评其他等次", en + "; the other levels stay open"
    return [Verdict(Outcome.FAIL if everything else Outcome.PASS, zh, en, tuple(evidence), barred=names)]


@_operator
def award_interval(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """自获奖年度起 N 年后方可再次申请: cycle year minus award year is at least N, for the levels named."""
    wins = [(e, x) for e, x in earlier_wins(rulebook, case, None) if x.name in given["levels"]]
    recent = [entry for entry, _ in wins if case.cycle_year - entry["year"] < given["years"]]
    return _verdict(
        not recent,
        f"自获奖年度起{'未满' if recent else '已满或未曾获奖，间隔'} {given['years']} 年",
        f"{'less than' if recent else 'never won, or at least'} {given['years']} years since its year",
        [_award_line(entry) for entry, _ in wins],
    )


# --- pool and other applications of the cycle -----------------------------------------------------


@_operator
def in_pool(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """在培育库内: joined on or before the day applications close."""
    if case.pool is None:
        return _verdict(False, "不在培育库内", "not in the cultivation pool")
    joined = case.pool.joined_on
    if joined is None:
        return _missing("未提供入库日期", "the date of joining the pool is not given")
    return _verdict(
        joined <= case.closes_on,
        f"{joined} 入库，申报截止日 {case.closes_on}",
        f"joined the pool on {joined}, applications close on {case.closes_on}",
    )


def _peer_line(peer: Peer) -> str:
    return f"第 {peer.sequence} 号申报，{peer.group or '集团不明'}，{peer.business or '业务不明'}"


def _earlier(case: Case) -> list[Peer]:
    return [peer for peer in case.peers if peer.sequence < case.sequence]


@_operator
def one_application(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """同一主体一项申报: the one submitted first stays."""
    same = [peer for peer in _earlier(case) if peer.applicant_key == case.applicant_key]
    return _verdict(
        not same,
        f"同一申报主体已先行申报 {len(same)} 项" if same else "同一申报主体没有更早的申报",
        f"{len(same)} earlier application(s) of the same applicant"
        if same
        else "none earlier of the same applicant",
        [_peer_line(peer) for peer in same],
    )


def _siblings(case: Case, given: Parameters) -> list[Peer]:
    group = case.fact(given["group"])
    if group is None:
        return []
    return [p for p in _earlier(case) if p.group == group and p.applicant_key != case.applicant_key]


@_operator
def one_per_group(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """同一集团同一业务一家: the one submitted first stays; without a stated business it is left open."""
    siblings, business = _siblings(case, given), case.fact(given["business"])
    if not siblings:
        return _verdict(True, "同一集团没有更早的申报", "none earlier of the same group")
    lines = [_peer_line(peer) for peer in siblings]
    if business is not None and any(peer.business == business for peer in siblings):
        return _verdict(
            False, "同一集团同一业务已有更早的申报", "an earlier one of the same group and business", lines
        )
    if business is None or any(peer.business is None for peer in siblings):
        return _missing(
            "同一集团另有申报，主营业务不明", "another of the same group, business unknown", lines
        )
    return _verdict(
        True, "同一集团的其他申报业务不同", "others of the same group have another business", lines
    )


@_operator
def similar_business(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """业务是否相似: an officer judges where one of the same group with another business applied earlier."""
    business = case.fact(given["business"])
    differing = [p for p in _siblings(case, given) if p.business is not None and p.business != business]
    if business is None or not differing:
        zh, en = "同一集团没有业务不同的更早申报", "none earlier of the same group with another business"
        return [Verdict(Outcome.NOT_APPLICABLE, zh, en)]
    lines = tuple(_peer_line(peer) for peer in differing)
    return [
        Verdict(
            Outcome.NEEDS_JUDGEMENT, "业务是否相似，由人员判断", "similar business: for an officer", lines
        )
    ]


# --- joined ---------------------------------------------------------------------------------------

_BEST_FIRST = (
    Outcome.PASS, Outcome.NEEDS_JUDGEMENT, Outcome.AWAITING, Outcome.MISSING, Outcome.FAIL, Outcome.NOT_APPLICABLE,
)  # fmt: skip


@_operator
def any_of(rulebook: Rulebook, case: Case, given: Parameters) -> list[Verdict]:
    """One of several is enough; it fails only where all do, and is open while one still could hold."""
    verdicts = [
        verdict
        for inner in given["conditions"]
        for verdict in OPERATORS[inner["operator"]](rulebook, case, inner.get("with", {}))
    ]
    best = next(o for o in _BEST_FIRST if any(v.outcome is o for v in verdicts))
    evidence = tuple(line for verdict in verdicts for line in (verdict.zh, *verdict.evidence))
    chosen = [v for v in verdicts if v.outcome is best]
    return [Verdict(best, "；".join(v.zh for v in chosen), "; ".join(v.en for v in chosen), evidence)]
