"""The register read from a sheet: each line is matched by its id and reported by itself, and nothing is overwritten unseen."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import Counter
from typing import Any

from services.review.register import entries
from services.review.register.worlds import world_of
from shared.contracts.base import load
from shared.contracts.operations.review import register_file
from shared.contracts.operations.review.register import EnterExpert, ExpertContact
from shared.documents import incoming
from shared.identifiers.digests import plain
from shared.problems import FieldError, Invalid, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
# What a new expert has where the sheet has no such column.
_NEW: Data = {
    "title": None, "industry_expert": False, "may_lead": False, "expertise": [], "industries": [], "qualifications": [],
    "languages": [], "employments": [], "contact": None,
}  # fmt: skip
_CONTACT = tuple(ExpertContact().fields)
_ENTER = EnterExpert()  # made once: a schema takes longer to make than a line to read


def take(work: Work, conductor: Conductor, data: Data, most: int) -> Data:
    """Take a sheet of at most `most` lines. Raises Invalid where the file as a whole cannot be read."""
    world = world_of(work, conductor, data)
    content = _content(data["content"])
    report: list[Data] = []
    seen: set[str] = set()
    lines = _lines(content, most)
    known = entries.known(work, world, {read.expert_id for read in lines}, lock=not data["check_only"])
    new: dict[str, Data] = {}
    changed: dict[str, tuple[int, Data, Data]] = {}
    for read in lines:
        found = known.get(read.expert_id)
        outcome, error, given = _judge(read, found, seen)
        if outcome == "entered":
            new[read.expert_id] = given
        elif outcome == "changed" and found is not None:
            changed[read.expert_id] = (*found, given)
        seen.add(read.expert_id)
        report.append(_line(read, outcome, error))
    if not data["check_only"]:
        entries.write_all(work, conductor, world, new, changed)
    counts = dict(sorted(Counter(line["outcome"] for line in report).items()))
    sha256 = hashlib.sha256(content).hexdigest()
    if not data["check_only"]:
        work.audit("experts:imported", sha256, after={"counts": counts, "world": world})
    return {"sha256": sha256, "counts": counts, "lines": report}


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise invalid_field("content", "不是 Base64", "not Base64") from None


def _lines(content: bytes, most: int) -> list[register_file.Read]:
    table = incoming.read(content)
    headings = next(table, None)
    if headings is None:
        raise invalid_field("content", "文件为空", "the file is empty")
    header = register_file.named(headings)
    found: list[register_file.Read] = []
    for number, cells in enumerate(table, start=2):
        if not any(isinstance(cell, incoming.Formula) or incoming.text_of(cell) for cell in cells):
            continue
        if len(found) == most:
            raise invalid_field("content", f"超过 {most} 行", f"more than {most} lines")
        found.append(register_file.line(number, header, cells))
    return found


def _line(read: register_file.Read, outcome: str, error: FieldError | None) -> Data:
    return {
        "line": read.number,
        "expert_id": read.expert_id,
        "outcome": outcome,
        "field": error.field if error else None,
        "reason_zh": error.reason_zh[:500] if error else None,
        "reason_en": error.reason_en[:500] if error else None,
    }


def _judge(
    read: register_file.Read, found: tuple[int, Data] | None, seen: set[str]
) -> tuple[str, FieldError | None, Data]:
    """What is to become of a line, why not, and the entry that it makes."""
    if read.error is not None:
        return "malformed", read.error, {}
    if read.expert_id in seen:
        twice = FieldError("expert_id", "同一专家在表中出现两次", "the expert is there twice")
        return "malformed", twice, {}
    before = _NEW if found is None else found[1]
    try:
        given = _whole(read, before)
        entries.check(given)
    except Invalid as wrong:
        return "malformed", wrong.errors[0], {}
    if found is None:
        if read.revision is not None:
            no_revision = FieldError("revision", "新专家不填版本", "a new expert has no revision")
            return "malformed", no_revision, {}
        return "entered", None, given
    if given == before:
        return "unchanged", None, given
    if read.revision != found[0]:
        # Without the revision that the sheet was made from, nobody knows what it would overwrite.
        stale = FieldError("revision", f"现为第 {found[0]} 版", f"is now {found[0]}")
        return "changed_meanwhile", stale, {}
    return "changed", None, given


def _whole(read: register_file.Read, before: Data) -> Data:
    """The entry as the line would have it; what the sheet has no column for stays. Raises Invalid."""
    kept = {name: value for name, value in before.items() if name not in read.fields}
    contact = before["contact"] if read.contact is None else _contact(read.contact, before["contact"])
    request = {"expert_id": read.expert_id, **plain(kept), **read.fields, "contact": contact}
    try:
        return entries.entry_of(load(_ENTER, request))
    except Invalid as wrong:
        raise Invalid(
            wrong.detail_zh,
            wrong.detail_en,
            errors=[
                FieldError(e.field.removeprefix("contact."), e.reason_zh, e.reason_en) for e in wrong.errors
            ],
        ) from None


def _contact(given: Any, before: Data | None) -> Data | None:
    found = {name: given.get(name, (before or {}).get(name)) for name in _CONTACT}
    return found if any(found.values()) else None
