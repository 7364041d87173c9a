"""Criteria: what the installed ones say, who is scored by which, and what is refused of a wrong file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shared.rulebooks import Library, RulebookError
from shared.rulebooks.criteria import CriteriaTree, Criterion
from shared.rulebooks.criteria_files import OWN, hash_of, parse
from shared.strict_yaml import dotted
from tests.unit.rulebooks.cases import changning

FILES = sorted(OWN.glob("*.yaml"))
each = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
STANDARD = "gbt-19580-2012"
TEXT = (OWN / f"{STANDARD}.yaml").read_text(encoding="utf-8")


def tree(name: str) -> CriteriaTree:
    file = OWN / f"{name}.yaml"
    return parse(file.read_bytes(), file.name, hash_of(file))


def marks(items: tuple[Criterion, ...]) -> dict[str, int]:
    return {item.key: item.points for item in items}


def test_the_national_standard_has_a_thousand_points_in_seven_categories() -> None:
    """GB/T 19580-2012: 110, 90, 90, 130, 100, 80 and 400; only the last is results."""
    found = tree(STANDARD)
    assert found.points == 1000
    assert list(marks(found.children).values()) == [110, 90, 90, 130, 100, 80, 400]
    assert [item.kind for item in found.children] == ["process"] * 6 + ["result"]
    assert (found.standard, found.edition) == ("GB/T 19580", "2012")
    assert {found.sources[item.points_source].assumed for item in found.children} == {False}
    assert {found.sources[leaf.points_source].assumed for leaf in found.leaves} == {True}


def test_each_economic_category_has_results_of_its_own() -> None:
    """The guide of 2020: six categories, each of two processes and a result."""
    found = tree("shenzhen-economic-2020")
    assert [item.title.zh for item in found.children] == ["领导", "战略", "顾客", "员工", "创新", "运营"]
    for item in found.children:
        assert [leaf.kind for leaf in item.children] == ["process", "process", "result"]
        assert item.kind is None
    assert set(found.scales["process"].dimensions) == {"approach", "deployment", "learning", "integration"}
    assert set(found.scales["result"].dimensions) == {"levels", "trends", "comparisons", "integration"}


def test_the_non_economic_ones_are_weighed_by_other_dimensions() -> None:
    """Positioning and operation by PDCA, performance by level, trend and comparison."""
    found = tree("shenzhen-non-economic-2020")
    assert [item.title.zh for item in found.children] == ["高标准定位", "高质量运营", "高绩效结果"]
    assert [item.kind for item in found.children] == ["process", "process", "result"]
    assert set(found.scales["process"].dimensions) == {"plan", "do", "check", "act"}
    assert set(found.scales["result"].dimensions) == {"levels", "trends", "comparisons"}


@each
def test_points_add_up_and_totals_are_exact(file: Path) -> None:
    """At every level; and one step on any item is a whole number of thousandths of the total."""
    found = tree(file.stem)

    def add_up(item: Criterion) -> None:
        if item.children:
            assert sum(child.points for child in item.children) == item.points
        for child in item.children:
            add_up(child)

    for item in found.children:
        add_up(item)
    assert sum(leaf.points for leaf in found.leaves) == found.points
    assert all(leaf.points * found.step * 1000 % found.points == 0 for leaf in found.leaves)


@each
def test_every_percent_that_can_be_given_lies_in_one_band(file: Path) -> None:
    """From 0 to 100 by steps; between two steps there is no band and it is no percent of a sheet."""
    found = tree(file.stem)
    for scale in found.scales.values():
        for percent in range(0, 101, found.step):
            inside = [band for band in scale.bands if band.first <= percent <= band.last]
            assert [scale.band_of(percent * 1000)] == inside
        assert scale.band_of(7_500) is None
    assert not found.in_step(7_500)


@each
def test_every_item_says_what_it_asks_and_where_it_is_taken_from(file: Path) -> None:
    """In both languages; where no text gives it, that is said."""
    found = tree(file.stem)
    for leaf in found.leaves:
        assert leaf.asks is not None
        assert leaf.asks.zh
        assert leaf.asks.en
        assert leaf.source in found.sources
    assert any(source.assumed for source in found.sources.values())
    for scale in found.scales.values():
        for band in scale.bands:
            assert set(band.looks) == set(scale.dimensions)


def test_every_installed_file_is_named_by_a_rulebook_and_fits_its_hash() -> None:
    """Nobody who may apply is without items, and no file lies about unused."""
    library = Library.load()
    used = set()
    for book in map(library.get, library.ids()):
        for kind in book.kinds:
            for category in book.categories or (None,):
                if any(kind in t.kinds and category in (t.categories or (category,)) for t in book.tracks):
                    found = book.criteria_for(kind, category)
                    assert found is not None, (book.id, kind, category)
                    used.add(found.id)
    assert used == {file.stem for file in FILES}


def test_who_is_scored_by_which() -> None:
    """By kind, and by category where there are any."""
    book = Library.load().get("shenzhen-2020")
    economic, culture = book.criteria_for("organization", "economic"), book.criteria_for("project", "culture")
    assert economic is not None
    assert culture is not None
    assert (economic.id, culture.id) == ("shenzhen-economic-2020", "shenzhen-non-economic-2020")
    assert book.criteria_for("project", "economic") is None
    person = changning().criteria_for("individual", None)
    assert person is not None
    assert person.id == "changning-individual-2023"


def test_the_rulebooks_hash_covers_its_criteria() -> None:
    """It names the file's own hash, so that who pins the one pins the other."""
    for rule in changning().criteria:
        assert rule.sha256 == hashlib.sha256((OWN / f"{rule.file}.yaml").read_bytes()).hexdigest()
        assert rule.sha256 in Path(OWN.parent / "changning-2023.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("    points: 110\n", "    points: 111\n", "items[0].points", "its items add up to 110, not 111"),
        ('- key: "4.1.3"', '- key: "4.1.2"', "items[0].items[1].key", "4.1.2 is given twice"),
        ("id: gbt-19580-2012", "id: other", "id", "the file must bear the id's name"),
        ("step: 5\n", "step: 7\n", "step", "the whole is no multiple"),
        ("      - from: 10\n", "      - from: 15\n", "scales.process.bands[1]", "begins at 10"),
        ("        to: 100\n", "        to: 95\n", "scales.process.bands", "the last band ends at 100"),
        ("        kind: process\n", "", "items[0].items[0]", "has a kind and says what it asks"),
        ("points_source: category\n", "points_source: hearsay\n", "points_source", "hearsay is not among the sources"),
        ("step: 5\n", "step: 5\nspeed: 1\n", "speed", "no such key is known here"),
        ("      deployment: {zh: 展开, en: deployment}\n", "", "scales.process.bands[0].looks", "deployment is told of once"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(old: str, new: str, path: str, reason: str) -> None:
    """Every fault names the place, in both languages."""
    assert old in TEXT
    with pytest.raises(RulebookError) as caught:
        parse(TEXT.replace(old, new, 1).encode(), f"{STANDARD}.yaml", "")
    said = [fault for fault in caught.value.faults if reason in fault.en]
    assert path in [dotted(fault.path) for fault in said]
    assert all(fault.mark.file == f"{STANDARD}.yaml" and fault.mark.line > 0 for fault in said)
    assert all(any("一" <= c <= "鿿" for c in fault.zh) for fault in said)


def test_points_that_would_make_totals_inexact_are_refused() -> None:
    """950 points and steps of 5 %: a third decimal would not hold the sum."""
    seven = TEXT.replace("    points: 400\n", "    points: 350\n", 1)
    seven = seven.replace('        points: 50\n        clause: "4.7.7"\n', "", 1)
    last = seven.index('      - key: "4.7.7"')
    with pytest.raises(RulebookError, match="no whole number of thousandths"):
        parse(seven[:last].encode(), f"{STANDARD}.yaml", "")


def _folder(
    folder: Path, criteria: str | None, sha256: str | None = None, name: str = "own-items"
) -> Library:
    """A copy of an installed rulebook in a folder of its own, with criteria of its own."""
    text = (OWN.parent / "changning-2023.yaml").read_text(encoding="utf-8")
    text = text.replace("id: changning-2023", "id: copy-2023", 1)
    rule = changning().criteria[0]
    text = text.replace(f"file: {rule.file}", f"file: {name}", 1)
    if criteria is not None:
        (folder / "criteria").mkdir()
        (folder / "criteria" / f"{name}.yaml").write_text(criteria, encoding="utf-8")
        sha256 = sha256 or hash_of(folder / "criteria" / f"{name}.yaml")
    text = text.replace(rule.sha256, sha256 or "0" * 64, 1)
    (folder / "copy-2023.yaml").write_text(text, encoding="utf-8")
    return Library.load(folder)


def test_an_agency_brings_criteria_of_its_own(tmp_path: Path) -> None:
    """Beside its rulebook; those of this release it may name as well."""
    own = TEXT.replace("id: gbt-19580-2012", "id: own-items", 1).replace("zh: 高层领导的作用", "zh: 高层", 1)
    book = _folder(tmp_path, own).get("copy-2023")
    found = book.criteria_for("organization", None)
    assert found is not None
    assert found.leaves[0].title.zh == "高层"
    assert book.criteria_for("individual", None) is changning().criteria_for("individual", None)


def test_criteria_of_an_agency_are_read_whole_at_once(tmp_path: Path) -> None:
    """Not when the first sheet asks: the fault bears the criteria's own file and line."""
    wrong = TEXT.replace("id: gbt-19580-2012", "id: own-items", 1).replace(
        "    points: 110\n", "    points: 111\n", 1
    )
    with pytest.raises(RulebookError) as caught:
        _folder(tmp_path, wrong)
    assert {fault.mark.file for fault in caught.value.faults} == {"own-items.yaml"}
    assert "items[0].points" in [dotted(fault.path) for fault in caught.value.faults]


def test_criteria_that_are_missing_or_not_the_ones_named_are_refused(tmp_path: Path) -> None:
    """With the rulebook's line, and the hash that was found."""
    with pytest.raises(
        RulebookError, match=r"copy-2023\.yaml:\d+: criteria\.trees\[0\]\.file: .*no such criteria"
    ):
        _folder(tmp_path, None, name="nowhere")
    own = TEXT.replace("id: gbt-19580-2012", "id: own-items", 1)
    found = hashlib.sha256(own.encode()).hexdigest()
    with pytest.raises(RulebookError, match=rf"criteria\.trees\[0\]\.sha256: .*{found}"):
        _folder(tmp_path, own, "1" * 64)


def test_two_standards_for_one_applicant_are_refused(tmp_path: Path) -> None:
    """Nobody would know which counts."""
    text = (OWN.parent / "changning-2023.yaml").read_text(encoding="utf-8")
    text = text.replace("id: changning-2023", "id: copy-2023", 1)
    text = text.replace("      kinds: [individual]\n", "      kinds: [individual, organization]\n", 1)
    (tmp_path / "copy-2023.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError, match="organization is scored by gbt-19580-2012 already"):
        Library.load(tmp_path)
