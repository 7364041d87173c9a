"""calendar: which years' working days are known, from which paper; hold a year's file against the rules for it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from deploy.local.terminal import fail, table
from shared.calendar import CalendarNotPublished, WorkCalendar, Year, read_year, work_calendar
from shared.clock import SystemClock
from shared.config import ConfigurationError
from shared.identifiers import Reason
from shared.strict_yaml import StrictYamlError

HELP = "工作日历：已知哪些年份、依据什么文件 · working days: which years are known, from which paper"
WRONG = 1
_DAY = timedelta(days=1)


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="已知的年份及依据 · the years that are known, and from which paper")
    show = actions.add_parser("show", help="一年的放假和调休 · a year's days off and make-up days")
    show.add_argument("year", type=int, metavar="YEAR")
    check = actions.add_parser("check", help="核对年度文件 · hold a year's file against the rules for it")
    check.add_argument("files", nargs="+", metavar="FILE")


def run(options: argparse.Namespace) -> int:
    if options.action == "check":
        return max(_check(file) for file in options.files)
    try:
        calendar = work_calendar()
    except ConfigurationError as error:
        return fail(str(error))
    except StrictYamlError as error:
        return _wrong(error)
    return _list(calendar) if options.action == "list" else _show(calendar, options.year)


def _list(calendar: WorkCalendar) -> int:
    this_year = SystemClock().today().year
    known = {year.year: year for year in calendar.years()}
    rows = []
    for number in sorted(known.keys() | {this_year, this_year + 1}):
        year = known.get(number)
        if year is None:
            rows.append((str(number), "尚未公布或尚未录入 · not published or not entered yet", "", ""))
            continue
        doubts = 0 if year.official else len(year.doubts())
        rows.append((str(number), "、".join(year.papers) or "—", year.origin, str(doubts or "")))
    print(table(("年份 year", "依据 paper", "来源 from", "存疑 doubts"), rows))
    return 0


def _show(calendar: WorkCalendar, number: int) -> int:
    try:
        year = calendar.year(number)
    except CalendarNotPublished as unknown:
        return fail(f"{unknown.detail_zh} · {unknown.detail_en}", WRONG)
    _print_year(year)
    if not year.official:
        _print_doubts(year.doubts())
    return 0


def _check(file: str) -> int:
    try:
        year = read_year(file)
    except OSError as error:
        return fail(f"{file}：无法读取 · cannot be read: {error.strerror}", WRONG)
    except StrictYamlError as error:
        return _wrong(error)
    _print_year(year)
    _print_doubts([*year.doubts(), *_early(year, SystemClock().today())])
    return 0


def _early(year: Year, today: date) -> Iterator[Reason]:
    """A paper of a day to come cannot have been read yet."""
    if year.issued_on is not None and year.issued_on > today:
        yield Reason(
            f"成文日期 {year.issued_on} 尚未到来", f"the paper's day, {year.issued_on}, is yet to come"
        )


def _print_year(year: Year) -> None:
    issued = f"（{year.issued_on}）" if year.issued_on else ""
    print(f"{year.year}  {year.source}{issued}  {year.origin}")
    print("  放假 days off: " + "、".join(stretches(year.holidays)))
    print("  上班 make-up days: " + ("、".join(stretches(year.workdays)) or "—"))


def _print_doubts(doubts: Iterable[Reason]) -> None:
    for doubt in doubts:
        print(f"  存疑，请核对 · please compare: {doubt.zh} · {doubt.en}")


def stretches(days: Iterable[date]) -> list[str]:
    """Days in order, those that follow each other as `first..last`, as a year's file writes them."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and found[-1][-1] + _DAY == day:
            found[-1].append(day)
        else:
            found.append([day])
    return [f"{run[0]}..{run[-1]}" if len(run) > 1 else str(run[0]) for run in found]


def _wrong(error: StrictYamlError) -> int:
    """Every fault with file, line and reason."""
    for fault in error.faults:
        fail(str(fault), WRONG)
    return WRONG
