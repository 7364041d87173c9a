"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.review import admission, experts, results, sheets, social_votes
from services.review.seating import (
    answers,
    dissolving,
    drafts,
    draws,
    history,
    leaders,
    lists,
    offers,
    progress,
    releasing,
    replacing,
)
from services.review.stages import conductor
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import AssignmentOffered, DrawWitnessed, PoolAdviserRegistered, StageClosed
from shared.procedure.service import Follower
from shared.store import Store, Work

Data = dict[str, Any]


class Review(Follower):
    """Experts, panels, sheets, scores."""

    name = "review"
    conductor = conductor

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Hours that are no numbers stop the start."""
        try:
            offers.Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_PANELS_REMINDERS: {error}") from error

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

    # --- panels ---------------------------------------------------------------------------------------------------

    @query("panels")
    def panels(self, work: Work, data: Data) -> Data:
        return lists.listed(work, conductor, data)

    @query("my_assignments")
    def my_assignments(self, work: Work, data: Data) -> Data:
        return lists.mine(work, conductor, data)

    @command("draw_panel")
    def draw_panel(self, work: Work, data: Data) -> Data:
        return draws.prepare(work, conductor, data)

    @command("witness_draw")
    def witness_draw(self, work: Work, data: Data) -> Data:
        return draws.witness(work, conductor, data)

    @on_event(DrawWitnessed, outside=True)
    def perform_draw(self, store: Store, event: Received) -> Callable[[Work], None]:
        return draws.perform(store, conductor, dict(event.data))

    @query("draws")
    def draws(self, work: Work, data: Data) -> Data:
        return draws.listed(work, conductor, data)

    @query("draw_record")
    def draw_record(self, work: Work, data: Data) -> Data:
        return draws.published(work, conductor, data)

    @query("inspect_panel")
    def inspect_panel(self, work: Work, data: Data) -> Data:
        return drafts.inspect(work, conductor, data)

    @command("change_panel")
    def change_panel(self, work: Work, data: Data) -> Data:
        return drafts.change(work, conductor, data)

    @command("release_panel")
    def release_panel(self, work: Work, data: Data) -> Data:
        return releasing.release(work, conductor, data, offers.Terms.of(self.settings))

    @command("answer_assignments")
    def answer_assignments(self, work: Work, data: Data) -> Data:
        return answers.answer(work, conductor, data)

    @command("replace_reviewer")
    def replace_reviewer(self, work: Work, data: Data) -> Data:
        return replacing.replace(work, conductor, data, offers.Terms.of(self.settings))

    @command("fill_panel")
    def fill_panel(self, work: Work, data: Data) -> Data:
        return replacing.fill(work, conductor, data, offers.Terms.of(self.settings))

    @command("name_leader")
    def name_leader(self, work: Work, data: Data) -> Data:
        return leaders.name(work, conductor, data)

    @query("led_panel")
    def led_panel(self, work: Work, data: Data) -> Data:
        return leaders.led(work, conductor, data)

    @query("panel_progress")
    def panel_progress(self, work: Work, data: Data) -> Data:
        return progress.listed(work, conductor, data)

    @query("panel_history")
    def panel_history(self, work: Work, data: Data) -> Data:
        return history.listed(work, conductor, data)

    @on_event(AssignmentOffered)
    def assignment_offered(self, work: Work, event: Received) -> None:
        offers.heard(work, dict(event.data))

    @every(seconds=30)
    def chase_reviewers(self, work: Work) -> None:
        offers.chase(work, offers.Terms.of(self.settings))

    @every(seconds=60)
    def dissolve_panels(self, work: Work) -> None:
        dissolving.dissolve(work, conductor)

    @command("submit_sheet")
    def submit_sheet(self, work: Work, data: Data) -> Data:
        return sheets.submit(work, conductor, data)

    @command("record_social_votes")
    def record_social_votes(self, work: Work, data: Data) -> Data:
        return social_votes.record(work, conductor, data)

    @query("scores")
    def scores(self, work: Work, data: Data) -> Data:
        return results.listed(work, conductor, data)
