"""Made-up cases, built from a rulebook's own conditions: one that meets what is asked, and its neighbours.

A neighbour differs in what one condition looks at, by a day, a year or a step on either side of its threshold, or in
that it is absent. No person and no organization stands behind any of them. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from shared.calendar import look_back, plus_years
from shared.rulebooks.case import Ban, Case, Membership, Peer
from shared.rulebooks.evaluator import findings_of
from shared.rulebooks.facts import FACTS, SEVERITIES
from shared.rulebooks.findings import Outcome
from shared.rulebooks.model import Condition, NoSuchTrack, Rulebook

Parameters = Mapping[str, Any]
_DAY = timedelta(days=1)
_LEAP_DAY = date(2004, 2, 29)
_ELSEWHERE = "外"  # put before a text, so that it neither equals nor begins with what is asked for
_KEY = "made-up:1"
_MOST_STARTS = 64


def neighbours(rulebook: Rulebook, condition: Condition, case: Case) -> Iterator[Case]:
    """The cases beside one, as far as a condition can tell them apart; the guards' facts are turned as well."""
    yield from NEIGHBOURS[condition.operator](rulebook, case, condition.parameters)
    for guard in condition.when:
        values = guard.value if guard.test == "one_of" else (guard.value,)
        for value in (*values, _other(values[0]), None):
            yield with_fact(case, guard.fact, value)


def satisfying(rulebook: Rulebook, kind: str, category: str | None, closes_on: date) -> Case:
    """The made-up case that meets most of what is asked of a kind and category; of all it could, where that is possible."""
    tests = [
        test
        for condition in rulebook.conditions
        if condition.addresses(kind, category)
        for test in _tests(condition.operator, condition.parameters)
    ]
    guards = [g for c in rulebook.conditions if c.addresses(kind, category) for g in c.when]
    choices: dict[str, list[Any]] = {}
    turned: dict[str, list[Any]] = {}
    for guard in guards:
        values = list(guard.value) if guard.test == "one_of" else [guard.value]
        turned.setdefault(guard.fact, []).extend([*values, _other(values[0])])
    for operator, given in tests:
        for fact, values in _wanted(operator, given, closes_on):
            choices.setdefault(fact, []).extend(values)
    bare = _bare(rulebook, kind, category, closes_on)
    starts = islice(product(*(_once(values) for values in turned.values())), _MOST_STARTS)
    best, least = bare, None
    for start in starts:
        case = _improved(rulebook, bare, choices, dict(zip(turned, start, strict=True)))
        count = len(hindrances(rulebook, case))
        if least is None or count < least:
            best, least = case, count
        if not least:
            break
    return best


def hindrances(rulebook: Rulebook, case: Case) -> list[str]:
    """The keys of the findings that keep a case out; a condition that cannot be decided keeps it out as well."""
    found: list[str] = []
    for condition in rulebook.conditions:
        if not condition.addresses(case.kind, case.category):
            continue
        try:
            findings = findings_of(rulebook, condition, case)
        except Exception:  # noqa: BLE001 - what a rulebook makes the evaluator raise is told by the sweep
            found.append(f"{condition.rule}/{condition.name}")
        else:
            found += [f.key for f in findings if f.outcome in {Outcome.FAIL, Outcome.MISSING}]
    return found


def with_fact(case: Case, name: str, value: Any) -> Case:
    """The case with one fact changed; None takes it away."""
    return replace(case, facts={**case.facts, name: value})


def _bare(rulebook: Rulebook, kind: str, category: str | None, closes_on: date) -> Case:
    return Case(
        kind=kind,
        applicant_key=_KEY,
        uscc="",
        submitted_on=closes_on,
        cycle_year=closes_on.year,
        opens_on=closes_on,
        closes_on=closes_on,
        category=category,
        recommended_by="推荐单位",
        nominated_by="提名单位",
        materials=frozenset(rulebook.materials(kind)),
        records=dict.fromkeys(rulebook.departments, ()),
        pool=Membership(closes_on),
        sequence=2,
    )


def _improved(
    rulebook: Rulebook, bare: Case, choices: Mapping[str, list[Any]], start: Mapping[str, Any]
) -> Case:
    """One fact after the other is set to the value that hinders least, until nothing gets better."""
    case = replace(bare, facts={fact: values[0] for fact, values in choices.items()} | dict(start))
    least = len(hindrances(rulebook, case))
    better = True
    while better and least:
        better = False
        for fact, values in choices.items():
            for value in _once(values):
                other = with_fact(case, fact, value)
                count = len(hindrances(rulebook, other))
                if count < least:
                    case, least, better = other, count, True
    return case


def _tests(operator: str, given: Parameters) -> Iterator[tuple[str, Parameters]]:
    """A condition's test, and those within it."""
    yield operator, given
    if operator == "any_of":
        for inner in given["conditions"]:
            yield from _tests(inner["operator"], inner.get("with", {}))


def _wanted(operator: str, given: Parameters, closes_on: date) -> Iterator[tuple[str, list[Any]]]:
    """The facts that a test wants, with values that it accepts and their neighbours."""
    if operator == "fact_is":
        yield given["fact"], _accepted(given)
    elif operator == "years_since":
        start = plus_years(closes_on, -given["years"])
        yield given["fact"], [start - _DAY, start, start + _DAY]
    elif operator == "no_loss":
        years = range(closes_on.year - given["years"], closes_on.year)
        yield given["fact"], [dict.fromkeys(years, 0)]
    elif operator == "rank_within":
        yield given["fact"], [dict.fromkeys(("output", "profit", "tax"), given["at_most"])]


def _accepted(given: Parameters) -> list[Any]:
    if "equals" in given:
        return [given["equals"], _other(given["equals"])]
    if "one_of" in given:
        return [*given["one_of"], _other(given["one_of"][0])]
    if "begins_with" in given:
        return [given["begins_with"], _other(given["begins_with"])]
    if "at_most" in given:
        return [given["at_most"], given["at_most"] - 1, given["at_most"] + 1]
    if "at_least" in given:
        return [given["at_least"], given["at_least"] - 1, given["at_least"] + 1]
    return [_SAMPLES[FACTS[given["fact"]].form]]


_SAMPLES: Mapping[str, Any] = {
    "text": "所填",
    "boolean": True,
    "integer": 1,
    "date": date(2000, 1, 1),
    "texts": ["所填"],
}


def _other(value: Any) -> Any:
    return not value if isinstance(value, bool) else f"{_ELSEWHERE}{value}"


def _once(values: Iterable[Any]) -> list[Any]:
    """Each value once; some of them cannot be hashed."""
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


# --- the neighbours of a case, operator by operator -----------------------------------------------

Neighbours = Callable[[Rulebook, Case, Parameters], Iterator[Case]]
NEIGHBOURS: dict[str, Neighbours] = {}


def _beside(function: Neighbours) -> Neighbours:
    NEIGHBOURS[function.__name__] = function
    return function


def _around(day: date) -> tuple[date, date, date]:
    """The day, and those before and after it as far as there are any."""
    return max(day, date.min + _DAY) - _DAY, day, min(day, date.max - _DAY) + _DAY


@_beside
def kind_is(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    yield case


@_beside
def fact_is(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for value in (*_accepted(given), None):
        yield with_fact(case, given["fact"], value)


@_beside
def years_since(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    start = plus_years(case.closes_on, -given["years"])
    for day in (*_around(start), _LEAP_DAY, date.min, date.max, None):
        yield with_fact(case, given["fact"], day)


@_beside
def no_loss(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    years = range(case.cycle_year - given["years"] - 1, case.cycle_year + 1)
    for year, figure in product(years, (-1, 0, 1, None)):
        changed = with_fact(case, given["fact"], {**dict.fromkeys(years, 0), year: figure})
        yield changed
        if "excused_by" in given:
            yield with_fact(changed, given["excused_by"], [year])
    yield with_fact(case, given["fact"], None)


@_beside
def rank_within(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for rank in range(given["at_most"] - 1, given["at_most"] + 2):
        yield with_fact(case, given["fact"], {"output": rank})
        yield with_fact(case, given["fact"], dict.fromkeys(("output", "profit", "tax"), rank))
    yield with_fact(case, given["fact"], None)


@_beside
def material(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for materials in (case.materials | {given["name"]}, case.materials - {given["name"]}):
        yield replace(case, materials=materials)


@_beside
def given(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for value in ("有", "", None):
        yield _field(case, given["field"], value)


@_beside
def no_records(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    window = look_back(case.closes_on, given["years"])
    days = dict.fromkeys((*_around(window.first), *_around(window.last)))
    floor = SEVERITIES.index(given.get("severity_from", SEVERITIES[0]))
    record = {"kind": given["kind"], "on": window.last}
    details = [
        {"severity": severity, "liable": liable}
        for severity in (None, SEVERITIES[floor], SEVERITIES[max(floor - 1, 0)])
        for liable in (None, True, False)
    ]
    department, *others = given["departments"]
    for entry in (*({**record, "on": day} for day in days), *({**record, **detail} for detail in details)):
        yield _answered(case, department, (entry,))
    for each in (department, *others):
        yield _answered(case, each, (record | {"severity": SEVERITIES[-1], "liable": True},))
        yield _answered(case, each, None)
    yield replace(case, records={})


def _answered(case: Case, department: str, answer: tuple[Mapping[str, Any], ...] | None) -> Case:
    return replace(case, records={**case.records, department: answer})


@_beside
def judgement(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for name in given.get("facts", ()):
        yield with_fact(case, name, None)
    for name in given.get("materials", ()):
        yield replace(case, materials=case.materials - {name})
    for department in given.get("records", ()):
        yield _answered(case, department, None)
    for name in given.get("fields", ()):
        yield _field(case, name, None)


def _field(case: Case, name: str, value: str | None) -> Case:
    changes: dict[str, Any] = {name: value}
    return replace(case, **changes)


@_beside
def no_ban(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    """A ban's last day around the submission, under every rule; and those that the sanctions of this text leave."""
    rules = dict.fromkeys((*given["rules"], *(s.rule for s in rulebook.sanctions.values() if s.ban_years)))
    yield replace(case, bans=())
    for rule, until in product(rules, _around(case.submitted_on)):
        yield replace(case, bans=(Ban(rule, until),))
    for sanction in rulebook.sanctions.values():
        event = plus_years(case.submitted_on, -(sanction.ban_years or 0))
        for day in _around(event) if sanction.ban_years else ():
            until = plus_years(day, sanction.ban_years or 0)
            yield replace(case, bans=tuple(Ban(rule, until) for rule in (sanction.rule, *given["rules"])))


@_beside
def no_other_application(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for level, year in product((*given["levels"], None), range(case.cycle_year - 1, case.cycle_year + 2)):
        yield with_fact(case, "other_applications", [{"level": level, "year": year}])


@_beside
def no_award_at_level(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for level, year in product((*given["levels"], rulebook.government_level, None), (1, case.cycle_year)):
        yield with_fact(case, "prior_awards", [{"level": level, "year": year}])


@_beside
def no_prior_award(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    """Each level that could have been won, around the day from which it bars no more; by its year alone; all of them."""
    try:
        track = rulebook.track_of(case.kind, case.category)
    except NoSuchTrack:
        yield case
        return
    edge = plus_years(case.closes_on, -given["years"])
    levels = rulebook.levels_of(track)
    for level in levels:
        for name in (level.name, *level.aliases):
            won = _award(rulebook, name, edge.year)
            yield with_fact(case, "prior_awards", [won])
            yield with_fact(case, "prior_awards", [won | {"track": track}])
            for day in _around(edge):
                yield with_fact(case, "prior_awards", [won | {"on": day, "year": day.year}])
    every = [_award(rulebook, level.name, case.cycle_year) for level in levels]
    for count in range(len(every) + 1):
        yield with_fact(case, "prior_awards", every[:count])


def _award(rulebook: Rulebook, name: str, year: int) -> dict[str, Any]:
    return {
        "award": name,
        "level": rulebook.government_level,
        "jurisdiction": rulebook.jurisdiction,
        "year": year,
    }


@_beside
def award_interval(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    edge = case.cycle_year - given["years"]
    for name, year in product(given["levels"], range(edge - 1, edge + 2)):
        yield with_fact(case, "prior_awards", [_award(rulebook, name, year)])


@_beside
def in_pool(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for pool in (None, Membership(None), *map(Membership, _around(case.closes_on))):
        yield replace(case, pool=pool)


@_beside
def one_application(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for sequence, key in product(range(1, 4), (case.applicant_key, "made-up:2")):
        yield replace(case, others=(Peer(f"a{sequence}", key, sequence, case.category),))


@_beside
def one_per_group(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    for own, theirs, sequence in product(("甲", None), ("甲", "乙", None), (1, 3)):
        facts = {**case.facts, given["group"]: "集团", given["business"]: own}
        peer = Peer("a1", "made-up:2", sequence, case.category, "集团", theirs)
        yield replace(case, facts=facts, others=(peer,))


@_beside
def similar_business(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    yield from one_per_group(rulebook, case, given)


@_beside
def any_of(rulebook: Rulebook, case: Case, given: Parameters) -> Iterator[Case]:
    """The neighbours of each; and beside each neighbour of the first, those of the last: none may hold."""
    tests = [(inner["operator"], inner.get("with", {})) for inner in given["conditions"]]
    for operator, parameters in tests:
        yield from NEIGHBOURS[operator](rulebook, case, parameters)
    for beside in NEIGHBOURS[tests[0][0]](rulebook, case, tests[0][1]):
        yield from NEIGHBOURS[tests[-1][0]](rulebook, beside, tests[-1][1])
