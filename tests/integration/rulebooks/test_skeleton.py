"""A new rulebook's beginning: it passes every check as it is, and marks what is to be filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shared.problems import Invalid
from shared.rulebooks import Library, NeverInForce, Rulebook
from shared.rulebooks.difference import differences
from shared.rulebooks.library import read_files
from shared.rulebooks.skeleton import skeleton, skeleton_draft
from shared.rulebooks.sweep import sweep
from tests.unit.rulebooks.mutations import city, installed

TODAY = date(2026, 5, 6)


def _read(folder: Path, text: str, name: str, *known: Rulebook) -> Rulebook:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return read_files([file], known={book.id: book for book in known})[name]


@pytest.mark.parametrize("level", ["district", "city", "nation"])
def test_a_new_one_passes_every_check_and_the_sweep(tmp_path: Path, level: str) -> None:
    """From the first minute on, somebody can change one line and see what comes of it."""
    book = _read(tmp_path, skeleton("yunting-2026", "yunting", "云汀市", level, TODAY), "yunting-2026")
    assert (book.id, book.jurisdiction, book.government_level) == ("yunting-2026", "yunting", level)
    assert "云汀市" in book.title.zh
    found = sweep(book)
    assert (found.faults, found.remarks) == ((), ())


def test_it_is_in_force_on_no_day_until_somebody_says_so(tmp_path: Path) -> None:
    """A cycle cannot be opened by a skeleton."""
    text = skeleton("yunting-2026", "yunting", "云汀市", "city", TODAY)
    book = _read(tmp_path, text, "yunting-2026")
    with pytest.raises(NeverInForce):
        book.in_force_on(TODAY)
    assert book.raw["interpreted"]["on"] == "2026-05-06"
    assert text.count("填") > 20
    assert all("填" in value.note.zh for value in book.assumed())


@pytest.mark.parametrize("base", installed(), ids=lambda base: base.id)
def test_a_draft_over_any_installed_text_passes(tmp_path: Path, base: Rulebook) -> None:
    """It says nothing else than that it is a draft."""
    draft = _read(tmp_path, skeleton_draft("next-1", base, TODAY), "next-1", *installed())
    assert sweep(draft).faults == ()
    assert {difference.part for difference in differences(base, draft)} <= {"text", "assumed"}


def test_a_draft_over_a_text_of_ones_own_folder(tmp_path: Path) -> None:
    """Beside it, as an agency keeps them."""
    base = city(tmp_path)
    (tmp_path / "next-1.yaml").write_text(skeleton_draft("next-1", base, TODAY), encoding="utf-8")
    assert Library.load(tmp_path).get("next-1").jurisdiction == "yunting"


@pytest.mark.parametrize("word", ["", "Yunting", "2026-yunting", "yun ting", "../x", "yunting_1", "云汀"])
def test_words_that_cannot_stand_there_are_refused(word: str) -> None:
    """As an id or as a jurisdiction; a jurisdiction has no hyphen either."""
    with pytest.raises(Invalid):
        skeleton(word, "yunting", "云汀市", "city", TODAY)
    with pytest.raises(Invalid):
        skeleton("yunting-2026", word, "云汀市", "city", TODAY)
    with pytest.raises(Invalid):
        skeleton_draft(word, installed()[0], TODAY)
    with pytest.raises(Invalid):
        skeleton("yunting-2026", "yun-ting", "云汀市", "city", TODAY)


@pytest.mark.parametrize("place", ["", "云汀: 市", "云汀\n市", "{市}", '"市', "云汀 # 市"])
def test_a_place_that_would_be_read_as_yaml_is_refused(place: str) -> None:
    """A name is a name."""
    with pytest.raises(Invalid):
        skeleton("yunting-2026", "yunting", place, "city", TODAY)
