"""Regulations in words, side by side, and held against what somebody states. Nothing is kept of what is stated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.published import found, line
from shared.contracts.dossier import Facts
from shared.contracts.operations.findings import NOT_KNOWN
from shared.problems import invalid_field
from shared.rulebooks import Case, Membership, Rulebook, Words
from shared.rulebooks.difference import CHANGES, Difference
from shared.rulebooks.difference import differences as between
from shared.rulebooks.expected import Expected, expected
from shared.rulebooks.explained import explain
from shared.rulebooks.parts import Entry, Value, parts

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
_NOBODY = "self-check"  # an applicant that there is not


def regulation(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `RegulationText`. Raises NotFound."""
    book = found(gateway.library, data["rulebook"])
    return {
        **line(book),
        "parts": [
            {
                "part": part.key,
                **_pair("title", part.title),
                "entries": [_entry(each) for each in part.entries],
            }
            for part in parts(book)
        ],
        "articles": [
            {"rule": rule, "label": article.label, "title": article.title, **_pair("gist", article.gist)}
            for rule, article in book.articles.items()
        ],
    }


def differences(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `Differences`. Raises NotFound."""
    first, second = found(gateway.library, data["rulebook"]), found(gateway.library, data["other"])
    return {
        "rulebook": first.id,
        "other": second.id,
        "differences": [_difference(each) for each in between(first, second)],
    }


def self_check(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `SelfChecked`. Raises NotFound, Invalid."""
    book = found(gateway.library, data["rulebook"])
    case = _case(book, data)
    return {
        "rulebook": book.id,
        "sha256": book.sha256,
        "closes_on": case.closes_on.isoformat(),
        "findings": [_finding(book, each) for each in expected(book, case)],
    }


def _case(book: Rulebook, data: Data) -> Case:
    """What is stated, as one application on the day on which applications close."""
    category = data.get("category")
    if data["kind"] not in book.kinds:
        raise invalid_field("kind", "本办法没有这类申报主体", "the rulebook has no such kind of applicant")
    if category is None and book.categories:
        raise invalid_field("category", "请选择类别", "choose a category")
    if category is not None and category not in book.categories:
        raise invalid_field("category", "本办法没有这个类别", "the rulebook has no such category")
    closes_on, since = date.fromisoformat(data["closes_on"]), data.get("pool_since")
    return Case(
        kind=data["kind"],
        applicant_key=_NOBODY,
        uscc="",
        submitted_on=closes_on,
        cycle_year=data["year"],
        opens_on=closes_on,
        closes_on=closes_on,
        category=category,
        recommended_by=data.get("recommended_by"),
        nominated_by=data.get("nominated_by"),
        facts=Facts().load(data.get("facts") or {}),
        materials=frozenset(data.get("materials") or ()),
        pool=None if since is None else Membership(date.fromisoformat(since)),
    )


def _finding(book: Rulebook, each: Expected) -> dict[str, Any]:
    told = explain(book, each.finding).as_dict()
    del told["ground"], told["confirmed"]
    if each.known:
        return told
    return {
        **told, "outcome": NOT_KNOWN, "evidence": [], "reason_zh": "依据评审办的登记判断，这里不查",
        "reason_en": "decided by the award office’s registers, which are not read here",
    }  # fmt: skip


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        **_pair("title", entry.title),
        "rule": entry.rule,
        "assumed": entry.assumed,
        **_pair("note", entry.note),
        "values": [_value(value) for value in entry.values],
    }


def _value(value: Value) -> dict[str, Any]:
    said = {**_pair("label", value.label), **_pair("text", value.text), **_pair("note", value.note)}
    return {"name": value.name, "assumed": value.assumed, **said}


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "part": each.part,
        **_pair("part", each.part_title),
        "change": each.change,
        **_pair("change", CHANGES[each.change]),
        **_pair("title", each.title),
        "before": each.before,
        "after": each.after,
        "values": [
            {
                "name": value.name,
                **_pair("label", value.label),
                **_pair("before", value.before),
                **_pair("after", value.after),
            }
            for value in each.values
        ],
    }


def _pair(name: str, words: Words | None) -> dict[str, str | None]:
    return {f"{name}_zh": words.zh if words else None, f"{name}_en": words.en if words else None}
