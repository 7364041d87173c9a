"""资格审查: applications held against the rulebook, judged by the office where the program may not decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, delete, select

from services.eligibility import models, registers
from services.eligibility.registers import banned_until, bans_of, pool_of, prior_awards
from shared.contracts.base import dump
from shared.contracts.dossier import Dossier, Record
from shared.problems import Conflict, NotFound, Transient, invalid_field
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.rulebooks import Stage
from shared.rulebooks.evaluator import Case, Peer, evaluate
from shared.rulebooks.findings import (
    Finding,
    Judgements,
    Standing,
    failing_rules,
    standing,
)
from shared.rulebooks.findings import (
    Outcome as Found,
)
from shared.rulebooks.prior_awards import levels_won
from shared.store import Work

STAGE_KIND = "qualification"


def records_answered(work: Work, data: dict[str, Any]) -> None:
    """Keep what a department said, or that it stayed silent; an older revision is ignored."""
    table = models.answers
    where = and_(table.c.application_id == data["application_id"], table.c.department == data["department"])
    known = work.session.execute(select(table.c.revision).where(where)).scalar_one_or_none()
    if known is not None and known >= data["revision"]:
        return
    work.session.execute(delete(table).where(where))
    records = None if data["records"] is None else [dump(Record(), r) for r in data["records"]]
    names = ("application_id", "department", "cycle_id", "revision", "answered", "answer_digest")
    work.session.execute(table.insert().values(records=records, **{name: data[name] for name in names}))
    work.audit(
        "records:received",
        f"{data['application_id']}/{data['department']}",
        after={"answered": data["answered"], "answer_digest": data["answer_digest"]},
        cycle_id=data["cycle_id"],
    )


def evaluate_again(work: Work, conductor: Conductor, application_id: str) -> None:
    """Evaluate one application anew, if its qualification runs."""
    found = conductor.records.dossier(work, application_id)
    if found is None:
        raise Transient("申报材料尚未到达", "the dossier has not arrived yet")
    cycle = conductor.cycle(work, found[0])
    stage = stage_of(cycle)
    if stage is None or conductor.row(work, cycle.cycle_id, stage.key).state != "begun":
        return
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    evaluate_all(work, cycle, [e for e in entrants if e.application_id == application_id], entrants)


def evaluate_all(work: Work, cycle: Cycle, wanted: list[Entrant], entrants: list[Entrant]) -> None:
    """Evaluate each against the rulebook and keep the findings with their receipt.

    `entrants` are all of the cycle, since some conditions compare applications with each other.
    """
    records = _records(work, cycle)
    peers = [_peer(entrant) for entrant in entrants]
    table = models.evaluations
    for entrant in wanted:
        case = _case(work, cycle, entrant, records.get(entrant.application_id, {}), peers)
        found = evaluate(cycle.rulebook, case)
        work.session.execute(delete(table).where(table.c.application_id == entrant.application_id))
        work.session.execute(
            table.insert().values(
                application_id=entrant.application_id,
                cycle_id=cycle.cycle_id,
                findings=[finding.as_dict() for finding in found.findings],
                barred_levels=list(found.barred_levels),
                receipt=found.receipt.as_dict(),
            )
        )
        work.audit(
            "application:evaluated",
            entrant.application_id,
            after=found.receipt.as_dict(),
            cycle_id=cycle.cycle_id,
        )


def records_awaited(work: Work, cycle: Cycle, entrants: list[Entrant]) -> list[str]:
    """Departments that are being asked and have not come to an end: neither an answer nor silence."""
    records = _records(work, cycle)
    return [
        f"records {entrant.application_id} {department}"
        for entrant in entrants
        for department in cycle.rulebook.departments
        if department not in records.get(entrant.application_id, {})
    ]


def silences(work: Work, cycle: Cycle, entrants: list[Entrant]) -> list[str]:
    """Departments that stayed silent; pressed once more, they may answer yet."""
    records = _records(work, cycle)
    return [
        f"silence {entrant.application_id} {department}"
        for entrant in entrants
        for department, answer in sorted(records.get(entrant.application_id, {}).items())
        if answer is None
    ]


def waiting_for(work: Work, cycle: Cycle, entrants: list[Entrant]) -> tuple[list[str], list[str]]:
    """The departments' records, and judgements that the office owes."""
    states = _states(work, cycle, entrants)
    judgements = [
        f"judgement {application_id}"
        for application_id, state in states.items()
        if state.standing is Standing.AWAITING_JUDGEMENT
    ]
    return records_awaited(work, cycle, entrants), judgements


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Who goes on, who is ineligible, who waits for a department."""
    states = _states(work, cycle, entrants)
    return [_outcome(work, cycle, stage, entrant, states[entrant.application_id]) for entrant in entrants]


def _outcome(work: Work, cycle: Cycle, stage: Stage, entrant: Entrant, state: _State) -> Outcome:
    if state.standing is Standing.QUALIFIED:
        won = levels_won(cycle.rulebook, prior_awards(work, cycle, entrant.dossier, entrant.application_id))
        carried = {"barred_levels": list(state.barred_levels), "won_levels": list(won)}
        return outcome(entrant.application_id, passed=True, carried=carried)
    if state.standing is Standing.INELIGIBLE:
        rules = failing_rules(state.findings, state.judged)
        zh, en = f"不符合申报条件：{'、'.join(rules)}", f"conditions not met: {', '.join(rules)}"
    else:
        zh = "有部门尚未答复，不能视为无不良记录"
        en = "a department has not answered, and that is no clean record"
    return outcome(
        entrant.application_id,
        passed=False,
        status=state.standing.value,
        stopped_at=stage.key,
        reason_zh=zh,
        reason_en=en,
    )


def judge(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A named officer decides what needs judgement; a decision may be revised until the stage closes."""
    cycle, entrant = conductor.application(work, data["application_id"])
    stage = stage_of(cycle)
    if stage is None or conductor.row(work, cycle.cycle_id, stage.key).state != "begun":
        raise Conflict("资格审查未在进行", "the qualification does not run")
    state = _states(work, cycle, [entrant])[entrant.application_id]
    matching = [
        finding
        for finding in state.findings
        if finding.outcome is Found.NEEDS_JUDGEMENT
        and finding.rule == data["rule"]
        and data["condition"] in (None, finding.condition)
    ]
    if not matching:
        raise invalid_field("rule", "没有待认定的该项条件", "no finding of this rule needs judgement")
    for finding in matching:
        _decide(work, cycle, entrant, finding, data, before=state.judged.get(finding.key))
    banned = banned_until(work, cycle, entrant.application_id).get(entrant.application_id)
    return _states(work, cycle, [entrant])[entrant.application_id].reply(banned)


def _decide(
    work: Work, cycle: Cycle, entrant: Entrant, finding: Finding, data: dict[str, Any], before: bool | None
) -> None:
    table = models.judgements
    where = and_(table.c.application_id == entrant.application_id, table.c.finding == finding.key)
    work.session.execute(delete(table).where(where))
    work.session.execute(
        table.insert().values(
            application_id=entrant.application_id,
            finding=finding.key,
            cycle_id=cycle.cycle_id,
            confirmed=data["confirmed"],
            decided_by=work.context.actor,
            decided_at=work.now(),
            reason=data["reason"],
        )
    )
    work.audit(
        "finding:judged",
        f"{entrant.application_id}/{finding.key}",
        before={"confirmed": before},
        after={"confirmed": data["confirmed"]},
        reason=data["reason"],
        cycle_id=cycle.cycle_id,
    )


def findings(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The findings of a cycle's applications, or of one."""
    cycle = conductor.cycle(work, data["cycle_id"])
    table = models.evaluations
    one = data["application_id"] or None
    wanted = and_(*registers.of_cycle(table, cycle, one))
    rows = work.session.execute(select(table).where(wanted).order_by(table.c.application_id)).all()
    judged, banned = _judgements(work, cycle, one), banned_until(work, cycle, one)
    return {"applications": [_state(row, judged).reply(banned.get(row.application_id)) for row in rows]}


def of_one(work: Work, cycle: Cycle, application_id: str) -> tuple[tuple[Finding, ...], Judgements] | None:
    """The findings on one application in the rulebook's order, with what officers decided; None where it was not evaluated."""
    table = models.evaluations
    query = select(table).where(and_(*registers.of_cycle(table, cycle, application_id)))
    row = work.session.execute(query).one_or_none()
    if row is None:
        return None
    state = _state(row, _judgements(work, cycle, application_id))
    return state.findings, state.judged


@dataclass(frozen=True)
class _State:
    """An application's findings with the office's judgements."""

    application_id: str
    findings: tuple[Finding, ...]
    barred_levels: tuple[str, ...]
    receipt: dict[str, Any]
    judged: Judgements

    @property
    def standing(self) -> Standing:
        return standing(self.findings, self.judged)

    def reply(self, banned: date | None = None) -> dict[str, Any]:
        """The reply `ApplicationFindings`."""
        return {
            "application_id": self.application_id,
            "verdict": self.standing.value,
            "failing_rules": list(failing_rules(self.findings, self.judged)),
            "barred_levels": list(self.barred_levels),
            "findings": [self._line(finding) for finding in self.findings],
            "receipt": self.receipt,
            "banned_until": banned,
        }

    def _line(self, finding: Finding) -> dict[str, Any]:
        needed = finding.outcome is Found.NEEDS_JUDGEMENT
        return {
            "rule": finding.rule,
            "condition": finding.condition,
            "outcome": finding.outcome.value,
            "reason_zh": finding.reason,
            "reason_en": finding.reason_en,
            "evidence": list(finding.evidence),
            "confirmed": self.judged.get(finding.key) if needed else None,
        }


def _states(work: Work, cycle: Cycle, entrants: list[Entrant]) -> dict[str, _State]:
    table = models.evaluations
    ids = {entrant.application_id for entrant in entrants}
    # An officer's question is about one application of perhaps thousands.
    one = next(iter(ids)) if len(ids) == 1 else None
    rows = work.session.execute(select(table).where(and_(*registers.of_cycle(table, cycle, one))))
    judged = _judgements(work, cycle, one)
    states = {row.application_id: _state(row, judged) for row in rows if row.application_id in ids}
    if ids - set(states):
        raise NotFound("尚未审查", "not evaluated yet")
    return states


def _state(row: Row[Any], judged: dict[str, dict[str, bool]]) -> _State:
    return _State(
        row.application_id,
        tuple(Finding.from_dict(finding) for finding in row.findings),
        tuple(row.barred_levels),
        row.receipt,
        judged.get(row.application_id, {}),
    )


def _judgements(work: Work, cycle: Cycle, application_id: str | None) -> dict[str, dict[str, bool]]:
    """By application and finding; of one application, if given."""
    table = models.judgements
    found: dict[str, dict[str, bool]] = {}
    query = select(table).where(and_(*registers.of_cycle(table, cycle, application_id)))
    for row in work.session.execute(query):
        found.setdefault(row.application_id, {})[row.finding] = row.confirmed
    return found


def _records(work: Work, cycle: Cycle) -> dict[str, dict[str, list[dict[str, Any]] | None]]:
    """By application and department; None where the department stayed silent, no key where nothing came yet."""
    table = models.answers
    found: dict[str, dict[str, list[dict[str, Any]] | None]] = {}
    for row in work.session.execute(select(table).where(table.c.cycle_id == cycle.cycle_id)):
        records = [Record().load(r) for r in row.records or []] if row.answered else None
        found.setdefault(row.application_id, {})[row.department] = records
    return found


def _case(
    work: Work,
    cycle: Cycle,
    entrant: Entrant,
    records: dict[str, list[dict[str, Any]] | None],
    peers: list[Peer],
) -> Case:
    dossier = Dossier().load(entrant.dossier)
    facts = {
        **dossier["facts"],
        "prior_awards": prior_awards(work, cycle, dossier, entrant.application_id),
    }
    return Case(
        kind=dossier["kind"],
        category=dossier["category"],
        applicant_key=dossier["applicant_key"],
        uscc=dossier["uscc"],
        submitted_on=dossier["submitted_on"],
        cycle_year=cycle.year,
        opens_on=cycle.opens_on,
        closes_on=cycle.closes_on,
        recommended_by=dossier["recommended_by"],
        nominated_by=dossier["nominated_by"],
        facts=facts,
        materials=frozenset(dossier["materials"]),
        records={department: records.get(department) for department in cycle.rulebook.departments},
        bans=bans_of(work, cycle, dossier["applicant_key"]),
        pool=pool_of(work, cycle, dossier["uscc"]),
        others=[peer for peer in peers if peer.application_id != entrant.application_id],
        sequence=entrant.sequence,
    )


def _peer(entrant: Entrant) -> Peer:
    """What a condition may compare another application by; nothing more is shown to the evaluator."""
    facts = entrant.dossier["facts"]
    return Peer(
        application_id=entrant.application_id,
        applicant_key=entrant.dossier["applicant_key"],
        sequence=entrant.sequence,
        category=entrant.dossier.get("category"),
        group=facts.get("group"),
        business=facts.get("business"),
    )


def stage_of(cycle: Cycle) -> Stage | None:
    """The qualification of a cycle's rulebook; None where it has none."""
    return next((s for s in cycle.rulebook.stages if s.kind == STAGE_KIND), None)
