"""A radar: the figures that were given, in a picture that is well-formed whatever the names are."""

from __future__ import annotations

import re
from math import hypot
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import Radar, clean, radar
from tests.unit.documents.hostile import NAMES, UNFIT

SVG = "{http://www.w3.org/2000/svg}"
_FIGURES = st.lists(
    st.decimals(0, 100, places=2, allow_nan=False, allow_infinity=False), min_size=3, max_size=12
)


def _drawn(block: Radar) -> ElementTree.Element:
    return ElementTree.fromstring(radar.svg(block))


@given(_FIGURES)
def test_what_is_drawn_is_what_was_given(figures: list[object]) -> None:
    """Each corner lies as far from the middle as its percent of the rim, and its figure stands beside its name."""
    shown = tuple(str(each) for each in figures)
    picture = _drawn(Radar("t", tuple(f"axis{n}" for n in range(len(shown))), shown))
    area = picture.findall(f"{SVG}polygon")[-1].attrib["points"]
    corners = [tuple(map(float, pair.split(","))) for pair in area.split()]
    rim = picture.findall(f"{SVG}polygon")[-2].attrib["points"].split()
    x, y = map(float, rim[0].split(","))
    middle = (x, radar.HEIGHT / 2)
    radius = middle[1] - y
    for (at, down), each in zip(corners, shown, strict=True):
        assert hypot(at - middle[0], down - middle[1]) == pytest.approx(radius * float(each) / 100, abs=0.15)
    texts = [each.text for each in picture.findall(f"{SVG}text")]
    assert texts[-len(shown) :] == [f"axis{n} {each}" for n, each in enumerate(shown)]


def test_no_name_becomes_markup() -> None:
    """Hostile and unfit names are text of the picture, as they are in every other place of a document."""
    names = (*NAMES, UNFIT)
    picture = _drawn(Radar(NAMES[0], names, ("1",) * len(names)))
    found = {each.text for each in picture.iter(f"{SVG}text")}
    assert {f"{clean(name)} 1" for name in names} <= found
    assert not re.search(
        r"<(?!/?(svg|title|polygon|line|text)\b)", radar.svg(Radar("t", names, ("1",) * len(names)))
    )


@pytest.mark.parametrize(
    ("axes", "shown"),
    [(("a", "b"), ("1", "2")), (("a", "b", "c"), ("1", "2")), (("a",) * 3, ("1", "2", "101"))],
)
def test_what_is_no_radar_is_refused(axes: tuple[str, ...], shown: tuple[str, ...]) -> None:
    """Too few axes, a figure missing, more than full marks."""
    with pytest.raises(ValueError, match=r"axes|percent"):
        Radar("t", axes, shown)
