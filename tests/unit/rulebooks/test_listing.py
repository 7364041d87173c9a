"""How a rulebook stands on a day, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.rulebooks.listing import STANDINGS, assumed_as_dicts, lines, standing_on
from tests.unit.rulebooks.cases import changning


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2023, 11, 14), "not_yet"),
        (date(2023, 11, 15), "in_force"),
        (date(2028, 11, 14), "in_force"),
        (date(2028, 11, 15), "ended"),
    ],
)
def test_a_published_text_by_day(day: date, standing: str) -> None:
    """The first and the last day belong to it."""
    assert standing_on(changning(), day) == standing


def test_a_draft_never_is_and_a_text_without_an_end_goes_on() -> None:
    """Whatever the day."""
    draft = replace(changning(), status="draft", in_force_from=None, in_force_to=None)
    endless = replace(changning(), in_force_to=None)
    assert standing_on(draft, date(2025, 1, 1)) == "never"
    assert standing_on(endless, date.max) == "in_force"


def test_a_line_tells_programs_what_it_tells_people() -> None:
    """Days as text, counts as numbers, the hash that a cycle pins."""
    (line,) = lines([changning()], date(2025, 1, 1))
    assert line.in_words == STANDINGS["in_force"]
    found = line.as_dict()
    assert (found["id"], found["standing"]) == ("changning-2023", "in_force")
    assert (found["in_force_from"], found["in_force_to"]) == ("2023-11-15", "2028-11-14")
    assert (found["conditions"], found["assumed"]) == (27, 19)
    assert found["sha256"] == changning().sha256


def test_assumed_values_for_programs() -> None:
    """Path, value, ground in both languages, and the line of the file."""
    found = {value["path"]: value for value in assumed_as_dicts(changning())}
    assert found["objections.upheld_place"]["value"] == "vacant"
    assert set(found["votes"]) == {"rulebook", "path", "value", "ground", "line"}
    assert all(
        value["ground"]["zh"] and value["ground"]["en"] and value["line"] > 1 for value in found.values()
    )
