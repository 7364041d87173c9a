"""A chart of lines: the figures that were given, in a picture that is well-formed whatever the names are."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import Document, Line, Lines, Part, clean, lines, markdown
from tests.unit.documents.hostile import NAMES, UNFIT

SVG = "{http://www.w3.org/2000/svg}"
_FIGURES = st.decimals(-5000, 5000, places=1, allow_nan=False, allow_infinity=False)
_ROWS = st.integers(1, 6).flatmap(
    lambda many: st.lists(
        st.lists(st.one_of(st.none(), _FIGURES), min_size=many, max_size=many), min_size=1, max_size=6
    )
)


def _drawn(block: Lines) -> ElementTree.Element:
    return ElementTree.fromstring(lines.svg(block))


def _middles(picture: ElementTree.Element) -> list[tuple[float, float]]:
    """The middle of every mark that stands in the field."""
    found = []
    for polygon in picture.iter(f"{SVG}polygon"):
        corners = [tuple(map(float, pair.split(","))) for pair in polygon.attrib["points"].split()]
        x = sum(corner[0] for corner in corners) / len(corners)
        if x <= lines.RIGHT:
            found.append((x, sum(corner[1] for corner in corners) / len(corners)))
    return found


@given(_ROWS)
def test_what_is_drawn_is_what_was_given(rows: list[list[object]]) -> None:
    """A mark for each figure at the height that its tick would have, none for a gap; a stroke between neighbours alone."""
    shown = [tuple("" if each is None else str(each) for each in row) for row in rows]
    columns = tuple(str(2025 + place) for place in range(len(shown[0])))
    block = Lines("t", columns, tuple(Line(f"line{n}", row) for n, row in enumerate(shown)), "100")
    picture = _drawn(block)
    low, high, ticks = lines.scale([*block.figures, 100.0])
    assert low <= min([*block.figures, 100.0])
    assert high >= max([*block.figures, 100.0])
    assert 2 <= len(ticks) <= 9
    assert ticks == sorted(ticks)
    wanted = [
        lines.BOTTOM - (lines.BOTTOM - lines.TOP) * (float(each) - low) / (high - low)
        for row in shown
        for each in row
        if each
    ]
    assert [y for _, y in _middles(picture)] == pytest.approx(wanted, abs=0.2)
    strokes = [each for each in picture.iter(f"{SVG}line") if each.attrib["stroke-width"] == "2"]
    assert len(strokes) == sum(bool(one and two) for row in shown for one, two in pairwise(row))


@given(_ROWS)
def test_names_stand_apart_and_in_the_picture(rows: list[list[object]]) -> None:
    """However close the last figures are, no name stands over another, and each tells its last figure."""
    shown = [tuple("" if each is None else str(each) for each in row) for row in rows]
    block = Lines("t", ("c",) * len(shown[0]), tuple(Line(f"n{n}", row) for n, row in enumerate(shown)))
    names = [each for each in _drawn(block).iter(f"{SVG}text") if float(each.attrib["x"]) > lines.RIGHT]
    heights = [float(each.attrib["y"]) for each in names]
    assert all(after - before > 14.8 for before, after in pairwise(heights))
    assert all(0 < height <= lines.HEIGHT for height in heights)
    last = {f"n{n} {[each for each in row if each][-1]}" for n, row in enumerate(shown) if any(row)}
    assert {each.text for each in names} == last


def test_no_name_becomes_markup() -> None:
    """Hostile and unfit names are text of the picture, as they are in every other place of a document."""
    names = (*NAMES, UNFIT)
    for name in names:
        block = Lines(name, (name,), (Line(name, ("1",)),))
        found = {each.text for each in _drawn(block).iter(f"{SVG}text")}
        assert {clean(name), f"{clean(name)} 1"} <= found
        assert not re.search(r"<(?!/?(svg|title|polygon|line|text)\b)", lines.svg(block))


def test_lines_are_told_apart_without_colour() -> None:
    """Six lines have six strokes and six marks."""
    block = Lines("t", ("a", "b"), tuple(Line(str(n), (str(n), str(n + 1))) for n in range(6)))
    picture = _drawn(block)
    strokes = [
        each.attrib.get("stroke-dasharray", "")
        for each in picture.iter(f"{SVG}line")
        if each.attrib["stroke-width"] == "2"
    ]
    corners = {len(each.attrib["points"].split()) for each in picture.iter(f"{SVG}polygon")}
    assert (len(set(strokes)), len(corners)) == (6, 6)


def test_the_table_says_the_same() -> None:
    """A row for each line, a dash where there is no figure; Markdown tells it in words."""
    block = Lines("综合", ("2025", "2026"), (Line("甲", ("100.0", "")), Line("乙", ("100.0", "97.5"))), "100")
    table = lines.table(block, "获奖者")
    assert table.headings == ("获奖者", "2025", "2026")
    assert table.rows == (("甲", "100.0", "—"), ("乙", "100.0", "97.5"))
    told = markdown.write(Document("n", (Part("zh", "n", (block,)),)))
    assert "乙：2025 100.0；2026 97.5" in told


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ((), [()]),
        (("a", "b"), [("1",)]),
        (("a",), [("1",)] * 7),
        (("a",), [("nan",)]),
        (("a",), [("inf",)]),
        (("a",), [("x",)]),
    ],
)
def test_what_is_no_chart_is_refused(columns: tuple[str, ...], shown: list[tuple[str, ...]]) -> None:
    """No column, a figure missing, too many lines to tell apart, what is no number."""
    with pytest.raises(ValueError, match=r"column|number|convert"):
        Lines("t", columns, tuple(Line("n", each) for each in shown))
