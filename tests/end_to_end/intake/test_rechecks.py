"""A real cycle from the drafts to the grants by the documented API alone, days going by: the departments are asked again before
the committee meets and before money moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from shared.identifiers import new_id
from tests.end_to_end.intake import reviewing
from tests.end_to_end.intake.conftest import CODES, City, Dossier, Person, until
from tests.support import uploads

pytestmark = pytest.mark.e2e

DISHONEST = {"kind": "serious_dishonesty", "on": "2025-10-09", "severity": None, "liable": None}
PENALTY = {"kind": "administrative_penalty", "on": "2025-10-10", "severity": None, "liable": None}
YUAN = 100  # fen
EXPERTS, MEMBERS = ("E1", "E2", "E3"), ("M1", "M2", "M3")


@dataclass
class Award:
    """One real cycle, and what its people do in it."""

    city: City
    cycle: str
    codes: dict[str, str] = field(default_factory=dict)  # by application
    records: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by code and department
    experts: tuple[str, ...] = EXPERTS  # of its own: who is in the register is not entered again

    @property
    def office(self) -> Person:
        return self.city.office

    @property
    def path(self) -> str:
        return f"/cycles/{self.cycle}"

    # What the departments say

    def know(self, silent: Iterable[str] = ()) -> None:
        """Tell the departments what they hold; `silent`: the references that the department of quality leaves unanswered."""
        faults = {"quality": {"down": True, "only": sorted(silent)}}
        self.city.departments_know(self.cycle, self.records, faults)

    def found(self, application: str, department: str, record: dict[str, Any]) -> None:
        """From now on a department holds one record of an applicant."""
        self.records[self.codes[application]] = {department: [record]}

    # What happens

    def apply(self, name: str) -> str:
        """A member of the pool fills in, uploads, hands in; the office signs for it. The application's id."""
        code = next(CODES)
        self.office.ok("POST", f"{self.path}/pool", {"uscc": code, "joined_on": "2025-08-11"})
        dossier = Dossier(self.city, self.cycle, self.city.person(name, "applicant"))
        facts = {"facts.region": "杭州市西湖区", "facts.project_cost_yuan": 900_000}
        dossier.who.ok("PATCH", dossier.path, {"revision": 1, "parts": {"uscc": code, **facts}})
        dossier.handed(uploads.word("申报表", name), "申报表.docx", "application_form")
        dossier.handed(uploads.word("自我评价报告", name), "自评报告.docx", "self_assessment")
        dossier.handed(uploads.pdf(f"proof of {name}"), "证书.pdf", "proofs")
        line = dossier.who.ok("POST", f"{dossier.path}/submission")
        self.office.ok("POST", f"{dossier.path}/acceptance", {"digest": line["receipt"]})
        self.codes[dossier.id] = code
        return dossier.id

    def line(self, stage: str) -> dict[str, Any]:
        """A stage on the cycle's timeline."""
        stages = self.office.ok("GET", self.path)["stages"]
        return dict(next(line for line in stages if line["stage"] == stage))

    def arrive(self, stage: str) -> None:
        """The stage is planned, and its first day comes."""
        planned = until(
            f"{stage} is planned", lambda: (line := self.line(stage))["state"] == "planned" and line
        )
        self.travel(date.fromisoformat(planned["begins_on"]))

    def begin(self, stage: str) -> dict[str, Any]:
        self.arrive(stage)
        return dict(self.office.ok("POST", f"{self.path}/stages/{stage}/begin"))

    def post(self, notice: str) -> None:
        """One officer sees to the notice's words, another approves it, and it is posted."""
        self.arrive(f"notice:{notice}")
        draft = f"{self.path}/notices/{notice}/draft"
        words = {
            "introduction_zh": "现予公示。",
            "introduction_en": "These are announced.",
            "contact": "评审办公室",
        }
        seen = self.office.ok("PUT", draft, {"revision": self.office.ok("GET", draft)["revision"], **words})
        second = self.city.person("second", "award_office")
        second.ok("POST", f"{draft}/approval", {"revision": seen["revision"]})
        begun = self.begin(f"notice:{notice}")
        assert begun["state"] == "begun", begun

    def close(self, stage: str) -> None:
        """The office closes the stage, on its last day where it has one."""
        state = self.office.ok("GET", f"{self.path}/stages/{stage}")
        if state["ends_on"] is not None:
            self.travel(date.fromisoformat(state["ends_on"]))
        self.office.ok("POST", f"{self.path}/stages/{stage}/close")

    def travel(self, to: date) -> None:
        if to > self.city.today():
            self.city.stack.travel(to)

    def review(self, stage: str, applications: list[str]) -> None:
        """A panel is seated, and every reviewer hands in a sheet for each application."""
        self.arrive(stage)
        members = reviewing.seat(self.city, self.cycle, stage)
        begun = self.begin(stage)
        assert set(begun["entrants"]) == set(applications), begun
        percents = {application: 90 - 5 * number for number, application in enumerate(applications)}
        reviewing.score(self.cycle, stage, members, percents)
        self.close(stage)

    def to_the_first_review(self, applications: list[str]) -> None:
        """From the last day for applications until the papers are reviewed."""
        pending = f"{self.path}/enquiries?state=pending"
        until("all answers are in", lambda: not self.office.ok("GET", pending)["enquiries"])
        self.travel(date.fromisoformat(self.line("submission")["ends_on"]) + timedelta(days=1))
        self.close("submission")
        self.arrive("qualification")
        stage = f"{self.path}/stages/qualification"
        until("all answers are heard", lambda: not self.office.ok("GET", stage)["waiting_for"])
        self.begin("qualification")
        self.close("qualification")
        reviewing.enter_experts(self.city, self.cycle, self.experts)
        self.review("document_review", applications)

    def decide_by_vote(self, candidates: set[str]) -> None:
        """The committee, already begun, votes for everybody whom it is shown."""
        ballot = self.office.ok("GET", f"{self.path}/ballot")
        assert {one["application_id"] for one in ballot["candidates"]} == candidates
        choices = [{"application_id": application, "choice": "for"} for application in sorted(candidates)]
        for member in MEMBERS:
            vote = {"number": ballot["number"], "choices": choices, "nonce": new_id()}
            self.city.person(member, "committee_member").ok("POST", f"{self.path}/ballot/votes", vote)
        self.office.ok("POST", f"{self.path}/ballot/close")
        assert self.office.ok("GET", f"{self.path}/votes/recount")["agrees"]
        version = self.office.ok("POST", f"{self.path}/minutes", {})["version"]
        chair = self.city.person(MEMBERS[0], "committee_member")
        chair.ok("POST", f"{self.path}/minutes/{version}/confirm")
        self.close("committee")
        approval = {"document_number": "府函〔2026〕1号", "approved_on": self.city.today().isoformat()}
        self.office.ok("PUT", f"{self.path}/approval", approval)

    # What is seen

    def rechecks(self, purpose: str) -> dict[str, dict[str, Any]]:
        """By application what was asked again for a purpose."""
        listed = self.office.ok("GET", f"{self.path}/rechecks")["rechecks"]
        return {one["application_id"]: one for one in listed if one["purpose"] == purpose}

    def settled(self, purpose: str, wanted: dict[str, str]) -> None:
        """Wait until what was asked again stands as it should."""

        def states() -> dict[str, str]:
            return {application: one["state"] for application, one in self.rechecks(purpose).items()}

        until(f"{purpose}: {sorted(wanted.values())}", lambda: states() == wanted)

    def queue(self) -> set[tuple[str, str, str]]:
        """The silences that wait for the office: application, department, purpose."""
        listed = self.office.ok("GET", f"{self.path}/enquiries?state=silent")["enquiries"]
        return {(one["application_id"], one["department"], one["purpose"]) for one in listed}

    def decide(self, application: str, purpose: str, *, go_on: bool, reason: str) -> dict[str, Any]:
        body = {"go_on": go_on, "reason": reason}
        return dict(self.office.ok("POST", f"/applications/{application}/rechecks/{purpose}/decision", body))

    def grants(self) -> dict[str, dict[str, Any]]:
        """The awards' grants by application."""
        listed = self.office.ok("GET", f"{self.path}/grants")["grants"]
        return {one["application_id"]: one for one in listed if one["grant_for"] == "award"}

    def paying(self, wanted: dict[str, str]) -> None:
        """Wait until the grants are payable or held as they should be."""

        def states() -> dict[str, str]:
            return {application: one["state"] for application, one in self.grants().items()}

        until(f"the grants: {sorted(wanted.values())}", lambda: states() == wanted)

    def chased(self, application: str, purpose: str) -> None:
        """Wait until the department of quality has been reminded, for the last time in these days, and stays silent."""

        def found() -> bool:
            listed = self.office.ok("GET", f"{self.path}/enquiries?state=silent")["enquiries"]
            stands = [(one["application_id"], one["state"], one["reminders"]) for one in listed]
            return stands == [(application, "silent", 1)]

        until(f"the silence about {purpose} is chased", found)
        assert self.queue() == {(application, "quality", purpose)}

    def stopped(self, application: str) -> tuple[str, str | None]:
        """An application's status, and where it was stopped."""
        line = self.office.ok("GET", f"/applications/{application}")
        return line["status"], line["stopped_at"]

    def outstanding(self) -> set[str]:
        """Whose records the committee's stage still waits for."""
        waiting = self.office.ok("GET", f"{self.path}/stages/committee")["waiting_for"]
        return {text.split()[1].rstrip(":") for text in waiting if text.startswith("records ")}


def _differences(recheck: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By department what was said before and what is said now, where it is not the same."""
    return {one["department"]: (one["old"], one["new"]) for one in recheck["departments"] if not one["same"]}


def test_records_are_asked_for_again_before_the_committee_and_before_money(city: City) -> None:
    """At both points: the same answers go on by themselves; another answer holds its application until an officer decides with a
    reason, who may stop it; a silence waits in the office's queue and never passes.
    """
    award = Award(city, city.open_cycle())
    steady, doubtful, tainted, quiet = (
        award.apply(name) for name in ("steady", "doubtful", "tainted", "quiet")
    )
    applications = [steady, doubtful, tainted, quiet]
    award.to_the_first_review(applications)
    award.found(tainted, "credit", DISHONEST)
    award.found(doubtful, "environment", PENALTY)
    award.know(silent=[f"{quiet}-committee"])
    award.review("site_review", applications)

    wanted = {steady: "confirmed", doubtful: "differs", tainted: "differs", quiet: "asked"}
    award.settled("committee", wanted)
    award.chased(quiet, "committee")
    until("the committee hears", lambda: award.outstanding() == {doubtful, tainted, quiet})
    before_the_committee(award, steady, doubtful, tainted, quiet)

    award.decide_by_vote({steady, doubtful, quiet})
    award.post("award")
    award.found(steady, "safety", PENALTY)
    award.know(silent=[f"{quiet}-payment"])
    award.close("notice:award")
    wanted = {steady: "differs", doubtful: "confirmed", quiet: "asked"}
    award.settled("payment", wanted)
    award.chased(quiet, "payment")
    before_the_payment(award, steady, doubtful, quiet)
    logs = city.person("au", "auditor").ok("GET", f"{award.path}/audit")
    assert logs["intact"], logs


def before_the_committee(award: Award, steady: str, doubtful: str, tainted: str, quiet: str) -> None:
    """The meeting is held without the one who was stopped, and not before the others are settled."""
    office, members = award.office, {"members": list(MEMBERS), "chair": MEMBERS[0]}
    office.ok("PUT", f"{award.path}/committee", members)
    for member in MEMBERS:
        office.ok("POST", f"{award.path}/committee/attendance", {"member": member, "event": "came"})
    stage = award.begin("committee")
    assert stage["state"] == "planned", stage
    named = {each for each in (steady, doubtful, tainted, quiet) if each in stage["blocked"]["reason_zh"]}
    assert named == {doubtful, tainted, quiet}
    asked = award.rechecks("committee")
    assert _differences(asked[tainted]) == {"credit": ([], [DISHONEST])}
    assert _differences(asked[doubtful]) == {"environment": ([], [PENALTY])}
    assert _differences(asked[quiet]) == {"quality": ([], None)}

    path = f"/applications/{tainted}/rechecks/committee/decision"
    assert office("POST", path, {"go_on": False, "reason": ""}).status_code == 422
    applicant = award.city.person("tainted", "applicant")
    assert applicant("POST", path, {"go_on": True, "reason": "自行决定"}).status_code == 403
    ended = award.decide(tainted, "committee", go_on=False, reason="近期严重失信")
    assert (ended["state"], ended["decided_by"], ended["reason"]) == ("stopped", "li", "近期严重失信")
    let_on = award.decide(doubtful, "committee", go_on=True, reason="处罚已依法撤销")
    assert (let_on["state"], let_on["decided_by"], let_on["reason"]) == ("let_on", "li", "处罚已依法撤销")
    assert office("POST", path, {"go_on": True, "reason": "反悔"}).status_code == 409
    until("the committee hears", lambda: award.outstanding() == {quiet})
    assert award.stopped(tainted) == ("ineligible", "site_review")

    award.travel(award.city.today() + timedelta(days=7))
    assert award.queue() == {(quiet, "quality", "committee")}
    stage = award.begin("committee")
    assert stage["state"] == "planned", stage
    assert quiet in stage["blocked"]["reason_zh"]
    award.know()
    office.ok("POST", f"/applications/{quiet}/enquiries/quality")
    award.settled(
        "committee", {steady: "confirmed", doubtful: "let_on", tainted: "stopped", quiet: "confirmed"}
    )
    until("the committee hears", lambda: not award.outstanding())
    begun = award.begin("committee")
    assert (begun["state"], set(begun["entrants"])) == ("begun", {steady, doubtful, quiet})


def before_the_payment(award: Award, steady: str, doubtful: str, quiet: str) -> None:
    """A grant is payable when its winner's records are confirmed, or an officer let it go on; and as long as they hold."""
    office, amount = award.office, 600_000 * YUAN
    award.paying({steady: "held", doubtful: "computed", quiet: "held"})
    assert {one["amount_fen"] for one in award.grants().values()} == {amount}
    until("incentives hear", lambda: "safety" in award.grants()[steady]["held_en"])
    assert _differences(award.rechecks("payment")[steady]) == {"safety": ([], [PENALTY])}
    assert award.queue() == {(quiet, "quality", "payment")}

    ended = award.decide(steady, "payment", go_on=False, reason="事故调查未结")
    assert (ended["state"], ended["decided_by"]) == ("stopped", "li")
    until("incentives hear", lambda: "事故调查未结" in award.grants()[steady]["held_zh"])
    assert office("POST", f"/applications/{steady}/rechecks/payment").status_code == 409
    let_on = award.decide(quiet, "payment", go_on=True, reason="该部门已来函说明")
    assert (let_on["state"], let_on["decided_by"]) == ("let_on", "li")
    award.paying({steady: "held", doubtful: "computed", quiet: "computed"})

    lasts = date.fromisoformat(award.rechecks("payment")[doubtful]["valid_until"])
    award.travel(lasts)
    award.paying({steady: "held", doubtful: "computed", quiet: "computed"})
    award.travel(lasts + timedelta(days=1))
    award.paying({steady: "held", doubtful: "held", quiet: "held"})
    assert str(lasts) in award.grants()[doubtful]["held_zh"]
    office.ok("POST", f"/applications/{doubtful}/rechecks/payment")
    award.paying({steady: "held", doubtful: "computed", quiet: "held"})
    assert "事故调查未结" in award.grants()[steady]["held_zh"]
