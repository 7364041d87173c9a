"""How far each cycle of the script comes, and what waits in it for whom. One function a cycle; days are the script's."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import requests

from deploy.demo import reviewing
from deploy.demo.award import YUAN
from deploy.demo.cast import Applicant
from deploy.demo.city import Refused, until
from deploy.demo.town import Told

_TIMEOUT = 60.0  # seconds
_VOTE = "social_evaluation"


def history(told: Told) -> None:
    """Years ago: reviewed, defended, visited, voted on, approved, certified and paid; its winners are followed still."""
    told.apply_all()
    told.qualify()
    told.enter_experts()
    for stage in ("document_review", "defence", "site_review"):
        told.review(stage)
    winners = _awarded(told)
    _to_be_paid(told, winners, year=told.city.today().year)
    batch = _batch(told)
    _paid(told, batch)


def after(told: Told) -> None:
    """Awarded; a batch of grants waits for the second person of finance, and the winner's first report is being written."""
    told.apply_all()
    told.qualify()
    told.enter_experts()
    for stage in ("document_review", "site_review"):
        told.review(stage)
    winners = _awarded(told)
    told.office.ok("POST", f"{told.path}/feedback", {})
    told.office.ok("POST", f"{told.path}/feedback/release")
    payment = told.story.more["payment"]
    told.travel(date.fromisoformat(payment["day"]))
    granted = told.grants()
    for one in winners:
        if one.project_cost_yuan is not None and told.ids[one.key] in granted:
            told.approve_cost(told.ids[one.key], one.project_cost_yuan)
    for application in granted:  # what the departments confirmed after the award holds no longer
        told.office.ok("POST", f"/applications/{application}/rechecks/payment")
    told.confirmed("payment", [told.ids[one.key] for one in winners])
    _to_be_paid(told, winners, year=told.city.today().year)
    _batch(told)
    _report_begun(told, winners[0])


def committee(told: Told) -> None:
    """Twice reviewed and twice announced; the members are there, a ballot is open, some have voted."""
    told.apply_all()
    told.qualify()
    told.post("nomination")
    told.close("notice:nomination")
    told.enter_experts()
    told.review("document_review")
    told.post("first_review")
    told.close("notice:first_review")
    told.review("site_review")
    told.convene()
    told.cast(told.city.known(username).name for username in told.story.more["voted"])


def vote(told: Told) -> None:
    """Reviewed and defended; the public votes, and whoever comes may."""
    told.apply_all()
    told.qualify()
    told.enter_experts()
    for stage in ("document_review", "defence"):
        told.review(stage)
    told.begin(_VOTE)
    told.city.pages["vote"] = f"/vote/{told.cycle}/{_VOTE}"


def review(told: Told) -> None:
    """The panel of the documents is released: one reviewer is writing, one has to state its interests, one to answer."""
    told.apply_all()
    told.qualify()
    told.enter_experts()
    stage, sheets = "document_review", told.story.more["sheets"]
    told.arrive(stage)
    reviewing.draw(told.city, told.cycle, stage, told.inspector)
    told.begin(stage)
    first, second = (told.city.known(username) for username in ("reviewer", "reviewer2"))
    for who in (first, second):
        reviewing.accept(told.cycle, stage, who)
    for application in reviewing.owed(told.cycle, first):
        reviewing.state(told.cycle, first, application, told.city.cast.experts[first.name].name)
    mine = reviewing.assigned(told.cycle, stage, first)
    path = f"{told.path}/stages/{stage}"
    for number, application in enumerate(mine[: sheets["handed_in"] + sheets["begun"]]):
        items = None if number < sheets["handed_in"] else sheets["items"]
        percent, words = told.percent(first.name, application), told.words(first.name)
        reviewing.write(first, path, application, percent, words, items)


def notice(told: Told) -> None:
    """The qualified are announced; one objection is being looked into, another has just come in."""
    told.know()
    told.together(told.apply, told.story.applicants)
    told.answer_as_clerk()
    told.qualify()
    told.post("qualification")
    for objection in told.story.more["objections"]:
        told.travel(date.fromisoformat(objection["day"]))
        _objected(told, objection)
    inspector = told.city.known(told.script.inspector)
    inspector.ok("POST", f"{told.path}/supervision/forms", told.story.more["form"])


def call(told: Told) -> None:
    """Applications are taken: drafts, some waiting for a recommendation, handed in, returned, signed for; the pool is asked."""
    told.travel(date.fromisoformat(told.story.more["handed_in_on"]))
    drafts = dict(zip((one.key for one in told.story.applicants), _drafts(told), strict=True))
    told.know()

    def go_on(one: Applicant) -> None:
        dossier = drafts[one.key]
        if one.body is not None:
            told.recommend(one, dossier, sign=one.until in {"submitted", "returned", "accepted"})
        if one.until in {"draft", "asked"}:
            return
        digest = told.hand_in(dossier)
        if one.until == "accepted":
            told.sign_for(dossier, digest)
        elif one.until == "returned":
            items = [{"field": name, "reason": told.script.reasons["returned"]} for name in one.return_fields]
            told.office.ok("POST", f"{dossier.path}/return", {"items": items})

    told.together(go_on, told.story.applicants)
    until("only the clerk's enquiries wait", lambda: told.waited_for() <= {told.city.known("clerk").unit})
    for asked in told.story.more["pool_requests"]:
        who = told.city.known(asked["account"])
        body = {name: asked[name] for name in ("name", "uscc", "reason")}
        contact = {"name": who.name, "phone": told.city.cast.phone}
        who.ok("POST", f"{told.path}/pool/requests", {**body, "contact": contact})


def _drafts(told: Told) -> list[Any]:
    return told.together(told.draft, told.story.applicants)


STORIES: Mapping[str, Callable[[Told], None]] = {
    "history": history,
    "after": after,
    "committee": committee,
    "vote": vote,
    "review": review,
    "notice": notice,
    "call": call,
}


# What follows a vote -------------------------------------------------------------------------------------------------


def _awarded(told: Told) -> list[Applicant]:
    """Proposed, voted on, announced, approved, certified: the winners."""
    told.convene(told.story.more.get("levels", {}))
    told.decide()
    told.post("award")
    told.approve(told.story.more["approval"])
    told.close("notice:award")

    def honoured() -> Any:
        return told.office.ok("GET", f"{told.path}/grants")["grants"]

    until("the grants are computed", honoured)
    issued = told.office.ok("POST", f"{told.path}/certificates", {})["certificates"]
    winners = {certificate["application_id"] for certificate in issued}
    told.confirmed("payment", winners)
    return [one for one in told.story.applicants if told.ids[one.key] in winners]


def _to_be_paid(told: Told, winners: list[Applicant], year: int) -> None:
    """Accounts are entered by the winners and checked by finance; the year has its budget."""
    maker, checker = told.finance()
    paid = told.grants()
    payment = told.story.more["payment"]
    for one in winners:
        if told.ids[one.key] not in paid:
            continue
        account = {
            "account_name": one.name,
            "bank": payment["bank"],
            "account_number": payment["account_number"],
        }
        entered = told.city.applicant(told.story, one).ok(
            "PUT", f"/applications/{told.ids[one.key]}/payee", account
        )
        checked = {"accept": True, "reason": "与开户证明一致"}
        checker.ok("POST", f"/payees/{entered['payee_id']}/check", checked)
    budget = {
        "year": year, "whole_year": True, "amount_fen": payment["year_budget_yuan"] * YUAN, "reason": "预算批复",
    }  # fmt: skip
    maker.ok("POST", f"{told.path}/budgets", budget)


def _batch(told: Told) -> str:
    """Finance makes a batch of what can be paid; its address. Raises Refused where nothing can."""
    told.paying(dict.fromkeys(told.grants(), "computed"))
    made = told.finance()[0].ok("POST", f"{told.path}/payment-batches", {})
    if made["batch"] is None:
        raise Refused(f"nothing can be paid: {made['skipped']}")
    return f"/payment-batches/{made['batch']['batch_id']}"


def _paid(told: Told, batch: str) -> None:
    """The second person approves, and the bank's answers are read back from its file."""
    maker, checker = told.finance()
    checker.ok("POST", f"{batch}/decision", {"accept": True, "reason": "已复核"})
    orders = list(csv.reader(io.StringIO(maker("GET", f"{batch}/file.csv").content.decode("utf-8-sig"))))
    answers = [
        ["付款编号 Key", "金额（元） Amount", "结果 Result", "流水号 Reference", "日期 Day", "原因 Reason"]
    ]
    today = told.city.today().isoformat()
    answers += [
        [order[0].lstrip("'"), order[4], "成功", f"R{number}", today, ""]
        for number, order in enumerate(orders[1:])
    ]
    out = io.StringIO()
    csv.writer(out).writerows(answers)
    content = base64.b64encode(out.getvalue().encode()).decode()
    report = maker.ok("POST", f"{batch}/answers", {"content": content, "last": True})
    if report["unanswered"]:
        raise Refused(f"the bank's answers: {report}")


def _report_begun(told: Told, winner: Applicant) -> None:
    """The winner has written the first part of its yearly report."""
    report = told.story.more["report"]
    who = told.city.applicant(told.story, winner)
    path = f"{told.path}/my-tracking/{told.ids[winner.key]}/reports/{report['year']}"
    who.ok("PUT", f"{path}/texts/summary", {"text": report["summary"]})
    for index, value in report["figures"].items():
        who.ok("PUT", f"{path}/figures/{index}", {"value": value})


def _objected(told: Told, objection: Mapping[str, Any]) -> None:
    """Somebody objects in public; officers are named as far as the script names them, and with facts the applicant is asked."""
    raised = requests.post(
        f"{told.city.stack.gateway_url}/api/v1{told.path}/notices/qualification/objections",
        json={
            "application_id": told.ids[objection["against"]], "source": "public", "evidence": True,
            "by": {"name": objection["name"], "id_number": objection["id_number"]},
            "statement": objection["statement"],
        },
        timeout=_TIMEOUT,
    )  # fmt: skip
    if not raised.ok:
        raise Refused(f"an objection: {raised.status_code} {raised.text}")
    one = f"/objections/{raised.json()['objection_id']}"
    for part in ("inquiry", "ruling"):
        if part in objection:
            officer = told.city.known(objection[part])
            told.office.ok("PUT", f"{one}/officers/{part}", {"officer": officer.name})
    if "facts" in objection:
        inquirer = told.city.known(objection["inquiry"])
        inquirer.ok("POST", f"{one}/acceptance", {"accepted": True, "reason": "实名且有证据"})
        inquirer.ok("POST", f"{one}/inquiry", {"facts": objection["facts"]})
