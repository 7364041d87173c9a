"""推荐意见: the queue of a recommending body, a dossier, and signing an opinion on it or giving none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.applicant import sections, words
from services.gateway.portal.calls import numbered, which
from services.gateway.portal.deadlines import deadline
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind
from services.gateway.portal.listing import read
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.stated import readable
from shared.contracts.operations import RECOMMENDER

ROOM = Room("recommendations", (RECOMMENDER,))
TITLE = Text("待推荐的申报", "Applications that ask for an opinion")
OPINIONS = ("waiting", "recommended", "not_recommended", "declined")
_SIGNED = Field(
    "signed_by", Text("签署人姓名", "Signed by"), width=20, autocomplete="name",
    hint=Text("键入姓名即为签署，签署后不能更改", "Typing a name signs; what is signed is not changed"),
)  # fmt: skip
SIGN = Form(
    (
        Field(
            "verdict", Text("推荐意见", "Opinion"), Kind.RADIOS,
            choices=(
                Choice("yes", Text("同意推荐", "Recommended")),
                Choice("no", Text("不予推荐", "Not recommended")),
            ),
        ),
        Field("text", Text("意见内容", "In your words"), Kind.AREA, hint=Text("最多 2000 字", "At most 2,000 characters")),
        _SIGNED,
    ),
    submit=Text("签署意见", "Sign the opinion"),
)  # fmt: skip
DECLINE = Form(
    (
        Field(
            "reason", Text("理由", "Reason"), Kind.AREA,
            hint=Text("例如：不在本辖区。申报主体可以另选推荐部门", "Not of this district, say; another may be asked"),
        ),
        _SIGNED,
    ),
    submit=Text("不受理", "Give no opinion"),
)  # fmt: skip


@ROOM.page("/rec")
def rec(visit: Visit) -> Response:
    """The queue of the cycle that closes first; the others beside it."""
    today = visit.today().isoformat()
    real = [each for each in numbered(visit.ask("intake.cycles")["cycles"]) if not each["rehearsal"]]
    running = sorted(
        (each for each in real if each["closes_on"] >= today), key=lambda each: str(each["closes_on"])
    )
    return _queue(visit, (running or real)[0], real) if real else visit.page(
        "recommending/queue.html", TITLE, cycle=None, cycles=[], listed=None, words=words
    )  # fmt: skip


@ROOM.page("/rec/c/<cycle_id>")
def queue(visit: Visit, cycle_id: str) -> Response:
    """The queue of one cycle."""
    real = [each for each in numbered(visit.ask("intake.cycles")["cycles"]) if not each["rehearsal"]]
    return _queue(visit, visit.ask("intake.cycle", cycle_id=cycle_id), real)


def _queue(visit: Visit, cycle: Mapping[str, Any], cycles: list[Any]) -> Response:
    """What is unsigned comes first, as the operation orders it."""
    path = f"/rec/c/{cycle['cycle_id']}"
    asked = read(path, request.args.items(multi=True), filters={"opinion": OPINIONS}, columns=(), sort="")
    listed = visit.ask(
        "intake.recommendation_queue", cycle_id=cycle["cycle_id"], opinion=asked.filters.get("opinion"), page=asked.page,
        size=asked.size,
    )  # fmt: skip
    rules = {rule["rulebook"]: rule for rule in visit.ask("gateway.rulebooks")["rulebooks"]}
    return visit.page(
        "recommending/queue.html", TITLE, cycle=cycle, cycles=cycles, listed=listed, asked=asked, rules=rules, words=words,
        which=which, call=next((each["call"] for each in cycles if each["cycle_id"] == cycle["cycle_id"]), None),
        closes=deadline(listed["closes_on"], visit.today()), opinions=OPINIONS,
    )  # fmt: skip


@ROOM.page("/rec/a/<application_id>", methods=("GET", "POST"))
def dossier(visit: Visit, application_id: str) -> Response:
    """What the opinion rests on, and signing it."""
    filled = _signed(visit, application_id) if request.method == "POST" else visit.form(SIGN)
    if filled.was_posted and filled.ok:
        return visit.go("/rec", Text("推荐意见已签署", "The opinion was signed"))
    told = visit.ask("intake.recommendation", application_id=application_id)
    return visit.page(
        "recommending/dossier.html",
        Text("签署推荐意见", "Sign an opinion"),
        form=filled,
        words=words,
        **_facts(visit, told),
    )


def _signed(visit: Visit, application_id: str) -> Filled:
    filled = SIGN.posted(request.form)
    if filled.ok:
        data = {name: filled.data[name] for name in ("text", "signed_by")}
        data |= {"application_id": application_id, "recommends": filled.data["verdict"] == "yes"}
        filled.attempt(lambda: visit.do("intake.recommend_application", filled.key, **data))
    return filled


def _facts(visit: Visit, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the applicant stated, under the names of the regulation's form."""
    cycle = visit.ask("intake.cycle", cycle_id=told["cycle_id"])
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    kind = told["kind"] if told["kind"] in book["kinds"] else book["kinds"][0]
    form = visit.ask("gateway.form", rulebook=cycle["rulebook"], kind=kind)
    facts = [
        (
            sections.title_of(part),
            readable(told["facts"].get(part["name"].removeprefix("facts.")), part, visit.language),
        )
        for part in form["facts"]
    ]
    there = set(told["materials"])
    materials = [(sections.title_of(each), each["name"] in there) for each in form["materials"]]
    closes = deadline(cycle["closes_on"], visit.today())
    return {
        "told": told,
        "facts": facts,
        "materials": materials,
        "closes": closes,
        "book": book,
        "cycle": cycle,
    }


@ROOM.page("/rec/a/<application_id>/decline", methods=("GET", "POST"))
def decline(visit: Visit, application_id: str) -> Response:
    """Give no opinion, and say why."""
    if request.method == "POST":
        filled = visit.submit(DECLINE, "intake.decline_recommendation", application_id=application_id)
        if filled.ok:
            return visit.go("/rec", Text("已答复不受理", "It is said that no opinion is given"))
    else:
        filled = visit.form(DECLINE)
    told = visit.ask("intake.recommendation", application_id=application_id)
    intro = Text(
        "不受理不是“不予推荐”：申报主体可以改选其他推荐部门。",
        "This is no opinion against it: the applicant may ask another body.",
    )
    return visit.page(
        "form.html", Text("不受理推荐", "Give no opinion"), form=filled, back=f"/rec/a/{application_id}", intro=intro,
        facts=[(Text("申报主体", "Applicant"), told["name"])],
    )  # fmt: skip
