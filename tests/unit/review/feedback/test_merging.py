"""What several people said of one application becomes one text that tells neither who nor when nor how many."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.feedback.merging import Said, band_at, figures, lines, scale_for, texts
from shared.rulebooks import library

TREE = library().get("changning-2023").criteria_for("organization", None)
assert TREE is not None
KEYS = [leaf.key for leaf in TREE.leaves]
MIXED = library().get("shenzhen-2020").criteria_for("organization", "economic")
assert MIXED is not None

_TEXT = st.text(alphabet="ab1.-。 \n无", max_size=12)
_SAID = st.lists(st.tuples(st.sampled_from(KEYS[:3]), _TEXT), max_size=6)


@given(_SAID, _SAID, st.randoms(use_true_random=False))
def test_the_text_does_not_depend_on_who_wrote_or_when(
    strengths: list[tuple[str, str]], improvements: list[tuple[str, str]], order: random.Random
) -> None:
    """Whatever the order, and whoever says the same again: the words are the same."""
    first = texts(TREE, [Said(strengths=strengths, improvements=improvements)])
    again = strengths + strengths[:2]
    order.shuffle(again)
    other = list(improvements)
    order.shuffle(other)
    assert texts(TREE, [Said(strengths=again, improvements=other)]) == first


def test_lines_lose_their_marks_and_what_says_nothing() -> None:
    """Marks of lists tell of a hand; a figure at the beginning is no mark."""
    given_lines = lines(["1. 方法清楚。\n（2）数据完整", "- 方法清楚", "无", "1.5倍提升", "N/A", "数据 完整"])
    assert given_lines == ["1.5倍提升", "数据 完整", "数据完整", "方法清楚"]


def test_items_stand_in_the_order_of_the_criteria_and_the_whole_first() -> None:
    """What is said of the application as a whole comes before its items, summaries stage by stage."""
    said = [
        Said(improvements=[(KEYS[-1], "乙"), (KEYS[0], "甲")], summary="初评"),
        Said(strengths=[("", "总体好")], summary="复评"),
    ]
    found = texts(TREE, said)
    assert [point["item"] for point in found["points"]] == ["", KEYS[0], KEYS[-1]]
    assert found["summary"] == "初评\n复评"


def test_a_category_is_weighed_by_the_points_of_its_items() -> None:
    """By hand: 4.1 holds items of 40, 40 and 30 points, say; the share is of all of them, in whole percent."""
    category = TREE.children[0]
    marks = {key: Fraction(50_000) for key in KEYS}
    first = next(iter(category.leaves()))
    marks[first.key] = Fraction(100_000)
    line = figures(TREE, [Said(marks=marks)])["categories"][0]
    exact = Fraction(first.points * 100 + (category.points - first.points) * 50, category.points)
    assert abs(line["percent"] - exact) <= Fraction(1, 2)
    assert isinstance(line["percent"], int)
    assert figures(TREE, [Said(marks=marks)])["categories"][1]["percent"] == 50


def test_the_last_stage_that_scored_items_gives_the_figures() -> None:
    """A later stage without marks leaves those before it; an incomplete one gives none at all."""
    first = Said(marks={key: Fraction(30_000) for key in KEYS})
    second = Said(marks={key: Fraction(70_000) for key in KEYS})
    assert {c["percent"] for c in figures(TREE, [first, second, Said()])["categories"]} == {70}
    assert figures(TREE, [Said(marks={KEYS[0]: Fraction(1)})])["categories"] == []
    assert figures(None, [first])["criteria"] is None


@pytest.mark.parametrize("tree", [TREE, MIXED], ids=lambda tree: tree.id)
@given(mark=st.fractions(0, 100_000))
def test_every_mark_has_a_band(tree: object, mark: Fraction) -> None:
    """A mean lies between two bands as often as in one: it gets the one of the next step."""
    assert tree is TREE or tree is MIXED
    for category in tree.children:
        assert band_at(tree, scale_for(tree, category), mark) is not None
    low = band_at(TREE, TREE.scales["process"], Fraction(27_400))
    high = band_at(TREE, TREE.scales["process"], Fraction(27_500))
    assert low is not None
    assert high is not None
    assert (low.key, high.key) == ("10-25", "30-45")
