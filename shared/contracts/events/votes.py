"""What a ballot box 网络投票 tells: the ballots that it took."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Event, count, identifier


class BallotsCast(Event):
    """网络投票: ballots that a ballot box accepted together. `number` counts the box's messages in this vote from 1.

    A ballot is `<voter>:<entry>,<entry>…`: the keyed digest of the voter's identity, and numbers of entries, ascending.
    `origins` counts the ballots by block of addresses; which ballot came from where is not said.
    """

    NAME = "ballots.cast"
    PUBLISHERS = ("ballot_box",)
    EXAMPLE = {
        "vote_id": "0199a1b2c3d97e5f8a9b0c1d2e3f4a5f",
        "key_id": "0123456789abcdef",
        "box": "0123456789ab",
        "number": 1,
        "accepted_at": "2025-06-18T09:00:00.000000+08:00",
        "ballots": ["00112233445566778899aabbccddeeff:1,4"],
        "origins": {"203.0.113.0/24": 1},
    }

    vote_id = identifier()
    key_id = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{16}\Z"))
    box = identifier()
    number = count(least=1)
    accepted_at = fields.AwareDateTime(required=True, format="iso")
    ballots = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9a-f]{32}:[0-9]{1,4}(,[0-9]{1,4}){0,99}\Z")),
        required=True,
        validate=validate.Length(min=1, max=10_000),
    )
    origins = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        required=True,
    )


EVENTS: tuple[type[Event], ...] = (BallotsCast,)
