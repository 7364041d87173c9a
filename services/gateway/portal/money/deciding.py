"""What every page of the money shares: whose application it is, and the second person's decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.money import words
from services.gateway.portal.text import Text, written_time
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import Words, word

A_SAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3)
DECISION = Form(
    (Field("accept", Text("是否同意", "Do you approve"), Kind.YES_NO), REASON), submit=Text("作出决定", "Decide")
)  # fmt: skip
Facts = Sequence[tuple[Text, Any]]


def names(visit: Visit, cycle_id: str) -> dict[str, str]:
    """Whose an application is: the name of its account, masked as finance reads it; empty where nobody answers."""
    found = visit.ask_or_none("incentives.payees", cycle_id=cycle_id) or {"payees": []}
    return {each["application_id"]: each["account_name"] for each in found["payees"]}


def one(entries: Iterable[Mapping[str, Any]], name: str, wanted: str) -> dict[str, Any]:
    """The entry of that id. Raises NotFound."""
    for each in entries:
        if each[name] == wanted:
            return dict(each)
    raise not_found()


def said(table: Words, entries: Iterable[Mapping[str, Any]], name: str = "state") -> dict[str, Text]:
    """The words of the codes that stand in entries."""
    return {each[name]: word(table, each[name]) for each in entries}


def decide(
    visit: Visit, title: Text, operation: str, back: str, proposal: Mapping[str, Any], facts: Facts, *,
    items: Sequence[tuple[Any, ...]] = (), heads: Sequence[Any] = (), intro: Text | None = None, **data: Any,
) -> Response:  # fmt: skip
    """A proposal as it was made, and the decision of another person."""
    waits = proposal["state"] in {"proposed", "submitted"}
    own = visit.session is not None and proposal.get("proposed_by") == visit.session.subject
    filled: Filled = DECISION.filled({})
    if request.method == "POST":
        filled = visit.submit(DECISION, operation, **data)
        if filled.ok:
            return visit.go(back, Text("决定已记录", "The decision is on record"))
    return visit.page(
        "money/decide.html", title, form=filled, back=back, proposal=proposal, facts=[*facts, *_told(visit, proposal)],
        items=items, heads=heads, intro=intro, offered=waits and not own and visit.may(operation), own_proposal=waits and own,
        colours=words.COLOURS,
    )  # fmt: skip


def _told(visit: Visit, proposal: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    rows: list[tuple[Text, Any]] = [
        (Text("理由", "Reason"), proposal.get("reason") or "—"),
        (Text("提请人", "Proposed by"), proposal.get("proposed_by") or "—"),
    ]
    if proposal.get("proposed_at"):
        rows.append((Text("提请时间", "Proposed"), written_time(proposal["proposed_at"], visit.language)))
    if proposal.get("decided_by"):
        rows.append((Text("决定人", "Decided by"), proposal["decided_by"]))
        rows.append((Text("决定理由", "Why"), proposal.get("decision_reason") or "—"))
    return rows
