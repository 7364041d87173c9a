"""偏离排名的理由: why a proposal passes over some who rank higher, kept with it for all who watch over the cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from services.committee import models
from services.committee.deviations import PassedOver, Ranked
from shared.problems import FieldError, invalid_fields
from shared.procedure import Cycle
from shared.store import Work

_DEVIATIONS = models.deviations


def keep(work: Work, cycle: Cycle, over: Sequence[PassedOver], given: Sequence[dict[str, str]]) -> None:
    """Write why each of them was passed over, in the place of what the proposal before said. Raises Invalid, in a real cycle,
    naming all that have no reason, and for a reason for one that nobody was preferred to.
    """
    why = {line["application_id"]: line["reason"] for line in given}
    _require_reasons(cycle, over, given, why)
    work.session.execute(delete(_DEVIATIONS).where(_DEVIATIONS.c.cycle_id == cycle.cycle_id))
    for each in over:
        reason = why.get(each.who.application_id)
        if reason is None:
            continue
        row = {
            "cycle_id": cycle.cycle_id,
            **_told(each.who),
            "track": each.track,
            "preferred": [_told(other) for other in each.preferred],
            "reason": reason,
            "decided_by": work.by,
            "decided_on": work.today(),
        }
        work.session.execute(_DEVIATIONS.insert().values(**row))
        subject = f"{cycle.cycle_id}/{each.who.application_id}"
        work.audit("proposal:deviated", subject, after=row, reason=reason, cycle_id=cycle.cycle_id)


def kept(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """The replies `ProposalDeviation`, by track and rank."""
    query = (
        select(_DEVIATIONS)
        .where(_DEVIATIONS.c.cycle_id == cycle.cycle_id)
        .order_by(_DEVIATIONS.c.track, _DEVIATIONS.c.rank, _DEVIATIONS.c.application_id)
    )
    names = [column.name for column in _DEVIATIONS.columns if column.name != "cycle_id"]
    return [{name: getattr(row, name) for name in names} for row in work.session.execute(query)]


def _require_reasons(
    cycle: Cycle, over: Sequence[PassedOver], given: Sequence[dict[str, str]], why: dict[str, str]
) -> None:
    needed = {each.who.application_id for each in over}
    errors = [
        FieldError(
            f"deviations.{number}.application_id", "没有排名在其后者列于其前", "nobody who ranks below it is preferred to it"
        )
        for number, line in enumerate(given)
        if line["application_id"] not in needed
    ]  # fmt: skip
    if not cycle.rehearsal:
        errors += [_missing(each) for each in over if each.who.application_id not in why]
    if errors:
        raise invalid_fields(
            errors, code="deviation_without_reason" if not cycle.rehearsal else "no_deviation"
        )


def _missing(over: PassedOver) -> FieldError:
    who, names = over.who, [each.application_id for each in over.preferred]
    return FieldError(
        "deviations",
        f"{who.application_id} 排名第 {who.rank}（{who.score}），高于建议等次更高的 {'、'.join(names)}，须说明理由",
        f"{who.application_id} ranks {who.rank} ({who.score}), above {', '.join(names)} who are proposed for more: "
        "a reason is needed",
    )


def _told(ranked: Ranked) -> dict[str, Any]:
    return {
        "application_id": ranked.application_id,
        "rank": ranked.rank,
        "score": str(ranked.score),
        "level": ranked.level,
    }
