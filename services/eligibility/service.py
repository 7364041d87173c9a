"""资格 eligibility on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.eligibility import dossier_people, honours, notices, qualification, registers, standing
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
from services.eligibility.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    ApplicationAccepted,
    DossierPeopleChanged,
    PoolJoined,
    PoolLeft,
    RecordReported,
    RecordsAnswered,
    StageClosed,
)
from shared.procedure.service import Follower
from shared.store import Work

Data = dict[str, Any]


class Eligibility(Follower):
    """Findings, notices, objections, honours, bans."""

    name = "eligibility"
    conductor = conductor

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Days that are none stop the start."""
        try:
            Terms.of(settings)
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_{error}") from error

    @property
    def terms(self) -> Terms:
        """The working days of each step of an objection."""
        return Terms.of(self.settings)

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        standing.keep_applicant(work, conductor, dict(event.data))
        dossier_people.accepted(work, dict(event.data))

    @on_event(DossierPeopleChanged)
    def dossier_people_changed(self, work: Work, event: Received) -> None:
        dossier_people.changed(work, conductor, dict(event.data))

    @on_event(StageClosed, publisher=("intake", "review", "committee", "incentives"))
    def stage_closed(self, work: Work, event: Received) -> None:
        conductor.stage_closed(work, dict(event.data))

    @on_event(RecordsAnswered)
    def records_answered(self, work: Work, event: Received) -> None:
        qualification.records_answered(work, dict(event.data))
        qualification.evaluate_again(work, conductor, event.data["application_id"])

    @on_event(PoolJoined)
    def pool_joined(self, work: Work, event: Received) -> None:
        registers.pool_joined(work, conductor, dict(event.data))

    @on_event(PoolLeft)
    def pool_left(self, work: Work, event: Received) -> None:
        registers.pool_left(work, conductor, dict(event.data))

    @on_event(RecordReported)
    def record_reported(self, work: Work, event: Received) -> None:
        standing.record_reported(work, dict(event.data))

    @query("standing")
    def standing(self, work: Work, data: Data) -> Data:
        return standing.standing(work, data)

    @query("organization")
    def organization(self, work: Work, data: Data) -> Data:
        return standing.organization(work, data)

    @query("findings")
    def findings(self, work: Work, data: Data) -> Data:
        return qualification.findings(work, conductor, data)

    @command("judge")
    def judge(self, work: Work, data: Data) -> Data:
        return qualification.judge(work, conductor, data)

    @command("record_ban")
    def record_ban(self, work: Work, data: Data) -> Data:
        return registers.record_ban(work, conductor, data)

    @query("notices")
    def notices(self, work: Work, data: Data) -> Data:
        return notices.listed(work, conductor, data)

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
