"""受理 intake on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.intake import (
    applications,
    cycles,
    enquiries,
    enquiry_answers,
    enquiry_views,
    pool,
    progress,
    rechecks,
    reminders,
)
from services.intake.departments import department_port
from services.intake.enquiry_reader import GatheredReads
from services.intake.enquiry_terms import Terms
from services.intake.metrics import measure
from services.intake.stages import conductor
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationStopped,
    CycleBlocked,
    EnquiryRaised,
    SanctionImposed,
    StageBegun,
    StageClosed,
    StagePlanned,
)
from shared.procedure.service import StageOwner
from shared.store import Store, Work

_OTHERS = ("eligibility", "review", "committee", "incentives")
Data = dict[str, Any]
_READS = GatheredReads()


class Intake(StageOwner):
    """Cycles, applications, enquiries, and the present status of everything."""

    name = "intake"
    conductor = conductor

    @classmethod
    def check(cls, settings: Settings) -> None:
        """A file of departments that is wrong stops the start, and so do hours that are no numbers."""
        try:
            Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_DEPARTMENTS_REMINDERS: {error}") from error
        if settings.departments_file:
            department_port(settings)

    @command("open_cycle")
    def open_cycle(self, work: Work, data: Data) -> Data:
        return cycles.open_cycle(work, data, rehearsals=self.settings.rehearsals == "allowed")

    @query("cycles")
    def cycles(self, work: Work, data: Data) -> Data:
        return cycles.everything(work)

    @query("cycle")
    def cycle(self, work: Work, data: Data) -> Data:
        return cycles.state(work, data["cycle_id"])

    @command("create_application")
    def create_application(self, work: Work, data: Data) -> Data:
        return applications.create(work, data)

    @command("recommend_application")
    def recommend_application(self, work: Work, data: Data) -> Data:
        return applications.recommend(work, data)

    @command("submit_application")
    def submit_application(self, work: Work, data: Data) -> Data:
        return applications.submit(work, data)

    @command("withdraw_application")
    def withdraw_application(self, work: Work, data: Data) -> Data:
        return applications.withdraw(work, data)

    @query("application")
    def application(self, work: Work, data: Data) -> Data:
        return applications.one(work, data)

    @query("applications")
    def applications(self, work: Work, data: Data) -> Data:
        return applications.listed(work, data)

    @query("enquiries")
    def enquiries(self, work: Work, data: Data) -> Data:
        return enquiry_views.listed(work, data)

    @query("application_enquiries")
    def application_enquiries(self, work: Work, data: Data) -> Data:
        return enquiry_views.of_application(work, data)

    @query("departments")
    def departments(self, work: Work, data: Data) -> Data:
        return enquiry_views.departments(work, department_port(self.settings))

    @command("ask_again")
    def ask_again(self, work: Work, data: Data) -> Data:
        return enquiries.ask_again(work, data)

    @on_event(EnquiryRaised, publisher="intake", outside=True)
    def ask(self, store: Store, event: Received) -> Callable[[Work], None]:
        port, terms = department_port(self.settings), Terms.of(self.settings)
        return enquiries.ask(store, event, port, terms, _READS.find)

    @query("my_enquiries")
    def my_enquiries(self, work: Work, data: Data) -> Data:
        return enquiry_answers.mine(work, data)

    @command("answer_enquiry")
    def answer_enquiry(self, work: Work, data: Data) -> Data:
        return enquiry_answers.answer(work, data, Terms.of(self.settings))

    @query("enquiry_batch")
    def enquiry_batch(self, work: Work, data: Data) -> Data:
        return enquiry_answers.outgoing(work, data, Terms.of(self.settings))

    @command("take_batch")
    def take_batch(self, work: Work, data: Data) -> Data:
        return enquiry_answers.take_batch(work, data, Terms.of(self.settings))

    @command("attach_credit_report")
    def attach_credit_report(self, work: Work, data: Data) -> Data:
        return enquiry_answers.attach_report(work, data)

    @query("rechecks")
    def rechecks(self, work: Work, data: Data) -> Data:
        conductor.cycle(work, data["cycle_id"])
        return rechecks.listed(work, data)

    @command("recheck_records")
    def recheck_records(self, work: Work, data: Data) -> Data:
        return rechecks.recheck(work, data)

    @command("decide_records")
    def decide_records(self, work: Work, data: Data) -> Data:
        return rechecks.decide(work, data)

    @every(seconds=5)
    def chase_departments(self, work: Work) -> None:
        reminders.chase(work, Terms.of(self.settings))

    @every(seconds=5)
    def measure_departments(self, work: Work) -> None:
        measure(self.settings)

    @command("join_pool")
    def join_pool(self, work: Work, data: Data) -> Data:
        return pool.join(work, data)

    @on_event(StagePlanned, publisher=_OTHERS)
    def stage_planned(self, work: Work, event: Received) -> None:
        progress.stage_planned(work, dict(event.data))
        rechecks.stage_planned(work, dict(event.data))

    @on_event(StageBegun, publisher=_OTHERS)
    def stage_begun(self, work: Work, event: Received) -> None:
        progress.stage_begun(work, dict(event.data))

    @on_event(StageClosed, publisher=_OTHERS)
    def stage_closed(self, work: Work, event: Received) -> None:
        progress.stage_closed(work, dict(event.data))

    @on_event(CycleBlocked, publisher=_OTHERS)
    def cycle_blocked(self, work: Work, event: Received) -> None:
        progress.cycle_blocked(work, dict(event.data))

    @on_event(ApplicationStopped, publisher=("review", "committee"))
    def application_stopped(self, work: Work, event: Received) -> None:
        progress.application_stopped(work, dict(event.data))

    @on_event(SanctionImposed)
    def sanction_imposed(self, work: Work, event: Received) -> None:
        progress.sanction_imposed(work, dict(event.data))
