"""What a schema cannot see: whether the parts of a rulebook fit each other. Every fault names file,
line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

from shared.money import AmountError, parse_amount
from shared.rulebooks.facts import FACTS
from shared.strict_yaml import Document, Fault, KeyPath, StrictYamlError

Faults = Iterator[Fault]

# What each operator may ask of the facts: parameter → forms that it understands.
_FACT_FORMS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "fact_is": {"fact": frozenset({"text", "boolean", "integer", "date", "texts"})},
    "years_since": {"fact": frozenset({"date"})},
    "no_loss": {"fact": frozenset({"amounts_by_year"}), "excused_by": frozenset({"years"})},
    "rank_within": {"fact": frozenset({"ranks"})},
    "one_per_group": {"group": frozenset({"text"}), "business": frozenset({"text"})},
    "similar_business": {"group": frozenset({"text"}), "business": frozenset({"text"})},
}


def check(document: Document) -> None:
    """Hold a document that passed the schema against itself. Raises StrictYamlError with every fault."""
    faults = [fault for part in _CHECKS for fault in part(document)]
    if faults:
        raise StrictYamlError(sorted(faults, key=lambda f: (f.mark.file, f.mark.line, f.mark.column)))


def _walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def _dates(document: Document) -> Faults:
    for path, value in _walk(document.value):
        if path and path[-1] in {"on", "from", "to", "issued_on"} and isinstance(value, str):
            try:
                date.fromisoformat(value)
            except ValueError:
                yield document.fault(path, f"{value!r} is no date")
    in_force = document.value["in_force"]
    if in_force and in_force.get("to") and in_force["to"] < in_force["from"]:
        yield document.fault(("in_force", "to"), f"{in_force['to']} lies before {in_force['from']}")
    if in_force and in_force["from"] < document.value["document"].get("issued_on", in_force["from"]):
        yield document.fault(("in_force", "from"), "in force before it was issued")
    if document.value["status"] == "published" and not in_force:
        yield document.fault(("in_force",), "a published text has a day from which it is in force")
    if document.value["status"] == "draft" and in_force:
        yield document.fault(("in_force",), "a draft is never in force: write null")


def cited(document: Document) -> Iterator[tuple[KeyPath, str]]:
    """Every rule that the data cites, and where. Articles and the list of what is not encoded do not cite."""
    for path, value in _walk(document.value):
        if path and path[0] in {"articles", "not_encoded"}:
            continue
        named = path[-1:] == ("rule",) or path[-2:-1] == ("rules",)
        if named and isinstance(value, str):
            yield path, value
        elif len(path) == 2 and path[0] == "conditions":
            yield path, str(path[1])


def _citations(document: Document) -> Faults:
    articles = document.value["articles"]
    for path, rule in cited(document):
        if not rule.startswith("assumed:") and rule not in articles:
            yield document.fault(path, f"cites {rule}, which is not among the articles")
        if rule.startswith("assumed:") and path[0] == "conditions":
            for name, body in document.value["conditions"].get(rule, {}).items():
                if body.get("source") != "assumed":
                    yield document.fault(("conditions", rule, name), "an assumed rule says `source: assumed`")
    for rule in document.value["not_encoded"]:
        if rule not in articles:
            yield document.fault(("not_encoded", rule), f"{rule} is not among the articles")


def accounted(document: Document) -> set[str]:
    """The rules that are cited or listed as not encoded."""
    return {rule for _, rule in cited(document)} | set(document.value["not_encoded"])


def headings(document: Document) -> set[str]:
    """Articles that do no more than head the items under them: neither cited nor listed as not encoded."""
    articles = document.value["articles"]
    above = {rule.rpartition(".")[0] for rule in articles}
    return {rule for rule in articles if rule in above} - accounted(document)


def uncovered(document: Document) -> list[str]:
    """Articles and items that are neither cited nor listed as not encoded; a bare heading of items
    needs neither.
    """
    known = accounted(document) | headings(document)
    return [rule for rule in document.value["articles"] if rule not in known]


def _coverage(document: Document) -> Faults:
    for rule in uncovered(document):
        yield document.fault(
            ("articles", rule),
            "neither cited by a rule, a judgement or a parameter, nor listed in not_encoded",
        )
    used = {rule for _, rule in cited(document)}
    for rule, entries in document.value["not_encoded"].items():
        if rule in used and any("part" not in entry for entry in entries):
            yield document.fault(
                ("not_encoded", rule), f"{rule} is cited as well: name the part that is left out"
            )


def _gists(document: Document) -> Faults:
    bare = headings(document)
    for rule, article in document.value["articles"].items():
        if "gist" not in article and rule not in bare:
            yield document.fault(("articles", rule), "no gist says in our own words what it asks")


def _provenance(document: Document) -> Faults:
    for path, value in _walk(document.value):
        if isinstance(value, Mapping) and value.get("source") == "assumed" and not value.get("note"):
            yield document.fault(path, "an assumed value needs a note that gives its ground")


def _levels_and_tracks(document: Document) -> Faults:
    raw = document.value
    tracks, levels = raw["tracks"], raw["levels"]
    for level, body in levels.items():
        for track in body["tracks"]:
            if track not in tracks:
                yield document.fault(("levels", level, "tracks"), f"no such track: {track}")
    stated: dict[tuple[str, str], str] = {}
    for key, quota in raw["quotas"].items():
        for level, track in product(quota["levels"], quota["tracks"]):
            yield from _pair(document, ("quotas", key), level, track)
            if (level, track) in stated:
                yield document.fault(
                    ("quotas", key), f"{level}/{track} already has quota {stated[(level, track)]}"
                )
            stated[(level, track)] = key
    for level, body in levels.items():
        for track in body["tracks"]:
            if (level, track) not in stated:
                yield document.fault(
                    ("levels", level), f"no quota is stated for {level}/{track} (null: unlimited)"
                )
    seen: set[str] = set()
    for path, alias in _aliases(raw):
        if alias in seen:
            yield document.fault(path, f"{alias} names two things")
        seen.add(alias)


def _aliases(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for room in ("tracks", "levels"):
        for name, body in raw[room].items():
            for alias in (name, *body.get("aliases", ())):
                yield (room, name), f"{room}: {alias}"


def _pair(document: Document, path: KeyPath, level: str, track: str) -> Faults:
    levels = document.value["levels"]
    if level not in levels:
        yield document.fault(path, f"no such level: {level}")
    elif track not in levels[level]["tracks"]:
        yield document.fault(path, f"{level} is not awarded in track {track}")


def _grants(document: Document) -> Faults:
    stated: set[tuple[str, str]] = set()
    for key, grant in document.value["grants"].items():
        path: KeyPath = ("grants", key)
        yield from _amount(document, path, grant)
        if grant["for"] == "award":
            pair = (grant["level"], grant["track"])
            yield from _pair(document, path, *pair)
            if pair in stated:
                yield document.fault(path, f"{'/'.join(pair)} has two grants")
            stated.add(pair)
        for name, body in grant.get("exceptions", {}).items():
            yield from _exception(document, (*path, "exceptions", name), body)
        yield from _fact(document, path, grant.get("cost_fact"), frozenset({"integer"}))


def _exception(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    for level in body.get("won_before", ()):
        if level not in document.value["levels"]:
            yield document.fault(path, f"no such level: {level}")
    yield from _fact(document, path, body.get("fact"), frozenset({"boolean"}))
    yield from _amount(document, path, body)


def _amount(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    try:
        parse_amount(body.get("amount", "0 元"))
    except AmountError as error:
        yield document.fault((*path, "amount"), str(error))


def _fact(document: Document, path: KeyPath, name: str | None, forms: frozenset[str]) -> Faults:
    if name is None:
        return
    if name not in FACTS:
        yield document.fault(path, f"no such fact: {name}")
    elif forms and FACTS[name].form not in forms:
        yield document.fault(
            path, f"fact {name} is a {FACTS[name].form}, {' or '.join(sorted(forms))} needed"
        )


def _procedure(document: Document) -> Faults:
    raw = document.value
    keys: set[str] = set()
    categories = set(raw.get("categories", ()))
    order: list[str] = []
    for number, phase in enumerate(raw["procedure"]):
        for index, stage in enumerate(phase["stages"]):
            path: KeyPath = ("procedure", number, "stages", index)
            if stage["key"] in keys:
                yield document.fault((*path, "key"), f"stage {stage['key']} is given twice")
            keys.add(stage["key"])
            order.append(stage["kind"])
            if stage["kind"] == "review" and "scoring" not in stage:
                yield document.fault(path, "a review says how it is scored")
            if stage.get("scoring") == "sheets" and "panel" not in stage:
                yield document.fault(path, "score sheets need a panel")
            for category in stage.get("categories", ()):
                if category not in categories:
                    yield document.fault(path, f"no such category here: {category}")
        yield from _branches(document, number, phase["stages"], categories)
    for kind in ("submission", "qualification", "committee", "grants"):
        if order.count(kind) != 1:
            yield document.fault(("procedure",), f"exactly one stage of kind {kind} is needed")
    if order[:1] != ["submission"] or order[-1:] != ["grants"]:
        yield document.fault(("procedure",), "the first stage is the submission, the last the grants")


def _branches(document: Document, number: int, stages: list[Any], categories: set[str]) -> Faults:
    """Stages beside each other must part the categories among them, none left over and none twice."""
    if len(stages) == 1 and "categories" not in stages[0]:
        return
    named = [category for stage in stages for category in stage.get("categories", sorted(categories))]
    for category in sorted(set(named)):
        if named.count(category) > 1:
            yield document.fault(("procedure", number), f"category {category} has two stages at once")
    for category in sorted(categories - set(named)):
        yield document.fault(("procedure", number), f"category {category} has no stage in this phase")


def _conditions(document: Document) -> Faults:
    for rule, named in document.value["conditions"].items():
        for name, body in named.items():
            path: KeyPath = ("conditions", rule, name)
            yield from _test(document, path, body)
            for index, guard in enumerate(body.get("when", ())):
                yield from _fact(
                    document, (*path, "when", index), guard["fact"], frozenset({"text", "boolean"})
                )


def _test(document: Document, path: KeyPath, body: Mapping[str, Any]) -> Faults:
    raw, given = document.value, body.get("with", {})
    for parameter, forms in _FACT_FORMS.get(body["operator"], {}).items():
        yield from _fact(document, (*path, "with", parameter), given.get(parameter), forms)
    for name in given.get("facts", ()):
        yield from _fact(document, (*path, "with", "facts"), name, frozenset())
    asked = raw["departments"]["ask"]
    for department in (*given.get("departments", ()), *given.get("records", ())):
        if department not in asked:
            yield document.fault((*path, "with"), f"department {department} is not among those asked")
    for material in (*given.get("materials", ()), *_material_of(body)):
        if material not in raw["materials"]:
            yield document.fault((*path, "with"), f"no such material: {material}")
    if body["operator"] == "award_interval":
        for level in given["levels"]:
            if level not in raw["levels"]:
                yield document.fault((*path, "with", "levels"), f"no such level: {level}")
    if body["operator"] == "any_of":
        for index, inner in enumerate(given["conditions"]):
            yield from _test(document, (*path, "with", "conditions", index), inner)


def _material_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    return (body["with"]["name"],) if body["operator"] == "material" else ()


def _sanctions(document: Document) -> Faults:
    for event, body in document.value["sanctions"].items():
        revokes = body.get("revokes", False)
        if revokes != ("revoke" in body["orders"]):
            yield document.fault(("sanctions", event), "`revokes` and the order `revoke` go together")
        if bool(body.get("report_to")) != any(order.startswith("report_to") for order in body["orders"]):
            yield document.fault(("sanctions", event), "`report_to` and an order to report go together")


_CHECKS: tuple[Callable[[Document], Faults], ...] = (
    _dates,
    _provenance,
    _citations,
    _coverage,
    _gists,
    _levels_and_tracks,
    _grants,
    _procedure,
    _conditions,
    _sanctions,
)
