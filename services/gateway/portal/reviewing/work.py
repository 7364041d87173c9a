"""我的评审: what a reviewer has to do, statements and answers first. What one is kept from is on none of these pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.calls import OVER
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit, needed, or_none
from services.gateway.portal.words import RELATIONS, word
from shared.contracts.operations import REVIEWER
from shared.contracts.operations.review.panels import RELATIONS as RELATED
from shared.rulebooks import Rulebook
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.words import CATEGORIES

ROOM = Room("reviewing", (REVIEWER,))
_BOTH = (
    Choice("accept", Text("接受", "Accept")),
    Choice("decline", Text("谢绝", "Decline")),
)
ANSWER = Form(
    (
        Field("answer", Text("您的答复", "Your answer"), Kind.RADIOS, choices=_BOTH),
        Field(
            "interest", Text("与申报方的关系", "How you are bound to the applicant"), Kind.SELECT, needed=False,
            choices=tuple(Choice(each, word(RELATIONS, each)) for each in RELATED),
            hint=Text("因利害关系谢绝时选择；选了就等于申明", "If you decline because of it: to choose is to state it"),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA, needed=False, hint=Text("谢绝须说明", "Needed where you decline")),
    ),
    submit=Text("答复", "Answer"),
)  # fmt: skip


_THEN = Text(
    "接受之后逐项申明与申报方的利害关系，签名后才能看材料和评分。谢绝须说明理由，由评审办另行安排。",
    "Once you accept, you state how you are bound to the applicant and sign; then the dossier opens. "
    "If you decline, say why: the office finds somebody else.",
)


@dataclass(frozen=True)
class Job:
    """One application in one stage, and what comes next for it."""

    cycle_id: str
    stage: Text
    application_id: str
    name: str
    kind: Text
    next: Text
    address: str
    done: bool = False


@dataclass(frozen=True)
class Cycle:
    """A cycle in which somebody reviews."""

    cycle_id: str
    award: Text
    year: int
    declared: bool
    jobs: tuple[Job, ...]
    led: tuple[tuple[str, Text, str | None], ...]  # stage, its name, category


@ROOM.page("/review")
def mine(visit: Visit) -> Response:
    """Everything of all running cycles: what waits first, what is handed in last. Statements are asked for where one is assigned
    anything at all.
    """
    known, work = visit.ask_all([("intake.cycles", {}), ("review.my_work", {})])
    running = {
        each["cycle_id"]: each
        for each in needed(known)["cycles"]
        if not each["rehearsal"] and each["state"] not in OVER
    }
    told = or_none(work)
    own = {each["cycle_id"]: each for each in ([] if told is None else told["cycles"])}
    found = [_of_cycle(visit, cycle, own[name]) for name, cycle in running.items() if name in own]
    cycles, away = [each for each in found if each.jobs or each.led], told is None
    return visit.page("reviewing/mine.html", Text("我的评审", "My reviews"), cycles=cycles, away=away)


def _of_cycle(visit: Visit, cycle: dict[str, Any], own: dict[str, Any]) -> Cycle:
    cycle_id, cases = cycle["cycle_id"], own["cases"]
    book = visit.gateway.dispatcher.installed(cycle["rulebook"])
    names = _stages(book)
    known = {each["application_id"]: each for each in (*cases["applications"], *cases.get("stated", ()))}
    to_state = {each["application_id"] for each in cases["applications"]}
    jobs = [
        _job(cycle_id, panel, line, known.get(line["application_id"]), to_state, names)
        for panel in own["panels"]
        for line in panel["assignments"]
        if line.get("state") not in {"declined", "replaced"}
    ]
    me = visit.session.subject if visit.session else ""
    led = tuple(
        (
            panel["stage"],
            names.get(panel["stage"], Text(panel["stage"], panel["stage"])),
            panel.get("category"),
        )
        for panel in own["panels"]
        if panel.get("leader") == me
    )
    jobs.sort(key=lambda job: job.done)
    award = Text(book.title.zh, book.title.en)
    return Cycle(cycle_id, award, cycle["year"], cases["declared"], tuple(jobs), led)


def _job(
    cycle_id: str,
    panel: dict[str, Any],
    line: dict[str, Any],
    known: dict[str, Any] | None,
    to_state: set[str],
    names: dict[str, Text],
) -> Job:
    application, stage = line["application_id"], panel["stage"]
    base = f"/review/{cycle_id}/{stage}/{application}"
    if line.get("state") == "released":
        to_do, address = Text("答复是否接受", "Accept or decline"), f"{base}/answer"
    elif application in to_state:
        to_do, address = (
            Text("申明利害关系", "State your interests"),
            f"/review/{cycle_id}/{application}/declare",
        )
    elif line["submitted"]:
        to_do, address = Text("查看评分表", "See the sheet"), f"{base}/sheet"
    else:
        to_do, address = Text("评分", "Score"), f"{base}/sheet"
    name = known["name"] if known else ""
    kind = word(KIND_WORDS, known["kind"]) if known else Text("", "")
    called = names.get(stage, Text(stage, stage))
    return Job(cycle_id, called, application, name, kind, to_do, address, line["submitted"])


def stage_names(visit: Visit, cycle_id: str) -> dict[str, Text]:
    """The names of a cycle's stages."""
    return _stages(visit.rulebook(cycle_id))


def _stages(book: Rulebook) -> dict[str, Text]:
    return {stage.key: Text(stage.title.zh, stage.title.en) for stage in book.stages}


@ROOM.page("/review/<cycle_id>/<stage>/<application_id>/answer", methods=("GET", "POST"))
def answer(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Accept an assignment, or decline it with the reason."""
    panel, _ = assignment(visit, cycle_id, stage, application_id)
    filled = ANSWER.posted(request.form) if request.method == "POST" else visit.form(ANSWER)
    declined = filled.data.get("answer") == "decline"
    if filled.was_posted and filled.ok and declined and not filled.data.get("reason"):
        filled.errors["reason"] = Text("谢绝须说明理由", "Say why you decline")
    if filled.was_posted and filled.ok:
        given = {name: filled.data.get(name) for name in ("reason", "interest")} if declined else {}
        filled.attempt(
            lambda: visit.do(
                "review.answer_assignments", filled.key, cycle_id=cycle_id, stage=stage, category=panel.get("category"),
                application_id=application_id, accept=not declined, **given,
            )
        )  # fmt: skip
        if filled.ok:
            return visit.go("/review", Text("已答复", "Answered"))
    title = Text("是否接受这份评审任务", "Do you take this review?")
    book = visit.rulebook(cycle_id)
    facts = [
        (Text("办法", "Regulation"), visit.say(book.title.zh, book.title.en)),
        (Text("阶段", "Stage"), visit.say(*_stages(book).get(stage, Text(stage, stage)))),
    ]
    return visit.page("form.html", title, form=filled, back="/review", facts=facts, intro=_THEN)


def assignment(
    visit: Visit, cycle_id: str, stage: str, application_id: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The panel and the line of one's own work. Raises NotFound for anything else, also for what one is kept from."""
    return line_of(visit.ask("review.my_assignments", cycle_id=cycle_id), stage, application_id)


def line_of(told: dict[str, Any], stage: str, application_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """As `assignment`, in what `review.my_assignments` answered."""
    for panel in told["panels"]:
        for line in panel["assignments"]:
            if (panel["stage"], line["application_id"]) == (stage, application_id):
                return panel, line
    raise not_found()


DECLARE = Form(
    (
        *(
            Field(f"answers.{each}", word(RELATIONS, each), Kind.YES_NO)
            for each in RELATED
        ),
        Field("note", Text("说明", "Note"), Kind.AREA, needed=False),
        Field(
            "signed_by", Text("签名：输入您的姓名", "Signature: type your name"), width=20,
            hint=Text("与专家库中的姓名一致", "As it stands in the register of experts"),
        ),
    ),
    submit=Text("申明并签名", "State and sign"),
)  # fmt: skip


@ROOM.page("/review/<cycle_id>/<application_id>/declare", methods=("GET", "POST"))
def declare(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Whose application it is, and nothing of it, until every relation is answered."""
    case = next(
        (
            each
            for each in visit.ask("review.awaiting_statement", cycle_id=cycle_id)["applications"]
            if each["application_id"] == application_id
        ),
        None,
    )
    if case is None:
        raise not_found()
    filled = visit.form(DECLARE)
    if request.method == "POST":
        filled = visit.submit(
            DECLARE, "review.state_interests", cycle_id=cycle_id, application_id=application_id
        )
        if filled.ok:
            return visit.go("/review", _stated(filled.reply["interest"]))
    title = Text("申明与申报方的关系", "State how you stand to the applicant")
    kind, category = word(KIND_WORDS, case["kind"]), case.get("category")
    return visit.page(
        "reviewing/declare.html", title, form=filled, case=case, kind=kind,
        category=word(CATEGORIES, category) if category else None,
    )  # fmt: skip


def _stated(interest: bool) -> Text:
    if interest:
        return Text(
            "已申明利害关系，这份申报不再由您评审",
            "You stated an interest: this one is not yours to review any more",
        )
    return Text("已申明无利害关系，可以评审", "You stated that there is no interest and may review")
