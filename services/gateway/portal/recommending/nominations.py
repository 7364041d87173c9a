"""提名和入库推荐: whom a recommending body nominates, and whom it proposes for the cultivation pool."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.pool import ASK
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import RECOMMENDER
from shared.rulebooks.words import CATEGORIES

ROOM = Room("nominations", (RECOMMENDER,))


def _form(book: dict[str, list[str]]) -> Form:
    kinds = tuple(Choice(kind, words.word(words.KINDS, kind)) for kind in book["kinds"])
    categories = tuple(
        Choice(
            each, Text(CATEGORIES[each].zh, CATEGORIES[each].en) if each in CATEGORIES else Text(each, each)
        )
        for each in book["categories"]
    )
    category = Field("category", Text("申报类别", "Category"), Kind.RADIOS, choices=categories, needed=False)
    return Form(
        (
            Field("name", Text("被提名的主体名称", "Whom you nominate")),
            Field("uscc", Text("统一社会信用代码", "Unified social credit code"), width=20, hint=Text("18 位", "18 characters")),
            Field("kind", Text("申报类型", "Kind"), Kind.RADIOS, choices=kinds),
            *((category,) if categories else ()),
            Field("reason", Text("提名理由", "Reason"), Kind.AREA, hint=Text("将予公示", "It is made public")),
        ),
        submit=Text("提名", "Nominate"),
    )  # fmt: skip


@ROOM.page("/rec/c/<cycle_id>/nominations", methods=("GET", "POST"))
def nominations(visit: Visit, cycle_id: str) -> Response:
    """One's own nominations, and one more where the regulation knows them."""
    cycle = visit.ask("intake.cycle", cycle_id=cycle_id)
    book = visit.ask("gateway.rulebook", rulebook=cycle["rulebook"])
    form = _form(book)
    if request.method == "POST":
        filled = visit.submit(form, "intake.nominate", cycle_id=cycle_id)
        if filled.ok:
            notice = Text(
                "提名已记录，被提名的主体可以在申报中采用",
                "Recorded: whom you nominated can take it up in a draft",
            )
            return visit.go(f"/rec/c/{cycle_id}/nominations", notice)
    else:
        filled = visit.form(form)
    listed = visit.ask("intake.nominations", cycle_id=cycle_id)
    return visit.page(
        "recommending/nominations.html", Text("提名", "Nominations"), form=filled, cycle=cycle, book=book, words=words,
        listed=listed["nominations"], allowed=bool(book["nominations"].get("allowed")),
    )  # fmt: skip


@ROOM.page("/rec/c/<cycle_id>/pool", methods=("GET", "POST"))
def proposals(visit: Visit, cycle_id: str) -> Response:
    """Whom the body proposed for the pool, and one more."""
    if request.method == "POST":
        filled = visit.submit(ASK, "intake.ask_for_pool", cycle_id=cycle_id)
        if filled.ok:
            return visit.go(
                f"/rec/c/{cycle_id}/pool", Text("已推荐入库，等待评审办办理", "Proposed; the office decides")
            )
    else:
        filled = visit.form(ASK)
    asked = visit.ask("intake.pool_requests", cycle_id=cycle_id)["requests"]
    return visit.page(
        "recommending/pool.html",
        Text("推荐入培育库", "Proposals for the pool"),
        form=filled,
        requests=asked,
        words=words,
    )
