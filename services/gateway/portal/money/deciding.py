"""What every page of the money shares: whose application it is, and the second person's decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request
from markupsafe import Markup

from services.gateway.errors import not_found
from services.gateway.portal.forms import Field, Filled, Form, Kind
from services.gateway.portal.money import words
from services.gateway.portal.text import Language, Text, own, written_time
from services.gateway.portal.visit import Visit, or_unheard
from services.gateway.portal.words import OF_FINANCE, Words, by_another, word
from shared.problems import Problem

A_SAMPLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3)
DECISION = Form(
    (Field("accept", Text("是否同意", "Do you approve"), Kind.YES_NO), REASON), submit=Text("作出决定", "Decide")
)  # fmt: skip
Rows = Sequence[Mapping[str, Any]]
Facts = Sequence[tuple[Text, Any]]
Told = dict[str, Any]


class Names(dict[str, str]):
    """Whose an application is: the name of its account by its id, masked as finance reads it; empty where nobody answers."""

    def __init__(self, cycle_id: str, language: Language, payees: Rows, recipients: Rows) -> None:
        super().__init__({each["application_id"]: each["account_name"] for each in payees})
        self._language = language
        self._accounts = {
            each["application_id"]: f"/finance/{cycle_id}/payees/{each['payee_id']}" for each in payees
        }
        self._known = {each["application_id"]: each for each in recipients}

    def said(self, application_id: str) -> str:
        """Number and name of a winner; what is not known to finance by its id."""
        found = self._known.get(application_id)
        if found is None:
            return application_id
        return " ".join(part for part in (found["public_number"], found["name"]) if part)

    def who(self, application_id: str) -> Markup:
        """The same, with the way to its account where there is one."""
        said = own(self.said(application_id), self._language)
        address = self._accounts.get(application_id)
        return Markup('<a class="govuk-link" href="{}">{}</a>').format(address, said) if address else said

    def id_of(self, typed: str) -> str:
        """The application of a number that was typed; what is no number of a winner as it is."""
        wanted = typed.strip()
        return next((key for key, each in self._known.items() if each["public_number"] == wanted), wanted)


OF_NAMES = ("incentives.payees", "intake.recipients")


def names(visit: Visit, cycle_id: str) -> Names:
    """Who the applications of a cycle are; asked for at once."""
    asked = {"cycle_id": cycle_id}
    return named(visit, cycle_id, *visit.ask_all((operation, asked) for operation in OF_NAMES))


def named(visit: Visit, cycle_id: str, payees: Told | Problem, recipients: Told | Problem) -> Names:
    """The same from the answers of `OF_NAMES`, of a page that asks for them together with the rest."""
    return Names(
        cycle_id,
        visit.language,
        (or_unheard(payees) or {"payees": []})["payees"],
        (or_unheard(recipients) or {"recipients": []})["recipients"],
    )


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
    own = visit.did(proposal.get("proposed_by"), proposal.get("reported_by"))
    filled: Filled = DECISION.filled({})
    if request.method == "POST":
        filled = visit.submit(DECISION, operation, **data)
        if filled.ok:
            return visit.go(back, Text("决定已记录", "The decision is on record"))
    return visit.page(
        "money/decide.html", title, form=filled, back=back, proposal=proposal, facts=[*facts, *_told(visit, proposal)],
        items=items, heads=heads, intro=intro, offered=waits and not own and visit.may(operation), own_proposal=waits and own,
        colours=words.COLOURS, by_another=by_another("决定", "decide", OF_FINANCE),
    )  # fmt: skip


def _told(visit: Visit, proposal: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    rows: list[tuple[Text, Any]] = [
        (Text("理由", "Reason"), proposal.get("reason") or "—"),
        (Text("提请人", "Proposed by"), visit.person(proposal.get("proposed_by")) or "—"),
    ]
    if proposal.get("proposed_at"):
        rows.append((Text("提请时间", "Proposed"), written_time(proposal["proposed_at"], visit.language)))
    if proposal.get("decided_by"):
        rows.append((Text("决定人", "Decided by"), visit.person(proposal["decided_by"])))
        rows.append((Text("决定理由", "Why"), proposal.get("decision_reason") or "—"))
    return rows
