"""申报表: what a rulebook asks an applicant of a kind and category to fill in and to hand in, each with its articles. Pure.

Nothing is asked that neither a condition nor the money and the places depend on, beyond what tells one applicant from
another and whom to ring up.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.rulebooks.asked import POOL, asked
from shared.rulebooks.facts import ADVERSE_DEFAULTS, FACTS, FIELDS
from shared.rulebooks.model import Condition, Rulebook, Words
from shared.rulebooks.words import CATEGORIES, FACT_VALUES

_NAME = Words("名称", "name")
_PERSON = Words("姓名", "name")
_CODE = Words("统一社会信用代码", "unified social credit code")
_OF_EMPLOYER = Words("所在单位统一社会信用代码", "the employer's unified social credit code")
_OF_OWNER = Words("项目单位统一社会信用代码", "the owner's unified social credit code")
_ID_NUMBER = Words("居民身份证号码（仅用于区分同名的人）", "identity number (only to tell namesakes apart)")
_CONTACT: Mapping[str, Words] = {
    "contact_name": Words("联系人", "contact person"),
    "contact_phone": Words("联系电话", "contact's telephone"),
    "contact_email": Words("联系邮箱", "contact's e-mail"),
}
# Facts whose text is one of a few words; every other text is free.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "industry_policy": ("strategic_emerging", "future", "other"),
    "applicant_role": ("entity", "implementer", "ip_holder"),
}


@dataclass(frozen=True)
class Choice:
    """One word that a part may hold."""

    value: str
    title: Words


@dataclass(frozen=True)
class Part:
    """One part of the form. `needed`: left empty, a condition that reads it cannot be met."""

    name: str
    form: str
    title: Words
    rules: tuple[str, ...] = ()
    needed: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class ToHandIn:
    """One material."""

    name: str
    title: Words
    rule: str


@dataclass(frozen=True)
class Form:
    """The whole form: who applies, what is stated, what others say of it, what is handed in.

    `pool`: articles that ask for membership of the cultivation pool.
    """

    identity: tuple[Part, ...]
    facts: tuple[Part, ...]
    by_others: tuple[Part, ...]
    materials: tuple[ToHandIn, ...]
    pool: tuple[str, ...] = ()


def form(rulebook: Rulebook, kind: str, category: str | None = None) -> Form:
    """The form of a kind and, where the rulebook has categories, of a category (None: of all of them)."""
    conditions = [each for each in rulebook.conditions if _concerns(each, kind, category)]
    read = _read(rulebook, conditions)
    return Form(
        identity=_identity(rulebook, kind),
        facts=(*(_fact(rulebook, conditions, name) for name in read), *_of_awards(rulebook, kind, read)),
        by_others=tuple(
            Part(name, "text", FIELDS[name], rules, needed=True)
            for name in ("recommended_by", "nominated_by")
            if (rules := _rules(rulebook, conditions, FIELDS[name]))
        ),
        materials=tuple(
            ToHandIn(material.name, material.title, material.rule)
            for material in rulebook.all_materials
            if kind in material.kinds
        ),
        pool=_rules(rulebook, conditions, POOL),
    )


def _concerns(condition: Condition, kind: str, category: str | None) -> bool:
    return kind in condition.kinds if category is None else condition.addresses(kind, category)


def _identity(rulebook: Rulebook, kind: str) -> tuple[Part, ...]:
    code = {"individual": _OF_EMPLOYER, "project": _OF_OWNER}.get(kind, _CODE)
    parts = [
        Part("name", "text", _PERSON if kind == "individual" else _NAME, needed=True),
        Part("uscc", "text", code, needed=True),
    ]
    if kind == "individual":
        parts.append(Part("id_number", "text", _ID_NUMBER))
    if rulebook.categories:
        choices = tuple(Choice(name, CATEGORIES.get(name, Words(name, name))) for name in rulebook.categories)
        parts.append(Part("category", "text", FIELDS["category"], needed=True, choices=choices))
    parts += [Part(name, "text", title) for name, title in _CONTACT.items()]
    return tuple(parts)


def _read(rulebook: Rulebook, conditions: Iterable[Condition]) -> list[str]:
    """The facts that conditions read, in the order in which they come up."""
    found: dict[str, None] = {}
    for condition in conditions:
        for guard in condition.when:
            found[guard.fact] = None
        sources = asked(rulebook, condition).sources
        found |= {name: None for name, kind in FACTS.items() if kind.title in sources}
    return list(found)


def _rules(rulebook: Rulebook, conditions: Iterable[Condition], title: Words) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.rule for each in conditions if title in asked(rulebook, each).sources))


def _fact(rulebook: Rulebook, conditions: Sequence[Condition], name: str) -> Part:
    kind = FACTS[name]
    guarding = [each.rule for each in conditions if any(guard.fact == name for guard in each.when)]
    rules = tuple(dict.fromkeys([*guarding, *_rules(rulebook, conditions, kind.title)]))
    choices = tuple(Choice(value, FACT_VALUES[value]) for value in _CHOICES.get(name, ()))
    return Part(f"facts.{name}", kind.form, kind.title, rules, name not in ADVERSE_DEFAULTS, choices)


def _of_awards(rulebook: Rulebook, kind: str, asked_already: Container[str]) -> Iterable[Part]:
    """What decides about money and places alone: a cost, an exception's ground, a reserve's."""
    grounds: dict[str, list[str]] = {}
    for grant in rulebook.grants:
        if grant.cost_fact:
            grounds.setdefault(grant.cost_fact, []).append(grant.rule)
        for exception in grant.exceptions:
            if exception.fact and (not exception.kinds or kind in exception.kinds):
                grounds.setdefault(exception.fact, []).append(exception.rule)
    for quota in rulebook.quotas:
        if quota.reserve:
            grounds.setdefault(quota.reserve.fact, []).append(quota.reserve.rule)
    for name, rules in grounds.items():
        if name not in asked_already:
            yield Part(f"facts.{name}", FACTS[name].form, FACTS[name].title, tuple(dict.fromkeys(rules)))
