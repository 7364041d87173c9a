"""一年的放假安排: one year's days off and make-up days, official or as an agency entered them from the paper.

An agency's file is refused, with file, line and reason, for whatever cannot be meant; what is merely unlikely is
a doubt, for people: a plan may be unusual, and refusing the true one would stop every notice of a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from shared.calendar.festivals import days_off, festivals
from shared.identifiers import Reason
from shared.strict_yaml import Document, KeyPath, StrictYamlError, load

FIRST_YEAR, LAST_YEAR = 2004, 2100
_SATURDAY = 5
_DECEMBER = 12
_NUMBER = re.compile(r"国(?:办发明电|发明电|办发|发|办函|函)〔(?P<year>[0-9]{4})〕[1-9][0-9]{0,3}号")
_REQUIRED = ("year", "paper", "holidays", "workdays")
_OPTIONAL = ("issued_on", "amended_by")
_FORMS: Mapping[str, tuple[type, str, str]] = {
    "year": (int, "整数", "a whole number"),
    "paper": (str, "文字", "text"),
    "issued_on": (str, "日期", "a date"),
    "amended_by": (list, "列表", "a list"),
    "holidays": (list, "列表", "a list"),
    "workdays": (list, "列表", "a list"),
}


@dataclass(frozen=True)
class Year:
    """One year: its days off, its make-up days, the papers that say so and where they were taken from.

    Of the year before it may hold days of December: the turn of the year is planned by the paper of the new one.
    """

    year: int
    papers: tuple[str, ...]
    origin: str
    holidays: frozenset[date]
    workdays: frozenset[date]
    issued_on: date | None = None
    official: bool = False  # it came with the release; what is unusual about it has been looked into

    def is_working_day(self, day: date) -> bool:
        """Make-up days work, holidays and other weekends do not."""
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    @property
    def source(self) -> str:
        """What to cite: the papers, or where the days are from if no paper is on record."""
        return "、".join(self.papers) or self.origin

    def doubts(self) -> tuple[Reason, ...]:
        """What is unlikely about it; empty for an ordinary year."""
        expected = days_off(self.year)
        if expected is None:
            return ()
        found = [
            Reason(f"{name.zh}（{day}）不放假", f"{name.en} ({day}) is not a day off")
            for name, day in festivals(self.year)
            if self.is_working_day(day)
        ]
        balance = sum(day.weekday() < _SATURDAY for day in self.holidays) - len(self.workdays)
        if balance != expected:
            found.append(
                Reason(
                    f"工作日放假减去调休上班为 {balance} 天，通常为 {expected} 天",
                    f"days off from Monday to Friday less make-up days are {balance}, in an ordinary year {expected}",
                )
            )
        return tuple(found)


def read_year(path: Path | str) -> Year:
    """An agency's file. Raises StrictYamlError with everything that is wrong with its form, or its first wrong day;
    a file that cannot be opened is an OSError.
    """
    document = load(path)
    _check_form(document)
    raw = document.value
    _check_year(document)
    papers = [raw["paper"], *raw.get("amended_by", ())]
    for path_of, number in zip([("paper",), *_items(document, "amended_by")], papers, strict=True):
        _check_number(document, path_of, number)
    holidays, workdays = (frozenset(_days(document, key)) for key in ("holidays", "workdays"))
    for at, day in _each_day(document, "workdays"):
        if day in holidays:
            raise document.refuse(at, f"{day} 既放假又上班", f"{day} is both a holiday and a working day")
        if day.weekday() < _SATURDAY:
            raise document.refuse(
                at,
                f"{day} 不是周末，不能是调休上班日",
                f"{day} is no weekend day: a make-up day is",
            )
    return Year(raw["year"], tuple(papers), document.name, holidays, workdays, _issued_on(document))


def _check_form(document: Document) -> None:
    raw = document.value
    if not isinstance(raw, dict):
        raise document.refuse((), "应为映射", "a mapping is needed")
    faults = [
        document.fault((key,), f"没有这个键：{key}", f"no such key is known here: {key}")
        for key in raw
        if key not in _FORMS
    ]
    faults += [document.fault((), f"缺少 {key}", f"missing: {key}") for key in _REQUIRED if key not in raw]
    for key, (form, zh, en) in _FORMS.items():
        if key in raw and (not isinstance(raw[key], form) or isinstance(raw[key], bool)):
            faults.append(document.fault((key,), f"应为{zh}", f"{en} is needed"))
    if not faults and not raw["holidays"]:
        faults.append(document.fault(("holidays",), "至少一天", "at least one day is needed"))
    if faults:
        raise StrictYamlError(sorted(faults, key=lambda fault: (fault.mark.line, fault.mark.column)))


def _check_year(document: Document) -> None:
    if not FIRST_YEAR <= document.value["year"] <= LAST_YEAR:
        between_zh, between_en = (
            f"应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
            f"not within {FIRST_YEAR} to {LAST_YEAR}",
        )
        raise document.refuse(("year",), between_zh, between_en)


def _check_number(document: Document, path: KeyPath, number: Any) -> None:
    """The State Council's numbers, or its General Office's: issuer, year in 〔〕, running number."""
    found = _NUMBER.fullmatch(number) if isinstance(number, str) else None
    if found is None:
        raise document.refuse(
            path,
            f"“{number}”不是国务院或国务院办公厅的发文字号，如“国办发明电〔年份〕序号号”，年份用六角括号",
            f"{number!r} is no number of a State Council paper, such as 国办发明电〔YYYY〕N号, the year in 〔〕",
        )
    year = document.value["year"]
    if int(found["year"]) not in (year - 1, year):
        raise document.refuse(
            path,
            f"{year} 年的安排由上一年或当年的文件作出，{number} 不是",
            f"the plan of {year} is made by a paper of the year before or of that year; {number} is neither",
        )


def _issued_on(document: Document) -> date | None:
    """The day of the first paper: in the year that its number bears."""
    text = document.value.get("issued_on")
    if text is None:
        return None
    issued = _day(text)
    if issued is None:
        raise document.refuse(("issued_on",), f"“{text}”不是日期", f"{text!r} is no date")
    bears = _NUMBER.fullmatch(document.value["paper"])
    if bears is not None and issued.year != int(bears["year"]):
        raise document.refuse(
            ("issued_on",),
            f"{issued} 与发文字号的年份 {bears['year']} 不符",
            f"{issued} is not in {bears['year']}, the year of the paper's number",
        )
    return issued


def _items(document: Document, key: str) -> list[KeyPath]:
    return [(key, index) for index in range(len(document.value.get(key, ())))]


def _days(document: Document, key: str) -> Iterator[date]:
    seen: set[date] = set()
    for at, day in _each_day(document, key):
        if day in seen:
            raise document.refuse(at, f"{day} 重复", f"{day} is given twice")
        seen.add(day)
        yield day


def _each_day(document: Document, key: str) -> Iterator[tuple[KeyPath, date]]:
    """Days written as `2027-02-06`, stretches as `2027-02-06..2027-02-12`, both ends in it."""
    year = document.value["year"]
    for at, text in zip(_items(document, key), document.value[key], strict=True):
        first_text, dots, last_text = str(text).partition("..")
        first = _day(first_text)
        last = _day(last_text) if dots else first
        if first is None or last is None:
            raise document.refuse(
                at,
                f"“{text}”不是日期，也不是起止日期",
                f"{text!r} is no day and no stretch of days",
            )
        for end in (first, last):
            if end.year != year and (end.year, end.month) != (year - 1, _DECEMBER):
                raise document.refuse(
                    at,
                    f"{text} 不在 {year} 年，也不在上年 12 月",
                    f"{text} is not in {year}, nor in the December before it",
                )
        if last < first:
            raise document.refuse(at, f"{text} 止早于起", f"{text} ends before it begins")
        for offset in range((last - first).days + 1):
            yield at, first + timedelta(days=offset)


def _day(text: str) -> date | None:
    """A day written YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("YYYY-MM-DD") else None
    except ValueError:
        return None
