"""公示存证: what shows afterwards that a notice stood as it did, and how one byte that was changed is found. Pure.

Three things hold each other: the content with its digest and those of its lines; the history of windows, chained onto that
digest; the record made at the end, which names both. The sealed audit log holds the digests of all three once more: whoever
changes a row and its digest beside it is found there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.eligibility.notices import windows
from services.eligibility.notices.content import line_digests
from shared.identifiers import canonical_json
from shared.identifiers.digests import UnknownDigestError, matches

VERSION = 1


@dataclass(frozen=True)
class Kept:
    """A notice as the store has it; `record` and its digest are None while it stands."""

    content: Mapping[str, Any]
    content_digest: str
    lines: Mapping[str, str]
    history: Sequence[Mapping[str, Any]]
    record: Mapping[str, Any] | None
    record_digest: str | None
    last_day: str

    @property
    def right_last_day(self) -> bool:
        """Whether the day that readers are told is that of the history."""
        return bool(self.history) and self.history[-1]["last_day"] == self.last_day


@dataclass(frozen=True)
class Anchor:
    """A digest that the audit log holds of a notice: of its content, a window, or the record of its end."""

    action: str
    after_digest: str | None
    sealed: bool | None  # None: no seal yet; False: the seal covers another row than this one


@dataclass(frozen=True)
class Fault:
    """What does not hold, in both languages."""

    zh: str
    en: str


def record(
    cycle_id: str,
    notice: str,
    kept: Kept,
    log: Sequence[Mapping[str, Any]],
    ended_on: date,
    corrected_by: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The record of a notice that ends: digests, windows, and the log of its posting; of one that was corrected also by which
    notice, with the digest of that one's content.
    """
    made = {
        "version": VERSION,
        "cycle_id": cycle_id,
        "notice": notice,
        "content_digest": kept.content_digest,
        "lines": dict(kept.lines),
        "windows": [dict(line) for line in kept.history],
        "log": [dict(line) for line in log],
        "ended_on": ended_on.isoformat(),
    }
    return made if corrected_by is None else {**made, "corrected_by": dict(corrected_by)}


def faults(kept: Kept, anchors: Iterable[Anchor] | None = None) -> list[Fault]:
    """Everything about a notice that is not as it was; nothing where it is whole. None: the audit log is not at hand."""
    found = list(_of_content(kept))
    found += [
        Fault(f"公示期记录第 {number} 条被改动", f"line {number} of the windows was changed")
        for number in windows.broken(kept.history, kept.content_digest)
    ]
    if not kept.right_last_day:
        found.append(Fault("公示末日与公示期记录不符", "the last day is not that of the windows"))
    found += _of_record(kept)
    if anchors is not None:
        found += _of_anchors(kept, list(anchors))
    return found


def _of_content(kept: Kept) -> Iterable[Fault]:
    if not holds(kept.content_digest, kept.content):
        yield Fault("公示内容与其摘要不符", "the content does not have its digest")
    now = line_digests(kept.content)
    for application in sorted(now.keys() | kept.lines.keys()):
        if now.get(application) != kept.lines.get(application):
            yield Fault(
                f"名单中 {application} 一行与其摘要不符",
                f"the line of {application} does not have its digest",
            )


def _of_record(kept: Kept) -> Iterable[Fault]:
    if kept.record is None:
        if kept.record_digest is not None:
            yield Fault("结束记录缺失", "the record of the end is missing")
        return
    if kept.record_digest is None or not holds(kept.record_digest, kept.record):
        yield Fault("结束记录与其摘要不符", "the record of the end does not have its digest")
    now = {
        "content_digest": kept.content_digest,
        "lines": dict(kept.lines),
        "windows": [dict(line) for line in kept.history],
    }
    for name, value in now.items():
        if kept.record.get(name) != value:
            yield Fault(f"结束记录中的 {name} 与现存的不符", f"{name} of the record is not what is kept")


def _of_anchors(kept: Kept, anchors: Sequence[Anchor]) -> Iterable[Fault]:
    """Every change of the notice stands in the audit log with the digest that it has here."""
    last = [] if kept.record is None else [kept.record]
    told = {
        "notice:posted": [kept.content],
        "notice:extended": kept.history[1:],
        "notice:ended": [each for each in last if "corrected_by" not in each],
        "notice:corrected": [each for each in last if "corrected_by" in each],
    }
    for action, values in told.items():
        entries = [anchor for anchor in anchors if anchor.action == action]
        if len(entries) != len(values):
            yield Fault(
                f"审计记录中有 {len(entries)} 条 {action}，应为 {len(values)} 条",
                f"the audit log has {len(entries)} of {action} instead of {len(values)}",
            )
        for anchor, value in zip(entries, values, strict=False):
            if anchor.after_digest is None or not holds(anchor.after_digest, value):
                yield Fault(f"与审计记录 {action} 不符", f"it is not what the audit log has of {action}")
            if anchor.sealed is False:
                yield Fault(
                    f"审计记录 {action} 与其封印不符", f"the audit entry of {action} is not what was sealed"
                )


def holds(named: str, value: Any) -> bool:
    """Whether a named digest is that of a value's canonical form; False too for an algorithm that is not known here."""
    try:
        return matches(named, canonical_json(value))
    except UnknownDigestError:
        return False
