"""What panels ask of the register: who may lead, what each knows, which languages it reads, who employs it today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select

from services.review import models
from services.review.register import lists
from services.review.register.pool import employer_on
from shared.store import Work

_REGISTER = models.expert_register
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
    tags, employments = lists.tags_of(work, world, leads), lists.employments_of(work, world, leads)
    return {
        expert_id: Profile(
            may_lead,
            frozenset(tags.get((expert_id, "expertise"), ())),
            frozenset(tags.get((expert_id, "industries"), ())),
            frozenset(tags.get((expert_id, "languages"), ())),
            employer_on(employments.get(expert_id, []), work.today()),
        )
        for expert_id, may_lead in leads.items()
    }
