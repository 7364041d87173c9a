"""What a rulebook asks of a panel besides its size and share."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.rulebooks import Library, PanelRule, RulebookError, parts
from tests.unit.rulebooks.mutations import installed
from tests.unit.rulebooks.test_operators import CITY

_READERS = "reviewers_per_application: 13,"


def panel(folder: Path, more: str) -> PanelRule:
    """The hearing's panel of the made-up city, with more in it."""
    assert CITY.count(_READERS) == 1
    file = folder / "qinghe-2030.yaml"
    file.write_text(CITY.replace(_READERS, f"{_READERS} {more}"), encoding="utf-8")
    book = Library.load(folder).get("qinghe-2030")
    return next(s.panel for s in book.stages if s.panel and s.panel.size_min)


def test_each_may_be_a_value_or_carry_its_source(tmp_path: Path) -> None:
    """Plain where the text says it, with source and note where it is assumed."""
    assumed = "leader: {value: true, source: assumed, note: {zh: 无, en: none}}"
    rule = panel(
        tmp_path, f"employer_max: 2, load_max: 9, {assumed}, field_readers_min: 4, language_readers_min: 13,"
    )
    assert (rule.employer_max, rule.load_max, rule.leader) == (2, 9, True)
    assert (rule.field_readers_min, rule.language_readers_min) == (4, 13)


def test_what_is_left_out_is_not_asked(tmp_path: Path) -> None:
    """No employer, load, leader, field or language."""
    rule = panel(tmp_path, "")
    assert (rule.employer_max, rule.load_max, rule.leader) == (None, None, False)
    assert (rule.field_readers_min, rule.language_readers_min) == (None, None)


@pytest.mark.parametrize("name", ["field_readers_min", "language_readers_min"])
def test_no_more_can_know_something_than_read(tmp_path: Path, name: str) -> None:
    """Fourteen of thirteen is a fault of the file, at its line."""
    with pytest.raises(RulebookError, match=f"{name} is more than reviewers_per_application"):
        panel(tmp_path, f"{name}: 14,")


@pytest.mark.parametrize("more", ["employer_max: 0,", "load_max: many,", "leader: 1,"])
def test_numbers_are_positive_and_a_leader_is_yes_or_no(tmp_path: Path, more: str) -> None:
    """The schema holds it."""
    with pytest.raises(RulebookError, match=more.partition(":")[0]):
        panel(tmp_path, more)


def test_what_no_text_says_of_panels_is_marked_as_assumed() -> None:
    """In every rulebook of this release: the panel itself is assumed, or the value is."""
    names = ("employer_max", "load_max", "leader", "field_readers_min", "language_readers_min")
    for book in installed():
        for entry in next(p for p in parts.parts(book) if p.key == "procedure").entries:
            by_name = {value.name: value for value in entry.values}
            for name in names:
                value = by_name.get(f"panel.{name}")
                assert value is None or value.assumed or by_name["panel"].assumed
