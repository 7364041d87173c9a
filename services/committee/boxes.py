"""票箱: the slips of a ballot as they are kept, and what is published of them after the count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, select

from services.committee import models, slips
from shared.identifiers import digest
from shared.problems import invalid_field
from shared.procedure import Cycle
from shared.store import Work

_BOXES, _OPEN = models.boxes, models.open_votes
Contents = Mapping[str, list[str]]  # the choices on each candidate


def put(work: Work, cycle: Cycle, number: int, choices: Mapping[str, str], nonce: str | None) -> None:
    """Put a secret ballot into the boxes. Raises Invalid where its number was used in this ballot before.

    Every box of the ballot is written anew: rows of one transaction, in one order, of which none tells which slips are new.
    """
    texts = _texts(work, cycle, number)
    for application, choice in choices.items():
        code = (
            slips.new_code() if nonce is None else slips.code_of(cycle.cycle_id, number, application, nonce)
        )
        try:
            texts[application] = slips.put(texts.get(application, ""), code, choice)
        except slips.CodeTakenError:
            raise invalid_field(
                "nonce", "随机数重复，请重新生成", "the number was used before: draw another"
            ) from None
    empty(work, cycle, number)
    rows = [
        {"cycle_id": cycle.cycle_id, "number": number, "application_id": application, "slips": texts[application]}
        for application in sorted(texts)
    ]  # fmt: skip
    if rows:
        work.session.execute(_BOXES.insert(), rows)


def put_openly(work: Work, cycle: Cycle, number: int, member: str, choices: Mapping[str, str]) -> None:
    """Keep an open ballot with its member's name."""
    rows = [
        {"cycle_id": cycle.cycle_id, "number": number, "member": member, "application_id": a, "choice": choice}
        for a, choice in choices.items()
    ]  # fmt: skip
    if rows:
        work.session.execute(_OPEN.insert(), rows)


def empty(work: Work, cycle: Cycle, number: int) -> None:
    """Destroy the slips of a ballot."""
    for table in (_BOXES, _OPEN):
        work.session.execute(delete(table).where(_of(table, cycle, number)))


def contents(work: Work, cycle: Cycle, number: int) -> dict[str, list[str]]:
    """What was chosen on each candidate, from the slips or from the open ballots. Raises ValueError for what is no slip."""
    found = {a: list(slips.taken_out(text).values()) for a, text in _texts(work, cycle, number).items()}
    for row in _open_votes(work, cycle, number):
        found.setdefault(row.application_id, []).append(row.choice)
    return found


def digest_of(work: Work, cycle: Cycle, number: int) -> str:
    """The digest of all that lies in the boxes of a ballot, kept with the count."""
    opened = [[row.member, row.application_id, row.choice] for row in _open_votes(work, cycle, number)]
    return digest({"boxes": _texts(work, cycle, number), "open": opened})  # fmt: skip


def published(work: Work, cycle: Cycle, number: int) -> dict[str, list[dict[str, Any]]]:
    """The lists `slips` and `open_votes` of the reply `SlipList`."""
    lines = []
    for application, text in _texts(work, cycle, number).items():
        codes = slips.by_choice(slips.taken_out(text))
        lines.append(
            {
                "application_id": application, "votes_for": codes["for"], "votes_against": codes["against"],
                "abstained": codes["abstain"], "recused": codes["recused"],
            }
        )  # fmt: skip
    opened = [
        {"member": row.member, "application_id": row.application_id, "choice": row.choice}
        for row in _open_votes(work, cycle, number)
    ]
    return {"slips": lines, "open_votes": opened}


def _texts(work: Work, cycle: Cycle, number: int) -> dict[str, str]:
    query = select(_BOXES.c.application_id, _BOXES.c.slips).where(_of(_BOXES, cycle, number))
    rows = work.session.execute(query.order_by(_BOXES.c.application_id))
    return {row.application_id: row.slips for row in rows}


def _open_votes(work: Work, cycle: Cycle, number: int) -> list[Any]:
    query = select(_OPEN).where(_of(_OPEN, cycle, number))
    return list(work.session.execute(query.order_by(_OPEN.c.member, _OPEN.c.application_id)))


def _of(table: Any, cycle: Cycle, number: int) -> Any:
    return and_(table.c.cycle_id == cycle.cycle_id, table.c.number == number)
