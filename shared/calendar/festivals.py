"""全年节日: the seven festivals that the whole country has a day off for, and how many days the State Council gives.

Three stand on the same day every year; 春节, 清明, 端午 and 中秋 follow moon and sun, so their days are a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from shared.identifiers import Reason

# Day one of the lunar year, the solar term, day five of month five, day fifteen of month eight; month-day each.
_MOVING: Mapping[int, str] = {
    2008: "02-07 04-04 06-08 09-14",
    2009: "01-26 04-04 05-28 10-03",
    2010: "02-14 04-05 06-16 09-22",
    2011: "02-03 04-05 06-06 09-12",
    2012: "01-23 04-04 06-23 09-30",
    2013: "02-10 04-04 06-12 09-19",
    2014: "01-31 04-05 06-02 09-08",
    2015: "02-19 04-05 06-20 09-27",
    2016: "02-08 04-04 06-09 09-15",
    2017: "01-28 04-04 05-30 10-04",
    2018: "02-16 04-05 06-18 09-24",
    2019: "02-05 04-05 06-07 09-13",
    2020: "01-25 04-04 06-25 10-01",
    2021: "02-12 04-04 06-14 09-21",
    2022: "02-01 04-05 06-03 09-10",
    2023: "01-22 04-05 06-22 09-29",
    2024: "02-10 04-04 06-10 09-17",
    2025: "01-29 04-04 05-31 10-06",
    2026: "02-17 04-05 06-19 09-25",
    2027: "02-06 04-05 06-09 09-15",
    2028: "01-26 04-04 05-28 10-03",
    2029: "02-13 04-04 06-16 09-22",
    2030: "02-03 04-05 06-05 09-12",
    2031: "01-23 04-05 06-24 10-01",
    2032: "02-11 04-04 06-12 09-19",
    2033: "01-31 04-04 06-01 09-08",
    2034: "02-19 04-05 06-20 09-27",
    2035: "02-08 04-05 06-10 09-16",
    2036: "01-28 04-04 05-30 10-04",
    2037: "02-15 04-04 06-18 09-24",
    2038: "02-04 04-05 06-07 09-13",
    2039: "01-24 04-05 05-27 10-02",
    2040: "02-12 04-04 06-14 09-20",
    2041: "02-01 04-04 06-03 09-10",
    2042: "01-22 04-04 06-22 09-28",
    2043: "02-10 04-05 06-11 09-17",
    2044: "01-30 04-04 05-31 10-05",
    2045: "02-17 04-04 06-19 09-25",
    2046: "02-06 04-04 06-08 09-15",
    2047: "01-26 04-05 05-29 10-04",
    2048: "02-14 04-04 06-15 09-22",
    2049: "02-02 04-04 06-04 09-11",
    2050: "01-23 04-04 06-23 09-30",
}
_MOVING_NAMES = (
    Reason("春节", "Spring Festival"),
    Reason("清明节", "Qingming"),
    Reason("端午节", "Dragon Boat Festival"),
    Reason("中秋节", "Mid-Autumn Festival"),
)
_FIXED = (
    ("01-01", Reason("元旦", "New Year's Day")),
    ("05-01", Reason("劳动节", "Labour Day")),
    ("10-01", Reason("国庆节", "National Day")),
)
# First year, working days a year that the national rules turn into days off.
_DAYS_OFF = ((2025, 13), (2008, 11))


def festivals(year: int) -> Iterator[tuple[Reason, date]]:
    """Each festival with its day, as far as the table goes: the fixed ones alone where it ends."""
    moving = zip(_MOVING.get(year, "").split(), _MOVING_NAMES, strict=False)
    for text, name in sorted([*_FIXED, *moving]):
        yield name, date.fromisoformat(f"{year}-{text}")


def days_off(year: int) -> int | None:
    """How many working days a year's plan takes away on balance; None for years before the present rules.

    Days off from Monday to Friday less make-up days: what falls on a weekend is given on another day, and what is
    moved is worked on another day, so that the plan of an ordinary year comes to the same number.
    """
    return next((days for first, days in _DAYS_OFF if year >= first), None)
