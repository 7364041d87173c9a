"""What the API would refuse although the file has the right form: names too long, amounts too large. Pure.

Every body that the player is going to send is held against the contract that the gateway checks it by, so that a file
is refused before anything is played and in its own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from deploy.rehearsal.against import category_of
from deploy.rehearsal.bodies import (
    ban_body,
    cycle_body,
    draft_body,
    expert_body,
    objection_body,
    paid_body,
    pool_body,
)
from deploy.rehearsal.faults import Wrong
from deploy.rehearsal.scenario import Scenario
from shared.contracts import load, operation
from shared.problems import Invalid
from shared.rulebooks import Rulebook
from shared.strict_yaml import KeyPath

_ID = "a" * 32  # stands for what has no id yet
_IN_THE_FILE = {
    "budget_fen": "budget_yuan",
    "project_cost_fen": "project_cost_yuan",
    "amount_fen": "yuan",
    "paid_on": "on",
    "expert_id": "id",
    "body": "recommended_by",
    "source": "by",
}
Body = tuple[KeyPath, str, Mapping[str, Any]]  # where it comes from, the operation, what would be sent


def check(scenario: Scenario, rulebook: Rulebook) -> list[Wrong]:
    """Everything that the gateway would refuse, by the file's own paths."""
    found = []
    if scenario.closes_on == date.max:
        found.append(Wrong(("cycle", "closes_on"), "此日之后没有日期", "there is no day after it"))
    for path, name, body in _bodies(scenario, rulebook):
        found += _refused(path, name, body)
    return found


def _bodies(scenario: Scenario, rulebook: Rulebook) -> Iterator[Body]:
    ids = dict.fromkeys(scenario.applicants, _ID)
    yield ("cycle",), "intake.open_cycle", cycle_body(scenario)
    for handle, applicant in scenario.applicants.items():
        path: KeyPath = ("applicants", handle)
        draft = draft_body(applicant, category_of(applicant, rulebook), [])
        yield path, "intake.create_application", {"cycle_id": _ID, **draft}
        if applicant.recommended_by is not None:
            recommended = {"application_id": _ID, "body": applicant.recommended_by}
            yield path, "intake.recommend_application", recommended
    for index, expert in enumerate(scenario.experts):
        one = {"cycle_id": _ID, "experts": [expert_body(expert, ids)]}
        yield ("experts", index), "review.register_experts", one
    for handle, entry in scenario.pool.items():
        body = {"cycle_id": _ID, **pool_body(entry, scenario.applicants[handle].uscc)}
        yield ("pool", handle), "intake.join_pool", body
    for handle, grants in scenario.paid_before.items():
        for index, paid in enumerate(grants):
            yield (
                ("paid_before", handle, index),
                "incentives.record_paid",
                {"cycle_id": _ID, **paid_body(paid, _ID)},
            )
    for handle, ban in scenario.bans.items():
        yield ("bans", handle), "eligibility.record_ban", {"cycle_id": _ID, **ban_body(ban, _ID)}
    for index, objection in enumerate(scenario.objections):
        raised = {"cycle_id": _ID, "notice": objection.notice, **objection_body(objection, _ID)}
        yield ("objections", index), "eligibility.object", raised
    for handle, votes in scenario.social_votes.items():
        counted = {"cycle_id": _ID, "stage": "x", "votes": [{"application_id": _ID, "votes": votes}]}
        yield ("social_votes", handle), "review.record_social_votes", counted


def _refused(path: KeyPath, name: str, body: Mapping[str, Any]) -> Iterator[Wrong]:
    try:
        load(operation(*name.split(".")).request(), dict(body))
    except Invalid as invalid:
        for error in invalid.errors:
            yield Wrong((*path, *_steps(error.field)), error.reason_zh, error.reason_en)


def _steps(field: str) -> KeyPath:
    """The field as the file names it; a list of one that the body needs and the file has not is left out."""
    steps = [step for step in field.split(".") if step]
    if steps[:1] in (["experts"], ["votes"]):
        steps = steps[2:]
    if steps == ["votes"]:
        steps = []
    return tuple(int(step) if step.isdigit() else _IN_THE_FILE.get(step, step) for step in steps)
