"""A comparison as text, tables and data: the same story three times, and nothing that a name says is taken for markup."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from deploy.decisions.comparison import Pair, compare
from deploy.decisions.phrases import View, move_of, signed, summary
from deploy.decisions.reading import Result
from deploy.decisions.report import as_data, report
from deploy.decisions.sheets import sheets
from deploy.decisions.terminal import print_comparison
from deploy.decisions.words import Names
from deploy.decisions.writing import write_comparison
from deploy.rehearsal.tables import console
from shared.documents import markdown
from shared.rulebooks import Library
from tests.unit.decisions.results import application, data, finding, result
from tests.unit.documents.hostile import NAMES

BAR = finding("18", "not_won_recently", "fail", reason="曾获市级奖", reason_en="won a city award")
LOSS = finding("16.6", "no_loss", "fail", reason="亏损", reason_en="a loss")
A = {
    "anna": application(findings=[finding("18", "not_won_recently")]),
    "ben": application(),
    "carl": application("ineligible", stopped_at="qualification", scores={}, findings=[LOSS]),
}
B = {
    "anna": application("ineligible", stopped_at="qualification", scores={}, findings=[BAR]),
    "ben": application(findings=[finding("20", "proofs")]),
    "carl": application(findings=[finding("16.6", "no_loss")]),
}


def _view(a: Result, b: Result) -> View:
    library = Library.load()
    return View(compare(a, b), Pair(Names.of(a.rulebook, library), Names.of(b.rulebook, library)))


@pytest.fixture
def sides() -> tuple[Result, Result]:
    totals = {"granted_yuan": 1_200_000, "clawed_back_yuan": 0, "over_budget_yuan": 0}
    return (
        result(A, totals=totals | {"granted_yuan": 1_460_000}),
        result(B, totals=totals, rulebook="changning-2029", rulebook_sha256="ff", notes=["草案 / a draft"]),
    )


@pytest.fixture
def view(sides: tuple[Result, Result]) -> View:
    return _view(*sides)


def test_the_summary(view: View) -> None:
    """How many of how many, who by which rule and with how much money, and the totals, in both languages."""
    assert list(summary(view)) == [
        "3 份申报中 2 份结果不同 · 2 of 3 change：",
        "  anna 示例anna公司：获奖 → 不符合条件 awarded → ineligible，B：18，100,000 → 0 (−100,000) 元 yuan",
        "  carl 示例carl公司：不符合条件 → 获奖 ineligible → awarded，A：16.6 第十六条（六），0 → 100,000 (+100,000) 元 yuan",
        "资助合计 granted：1,460,000 → 1,200,000 元 yuan（−260,000）",
    ]


def test_the_summary_where_nothing_changes() -> None:
    """It says so in one line, and the money all the same."""
    one = result({"ben": application()})
    assert list(summary(_view(one, one))) == [
        "1 份申报中 0 份结果不同 · 0 of 1 change",
        "资助合计 granted：100,000 → 100,000 元 yuan（0）",
    ]


def test_the_summary_names_what_is_blocked(sides: tuple[Result, Result]) -> None:
    """On its side, with the reason."""
    blocked = result(B, blocked={"stage": "committee", "reason": "人数不足 / no quorum"})
    assert (
        list(summary(_view(sides[0], blocked)))[-1]
        == "B 受阻 blocked：评审会审定 committee：人数不足 / no quorum"
    )


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [(0, 0, ""), (5, 5, "5"), (500_000, 0, "500,000 → 0 (−500,000)"), (0, 20_000, "0 → 20,000 (+20,000)")],
)
def test_money_that_moves(a: int, b: int, said: str) -> None:
    """From, to, and by how much; the sign is a true minus."""
    assert move_of(Pair(a, b)) == said


def test_signs() -> None:
    """None at zero."""
    assert [signed(n) for n in (1_000, -1_000, 0)] == ["+1,000", "−1,000", "0"]


def test_the_report(view: View) -> None:
    """Both texts, every applicant, what decides with its reason in both languages, the money, the notices, the notes."""
    made = markdown.write(report(view))
    for wanted in (
        "不是决定", "上海市长宁区政府质量奖管理办法（2023年）", "changning-2029", "2 of 3 change",
        "| ben | 示例ben公司 |", "B：曾获市级奖 / won a city award", "获奖 awarded：质量金奖（先进质量管理模式）",
        "资料评审 86.00 → —；现场评审 88.33 → —", "| anna | 获奖资助 award | 100,000 | 0 | −100,000 | 26 → — |",
        "资格公示 notice of the qualified", "B：草案 / a draft", "另有 1 项认定",
    ):  # fmt: skip
        assert wanted in made, wanted


def test_the_terminal(view: View) -> None:
    """The summary, one row an applicant, and the files; no colours where there is no terminal."""
    out = io.StringIO()
    print_comparison(console(out), view, ["x.md"])
    text = out.getvalue()
    for wanted in ("2 of 3 change", "anna", "ben", "变 changes", "→ x.md", "注 note：草案"):
        assert wanted in text, wanted
    assert "\x1b" not in text


def test_a_rulebook_that_is_not_installed_stands_by_its_id(view: View) -> None:
    """Its rules, stages and conditions too."""
    names = view.names.b
    assert (names.title.zh, names.label("18"), names.stage("committee").en) == (
        "changning-2029",
        "18",
        "committee",
    )
    assert names.asks("18", "x").zh == "x"


def test_the_files(sides: tuple[Result, Result], view: View, tmp_path: Path) -> None:
    """Named after the scenario and both rulebooks, in this order; the same bytes for the same results."""
    written = write_comparison(tmp_path / "new", view, sides)
    assert [path.name for path in written] == [
        f"small.changning-2023-vs-changning-2029.{ending}" for ending in ("md", "xlsx", "json")
    ]
    before = [path.read_bytes() for path in written]
    assert before == [path.read_bytes() for path in write_comparison(tmp_path / "new", view, sides)]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in written)


def test_the_data(view: View) -> None:
    """JSON by ids and numbers."""
    made = json.loads(json.dumps(as_data(view)))
    assert (made["scenario"], made["rulebooks"], made["changed"]) == (
        "small", {"a": "changning-2023", "b": "changning-2029"}, ["anna", "carl"],
    )  # fmt: skip
    anna = made["applications"]["anna"]
    assert anna["status"] == {"a": "awarded", "b": "ineligible"}
    assert anna["kept_yuan"] == {"a": 100_000, "b": 0, "change": -100_000}
    assert anna["scores"]["site_review"] == {"a": 88.33, "b": None}
    assert anna["causes"]["b"] == [{"rule": "18", "stage": None, "reason": "曾获市级奖"}]
    assert [(f["decides"], f["a"]["outcome"], f["b"]["outcome"]) for f in anna["findings"]] == [
        (True, "pass", "fail")
    ]
    assert made["totals"]["b"]["granted_yuan"] == 1_200_000
    assert made["notices"][0]["a"]["first_day"] == "2025-06-17"


def _book(view: View, tmp_path: Path, sides: tuple[Result, Result]) -> Any:
    written = write_comparison(tmp_path, view, sides)
    return openpyxl.load_workbook(next(path for path in written if path.suffix == ".xlsx"))


def test_the_workbook(sides: tuple[Result, Result], view: View, tmp_path: Path) -> None:
    """Six tables; amounts and scores are numbers, rules are text."""
    book = _book(view, tmp_path, sides)
    assert len(book.sheetnames) == len(sheets(view)) == 6
    money = {(row[0], row[1]): row[2:5] for row in book["资助 money"].iter_rows(min_row=2, values_only=True)}
    assert money["anna", "获奖资助 award"] == (100_000, 0, -100_000)
    assert money[None, "资助合计 granted"] == (1_460_000, 1_200_000, -260_000)
    scores = list(book["得分 scores"].iter_rows(min_row=2, values_only=True))
    assert ("anna", "现场评审 site review", 88.33, None, None) in scores
    rules = list(book["认定 findings"]["C"][1:])
    assert {cell.data_type for cell in rules} == {"s"}
    assert {cell.value for cell in rules} == {"18", "16.6", "20"}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(name: str) -> None:
    """In the tables they are text, in Markdown they stay in their cell, in JSON they are what they are."""
    named = data(A)["applicants"]
    named["anna"]["name"] = name
    view = _view(result(A, applicants=named), result(B))
    (applications,) = [sheet for sheet in sheets(view) if sheet.name.startswith("申报")]
    assert applications.rows[0][:2] == ("anna", name)
    rows = [line for line in markdown.write(report(view)).splitlines() if line.startswith("| anna | ")]
    assert len(rows) == 3  # outcomes, findings, money
    assert as_data(view)["applications"]["anna"]["name"] == name
