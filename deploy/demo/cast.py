"""Who is in the demo and what happens: `people.yaml` and `cycles.yaml`, read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from shared import strict_yaml

HERE = Path(__file__).parent
MATERIALS = ("application_form", "self_assessment", "proofs")  # the materials of all installed rulebooks


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in, and what waits for them, in a line."""

    username: str
    role: str
    name: str
    unit: str | None
    waits_zh: str
    waits_en: str


@dataclass(frozen=True)
class Expert:
    """A reviewer in the register; `account` where it is one of those who may sign in."""

    expert_id: str
    name: str
    industry_expert: bool
    employer_uscc: str
    employer: str
    account: str | None


@dataclass(frozen=True)
class People:
    """Everybody who is not an applicant."""

    titles: Mapping[str, tuple[str, str]]  # of roles, in Chinese and English
    accounts: Mapping[str, Account]
    bodies: tuple[tuple[str, str], ...]  # name and kind
    experts: Mapping[str, Expert]
    register: Mapping[str, Any]  # what the register says of every expert
    phone: str


@dataclass(frozen=True)
class Applicant:
    """An application as the demo leaves it; `until`: how far it comes in a call that stays open."""

    key: str
    name: str
    uscc: str
    kind: str
    category: str | None
    account: str | None
    facts: Mapping[str, Any]
    percent: int
    project_cost_yuan: int | None
    until: str
    materials: tuple[str, ...]
    body: str | None
    return_fields: tuple[str, ...]
    silent: tuple[str, ...]
    records: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """One cycle: when, under which rulebook, who applies. What only some cycles have lies in `more`, as it stands in the file."""

    key: str
    rulebook: str
    year: int
    opens_on: date
    closes_on: date
    budget_yuan: int
    experts: int
    not_before: Mapping[str, date]
    applicants: tuple[Applicant, ...]
    more: Mapping[str, Any] = field(default_factory=dict)

    def applicant(self, key: str) -> Applicant:
        """One of the applicants. Raises KeyError."""
        return {one.key: one for one in self.applicants}[key]


@dataclass(frozen=True)
class Script:
    """All that happens, and the day on which it ends."""

    today: date
    declare_again_after_days: int  # of an expert's yearly declaration
    inspector: str
    spread: tuple[int, ...]
    words: tuple[Mapping[str, str], ...]
    reasons: Mapping[str, str]
    stories: Mapping[str, Story]


def _read(name: str) -> Any:
    """A data file that keeps to its schema. Raises StrictYamlError."""
    document = strict_yaml.load(HERE / f"{name}.yaml", exact_numbers=False)
    document.check(json.loads((HERE / f"{name}.schema.json").read_text(encoding="utf-8")))
    return document.value


def people() -> People:
    """Raises StrictYamlError."""
    raw = _read("people")
    accounts = {
        name: Account(name, one["role"], one["name"], one.get("unit"), one["waits"]["zh"], one["waits"]["en"])
        for name, one in raw["accounts"].items()
    }
    experts = {
        key: Expert(
            key, one["name"], one["industry_expert"], one["employer"]["uscc"], one["employer"]["name"], one.get("account")
        )
        for key, one in raw["experts"].items()
    }  # fmt: skip
    titles = {role: (title["zh"], title["en"]) for role, title in raw["titles"].items()}
    bodies = tuple((body["name"], body["kind"]) for body in raw["bodies"])
    return People(titles, accounts, bodies, experts, raw["register"], raw["phone"])


def script() -> Script:
    """Raises StrictYamlError."""
    raw = _read("cycles")
    stories = {key: _story(key, one) for key, one in raw["cycles"].items()}
    return Script(
        date.fromisoformat(raw["today"]), raw["declare_again_after_days"], raw["inspector"], tuple(raw["spread"]),
        tuple(raw["words"]), raw["reasons"], stories,
    )  # fmt: skip


def _story(key: str, raw: dict[str, Any]) -> Story:
    known = {
        "rulebook",
        "year",
        "opens_on",
        "closes_on",
        "budget_yuan",
        "experts",
        "not_before",
        "applications",
        "facts",
    }
    return Story(
        key=key,
        rulebook=raw["rulebook"],
        year=raw["year"],
        opens_on=date.fromisoformat(raw["opens_on"]),
        closes_on=date.fromisoformat(raw["closes_on"]),
        budget_yuan=raw["budget_yuan"],
        experts=raw["experts"],
        not_before={stage: date.fromisoformat(day) for stage, day in raw.get("not_before", {}).items()},
        applicants=tuple(_applicant(name, one, raw["facts"]) for name, one in raw["applications"].items()),
        more={name: value for name, value in raw.items() if name not in known},
    )


def _applicant(key: str, raw: dict[str, Any], facts: dict[str, Any]) -> Applicant:
    return Applicant(
        key=key,
        name=raw["name"],
        uscc=raw["uscc"],
        kind=raw.get("kind", "organization"),
        category=raw.get("category"),
        account=raw.get("account"),
        facts={**facts, **raw.get("facts", {})},
        percent=raw.get("percent", 0),
        project_cost_yuan=raw.get("project_cost_yuan"),
        until=raw.get("until", "accepted"),
        materials=tuple(raw.get("materials", MATERIALS)),
        body=raw.get("body"),
        return_fields=tuple(raw.get("return_fields", ())),
        silent=tuple(raw.get("silent", ())),
        records=raw.get("records", {}),
    )
