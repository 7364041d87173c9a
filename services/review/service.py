"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.review import admission, experts, seats, social_votes
from services.review.scoring import consensus, drafts, explained, figures, reading, results, sheets
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

    # --- score sheets, item by item ---

    @query("my_sheet")
    def my_sheet(self, work: Work, data: Data) -> Data:
        return drafts.mine(work, conductor, data)

    @command("save_sheet_item")
    def save_sheet_item(self, work: Work, data: Data) -> Data:
        return drafts.save(work, conductor, data)

    @command("hand_in_sheet")
    def hand_in_sheet(self, work: Work, data: Data) -> Data:
        return sheets.hand_in(work, conductor, data)

    @command("return_sheet")
    def return_sheet(self, work: Work, data: Data) -> Data:
        return reading.give_back(work, conductor, data)

    @query("sheet_lines")
    def sheet_lines(self, work: Work, data: Data) -> Data:
        return reading.states(work, conductor, data)

    @query("read_sheets")
    def read_sheets(self, work: Work, data: Data) -> Data:
        return reading.read(work, conductor, data)

    @query("spread")
    def spread(self, work: Work, data: Data) -> Data:
        return figures.spreads(work, conductor, data)

    @command("open_consensus")
    def open_consensus(self, work: Work, data: Data) -> Data:
        return consensus.open_(work, conductor, data)

    @command("agree_on_item")
    def agree_on_item(self, work: Work, data: Data) -> Data:
        return consensus.agree(work, conductor, data)

    @command("close_consensus")
    def close_consensus(self, work: Work, data: Data) -> Data:
        return consensus.close(work, conductor, data)

    @query("consensus")
    def consensus(self, work: Work, data: Data) -> Data:
        return consensus.look(work, conductor, data)

    @query("explained_score")
    def explained_score(self, work: Work, data: Data) -> Data:
        return explained.explain(work, conductor, data)

    @query("calibration")
    def calibration(self, work: Work, data: Data) -> Data:
        return figures.calibration(work, conductor, data, least=self.settings.calibration_least)
