"""What a condition tests, in words: one function for each operator, its parameters and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.rulebooks.facts import (
    DEPARTMENTS,
    FACTS,
    FIELDS,
    GOVERNMENT_LEVELS,
    KIND_WORDS,
    RECORD_KINDS,
)
from shared.rulebooks.model import Condition, Guard, Rulebook, Words
from shared.rulebooks.words import (
    BARS,
    DAYS_UNKNOWN,
    FACT_VALUES,
    listed,
    named,
    plain,
    word,
    years,
    yes_or_no,
)

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is tested, and from what: facts, materials, departments, registers. `person`: an officer decides, or may
    have to; `departments`: whose records are read.
    """

    test: Words
    sources: tuple[Words, ...] = ()
    person: bool = False
    departments: tuple[str, ...] = ()


_Asking = Callable[[Rulebook, Parameters], Asked]
ASKED: dict[str, _Asking] = {}


def asked(rulebook: Rulebook, condition: Condition) -> Asked:
    """What a condition of this rulebook tests."""
    return _of(rulebook, condition.operator, condition.parameters)


def guarded(guards: Iterable[Guard]) -> Words:
    """When a condition applies; empty words where it always does."""
    parts = [_guard(guard) for guard in guards]
    return Words("，且".join(p.zh for p in parts), " and ".join(p.en for p in parts))


def value(something: Any) -> Words:
    """A value as a sentence has it."""
    if isinstance(something, bool):
        return yes_or_no(something)
    if isinstance(something, int):
        return plain(f"{something:,}")
    if isinstance(something, list | tuple):
        return listed(value(each) for each in something)
    return word(FACT_VALUES, str(something))


def _guard(guard: Guard) -> Words:
    fact, wanted = fact_title(guard.fact), value(guard.value)
    zh, en = {
        "is": ("为", "is"),
        "is_not": ("不为", "is not"),
        "one_of": ("为其中之一：", "is one of"),
    }[guard.test]
    return Words(f"“{fact.zh}”{zh}{wanted.zh}", f"“{fact.en}” {en} {wanted.en}")


def _of(rulebook: Rulebook, operator: str, given: Parameters) -> Asked:
    return ASKED[operator](rulebook, given)


def _asking(function: _Asking) -> _Asking:
    ASKED[function.__name__] = function
    return function


def fact_title(name: str) -> Words:
    """What people call a fact."""
    return FACTS[name].title


def _material(rulebook: Rulebook, name: str) -> Words:
    return next(material.title for material in rulebook.all_materials if material.name == name)


def _departments(names: Iterable[str]) -> Words:
    several = named(DEPARTMENTS, names)
    return Words(f"部门记录（{several.zh}）", f"records of departments ({several.en})")


_PRIOR = Words("曾获奖项", "prior awards")
APPLICATIONS = Words("本届的其他申报", "other applications of the cycle")
BANS = Words("不予受理的登记", "the register of bans")
POOL = Words("培育库", "the cultivation pool")


@_asking
def kind_is(rulebook: Rulebook, given: Parameters) -> Asked:
    kinds = named(KIND_WORDS, given["kinds"])
    one_zh, one_en = ("", "") if len(given["kinds"]) == 1 else ("其中之一：", "one of ")
    test = Words(f"申报主体的类型为{one_zh}{kinds.zh}", f"the kind of applicant is {one_en}{kinds.en}")
    return Asked(test, (Words("申报主体的类型", "the kind of applicant"),))


@_asking
def fact_is(rulebook: Rulebook, given: Parameters) -> Asked:
    fact = fact_title(given["fact"])
    (test,) = set(given) - {"fact"}
    wanted = value(given[test])
    zh, en = {
        "equals": (f"为{wanted.zh}", f"is {wanted.en}"),
        "one_of": (f"为其中之一：{wanted.zh}", f"is one of {wanted.en}"),
        "begins_with": (f"以“{wanted.zh}”开头", f"begins with “{wanted.en}”"),
        "at_most": (f"不超过 {wanted.zh}", f"is at most {wanted.en}"),
        "at_least": (f"不少于 {wanted.zh}", f"is at least {wanted.en}"),
        "given": ("已提供", "is given"),
    }[test]
    return Asked(Words(f"“{fact.zh}”{zh}", f"“{fact.en}” {en}"), (fact,))


@_asking
def years_since(rulebook: Rulebook, given: Parameters) -> Asked:
    fact, span = fact_title(given["fact"]), years(given["years"])
    zh = f"自“{fact.zh}”至申报截止日满 {span.zh}"
    return Asked(Words(zh, f"at least {span.en} from “{fact.en}” to the day applications close"), (fact,))


@_asking
def no_loss(rulebook: Rulebook, given: Parameters) -> Asked:
    fact, span = fact_title(given["fact"]), years(given["years"])
    zh, en = f"近 {span.zh}“{fact.zh}”无负数", f"no negative “{fact.en}” in the last {span.en}"
    if "excused_by" not in given:
        return Asked(Words(zh, en), (fact,))
    excuse = fact_title(given["excused_by"])
    return Asked(Words(f"{zh}，“{excuse.zh}”不计", f"{en}, “{excuse.en}” not counted"), (fact, excuse))


@_asking
def rank_within(rulebook: Rulebook, given: Parameters) -> Asked:
    fact, most = fact_title(given["fact"]), given["at_most"]
    return Asked(
        Words(f"“{fact.zh}”有一项在前 {most}", f"one “{fact.en}” is within the first {most}"), (fact,)
    )


@_asking
def material(rulebook: Rulebook, given: Parameters) -> Asked:
    title = _material(rulebook, given["name"])
    return Asked(Words(f"已提交“{title.zh}”", f"“{title.en}” is handed in"), (title,))


@_asking
def given(rulebook: Rulebook, given: Parameters) -> Asked:
    title = word(FIELDS, given["field"])
    return Asked(Words(f"有“{title.zh}”", f"there is a “{title.en}”"), (title,))


@_asking
def no_records(rulebook: Rulebook, given: Parameters) -> Asked:
    kind, span = word(RECORD_KINDS, given["kind"]), years(given["years"])
    floor, liable = given.get("severity_from"), given.get("liable")
    zh = f"近 {span.zh}无{'负有责任的' if liable else ''}{kind.zh}记录" + (
        f"（{floor}及以上）" if floor else ""
    )
    en = f"no {kind.en} on record{' for which it is liable' if liable else ''} in the last {span.en}"
    en += f" (from {floor} on)" if floor else ""
    departments = tuple(given["departments"])
    return Asked(Words(zh, en), (_departments(departments),), departments=departments)


@_asking
def judgement(rulebook: Rulebook, given: Parameters) -> Asked:
    sources = [fact_title(name) for name in given.get("facts", ())]
    sources += [word(FIELDS, name) for name in given.get("fields", ())]
    sources += [_material(rulebook, name) for name in given.get("materials", ())]
    departments = tuple(given.get("records", ()))
    if departments:
        sources.append(_departments(departments))
    test = Words("由人员凭依据判断", "an officer judges on the evidence")
    return Asked(test, tuple(sources), person=True, departments=departments)


@_asking
def no_ban(rulebook: Rulebook, given: Parameters) -> Asked:
    rules = Words("、".join(rulebook.label(rule) for rule in given["rules"]), ", ".join(given["rules"]))
    test = Words(
        f"递交申报之日不在不予受理的期限内（{rules.zh}）", f"no ban is in force on submission ({rules.en})"
    )
    return Asked(test, (BANS,))


@_asking
def no_other_application(rulebook: Rulebook, given: Parameters) -> Asked:
    levels = named(GOVERNMENT_LEVELS, given["levels"])
    test = Words(
        f"评奖年度内未申报{levels.zh}同类奖项",
        f"no application for such an award at the level of {levels.en} in the cycle's year",
    )
    return Asked(test, (fact_title("other_applications"),))


@_asking
def no_award_at_level(rulebook: Rulebook, given: Parameters) -> Asked:
    levels = named(GOVERNMENT_LEVELS, given["levels"])
    test = Words(f"从未获{levels.zh}同类奖项", f"has never won such an award at the level of {levels.en}")
    return Asked(test, (_PRIOR,))


@_asking
def no_prior_award(rulebook: Rulebook, given: Parameters) -> Asked:
    span, bars = years(given["years"]), word(BARS, given["bars"])
    unknown = word(DAYS_UNKNOWN, given["day_unknown"])
    test = Words(
        f"申报截止日不在获本奖后 {span.zh}内；限制的是{bars.zh}，全部受限方为不符合；{unknown.zh}",
        f"applications close more than {span.en} after an award of this kind was won; it bars {bars.en}, and fails where "
        f"all are barred; {unknown.en}",
    )
    return Asked(test, (_PRIOR,))


@_asking
def award_interval(rulebook: Rulebook, given: Parameters) -> Asked:
    span, levels = years(given["years"]), listed(plain(level) for level in given["levels"])
    test = Words(
        f"评奖年度减{levels.zh}的获奖年度不少于 {span.zh}",
        f"the cycle's year minus the year in which {levels.en} was won is at least {span.en}",
    )
    return Asked(test, (_PRIOR,))


@_asking
def in_pool(rulebook: Rulebook, given: Parameters) -> Asked:
    test = Words("申报截止日前已入培育库", "in the cultivation pool by the day applications close")
    return Asked(test, (POOL,))


@_asking
def one_application(rulebook: Rulebook, given: Parameters) -> Asked:
    test = Words("同一申报主体没有更早的申报", "no earlier application of the same applicant")
    return Asked(test, (APPLICATIONS,))


@_asking
def one_per_group(rulebook: Rulebook, given: Parameters) -> Asked:
    group, business = fact_title(given["group"]), fact_title(given["business"])
    test = Words(
        f"“{group.zh}”与“{business.zh}”均相同的没有更早的申报",
        f"no earlier application of the same “{group.en}” and “{business.en}”",
    )
    return Asked(test, (APPLICATIONS, group, business))


@_asking
def similar_business(rulebook: Rulebook, given: Parameters) -> Asked:
    group, business = fact_title(given["group"]), fact_title(given["business"])
    test = Words(
        f"“{group.zh}”相同、“{business.zh}”不同的更早申报，业务是否相似，由人判断",
        f"where one of the same “{group.en}” with another “{business.en}” applied earlier: whether they are similar is "
        "for an officer to judge",
    )
    return Asked(test, (APPLICATIONS, group, business), person=True)


@_asking
def any_of(rulebook: Rulebook, given: Parameters) -> Asked:
    inner = [_of(rulebook, each["operator"], each.get("with", {})) for each in given["conditions"]]
    test = Words(
        "以下有一项即可：" + "；".join(a.test.zh for a in inner),
        "one of these is enough: " + "; ".join(a.test.en for a in inner),
    )
    sources = tuple(dict.fromkeys(source for each in inner for source in each.sources))
    departments = tuple(dict.fromkeys(name for each in inner for name in each.departments))
    return Asked(test, sources, any(each.person for each in inner), departments)
