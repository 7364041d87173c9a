"""Which ballots there are 表决次序, opening and ending them out of turn, the slips of those counted, the recount."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, text
from shared.contracts.operations.committee.meetings import Candidate, Round
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import MEMBER, OFFICE, WATCHERS


class AgendaItem(Strict):
    """One level in one track. `places`: of the quota, which other levels or tracks may share; none where there is no limit.

    `number`: of the ballot that put it to the vote last.
    """

    level = text()
    track = text()
    quota = text()
    places = count(required=False)
    state = one_of("empty", "ahead", "open", "decided")
    number = count(required=False)
    candidates = fields.List(fields.Nested(Candidate), required=True)


class Agenda(Strict):
    """All that is put to the vote, in the rulebook's order of levels and tracks."""

    cycle_id = identifier()
    ballots = one_of("secret", "open")
    items = fields.List(fields.Nested(AgendaItem), required=True)


class VoidRound(Strict):
    """The office ends a ballot that cannot be counted any more; its slips are destroyed."""

    cycle_id = identifier()
    reason = text(longest=500)


class OfRound(Strict):
    """Names a counted ballot."""

    cycle_id = identifier()
    number = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))


def _codes() -> fields.List[str]:
    return fields.List(fields.String(), required=True)


class Slips(Strict):
    """The slips on one candidate, by choice; codes in their own order."""

    application_id = identifier()
    votes_for = _codes()
    votes_against = _codes()
    abstained = _codes()
    recused = _codes()


class OpenVote(Strict):
    """What a member chose in an open ballot."""

    member = text()
    application_id = identifier()
    choice = one_of("for", "against", "abstain", "recused")


class SlipList(Strict):
    """All slips of a counted ballot, from which anybody can count again; of an open ballot, each member's choices."""

    cycle_id = identifier()
    number = count(least=1)
    digest = text()
    slips = fields.List(fields.Nested(Slips), required=True)
    open_votes = fields.List(fields.Nested(OpenVote), required=True)


class RecountedRound(Strict):
    """One ballot counted again from its slips. `kept`: whether slips were kept of it."""

    number = count(least=1)
    kept = fields.Boolean(required=True)
    cast = count()
    slips = count()
    agrees = fields.Boolean(required=True)
    problems = fields.List(fields.String(), required=True)


class Recount(Strict):
    """Whether slips, counters and results say the same in every counted ballot."""

    cycle_id = identifier()
    agrees = fields.Boolean(required=True)
    rounds = fields.List(fields.Nested(RecountedRound), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("committee", "agenda", "query", CycleId, Agenda, (*WATCHERS, MEMBER), "表决次序", "What is put to the vote",
              {"cycle_id": CYCLE}),
    Operation("committee", "open_round", "command", CycleId, Round, (OFFICE,), "开始下一轮表决", "Open the next ballot",
              {"cycle_id": CYCLE}),
    Operation("committee", "void_round", "command", VoidRound, Round, (OFFICE,), "作废本轮表决", "Void the open ballot",
              {"cycle_id": CYCLE, "reason": "两名委员离会，到会委员不足法定人数"}),
    Operation("committee", "slips", "query", OfRound, SlipList, (*WATCHERS, MEMBER), "选票清单", "The slips of a ballot",
              {"cycle_id": CYCLE, "number": 1}),
    Operation("committee", "recount", "query", CycleId, Recount, (*WATCHERS, MEMBER), "重新计票", "Count again",
              {"cycle_id": CYCLE}),
)  # fmt: skip
