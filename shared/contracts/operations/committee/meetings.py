"""Meetings 评审会, proposals, ballots, counts."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import DISCIPLINE, MEMBER, OFFICE, WATCHERS


class Convene(Strict):
    """The office calls the meeting: its members, who is absent, who takes the chair.

    In a real cycle nobody is present before the office recorded it, and the chair has to be named.
    """

    cycle_id = identifier()
    members = fields.List(text(), required=True, validate=validate.Length(min=1))
    absent = fields.List(text(), load_default=list)
    chair = optional_text()


class Proposed(Strict):
    """One line of the office's proposal."""

    application_id = identifier()
    level = text()


class DeviationReason(Strict):
    """Why the proposal passes over one who ranks higher."""

    application_id = identifier()
    reason = text(longest=500)


class Propose(Strict):
    """The office's proposal; those it leaves out are not proposed. One who stands for less than somebody below it by score
    needs a reason.
    """

    cycle_id = identifier()
    proposals = fields.List(fields.Nested(Proposed), required=True)
    deviations = fields.List(fields.Nested(DeviationReason), load_default=list)


class Candidate(Strict):
    """One who is put to the vote in a round; `social_votes` where the public was asked."""

    application_id = identifier()
    name = optional_text(500)
    level = text()
    track = text()
    score = optional_text()
    social_votes = count(required=False)


class PreferredCandidate(Strict):
    """One that was proposed before another of a higher rank."""

    application_id = identifier()
    rank = count(least=1)
    score = text()
    level = text()


class ProposalDeviation(Strict):
    """One that the proposal passes over although it ranks higher, and why. `level`: what it was proposed for itself."""

    application_id = identifier()
    track = text()
    rank = count(least=1)
    score = text()
    level = optional_text()
    preferred = fields.List(fields.Nested(PreferredCandidate), required=True)
    reason = text(longest=500)
    decided_by = text()
    decided_on = day()


class BeforeCommittee(Strict):
    """One who comes to the committee. `levels`: for which it may stand; `uses_quota`: those of them that take a place."""

    application_id = identifier()
    name = optional_text(500)
    track = text()
    score = optional_text()
    social_votes = count(required=False)
    levels = fields.List(fields.String(), required=True)
    uses_quota = fields.List(fields.String(), required=True)


class Proposal(Strict):
    """What is put before the committee: the office's proposal, or the one that rank and quota make. `entrants`: all who come to
    it, by track and rank.
    """

    cycle_id = identifier()
    by_office = fields.Boolean(required=True)
    candidates = fields.List(fields.Nested(Candidate), required=True)
    deviations = fields.List(fields.Nested(ProposalDeviation), required=True)
    entrants = fields.List(fields.Nested(BeforeCommittee), load_default=list)


class Round(Strict):
    """The ballot that is open, or the last one; `number` is from 1, 0 before the first. `quorum`: members who must be present.

    `voters`: those who may cast the open ballot; who comes later votes from the next one on. `cast`: how many did, none while
    it is open. `voted` and `aside` are told to a member alone: whether its own ballot on the open one is in, and from which
    candidates it stands aside there.
    """

    cycle_id = identifier()
    number = count()
    state = one_of("none", "open", "closed", "finished")
    members = count()
    chair = optional_text()
    quorum = count()
    present = fields.List(fields.String(), required=True)
    voters = fields.List(fields.String(), required=True)
    candidates = fields.List(fields.Nested(Candidate), required=True)
    cast = count(required=False)
    voted = fields.Boolean(load_default=None, allow_none=True)
    aside = fields.List(fields.String(), load_default=list)


class Choice(Strict):
    """One member's choice on one candidate."""

    application_id = identifier()
    choice = one_of("for", "against", "abstain", "recused")


class CastBallot(Strict):
    """A member's ballot on every candidate of the round but those from which it stands aside.

    `nonce`: a random number of 128 bits or more that the member draws and keeps; the codes of its slips are worked out from it.
    A secret ballot of a real cycle needs it.
    """

    cycle_id = identifier()
    number = count(least=1)
    choices = fields.List(fields.Nested(Choice), required=True)
    nonce = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{32,128}\Z")
    )


class BallotTaken(Strict):
    """The ballot is in; it says nothing of the choice, nor of how many did the same."""

    number = count(least=1)
    taken_at = fields.AwareDateTime(required=True, format="iso")


class VoteResult(Strict):
    """The count for one candidate at one level."""

    application_id = identifier()
    level = text()
    track = text()
    round = count(least=1)
    votes_for = count()
    votes_against = count()
    abstained = count()
    recused = count()
    needed = count()
    passed = fields.Boolean(required=True)
    awarded = fields.Boolean(required=True)
    uses_quota = fields.Boolean(required=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class VoteList(Strict):
    """The counted rounds."""

    results = fields.List(fields.Nested(VoteResult), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("committee", "convene", "command", Convene, Round, (OFFICE,), "召集评审会", "Call the committee",
              {"cycle_id": CYCLE, "members": ["M1", "M2", "M3"], "absent": ["M3"], "chair": "M1"}),
    Operation("committee", "propose", "command", Propose, Round, (OFFICE,), "提出建议名单", "Propose",
              {"cycle_id": CYCLE, "proposals": [{"application_id": APPLICATION, "level": "二等奖"}]}),
    Operation("committee", "proposal", "query", CycleId, Proposal, (*WATCHERS, MEMBER), "建议名单", "The proposal",
              {"cycle_id": CYCLE}),
    Operation("committee", "round", "query", CycleId, Round, (OFFICE, DISCIPLINE, MEMBER), "当前表决", "The open ballot",
              {"cycle_id": CYCLE}),
    Operation("committee", "cast_ballot", "command", CastBallot, BallotTaken, (MEMBER,), "投票", "Cast a ballot",
              {"cycle_id": CYCLE, "number": 1, "choices": [{"application_id": APPLICATION, "choice": "for"}],
               "nonce": "00112233445566778899aabbccddeeff"}),
    Operation("committee", "close_round", "command", CycleId, Round, (OFFICE,), "结束表决", "Close the ballot",
              {"cycle_id": CYCLE}),
    Operation("committee", "votes", "query", CycleId, VoteList, WATCHERS, "表决结果", "The counts", {"cycle_id": CYCLE}),
)  # fmt: skip
