"""The first part of a cycle: opened, its world set up, applications handed in, the submission closed."""

from __future__ import annotations

from functools import partial
from typing import Any

from deploy.rehearsal.against import category_of, required_materials
from deploy.rehearsal.bodies import ban_body, cycle_body, draft_body, expert_body, paid_body, pool_body
from deploy.rehearsal.days import closing_day
from deploy.rehearsal.gateway import FINANCE, RECOMMENDER, Persona
from deploy.rehearsal.play import Play
from deploy.rehearsal.scenario import Applicant
from deploy.rehearsal.stubs import world

_DRAFT_ONLY = "submission"


def applicant_persona(handle: str) -> Persona:
    """Who applies under a handle."""
    return Persona("applicant", handle)


def play_opening(play: Play) -> None:
    """Up to the day after the last one for applications."""
    play.say("开启评奖周期 · opening the cycle")
    open_cycle(play)
    play.gateway.sign_in_all([*map(applicant_persona, play.scenario.applicants), RECOMMENDER])
    join_pool(play)
    draft_all(play)
    play.stubs.put(play.cycle_id, world(play.scenario, play.ids))
    play.say("申报 · applications")
    register_experts(play)
    for applicant in play.scenario.in_order():
        hand_in(play, applicant)
    record_the_past(play)
    play.today = closing_day(play.scenario.closes_on)
    play.close(play.rulebook.procedure[0].stages[0])


def open_cycle(play: Play) -> None:
    """A rehearsal's cycle, pinned to the rulebook."""
    play.cycle_id = play.do("POST", "/cycles", cycle_body(play.scenario))["cycle_id"]


def join_pool(play: Play) -> None:
    """Early, so that every service knows of the pool long before anybody is qualified."""
    by_code = {play.scenario.applicants[handle].uscc: entry for handle, entry in play.scenario.pool.items()}
    for uscc, entry in by_code.items():
        play.do("POST", f"{play.path}/pool", pool_body(entry, uscc))


def draft_all(play: Play) -> None:
    """All drafts before the first submission, since a department's fault may concern one application only."""
    applicants = list(play.scenario.applicants.values())
    drafted = play.gateway.together(partial(_draft, play, applicant) for applicant in applicants)
    play.ids = {a.handle: str(line["application_id"]) for a, line in zip(applicants, drafted, strict=True)}


def _draft(play: Play, applicant: Applicant) -> dict[str, Any]:
    body = draft_body(
        applicant,
        category_of(applicant, play.rulebook),
        [m for m in required_materials(applicant, play.rulebook) if m not in applicant.missing_materials],
    )
    return play.do("POST", f"{play.path}/applications", body, applicant_persona(applicant.handle))


def hand_in(play: Play, applicant: Applicant) -> None:
    """Recommended and submitted on its day, or taken back as a draft."""
    path = f"/applications/{play.ids[applicant.handle]}"
    persona = applicant_persona(applicant.handle)
    play.today = applicant.submitted_on
    if applicant.recommended_by is not None:
        play.do("POST", f"{path}/recommendation", {"body": applicant.recommended_by}, RECOMMENDER)
    step = "withdrawal" if applicant.withdraws_before == _DRAFT_ONLY else "submission"
    play.do("POST", f"{path}/{step}", who=persona)


def register_experts(play: Play) -> None:
    """The cycle's pool of reviewers, with their interests."""
    experts = [expert_body(expert, play.ids) for expert in play.scenario.experts]
    play.do_when_known("POST", f"{play.path}/experts", {"experts": experts})


def record_the_past(play: Play) -> None:
    """Bans that earlier cycles left on those who handed in in time, and grants that they paid to whoever applies."""
    scenario = play.scenario
    for handle in play.in_play(scenario.bans):
        body = ban_body(scenario.bans[handle], play.ids[handle])
        play.do_when_known("POST", f"{play.path}/bans", body)
    for handle, grants in scenario.paid_before.items():
        for paid in grants:
            earlier = paid_body(paid, play.ids[handle])
            play.do_when_known("POST", f"{play.path}/grants/paid-before", earlier, FINANCE)
