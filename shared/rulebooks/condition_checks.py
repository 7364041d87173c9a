"""What a schema cannot see of conditions: whether what they ask for is there, and has the form that they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.rulebooks.facts import FACTS
from shared.strict_yaml import Document, Fault, KeyPath

Faults = Iterator[Fault]

# What each operator may ask of the facts: parameter → forms that it understands.
_FACT_FORMS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "years_since": {"fact": frozenset({"date"})},
    "no_loss": {"fact": frozenset({"amounts_by_year"}), "excused_by": frozenset({"years"})},
    "rank_within": {"fact": frozenset({"ranks"})},
    "one_per_group": {"group": frozenset({"text"}), "business": frozenset({"text"})},
    "similar_business": {"group": frozenset({"text"}), "business": frozenset({"text"})},
}
# The same for each test of `fact_is`.
_TEST_FORMS: Mapping[str, frozenset[str]] = {
    "equals": frozenset({"text", "boolean"}),
    "one_of": frozenset({"text"}),
    "begins_with": frozenset({"text"}),
    "at_most": frozenset({"integer"}),
    "at_least": frozenset({"integer"}),
    "given": frozenset({"text", "boolean", "integer", "date", "texts"}),
}


def conditions(document: Document) -> Faults:
    """What is wrong with the conditions, each held against the rest of the file."""
    for rule, named in document.value["conditions"].items():
        for name, body in named.items():
            path: KeyPath = ("conditions", rule, name)
            yield from _test(document, path, body)
            yield from known_categories(document, path, body)
            for index, guard in enumerate(body.get("when", ())):
                yield from _guard(document, (*path, "when", index), guard)
            yield from _handed_in(document, path, body)


def _guard(document: Document, path: KeyPath, guard: Mapping[str, Any]) -> Faults:
    yield from known_fact(document, path, guard["fact"], frozenset({"text", "boolean"}))
    wanted = guard.get("is", guard.get("is_not", guard.get("one_of")))
    yield from _value(document, path, guard["fact"], wanted)


def _value(document: Document, path: KeyPath, name: str, wanted: Any) -> Faults:
    """A fact can only be equal to a value of its own form."""
    form = FACTS[name].form if name in FACTS else None
    values = wanted if isinstance(wanted, list) else [wanted]
    if form in {"text", "boolean"} and any(isinstance(v, bool) is (form == "text") for v in values):
        yield document.fault(
            path,
            f"事实 {name} 的类型是 {form}，永远不会等于 {wanted}",
            f"fact {name} is a {form} and never equals {wanted!r}",
        )


def _handed_in(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    """Nobody can be asked for a material that its kind does not hand in."""
    for name in _material_of(body):
        kinds = document.value["materials"].get(name, {"kinds": "all"})["kinds"]
        asked = document.value["kinds"] if body["kinds"] == "all" else body["kinds"]
        lacking = () if kinds == "all" else sorted(set(asked) - set(kinds))
        for kind in lacking:
            yield document.fault(
                path,
                f"{kind} 不提交材料 {name}，不能以此为条件",
                f"applicants of kind {kind} do not hand in {name} and cannot be asked for it",
            )


def _test(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    given = body.get("with", {})
    for parameter, forms in _fact_forms(body):
        yield from known_fact(document, (*path, "with", parameter), given.get(parameter), forms)
    for name in given.get("facts", ()):
        yield from known_fact(document, (*path, "with", "facts"), name, frozenset())
    yield from _known_names(document, path, body, given)
    if body["operator"] == "fact_is" and "equals" in given:
        yield from _value(document, (*path, "with"), given["fact"], given["equals"])
    if "severity_from" in given and given["kind"] != "accident":
        zh, en = "只有事故分等级", "only accidents have grades"
        yield document.fault((*path, "with", "severity_from"), zh, en)
    if body["operator"] == "any_of":
        for index, inner in enumerate(given["conditions"]):
            yield from _test(document, (*path, "with", "conditions", index), inner)


def _known_names(
    document: Document, path: KeyPath, body: Mapping[str, Any], given: Mapping[str, Any]
) -> Faults:
    raw = document.value
    for department in (*given.get("departments", ()), *given.get("records", ())):
        if department not in raw["departments"]["ask"]:
            yield document.fault(
                (*path, "with"),
                f"部门 {department} 不在征询之列",
                f"department {department} is not among those asked",
            )
    for material in (*given.get("materials", ()), *_material_of(body)):
        if material not in raw["materials"]:
            yield document.fault((*path, "with"), f"没有材料 {material}", f"no such material: {material}")
    for level in given["levels"] if body["operator"] == "award_interval" else ():
        if level not in raw["levels"]:
            yield no_level(document, (*path, "with", "levels"), level)


def _fact_forms(body: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """The parameters that name a fact, with the forms that the operator understands there."""
    if body["operator"] != "fact_is":
        yield from _FACT_FORMS.get(body["operator"], {}).items()
        return
    for test in body["with"]:
        if test != "fact":
            yield "fact", _TEST_FORMS[test]


def _material_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    return (body["with"]["name"],) if body["operator"] == "material" else ()


# --- what other checks ask as well ---


def known_categories(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    """Categories that the rulebook does not have."""
    for category in body.get("categories", ()):
        if category not in document.value.get("categories", ()):
            yield document.fault(path, f"本办法没有申报类别 {category}", f"no such category here: {category}")


def no_level(document: Document, path: KeyPath, level: str) -> Fault:
    """A level that the rulebook does not have."""
    return document.fault(path, f"没有等次“{level}”", f"no such level: {level}")


def known_fact(document: Document, path: KeyPath, name: str | None, forms: frozenset[str]) -> Faults:
    """A fact that nobody knows, or that has none of the forms (none given: any will do)."""
    if name is None:
        return
    if name not in FACTS:
        yield document.fault(path, f"没有事实 {name}", f"no such fact: {name}")
    elif forms and FACTS[name].form not in forms:
        form, needed = FACTS[name].form, sorted(forms)
        yield document.fault(
            path,
            f"事实 {name} 的类型是 {form}，需要 {'或 '.join(needed)}",
            f"fact {name} is a {form}, {' or '.join(needed)} needed",
        )
