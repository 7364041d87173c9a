"""The form of a rulebook on pages: every part on one of them, every value shown and read back, whatever was typed kept."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from services.gateway import published
from services.gateway.portal.applicant import sections
from shared.rulebooks import library

LIBRARY = library()
FORMS = [(book, kind) for book in sorted(LIBRARY.ids()) for kind in LIBRARY.get(book).kinds]
GOOD: dict[str, Any] = {
    "text": "示例", "boolean": True, "date": "2018-03-15", "integer": 12, "amounts_by_year": {"2022": -20000, "2023": 5},
    "years": [2020, 2021], "ranks": {"output": 1, "tax": 3}, "texts": ["一", "二"],
}  # fmt: skip
ENTRIES: dict[str, Any] = {
    "facts.other_applications": [{"level": "city", "year": 2023}],
    "facts.prior_awards": [
        {
            "award": "某奖",
            "level": "nation",
            "year": 2020,
            "on": "2020-05-06",
            "jurisdiction": "elsewhere",
            "by": {"body": "某机构", "times": [1, None]},
        },
        {"award": "另一奖"},
    ],
}


def asked(book: str, kind: str) -> dict[str, Any]:
    return published.form_of(LIBRARY, book, kind, None)


def value_of(part: dict[str, Any]) -> Any:
    if part["choices"]:
        return part["choices"][0]["value"]
    if part["name"] == "uscc":
        return "91310105MAXY50013E"
    return ENTRIES.get(part["name"], GOOD.get(part["form"]))


def back_and_forth(parts: list[Any], form: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    page = sections.form_of(parts, form["articles"])
    shown = sections.shown(parts, page, {"revision": 7, "parts": values, "faults": []})
    posted = page.posted(MultiDict([(name, text) for name, texts in shown.texts.items() for text in texts]))
    assert posted.text(sections.REVISION) == "7"
    return sections.typed(parts, page, posted)


@pytest.mark.parametrize(("book", "kind"), FORMS)
def test_every_part_stands_on_one_page(book: str, kind: str) -> None:
    form = asked(book, kind)
    names = [part["name"] for _, parts in sections.sections_of(form) for part in parts]
    assert sorted(names) == sorted(part["name"] for part in (*form["identity"], *form["facts"]))


@pytest.mark.parametrize(("book", "kind"), FORMS)
def test_what_a_draft_holds_is_shown_and_comes_back_the_same(book: str, kind: str) -> None:
    form = asked(book, kind)
    for _, parts in sections.sections_of(form):
        values = {part["name"]: value_of(part) for part in parts}
        assert back_and_forth(parts, form, values) == values


@pytest.mark.parametrize(
    "value",
    [
        "去年",
        "<script>alert(1)</script>",
        "=1+1",
        "\u202eabc",
        "𠮷野家",
        "1e400",
        "x" * 5000,
        "2024-13-45",
        "NaN",
        "-",
    ],
)
@pytest.mark.parametrize(("book", "kind"), FORMS[:2])
def test_what_is_wrong_is_kept_as_it_was_typed(book: str, kind: str, value: str) -> None:
    """Only a check judges: a day that is none, a number that is none, markup, formulas, marks, rare letters."""
    form = asked(book, kind)
    for _, parts in sections.sections_of(form):
        for part in parts:
            if part["form"] in ("boolean", "ranks", "amounts_by_year", "entries", "years") or part["choices"]:
                continue
            if part["name"] in ("uscc", "id_number"):
                continue  # written in capitals
            wanted = [value] if part["form"] == "texts" else value
            assert back_and_forth(parts, form, {part["name"]: value})[part["name"]] == wanted


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2018年3月5日", "2018-03-05"), ("2018/3/5", "2018-03-05"), ("2018.12.31", "2018-12-31"), ("2018-3-5", "2018-03-05"),
        ("三月", "三月"), ("2018-99-99", "2018-99-99"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(typed: str, kept: str) -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "standing")
    page = sections.form_of(parts, form["articles"])
    found = sections.typed(parts, page, page.posted(MultiDict({"facts.operating_since": typed})))
    assert found["facts.operating_since"] == kept


def test_amounts_and_years_keep_what_is_no_number() -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "results")
    page = sections.form_of(parts, form["articles"])
    posted = page.posted(
        MultiDict({
            "facts.profit_yuan._rows": "3", "facts.profit_yuan.0.year": "2022", "facts.profit_yuan.0.amount": "−1,200",
            "facts.profit_yuan.1.year": "2023", "facts.profit_yuan.1.amount": "约十万", "facts.policy_loss_years": "2020，去年",
        })
    )  # fmt: skip
    found = sections.typed(parts, page, posted)
    assert found["facts.profit_yuan"] == {"2022": -1200, "2023": "约十万"}
    assert found["facts.policy_loss_years"] == [2020, "去年"]


def test_a_row_that_somebody_cleared_is_gone() -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "honours")
    page = sections.form_of(parts, form["articles"])
    posted = page.posted(MultiDict({"facts.prior_awards._rows": "2", "facts.prior_awards.1.award": "某奖"}))
    found = sections.typed(parts, page, posted)
    assert (found["facts.prior_awards"], found["facts.other_applications"]) == ([{"award": "某奖"}], None)


@pytest.mark.parametrize(
    "rest", ["[1]", "{", "NaN", '{"x": NaN}', "[" * 50_000, '{"award": "他奖", "_rest": 1}']
)
def test_what_was_put_aside_of_a_row_goes_over_nothing_and_goes_with_it(rest: str) -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "honours")
    page = sections.form_of(parts, form["articles"])
    name = "facts.prior_awards"
    posted = page.posted(
        MultiDict({f"{name}._rows": "2", f"{name}.0._rest": '{"kept": 1}', f"{name}.1.award": "某奖", f"{name}.1._rest": rest})
    )  # fmt: skip
    assert sections.typed(parts, page, posted)[name] == [{"award": "某奖"}]


@pytest.mark.parametrize(
    ("values", "faults", "state"),
    [
        ({}, [], "empty"),
        ({"name": "示例"}, [], "begun"),
        ({"name": "示例", "uscc": "x"}, [], "done"),
        ({"name": "示例", "uscc": "x"}, [{"field": "uscc"}], "wrong"),
        ({"name": "示例", "uscc": "x"}, [{"field": "facts.region"}], "done"),
    ],
)
def test_how_far_a_page_is(values: dict[str, Any], faults: list[dict[str, str]], state: str) -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "identity")
    assert sections.state_of(parts, {"parts": values, "faults": faults}) == state


def test_a_page_on_which_nothing_is_needed_is_said_to_be_optional() -> None:
    form = asked("changning-2023", "organization")
    parts = next(parts for section, parts in sections.sections_of(form) if section.key == "honours")
    assert sections.state_of(parts, {"parts": {}, "faults": []}) == "optional"
    assert (
        sections.state_of(parts, {"parts": {"facts.prior_awards": [{"award": "某奖"}]}, "faults": []})
        == "done"
    )
