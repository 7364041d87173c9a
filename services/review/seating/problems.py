"""抽取的输入: what a panel is drawn from, under pseudonyms, as a value that can be written down and read back. Pure.

Experts are R0001…, applications A0001…, employers G0001…, fields, industries and languages F, I and L, numbered in an order that
a key gives which nobody keeps: the record of a draw can be shown to anyone, and the draw itself runs on these names, so that
anyone can repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeVar

from services.review.panels import Application, Expert, Former, Problem
from shared.identifiers import digest
from shared.rulebooks import PanelRule

VERSION = 1
_Thing = TypeVar("_Thing", Application, Expert)


@dataclass(frozen=True)
class Names:
    """Pseudonym → id, for experts and for applications."""

    experts: Mapping[str, str]
    applications: Mapping[str, str]

    def hidden_expert(self, expert_id: str) -> str:
        """The pseudonym of an expert. Raises KeyError where the draw did not know it."""
        return {real: name for name, real in self.experts.items()}[expert_id]

    def as_json(self) -> dict[str, dict[str, str]]:
        """Both tables as plain values."""
        return {"experts": dict(self.experts), "applications": dict(self.applications)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Names:
        """What `as_json` wrote."""
        return Names(dict(data["experts"]), dict(data["applications"]))


def pseudonymous(problem: Problem, key: str) -> tuple[Problem, Names]:
    """The same problem with other names. `key`: random, to be forgotten."""
    experts = _numbered("R", (r.expert_id for r in problem.experts), key)
    applications = _numbered("A", (a.application_id for a in problem.applications), key)
    employers = _numbered("G", {r.employer for r in problem.experts if r.employer}, key)
    words = _hidden_words(problem, key)
    pool = [
        _hidden(
            replace(
                e, expert_id=experts[e.expert_id], employer=employers[e.employer] if e.employer else None
            ),
            words,
        )
        for e in problem.experts
    ]
    given = {applications[a.application_id]: _hidden(a, words) for a in problem.applications}
    hidden = Problem(
        problem.rule,
        tuple(
            replace(given[name], application_id=name, sequence=number, uscc="")
            for number, name in enumerate(sorted(given), 1)
        ),
        tuple(sorted(pool, key=lambda e: e.expert_id)),
        {
            experts[expert]: frozenset(applications[a] for a in ids if a in applications)
            for expert, ids in problem.kept.items()
            if expert in experts
        },
        _hidden_former(problem.former, experts, applications),
    )
    names = Names(
        {name: real for real, name in sorted(experts.items(), key=lambda pair: pair[1])},
        {name: real for real, name in sorted(applications.items(), key=lambda pair: pair[1])},
    )
    return hidden, names


_WORDS = {"fields": "F", "industries": "I", "languages": "L"}


def _hidden_words(problem: Problem, key: str) -> dict[str, dict[str, str]]:
    """Fields, industries and languages: which are the same shows, which they are does not."""
    return {
        name: _numbered(
            letter,
            frozenset().union(*(getattr(thing, name) for thing in (*problem.experts, *problem.applications))),
            key,
        )
        for name, letter in _WORDS.items()
    }


def _hidden(thing: _Thing, words: Mapping[str, Mapping[str, str]]) -> _Thing:
    return replace(
        thing,
        fields=frozenset(words["fields"][word] for word in thing.fields),
        industries=frozenset(words["industries"][word] for word in thing.industries),
        languages=frozenset(words["languages"][word] for word in thing.languages),
    )


def _hidden_former(
    former: Former | None, experts: Mapping[str, str], applications: Mapping[str, str]
) -> Former | None:
    """The panel before, as far as its people and applications are still there."""
    if former is None:
        return None
    return Former(
        tuple(experts[name] for name in former.members if name in experts),
        frozenset(
            (applications[a], experts[e]) for a, e in former.assignments if a in applications and e in experts
        ),
        experts.get(former.leader or ""),
    )


def _numbered(letter: str, ids: Iterable[str], key: str) -> dict[str, str]:
    order = sorted(ids, key=lambda name: digest([key, letter, name]))
    return {name: f"{letter}{number:04d}" for number, name in enumerate(order, start=1)}


def as_json(problem: Problem) -> dict[str, Any]:
    """Plain values, always the same ones for the same problem."""
    return {
        "version": VERSION,
        "rule": {field.name: _plain(getattr(problem.rule, field.name)) for field in fields(PanelRule)},
        "experts": [_told(expert) for expert in problem.experts],
        "applications": [_told(application) for application in problem.applications],
        "kept": {expert: sorted(ids) for expert, ids in sorted(problem.kept.items()) if ids},
        "former": None if problem.former is None else _former_told(problem.former),
    }


def from_json(data: Mapping[str, Any]) -> Problem:
    """What `as_json` wrote. Raises KeyError, TypeError or ValueError where it is something else."""
    if data["version"] != VERSION:
        raise ValueError(f"version {data['version']} of a draw's record is not known here")
    return Problem(
        PanelRule(
            **{field.name: _value(field.type, data["rule"][field.name]) for field in fields(PanelRule)}
        ),
        tuple(Application(**_read(Application, told)) for told in data["applications"]),
        tuple(Expert(**_read(Expert, told)) for told in data["experts"]),
        {expert: frozenset(ids) for expert, ids in data["kept"].items()},
        None if data["former"] is None else _former_read(data["former"]),
    )


def _former_told(former: Former) -> dict[str, Any]:
    return {
        "members": list(former.members),
        "assignments": [list(pair) for pair in sorted(former.assignments)],
        "leader": former.leader,
    }


def _former_read(told: Mapping[str, Any]) -> Former:
    pairs = frozenset((application, expert) for application, expert in told["assignments"])
    return Former(tuple(told["members"]), pairs, told["leader"])


def _plain(value: Any) -> Any:
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value


def _value(annotation: Any, value: Any) -> Any:
    return Fraction(value) if "Fraction" in str(annotation) and value is not None else value


def _told(thing: Application | Expert) -> dict[str, Any]:
    return {
        field.name: sorted(value) if isinstance(value := getattr(thing, field.name), frozenset) else value
        for field in fields(thing)
    }


def _read(kind: type[Application | Expert], told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field.name: frozenset(told[field.name]) if "frozenset" in str(field.type) else told[field.name]
        for field in fields(kind)
    }
