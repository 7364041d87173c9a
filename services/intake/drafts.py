"""Drafts, saved part by part: what was typed is kept, and nobody overwrites what somebody else changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from services.intake import corrections, glance, parts
from services.intake.dossiers import EDITOR, LEAD, change, own, require, require_changeable
from services.intake.stages import conductor
from services.intake.statuses import Status
from services.intake.told import told_to
from shared.contracts.base import dump
from shared.contracts.dossier import Facts
from shared.identifiers import digest
from shared.problems import Conflict, FieldError
from shared.store import Work


def save(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Save parts of a draft. Raises Conflict naming the parts that somebody changed since `revision` was read."""
    row = own(work, data["application_id"], may=(LEAD, EDITOR), lock=True)
    conductor.cycle(work, row.cycle_id)
    given: dict[str, Any] = data["parts"]
    _require_unchanged(row, given, data["revision"])
    changed = {part: value for part, value in given.items() if as_typed(row)[part] != _kept(value)}
    if changed:
        require_changeable(work, row, *changed)
        _write(work, row, changed)
    return shown(work, require(work, row.id))


def _require_unchanged(row: Row[Any], given: Mapping[str, Any], revision: int) -> None:
    if revision > row.revision:
        raise Conflict("没有这个版本的草稿", "the draft has no such revision", code="no_such_revision")
    typed, changed = as_typed(row), row.part_revisions or {}
    stale = [
        part
        for part, value in given.items()
        if changed.get(part, 0) > revision and typed[part] != _kept(value)
    ]
    if not stale:
        return
    raise Conflict(
        f"以下内容已被他人修改，未予覆盖：{'、'.join(stale)}",
        f"changed by somebody else meanwhile, and not overwritten: {', '.join(stale)}",
        code="changed_meanwhile",
        errors=[FieldError(part, *_now_is(part, typed[part])) for part in stale],
    )


def _now_is(part: str, value: Any) -> tuple[str, str]:
    """What stands there now; what is personal is not repeated in an error."""
    if part in parts.PERSONAL:
        return "已被修改", "changed"
    now = json.dumps(value, ensure_ascii=False)[:300]
    return f"现为 {now}", f"is now {now}"


def _kept(value: Any) -> Any:
    return None if parts.is_empty(value) else value


def _write(work: Work, row: Row[Any], changed: Mapping[str, Any]) -> None:
    typed, facts = typed_of(row), dict(row.facts)
    columns: dict[str, Any] = {}
    for part, value in changed.items():
        typed.pop(part, None)
        wrong = not parts.is_empty(value) and bool(parts.judge(part, value))
        if wrong:
            typed[part] = value
        right = None if wrong else _kept(value)
        fact = parts.fact_of(part)
        if fact is not None:
            facts.pop(fact, None)
            if right is not None:
                facts |= dump(Facts(), Facts().load({fact: right}))
        else:
            columns[part] = right if right is not None or part not in ("name", "uscc") else ""
    if "category" in columns:
        rulebook = conductor.cycle(work, row.cycle_id).rulebook
        columns["missing_materials"] = glance.lacking(rulebook, row.kind, columns["category"], row.materials)
    if row.opinion is not None and row.status == Status.DRAFT.value and _another(row, columns):
        columns |= {"opinion": None, "recommended_by": None}  # a body signs for somebody, not for a form
        lapsed = {"opinion": row.opinion, "recommender": row.recommender}
        work.audit("recommendation:lapsed", row.id, before=lapsed, cycle_id=row.cycle_id)
    revision = row.revision + 1
    revisions = {**(row.part_revisions or {}), **dict.fromkeys(changed, revision)}
    change(
        work,
        row.id,
        **columns,
        facts=facts,
        typed=json.dumps(typed, ensure_ascii=False) if typed else None,
        revision=revision,
        part_revisions=revisions,
    )
    work.audit(
        "application:saved",
        row.id,
        after={"revision": revision, "parts": sorted(changed), "facts": digest(facts)},
        cycle_id=row.cycle_id,
    )


def _another(row: Row[Any], columns: Mapping[str, Any]) -> bool:
    """Whether it is somebody else who applies now: an organization is its code, anybody else a name besides."""
    who = ("uscc",) if row.kind == "organization" else ("uscc", "name")
    return any(columns.get(part, getattr(row, part)) != getattr(row, part) for part in who)


def typed_of(row: Row[Any]) -> dict[str, Any]:
    """The parts that are not right yet, as they were typed."""
    found: dict[str, Any] = json.loads(row.typed) if row.typed else {}
    return found


class _Parts(dict[str, Any]):
    """Every part by name; one that was never filled in is empty."""

    def __missing__(self, part: str) -> None:
        return None


def as_typed(row: Row[Any]) -> dict[str, Any]:
    """Every part of the draft as it was typed; empty ones are left out, and read as None."""
    columns = {name: getattr(row, name) for name in parts.COLUMNS if getattr(row, name)}
    return _Parts(
        {**columns, **{f"facts.{name}": value for name, value in row.facts.items()}, **typed_of(row)}
    )


def one(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A draft as it stands, for the people of the dossier."""
    row = own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    return shown(work, row)


def shown(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The reply `Draft`."""
    return {
        "application_id": row.id,
        "cycle_id": row.cycle_id,
        "kind": row.kind,
        "status": told_to(work, row.cycle_id).status(row),
        "revision": row.revision,
        "parts": dict(as_typed(row)),
        "faults": [fault.as_dict() for fault in parts.faults(typed_of(row))],
        "materials": row.materials,
        "recommended_by": row.recommended_by,
        "correction": corrections.shown(corrections.of(work, row.id)),
    }
