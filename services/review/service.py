"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.review import (
    admission,
    alerts,
    appointments,
    experts,
    own_work,
    rankings,
    reports,
)
from services.review.applicants import applicants
from services.review.conflicts import lists as conflict_lists
from services.review.conflicts import recorded, statements
from services.review.defence import speakers, timetables
from services.review.feedback import digests, own
from services.review.feedback import drafts as feedback_drafts
from services.review.feedback import releasing as feedback_releasing
from services.review.keeping import keeping
from services.review.register import (
    absences,
    conduct,
    declarations,
    due,
    entries,
    history,
    imports,
    lists,
    pool,
    proposals,
)
from services.review.register.terms import Terms
from services.review.scoring import consensus, drafts, explained, figures, reading, results, sheets
from services.review.seating import (
    answers,
    dissolving,
    draws,
    leaders,
    offers,
    progress,
    releasing,
    replacing,
)
from services.review.seating import drafts as panel_drafts
from services.review.seating import history as panel_history
from services.review.seating import lists as panel_lists
from services.review.stages import conductor
from services.review.time_limit import within
from services.review.visits import issues, planning
from services.review.votes import by_hand, counting, vote
from services.review.votes import log as ballot_log
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationAccepted,
    AssignmentOffered,
    BallotsCast,
    DeclarationDue,
    DossierPeopleChanged,
    DrawWitnessed,
    PoolAdviserRegistered,
    StageClosed,
)
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.service import Follower
from shared.store import Store, Work

Data = dict[str, Any]
_FEWEST = 2  # applicants among whom one is not alone


class Review(Follower):
    """Experts, panels, sheets, scores."""

    name = "review"
    conductor = conductor
    keeping = keeping

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        return alerts.watched(work, conductor, cycles)

    def fresh(self, work: Work, cycles: Cycles, since: datetime | None) -> Mapping[str, Mapping[str, int]]:
        return alerts.fresh(work, cycles, since)

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Terms that cannot be meant stop the start."""
        try:
            Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_DECLARATION_…: {error}") from error
        try:
            offers.Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_PANELS_REMINDERS: {error}") from error
        if settings.feedback_least < _FEWEST:
            raise ConfigurationError(f"ZHIHENG_FEEDBACK_LEAST: fewer than {_FEWEST} hide nobody")

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
        return panel_lists.listed(work, conductor, data)

    @query("my_assignments")
    def my_assignments(self, work: Work, data: Data) -> Data:
        return panel_lists.mine(work, conductor, data)

    @query("my_work")
    def my_work(self, work: Work, data: Data) -> Data:
        return own_work.listed(work, conductor)

    @command("draw_panel")
    def draw_panel(self, work: Work, data: Data) -> Data:
        return draws.prepare(work, conductor, data)

    @command("witness_draw")
    def witness_draw(self, work: Work, data: Data) -> Data:
        return draws.witness(work, conductor, data)

    @on_event(DrawWitnessed, outside=True)
    def perform_draw(self, store: Store, event: Received) -> Callable[[Work], None]:
        return draws.perform(store, conductor, dict(event.data), self.settings.draw_seconds)

    @query("draws")
    def draws(self, work: Work, data: Data) -> Data:
        return draws.listed(work, conductor, data)

    @query("draw_record")
    def draw_record(self, work: Work, data: Data) -> Data:
        return draws.published(work, conductor, data)

    @query("inspect_panel")
    def inspect_panel(self, work: Work, data: Data) -> Data:
        return panel_drafts.inspect(work, conductor, data)

    @command("change_panel")
    def change_panel(self, work: Work, data: Data) -> Data:
        return panel_drafts.change(work, conductor, data)

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
        return panel_history.listed(work, conductor, data)

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

    @query("scores")
    def scores(self, work: Work, data: Data) -> Data:
        return results.listed(work, conductor, data)

    # --- the register of experts ---

    @query("experts")
    def experts(self, work: Work, data: Data) -> Data:
        return lists.listed(work, conductor, data)

    @query("expert")
    def expert(self, work: Work, data: Data) -> Data:
        return entries.one(work, conductor, data)

    @command("enter_expert")
    def enter_expert(self, work: Work, data: Data) -> Data:
        return entries.enter(work, conductor, data)

    @command("change_expert")
    def change_expert(self, work: Work, data: Data) -> Data:
        return entries.change(work, conductor, data)

    @command("retire_expert")
    def retire_expert(self, work: Work, data: Data) -> Data:
        return entries.retire(work, conductor, data)

    @command("reinstate_expert")
    def reinstate_expert(self, work: Work, data: Data) -> Data:
        return entries.reinstate(work, conductor, data)

    @command("import_experts")
    def import_experts(self, work: Work, data: Data) -> Data:
        return imports.take(work, conductor, data, self.settings.register_import_lines)

    @command("propose_change")
    def propose_change(self, work: Work, data: Data) -> Data:
        return proposals.propose(work, conductor, data)

    @query("proposals")
    def proposals(self, work: Work, data: Data) -> Data:
        return proposals.listed(work, conductor, data)

    @command("decide_proposal")
    def decide_proposal(self, work: Work, data: Data) -> Data:
        return proposals.decide(work, conductor, data)

    @command("add_absence")
    def add_absence(self, work: Work, data: Data) -> Data:
        return absences.add(work, conductor, data, self.settings.register_absences)

    @command("remove_absence")
    def remove_absence(self, work: Work, data: Data) -> Data:
        return absences.remove(work, conductor, data)

    @query("service_history")
    def service_history(self, work: Work, data: Data) -> Data:
        return history.served(work, conductor, data)

    @command("enter_pool")
    def enter_pool(self, work: Work, data: Data) -> Data:
        return pool.enter(work, conductor, data)

    @command("declare_interests")
    def declare_interests(self, work: Work, data: Data) -> Data:
        return declarations.declare(work, conductor, data, Terms.of(self.settings))

    @query("declarations")
    def declarations(self, work: Work, data: Data) -> Data:
        return declarations.listed(work, conductor, data)

    @query("owed_declarations")
    def owed_declarations(self, work: Work, data: Data) -> Data:
        return due.owed(work, conductor, data, Terms.of(self.settings))

    @every(seconds=60)
    def chase_declarations(self, work: Work) -> None:
        due.chase(work, Terms.of(self.settings))

    @on_event(DeclarationDue)
    def declaration_due(self, work: Work, event: Received) -> None:
        due.told(work, dict(event.data))

    @command("rate_reviewers")
    def rate_reviewers(self, work: Work, data: Data) -> Data:
        return conduct.by_applicant(work, conductor, data)

    @command("comment_on_applicant")
    def comment_on_applicant(self, work: Work, data: Data) -> Data:
        return conduct.by_reviewer(work, conductor, data)

    @query("conduct_reports")
    def conduct_reports(self, work: Work, data: Data) -> Data:
        return conduct.listed(work, conductor, data)

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

    # --- stages: defence, visits, ranking, reports ---------------------------------------------------------------------

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        applicants.accepted(work, dict(event.data))

    @on_event(DossierPeopleChanged)
    def dossier_people_changed(self, work: Work, event: Received) -> None:
        applicants.changed(work, conductor, dict(event.data))

    @command("plan_defence")
    def plan_defence(self, work: Work, data: Data) -> Data:
        with within(self.settings.plan_seconds):
            return timetables.plan(work, conductor, data)

    @command("move_defence")
    def move_defence(self, work: Work, data: Data) -> Data:
        return timetables.move(work, conductor, data)

    @command("release_defence")
    def release_defence(self, work: Work, data: Data) -> Data:
        return timetables.release(work, conductor, data)

    @command("postpone_defence")
    def postpone_defence(self, work: Work, data: Data) -> Data:
        return timetables.postpone(work, conductor, data)

    @query("defence")
    def defence(self, work: Work, data: Data) -> Data:
        return timetables.listed(work, conductor, data)

    @query("my_defence")
    def my_defence(self, work: Work, data: Data) -> Data:
        return timetables.mine(work, conductor, data)

    @command("name_speakers")
    def name_speakers(self, work: Work, data: Data) -> Data:
        return speakers.name(work, conductor, data)

    @command("record_attendance")
    def record_attendance(self, work: Work, data: Data) -> Data:
        return speakers.attend(work, conductor, data)

    @query("my_appointments")
    def my_appointments(self, work: Work, data: Data) -> Data:
        return appointments.mine(work, conductor, data)

    @command("plan_visits")
    def plan_visits(self, work: Work, data: Data) -> Data:
        with within(self.settings.plan_seconds):
            return planning.plan(work, conductor, data)

    @command("move_visit")
    def move_visit(self, work: Work, data: Data) -> Data:
        return planning.move(work, conductor, data)

    @command("release_visits")
    def release_visits(self, work: Work, data: Data) -> Data:
        return planning.release(work, conductor, data)

    @command("postpone_visit")
    def postpone_visit(self, work: Work, data: Data) -> Data:
        return planning.postpone(work, conductor, data)

    @query("visits")
    def visits(self, work: Work, data: Data) -> Data:
        return planning.listed(work, conductor, data)

    @query("my_visits")
    def my_visits(self, work: Work, data: Data) -> Data:
        return planning.mine(work, conductor, data)

    @command("raise_issue")
    def raise_issue(self, work: Work, data: Data) -> Data:
        return issues.raise_issue(work, conductor, data)

    @command("verify_issue")
    def verify_issue(self, work: Work, data: Data) -> Data:
        return issues.verify(work, conductor, data)

    @command("close_visit")
    def close_visit(self, work: Work, data: Data) -> Data:
        return issues.close(work, conductor, data)

    @command("record_joint_score")
    def record_joint_score(self, work: Work, data: Data) -> Data:
        return issues.record_joint(work, conductor, data)

    @query("ranking")
    def ranking(self, work: Work, data: Data) -> Data:
        return rankings.shown(work, conductor, data)

    @query("deviations")
    def deviations(self, work: Work, data: Data) -> Data:
        return rankings.deviations(work, conductor, data)

    @command("record_stage_report")
    def record_stage_report(self, work: Work, data: Data) -> Data:
        return reports.record(work, conductor, data)

    @query("stage_reports")
    def stage_reports(self, work: Work, data: Data) -> Data:
        return reports.listed(work, conductor, data)

    @query("evaluation")
    def evaluation(self, work: Work, data: Data) -> Data:
        return reports.evaluation(work, conductor, data)

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
        return conflict_lists.listed(work, conductor, data)

    @command("lift_conflict")
    def lift_conflict(self, work: Work, data: Data) -> Data:
        return conflict_lists.lift(work, conductor, data)

    @query("recusals")
    def recusals(self, work: Work, data: Data) -> Data:
        return recorded.listed(work, conductor, data)

    @command("confirm_recusal")
    def confirm_recusal(self, work: Work, data: Data) -> Data:
        return recorded.confirm(work, conductor, data)

    @command("release_hold")
    def release_hold(self, work: Work, data: Data) -> Data:
        return recorded.release(work, conductor, data)

    # --- the public's vote ---

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

    @query("open_votes")
    def open_votes(self, work: Work, data: Data) -> Data:
        return vote.open_now(work)

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

    # --- feedback: reports for applicants, the digest for the public -----------------------------------------------------

    @command("prepare_feedback")
    def prepare_feedback(self, work: Work, data: Data) -> Data:
        return feedback_drafts.prepare(work, conductor, data)

    @query("feedback_reports")
    def feedback_reports(self, work: Work, data: Data) -> Data:
        return feedback_drafts.listed(work, conductor, data)

    @query("feedback_report")
    def feedback_report(self, work: Work, data: Data) -> Data:
        return feedback_drafts.one(work, conductor, data)

    @command("edit_feedback")
    def edit_feedback(self, work: Work, data: Data) -> Data:
        return feedback_drafts.edit(work, conductor, data)

    @command("release_feedback")
    def release_feedback(self, work: Work, data: Data) -> Data:
        return feedback_releasing.release(work, conductor, data)

    @command("correct_feedback")
    def correct_feedback(self, work: Work, data: Data) -> Data:
        return feedback_releasing.correct(work, conductor, data)

    @query("my_feedback")
    def my_feedback(self, work: Work, data: Data) -> Data:
        return own.read(work, conductor, data)

    @query("my_feedback_reports")
    def my_feedback_reports(self, work: Work, data: Data) -> Data:
        return own.listed(work, conductor, data)

    @command("answer_feedback")
    def answer_feedback(self, work: Work, data: Data) -> Data:
        return own.answer(work, conductor, data)

    @query("preview_digest")
    def preview_digest(self, work: Work, data: Data) -> Data:
        return digests.preview(work, conductor, data, least=self.settings.feedback_least)

    @command("publish_digest")
    def publish_digest(self, work: Work, data: Data) -> Data:
        return digests.publish(work, conductor, data, least=self.settings.feedback_least)

    @query("digests")
    def digests(self, work: Work, data: Data) -> Data:
        return digests.listed(work, conductor)

    @query("digest")
    def digest(self, work: Work, data: Data) -> Data:
        return digests.published(work, conductor, data)
