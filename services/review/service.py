"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.review import admission, experts, results, seats, sheets
from services.review.stages import conductor
from services.review.votes import by_hand, counting, vote
from services.review.votes import log as ballot_log
from shared.bus import Received, command, every, on_event, query
from shared.contracts.events import BallotsCast, PoolAdviserRegistered, StageClosed
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]


class Review(Follower):
    """Experts, panels, sheets, scores."""

    name = "review"
    conductor = conductor

    @on_event(StageClosed, publisher=("intake", "eligibility", "committee", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(PoolAdviserRegistered)
    def adviser_registered(self, work: Work, event: Received) -> None:
        experts.adviser_registered(work, conductor, dict(event.data))

    @command("register_experts")
    def register_experts(self, work: Work, data: Data) -> Data:
        return experts.register(work, conductor, data)

    @command("admit")
    def admit(self, work: Work, data: Data) -> Data:
        return admission.admit(work, conductor, data)

    @query("panels")
    def panels(self, work: Work, data: Data) -> Data:
        return seats.listed(work, conductor, data)

    @query("my_assignments")
    def my_assignments(self, work: Work, data: Data) -> Data:
        return seats.mine(work, conductor, data)

    @command("submit_sheet")
    def submit_sheet(self, work: Work, data: Data) -> Data:
        return sheets.submit(work, conductor, data)

    @query("scores")
    def scores(self, work: Work, data: Data) -> Data:
        return results.listed(work, conductor, data)

    # The public's vote.

    @on_event(BallotsCast)
    def ballots_cast(self, work: Work, event: Received) -> None:
        ballot_log.add(work, event.context.message_id, dict(event.data))

    @command("hold_vote")
    def hold_vote(self, work: Work, data: Data) -> Data:
        return vote.hold(work, conductor, data)

    @command("record_social_votes")
    def record_social_votes(self, work: Work, data: Data) -> Data:
        return by_hand.record(work, conductor, data)

    @query("voting")
    def voting(self, work: Work, data: Data) -> Data:
        return vote.voting(work, conductor, data)

    @query("counted")
    def counted(self, work: Work, data: Data) -> Data:
        return ballot_log.counted(work, data)

    @query("vote_results")
    def vote_results(self, work: Work, data: Data) -> Data:
        return counting.results(work, conductor, data)

    @query("vote_patterns")
    def vote_patterns(self, work: Work, data: Data) -> Data:
        return counting.patterns(work, conductor, data, self.settings.ballot_burst)

    @every(seconds=10)
    def count_votes(self, work: Work) -> None:
        settle = timedelta(seconds=self.settings.ballot_settle_seconds)
        patience = timedelta(hours=self.settings.ballot_gap_hours)
        counting.count_those_over(work, settle=settle, patience=patience)
