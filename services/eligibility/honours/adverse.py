"""获奖后的不良记录: which records about a winner open a case by themselves. Pure: the rulebook says which ones count.

Those that its conditions name for an applicant of this kind: of that kind of record, from one of the departments, not below
the grade, not without liability where liability is asked for. What is not known (a grade, the liability) is for an officer
to look at, so the case is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.calendar import look_back
from shared.contracts.dossier import SEVERITIES
from shared.rulebooks import Condition, Rulebook

_OPERATOR, _ACCIDENT = "no_records", "accident"


@dataclass(frozen=True)
class Adverse:
    """Which event after the award a record is taken for, and the condition that names records like it."""

    event: str
    rule: str
    condition: str
    before_award: bool


def adverse(
    rulebook: Rulebook,
    record: Mapping[str, Any],
    *,
    department: str,
    kind: str,
    category: str | None,
    closes_on: date,
    awarded_on: date,
) -> Adverse | None:
    """None where nothing follows. Before the award counts what is not older than the qualification's own look-back.

    An accident after the award is the rulebook's major accident; whatever else, and what was not known when the award was
    made, is its other major matter.
    """
    later = record["on"] >= awarded_on
    for condition in rulebook.conditions:
        if condition.operator != _OPERATOR or not _addresses(condition, kind, category):
            continue
        if not _named(record, department, condition.parameters):
            continue
        if record["on"] < look_back(closes_on, condition.parameters["years"]).first:
            continue
        event = "major_accident" if later and record["kind"] == _ACCIDENT else "major_matter"
        sanction = rulebook.sanction(event)
        if sanction is not None and sanction.revokes:
            return Adverse(event, condition.rule, condition.name, before_award=not later)
    return None


def _addresses(condition: Condition, kind: str, category: str | None) -> bool:
    return kind in condition.kinds and (condition.categories is None or category in condition.categories)


def _named(record: Mapping[str, Any], department: str, given: Mapping[str, Any]) -> bool:
    if record["kind"] != given["kind"] or department not in given["departments"]:
        return False
    floor, severity = given.get("severity_from"), record.get("severity")
    if floor is not None and severity is not None and SEVERITIES.index(severity) < SEVERITIES.index(floor):
        return False
    return not (given.get("liable") and record.get("liable") is False)
