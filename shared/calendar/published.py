"""The years that come with this release: their days from chinesecalendar, and the papers that made them.

Where no paper stands beside a year its number was not at hand, and the package alone is cited.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from chinese_calendar import constants as _official

from shared.calendar.years import Year

PACKAGE = f"chinesecalendar {version('chinesecalendar')}"

# A second paper changed the first, or laid down the last days of the year with those of the next.
_PAPERS: Mapping[int, tuple[str, ...]] = {
    2018: ("国办发明电〔2017〕12号", "国办发明电〔2018〕15号"),
    2019: ("国办发明电〔2018〕15号", "国办发明电〔2019〕3号"),
    2020: ("国办发明电〔2019〕16号", "国办发明电〔2020〕1号"),
    2021: ("国办发明电〔2020〕27号",),
    2022: ("国办发明电〔2021〕11号",),
    2023: ("国办发明电〔2022〕16号",),
    2024: ("国办发明电〔2023〕7号",),
    2025: ("国办发明电〔2024〕12号",),
    2026: ("国办发明电〔2025〕7号",),
}


def _year(number: int) -> Year:
    return Year(
        year=number,
        papers=_PAPERS.get(number, ()),
        origin=PACKAGE,
        holidays=frozenset(day for day in _official.holidays if day.year == number),
        workdays=frozenset(day for day in _official.workdays if day.year == number),
        official=True,
    )


OFFICIAL: Mapping[int, Year] = {
    year: _year(year) for year in sorted({day.year for day in _official.holidays})
}
