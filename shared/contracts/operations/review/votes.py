"""The public's vote: where it is held, what may be chosen, whether a ballot is there, and what came of it."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, Done, Operation, StageOfCycle
from shared.contracts.operations.roles import OFFICE, PUBLIC, WATCHERS

MOST_RECEIPTS = 1000
RECEIPT = "00112233445566778899aabbccddeeff"


class SocialVotes(Strict):
    """How many of the public voted for an application."""

    application_id = identifier()
    votes = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class RecordSocialVotes(Strict):
    """The public's votes as they stand, entered by the office while the social evaluation runs."""

    cycle_id = identifier()
    stage = stage_key()
    votes = fields.List(fields.Nested(SocialVotes), required=True, validate=validate.Length(min=1))


class HoldVote(Strict):
    """Where the public votes: here, or elsewhere, whose counts the office then enters."""

    cycle_id = identifier()
    stage = stage_key()
    held = one_of("here", "elsewhere")
    reason = text(longest=500)


class VoteEntry(Strict):
    """One that may be chosen; `number` is what it is called on a ballot in the log."""

    number = count(least=1)
    application_id = identifier()
    name = text()


class Voting(Strict):
    """A vote as everybody may see it: never a count. The entries stand in another order each time.

    `closes_at` is the first instant at which no ballot is taken; `key_id` names the key of the voters' digests.
    """

    cycle_id = identifier()
    stage = stage_key()
    vote_id = identifier(required=False)
    held = one_of("here", "elsewhere")
    state = one_of("waiting", "open", "over", "counted")
    opens_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    closes_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    choices_at_most = count(required=False, least=1)
    key_id = optional_text(16)
    entries = fields.List(fields.Nested(VoteEntry), required=True)


class RunningVote(Strict):
    """A vote held here that takes ballots now, until `closes_at`."""

    cycle_id = identifier()
    stage = stage_key()
    closes_at = fields.AwareDateTime(required=True, format="iso")


class RunningVotes(Strict):
    """All of them, the first to close first."""

    votes = fields.List(fields.Nested(RunningVote), required=True)


class Receipts(Strict):
    """Receipts of ballots, separated by commas."""

    receipts = fields.String(
        required=True,
        validate=validate.Regexp(rf"^[0-9a-f]{{32}}(,[0-9a-f]{{32}}){{0,{MOST_RECEIPTS - 1}}}\Z"),
    )


class InTheLog(Strict):
    """Those of the receipts whose ballots are in the log of a vote, and will be or were counted."""

    counted = fields.List(fields.String(), required=True)


class IncompleteBox(Strict):
    """A ballot box of which something is in no result: messages that never came, ballots that came after the stage had closed."""

    box = text()
    missing = count()
    uncounted = count()


class VoteResults(Strict):
    """What came of a vote that is over. `missing`: messages that a ballot box numbered and that had not come when it was
    counted; `incomplete`: of which boxes something is in no result.
    """

    cycle_id = identifier()
    stage = stage_key()
    turnout = count()
    missing = count()
    incomplete = fields.List(fields.Nested(IncompleteBox), load_default=list)
    votes = fields.List(fields.Nested(SocialVotes), required=True)


class Burst(Strict):
    """Many ballots of one block of addresses (/24, /48) in one minute."""

    minute = fields.AwareDateTime(required=True, format="iso")
    block = text()
    ballots = count()


class VotePatterns(Strict):
    """What a person should look at; no identity, no choice. `threshold`: ballots in a minute."""

    cycle_id = identifier()
    stage = stage_key()
    threshold = count()
    bursts = fields.List(fields.Nested(Burst), required=True)


_VOTE = {"cycle_id": CYCLE, "stage": "social_evaluation"}

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "record_social_votes", "command", RecordSocialVotes, Done, (OFFICE,), "录入社会评价票数",
              "Enter the public's votes", {**_VOTE, "votes": [{"application_id": APPLICATION, "votes": 18230}]}),
    Operation("review", "hold_vote", "command", HoldVote, Voting, (OFFICE,), "确定网络投票在何处举行",
              "Decide where the public votes", {**_VOTE, "held": "elsewhere", "reason": "由市政务服务平台组织投票"}),
    Operation("review", "voting", "query", StageOfCycle, Voting, (PUBLIC,), "网络投票", "A vote of the public", _VOTE),
    Operation("review", "open_votes", "query", Strict, RunningVotes, (PUBLIC,), "正在进行的网络投票",
              "The public votes that are open", {}),
    Operation("review", "counted", "query", Receipts, InTheLog, (PUBLIC,), "查询选票是否已计入",
              "Whether ballots are in the log", {"receipts": RECEIPT}),
    Operation("review", "vote_results", "query", StageOfCycle, VoteResults, WATCHERS, "网络投票结果",
              "The result of a vote", _VOTE),
    Operation("review", "vote_patterns", "query", StageOfCycle, VotePatterns, WATCHERS, "网络投票异常情况",
              "Unusual patterns of a vote", _VOTE),
)  # fmt: skip
