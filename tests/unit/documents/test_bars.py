"""Bars and funnels: the figures that were given, in a picture that is well-formed and that no name leaves."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import (
    Bar,
    Bars,
    Document,
    Funnel,
    Line,
    Lines,
    Part,
    Picture,
    Radar,
    Step,
    bars,
    clean,
    drawing,
    funnel,
    markdown,
    pictures,
)
from tests.unit.documents.hostile import NAMES, UNFIT

SVG = "{http://www.w3.org/2000/svg}"
_MAYBE = st.one_of(st.none(), st.integers(0, 5000))
_STEPS = st.lists(st.tuples(_MAYBE, _MAYBE), min_size=1, max_size=12)
_FIGURES = st.one_of(st.none(), st.decimals(-5000, 5000, places=1, allow_nan=False, allow_infinity=False))
_ROWS = st.integers(1, 4).flatmap(
    lambda many: st.lists(st.lists(_FIGURES, min_size=many, max_size=many), max_size=8)
)


def _drawn(block: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(pictures.svg(block))


def _wide(picture: ElementTree.Element) -> list[float]:
    return [float(each.attrib["width"]) for each in picture.iter(f"{SVG}rect")]


def _inside(picture: ElementTree.Element) -> None:
    """Every text and bar lies within the picture, however wide a font makes the letters at the most."""
    high = float(picture.attrib["height"])
    for each in picture.iter(f"{SVG}text"):
        size = float(each.attrib.get("font-size", drawing.SIZE))
        long = drawing.width(each.text or "", size)
        x = float(each.attrib["x"])
        left = x - long if each.attrib.get("text-anchor") == "end" else x
        assert left >= 0
        assert left + long <= drawing.WIDTH
        assert 0 < float(each.attrib["y"]) <= high
    for each in picture.iter(f"{SVG}rect"):
        assert float(each.attrib["x"]) >= 0
        assert float(each.attrib["x"]) + float(each.attrib["width"]) <= drawing.WIDTH
        assert float(each.attrib["y"]) + float(each.attrib["height"]) <= high


@given(_STEPS)
def test_a_funnel_is_as_wide_as_its_numbers(steps: list[tuple[int | None, int | None]]) -> None:
    """A bar for each number but nought and none, as wide as its share of the largest; the numbers are told as text."""
    block = Funnel("t", tuple(Step(f"s{n}", *each) for n, each in enumerate(steps)))
    picture = _drawn(block)
    known = [number for step in steps for number in step if number]
    room = funnel.RIGHT - funnel.LEFT
    assert _wide(picture) == pytest.approx([room * number / max(known) for number in known], abs=0.06)
    said = [each.text for each in picture.iter(f"{SVG}text")]
    for entered, left in steps:
        shown = ["—" if each is None else str(each) for each in (entered, left)]
        assert " → ".join(shown) in said
    _inside(picture)


@given(_ROWS)
def test_bars_are_as_long_as_their_figures(rows: list[list[object]]) -> None:
    """Each bar begins at nought and is as long as its figure's share of the field; where there is none it says so."""
    shown = [tuple("" if each is None else str(each) for each in row) for row in rows]
    series = tuple(f"series{n}" for n in range(len(shown[0]) if shown else 1))
    block = Bars("t", series, tuple(Bar(f"b{n}", row) for n, row in enumerate(shown)))
    picture = _drawn(block)
    low, high = bars.ends(block)
    room = bars.right_of(block) - bars.LEFT
    wanted = [room * abs(float(each)) / (high - low) for row in shown for each in row if each and float(each)]
    drawn = _wide(picture)
    assert drawn == pytest.approx([each for each in wanted if each], abs=0.06)
    empty = sum(not each for row in shown for each in row)
    assert sum("—" in (each.text or "") for each in picture.iter(f"{SVG}text")) == empty
    _inside(picture)


@pytest.mark.parametrize("name", [*NAMES, UNFIT, "杭州市人民政府质量管理创新示例集团有限公司第一分公司"])
def test_names_are_text_and_are_not_clipped(name: str) -> None:
    """A long name ends in an ellipsis within its margin; the table has the whole of it, and nothing becomes markup."""
    for block in (
        Funnel(name, (Step(name, 5, 3),)),
        Bars(name, (name, name), (Bar(name, ("1", "-2"), (name, name)),)),
    ):
        picture = _drawn(block)
        _inside(picture)
        assert not re.search(r"<(?!/?(svg|title|desc|rect|line|text)\b)", pictures.svg(block))
        assert picture[0].tag == f"{SVG}title"
        assert picture[1].tag == f"{SVG}desc"
        assert picture[0].text == clean(name)
        assert pictures.table(block).rows[0][0] == name


def test_no_picture_needs_a_style_or_a_script() -> None:
    """Presentation attributes alone: a page that forbids inline style shows every picture as it is."""
    for block in (
        Funnel("t", (Step("s", 1, 1),)),
        Bars("t", ("x",), (Bar("b", ("1",)),)),
        Lines("t", ("1", "2"), (Line("a", ("1", "2")),)),
        Radar("t", ("a", "b", "c"), ("1", "2", "3")),
    ):
        drawn = pictures.svg(block)
        assert not re.search(r"\bstyle\b|<script|\bon[a-z]+=|href", drawn)
        assert 'role="img"' in drawn
        assert drawn == pictures.svg(block)


def test_tables_say_the_same_in_one_language_or_both() -> None:
    """Headings follow the reading; the rows are the picture's figures."""
    block = Funnel("t", (Step("材料评审", 120, 80), Step("现场评审", 80, None)))
    assert pictures.table(block, reading="zh").headings == ("阶段", "进入", "通过", "止步")
    assert pictures.table(block, reading="en").headings == ("Stage", "In", "Out", "Stopped")
    assert pictures.table(block).rows == (("材料评审", "120", "80", "40"), ("现场评审", "80", "—", "—"))
    money = Bars("t", ("预算", "已安排"), (Bar("2026", ("5000000", ""), ("500 万元", "")),))
    table = pictures.table(money, "年度")
    assert table.headings == ("年度", "预算", "已安排")
    assert table.rows == (("2026", "500 万元", "—"),)
    assert pictures.table(Lines("t", ("1",), (Line("a", ("1",)),)), reading="en").headings == ("Index", "1")
    assert pictures.table(Radar("t", ("a", "b", "c"), ("1", "2", "3")), "类").rows[0] == ("a", "1")


def test_what_is_no_chart_is_refused() -> None:
    """No step, a negative number, a row of another length, a figure that is none."""
    for wrong in (
        lambda: Funnel("t", ()),
        lambda: Funnel("t", (Step("s", -1, None),)),
        lambda: Bars("t", (), ()),
        lambda: Bars("t", ("a",) * 5, ()),
        lambda: Bars("t", ("a",), (Bar("b", ("1", "2")),)),
        lambda: Bars("t", ("a",), (Bar("b", ("1",), ("1", "2")),)),
        lambda: Bars("t", ("a",), (Bar("b", ("inf",)),)),
    ):
        with pytest.raises(ValueError, match=r"^(a|every|nobody) "):
            wrong()


def test_markdown_tells_the_figures() -> None:
    """A paper that holds no picture says its numbers."""
    part = Part(
        "zh", "t", (Funnel("漏斗", (Step("材料评审", 120, 80),)), Bars("条", ("x",), (Bar("b", ("1",)),)))
    )
    written = markdown.write(Document("t", (part,)))
    assert "- 材料评审：120；80；40" in written
    assert "- b：1" in written


def test_words_are_not_broken() -> None:
    """Chinese between any two characters, English between words, one long word where it has to be."""
    room = 130.0
    assert drawing.fitted("申报推荐 application and recommendation", room) == ["申报推荐", "application and…"]
    assert drawing.fitted("notice of the qualified", room) == ["notice of the", "qualified"]
    assert drawing.fitted("拟获奖名单公示和其他事项", room) == ["拟获奖名单公示和其他", "事项"]
    (first, second) = drawing.fitted("A" * 30, room)
    assert first + second[:-1] == "A" * (len(first) + len(second) - 1)
    assert second.endswith("…")
