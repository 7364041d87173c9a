"""What panels ask of the register: who may lead, what each knows, which languages it reads, who employs it today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from services.review import models
from services.review.register.pool import employer_on
from shared.store import Work

_REGISTER, _TAGS, _EMPLOYMENTS = models.expert_register, models.expert_tags, models.expert_employments
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Profile:
    """What the register tells of one expert; empty where it tells nothing. `employer`: the code of today's."""

    may_lead: bool
    fields: frozenset[str] = _NONE
    industries: frozenset[str] = _NONE
    languages: frozenset[str] = _NONE
    employer: str | None = None


def of(work: Work, world: str, expert_ids: Collection[str]) -> dict[str, Profile]:
    """Those of the ids that the register has; whoever is not in it is left out. Three queries, whatever their number."""
    here = and_(_REGISTER.c.world == world, _REGISTER.c.expert_id.in_(expert_ids))
    query = select(_REGISTER.c.expert_id, _REGISTER.c.may_lead).where(here)
    leads = {row.expert_id: row.may_lead for row in work.session.execute(query)}
    tags, employments = _tags(work, world, leads), _employments(work, world, leads)
    return {
        expert_id: Profile(
            may_lead,
            frozenset(tags[expert_id, "expertise"]),
            frozenset(tags[expert_id, "industries"]),
            frozenset(tags[expert_id, "languages"]),
            employer_on(employments[expert_id], work.today()),
        )
        for expert_id, may_lead in leads.items()
    }


def _tags(work: Work, world: str, ids: Collection[str]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    query = select(_TAGS).where(_TAGS.c.world == world, _TAGS.c.expert_id.in_(ids))
    for row in work.session.execute(query):
        found[row.expert_id, row.kind].append(row.value)
    return found


def _employments(work: Work, world: str, ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    query = select(_EMPLOYMENTS).where(_EMPLOYMENTS.c.world == world, _EMPLOYMENTS.c.expert_id.in_(ids))
    for row in work.session.execute(query.order_by(_EMPLOYMENTS.c.position)):
        found[row.expert_id].append({name: getattr(row, name) for name in ("uscc", "since", "until")})
    return found
