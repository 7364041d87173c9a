"""What the public reads of criteria, and a reviewer's sheet as a workbook."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway.criteria import TITLE, text_of, workbook_of
from services.gateway.own.rulebooks import CriteriaText
from shared.contracts import dump
from shared.problems import NotFound
from shared.rulebooks import library
from shared.rulebooks.criteria import CriteriaTree

pytestmark = pytest.mark.unit


def _tree() -> CriteriaTree:
    found = library().get("changning-2023").criteria_for("organization", None)
    assert found is not None
    return found


def test_the_public_reads_every_item_with_its_source() -> None:
    """Each item after the one above it; those that are scored add up to the whole."""
    told = dump(CriteriaText(), text_of(library(), "changning-2023", "organization", None))
    tree = _tree()
    assert told["sha256"] == tree.sha256
    assert sum(item["points"] for item in told["items"] if item["scored"]) == told["points"] == 1000
    seen = {None}
    for item in told["items"]:
        assert item["under"] in seen
        seen.add(item["item"])
    sources = {source["key"] for source in told["sources"]}
    assert {item["points_source"] for item in told["items"]} <= sources
    assert {scale["kind"] for scale in told["scales"]} == {"process", "result"}


def test_what_no_rulebook_scores_is_not_found() -> None:
    """An unknown rulebook and a kind without criteria are not told apart."""
    for rulebook, kind in (("nowhere-2000", "organization"), ("changning-2023", "project")):
        with pytest.raises(NotFound):
            text_of(library(), rulebook, kind, None)


def _sheet(**first: Any) -> dict[str, Any]:
    empty = {
        "strengths": "",
        "improvements": "",
        "band": None,
        "percent": None,
        "points": None,
        "rationale": "",
    }
    lines = [{"item": leaf.key, **empty} for leaf in _tree().leaves]
    lines[0] |= first
    return {"criteria": _tree().id, "total": "3.250", "items": lines}


def test_a_workbook_holds_what_was_written_and_the_bands() -> None:
    """Numbers are numbers, text that looks like a formula stays text, and an empty sheet has every item to fill in."""
    written = {"strengths": "=1+1", "percent": "65.000", "points": "32.5", "band": "50-65"}
    book = load_workbook(io.BytesIO(workbook_of(_tree(), _sheet(**written))))
    rows = list(book[TITLE].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows[:-1]] == [leaf.key for leaf in _tree().leaves]
    assert (rows[0][5], rows[0][7], float(rows[0][8]), float(rows[0][9])) == ("=1+1", "50-65", 65.0, 32.5)
    assert book[TITLE].cell(2, 6).data_type == "s"
    assert float(rows[-1][8]) == 3.25
    bands = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    assert len(bands) == sum(len(scale.bands) * len(scale.dimensions) for scale in _tree().scales.values())
    blank = load_workbook(io.BytesIO(workbook_of(_tree(), _sheet())))
    assert all(row[5:8] == (None, None, None) for row in blank[TITLE].iter_rows(min_row=2, values_only=True))
