"""周期一览: the stages of a cycle in the rulebook's order, what blocks it, and the next lawful step. Pure.

Everything comes from answers of services: `cycle` and `numbers` from intake, `answers` from the owners of the stages that are
at hand. What did not answer is said to be unavailable; it is never taken for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.desk import places
from services.gateway.desk.levels import Left, left
from shared.calendar import CalendarNotPublished, WorkCalendar, in_words
from shared.rulebooks import Rulebook, Stage

Reply = Mapping[str, Any]
UNAVAILABLE = ("暂时取不到", "not available at the moment")
_STATES = {"closed": "done", "begun": "now", "planned": "next", "waiting": "waiting"}


@dataclass(frozen=True)
class Known:
    """What was answered: `numbers` None, and an owner's answer None, where nobody did."""

    cycle: Reply
    numbers: Reply | None
    answers: Mapping[str, Reply | None]
    rulebook: Rulebook
    calendar: WorkCalendar
    today: date


def at_hand(cycle: Reply) -> list[str]:
    """The stages whose owners have something to say: those that run, that have a day, or that are kept from it."""
    return [
        line["stage"] for line in cycle["stages"] if line["state"] in ("planned", "begun") or line["blocked"]
    ]


def desk(known: Known) -> dict[str, Any]:
    """The reply `Desk`."""
    blocks = list(_blocks(known))
    step = _next(known, [each for each in blocks if not each["advice"]])
    zh, en = _sentence(known, blocks, step)
    names = ("cycle_id", "rulebook", "year", "rehearsal", "state")
    return {
        **{name: known.cycle[name] for name in names},
        "today": known.today.isoformat(),
        "title_zh": known.rulebook.title.zh,
        "title_en": known.rulebook.title.en,
        "sentence_zh": zh,
        "sentence_en": en,
        "next": step,
        "blocks": blocks,
        "stages": [_line(known, line) for line in known.cycle["stages"]],
        "statuses": None if known.numbers is None else known.numbers["statuses"],
    }


# --- the stage line -----------------------------------------------------------------------------------------------


def _line(known: Known, line: Reply) -> dict[str, Any]:
    stage = known.rulebook.stage(line["stage"])
    entered, gone_on = _numbers(known, stage.key)
    nobody = line["state"] == "waiting" and entered == 0
    return {
        "stage": stage.key,
        "kind": stage.kind,
        "owner": stage.owner,
        "title_zh": stage.title.zh,
        "title_en": stage.title.en,
        "rule": stage.rule,
        "article": known.rulebook.label(stage.rule),
        "state": "next" if line["blocked"] else "done" if nobody else _STATES[line["state"]],
        **{name: line[name] for name in ("begins_on", "begun_on", "ends_on", "closed_on")},
        "working_days": stage.working_days,
        "entered": entered,
        "left": gone_on,
        "due": _due(known, line),
        "window": _window(known, stage, line),
        "blocked": line["blocked"] is not None,
    }


def _numbers(known: Known, stage: str) -> tuple[int | None, int | None]:
    for line in known.numbers["stages"] if known.numbers is not None else ():
        if line["stage"] == stage:
            return line["entered"], line["left"]
    return None, None


def _due(known: Known, line: Reply) -> dict[str, Any] | None:
    """What is left of a stage that runs and has a last day."""
    if line["state"] != "begun" or line["ends_on"] is None:
        return None
    return told(left(known.calendar, known.today, date.fromisoformat(line["ends_on"])))


def told(due: Left) -> dict[str, Any]:
    """The reply `DueLeft`."""
    return {
        "due_on": due.due_on.isoformat(),
        "days_left": due.days,
        "level": due.level,
        "unknown_year": due.unknown_year,
        "zh": due.zh,
        "en": due.en,
    }


def _window(known: Known, stage: Stage, line: Reply) -> dict[str, Any] | None:
    """Day 1 to day N of a stage whose length the rulebook says: as it runs or, of a planned one, if it began now."""
    if stage.working_days is None or line["state"] not in ("planned", "begun"):
        return None
    begun = line["begun_on"] is not None
    since = date.fromisoformat(line["begun_on"] if begun else line["begins_on"])
    since = since if begun else max(since, known.today)
    try:
        first, last = known.calendar.window(since, stage.working_days)
        if begun and line["ends_on"] is not None:
            last = max(last, date.fromisoformat(line["ends_on"]))
        return {
            "first": first.isoformat(),
            "last": last.isoformat(),
            "days": known.calendar.working_days(first, last),
            "day": known.calendar.working_days(first, min(known.today, last)) if begun else None,
            "unknown_year": None,
        }
    except CalendarNotPublished as unknown:
        return {"first": None, "last": None, "days": None, "day": None, "unknown_year": unknown.year}


# --- what blocks, and what comes next -------------------------------------------------------------------------------


def _blocks(known: Known) -> Iterator[dict[str, Any]]:
    """In the order of the stages: what each of those at hand waits for. `advice`: it may begin all the same."""
    if known.numbers is None:
        yield _unavailable(None, "intake", None, known)
    for line in known.cycle["stages"]:
        key = line["stage"]
        if key not in at_hand(known.cycle):
            continue
        stage, answer = known.rulebook.stage(key), known.answers.get(key)
        if line["blocked"]:
            yield _blocked(known, stage, line["blocked"])
        if answer is None:
            yield _unavailable(key, stage.owner, stage.rule, known)
            continue
        for thing in answer["awaits"]:
            yield _awaited(known, stage, thing, planned=answer["state"] == "planned")


def _unavailable(stage: str | None, service: str, rule: str | None, known: Known) -> dict[str, Any]:
    zh, en = UNAVAILABLE
    return {
        "stage": stage, "what": "unavailable", "count": None, "reason_zh": f"{_NAMES[service][0]}{zh}",
        "reason_en": f"{_NAMES[service][1]} is {en}", "rule": rule,
        "article": known.rulebook.label(rule) if rule else None,
        "path": places.path(places.CYCLE, known.cycle["cycle_id"]), "operation": None, "advice": False,
    }  # fmt: skip


def _blocked(known: Known, stage: Stage, blocked: Reply) -> dict[str, Any]:
    """Why a stage cannot lawfully begin. Where a year is missing it is loaded at the calendar's page."""
    missing = _missing_year(known, stage)
    where = places.CALENDAR if missing else places.STAGE
    return {
        "stage": stage.key, "what": "calendar" if missing else "blocked", "count": None,
        "reason_zh": blocked["reason_zh"], "reason_en": blocked["reason_en"], "rule": stage.rule,
        "article": known.rulebook.label(stage.rule), "path": places.path(where, known.cycle["cycle_id"], stage.key),
        "operation": None, "advice": False,
    }  # fmt: skip


def _missing_year(known: Known, stage: Stage) -> bool:
    """Whether what blocks is that the days of the stage cannot be counted yet."""
    try:
        first = known.calendar.next_working_day(known.today)
        known.calendar.window(first, stage.working_days or 1)
    except CalendarNotPublished:
        return True
    return False


def _awaited(known: Known, stage: Stage, thing: Reply, *, planned: bool) -> dict[str, Any]:
    what = thing["what"]
    place = places.PLACES.get(what, places.PLACES["other"])
    rule = places.rule_of(known.rulebook, what, stage.rule)
    return {
        "stage": stage.key, "what": what, "count": thing["count"], "reason_zh": thing["reason_zh"],
        "reason_en": thing["reason_en"], "rule": rule, "article": known.rulebook.label(rule),
        "path": places.path(place.path, known.cycle["cycle_id"], stage.key), "operation": place.operation or None,
        "advice": planned and what in places.ADVICE,
    }  # fmt: skip


def _next(known: Known, blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first thing that the office can lawfully do: what a stage waits for, else to close or to begin it. What others have
    to do is told without an operation. None where nothing is to be done any more, or nobody could say.
    """
    hand = at_hand(known.cycle)
    for line in known.cycle["stages"]:
        if line["stage"] not in hand:
            continue
        stage = known.rulebook.stage(line["stage"])
        here = [block for block in blocks if block["stage"] == stage.key]
        if any(block["what"] == "unavailable" for block in here):
            continue
        own = [block for block in here if block["operation"]]
        if own or here:
            return _step_of(stage, (own or here)[0])
        return _move(known, stage, line)
    return None


def _step_of(stage: Stage, block: Reply) -> dict[str, Any]:
    if block["what"] == "calendar":
        zh, en = "录入该年放假安排，再开始", "enter the year's calendar, then begin"
    elif block["what"] == "blocked":
        zh, en = "排除原因后再次开始", "mend the reason, then begin again"
    else:
        place = places.PLACES.get(block["what"], places.PLACES["other"])
        zh, en = place.zh, place.en
    names = ("article", "path", "operation")
    return _step(
        stage, zh, en, {name: block[name] for name in names}, possible=block["operation"] is not None
    )


def _move(known: Known, stage: Stage, line: Reply) -> dict[str, Any]:
    """To begin a planned stage, or to close one that runs; not before its day."""
    planned = line["state"] == "planned"
    day = line["begins_on"] if planned else line["ends_on"]
    possible = day is None or known.today >= date.fromisoformat(day)
    zh, en = ("开始", "begin") if planned else ("结束", "close")
    page, verb = (places.BEGIN, "begin_stage") if planned else (places.CLOSE, "close_stage")
    there = {
        "article": known.rulebook.label(stage.rule),
        "path": places.path(page, known.cycle["cycle_id"], stage.key),
        "operation": f"{stage.owner}.{verb}",
    }
    zh, en = f"{zh}“{stage.title.zh}”", f"{en} “{stage.title.en}”"
    return _step(stage, zh, en, there, possible=possible, since=None if possible else day)


def _step(
    stage: Stage, zh: str, en: str, there: Mapping[str, Any], *, possible: bool, since: str | None = None
) -> dict[str, Any]:
    return {"stage": stage.key, "zh": zh, "en": en, **there, "possible": possible, "not_before": since}


def _sentence(known: Known, blocks: list[dict[str, Any]], step: Reply | None) -> tuple[str, str]:
    """One sentence: what blocks first, then what comes next."""
    if known.cycle["state"] in ("completed", "ended"):
        return "本周期已办结。", "This cycle is over."
    first = next((block for block in blocks if not block["advice"]), None)
    if first is None and step is None:
        return "各服务正在交接下一阶段。", "The services are handing over to the next stage."
    zh, en = _blocking(first) if first else ("", "")
    if step is None:
        return f"{zh}下一步暂时无法判断。", f"{en}the next step cannot be told at the moment."
    since = in_words(step["not_before"]) if step["not_before"] else None
    since_zh = f"（最早 {since.zh}）" if since else ""
    since_en = f" (not before {since.en})" if since else ""
    return f"{zh}下一步：{step['zh']}{since_zh}。", f"{en}next: {step['en']}{since_en}."


def _blocking(block: Reply) -> tuple[str, str]:
    """What is awaited is a thing; what hinders is said in a sentence of its own."""
    if block["what"] in _HINDERS:
        return f"{block['reason_zh']}；", f"{block['reason_en']}; "
    return f"尚待：{block['reason_zh']}；", f"waiting for {block['reason_en']}; "


_HINDERS = ("unavailable", "blocked", "calendar")
_NAMES: Mapping[str, tuple[str, str]] = {
    "intake": ("受理服务", "the intake service"),
    "eligibility": ("资格服务", "the eligibility service"),
    "review": ("评审服务", "the review service"),
    "committee": ("审定服务", "the committee service"),
    "incentives": ("激励服务", "the incentives service"),
}
