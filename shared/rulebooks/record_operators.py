"""The operators that rest on the departments' records, and the judgement that people make on them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from shared.calendar import Interval, look_back
from shared.rulebooks.case import Case
from shared.rulebooks.facts import DEPARTMENTS, FACTS, FIELDS, RECORD_KINDS, SEVERITIES
from shared.rulebooks.findings import Outcome
from shared.rulebooks.model import Rulebook
from shared.rulebooks.verdicts import (
    KEPT,
    Decide,
    Parameters,
    Verdict,
    Verdicts,
    decided,
    missing,
    operator,
    show,
)


@operator
def no_records(rulebook: Rulebook, given: Parameters) -> Decide:
    """近 N 年无记录: none of a kind in the departments named, in the closed interval up to closing day.

    One that counts fails it, whoever has not answered. One whose grade or liability is unknown leaves
    it `missing`: an officer classifies it. Only then are departments waited for.
    """
    kind, years, words = given["kind"], given["years"], RECORD_KINDS[given["kind"]]
    names = tuple(given["departments"])
    departments = [DEPARTMENTS[name] for name in names]

    def nothing(closes_on: date, evidence: Sequence[str]) -> Verdicts:
        span, span_en = _span(closes_on, years)
        return decided(
            True, f"{span}无应计的{words.zh}记录", f"no {words.en} that counts, {span_en}", evidence
        )

    @lru_cache(KEPT)
    def clean(closes_on: date) -> Verdicts:
        return nothing(closes_on, [f"{department.zh}：已答复，无此类记录" for department in departments])

    def decide(case: Case) -> Verdicts:
        answers = list(map(case.answer, names))
        if None not in answers and not any(answers):
            return clean(case.closes_on)
        counted, unclear, silent, evidence = 0, 0, [], []
        for answer, department in zip(answers, departments, strict=True):
            if answer is None:
                silent.append(department)
                evidence.append(f"{department.zh}：尚未答复")
                continue
            relevant = [record for record in answer if record["kind"] == kind]
            if not relevant:
                evidence.append(f"{department.zh}：已答复，无此类记录")
            for record in relevant:
                counts, why = _counts(record, given, look_back(case.closes_on, years))
                counted += counts is True
                unclear += counts is None
                evidence.append(f"{department.zh}：{_record_line(record)}——{why}")
        span, span_en = _span(case.closes_on, years)
        if counted:
            zh, en = f"{span}有{words.zh}记录 {counted} 条", f"{counted} {words.en} on record, {span_en}"
            return decided(False, zh, en, evidence)
        if unclear:
            zh = f"{span}有 {unclear} 条{words.zh}记录的等级或责任不明，须先认定"
            en = f"grade or liability of {unclear} {words.en} on record is unknown, {span_en}"
            return missing(zh, en, evidence)
        if silent:
            zh = f"{'、'.join(w.zh for w in silent)}部门尚未答复"
            en = f"not answered yet: {', '.join(w.en for w in silent)}"
            return (Verdict(Outcome.AWAITING, zh, en, tuple(evidence)),)
        return nothing(case.closes_on, evidence)

    return decide


@lru_cache(KEPT)
def _span(closes_on: date, years: int) -> tuple[str, str]:
    """近 N 年, with its first and last day, in both languages."""
    first, last = look_back(closes_on, years)
    return f"近 {years} 年（{first} 至 {last}）", f"{first} to {last}"


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


@operator
def judgement(rulebook: Rulebook, given: Parameters) -> Decide:
    """由人判断: a named officer decides on the evidence; not before the departments it rests on have
    answered.
    """
    titles = {m.name: m.title.zh for m in rulebook.all_materials}
    facts = [(name, FACTS[name].title.zh) for name in given.get("facts", ())]
    fields = [(name, FIELDS[name].zh) for name in given.get("fields", ())]
    materials = [(name, titles[name]) for name in given.get("materials", ())]
    departments = [(name, DEPARTMENTS[name]) for name in given.get("records", ())]

    def decide(case: Case) -> Verdicts:
        evidence = [f"{title}：{_shown_fact(case, name)}" for name, title in facts]
        evidence += [f"{title}：{getattr(case, name) or '无'}" for name, title in fields]
        evidence += [
            f"{title}：{'已提交' if name in case.materials else '未提交'}" for name, title in materials
        ]
        silent = []
        for name, words in departments:
            answer = case.answer(name)
            if answer is None:
                silent.append(words)
                evidence.append(f"{words.zh}：尚未答复")
            else:
                lines = [f"{words.zh}：{_record_line(record)}" for record in answer]
                evidence += lines or [f"{words.zh}：无记录"]
        if silent:
            zh = f"{'、'.join(w.zh for w in silent)}部门尚未答复，尚不能判断"
            en = f"not answered yet, no judgement before: {', '.join(w.en for w in silent)}"
            return (Verdict(Outcome.AWAITING, zh, en, tuple(evidence)),)
        zh, en = "由评审办人员判断", "for an officer to judge"
        return (Verdict(Outcome.NEEDS_JUDGEMENT, zh, en, tuple(evidence)),)

    return decide


def _shown_fact(case: Case, name: str) -> str:
    value = case.fact(name)
    return "未提供" if value is None else show(value)
