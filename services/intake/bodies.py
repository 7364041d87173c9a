"""推荐部门: the register of recommending bodies, kept by the office for real cycles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from services.intake import models
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.store import Work

_BODIES = models.recommending_bodies


def listed(work: Work) -> dict[str, Any]:
    """All of them by name."""
    rows = work.session.execute(select(_BODIES).order_by(_BODIES.c.name))
    return {"bodies": [_line(row) for row in rows]}


def register(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Enter a body once; its name is what accounts act for, so it never changes."""
    _real(work)
    name = data["name"].strip()
    if len(name) < 2:  # as the contract has it, blanks left out
        raise invalid_field("name", "至少两个字", "at least two characters")
    if _find(work, name) is not None:
        raise Conflict(f"{name} 已在名册中", f"{name} is in the register already")
    row = {"id": new_id(), "name": name, "kind": data["kind"], "active": True}
    work.session.execute(_BODIES.insert().values(**row))
    work.audit("recommending_body:registered", row["id"], after=row)
    return _state(work, row["id"])


def change(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Its kind, and whether it is active."""
    _real(work)
    before = _state(work, data["body_id"])
    values = {"kind": data["kind"], "active": data["active"]}
    work.session.execute(update(_BODIES).where(_BODIES.c.id == data["body_id"]).values(**values))
    work.audit("recommending_body:changed", data["body_id"], before=before, after=values)
    return _state(work, data["body_id"])


def chosen(work: Work, body_id: str) -> str:
    """The name of a body that may be asked. Raises Invalid."""
    row = work.session.execute(select(_BODIES).where(_BODIES.c.id == body_id)).one_or_none()
    if row is None or not row.active:
        raise invalid_field("body_id", "名册中没有这个推荐部门，或已停用", "no active body of the register")
    return str(row.name)


def ours(work: Work) -> str:
    """The body that whoever asks acts for. Raises Forbidden where it is not in the register, or not active."""
    row = _find(work, work.context.on_behalf_of)
    if row is None or not row.active:
        raise Forbidden(
            "您的账号所属单位不在推荐部门名册中，或已停用",
            "your account acts for no active body of the register",
            code="no_recommending_body",
        )
    return str(row.name)


def _find(work: Work, name: str) -> Row[Any] | None:
    return work.session.execute(select(_BODIES).where(_BODIES.c.name == name)).one_or_none()


def _state(work: Work, body_id: str) -> dict[str, Any]:
    row = work.session.execute(select(_BODIES).where(_BODIES.c.id == body_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个推荐部门", "no such recommending body")
    return _line(row)


def _line(row: Row[Any]) -> dict[str, Any]:
    return {"body_id": row.id, "name": row.name, "kind": row.kind, "active": row.active}


def _real(work: Work) -> None:
    if work.context.rehearsal_date is not None:
        raise Forbidden("演练不能改动推荐部门名册", "a rehearsal does not change the register")
