"""The register as a table: every cell goes out and comes in again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.operations.review import register_file
from shared.contracts.operations.review.register import EnterExpert, ExpertEntry
from shared.documents.incoming import Formula
from shared.problems import Invalid

USCC = "91310105MAXY50013E"
TEXT = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
DAY = st.dates(date(1950, 1, 1), date(2100, 1, 1))
EMPLOYMENT = st.tuples(st.one_of(st.none(), TEXT), st.one_of(st.none(), DAY)).map(
    lambda both: {"uscc": USCC, "name": both[0], "since": both[1], "until": None}
)
LINES = st.fixed_dictionaries(
    {
        "expert_id": st.just("E1"), "revision": st.integers(1, 999), "name": TEXT, "title": st.one_of(st.none(), TEXT),
        "industry_expert": st.booleans(), "may_lead": st.booleans(), "expertise": st.lists(TEXT, max_size=4),
        "industries": st.lists(TEXT, max_size=4), "qualifications": st.lists(TEXT, max_size=4),
        "languages": st.lists(st.sampled_from(["zh", "en"]), max_size=2), "employments": st.lists(EMPLOYMENT, max_size=3),
        "contact": st.one_of(st.none(), st.just({"phone": "+86 21", "email": None, "address": None})),
        "state": st.sampled_from(["active", "retired"]), "declared_until": st.one_of(st.none(), DAY),
    }
)  # fmt: skip


@given(LINES)
def test_a_line_comes_back_as_it_went_out(line: dict[str, Any]) -> None:
    """What is only shown, state and declaration, is not read."""
    header = register_file.columns(contacts=True)
    read = register_file.line(2, header, register_file.row(line, contacts=True))
    assert read.error is None
    assert (read.expert_id, read.revision) == ("E1", line["revision"])
    plain = ExpertEntry().dump({**line, "contact": None})
    del plain["contact"]
    assert dict(read.fields) == plain
    assert read.contact == (line["contact"] or {"phone": None, "email": None, "address": None})


def test_without_contacts_a_file_says_nothing_of_them() -> None:
    """So that taking it in leaves them as they are."""
    names = [column.name for column in register_file.columns(contacts=False)]
    assert not {"phone", "email", "address"} & set(names)
    header = register_file.named(["专家编号", "姓名"])
    assert register_file.line(2, header, ["E1", "李一"]).contact is None


def test_columns_are_known_by_heading_by_chinese_and_by_field() -> None:
    """In any order; blank ones at the end are no columns."""
    header = register_file.named(["姓名", "专家编号 Id", "may_lead", None, ""])
    assert [column.name for column in header] == ["name", "expert_id", "may_lead"]


@pytest.mark.parametrize(
    "headings",
    [["专家编号"], ["姓名", "专家编号", "备注"], ["姓名", "专家编号", "姓名"], ["姓名", None, "专家编号"]],
)
def test_headings_that_are_not_understood_are_refused(headings: list[str | None]) -> None:
    """Rather than a column being left out unseen."""
    with pytest.raises(Invalid, match="content"):
        register_file.named(headings)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("industry_expert", "真", "是"),
        ("may_lead", "", "是"),
        ("revision", "一", "整数"),
        ("revision", "-1", "整数"),
        ("employments", "甲｜乙｜丙｜丁｜戊", "代码"),
        ("name", Formula(), "公式"),
        ("state", Formula(), "公式"),
    ],
)
def test_a_cell_that_says_something_else_is_named(column: str, cell: Any, said: str) -> None:
    """By its field, with the line's number and id."""
    header = [each for each in register_file.COLUMNS if each.name in ("expert_id", column)]
    cells = ["E1" if each.name == "expert_id" else cell for each in header]
    read = register_file.line(7, header, cells)
    assert read.error is not None
    assert (read.number, read.expert_id, read.error.field) == (7, "E1", column)
    assert said in read.error.reason_zh


def test_every_field_of_an_entry_has_a_column() -> None:
    """What the register gains later is not forgotten here."""
    columns = {column.name for column in register_file.COLUMNS}
    assert set(EnterExpert().fields) - {"contact", "cycle_id"} <= columns
