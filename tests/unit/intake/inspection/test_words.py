"""What people read of an inspection, and what crosses the border of its process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.inspection import Preview, Reason, Report, words

pytestmark = pytest.mark.unit

README = Path(words.__file__).with_name("README.md").read_text(encoding="utf-8")
_SAID = Reason("macros", "含有宏", "macros")
_WHOLE = Report(True, "pdf", (), (_SAID,), 3, 40, (Preview("page-1.png", "image/png", 1),))


@pytest.mark.parametrize("code", [*words.REASONS, *words.NOTES])
def test_every_code_is_explained(code: str) -> None:
    """The table that people look it up in has the sentences that the program says."""
    zh, en = (words.REASONS | words.NOTES)[code]
    assert f"| `{code}` | {zh} | {en} |" in README


def test_names_are_shown_so_that_they_break_no_sentence() -> None:
    """On one line, in their own direction, the end of a long one kept: there the extension is."""
    said = words.inside("a\n\u202e" + "长" * 200 + ".exe", _SAID)
    assert "\n" not in said.zh
    assert "\u202e" not in said.en
    assert ".exe" in said.zh
    assert len(said.zh) < 150
    assert words.inside("{0}{x}.pdf", _SAID).zh.startswith("压缩包内“{0}{x}.pdf”")
    assert "{x}" in words.wrong_kind("{x}", "pdf").zh


def test_pages_in_a_sentence() -> None:
    """Neighbours are joined."""
    assert words.numbers([1, 2, 3, 7, 9, 10]) == "1–3、7、9–10"


@pytest.mark.parametrize("report", [_WHOLE, Report(False, None, (_SAID,))])
def test_a_report_comes_back_as_it_went(report: Report) -> None:
    """Through JSON."""
    assert Report.from_dict(json.loads(json.dumps(report.as_dict()))) == report


@pytest.mark.parametrize(
    "changed",
    [
        {"accepted": 1},
        {"accepted": False},
        {"kind": None},
        {"kind": 3},
        {"pages": True},
        {"characters": "9"},
        {"notes": {}},
        {"notes": ["macros"]},
        {"reasons": [{"code": "macros", "zh": "x", "en": "x"}]},
        {"previews": [{"file": "a", "media_type": "b", "page": None}]},
    ],
)
def test_anything_else_is_no_report(changed: dict[str, Any]) -> None:
    """Types are exact, and what it says agrees with itself."""
    with pytest.raises((TypeError, ValueError)):
        Report.from_dict(_WHOLE.as_dict() | changed)
