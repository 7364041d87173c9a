"""How winners are followed, as a rulebook says it: parts that do not fit each other are refused with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.rulebooks import Library
from shared.rulebooks.library import RulebookError

_DRAFT = "format: 1\nid: other-2025\nextends: shenzhen-2020\nstatus: draft\nin_force: null\n"
_INDEX = "{key: one, zh: 甲, en: first, takes: {unit: {zh: 分, en: points}, better: higher}}"


def _load(folder: Path, tracking: str) -> Library:
    (folder / "other-2025.yaml").write_text(f"{_DRAFT}tracking: {{{tracking}}}\n", encoding="utf-8")
    return Library.load(folder)


def test_a_rulebook_may_leave_the_report_out(tmp_path: Path) -> None:
    """Then it has no due month, no warning and no index."""
    rule = _load(tmp_path, "years: 3").get("other-2025").tracking
    assert (rule.years, rule.report_months, rule.fall_percent, rule.indices) == (3, None, None, ())


@pytest.mark.parametrize(
    ("tracking", "said"),
    [
        (f"indices: [{_INDEX}]", "tracking.indices: .*nobody reports"),
        ("regression: {fall_percent: 10}", "tracking.regression: .*worsen"),
        (f"report: {{within_months: 3}}, indices: [{_INDEX}, {_INDEX}]", "given twice"),
        ("report: {within_months: 13}", "within_months"),
        ("report: {within_months: 0}", "within_months"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, tracking: str, said: str) -> None:
    """An index that nobody reports, a warning of nothing, an index given twice, a month that is none."""
    with pytest.raises(RulebookError, match=said):
        _load(tmp_path, tracking)
