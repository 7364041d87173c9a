"""Which records about a winner open a case: those that the rulebook's conditions name, at their edges."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.eligibility.honours.adverse import adverse
from shared.rulebooks import library

pytestmark = pytest.mark.unit

CLOSES, AWARDED = date(2025, 6, 13), date(2025, 7, 4)


def found(record: dict[str, Any], rulebook: str = "changning-2023", **given: Any) -> tuple[str, str] | None:
    asked = {"department": "safety", "kind": "organization", "category": None, **given}
    event = adverse(library().get(rulebook), record, closes_on=CLOSES, awarded_on=AWARDED, **asked)
    return None if event is None else (event.event, event.rule)


def accident(on: date, severity: str | None = "重大", liable: bool | None = None) -> dict[str, Any]:
    return {"kind": "accident", "on": on, "severity": severity, "liable": liable}


@pytest.mark.parametrize(
    ("record", "given", "expected"),
    [
        (accident(date(2025, 7, 4)), {}, ("major_accident", "16.6")),
        (accident(date(2026, 7, 4), "特别重大"), {}, ("major_accident", "16.6")),
        (accident(date(2026, 7, 4), "较大"), {}, None),  # 16.6: 重大 and above
        (
            accident(date(2026, 7, 4), None),
            {},
            ("major_accident", "16.6"),
        ),  # the grade is for an officer to say
        (
            accident(date(2025, 7, 3)),
            {},
            ("major_matter", "16.6"),
        ),  # the day before the award: not known then
        (
            accident(date(2022, 6, 13)),
            {},
            ("major_matter", "16.6"),
        ),  # the first day that the condition looks at
        (accident(date(2022, 6, 12)), {}, None),
        (
            accident(date(2025, 7, 4)),
            {"department": "credit"},
            None,
        ),  # no condition asks credit for accidents
        (
            {"kind": "serious_dishonesty", "on": date(2026, 1, 1)},
            {"department": "credit"},
            ("major_matter", "16.6"),
        ),
        ({"kind": "administrative_penalty", "on": date(2026, 1, 1)}, {"department": "credit"}, None),
    ],
)
def test_changning(record: dict[str, Any], given: dict[str, Any], expected: tuple[str, str] | None) -> None:
    """Changning 16 (六) and 35."""
    assert found(record, **given) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (accident(date(2026, 7, 4), "较大", liable=True), ("major_accident", "1.6")),
        (accident(date(2026, 7, 4), "较大", liable=None), ("major_accident", "1.6")),
        (accident(date(2026, 7, 4), "较大", liable=False), None),
        (accident(date(2026, 7, 4), "一般", liable=True), None),
        ({"kind": "administrative_penalty", "on": date(2026, 1, 1)}, ("major_matter", "1.6")),
    ],
)
def test_shenzhen(record: dict[str, Any], expected: tuple[str, str] | None) -> None:
    """Shenzhen 1.6 counts liable accidents of 较大 and above; sanctions are assumed."""
    assert found(record, "shenzhen-2020", category="economic") == expected
