"""The steps of a cycle, one function for each kind of stage: what office, public, reviewers and members do in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from deploy.rehearsal.against import category_of, scored_stages
from deploy.rehearsal.ballots import OnBallot, ballots, member_names
from deploy.rehearsal.bodies import objection_body
from deploy.rehearsal.days import objection_day
from deploy.rehearsal.faults import FileFault, Refused, WrongFile
from deploy.rehearsal.figures import as_text, figure_for, own_figure, sheet
from deploy.rehearsal.gateway import OFFICE, PUBLIC, Persona
from deploy.rehearsal.opening import applicant_persona
from deploy.rehearsal.play import OVER, Play
from deploy.rehearsal.waiting import NotYet
from shared.rulebooks import Stage

_MOST_ROUNDS = 1000  # of pressing a department
AUTOMATIC = frozenset({"submission", "grants"})  # kinds that need nobody to begin them


def play_stages(play: Play) -> str:
    """From the submission's end until the cycle is over: how it ended (blocked, ended or completed).

    Where categories part ways, a branch that is blocked does not keep the others from being played.
    """
    while True:
        stage, state = play.patience.until("the next step", lambda: next_step(play))
        if stage is None:
            return leave_blocked(play) if state == "blocked" else state
        play.say(f"{stage.title.zh} · {stage.title.en}")
        play.today = date.fromisoformat(state)
        if withdraw(play, stage) or not admit(play, stage):
            continue  # perhaps nobody is left
        PLAYERS[stage.kind](play, stage)


def next_step(play: Play) -> tuple[Stage | None, str] | None:
    """The next stage with its day, or None with how the cycle ended; nothing while things are on their way."""
    cycle = play.cycle()
    states = {line["stage"]: line for line in cycle["stages"]}
    if any(states[key]["state"] != "closed" for key in play.closed):
        return None  # the timeline has not heard of it yet
    if cycle["state"] in OVER - {"blocked"}:
        return None, cycle["state"]
    for stage in play.rulebook.stages:
        line = states[stage.key]
        if line["state"] == "planned" and not line["blocked"] and stage.kind not in AUTOMATIC:
            return stage, str(line["begins_on"])
    if cycle["state"] == "blocked" and not beside_blocked(play, states):
        return None, "blocked"
    return None


def beside_blocked(play: Play, states: Mapping[str, Mapping[str, Any]]) -> list[Stage]:
    """The stages beside a blocked one that somebody still comes to and that have neither been played nor are blocked."""
    beside = [
        stage
        for phase in play.rulebook.procedure
        if any(states[stage.key]["blocked"] for stage in phase.stages)
        for stage in phase.stages
        if states[stage.key]["state"] != "closed" and not states[stage.key]["blocked"]
    ]
    if not beside:
        return []
    categories = {
        category_of(play.scenario.applicants[handle], play.rulebook) for handle in play.in_play(play.ids)
    }
    return [stage for stage in beside if any(stage.takes(category) for category in categories)]


# --- before a stage ------------------------------------------------------------------------------------------------


def withdraw(play: Play, stage: Stage) -> list[str]:
    """Those who withdraw before a stage do so on its day; the stage is waited for to have heard of it."""
    wanted = [h for h, a in play.scenario.applicants.items() if a.withdraws_before == stage.key]
    leaving = play.in_play(wanted)
    for handle in leaving:
        play.do("POST", f"/applications/{play.ids[handle]}/withdrawal", who=applicant_persona(handle))
    gone = {play.ids[handle] for handle in leaving}
    if gone:
        play.patience.until(
            f"{stage.key}: withdrawals",
            lambda: True if not gone & set(play.stage(stage)["entrants"]) else None,
        )
    return leaving


def leave_blocked(play: Play) -> str:
    """Those who withdraw before a stage that cannot be had do so all the same: how the cycle stands then.

    It is over, and no longer blocked, where that leaves nobody.
    """
    blocked = {line["stage"] for line in play.cycle()["stages"] if line["blocked"]}
    wanted = [h for h, a in play.scenario.applicants.items() if a.withdraws_before in blocked]
    for handle in play.in_play(wanted):
        play.do("POST", f"/applications/{play.ids[handle]}/withdrawal", who=applicant_persona(handle))
    return str(play.cycle()["state"])


def admit(play: Play, stage: Stage) -> bool:
    """Where the text leaves it to the office and the file says whom it lets in: the list. False where it lets in nobody."""
    listed = play.scenario.advance.get(stage.key)
    if listed is None:
        return True
    entrants = play.stage(stage)["entrants"]
    admitted = [play.ids[handle] for handle in listed if play.ids[handle] in entrants]
    if set(admitted) != set(entrants):
        play.do("PUT", f"{play.path}/stages/{stage.key}/admitted", {"application_ids": admitted})
    return bool(admitted)


# --- qualification -------------------------------------------------------------------------------------------------


def qualification(play: Play, stage: Stage) -> None:
    """Departments are pressed until they answer, what needs judgement is judged."""
    settle_enquiries(play)
    # Begun with everything there, the evaluation is made once and leaves the same entries every time.
    play.patience.until("the departments' answers", lambda: answers_arrived(play, stage))
    if not play.begin(stage):
        return
    play.patience.until("the departments' answers in the findings", lambda: answers_heard(play, stage))
    judge(play)
    play.close(stage)


def settle_enquiries(play: Play) -> None:
    """Wait for every enquiry, and press those departments again that are not simply down."""
    handles = play.handles
    for _ in range(_MOST_ROUNDS):
        enquiries = play.patience.until("the departments", lambda: _all_come_to_an_end(play))
        silent = [e for e in enquiries if e["state"] == "silent"]
        press = [e for e in silent if not down_for(play, e["department"], handles[e["application_id"]])]
        in_play = set(play.in_play({handles[e["application_id"]] for e in press}))
        press = [e for e in press if handles[e["application_id"]] in in_play]
        if not press:
            return
        play.gateway.together(partial(_press, play, enquiry) for enquiry in press)


def down_for(play: Play, department: str, handle: str) -> bool:
    """Whether the file says that a department never answers an applicant's enquiries."""
    fault = play.scenario.departments.get(department)
    return fault is not None and fault.down and fault.concerns(handle)


def _all_come_to_an_end(play: Play) -> list[dict[str, Any]] | NotYet:
    found: list[dict[str, Any]] = play.ask(f"{play.path}/enquiries")["enquiries"]
    pending = sum(enquiry["state"] == "pending" for enquiry in found)
    return NotYet(pending) if pending else found


def _press(play: Play, enquiry: Mapping[str, Any]) -> None:
    try:
        play.do("POST", f"/applications/{enquiry['application_id']}/enquiries/{enquiry['department']}")
    except Refused as refused:
        if refused.status != 409:  # 409: it is being asked already
            raise


def answers_arrived(play: Play, stage: Stage) -> bool | NotYet:
    """Whether the planned stage lacks no answer but those of the departments that stay silent for good."""
    enquiries = play.ask(f"{play.path}/enquiries")["enquiries"]
    silences = {
        f"silence {e['application_id']} {e['department']}" for e in enquiries if e["state"] == "silent"
    }
    lacking = set(play.stage(stage)["waiting_for"]) - silences
    return NotYet(len(lacking)) if lacking else True


def answers_heard(play: Play, stage: Stage) -> bool | NotYet | None:
    """Whether the findings rest on every answer that intake has: nothing is awaited of those with all answers."""
    state = play.stage(stage)
    if any(text.startswith("records") for text in state["waiting_for"]):
        return NotYet(len(state["waiting_for"]))
    enquiries = play.ask(f"{play.path}/enquiries")["enquiries"]
    silent = {e["application_id"] for e in enquiries if e["state"] != "answered"}
    found = play.ask(f"{play.path}/findings")["applications"]
    if not set(state["entrants"]) <= {application["application_id"] for application in found}:
        return None
    for application in found:
        awaiting = any(f["outcome"] == "awaiting" for f in application["findings"])
        if awaiting and application["application_id"] not in silent:
            return None
    return True


def judge(play: Play) -> None:
    """The office on every finding that needs judgement: as the file says, else it confirms."""
    handles = play.handles
    wanted: list[tuple[str, str]] = []
    for application in play.ask(f"{play.path}/findings")["applications"]:
        rules = {f["rule"] for f in application["findings"] if f["outcome"] == "needs_judgement"}
        wanted += [(handles[application["application_id"]], rule) for rule in sorted(rules)]
    for handle, given in play.scenario.judgements.items():
        for rule in given:
            if (handle, rule) not in wanted:
                play.notes.append(f"{handle} {rule}：没有待认定的事项 / nothing of this rule needs judgement")
    play.gateway.together(partial(_judge, play, handle, rule) for handle, rule in wanted)


def _judge(play: Play, handle: str, rule: str) -> None:
    confirmed = play.scenario.judgements.get(handle, {}).get(rule, True)
    body = {"rule": rule, "confirmed": confirmed, "reason": "演练文件所定 / as the rehearsal file says"}
    play.do("POST", f"/applications/{play.ids[handle]}/judgements", body)


# --- notices -------------------------------------------------------------------------------------------------------


def notice(play: Play, stage: Stage) -> None:
    """Posted; objections come in on the second working day and are ruled on that day; closed on the last day."""
    if not play.begin(stage):
        return
    posted = next(n for n in play.ask(f"{play.path}/notices")["notices"] if n["notice"] == stage.notice)
    first_day, last_day = date.fromisoformat(posted["first_day"]), date.fromisoformat(posted["last_day"])
    for objection in play.scenario.objections:
        if objection.notice != stage.notice:
            continue
        application = play.ids[objection.against]
        if application not in posted["listed"]:
            play.notes.append(
                f"{objection.against} 不在公示 {stage.notice} 名单中 / is not on the notice {stage.notice}"
            )
            continue
        play.today = objection_day(play.calendar, first_day, last_day)
        who = OFFICE if objection.by == "office" else PUBLIC
        path = f"{play.path}/notices/{stage.notice}/objections"
        raised = play.do("POST", path, objection_body(objection, application), who)
        if raised["state"] == "accepted":
            ruling = "upheld" if objection.upheld else "dismissed"
            play.do("POST", f"/objections/{raised['objection_id']}/ruling", {"ruling": ruling})
    play.today = last_day
    play.close(stage)


# --- reviews -------------------------------------------------------------------------------------------------------


def review(play: Play, stage: Stage) -> None:
    """Every assigned reviewer hands in its sheet, in order of assignment."""
    if not play.begin(stage):
        return
    sheets = [
        (assignment["expert_id"], assignment["application_id"], percent)
        for assignment, percent in sheets_of(play, stage)
    ]
    play.gateway.sign_in_all(Persona("reviewer", expert) for expert, _, _ in sheets)
    play.gateway.together(partial(_submit, play, stage, *one) for one in sheets)
    play.close(stage)


def sheets_of(play: Play, stage: Stage) -> list[tuple[dict[str, Any], str]]:
    """The assignments of a stage with the percentage that each gives. Raises WrongFile where the file has none."""
    handles = play.handles
    assignments = [
        assignment
        for panel in play.ask(f"{play.path}/panels")["panels"]
        if panel["stage"] == stage.key
        for assignment in panel["assignments"]
        if not assignment["submitted"]
    ]
    reviewers = Counter(assignment["application_id"] for assignment in assignments)
    found = []
    for assignment in assignments:
        application = assignment["application_id"]
        handle = handles[application]
        if (
            stage.scoring == "carried_or_sheets"
            and own_figure(play.scenario.scores, stage.key, handle) is None
        ):
            continue
        applicant = play.scenario.applicants[handle]
        stages = scored_stages(play.rulebook, category_of(applicant, play.rulebook))
        figure = figure_for(play.scenario.scores, stages, stage.key, handle)
        if figure is None:
            raise _no_figure(play, stage, handle)
        percent = sheet(figure, assignment["position"], reviewers[application])
        found.append((assignment, as_text(percent)))
    return found


def _no_figure(play: Play, stage: Stage, handle: str) -> WrongFile:
    path = f"scores.{stage.key}"
    return WrongFile(
        [
            FileFault(
                play.playable.file,
                1,
                path,
                f"{handle} 到达本阶段，但没有分数",
                f"{handle} comes here without a figure",
            )
        ]
    )


def _submit(play: Play, stage: Stage, expert: str, application: str, percent: str) -> None:
    path = f"{play.path}/stages/{stage.key}/sheets"
    play.do("POST", path, {"application_id": application, "percent": percent}, Persona("reviewer", expert))


# --- social evaluation ---------------------------------------------------------------------------------------------


def social_evaluation(play: Play, stage: Stage) -> None:
    """The public votes for as many working days as the rulebook says; the office enters the counts on the last one."""
    if not play.begin(stage):
        return
    state = play.stage(stage)
    play.today = date.fromisoformat(state["ends_on"])
    handles = play.handles
    votes = [
        {"application_id": application, "votes": play.scenario.social_votes[handles[application]]}
        for application in state["entrants"]
        if handles[application] in play.scenario.social_votes
    ]
    if votes:
        play.do("PUT", f"{play.path}/stages/{stage.key}/social-votes", {"votes": votes})
    play.close(stage)


# --- committee -----------------------------------------------------------------------------------------------------


def committee(play: Play, stage: Stage) -> None:
    """Convened, shown the office's proposal where there is one, and asked to vote until nobody stands any more."""
    members = member_names(play.scenario.members)
    absent = members[play.scenario.present :]
    play.do("PUT", f"{play.path}/committee", {"members": members, "absent": absent})
    propose(play, stage)
    if not play.begin(stage):
        return
    present = members[: play.scenario.present]
    play.gateway.sign_in_all(Persona("committee_member", member) for member in present)
    while True:
        ballot = play.patience.until("an open ballot", lambda: _open_or_finished(play))
        if ballot["state"] == "finished":
            break
        vote(play, ballot, present)
    play.close(stage)


def propose(play: Play, stage: Stage) -> None:
    """The office's proposal for those that came this far; what the committee may not be shown is left out, with a note."""
    if play.scenario.proposal is None:
        return
    entrants = play.stage(stage)["entrants"]
    lines = [
        {"application_id": play.ids[handle], "level": level}
        for handle, level in play.scenario.proposal.items()
        if play.ids[handle] in entrants
    ]
    while True:
        try:
            play.do("PUT", f"{play.path}/proposal", {"proposals": lines})
        except Refused as refused:
            wrong = {int(field.split(".")[1]) for field in refused.fields if field.startswith("proposals.")}
            if not wrong:
                raise
            play.notes.append(f"建议名单：{refused.zh} / proposal: {refused.en}")
            lines = [line for number, line in enumerate(lines) if number not in wrong]
        else:
            return


def _open_or_finished(play: Play) -> dict[str, Any] | None:
    ballot = play.ask(f"{play.path}/ballot")
    return ballot if ballot["state"] in {"open", "finished"} else None


def vote(play: Play, ballot: Mapping[str, Any], present: list[str]) -> None:
    """One ballot: every member present fills it in, the office closes it."""
    handles = play.handles
    candidates = [OnBallot(handles[c["application_id"]], c["level"]) for c in ballot["candidates"]]
    cast = ballots(play.scenario.votes, candidates, present)
    path = f"{play.path}/ballot"

    def one(member: str) -> None:
        choices = [
            {"application_id": play.ids[candidate.handle], "choice": choice}
            for candidate, choice in zip(candidates, cast[member], strict=True)
        ]
        body = {"number": ballot["number"], "choices": choices}
        play.do("POST", f"{path}/votes", body, Persona("committee_member", member))

    play.gateway.together(partial(one, member) for member in present)
    play.do("POST", f"{path}/close")


PLAYERS: Mapping[str, Callable[[Play, Stage], None]] = {
    "qualification": qualification,
    "notice": notice,
    "review": review,
    "social_evaluation": social_evaluation,
    "committee": committee,
}
