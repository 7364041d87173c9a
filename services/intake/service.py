"""受理 intake on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.intake import (
    alerts,
    applications,
    bodies,
    checking,
    clerks,
    contacts,
    cycles,
    drafts,
    enquiries,
    enquiry_answers,
    enquiry_views,
    file_checks,
    files,
    lists,
    nominated,
    nominations,
    papers,
    people,
    pool,
    pool_advisers,
    pool_projects,
    pool_requests,
    progress,
    rechecks,
    recommendations,
    reminders,
    reported,
    stage_numbers,
    submissions,
)
from services.intake.archive import contents, due, holds, packages
from services.intake.archive import lists as destruction
from services.intake.corrections import CorrectionTerms
from services.intake.departments import department_port
from services.intake.enquiry_reader import GatheredReads
from services.intake.enquiry_terms import Terms
from services.intake.keeping import keeping
from services.intake.metrics import measure
from services.intake.stages import conductor
from shared.bus import Received, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationStopped,
    CycleBlocked,
    EnquiryRaised,
    FileReceived,
    PaperReceived,
    RecordsDestroyed,
    SanctionImposed,
    StageBegun,
    StageClosed,
    StageExtended,
    StagePlanned,
)
from shared.procedure.alerts import Cycles, Watched
from shared.procedure.service import StageOwner
from shared.store import Store, Work

_OTHERS = ("eligibility", "review", "committee", "incentives")
Data = dict[str, Any]
_READS = GatheredReads()
_NUMBERS = stage_numbers.StageNumbers()


class Intake(StageOwner):
    """Cycles, applications, enquiries, and the present status of everything."""

    name = "intake"
    conductor = conductor
    keeping = keeping

    def watched(self, work: Work, cycles: Cycles) -> Mapping[str, Watched]:
        return alerts.watched(work, cycles)

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

    @query("stage_numbers")
    def stage_numbers(self, work: Work, data: Data) -> Data:
        return _NUMBERS.of(work, data["cycle_id"])

    @command("create_application")
    def create_application(self, work: Work, data: Data) -> Data:
        return applications.create(work, data)

    @command("save_draft")
    def save_draft(self, work: Work, data: Data) -> Data:
        return drafts.save(work, data)

    @query("draft")
    def draft(self, work: Work, data: Data) -> Data:
        return drafts.one(work, data)

    @query("check_application")
    def check_application(self, work: Work, data: Data) -> Data:
        return checking.check(work, data)

    @query("people")
    def people(self, work: Work, data: Data) -> Data:
        return people.listed(work, data)

    @command("invite")
    def invite(self, work: Work, data: Data) -> Data:
        return people.invite(work, data, days=self.settings.invitation_days)

    @command("join")
    def join(self, work: Work, data: Data) -> Data:
        return people.join(work, data)

    @command("set_person")
    def set_person(self, work: Work, data: Data) -> Data:
        return people.set_person(work, data)

    @command("submit_application")
    def submit_application(self, work: Work, data: Data) -> Data:
        return applications.submit(work, data)

    @command("accept_application")
    def accept_application(self, work: Work, data: Data) -> Data:
        return applications.accept(work, data)

    @command("return_application")
    def return_application(self, work: Work, data: Data) -> Data:
        terms = CorrectionTerms(self.settings.correction_days, self.settings.correction_most_days)
        return applications.send_back(work, data, terms=terms)

    @query("receipt")
    def receipt(self, work: Work, data: Data) -> Data:
        return submissions.receipt(work, data)

    @command("withdraw_application")
    def withdraw_application(self, work: Work, data: Data) -> Data:
        return applications.withdraw(work, data)

    @query("application")
    def application(self, work: Work, data: Data) -> Data:
        return applications.one(work, data)

    @query("my_applications")
    def my_applications(self, work: Work, data: Data) -> Data:
        return lists.mine_everywhere(work)

    @query("contacts")
    def contacts(self, work: Work, data: Data) -> Data:
        return contacts.listed(work, data)

    @query("contact")
    def contact(self, work: Work, data: Data) -> Data:
        return contacts.of(work, data)

    @command("change_contact")
    def change_contact(self, work: Work, data: Data) -> Data:
        return contacts.replace(work, data)

    @query("recipients")
    def recipients(self, work: Work, data: Data) -> Data:
        return lists.recipients(work, data)

    @query("names")
    def names(self, work: Work, data: Data) -> Data:
        return lists.names(work, data)

    @query("applications")
    def applications(self, work: Work, data: Data) -> Data:
        return lists.listed(work, data)

    @query("recommending_bodies")
    def recommending_bodies(self, work: Work, data: Data) -> Data:
        return bodies.listed(work)

    @command("register_recommending_body")
    def register_recommending_body(self, work: Work, data: Data) -> Data:
        return bodies.register(work, data)

    @command("set_recommending_body")
    def set_recommending_body(self, work: Work, data: Data) -> Data:
        return bodies.change(work, data)

    @command("choose_recommender")
    def choose_recommender(self, work: Work, data: Data) -> Data:
        return recommendations.choose(work, data)

    @query("recommendation_queue")
    def recommendation_queue(self, work: Work, data: Data) -> Data:
        return recommendations.queue(work, data)

    @query("recommendation")
    def recommendation(self, work: Work, data: Data) -> Data:
        return recommendations.state(work, data)

    @command("recommend_application")
    def recommend_application(self, work: Work, data: Data) -> Data:
        return recommendations.sign(work, data)

    @command("decline_recommendation")
    def decline_recommendation(self, work: Work, data: Data) -> Data:
        return recommendations.decline(work, data)

    @command("nominate")
    def nominate(self, work: Work, data: Data) -> Data:
        return nominations.nominate(work, data)

    @query("nominations")
    def nominations(self, work: Work, data: Data) -> Data:
        return nominations.listed(work, data)

    @query("open_nominations")
    def open_nominations(self, work: Work, data: Data) -> Data:
        return nominated.open_to(work, data)

    @command("take_up_nomination")
    def take_up_nomination(self, work: Work, data: Data) -> Data:
        return nominated.take_up(work, data)

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

    @query("files")
    def files(self, work: Work, data: Data) -> Data:
        return files.listed(work, data, files.FileTerms.of(self.settings))

    @query("file")
    def file(self, work: Work, data: Data) -> Data:
        return files.one(work, data)

    @query("file_previews")
    def file_previews(self, work: Work, data: Data) -> Data:
        return files.previews(work, data)

    @query("may_add_file")
    def may_add_file(self, work: Work, data: Data) -> Data:
        return files.may_add(work, data, files.FileTerms.of(self.settings))

    @command("add_file")
    def add_file(self, work: Work, data: Data) -> Data:
        return files.add(work, data, files.FileTerms.of(self.settings))

    @command("remove_file")
    def remove_file(self, work: Work, data: Data) -> Data:
        return files.remove(work, data)

    @on_event(FileReceived, publisher="intake", outside=True)
    def check_file(self, store: Store, event: Received) -> Callable[[Work], None]:
        return file_checks.check(store, event, self.settings)

    @query("may_add_paper")
    def may_add_paper(self, work: Work, data: Data) -> Data:
        return papers.may_add(work, data, papers.PaperTerms.of(self.settings))

    @command("add_paper")
    def add_paper(self, work: Work, data: Data) -> Data:
        return papers.add(work, data, papers.PaperTerms.of(self.settings))

    @query("paper")
    def paper(self, work: Work, data: Data) -> Data:
        return papers.one(work, data)

    @command("claim_papers")
    def claim_papers(self, work: Work, data: Data) -> Data:
        return papers.claim(work, data)

    @command("release_papers")
    def release_papers(self, work: Work, data: Data) -> Data:
        return papers.release(work, data)

    @on_event(PaperReceived, publisher="intake", outside=True)
    def check_paper(self, store: Store, event: Received) -> Callable[[Work], None]:
        return file_checks.check_paper(store, event, self.settings)

    @query("my_enquiries")
    def my_enquiries(self, work: Work, data: Data) -> Data:
        return enquiry_answers.mine(work, data)

    @query("to_answer")
    def to_answer(self, work: Work, data: Data) -> Data:
        return enquiry_answers.of_all_cycles(work, data)

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

    @every(seconds=300)
    def tell_clerks(self, work: Work) -> None:
        clerks.tell(work, self.settings.task_reminder_days, self.settings.messages_hour)

    @every(seconds=5)
    def measure_departments(self, work: Work) -> None:
        measure(self.settings)

    @command("join_pool")
    def join_pool(self, work: Work, data: Data) -> Data:
        return pool.join(work, data)

    @command("ask_for_pool")
    def ask_for_pool(self, work: Work, data: Data) -> Data:
        return pool_requests.ask(work, data)

    @query("pool_requests")
    def pool_requests(self, work: Work, data: Data) -> Data:
        return pool_requests.listed(work, data)

    @command("decide_pool_request")
    def decide_pool_request(self, work: Work, data: Data) -> Data:
        return pool_requests.decide(work, data)

    @query("pool_members")
    def pool_members(self, work: Work, data: Data) -> Data:
        return pool.members(work, data)

    @command("entrust_pool_member")
    def entrust_pool_member(self, work: Work, data: Data) -> Data:
        return pool.entrust(work, data)

    @command("review_pool_member")
    def review_pool_member(self, work: Work, data: Data) -> Data:
        return pool.review(work, data)

    @command("leave_pool")
    def leave_pool(self, work: Work, data: Data) -> Data:
        return pool.leave(work, data)

    @command("ask_for_pool_project")
    def ask_for_pool_project(self, work: Work, data: Data) -> Data:
        return pool_projects.ask(work, data)

    @command("decide_pool_project")
    def decide_pool_project(self, work: Work, data: Data) -> Data:
        return pool_projects.decide(work, data)

    @command("register_adviser")
    def register_adviser(self, work: Work, data: Data) -> Data:
        return pool_advisers.register(work, data)

    @query("pool_advisers")
    def pool_advisers(self, work: Work, data: Data) -> Data:
        return pool_advisers.listed(work, data)

    @command("report_record")
    def report_record(self, work: Work, data: Data) -> Data:
        return reported.report(work, data)

    @query("reported_records")
    def reported_records(self, work: Work, data: Data) -> Data:
        return reported.listed(work, data)

    @query("records_due")
    def records_due(self, work: Work, data: Data) -> Data:
        return due.listed(work, data)

    @command("place_hold")
    def place_hold(self, work: Work, data: Data) -> Data:
        return holds.place(work, data)

    @command("lift_hold")
    def lift_hold(self, work: Work, data: Data) -> Data:
        return holds.lift(work, data)

    @query("holds")
    def holds(self, work: Work, data: Data) -> Data:
        return holds.listed(work, data)

    @command("prepare_destruction")
    def prepare_destruction(self, work: Work, data: Data) -> Data:
        return destruction.prepare(work, data)

    @command("sign_destruction")
    def sign_destruction(self, work: Work, data: Data) -> Data:
        return destruction.sign(work, data)

    @command("execute_destruction")
    def execute_destruction(self, work: Work, data: Data) -> Data:
        return destruction.execute(work, data)

    @command("withdraw_destruction")
    def withdraw_destruction(self, work: Work, data: Data) -> Data:
        return destruction.withdraw(work, data)

    @query("destruction_list")
    def destruction_list(self, work: Work, data: Data) -> Data:
        return destruction.one(work, data)

    @query("destruction_lists")
    def destruction_lists(self, work: Work, data: Data) -> Data:
        return destruction.listed(work, data)

    @command("register_package")
    def register_package(self, work: Work, data: Data) -> Data:
        return packages.register(work, data)

    @query("packages")
    def packages(self, work: Work, data: Data) -> Data:
        return packages.listed(work, data)

    @on_event(RecordsDestroyed, publisher="intake", outside=True)
    def remove_contents(self, store: Store, event: Received) -> Callable[[Work], None]:
        return contents.remove(store, event, self.settings)

    @on_event(StagePlanned, publisher=_OTHERS)
    def stage_planned(self, work: Work, event: Received) -> None:
        progress.stage_planned(work, dict(event.data))
        rechecks.stage_planned(work, dict(event.data))

    @on_event(StageBegun, publisher=_OTHERS)
    def stage_begun(self, work: Work, event: Received) -> None:
        progress.stage_begun(work, dict(event.data))

    @on_event(StageExtended)
    def stage_extended(self, work: Work, event: Received) -> None:
        progress.stage_extended(work, dict(event.data))

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
