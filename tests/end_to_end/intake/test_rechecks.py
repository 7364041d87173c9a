"""A real cycle from the drafts to the grants by the documented API alone, days going by: the departments are asked again before
the committee meets and before money moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from tests.end_to_end.intake.conftest import CODES, City, Dossier, Person, until
from tests.support import uploads

pytestmark = pytest.mark.e2e

DEPARTMENTS = {"credit", "safety", "environment", "quality"}
DISHONEST = {"kind": "serious_dishonesty", "on": "2026-03-30", "severity": None, "liable": None}
PENALTY = {"kind": "administrative_penalty", "on": "2026-03-31", "severity": None, "liable": None}
YUAN = 100  # fen
EXPERTS, MEMBERS = ("E1", "E2", "E3"), ("M1", "M2", "M3")


@dataclass
class Award:
    """One real cycle, and what its people do in it."""

    city: City
    cycle: str
    codes: dict[str, str] = field(default_factory=dict)  # by application
    records: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by code and department

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
        self.office.ok("POST", f"{self.path}/pool", {"uscc": code, "joined_on": "2026-01-05"})
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

    def close(self, stage: str) -> None:
        """The office closes the stage, on its last day where it has one."""
        state = self.office.ok("GET", f"{self.path}/stages/{stage}")
        if state["ends_on"] is not None:
            self.travel(date.fromisoformat(state["ends_on"]))
        self.office.ok("POST", f"{self.path}/stages/{stage}/close")

    def travel(self, to: date) -> None:
        if to > self.city.today():
            self.city.stack.travel(to)

    def review(self, stage: str, percents: dict[str, str]) -> None:
        """Every reviewer hands in a sheet for each application."""
        begun = self.begin(stage)
        assert set(begun["entrants"]) == set(percents), begun
        for expert in EXPERTS:
            who = self.city.person(expert, "reviewer")
            for application, percent in percents.items():
                sheet = {"application_id": application, "percent": percent}
                who.ok("POST", f"{self.path}/stages/{stage}/sheets", sheet)
        self.close(stage)

    def to_the_committee(self, applications: list[str]) -> None:
        """From the last day for applications to the committee's first day."""
        self.travel(date.fromisoformat(self.line("submission")["ends_on"]) + timedelta(days=1))
        self.close("submission")
        self.arrive("qualification")
        stage = f"{self.path}/stages/qualification"
        until("all answers are in", lambda: not self.office.ok("GET", stage)["waiting_for"])
        self.begin("qualification")
        self.close("qualification")
        experts = {"experts": [{"expert_id": expert} for expert in EXPERTS]}
        self.office.ok("POST", f"{self.path}/experts", experts)
        percents = {application: f"{90 - number}" for number, application in enumerate(applications)}
        self.review("document_review", percents)
        self.review("site_review", percents)

    def decide_by_vote(self, candidates: set[str]) -> None:
        """The committee, already begun, votes for everybody whom it is shown."""
        ballot = self.office.ok("GET", f"{self.path}/ballot")
        assert {one["application_id"] for one in ballot["candidates"]} == candidates
        choices = [{"application_id": application, "choice": "for"} for application in sorted(candidates)]
        for member in MEMBERS:
            vote = {"number": ballot["number"], "choices": choices}
            self.city.person(member, "committee_member").ok("POST", f"{self.path}/ballot/votes", vote)
        self.office.ok("POST", f"{self.path}/ballot/close")
        self.close("committee")

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

    def status(self, application: str) -> str:
        return str(self.office.ok("GET", f"/applications/{application}")["status"])


def _differences(recheck: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By department what was said before and what is said now, where it is not the same."""
    return {one["department"]: (one["old"], one["new"]) for one in recheck["departments"] if not one["same"]}


def test_records_are_asked_for_again_before_the_committee_and_before_money(city: City) -> None:
    """At both points: the same answers go on by themselves; another answer holds its application until an officer decides with a
    reason, who may stop it; a silence waits in the office's queue and never passes.
    """
    award = Award(city, city.open_cycle())
    award.know()
    applications = [award.apply(name) for name in ("steady", "doubtful", "tainted", "quiet")]
    steady, doubtful, tainted, quiet = applications
    award.to_the_committee(applications[:-1])
    assert award
