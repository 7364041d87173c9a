"""资格 eligibility on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.eligibility import (
    approvals,
    honours,
    notices,
    own_findings,
    qualification,
    registers,
    standing,
    supervision,
)
from services.eligibility.credit import credit_platform
from services.eligibility.honours import (
    adverse_records,
    breaches,
    case_letters,
    cases,
    certificates,
    credit_delivery,
    credit_reports,
    register,
)
from services.eligibility.honours.certificates import key_ring
from services.eligibility.keeping import keeping
from services.eligibility.notices import corrections, drafts, posting
from services.eligibility.objections import (
    appeals,
    handling,
    hearing,
    letters,
    officers,
    raising,
    ruling,
    shown,
)
from services.eligibility.objections.clock import Terms
from services.eligibility.people import people
from services.eligibility.stages import conductor
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationAccepted,
    AwardApproved,
    CreditReportQueued,
    DossierPeopleChanged,
    PoolJoined,
    PoolLeft,
    RecordReported,
    RecordsAnswered,
    StageClosed,
    TrackingFailed,
)
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.service import Follower
from shared.store import Store, Work

Data = dict[str, Any]


class Eligibility(Follower):
    """Findings, notices, objections, honours, bans."""

    name = "eligibility"
    conductor = conductor
    keeping = keeping

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Days that are none stop the start; so do keys of certificates that are none, and half a credit platform."""
        try:
            Terms.of(settings)
            supervision.Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_{error}") from error
        key_ring(settings)
        credit_platform(settings)

    @property
    def terms(self) -> Terms:
        """The working days of each step of an objection."""
        return Terms.of(self.settings)

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        return supervision.alerts.watched(work, cycles, self.terms)

    def fresh(self, work: Work, cycles: Cycles, since: datetime | None) -> Mapping[str, Mapping[str, int]]:
        return supervision.alerts.fresh(work, cycles, since)

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        standing.keep_applicant(work, conductor, dict(event.data))
        people.accepted(work, dict(event.data))

    @on_event(DossierPeopleChanged)
    def dossier_people_changed(self, work: Work, event: Received) -> None:
        people.changed(work, conductor, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "review", "committee", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(RecordsAnswered)
    def records_answered(self, work: Work, event: Received) -> None:
        qualification.records_answered(work, dict(event.data))
        qualification.evaluate_again(work, conductor, event.data["application_id"])
        adverse_records.answered(work, conductor, dict(event.data))

    @on_event(PoolJoined)
    def pool_joined(self, work: Work, event: Received) -> None:
        registers.pool_joined(work, conductor, dict(event.data))

    @on_event(PoolLeft)
    def pool_left(self, work: Work, event: Received) -> None:
        registers.pool_left(work, conductor, dict(event.data))

    @on_event(RecordReported)
    def record_reported(self, work: Work, event: Received) -> None:
        standing.record_reported(work, dict(event.data))
        adverse_records.reported(work, conductor, dict(event.data))

    @on_event(TrackingFailed)
    def tracking_failed(self, work: Work, event: Received) -> None:
        adverse_records.not_mended(work, conductor, dict(event.data))

    @on_event(AwardApproved)
    def award_approved(self, work: Work, event: Received) -> None:
        approvals.heard(work, conductor, dict(event.data))

    @query("standing")
    def standing(self, work: Work, data: Data) -> Data:
        return standing.standing(work, data)

    @query("organization")
    def organization(self, work: Work, data: Data) -> Data:
        return standing.organization(work, data)

    @query("findings")
    def findings(self, work: Work, data: Data) -> Data:
        return qualification.findings(work, conductor, data)

    @query("my_findings")
    def my_findings(self, work: Work, data: Data) -> Data:
        return own_findings.mine(work, conductor, data)

    @command("judge")
    def judge(self, work: Work, data: Data) -> Data:
        return qualification.judge(work, conductor, data)

    @command("record_ban")
    def record_ban(self, work: Work, data: Data) -> Data:
        return registers.record_ban(work, conductor, data)

    @query("notices")
    def notices(self, work: Work, data: Data) -> Data:
        return notices.listed(work, conductor, data)

    @query("notice")
    def notice(self, work: Work, data: Data) -> Data:
        return posting.one(work, conductor, data, shown_days=self.settings.notice_page_days)

    @query("posted_notices")
    def posted_notices(self, work: Work, data: Data) -> Data:
        return posting.shown(work, data, shown_days=self.settings.notice_page_days)

    @query("notice_draft")
    def notice_draft(self, work: Work, data: Data) -> Data:
        return drafts.show(work, conductor, data)

    @command("edit_notice")
    def edit_notice(self, work: Work, data: Data) -> Data:
        return drafts.edit(work, conductor, data, contact=self.settings.office_contact)

    @command("approve_notice")
    def approve_notice(self, work: Work, data: Data) -> Data:
        return drafts.approve(work, conductor, data)

    @command("report_posting_failure")
    def report_posting_failure(self, work: Work, data: Data) -> Data:
        return posting.report_failure(work, conductor, data)

    @query("notice_correction")
    def notice_correction(self, work: Work, data: Data) -> Data:
        return corrections.show(work, conductor, data)

    @command("edit_notice_correction")
    def edit_notice_correction(self, work: Work, data: Data) -> Data:
        return corrections.edit(work, conductor, data, contact=self.settings.office_contact)

    @command("drop_notice_correction")
    def drop_notice_correction(self, work: Work, data: Data) -> Data:
        return corrections.drop(work, conductor, data)

    @command("approve_notice_correction")
    def approve_notice_correction(self, work: Work, data: Data) -> Data:
        return corrections.approve(work, conductor, data)

    @query("notice_proof")
    def notice_proof(self, work: Work, data: Data) -> Data:
        return posting.proven(work, conductor, data)

    @command("object")
    def object(self, work: Work, data: Data) -> Data:
        return raising.object_(work, conductor, data, self.terms)

    @query("objections")
    def objections(self, work: Work, data: Data) -> Data:
        return shown.listed(work, conductor, data, self.terms)

    @query("due_objections")
    def due_objections(self, work: Work, data: Data) -> Data:
        return shown.due(work, conductor, data, self.terms)

    @query("objection_figures")
    def objection_figures(self, work: Work, data: Data) -> Data:
        return shown.counted(work, conductor, data, self.terms)

    @query("objection")
    def objection(self, work: Work, data: Data) -> Data:
        return shown.case(work, conductor, data, self.terms)

    @query("may_read_objection_paper")
    def may_read_objection_paper(self, work: Work, data: Data) -> Data:
        return shown.may_read_paper(work, data)

    @command("objector")
    def objector(self, work: Work, data: Data) -> Data:
        return officers.objector(work, conductor, data)

    @command("assign_objection")
    def assign_objection(self, work: Work, data: Data) -> Data:
        return officers.assign(work, conductor, data)

    @command("accept_objection")
    def accept_objection(self, work: Work, data: Data) -> Data:
        return handling.accept(work, conductor, data, self.terms)

    @command("inquire")
    def inquire(self, work: Work, data: Data) -> Data:
        return handling.inquire(work, conductor, data, self.terms)

    @command("answer_objection")
    def answer_objection(self, work: Work, data: Data) -> Data:
        return hearing.answer(work, conductor, data, self.terms)

    @query("my_objections")
    def my_objections(self, work: Work, data: Data) -> Data:
        return hearing.mine(work, conductor, data, self.terms)

    @command("rule_on_objection")
    def rule_on_objection(self, work: Work, data: Data) -> Data:
        return ruling.rule_on(work, conductor, data, self.terms)

    @command("appeal_objection")
    def appeal_objection(self, work: Work, data: Data) -> Data:
        return appeals.by_objector(work, conductor, data, self.terms)

    @command("appeal_as_applicant")
    def appeal_as_applicant(self, work: Work, data: Data) -> Data:
        return appeals.by_applicant(work, conductor, data, self.terms)

    @command("decide_appeal")
    def decide_appeal(self, work: Work, data: Data) -> Data:
        return appeals.decide(work, conductor, data, self.terms)

    @command("objection_state")
    def objection_state(self, work: Work, data: Data) -> Data:
        return shown.of_receipt(work, conductor, data, self.terms)

    @query("objection_letter")
    def objection_letter(self, work: Work, data: Data) -> Data:
        return letters.letter(work, conductor, data, self.terms)

    @command("objector_letter")
    def objector_letter(self, work: Work, data: Data) -> Data:
        return letters.to_objector(work, conductor, data, self.terms)

    @command("report_after_award")
    def report_after_award(self, work: Work, data: Data) -> Data:
        return honours.report(work, conductor, data)

    @query("honours")
    def honours(self, work: Work, data: Data) -> Data:
        return honours.listed(work, conductor, data)

    # --- the years after: register, certificates, cases, the use of the title, credit platforms -------------------------

    @query("award_register")
    def award_register(self, work: Work, data: Data) -> Data:
        return register.public(work, data)

    @command("issue_certificates")
    def issue_certificates(self, work: Work, data: Data) -> Data:
        return certificates.issue(work, conductor, data, key_ring(self.settings))

    @command("reissue_certificate")
    def reissue_certificate(self, work: Work, data: Data) -> Data:
        return certificates.reissue(work, conductor, data, key_ring(self.settings))

    @query("certificates")
    def certificates(self, work: Work, data: Data) -> Data:
        return certificates.listed(work, conductor, data)

    @query("certificate")
    def certificate(self, work: Work, data: Data) -> Data:
        return certificates.one(work, conductor, data)

    @query("verify_certificate")
    def verify_certificate(self, work: Work, data: Data) -> Data:
        return certificates.verify(work, data, key_ring(self.settings))

    @query("certificate_keys")
    def certificate_keys(self, work: Work, data: Data) -> Data:
        return certificates.keys(key_ring(self.settings))

    @command("open_case")
    def open_case(self, work: Work, data: Data) -> Data:
        return cases.open_by_hand(work, conductor, data)

    @command("notify_case")
    def notify_case(self, work: Work, data: Data) -> Data:
        return cases.notify(work, conductor, data, days=self.settings.revocation_hearing_days)

    @command("answer_case")
    def answer_case(self, work: Work, data: Data) -> Data:
        return cases.answer(work, conductor, data)

    @command("record_hearing")
    def record_hearing(self, work: Work, data: Data) -> Data:
        return cases.record_hearing(work, conductor, data)

    @command("propose_outcome")
    def propose_outcome(self, work: Work, data: Data) -> Data:
        return cases.propose(work, conductor, data)

    @command("decide_case")
    def decide_case(self, work: Work, data: Data) -> Data:
        return cases.decide(work, conductor, data)

    @command("settle_order")
    def settle_order(self, work: Work, data: Data) -> Data:
        return cases.settle_order(work, conductor, data)

    @query("revocation_cases")
    def revocation_cases(self, work: Work, data: Data) -> Data:
        return cases.listed(work, conductor, data)

    @query("my_revocation_cases")
    def my_revocation_cases(self, work: Work, data: Data) -> Data:
        return cases.own(work, data)

    @command("record_title_breach")
    def record_title_breach(self, work: Work, data: Data) -> Data:
        return breaches.record(work, conductor, data)

    @command("order_correction")
    def order_correction(self, work: Work, data: Data) -> Data:
        return breaches.order(work, conductor, data, days=self.settings.title_correction_days)

    @command("report_correction")
    def report_correction(self, work: Work, data: Data) -> Data:
        return breaches.report_correction(work, conductor, data)

    @command("settle_title_breach")
    def settle_title_breach(self, work: Work, data: Data) -> Data:
        return breaches.settle(work, conductor, data, days=self.settings.title_correction_days)

    @query("title_breaches")
    def title_breaches(self, work: Work, data: Data) -> Data:
        return breaches.listed(work, conductor, data)

    @query("my_title_breaches")
    def my_title_breaches(self, work: Work, data: Data) -> Data:
        return breaches.own(work, data)

    @every(seconds=600)
    def let_corrections_lapse(self, work: Work) -> None:
        breaches.let_lapse(work)

    @on_event(CreditReportQueued, publisher="eligibility", outside=True)
    def deliver_credit_report(self, store: Store, event: Received) -> Callable[[Work], None]:
        platform, terms = credit_platform(self.settings), credit_delivery.Terms.of(self.settings)
        return credit_delivery.deliver(store, event.data["report_id"], conductor, platform, terms)

    @every(seconds=30)
    def take_up_credit_reports(self, work: Work) -> None:
        credit_delivery.take_up(work, credit_delivery.Terms.of(self.settings))

    @query("credit_reports")
    def credit_reports(self, work: Work, data: Data) -> Data:
        return credit_reports.listed(work, conductor, data)

    @command("send_credit_report_again")
    def send_credit_report_again(self, work: Work, data: Data) -> Data:
        return credit_delivery.send_again(work, conductor, data)

    @command("settle_credit_report")
    def settle_credit_report(self, work: Work, data: Data) -> Data:
        return credit_delivery.settle_by_hand(work, conductor, data)

    @command("open_form")
    def open_form(self, work: Work, data: Data) -> Data:
        return supervision.forms.open_form(work, conductor, data, supervision.Terms.of(self.settings))

    @command("answer_form")
    def answer_form(self, work: Work, data: Data) -> Data:
        return supervision.forms.answer_form(work, conductor, data)

    @command("close_form")
    def close_form(self, work: Work, data: Data) -> Data:
        return supervision.forms.close_form(work, conductor, data)

    @command("reopen_form")
    def reopen_form(self, work: Work, data: Data) -> Data:
        return supervision.forms.reopen_form(work, conductor, data, supervision.Terms.of(self.settings))

    @command("withdraw_form")
    def withdraw_form(self, work: Work, data: Data) -> Data:
        return supervision.forms.withdraw_form(work, conductor, data)

    @query("forms")
    def forms(self, work: Work, data: Data) -> Data:
        return supervision.lists.listed(work, conductor, data)

    @query("form")
    def form(self, work: Work, data: Data) -> Data:
        return supervision.lists.one(work, conductor, data)

    @command("note_alert")
    def note_alert(self, work: Work, data: Data) -> Data:
        return supervision.notes.note(work, conductor, data)

    @query("alert_notes")
    def alert_notes(self, work: Work, data: Data) -> Data:
        return supervision.notes.listed(work, conductor, data)

    @query("notes_on")
    def notes_on(self, work: Work, data: Data) -> Data:
        return supervision.notes.on(work, data)

    @query("case_letter")
    def case_letter(self, work: Work, data: Data) -> Data:
        return case_letters.letter(work, conductor, data)
