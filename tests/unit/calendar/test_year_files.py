"""A year as an agency enters it: what is refused, what is only doubted, and what it then counts for.

The papers' numbers here are made up: the running number 9999 was never given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shared.calendar import WorkCalendar, Year, read_year
from shared.calendar.published import OFFICIAL
from shared.strict_yaml import StrictYamlError

PAPER = "国办发明电〔2026〕9999号"
YEAR_FILE = f"""\
year: 2027
paper: {PAPER}
issued_on: 2026-11-20
holidays: ["2027-01-01..2027-01-03", 2027-02-05]
workdays: [2027-02-06]
"""
MANUAL = Path(__file__).parents[3] / "docs" / "calendar.md"


def _load(folder: Path, text: str) -> WorkCalendar:
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    return WorkCalendar.load(folder)


def _read(folder: Path, text: str) -> Year:
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    return read_year(folder / "2027.yaml")


def _manual_example(folder: Path) -> Year:
    _, _, rest = MANUAL.read_text(encoding="utf-8").partition("```yaml\n")
    return _read(folder, rest.partition("```")[0])


def test_an_agency_adds_a_year(tmp_path: Path) -> None:
    """With its own file, citing the State Council's paper, that year can be reckoned."""
    calendar = _load(tmp_path, YEAR_FILE)
    assert calendar.source(2027) == PAPER
    assert calendar.year(2027).issued_on == date(2026, 11, 20)
    assert calendar.window(date(2026, 12, 31), 2).last == date(2027, 1, 4)
    assert not calendar.is_working_day(date(2027, 2, 5))
    assert calendar.is_working_day(date(2027, 2, 6))
    assert calendar.knows(2026)
    assert not calendar.knows(2028)
    assert [year.year for year in calendar.years()] == [*OFFICIAL, 2027]


def test_a_file_goes_before_the_official_year(tmp_path: Path) -> None:
    """A plan has been changed in the course of its year: the agency's file then replaces it, both papers cited."""
    text = YEAR_FILE.replace("2027", "2025").replace("2026", "2025").replace("02-06", "02-08")
    text += "amended_by: [国办发明电〔2025〕9998号]\n"
    calendar = _load(tmp_path, text)
    assert calendar.source(2025) == "国办发明电〔2025〕9999号、国办发明电〔2025〕9998号"
    assert calendar.is_working_day(date(2025, 10, 1))
    assert not WorkCalendar().is_working_day(date(2025, 10, 1))


def test_the_paper_of_a_year_plans_the_december_before(tmp_path: Path) -> None:
    """As that of 2019 did, which made the last Monday of 2018 a day off and the Saturday before it a working day."""
    text = YEAR_FILE.replace('"2027-01-01..', '"2026-12-30..2027-01-01", "2027-01-02..')
    calendar = _load(tmp_path, text.replace("[2027-02-06]", "[2026-12-26, 2027-02-06]"))
    assert calendar.window(date(2026, 12, 26), 4) == (date(2026, 12, 26), date(2027, 1, 4))
    assert WorkCalendar().is_working_day(date(2026, 12, 30))


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("2027-02-05", "2027-02-30", 4, "no day"),
        ("2027-02-05", "20270205", 4, "no day"),
        ("2027-02-05", "true", 4, "no day"),
        ("2027-02-05", "2026-02-05", 4, "is not in 2027"),
        ("2027-02-05", "2026-11-30", 4, "is not in 2027"),
        ("2027-02-05", "2028-01-01", 4, "is not in 2027"),
        ("2027-02-05", "2027-02-06", 5, "both"),
        ("2027-02-05", "2027-01-02", 4, "2027-01-02 is given twice"),
        ("[2027-02-06]", "[2027-02-06, 2027-02-06]", 5, "2027-02-06 is given twice"),
        ("[2027-02-06]", "[2027-02-08]", 5, "no weekend"),
        ("2027-01-01..2027-01-03", "2027-01-03..2027-01-01", 4, "before it begins"),
        ("2027-01-01..2027-01-03", "2027-01-01..", 4, "no day"),
        ('["2027-01-01..2027-01-03", 2027-02-05]', "[]", 4, "at least one"),
        ('["2027-01-01..2027-01-03", 2027-02-05]', "2027-01-01", 4, "a list"),
        ("workdays: [2027-02-06]", "", 1, "missing: workdays"),
        (f"paper: {PAPER}\n", "", 1, "missing: paper"),
        (PAPER, "见国务院通知", 2, "no number"),
        (PAPER, "国办发明电[2026]9999号", 2, "no number"),
        (PAPER, "国办发明电〔2026〕0号", 2, "no number"),
        (PAPER, "沪府办〔2026〕9999号", 2, "no number"),
        (PAPER, "国办发明电〔2025〕9999号", 2, "neither"),
        (PAPER, "国办发明电〔2028〕9999号", 2, "neither"),
        ("issued_on: 2026-11-20", "issued_on: 2026-11-31", 3, "no date"),
        ("issued_on: 2026-11-20", "issued_on: 2027-01-04", 3, "not in 2026"),
        ("issued_on: 2026-11-20", "amended_by: [国办发明电〔2028〕9998号]", 3, "neither"),
        ("issued_on: 2026-11-20", "amended_by: [9998]", 3, "no number"),
        ("issued_on: 2026-11-20", "issued: 2026-11-20", 3, "no such key"),
        ("year: 2027", "year: '2027'", 1, "whole number"),
        ("year: 2027", "year: true", 1, "whole number"),
        ("year: 2027", "year: 9999", 1, "not within"),
        ("year: 2027", "year: 2027\nyear: 2028", 2, "given twice"),
    ],
)
def test_a_wrong_year_file_says_where(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    """File, line and reason; our own reasons in both languages."""
    assert old in YEAR_FILE
    with pytest.raises(StrictYamlError, match=reason) as caught:
        _load(tmp_path, YEAR_FILE.replace(old, new))
    (fault,) = caught.value.faults
    assert str(fault).startswith(f"2027.yaml:{line}:")
    assert fault.zh != fault.en


def test_every_fault_of_its_form_is_told_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a file key by key."""
    with pytest.raises(StrictYamlError) as caught:
        _load(tmp_path, "year: two\nholiday: []\npaper: 7\n")
    assert [str(fault).partition(" / ")[2] for fault in caught.value.faults] == [
        "missing: holidays", "missing: workdays", "a whole number is needed",
        "no such key is known here: holiday", "text is needed",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["- 2027", "7", "''"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever else it is."""
    with pytest.raises(StrictYamlError, match="mapping"):
        _load(tmp_path, text)


def test_two_files_for_one_year_are_refused(tmp_path: Path) -> None:
    """Which of them counts would be a guess."""
    (tmp_path / "a.yml").write_text(YEAR_FILE, encoding="utf-8")
    with pytest.raises(StrictYamlError, match="two files"):
        _load(tmp_path, YEAR_FILE)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A misspelt folder would else be no years at all, without a word."""
    with pytest.raises(StrictYamlError, match="no such folder"):
        WorkCalendar.load(tmp_path / "calendars")


@pytest.mark.parametrize("year", [year for year in OFFICIAL if year >= 2008])
def test_every_published_year_has_its_festivals_and_its_balance(year: int) -> None:
    """The seven festivals of the table were days off in all of them, which holds the table against what was published;
    the balance is off only where a paper of its own, or one across the turn of the year, made it so.
    """
    doubts = [doubt.en for doubt in OFFICIAL[year].doubts()]
    unusual = {2011: 10, 2012: 12, 2015: 12, 2020: 13}
    expected = [f"make-up days are {unusual[year]}, in an ordinary year 11"] if year in unusual else []
    assert [doubt.partition("less ")[2] for doubt in doubts] == expected


def test_the_example_of_the_manual_raises_no_doubt(tmp_path: Path) -> None:
    """An operator starts from it."""
    year = _manual_example(tmp_path)
    assert (year.year, year.source, year.doubts()) == (2027, PAPER, ())


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ("2027-01-01", "New Year's Day (2027-01-01) is not"),
        ("2027-02-08", "are 12, in an ordinary year 13"),
        ("2027-04-05", "Qingming (2027-04-05) is not"),
        ("2027-06-09", "Dragon Boat Festival (2027-06-09) is not"),
        ("2027-09-15", "Mid-Autumn Festival (2027-09-15) is not"),
        ("2027-10-01", "National Day (2027-10-01) is not"),
    ],
)
def test_a_day_off_that_was_forgotten_is_doubted(tmp_path: Path, gone: str, says: str) -> None:
    """A doubt, not a refusal: the plan may be unusual. Weekends need not be listed to be days off."""
    year = _manual_example(tmp_path)
    day = date.fromisoformat(gone)
    assert day in year.holidays
    doubts = replace(year, holidays=year.holidays - {day}).doubts()
    assert any(says in doubt.en for doubt in doubts), doubts


def test_beyond_the_table_the_fixed_festivals_are_still_asked_for(tmp_path: Path) -> None:
    """In a year whose moon nobody looked up, and with fewer days off than usual."""
    year = Year(2099, (PAPER,), "2099.yaml", frozenset({date(2099, 1, 1)}), frozenset())
    assert [doubt.zh for doubt in year.doubts()] == [
        "劳动节（2099-05-01）不放假", "国庆节（2099-10-01）不放假", "工作日放假减去调休上班为 1 天，通常为 13 天"
    ]  # fmt: skip
