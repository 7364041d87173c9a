"""A rehearsal file for the tests, and what is said of a changed one."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

from deploy.rehearsal.checked import Installed, Playable, check_one
from deploy.rehearsal.faults import FileFault, WrongFile
from deploy.rehearsal.loading import parse
from shared.calendar import WorkCalendar
from shared.rulebooks import Library

CODES = ("91310105MAXY50013E", "91310105MAXY500219", "91310105MAXY5003X1")
BASE: dict[str, Any] = {
    "scenario": "small",
    "version": 1,
    "rulebook": "changning-2023",
    "cycle": {"year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13"},
    "applicants": {
        handle: {
            "name": "示例公司",
            "kind": "organization",
            "uscc": code,
            "recommended_by": "示例街道",
            "facts": {
                "region": "上海市长宁区",
                "operating_since": "2011-03-28",
                "for_profit": False,
                "chief_quality_officer": True,
                "licences_valid": True,
                "policy_compliant": True,
            },
        }
        for handle, code in zip(("anna", "ben"), CODES, strict=False)
    },
    "scores": {"document_review": {"others": 80}},
}


@cache
def installed() -> Installed:
    """The rulebooks and the calendar, read once."""
    return Installed(Library.load(), WorkCalendar())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The file with one value put in (or, for `...`, taken away) at a dotted path; numbers are places in lists."""
    content = deepcopy(BASE)
    steps = [int(step) if step.isdigit() else step for step in path.split("/")]
    inside: Any = content
    for step in steps[:-1]:
        inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside[step]
    if value is ...:
        del inside[steps[-1]]
    else:
        inside[steps[-1]] = value
    return content


def playable(content: dict[str, Any], rulebook: str | None = None) -> Playable:
    """The content as a file that can be played. Raises WrongFile."""
    source = parse(json.dumps(content, ensure_ascii=False).encode(), "small.yaml")
    return check_one(source, rulebook, installed())


def faults(content: dict[str, Any], rulebook: str | None = None) -> list[FileFault]:
    """What is wrong with the content."""
    try:
        playable(content, rulebook)
    except WrongFile as wrong:
        return list(wrong.faults)
    return []


def paths(content: dict[str, Any], rulebook: str | None = None) -> list[str]:
    """Where it is wrong."""
    return [fault.path for fault in faults(content, rulebook)]
