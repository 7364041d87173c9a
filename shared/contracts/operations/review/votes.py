"""The public's votes."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, identifier
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, Done, Operation
from shared.contracts.operations.roles import OFFICE


class SocialVotes(Strict):
    """How many of the public voted for an application."""

    application_id = identifier()
    votes = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class RecordSocialVotes(Strict):
    """The public's votes as they stand, entered by the office while the social evaluation runs."""

    cycle_id = identifier()
    stage = stage_key()
    votes = fields.List(fields.Nested(SocialVotes), required=True, validate=validate.Length(min=1))


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "record_social_votes", "command", RecordSocialVotes, Done, (OFFICE,), "录入社会评价票数",
              "Enter the public's votes", {"cycle_id": CYCLE, "stage": "social_evaluation",
                                           "votes": [{"application_id": APPLICATION, "votes": 18230}]}),
)  # fmt: skip
