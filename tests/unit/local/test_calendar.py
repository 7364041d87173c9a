"""`./zhiheng calendar`: what an operator sees of the years, and of a file before it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from deploy.local.cli import main
from deploy.local.commands.calendar import stretches
from shared.calendar import work_calendar
from shared.calendar.published import PACKAGE
from shared.clock import SystemClock

MADE_UP = """\
year: 2099
paper: 国办发明电〔2098〕9999号
issued_on: 2098-11-20
holidays: [2099-01-01]
workdays: []
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An agency's folder, read afresh."""
    monkeypatch.setenv("ZHIHENG_CALENDARS", str(tmp_path))
    work_calendar.cache_clear()
    yield tmp_path
    work_calendar.cache_clear()


def _written(folder: Path, text: str = MADE_UP) -> Path:
    path = folder / "2099.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_list_names_the_paper_of_each_year(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the release's years and of one's own, with how many doubts there are about these."""
    _written(folder)
    assert main(["calendar", "list"]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert lines["2026"] == ["2026", "国办发明电〔2025〕7号", *PACKAGE.split()]
    assert lines["2099"] == ["2099", "国办发明电〔2098〕9999号", "2099.yaml", "3"]


def test_list_says_which_year_is_not_known_yet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This year and the next are always in it."""
    monkeypatch.setattr(SystemClock, "today", lambda self: date(2044, 5, 1))
    assert main(["calendar", "list"]) == 0
    unknown = [line for line in capsys.readouterr().out.splitlines() if "not published" in line]
    assert [line[:4] for line in unknown] == ["2044", "2045"]


def test_show_gives_the_days_of_a_year(capsys: pytest.CaptureFixture[str]) -> None:
    """As a year's file writes them; a year that is not published is said to be so, with exit code 1."""
    assert main(["calendar", "show", "2026"]) == 0
    shown = capsys.readouterr().out
    assert "2026-10-01..2026-10-07" in shown
    assert "2026-09-20、2026-10-10" in shown
    assert main(["calendar", "show", "2099"]) == 1
    assert "2099 年的法定节假日安排尚未公布或尚未录入" in capsys.readouterr().err


def test_check_prints_doubts_and_takes_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A doubt is for people: exit code 0. A paper of a day to come is one."""
    assert main(["calendar", "check", str(_written(folder))]) == 0
    shown = capsys.readouterr().out
    for doubt in ("劳动节（2099-05-01）不放假", "通常为 13 天", "2098-11-20 尚未到来"):
        assert doubt in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            MADE_UP + "year: 2098\n",
            "2099.yaml:6: year: 重复的键，首次出现在第 1 行 / given twice, first in line 1",
        ),
        (MADE_UP.replace("[]", "[2099-01-02]"), "2099.yaml:5: workdays[0]: 2099-01-02 不是周末"),
        (MADE_UP.replace("01-01", "01-32"), "2099.yaml:4: holidays[0]: “2099-01-32”不是日期"),
    ],
)
def test_a_wrong_file_is_refused_in_both_languages(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    """File, line, place and reason; whether it is checked or already installed."""
    assert main(["calendar", "check", str(_written(folder, text))]) == 1
    assert says in capsys.readouterr().err
    assert main(["calendar", "list"]) == 1
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of several is enough."""
    assert main(["calendar", "check", str(_written(folder)), str(folder / "2100.yaml")]) == 1
    assert "无法读取" in capsys.readouterr().err


def test_stretches_join_days_that_follow_each_other() -> None:
    """Single days stay single."""
    days = [date(2026, 3, 2), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 9)]
    assert stretches(days) == ["2026-02-28..2026-03-02", "2026-03-09"]
    assert stretches([]) == []
