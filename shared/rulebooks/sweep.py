"""A rulebook held against made-up cases, around every day and threshold that it names. Pure.

No day may leave a case without an answer, or with two: the evaluation never raises, every condition that addresses an
applicant gives its finding and no other, and somebody of each kind and category could meet what is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, product

from shared.problems import Problem
from shared.rulebooks.case import Case
from shared.rulebooks.evaluator import findings_of
from shared.rulebooks.made_up import hindrances, neighbours, satisfying
from shared.rulebooks.model import Condition, NoSuchTrack, Rulebook
from shared.rulebooks.operators import holds
from shared.strict_yaml import Fault, KeyPath, in_order

_DAY = timedelta(days=1)
_LONGEST_SHOWN = 6


@dataclass(frozen=True)
class Sweep:
    """What came of it: how many days and cases were tried, what must be mended, what somebody should look at."""

    days: int
    cases: int
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()


def sweep(rulebook: Rulebook) -> Sweep:
    """Every edge of one rulebook, a day before and after."""
    days = edges(rulebook)
    run = _Run(rulebook)
    run.time_in_force(days)
    for kind, category in _standing(rulebook):
        base = run.somebody(kind, category, days[0])
        for day in days:
            run.beside(replace(base, submitted_on=day, opens_on=day, closes_on=day, cycle_year=day.year))
    return Sweep(len(days), run.cases, _sorted(run.faults), _sorted(remarks(rulebook)))


def edges(rulebook: Rulebook) -> list[date]:
    """The days on which applications are made to close: those on which the text begins and ends to be in force, the day
    before and after each, and the ends of February and of the year in a leap year and another.
    """
    interpreted = date.fromisoformat(rulebook.raw["interpreted"]["on"])
    first = rulebook.in_force_from or interpreted
    named = [first, rulebook.in_force_to or first]
    found = {day + step * _DAY for day in named for step in (-1, 0, 1)}
    leap = first.year + (-first.year) % 4
    for year in (leap, leap + 1):
        found |= {
            date(year, 2, 28),
            date(year, 3, 1) - _DAY,
            date(year, 3, 1),
            date(year, 12, 31),
            date(year, 1, 1),
        }
    return sorted(found)


def remarks(rulebook: Rulebook) -> Iterator[Fault]:
    """What is no fault but seldom meant: a condition that addresses nobody, a ban that no condition looks at."""
    for condition in rulebook.conditions:
        kinds = set(condition.kinds) & set(rulebook.kinds)
        if not kinds:
            yield rulebook.document.fault(
                _path(condition), "没有适用的申报主体", "it addresses no kind of applicant that there is"
            )
    looking = {kind for c in rulebook.conditions if c.operator == "no_ban" for kind in c.kinds}
    for event, sanction in rulebook.sanctions.items():
        missed = [kind for kind in rulebook.kinds if kind not in looking]
        if sanction.ban_years and missed:
            yield rulebook.document.fault(
                ("sanctions", event),
                f"不予受理 {sanction.ban_years} 年，但没有条件（no_ban）对 {'、'.join(missed)} 查验",
                f"bans for {sanction.ban_years} years, but no condition (no_ban) looks at it for {', '.join(missed)}",
            )


def overlaps(rulebooks: Iterable[Rulebook]) -> Iterator[Fault]:
    """Two published texts of one jurisdiction that are in force on one day: a remark, since it may have two awards."""
    spans = [(b.in_force_from, b.in_force_to or date.max, b) for b in rulebooks if b.in_force_from]
    spans.sort(key=lambda span: (span[0], span[2].id))
    for (_, until, one), (since, _, other) in combinations(spans, 2):
        if one.jurisdiction == other.jurisdiction and until >= since:
            zh, en = f"{since} 起与 {one.id} 同时施行", f"in force beside {one.id} from {since} on"
            yield other.document.fault(("in_force", "from"), zh, en)


class _Run:
    """One sweep: what was tried and found. A fault of one condition is told once, not on every day."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._book = rulebook
        self._told: set[tuple[KeyPath, str]] = set()  # where, and what kind of fault
        self._met: set[tuple[str, str, date]] = set()  # condition, kind and day
        self.faults: list[Fault] = []
        self.cases = 0

    def time_in_force(self, days: Iterable[date]) -> None:
        """Each day is within the time in force, before or after it, and the rulebook says the same of it."""
        book = self._book
        for day in days:
            within = book.in_force_from is not None and book.in_force_from <= day <= (
                book.in_force_to or date.max
            )
            try:
                book.in_force_on(day)
                says = True
            except Problem:
                says = False
            if says is not within:
                zh, en = f"{day} 是否施行，不明", f"{day} is neither in nor out of force"
                self._tell(("in_force",), "no day", zh, en)

    def somebody(self, kind: str, category: str | None, day: date) -> Case:
        """A case that meets all conditions; where there is none, the conditions that stand against each other."""
        case = satisfying(self._book, kind, category, day)
        keys = hindrances(self._book, case)
        if keys:
            who, named = f"{kind}/{category}" if category else kind, ", ".join(keys[:_LONGEST_SHOWN])
            self._tell(
                ("conditions",),
                who,
                f"找不到能满足全部条件的 {who}：{named}",
                f"no {who} was found that could meet all conditions: {named}",
            )
        return case

    def beside(self, base: Case) -> None:
        """The case itself, and its neighbours under every condition that this kind has not met on this day."""
        asked = [c for c in self._book.conditions if c.addresses(base.kind, base.category)]
        self._try(asked, base)
        for condition in asked:
            met = (f"{condition.rule}/{condition.name}", base.kind, base.closes_on)
            if met in self._met:
                continue
            self._met.add(met)
            # What it does not look at is as it was in the case itself; but a ban may speak under any rule.
            concerned = asked if condition.operator == "no_ban" else [condition]
            for case in neighbours(self._book, condition, base):
                self._try(concerned, case)

    def _try(self, conditions: Iterable[Condition], case: Case) -> None:
        """Each of them gives as many findings as it must, and no two of them give one of the same name."""
        self.cases += 1
        by: dict[str, Condition] = {}
        for condition in conditions:
            keys = self._keys(condition, case)
            if keys is not None and Counter(keys) != Counter(_expected(condition, case)):
                self._tell(
                    _path(condition),
                    "count",
                    f"{case.closes_on}：有 {len(keys)} 个结论，应为 {len(_expected(condition, case))} 个",
                    f"{case.closes_on}: {len(keys)} findings where {len(_expected(condition, case))} are due",
                )
            for key in keys or ():
                other = by.setdefault(key, condition)
                if other is not condition:
                    names = f"{other.rule}/{other.name}", f"{condition.rule}/{condition.name}"
                    zh, en = " 与 ".join(names), " and ".join(names)
                    self._tell(
                        _path(condition), key, f"{zh} 都给出结论 {key}", f"{en} both give the finding {key}"
                    )

    def _keys(self, condition: Condition, case: Case) -> list[str] | None:
        """The findings' keys; None, and a fault, where it cannot be decided."""
        try:
            return [finding.key for finding in findings_of(self._book, condition, case)]
        except Exception as error:  # noqa: BLE001 - whatever a rulebook makes the evaluator raise is the fault
            said = f"{case.closes_on}, {type(error).__name__}: {error}"
            zh, en = f"无法判断（{said}）", f"cannot be decided ({said})"
            self._tell(_path(condition), type(error).__name__, zh, en)
            return None

    def _tell(self, path: KeyPath, kind: str, zh: str, en: str) -> None:
        if (path, kind) not in self._told:
            self._told.add((path, kind))
            self.faults.append(self._book.document.fault(path, zh, en))


def _expected(condition: Condition, case: Case) -> list[str]:
    """The keys of the findings that a condition owes: its own, or for bans one of every rule."""
    rules = [condition.rule]
    if condition.operator == "no_ban" and all(holds(guard, case) for guard in condition.when):
        live = [ban.rule for ban in case.bans if ban.until >= case.submitted_on]
        rules = list(dict.fromkeys((*condition.parameters["rules"], *live)))
    return [f"{rule}/{condition.name}" for rule in rules]


def _standing(rulebook: Rulebook) -> list[tuple[str, str | None]]:
    """Kinds and categories that have a track; a rule refuses the others."""
    found: list[tuple[str, str | None]] = []
    for kind, category in product(rulebook.kinds, rulebook.categories or (None,)):
        try:
            rulebook.track_of(kind, category)
        except NoSuchTrack:
            continue
        found.append((kind, category))
    return found


def _path(condition: Condition) -> KeyPath:
    return ("conditions", condition.rule, condition.name)


def _sorted(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=in_order))
