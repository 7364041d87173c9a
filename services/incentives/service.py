"""激励 incentives on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.incentives import (
    alerts,
    awards,
    budgets,
    clawbacks,
    costs,
    funds,
    ledger,
    money,
    payees,
    pool,
    receivables,
    records,
    stops,
    use_reports,
)
from services.incentives.keeping import keeping
from services.incentives.payments import batches, reconciling, sending
from services.incentives.payments.sending import Outside
from services.incentives.payments.terms import Terms, bank_of
from services.incentives.people import people
from services.incentives.stages import conductor
from services.incentives.tracking import files, orders, overview, owed, regressions, reports, shown, visits
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationNotAccepted,
    BanRecorded,
    DossierPeopleChanged,
    PaymentOrdered,
    PoolCostApproved,
    PoolJoined,
    PoolLeft,
    RecordsConfirmed,
    RecordsDiffer,
    SanctionImposed,
    StageClosed,
)
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.service import Follower
from shared.store import Store, Work

Data = dict[str, Any]
_FEWEST = 2  # of fewer, everybody is known


class Incentives(Follower):
    """Grants, budgets, payments, what is owed back, how money was used, tracking."""

    name = "incentives"
    conductor = conductor
    keeping = keeping

    @classmethod
    def check(cls, settings: Settings) -> None:
        """A bank without a secret, days that are no numbers, and a least that hides nobody stop the start."""
        try:
            receivables.Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_CLAWBACK_REMINDERS: {error}") from error
        if settings.payments_url:
            settings.require("payments_secret")
        if settings.tracking_least < _FEWEST:
            raise ConfigurationError(f"ZHIHENG_TRACKING_LEAST: fewer than {_FEWEST} hide nobody")
        if settings.tracking_answer_days < 1:
            raise ConfigurationError("ZHIHENG_TRACKING_ANSWER_DAYS: at least one day")
        try:
            _ = settings.tracking_reminder_days
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_TRACKING_REMINDERS: {error}") from error

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        return alerts.watched(work, cycles)

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        people.accepted(work, dict(event.data))
        pool.accepted(work, conductor, dict(event.data))

    @on_event(ApplicationNotAccepted)
    def application_not_accepted(self, work: Work, event: Received) -> None:
        pool.not_accepted(work, conductor, dict(event.data))

    @on_event(DossierPeopleChanged)
    def dossier_people_changed(self, work: Work, event: Received) -> None:
        people.changed(work, conductor, dict(event.data))

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
        clawbacks.sanction_imposed(work, conductor, dict(event.data), receivables.Terms.of(self.settings))
        files.sanction_imposed(work, conductor, dict(event.data))

    @on_event(BanRecorded)
    def ban_recorded(self, work: Work, event: Received) -> None:
        stops.ban_recorded(work, conductor, dict(event.data))

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

    @command("prepare_cost")
    def prepare_cost(self, work: Work, data: Data) -> Data:
        return costs.prepare(work, conductor, data)

    @command("decide_cost")
    def decide_cost(self, work: Work, data: Data) -> Data:
        return costs.decide(work, conductor, data)

    @query("costs")
    def costs(self, work: Work, data: Data) -> Data:
        return costs.listed(work, conductor, data)

    @command("set_budget")
    def set_budget(self, work: Work, data: Data) -> Data:
        return budgets.set_budget(work, conductor, data)

    @query("budgets")
    def budgets(self, work: Work, data: Data) -> Data:
        return budgets.listed(work, conductor, data)

    @command("enter_payee")
    def enter_payee(self, work: Work, data: Data) -> Data:
        return payees.enter(work, conductor, data)

    @command("check_payee")
    def check_payee(self, work: Work, data: Data) -> Data:
        return payees.check(work, conductor, data)

    @query("payees")
    def payees(self, work: Work, data: Data) -> Data:
        return payees.listed(work, conductor, data)

    @query("funds")
    def funds(self, work: Work, data: Data) -> Data:
        return funds.listed(work, data)

    @query("money")
    def money(self, work: Work, data: Data) -> Data:
        return money.listed(work, conductor, data)

    @command("assemble_batch")
    def assemble_batch(self, work: Work, data: Data) -> Data:
        return batches.assemble(work, conductor, data, Terms.of(self.settings))

    @command("decide_batch")
    def decide_batch(self, work: Work, data: Data) -> Data:
        return batches.decide(work, conductor, data, Terms.of(self.settings))

    @query("batches")
    def batches(self, work: Work, data: Data) -> Data:
        return batches.listed(work, conductor, data)

    @query("batch")
    def batch(self, work: Work, data: Data) -> Data:
        return batches.one(work, conductor, data)

    @query("payment_file")
    def payment_file(self, work: Work, data: Data) -> Data:
        return batches.payment_file(work, conductor, data)

    @on_event(PaymentOrdered, outside=True)
    def pay(self, store: Store, event: Received) -> Callable[[Work], None]:
        bank = bank_of(self.settings, store.clock)
        outside = Outside(conductor, bank, Terms.of(self.settings))
        return sending.send(store, event.data["line_id"], event.context, outside)

    @every(seconds=2.0)
    def chase_payments(self, work: Work) -> None:
        sending.chase(work, Terms.of(self.settings))

    @command("read_bank_file")
    def read_bank_file(self, work: Work, data: Data) -> Data:
        return reconciling.read_bank_file(work, conductor, data)

    @query("unknown_payments")
    def unknown_payments(self, work: Work, data: Data) -> Data:
        return reconciling.listed(work, conductor, data)

    @command("propose_outcome")
    def propose_outcome(self, work: Work, data: Data) -> Data:
        return reconciling.propose(work, conductor, data)

    @command("decide_outcome")
    def decide_outcome(self, work: Work, data: Data) -> Data:
        return reconciling.decide(work, conductor, data)

    @query("receivables")
    def receivables(self, work: Work, data: Data) -> Data:
        return receivables.listed(work, conductor, data)

    @command("record_receipt")
    def record_receipt(self, work: Work, data: Data) -> Data:
        return receivables.record_receipt(work, conductor, data)

    @command("propose_instalments")
    def propose_instalments(self, work: Work, data: Data) -> Data:
        return receivables.propose_instalments(work, conductor, data)

    @command("decide_instalments")
    def decide_instalments(self, work: Work, data: Data) -> Data:
        return receivables.decide_instalments(work, conductor, data)

    @command("propose_write_off")
    def propose_write_off(self, work: Work, data: Data) -> Data:
        return receivables.propose_write_off(work, conductor, data)

    @command("decide_write_off")
    def decide_write_off(self, work: Work, data: Data) -> Data:
        return receivables.decide_write_off(work, conductor, data)

    @every(seconds=3600.0)
    def remind_debtors(self, work: Work) -> None:
        receivables.remind(work, receivables.Terms.of(self.settings))

    @every(seconds=900.0)
    def remind_winners(self, work: Work) -> None:
        owed.remind(work, self.settings.tracking_reminder_days)

    @command("report_use")
    def report_use(self, work: Work, data: Data) -> Data:
        return use_reports.report(work, conductor, data, self.settings.use_report_days)

    @command("decide_use")
    def decide_use(self, work: Work, data: Data) -> Data:
        return use_reports.decide(work, conductor, data)

    @query("use_reports")
    def use_reports(self, work: Work, data: Data) -> Data:
        return use_reports.listed(work, conductor, data, self.settings.use_report_days)

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
