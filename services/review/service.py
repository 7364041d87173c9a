"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.review import admission, experts, results, seats, sheets, social_votes
from services.review.conflicts import lists, recorded, statements
from services.review.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.contracts.events import PoolAdviserRegistered, StageClosed
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

    @command("record_social_votes")
    def record_social_votes(self, work: Work, data: Data) -> Data:
        return social_votes.record(work, conductor, data)

    @query("scores")
    def scores(self, work: Work, data: Data) -> Data:
        return results.listed(work, conductor, data)

    # --- recusal ---------------------------------------------------------------------------------------------------

    @query("awaiting_statement")
    def awaiting_statement(self, work: Work, data: Data) -> Data:
        return statements.awaiting(work, conductor, data)

    @command("state_interests")
    def state_interests(self, work: Work, data: Data) -> Data:
        return statements.state(work, conductor, data)

    @query("dossier")
    def dossier(self, work: Work, data: Data) -> Data:
        return statements.dossier(work, conductor, data)

    @query("conflicts")
    def conflicts(self, work: Work, data: Data) -> Data:
        return lists.listed(work, conductor, data)

    @command("lift_conflict")
    def lift_conflict(self, work: Work, data: Data) -> Data:
        return lists.lift(work, conductor, data)

    @query("recusals")
    def recusals(self, work: Work, data: Data) -> Data:
        return recorded.listed(work, conductor, data)

    @command("confirm_recusal")
    def confirm_recusal(self, work: Work, data: Data) -> Data:
        return recorded.confirm(work, conductor, data)

    @command("release_hold")
    def release_hold(self, work: Work, data: Data) -> Data:
        return recorded.release(work, conductor, data)
