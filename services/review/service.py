"""评审 review on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.review import (
    admission,
    applicants,
    appointments,
    experts,
    rankings,
    reports,
    results,
    seats,
    sheets,
    social_votes,
)
from services.review.defence import speakers, timetables
from services.review.stages import conductor
from services.review.visits import issues, planning
from shared.bus import Received, command, on_event, query
from shared.contracts.events import (
    ApplicationAccepted,
    DossierPeopleChanged,
    PoolAdviserRegistered,
    StageClosed,
)
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
