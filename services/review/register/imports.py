"""The register read from a sheet: each line is matched by its id and reported by itself, and nothing is overwritten unseen."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import Counter
from typing import Any

from services.review.register import entries
from services.review.register.worlds import world_of
from shared.contracts.base import dump, load
from shared.contracts.operations.review import register_file
from shared.contracts.operations.review.register import EnterExpert, ExpertContact, ExpertEntry
from shared.documents import incoming
from shared.problems import Conflict, FieldError, Invalid, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
# What a new expert has where the sheet has no such column.
_NEW: Data = {
    "title": None, "industry_expert": False, "may_lead": False, "expertise": [], "industries": [], "qualifications": [],
    "languages": [], "employments": [], "contact": None,
}  # fmt: skip
_CONTACT = tuple(ExpertContact().fields)


def take(work: Work, conductor: Conductor, data: Data, most: int) -> Data:
    """Take a sheet of at most `most` lines. Raises Invalid where the file as a whole cannot be read."""
    world = world_of(work, conductor, data)
    content = _content(data["content"])
    report: list[Data] = []
    seen: set[str] = set()
    for read in _lines(content, most):
        outcome, error = _take(work, world, read, seen, check_only=data["check_only"])
        seen.add(read.expert_id)
        report.append(
            {
                "line": read.number,
                "expert_id": read.expert_id,
                "outcome": outcome,
                "field": error.field if error else None,
                "reason_zh": error.reason_zh[:500] if error else None,
                "reason_en": error.reason_en[:500] if error else None,
            }
        )
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


def _take(
    work: Work, world: str, read: register_file.Read, seen: set[str], *, check_only: bool
) -> tuple[str, FieldError | None]:
    if read.error is not None:
        return "malformed", read.error
    if read.expert_id in seen:
        return "malformed", FieldError("expert_id", "同一专家在表中出现两次", "the expert is there twice")
    found = entries.entry(work, world, read.expert_id)
    before = _NEW if found is None else found[1]
    try:
        given = _whole(read, before)
        entries.check(given)
    except Invalid as wrong:
        return "malformed", wrong.errors[0]
    if found is None:
        if read.revision is not None:
            return "malformed", FieldError("revision", "新专家不填版本", "a new expert has no revision")
        if not check_only:
            entries.add(work, world, read.expert_id, given)
        return "entered", None
    if given == before:
        return "unchanged", None
    if read.revision != found[0]:
        # Without the revision that the sheet was made from, nobody knows what it would overwrite.
        return "changed_meanwhile", FieldError("revision", f"现为第 {found[0]} 版", f"is now {found[0]}")
    if check_only:
        return "changed", None
    try:
        entries.rewrite(work, world, read.expert_id, found[0], given)
    except Conflict as conflict:
        return "changed_meanwhile", conflict.errors[0]
    return "changed", None


def _whole(read: register_file.Read, before: Data) -> Data:
    """The entry as the line would have it; what the sheet has no column for stays. Raises Invalid."""
    kept = {name: value for name, value in before.items() if name not in read.fields}
    plain = dump(ExpertEntry(only=tuple(kept)), kept)
    contact = before["contact"] if read.contact is None else _contact(read.contact, before["contact"])
    request = {"expert_id": read.expert_id, **plain, **read.fields, "contact": contact}
    try:
        return entries.entry_of(load(EnterExpert(), request))
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
