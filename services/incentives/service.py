"""激励 incentives on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.incentives import awards, clawbacks, ledger, pool, records
from services.incentives.people import people
from services.incentives.stages import conductor
from services.incentives.tracking import files, orders, overview, owed, regressions, reports, shown, visits
from shared.bus import Received, command, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationNotAccepted,
    DossierPeopleChanged,
    PoolCostApproved,
    PoolJoined,
    PoolLeft,
    RecordsConfirmed,
    RecordsDiffer,
    SanctionImposed,
    StageClosed,
)
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]
_FEWEST = 2  # of fewer, everybody is known


class Incentives(Follower):
    """Grants, budget, earlier payments, clawbacks, tracking."""

    name = "incentives"
    conductor = conductor

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Terms that cannot be meant stop the start."""
        if settings.tracking_least < _FEWEST:
            raise ConfigurationError(f"ZHIHENG_TRACKING_LEAST: fewer than {_FEWEST} hide nobody")
        if settings.tracking_answer_days < 1:
            raise ConfigurationError("ZHIHENG_TRACKING_ANSWER_DAYS: at least one day")
        try:
            _ = settings.tracking_reminder_days
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_TRACKING_REMINDERS: {error}") from error

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        people.accepted(work, dict(event.data))
        pool.accepted(work, conductor, dict(event.data))

    @on_event(DossierPeopleChanged)
    def people_changed(self, work: Work, event: Received) -> None:
        people.changed(work, conductor, dict(event.data))

    @on_event(ApplicationNotAccepted)
    def application_not_accepted(self, work: Work, event: Received) -> None:
        pool.not_accepted(work, conductor, dict(event.data))

    @on_event(PoolJoined)
    def pool_joined(self, work: Work, event: Received) -> None:
        pool.joined(work, conductor, dict(event.data))

    @on_event(PoolLeft)
    def pool_left(self, work: Work, event: Received) -> None:
        pool.left(work, conductor, dict(event.data))

    @on_event(PoolCostApproved)
    def pool_cost_approved(self, work: Work, event: Received) -> None:
        pool.cost_approved(work, conductor, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "eligibility", "review", "committee"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(SanctionImposed)
    def sanction_imposed(self, work: Work, event: Received) -> None:
        clawbacks.sanction_imposed(work, conductor, dict(event.data))
        files.sanction_imposed(work, conductor, dict(event.data))

    @on_event(RecordsConfirmed)
    def records_confirmed(self, work: Work, event: Received) -> None:
        records.confirmed(work, conductor, dict(event.data))

    @on_event(RecordsDiffer)
    def records_differ(self, work: Work, event: Received) -> None:
        records.differ(work, conductor, dict(event.data))

    @query("grants")
    def grants(self, work: Work, data: Data) -> Data:
        return ledger.listed(work, conductor, data)

    @command("record_paid")
    def record_paid(self, work: Work, data: Data) -> Data:
        return awards.record_paid(work, conductor, data)

    @query("tracking_files")
    def tracking_files(self, work: Work, data: Data) -> Data:
        return shown.listed(work, conductor, data)

    @query("tracking_file")
    def tracking_file(self, work: Work, data: Data) -> Data:
        return shown.one(work, conductor, data)

    @query("tracking_due")
    def tracking_due(self, work: Work, data: Data) -> Data:
        return owed.listed(work, conductor, data, days=self.settings.tracking_reminder_days)

    @query("tracking_overview")
    def tracking_overview(self, work: Work, data: Data) -> Data:
        return overview.overview(work, conductor, data, least=self.settings.tracking_least)

    @query("my_tracking_file")
    def my_tracking_file(self, work: Work, data: Data) -> Data:
        return shown.one(work, conductor, data)

    @command("save_tracking_text")
    def save_tracking_text(self, work: Work, data: Data) -> Data:
        return reports.save_text(work, conductor, data)

    @command("save_tracking_figure")
    def save_tracking_figure(self, work: Work, data: Data) -> Data:
        return reports.save_figure(work, conductor, data)

    @command("add_tracking_papers")
    def add_tracking_papers(self, work: Work, data: Data) -> Data:
        return reports.add_papers(work, conductor, data)

    @command("drop_tracking_paper")
    def drop_tracking_paper(self, work: Work, data: Data) -> Data:
        return reports.drop_paper(work, conductor, data)

    @command("submit_tracking_report")
    def submit_tracking_report(self, work: Work, data: Data) -> Data:
        return reports.hand_in(work, conductor, data)

    @command("return_tracking_report")
    def return_tracking_report(self, work: Work, data: Data) -> Data:
        return reports.return_(work, conductor, data)

    @command("accept_tracking_report")
    def accept_tracking_report(self, work: Work, data: Data) -> Data:
        return reports.accept(work, conductor, data, answer_days=self.settings.tracking_answer_days)

    @command("answer_tracking_warning")
    def answer_tracking_warning(self, work: Work, data: Data) -> Data:
        return regressions.answer(work, conductor, data)

    @command("plan_tracking_visit")
    def plan_tracking_visit(self, work: Work, data: Data) -> Data:
        return visits.plan(work, conductor, data)

    @command("record_tracking_visit")
    def record_tracking_visit(self, work: Work, data: Data) -> Data:
        return visits.record(work, conductor, data)

    @command("cancel_tracking_visit")
    def cancel_tracking_visit(self, work: Work, data: Data) -> Data:
        return visits.cancel(work, conductor, data)

    @command("issue_rectification")
    def issue_rectification(self, work: Work, data: Data) -> Data:
        return orders.issue(work, conductor, data)

    @command("answer_rectification")
    def answer_rectification(self, work: Work, data: Data) -> Data:
        return orders.answer(work, conductor, data)

    @command("decide_rectification")
    def decide_rectification(self, work: Work, data: Data) -> Data:
        return orders.decide(work, conductor, data)
