"""承办人: who of the office does which part of a case. Only they may see who objects, and each look is in the audit log.

Nobody assigns a part to oneself, nobody has two parts of one case, and whoever found or looked into it does not rule.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from services.eligibility import models
from services.eligibility.objections import cases
from shared.problems import Conflict, Forbidden, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
INQUIRY, RULING, APPEAL = "inquiry", "ruling", "appeal"
_APART = (
    "同一异议的核查、裁定、复核须由不同的人办理",
    "inquiry, ruling and appeal of a case are done by different people",
)
_OFFICERS = models.objection_officers
# Shorter ones ("/", "无", "--") name nobody, and stand in any text.
_LEAST_NAME, _LEAST_NUMBER = 2, 5
# What a part has done when it is over; after that it is nobody else's.
_DONE = {INQUIRY: "inquired_on", RULING: "ruled_on", APPEAL: "decided_on"}
# Who has acted in another part, by the columns that say so.
_OTHERS = {
    INQUIRY: ("ruled_by", "decided_by"),
    RULING: ("raised_by", "accepted_by", "inquired_by", "decided_by"),
    APPEAL: ("raised_by", "accepted_by", "inquired_by", "ruled_by"),
}


def assign(work: Work, conductor: Conductor, data: Data) -> Data:
    """Give a part of a case to an officer, or to another one as long as it is not done. Raises Forbidden, Invalid, Conflict."""
    cycle, row = cases.locked(work, conductor, data["objection_id"])
    part, officer = data["part"], data["officer"]
    if officer in work.parties:
        raise Forbidden("不能指定自己为承办人", "nobody assigns a part to oneself", code="own_part")
    if getattr(row, _DONE[part]) is not None:
        raise Conflict("这一环节已办结", "this part is done", code="part_done")
    taken = {each.officer: each.part for each in _of(work, row.id) if each.part != part}
    if officer in taken or officer in {getattr(row, name) for name in _OTHERS[part]}:
        raise invalid_field("officer", *_APART)
    work.session.execute(
        delete(_OFFICERS).where(_OFFICERS.c.objection_id == row.id, _OFFICERS.c.part == part)
    )
    values = {"objection_id": row.id, "part": part, "officer": officer}
    work.session.execute(_OFFICERS.insert().values(assigned_by=work.by, assigned_at=work.now(), **values))
    work.audit("objection:assigned", row.id, after=values, cycle_id=cycle.cycle_id)
    return {"objection_id": row.id, "officers": listed(work, row.id)}


def listed(work: Work, objection_id: str) -> list[Data]:
    """Who does what in a case."""
    names = ("part", "officer", "assigned_by")
    return [{name: getattr(row, name) for name in names} for row in _of(work, objection_id)]


def _of(work: Work, objection_id: str) -> list[Row[Any]]:
    query = select(_OFFICERS).where(_OFFICERS.c.objection_id == objection_id).order_by(_OFFICERS.c.part)
    return list(work.session.execute(query))


def require_part(work: Work, row: Row[Any], part: str) -> None:
    """Raises Forbidden for whoever does not have the part, or has acted in another one."""
    if not work.parties & {each.officer for each in _of(work, row.id) if each.part == part}:
        raise Forbidden("您不是这一环节的承办人", "this part of the case is not yours", code="not_assigned")
    if work.same_person(*(getattr(row, name) for name in _OTHERS[part]), about=row.id):
        raise Forbidden(*_APART, code="same_person")


def objector(work: Work, conductor: Conductor, data: Data) -> Data:
    """Who objects, for an officer of the case. Raises Forbidden for any other. All None where it was anonymous."""
    cycle, row = cases.find(work, conductor, data["objection_id"])
    if not work.parties & {each.officer for each in _of(work, row.id)}:
        raise Forbidden("您不是这一异议的承办人", "this case is not yours", code="not_assigned")
    work.audit("objector:shown", row.id, cycle_id=cycle.cycle_id)
    return {
        "objection_id": row.id,
        "name": row.objector_name,
        "number": row.objector_number,
        "contact": row.contact,
    }


def require_unnamed(row: Row[Any], field: str, text: str) -> None:
    """What others will read never says who objects. Raises Invalid where it holds name, number or contact."""
    said = _bare(text)
    for secret, least in (
        (row.objector_name, _LEAST_NAME),
        (row.objector_number, _LEAST_NUMBER),
        (row.contact, _LEAST_NUMBER),
    ):
        bare = _bare(secret or "")
        if len(bare) >= least and bare in said:
            raise invalid_field(
                field, "文字中出现了异议人的身份信息，请删去", "the text names the objector; take that out", code="names_objector"
            )  # fmt: skip


def _bare(text: str) -> str:
    """Without what can be put between the characters of a name or a number."""
    return "".join(character for character in text.casefold() if character.isalnum())
