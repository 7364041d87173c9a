"""资格 eligibility on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from typing import Any

from services.eligibility import approvals, honours, notices, objections, qualification, registers, standing
from services.eligibility.stages import conductor
from shared.bus import Received, command, on_event, query
from shared.contracts.events import (
    ApplicationAccepted,
    AwardApproved,
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

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        super().application_accepted(work, event)
        standing.keep_applicant(work, conductor, dict(event.data))

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
        return objections.object_(work, conductor, data)

    @query("objections")
    def objections(self, work: Work, data: Data) -> Data:
        return objections.listed(work, conductor, data)

    @command("rule_on_objection")
    def rule_on_objection(self, work: Work, data: Data) -> Data:
        return objections.rule_on(work, conductor, data)

    @command("report_after_award")
    def report_after_award(self, work: Work, data: Data) -> Data:
        return honours.report(work, conductor, data)

    @query("honours")
    def honours(self, work: Work, data: Data) -> Data:
        return honours.listed(work, conductor, data)
