"""Who comes to the first scored stage: needed to say, before anything is played, whose score the file lacks.

It foresees what the rulebook decides from the file alone, with the rulebook's own evaluator. The result never comes
from here: what the services decide is played and read back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.rehearsal.against import category_of, required_materials, scored_stages
from deploy.rehearsal.days import reaches
from deploy.rehearsal.scenario import Applicant, Scenario
from shared.calendar import CalendarNotPublished, WorkCalendar
from shared.identifiers import digest
from shared.rulebooks import Ban, Case, Membership, Outcome, Peer, Rulebook, evaluate

Records = Mapping[str, Sequence[Mapping[str, Any]] | None]


def reaching_scores(scenario: Scenario, rulebook: Rulebook, calendar: WorkCalendar) -> dict[str, str]:
    """By handle the first scored stage, for everyone who comes to one."""
    entering = [
        a
        for a in scenario.in_order()
        if a.submitted_on <= scenario.closes_on and a.withdraws_before not in {"submission", "qualification"}
    ]
    peers = [
        Peer(
            a.handle, applicant_key(a), number, category_of(a, rulebook),
            a.facts.get("group"), a.facts.get("business"),
        )
        for number, a in enumerate(entering, start=1)
    ]  # fmt: skip
    records = records_by_code(scenario)
    found: dict[str, str] = {}
    for number, applicant in enumerate(entering, start=1):
        stages = scored_stages(rulebook, category_of(applicant, rulebook))
        if not stages or not _has_a_day(scenario, rulebook, calendar, stages[0]):
            continue
        case = _case(scenario, rulebook, applicant, records, number, peers)
        if _goes_on(scenario, rulebook, applicant, case) and not _ends_before(
            scenario, rulebook, applicant, stages[0]
        ):
            found[applicant.handle] = stages[0]
    return found


def applicant_key(applicant: Applicant) -> str:
    """Tells one applicant from another, as intake does."""
    if applicant.kind != "individual":
        return f"organization:{applicant.uscc}"
    return f"individual:{applicant.uscc}:{digest(applicant.id_number or applicant.name)}"


def records_by_code(scenario: Scenario) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Code → department → records; given at several applicants with one code, they add up."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for applicant in scenario.applicants.values():
        for department, records in applicant.records.items():
            found[applicant.uscc][department] += [dict(record) for record in records]
    return {uscc: dict(departments) for uscc, departments in found.items()}


def _has_a_day(scenario: Scenario, rulebook: Rulebook, calendar: WorkCalendar, stage: str) -> bool:
    try:
        reaches(calendar, rulebook, scenario.closes_on, stage)
    except CalendarNotPublished:
        return False
    return True


def _case(
    scenario: Scenario,
    rulebook: Rulebook,
    applicant: Applicant,
    records: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]],
    sequence: int,
    peers: Sequence[Peer],
) -> Case:
    held = records.get(applicant.uscc, {})
    pool = [
        entry for handle, entry in scenario.pool.items() if scenario.applicants[handle].uscc == applicant.uscc
    ]
    bans = [
        Ban(ban.rule, ban.until)
        for handle, ban in scenario.bans.items()
        if applicant_key(scenario.applicants[handle]) == applicant_key(applicant)
    ]
    return Case(
        kind=applicant.kind,
        category=category_of(applicant, rulebook),
        applicant_key=applicant_key(applicant),
        uscc=applicant.uscc,
        submitted_on=applicant.submitted_on,
        cycle_year=scenario.year,
        opens_on=scenario.opens_on,
        closes_on=scenario.closes_on,
        recommended_by=applicant.recommended_by,
        nominated_by=applicant.nominated_by,
        facts=applicant.facts,
        materials=frozenset(required_materials(applicant, rulebook)) - set(applicant.missing_materials),
        records={name: _answer(scenario, applicant, name, held) for name in rulebook.departments},
        bans=bans,
        pool=Membership(pool[-1].joined_on) if pool else None,
        others=[peer for peer in peers if peer.application_id != applicant.handle],
        sequence=sequence,
    )


def _answer(
    scenario: Scenario, applicant: Applicant, department: str, held: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Sequence[Mapping[str, Any]] | None:
    fault = scenario.departments.get(department)
    if fault is not None and fault.down and fault.concerns(applicant.handle):
        return None
    return held.get(department, ())


def _goes_on(scenario: Scenario, rulebook: Rulebook, applicant: Applicant, case: Case) -> bool:
    """Nothing fails, nothing is missing or awaited, and the office rejects nothing."""
    judged = scenario.judgements.get(applicant.handle, {})
    for finding in evaluate(rulebook, case).findings:
        if finding.outcome in {Outcome.FAIL, Outcome.MISSING, Outcome.AWAITING}:
            return False
        if finding.outcome is Outcome.NEEDS_JUDGEMENT and judged.get(finding.rule) is False:
            return False
    return not any(case.records.get(department) is None for department in rulebook.departments)


def _ends_before(scenario: Scenario, rulebook: Rulebook, applicant: Applicant, stage: str) -> bool:
    """It withdraws, falls to an objection, or is not let in, at or before the stage."""
    phase = rulebook.phase_index(stage)
    if applicant.withdraws_before and rulebook.phase_index(applicant.withdraws_before) <= phase:
        return True
    for objection in scenario.objections:
        before = rulebook.phase_index(f"notice:{objection.notice}") < phase
        if objection.against == applicant.handle and objection.upheld and before:
            return True
    return applicant.handle not in scenario.advance.get(stage, (applicant.handle,))
