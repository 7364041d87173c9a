"""Roles: their names, which of them exclude each other, and the matrix of who may do what.

`python -m services.gateway.roles` prints the matrix as it stands in docs/api.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.contracts.operations import (
    ADMIN,
    AGENCY,
    APPLICANT,
    AUDITOR,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    OPERATOR,
    PUBLIC,
    RECOMMENDER,
    REHEARSER,
    REVIEWER,
    ROLES,
)
from shared.problems import FieldError, Invalid
from shared.strict_yaml import load as load_yaml

_FILE = Path(__file__).with_name("separation.yaml")

TITLES = {
    APPLICANT: ("申报人", "applicant"),
    RECOMMENDER: ("推荐单位", "recommending body"),
    OFFICE: ("评审办公室", "award office"),
    REVIEWER: ("评审专家", "reviewer"),
    MEMBER: ("评审委员", "committee member"),
    CLERK: ("部门经办人", "department clerk"),
    FINANCE: ("财务", "finance"),
    DISCIPLINE: ("纪检监督", "discipline"),
    AUDITOR: ("审计", "auditor"),
    OPERATOR: ("运维", "operator"),
    ADMIN: ("系统管理员", "administrator"),
    REHEARSER: ("演练员", "rehearser"),
    AGENCY: ("部门接口", "agency"),
    PUBLIC: ("公众", "the public"),
}


@dataclass(frozen=True)
class Exclusion:
    """Two roles that no account holds together."""

    roles: frozenset[str]
    reason_zh: str
    reason_en: str


class SeparationError(Exception):
    """The separation file names a role that does not exist, or a pair twice."""


def read_exclusions(path: Path = _FILE) -> tuple[Exclusion, ...]:
    """The excluding pairs of a file. Raises SeparationError, StrictYamlError."""
    found: dict[frozenset[str], Exclusion] = {}
    for entry in load_yaml(path).value["pairs"]:
        for other in entry["with"]:
            pair = frozenset({entry["role"], other})
            unknown = pair - set(ROLES)
            if unknown or len(pair) != 2 or pair in found:
                raise SeparationError(f"{path.name}: {entry['role']} with {other}: unknown, alone, or twice")
            found[pair] = Exclusion(pair, entry["reason_zh"], entry["reason_en"])
    return tuple(found.values())


@cache
def exclusions() -> tuple[Exclusion, ...]:
    """The excluding pairs of this installation."""
    return read_exclusions()


def check_roles(roles: Iterable[str]) -> frozenset[str]:
    """The roles as a set. Raises Invalid, naming each pair that excludes each other with its reason."""
    held = frozenset(roles)
    clashes = [pair for pair in exclusions() if pair.roles <= held]
    if clashes:
        errors = [FieldError("roles", _both(pair, 0), _both(pair, 1)) for pair in clashes]
        raise Invalid(
            "；".join(e.reason_zh for e in errors),
            "; ".join(e.reason_en for e in errors),
            code="excluding_roles",
            errors=errors,
        )
    return held


def _both(pair: Exclusion, language: int) -> str:
    names = sorted(pair.roles, key=ROLES.index)
    first, second = (TITLES[name][language] for name in names)
    if language:
        return f"{first} and {second} exclude each other: {pair.reason_en}"
    return f"“{first}”与“{second}”不能由同一账号兼任：{pair.reason_zh}"


def matrix() -> str:
    """Who may do what, as a Markdown table: one line per route."""
    from services.gateway.routes import ROUTES, roles_of

    columns = [*ROLES, PUBLIC]
    lines = [
        "| | " + " | ".join(TITLES[role][0] for role in columns) + " |",
        "|---|" + ":-:|" * len(columns),
    ]
    for route in ROUTES:
        allowed = set(roles_of(route))
        marks = ["●" if role in allowed or PUBLIC in allowed else " " for role in columns]
        lines.append(f"| `{route.verb} {route.path}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def separation() -> str:
    """The excluding pairs as a Markdown table."""
    lines = ["| | | 理由 | reason |", "|---|---|---|---|"]
    for pair in exclusions():
        first, second = sorted(pair.roles, key=ROLES.index)
        lines.append(f"| {TITLES[first][0]} | {TITLES[second][0]} | {pair.reason_zh} | {pair.reason_en} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(matrix() + "\n" + separation())
