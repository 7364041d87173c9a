"""What the rooms of the money share: decisions, and what a proposal is."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, identifier, one_of, optional_text, text

PROPOSAL = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"


class MoneyProposed(Strict):
    """What was proposed waits under this id."""

    proposal_id = identifier()


class DecideMoney(Strict):
    """Another person accepts a proposal, or refuses it, and says why."""

    proposal_id = identifier()
    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = text(longest=500)


class MoneyProposal(Strict):
    """What every proposal has: who made it, who decided it, and why."""

    proposal_id = identifier()
    subject = text()
    papers = fields.List(fields.String(), required=True)
    reason = text(longest=500)
    state = one_of("proposed", "accepted", "refused", "replaced")
    proposed_by = text()
    proposed_at = text()
    decided_by = optional_text()
    decided_at = optional_text()
    decision_reason = optional_text(500)


DECIDED = {"proposal_id": PROPOSAL, "accept": True, "reason": "材料齐全"}
