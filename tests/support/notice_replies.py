"""Replies about a notice as the contracts allow them, for pages and papers."""

from __future__ import annotations

from typing import Any

from shared.contracts.operations import OPERATIONS

SHA = "sha256:" + "ab" * 32


def brief(**changes: Any) -> dict[str, Any]:
    """A notice as it stands in a list."""
    return {
        "cycle_id": "c1", "notice": "award", "award_zh": "示例奖", "award_en": "Example award", "year": 2025,
        "title_zh": "拟获奖名单公示", "title_en": "notice of the proposed winners", "rule": "24",
        "first_day": "2025-06-30", "last_day": "2025-07-07", "working_days": 5, "state": "posted", "runs": True,
        "posted_at": "2025-06-30T09:00:00+08:00", "changed_at": "2025-07-02T10:00:00+08:00", "content_digest": SHA,
        "corrects": None, "corrected_by": None, "corrected_on": None, **changes,
    }  # fmt: skip


def posted(**changes: Any) -> dict[str, Any]:
    """The whole of it, extended once."""
    lines = [
        {"application_id": "a1", "name": "示例甲公司", "level": "一等", "track": "组织", "digest": SHA},
        {"application_id": "a2", "name": "张三", "level": None, "track": None, "digest": SHA},
    ]
    extension = {"last_day": "2025-07-07", "days": ["2025-07-01"], "failure": "机房停电", "on": "2025-07-02"}
    said = brief(
        rehearsal=False, introduction_zh="现予公示。\n第二段", introduction_en="These are announced.",
        objections_zh="须实名。", objections_en="With the real name.", contact="评审办公室，电话 010-00000000",
        lines=lines, posted_last_day="2025-07-04", extensions=[extension], correction=None,
    ) | changes  # fmt: skip
    assert OPERATIONS["eligibility.notice"].reply().validate(said) == {}
    return said


def corrected() -> dict[str, Any]:
    """The same, in whose place another stands."""
    return posted(state="corrected", runs=False, corrected_by="award.2", corrected_on="2025-07-02")


def correcting(**changes: Any) -> dict[str, Any]:
    """The notice that corrects it."""
    told = {
        "notice": "award", "content_digest": SHA, "reason": "单位名称有误",
        "changes": [{"what": "name", "application_id": "a1", "before": "示例甲公司", "after": "示例甲有限公司"}],
    }  # fmt: skip
    return posted(notice="award.2", corrects="award", extensions=[], correction=told, **changes)


def proven(**changes: Any) -> dict[str, Any]:
    """The proof of it, whole unless said otherwise."""
    window = {
        "number": 1, "first_day": "2025-06-30", "last_day": "2025-07-04", "lost": [], "reason": "", "on": "2025-06-30",
        "previous": SHA, "digest": SHA,
    }  # fmt: skip
    entry = {
        "entry_id": "e1", "action": "notice:posted", "actor": "li", "at": "2025-06-30T09:00:00+08:00",
        "after_digest": SHA, "seal": 7, "seal_digest": SHA,
    }  # fmt: skip
    said = brief(
        content="{}", lines=[{"application_id": "a1", "name": "示例甲公司", "digest": SHA}], windows=[window],
        log=[{"what": "posted", "by": "li", "at": "2025-06-30T09:00:00+08:00"}], ended_on="2025-07-07", record="{}",
        record_digest=SHA, entries=[entry, entry | {"entry_id": "e2", "seal": None, "seal_digest": None}], intact=True,
        faults=[],
    ) | changes  # fmt: skip
    assert OPERATIONS["eligibility.notice_proof"].reply().validate(said) == {}
    return said
