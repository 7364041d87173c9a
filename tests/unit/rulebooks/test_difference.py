"""Two rulebooks compared by meaning: every change is told once, at its place, and nothing that changes nothing."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.rulebooks import Library, Rulebook, Words
from shared.rulebooks.difference import CHANGES, Difference, differences
from shared.rulebooks.library import read_files
from tests.unit.rulebooks.cases import DRAFT, changning
from tests.unit.rulebooks.mutations import city, installed, numbers_changed, rebuilt, with_value


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return city(tmp_path_factory.mktemp("city"))


def _told(first: Rulebook, second: Rulebook, **options: Any) -> list[tuple[str, str, str | None, str | None]]:
    """Assumed values change with what they are the value of; here only the thing itself counts."""
    found = differences(first, second, **options)
    return [(d.part, d.change, d.before, d.after) for d in found if d.part != "assumed"]


def test_a_rulebook_does_not_differ_from_itself() -> None:
    """Not in a word."""
    for each in installed():
        assert differences(each, rebuilt(each, deepcopy(each.raw)), wording=True) == ()


def test_every_number_that_changes_is_told_at_one_place(book: Rulebook) -> None:
    """One thing of the file, one difference; and back again the same."""
    for each in (book, changning()):
        for path, other in numbers_changed(each):
            found = _told(each, other)
            assert len(found) == 1, (each.id, path, found)
            assert _told(other, each) == [
                (part, change, after, before) for part, change, before, after in found
            ]


def test_there_and_back_are_mirrors(book: Rulebook) -> None:
    """What one direction adds the other removes; before and after change sides."""
    other = changning()
    there, back = differences(book, other, wording=True), differences(other, book, wording=True)
    mirror = {"added": "removed", "removed": "added"}

    def sides(found: tuple[Difference, ...], *, turned: bool) -> set[tuple[Any, ...]]:
        return {
            (d.part, mirror.get(d.change, d.change), d.after, d.before, frozenset((v.name, v.after, v.before) for v in d.values))
            if turned
            else (d.part, d.change, d.before, d.after, frozenset((v.name, v.before, v.after) for v in d.values))
            for d in found
        }  # fmt: skip

    assert sides(there, turned=False) == sides(back, turned=True)


def test_the_order_of_the_file_is_no_difference(book: Rulebook) -> None:
    """Grants, conditions and departments' sanctions may stand in any order."""
    raw = deepcopy(book.raw)
    for part in ("grants", "sanctions", "conditions", "materials", "recusal"):
        raw[part] = dict(reversed(raw[part].items()))
    assert differences(book, rebuilt(book, raw), wording=True) == ()


def test_the_order_of_stages_and_levels_is_one(book: Rulebook) -> None:
    """Whoever reviews the papers before the visit has another procedure."""
    raw = deepcopy(book.raw)
    raw["procedure"][3], raw["procedure"][4] = raw["procedure"][4], raw["procedure"][3]
    assert _told(book, rebuilt(book, raw)) == [("procedure", "changed", "order", "order")]
    raw = deepcopy(book.raw)
    raw["levels"] = dict(reversed(raw["levels"].items()))
    changed = _told(book, rebuilt(book, raw))
    assert [(part, before) for part, _, before, _ in changed] == [("levels", "云帆奖"), ("levels", "启帆奖")]


@pytest.mark.parametrize(
    ("path", "value", "part", "key"),
    [
        (("departments", "ask"), ["credit"], "departments", "ask"),
        (("levels", "启帆奖", "tracks"), ["组织"], "levels", "启帆奖"),
        (("procedure", 3, "stages", 0, "entry"), "office", "procedure", "site_review"),
        (("procedure", 3, "stages", 0, "scoring"), "carried_or_sheets", "procedure", "site_review"),
        (("votes", "failed"), "out", "votes", "votes"),
        (("votes", "order"), ["score"], "votes", "votes"),
        (("grants", "sail", "exceptions"), {}, "grants", "award/云帆奖/组织"),
        (("sanctions", "fraud", "orders"), ["revoke"], "after", "fraud"),
        (("recusal", "employer", "applies_to"), ["expert"], "fairness", "recusal:employer"),
        (("objections", "by"), ["unit"], "fairness", "objections"),
        (("materials", "application_form", "kinds"), ["project"], "materials", "application_form"),
        (("readings", "leap_day", "value"), "march_1", "readings", "leap_day"),
        (("conditions", "4.1", "registered_here", "with", "begins_with"), "云汀", "conditions", "4.1/registered_here"),
        (("conditions", "4.1", "registered_here", "kinds"), ["project"], "conditions", "4.1/registered_here"),
        (("in_force", "to"), None, "text", "in_force"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_as_well(
    book: Rulebook, path: tuple[Any, ...], value: Any, part: str, key: str
) -> None:
    """Departments, levels, entry, votes, exceptions, orders, recusal, materials, readings, parameters."""
    assert _told(book, with_value(book, path, value)) == [(part, "changed", key, key)]


def test_conditions_added_removed_and_renumbered(book: Rulebook) -> None:
    """By rule and name; one that only moved to another article is told as that."""
    raw = deepcopy(book.raw)
    raw["conditions"]["4.2"]["no_accident_either"] = raw["conditions"]["4.2"].pop("no_accident")
    raw["conditions"]["6"] = raw["conditions"].pop("4.3")
    assert _told(book, rebuilt(book, raw)) == [
        ("conditions", "removed", "4.2/no_accident", None),
        ("conditions", "renumbered", "4.3/worth_spreading", "6/worth_spreading"),
        ("conditions", "added", None, "4.2/no_accident_either"),
    ]


def test_one_condition_that_stays_of_two_alike_is_renumbered_once(book: Rulebook) -> None:
    """The other one is gone, and is told to be."""
    raw = deepcopy(book.raw)
    alike = raw["conditions"]["4.3"]["worth_spreading"]
    raw["conditions"]["4.4"]["worth_spreading"] = alike
    two = rebuilt(book, raw)
    raw = deepcopy(raw)
    del raw["conditions"]["4.3"], raw["conditions"]["4.4"]["worth_spreading"]
    raw["conditions"]["6"] = {"worth_spreading": alike}
    assert _told(two, rebuilt(book, raw)) == [
        ("conditions", "renumbered", "4.3/worth_spreading", "6/worth_spreading"),
        ("conditions", "removed", "4.4/worth_spreading", None),
    ]


def test_words_alone_are_told_where_that_is_asked_for(book: Rulebook) -> None:
    """Titles, notes, citations and reasons decide nothing."""
    changes: list[tuple[tuple[Any, ...], Any]] = [
        (("conditions", "4.1", "registered_here", "says"), {"zh": "在市内登记", "en": "in the city"}),
        (("procedure", 3, "stages", 0, "title"), {"zh": "走访", "en": "a visit"}),
        (("procedure", 3, "stages", 0, "rule"), "8"),
        (("scores", "note"), {"zh": "另一说明", "en": "another note"}),
        (("not_encoded", "1"), [{"zh": "另一原因", "en": "another reason"}]),
    ]
    for path, value in changes:
        other = with_value(book, path, value)
        assert differences(book, other) == (), path
        assert len(_told(book, other, wording=True)) == 1, path


def test_what_was_assumed_and_is_no_more_is_told(book: Rulebook) -> None:
    """The value may be the same: that the text now gives it is a difference."""
    raw = deepcopy(book.raw)
    del raw["scores"]["source"], raw["scores"]["note"]
    (found,) = differences(book, rebuilt(book, raw))
    assert (found.part, found.change, found.before) == ("assumed", "removed", "scores")


def test_an_assumed_value_keeps_its_name_when_a_stage_is_put_before_it(book: Rulebook) -> None:
    """The number of its phase is no part of what it is."""
    raw = deepcopy(book.raw)
    raw["procedure"].insert(
        3, {"stages": [{**raw["procedure"][1]["stages"][0], "key": "notice:first_review"}]}
    )
    assert {d.part for d in differences(book, rebuilt(book, raw))} == {"procedure"}


def test_a_draft_against_the_text_that_it_extends(tmp_path: Path) -> None:
    """Exactly what it changes: time in force, period, one amount, one condition more and one less."""
    file = tmp_path / "draft-2023.yaml"
    file.write_text(DRAFT, encoding="utf-8")
    base = changning()
    draft = read_files([file], known={base.id: base})["draft-2023"]
    assert _told(base, draft) == [
        ("text", "changed", "in_force", "in_force"),
        ("text", "changed", "period", "period"),
        ("grants", "changed", "award/区长质量奖/先进质量管理模式", "award/区长质量奖/先进质量管理模式"),
        ("conditions", "removed", "20/recommended", None),
        ("conditions", "added", None, "18/no_higher_award"),
    ]


def test_a_difference_is_told_in_both_languages_to_programs_too(book: Rulebook) -> None:
    """Before and after, each in Chinese and in English."""
    other = with_value(book, ("levels", "启帆奖", "minimum_score"), 65)
    (found,) = differences(book, other)
    assert json.loads(json.dumps(found.as_dict(), ensure_ascii=False)) == {
        "part": "levels",
        "change": "changed",
        "before": "启帆奖",
        "after": "启帆奖",
        "title": {"zh": "启帆奖", "en": "启帆奖"},
        "values": [
            {
                "name": "mark",
                "label": {"zh": "分数线（百分制）", "en": "mark, in percent"},
                "before": {"zh": "60", "en": "60"},
                "after": {"zh": "65", "en": "65"},
            }
        ],
    }
    assert set(CHANGES) == {"added", "removed", "changed", "renumbered"}


def test_another_title_is_no_difference(book: Rulebook) -> None:
    """Unless words count."""
    other = replace(book, title=Words("另一名称", "another title"))
    assert differences(book, other) == ()
    assert [d.part for d in differences(book, other, wording=True)] == ["text"]


def test_two_jurisdictions_can_be_compared(book: Rulebook) -> None:
    """Each with every installed one, in either direction, without a fault."""
    library = Library.load()
    for rulebook_id in library.ids():
        assert differences(book, library.get(rulebook_id))
