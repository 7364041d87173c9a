"""What a sheet comes to and what it lacks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.scoring.totals import Entry, lacking, percent_text, points_given, total
from shared.rulebooks import Library
from shared.rulebooks.criteria import CriteriaTree

pytestmark = pytest.mark.unit


def _trees() -> list[CriteriaTree]:
    library = Library.load()
    books = [library.get(name) for name in library.ids()]
    return list({rule.sha256: rule.read() for book in books for rule in book.criteria}.values())


TREES = _trees()
NATIONAL = next(tree for tree in TREES if tree.standard.startswith("GB/T"))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[CriteriaTree, dict[str, int]]:
    """A tree and percents in its step for some of its items."""
    tree = draw(st.sampled_from(TREES))
    steps = st.integers(0, 100 // tree.step).map(lambda n: n * tree.step * 1000)
    return tree, draw(st.dictionaries(st.sampled_from([leaf.key for leaf in tree.leaves]), steps))


@given(sheets())
def test_a_total_is_exact(sheet: tuple[CriteriaTree, dict[str, int]]) -> None:
    """The sum of points over full marks, without a rounding anywhere."""
    tree, percents = sheet
    points = sum(Fraction(points_given(leaf, percents.get(leaf.key, 0))) for leaf in tree.leaves)
    assert Fraction(total(tree, percents), 100_000) == points / tree.points


@given(sheets(), st.randoms())
def test_the_order_in_which_items_are_saved_is_no_matter(
    sheet: tuple[CriteriaTree, dict[str, int]], random: object
) -> None:
    """The running totals differ; what stands at the end does not."""
    tree, percents = sheet
    order = list(percents)
    random.shuffle(order)  # type: ignore[attr-defined]
    assert total(tree, {key: percents[key] for key in order}) == total(tree, percents)


@given(sheets(), st.data())
def test_a_better_item_never_makes_a_worse_total(
    sheet: tuple[CriteriaTree, dict[str, int]], data: st.DataObject
) -> None:
    """One step up on one item adds its points' share, exactly."""
    tree, percents = sheet
    leaf = data.draw(st.sampled_from(tree.leaves))
    before = percents.get(leaf.key, 0)
    if before + tree.step * 1000 > 100_000:
        return
    after = total(tree, {**percents, leaf.key: before + tree.step * 1000})
    assert after - total(tree, percents) == Fraction(leaf.points * tree.step * 1000, tree.points)


def test_full_marks_and_none() -> None:
    """Every item at 100 is 100; nothing at all is nothing; a category alone is its share."""
    assert total(NATIONAL, {leaf.key: 100_000 for leaf in NATIONAL.leaves}) == 100_000
    assert total(NATIONAL, {}) == 0
    results = {leaf.key: 50_000 for leaf in NATIONAL.children[-1].leaves()}
    assert percent_text(total(NATIONAL, results)) == "20.000"
    assert total(NATIONAL, {"4.4.3": 5_000}) == 75  # 15 points, 5 %: 0.075 of a percent of a thousand


def test_a_number_without_its_words_is_not_enough() -> None:
    """Each thing that is missing is named with its item; blanks are no words."""
    whole = {leaf.key: Entry("稳定", "可更快", 50_000, "有数据") for leaf in NATIONAL.leaves}
    assert lacking(NATIONAL, whole) == []
    for field, entry in {
        "strengths": Entry(" ", "可更快", 50_000, "有数据"),
        "improvements": Entry("稳定", "\n", 50_000, "有数据"),
        "rationale": Entry("稳定", "可更快", 50_000, "　"),
        "percent": Entry("稳定", "可更快", None, "有数据"),
    }.items():
        (found,) = lacking(NATIONAL, {**whole, "4.2.2": entry})
        assert (found.item, found.field) == ("4.2.2", field)
        assert "战略制定" in found.zh
    assert len(lacking(NATIONAL, {})) == 4 * len(NATIONAL.leaves)


def test_nothing_is_not_zero_percent() -> None:
    """A percent of 0 is a number and is not missing."""
    entry = Entry("无", "全部", 0, "未提供")
    assert [each.item for each in lacking(NATIONAL, {"4.2.2": entry})].count("4.2.2") == 0
