"""Tracking reports as documents: what the replies say, in charts with a table beside each."""

from __future__ import annotations

from typing import Any

from services.gateway import tracking_pages
from services.gateway.examples import sample
from shared.contracts.operations import OPERATIONS
from shared.documents import Callout, Document, Lines, Paragraph, Table

_INDEX = {
    "index": "overall", "title_zh": "综合绩效", "title_en": "overall", "unit_zh": "分", "unit_en": "points",
    "better": "higher",
}  # fmt: skip
_POINTS = [
    {"year": 2025, "figure": "640", "relative": "100.0"},
    {"year": 2027, "figure": "0", "relative": None},
]


def _file(**more: Any) -> dict[str, Any]:
    said = {
        "cycle_id": "c1", "application_id": "a1", "applicant": "示例", "award_zh": "奖", "award_en": "award", "level": "甲",
        "track": "乙", "rule": "1", "awarded_on": "2025-07-04", "ends_on": "2030-07-04", "state": "open", "ended_on": None,
        "ended_rule": None, "reports": [], "lines": [{**_INDEX, "points": _POINTS}], "warnings": [], "visits": [],
        "orders": [], "made_on": "2028-02-01",
    }  # fmt: skip
    return {**said, **more}


def _everybody(median: int | None) -> dict[str, Any]:
    many = None if median is None else 5
    years = [
        {"year": year, "winners": many, "lower": median, "median": median, "upper": median}
        for year in (2025, 2027)
    ]
    return {
        "cycle_id": "c1", "award_zh": "奖", "award_en": "award", "year": 2025, "least": 5, "winners": 3,
        "indices": [{**_INDEX, "years": years}], "made_on": "2028-02-01",
    }  # fmt: skip


def _blocks(document: Document, kind: type[Any]) -> list[Any]:
    return [block for block in document.parts[0].blocks if isinstance(block, kind)]


def test_a_chart_for_all_indices_and_one_for_each() -> None:
    """Each has the base drawn across and a table of the same figures; a year without a figure is a gap."""
    document = tracking_pages.report(_file(), _everybody(104))
    together, one = _blocks(document, Lines)
    assert together.lines[0].shown == ("100.0", "")
    assert [line.shown for line in one.lines] == [("100.0", ""), ("104", "104")]
    assert {together.level, one.level} == {"100"}
    table = _blocks(document, Table)[1]
    assert table.rows == (("2025", "640", "100.0", "104"), ("2027", "0", "—", "104"))


def test_more_indices_than_lines_can_be_told_apart_are_several_charts() -> None:
    """Seven indices: six and one."""
    several = [{**_INDEX, "index": f"i{n}", "points": _POINTS} for n in range(7)]
    found = _blocks(tracking_pages.report(_file(lines=several), _everybody(None)), Lines)
    assert [len(each.lines) for each in found[:2]] == [6, 1]


def test_what_is_withheld_of_all_is_not_drawn() -> None:
    """A winner's own line stands alone, and the overview says why there is nothing."""
    document = tracking_pages.report(_file(), _everybody(None))
    assert [len(each.lines) for each in _blocks(document, Lines)] == [1, 1]
    document = tracking_pages.overview(_everybody(None))
    assert _blocks(document, Lines) == []
    assert any("不足 5 家" in each.text for each in _blocks(document, Paragraph))


def test_the_overview_draws_quartiles_and_median() -> None:
    """The upper one above."""
    (chart,) = _blocks(tracking_pages.overview(_everybody(104)), Lines)
    assert [line.name for line in chart.lines] == ["上四分位", "中位数", "下四分位"]


def test_a_revoked_award_is_said_first() -> None:
    """Nobody overlooks it."""
    document = tracking_pages.report(
        _file(state="ended", ended_on="2027-02-01", ended_rule="34"), _everybody(None)
    )
    assert "2027年2月1日" in _blocks(document, Callout)[0].text


def test_any_reply_of_the_contract_has_a_document() -> None:
    """Every field filled with its example."""
    file = sample(OPERATIONS["incentives.tracking_file"].reply())
    everybody = sample(OPERATIONS["incentives.tracking_overview"].reply())
    assert tracking_pages.report(file, everybody).parts
    assert tracking_pages.overview(everybody).parts
