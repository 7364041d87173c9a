"""周期概况 as a document: every stage, every picture with its table, and what nobody told."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.gateway.desk import report
from shared.documents import Bar, Bars, Funnel, Step, Table, markdown

DAY = date(2026, 9, 18)
STAGE = {
    "title_zh": "材料评审", "title_en": "document review", "article": "第十六条", "state": "now", "begins_on": "2026-09-01",
    "begun_on": "2026-09-02", "ends_on": None, "closed_on": None, "entered": 9, "left": None,
}  # fmt: skip
DESK: dict[str, Any] = {
    "title_zh": "示例奖", "title_en": "an award", "year": 2026, "rehearsal": False, "sentence_zh": "缺组。",
    "sentence_en": "no panel.", "stages": [STAGE],
}  # fmt: skip
FUNNEL = Funnel("漏斗", (Step("材料评审", 9, None),))


def test_it_holds_stages_pictures_and_their_tables() -> None:
    """A picture is followed by its table; one of nothing is left out."""
    shown = {"funnel": FUNNEL, "workload": Bars("x", ("y",), ()), "indices": None}
    blocks = report.document(DESK, shown, set(), DAY).parts[0].blocks
    place = blocks.index(FUNNEL)
    table = blocks[place + 1]
    assert isinstance(table, Table)
    assert table.rows == (("材料评审", "9", "—", "—"),)
    assert [block for block in blocks if isinstance(block, Bars)] == []
    (stages,) = [block for block in blocks if isinstance(block, Table) and len(block.headings) == 6]
    assert stages.rows == (("材料评审\ndocument review", "第十六条", "进行中 now", "2026-09-02", "9", "—"),)


def test_what_nobody_told_is_said() -> None:
    """In its place, and never as an empty picture."""
    made = report.document(DESK, {"budget": Bars("b", ("y",), (Bar("预算", ("1",)),))}, {"severity"}, DAY)
    written = markdown.write(made)
    assert "评审员宽严" in written
    assert "暂时取不到" in written
    assert made.running == ""
    assert report.document({**DESK, "rehearsal": True}, {}, set(), DAY).running == "演练 REHEARSAL"
