"""Minutes as a document: every word of a version is in it, how anybody voted is not, and both files can be written."""

from __future__ import annotations

import io
import zipfile
from dataclasses import astuple
from typing import Any

import pytest

from services.gateway import minutes_pages
from services.gateway.feedback import written
from shared.contracts import dump, load
from shared.contracts.operations.committee.minutes import Minutes
from shared.documents import Callout, Document, Table

_AT = "2026-07-01T09:30:00.000000+08:00"


def _candidate(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "application_id": f"a{number}", "name": f"示例公司{number}", "track": "模式", "score": f"8{number}.00",
        "proposed_level": "一等", "awarded_level": None, **changes,
    }  # fmt: skip


def _result(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "application_id": f"a{number}", "level": "一等", "track": "模式", "round": 1, "votes_for": 7, "votes_against": 2,
        "abstained": 1, "recused": 1, "needed": 6, "passed": True, "awarded": True, "uses_quota": True,
        "reason_zh": "一等：赞成 7 票，通过", "reason_en": "passed with 7 votes", **changes,
    }  # fmt: skip


def _said(content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A version as the service replies it, held against the contract."""
    made = {
        "award_zh": "示例奖", "award_en": "Example award", "rehearsal": False, "year": 2026, "meets_on": "2026-07-01",
        "place": "第一会议室", "ballots": "secret", "quorum": 8,
        "members": [{"member": f"委员{n}", "chair": n == 1, "attended": n < 12} for n in range(1, 13)],
        "events": [{"member": "委员1", "event": "came", "mode": "in_person", "at": _AT, "recorded_by": "办"}],
        "recusals": [{"member": "委员3", "application_id": "a2", "ground_zh": "任职", "ground_en": "employed"}],
        "by_office": True,
        "candidates": [_candidate(1, awarded_level="一等"), _candidate(2, proposed_level=None)],
        "deviations": [
            {
                "application_id": "a2", "track": "模式", "rank": 1, "score": "82.00", "level": None, "reason": "查实投诉",
                "preferred": [{"application_id": "a1", "rank": 2, "score": "81.00", "level": "一等"}],
                "decided_by": "办", "decided_on": "2026-06-30",
            }
        ],
        "rounds": [
            {"number": 1, "state": "counted", "repeats": None, "present": 11, "cast": 11, "void_reason": None,
             "slips_digest": "sha256:abc"},
            {"number": 2, "state": "void", "repeats": 1, "present": 7, "cast": 3, "void_reason": "委员离会",
             "slips_digest": None},
        ],
        "results": [_result(1)],
        "vacancies": [{"quota": "q", "levels": ["一等"], "tracks": ["模式"], "places": 2, "vacant": 1}],
        "remarks": "空缺名额不递补。\n另行通知。",
        **(content or {}),
    }  # fmt: skip
    reply = {
        "cycle_id": "c1", "version": 2, "state": "confirmed", "content": made, "content_digest": "sha256:def",
        "drafted_by": "起草人", "drafted_at": _AT, "decided_by": "委员1", "decided_at": _AT, "reason": None, **changes,
    }  # fmt: skip
    return dump(Minutes(), load(Minutes(), reply))


def _words(document: Document) -> str:
    return str(astuple(document))


def test_every_word_of_a_version_is_in_it() -> None:
    """Who was there, who stood aside, what was proposed and why, how it came out, what stays vacant, who signed."""
    found = _words(minutes_pages.minutes(_said()))
    for word in (
        "示例奖", "第一会议室", "到会 11 名", "法定人数 8 名", "委员12", "委员3", "任职", "查实投诉", "作废：委员离会",
        "赞成 7 票，通过", "示例公司1：一等（模式）", "空缺名额不递补。", "另行通知。", "起草人", "sha256:abc", "sha256:def",
        "2026-07-01 09:30",
    ):  # fmt: skip
        assert word in found, word


def test_a_version_that_is_not_in_force_says_so_on_every_page() -> None:
    """A draft, one that was returned with its reason, one that was replaced; and a rehearsal always."""
    assert minutes_pages.minutes(_said()).running == ""
    for state, word in (("draft", "草稿"), ("returned", "已退回"), ("replaced", "取代")):
        assert word in minutes_pages.minutes(_said(state=state)).running
    assert "演练" in minutes_pages.minutes(_said({"rehearsal": True})).running
    returned = minutes_pages.minutes(_said(state="returned", reason="到会时间有误"))
    callouts = [b for part in returned.parts for b in part.blocks if isinstance(b, Callout)]
    assert "到会时间有误" in callouts[0].text
    draft = _said(state="draft", decided_by=None, decided_at=None)
    assert "('确认 Confirmed by', '—')" in _words(minutes_pages.minutes(draft))


def test_a_meeting_without_ballots_has_minutes_too() -> None:
    """Nobody stood, nobody won: no empty tables."""
    lists = ("events", "recusals", "candidates", "deviations", "rounds", "results", "vacancies")
    nothing: dict[str, Any] = {name: [] for name in lists}
    document = minutes_pages.minutes(_said({**nothing, "by_office": False, "remarks": ""}))
    found = _words(document)
    for word in ("没有交付表决的候选人", "无获奖者", "按得分与名额产生"):
        assert word in found
    assert all(
        b.rows or b.headings[0].startswith("申报")
        for p in document.parts
        for b in p.blocks
        if isinstance(b, Table)
    )


def test_people_go_by_their_names() -> None:
    """Whoever services know by a subject stands in the minutes by name: in the chair, there, away, aside, signing."""
    found = _words(minutes_pages.minutes(_said(), lambda subject: f"<{subject}>"))
    for number in (1, 2, 3, 12):
        assert f"<委员{number}>" in found
    assert found.count("委员3") == found.count("<委员3>") == 2
    assert "<起草人>" in found


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_same_version_is_the_same_bytes(form: str) -> None:
    """As DOCX and as PDF; the DOCX holds the text as it is."""
    one, other = (written(minutes_pages.minutes(_said()), form) for _ in range(2))
    assert one == other
    if form == "pdf":
        assert one.startswith(b"%PDF-")
    else:
        with zipfile.ZipFile(io.BytesIO(one)) as archive:
            assert "查实投诉" in archive.read("word/document.xml").decode("utf-8")
