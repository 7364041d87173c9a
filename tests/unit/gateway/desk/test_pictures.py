"""图: what is drawn of the services' answers, in either language."""

from __future__ import annotations

from typing import Any

from services.gateway.desk import pictures
from shared.documents import pictures as drawn
from shared.rulebooks import library

BOOK = library().get(sorted(library().ids())[0])


def test_a_funnel_has_every_stage() -> None:
    """By the titles of the rulebook; what nobody knows is told so."""
    first = BOOK.stages[0]
    lines = [
        {"stage": s.key, "entered": 9 if s is first else None, "left": 7 if s is first else None}
        for s in BOOK.stages
    ]
    block = pictures.funnel({"stages": lines}, BOOK, "zh")
    table = drawn.table(block, reading="zh")
    assert table.rows[0] == (first.title.zh, "9", "7", "2")
    assert {row[1:] for row in table.rows[1:]} == {("—", "—", "—")}
    assert pictures.funnel({"stages": lines}, BOOK, "en").steps[0].name == first.title.en


def test_workload_sums_up_a_reviewer() -> None:
    """Over all panels, who has most first; by id where the register has no name."""

    def line(expert: str, name: str | None, done: int, out: int) -> dict[str, Any]:
        return {"expert_id": expert, "name": name, "sheets_in": done, "sheets_out": out}

    lines = [line("E1", "甲", 1, 2), line("E2", None, 4, 4), line("E1", "甲", 2, 0)]
    table = drawn.table(pictures.workload({"reviewers": lines}, "en"), reading="en")
    assert table.headings == ("Name", "In", "Out")
    assert table.rows == (("E2", "4", "4"), ("甲", "3", "2"))


def test_severity_says_nothing_of_few() -> None:
    """The difference from others, none where there are too few to compare."""
    lines = [{"expert_id": "E2", "difference": "-3.20"}, {"expert_id": "E1", "difference": None}]
    table = drawn.table(pictures.severity({"reviewers": lines}, {"E2": "乙"}, "zh"), reading="zh")
    assert table.rows == (("E1", "—"), ("乙", "-3.20"))


def test_indices_are_lines_over_the_years() -> None:
    """A gap where fewer winners than may be told of reported; nothing at all before any did."""

    def index(name: str, *medians: int | None) -> dict[str, Any]:
        years = [{"year": 2025 + at, "median": each} for at, each in enumerate(medians)]
        return {"title_zh": name, "title_en": name, "years": years}

    block = pictures.indices({"indices": [index("利润", 100, None, 0), index("能耗", None)]}, "zh")
    assert block is not None
    assert block.columns == ("2025", "2026", "2027")
    assert drawn.table(block, reading="zh").rows == (("利润", "100", "—", "0"),)
    assert pictures.indices({"indices": [index("能耗", None)]}) is None


def test_money_is_told_with_its_unit() -> None:
    """In 万元 for Chinese readers, in yuan for others; no budget is no nought; levels in the rulebook's order."""
    grants = [
        {"level": "乙等", "amount_fen": 50_000_000}, {"level": "甲等", "amount_fen": 100_000_000},
        {"level": "乙等", "amount_fen": 50_000_000}, {"level": None, "amount_fen": 1_000_050},
    ]  # fmt: skip
    said = {"grants": grants, "budget_fen": None, "granted_fen": 201_000_050, "over_budget_fen": 0}
    table = drawn.table(pictures.budget(said, "zh"), reading="zh")
    assert table.rows == (("预算", "—"), ("已安排奖励", "201.00005 万元"), ("超出预算", "0 万元"))
    table = drawn.table(pictures.by_level(said, ["甲等", "乙等", "丙等"], "zh"), reading="zh")
    assert table.rows == (("甲等", "100 万元"), ("乙等", "100 万元"), ("培育", "1.00005 万元"))
    assert drawn.table(pictures.budget(said, "en"), reading="en").rows[1] == ("Granted", "2,010,000.50 yuan")
