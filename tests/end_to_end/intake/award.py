"""One real cycle and what its people do in it, by the documented API alone: from the pool to the government's approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.award import YUAN, Cycle
from deploy.demo.city import Refused
from tests.end_to_end.intake import reviewing
from tests.end_to_end.intake.conftest import CODES, City, Dossier, until
from tests.support import uploads

__all__ = ["EXPERTS", "MEMBERS", "YUAN", "Award"]

EXPERTS, MEMBERS = ("E1", "E2", "E3"), ("M1", "M2", "M3")


@dataclass
class Award(Cycle):
    """One real cycle, and what its people do in it."""

    city: City
    codes: dict[str, str] = field(default_factory=dict)  # by application
    records: dict[str, dict[str, list[Any]]] = field(default_factory=dict)  # by code and department
    experts: tuple[str, ...] = EXPERTS  # of its own: who is in the register is not entered again

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
        self.close_the_call()
        self.begin("qualification")
        self.close("qualification")
        reviewing.enter_experts(self.city, self.cycle, self.experts)
        self.review("document_review", applications)

    def document(self, purpose: str, title: str) -> bytes:
        return uploads.pdf(purpose)

    def convene(self) -> None:
        """The committee is called with a chair, and everybody comes."""
        self.meet(MEMBERS)

    def decide_by_vote(self, candidates: set[str]) -> None:
        """The committee, already begun, votes for everybody whom it is shown."""
        ballot = self.office.ok("GET", f"{self.path}/ballot")
        assert {one["application_id"] for one in ballot["candidates"]} == candidates
        self.cast(MEMBERS)
        self.office.ok("POST", f"{self.path}/ballot/close")
        assert self.office.ok("GET", f"{self.path}/votes/recount")["agrees"]
        self.minute(MEMBERS[0])
        self.close("committee")

    # What is seen

    def queue(self) -> set[tuple[str, str, str]]:
        """The silences that wait for the office: application, department, purpose."""
        listed = self.office.ok("GET", f"{self.path}/enquiries?state=silent")["enquiries"]
        return {(one["application_id"], one["department"], one["purpose"]) for one in listed}

    def decide(self, application: str, purpose: str, *, go_on: bool, reason: str) -> dict[str, Any]:
        body = {"go_on": go_on, "reason": reason}
        return dict(self.office.ok("POST", f"/applications/{application}/rechecks/{purpose}/decision", body))

    def chased(self, application: str, purpose: str) -> None:
        """Wait until the department of quality has been reminded, for the last time in these days, and stays silent."""

        def found() -> bool:
            listed = self.office.ok("GET", f"{self.path}/enquiries?state=silent")["enquiries"]
            stands = [(one["application_id"], one["state"], one["reminders"]) for one in listed]
            return stands == [(application, "silent", 1)]

        until(f"the silence about {purpose} is chased", found)
        assert self.queue() == {(application, "quality", purpose)}

    def intact(self) -> None:
        """Every service's audit log of the cycle is whole. What was written just before a day began has by the clock that travels
        waited for its seal too long, until it gets it, a second later; what is broken stays broken.
        """
        auditor, path = self.city.person("au", "auditor"), f"{self.path}/audit"
        logs: dict[str, Any] = {}

        def whole() -> bool:
            logs.update(auditor.ok("GET", path))
            return bool(logs["intact"])

        try:
            until("the audit logs are whole", whole)
        except Refused:
            raise AssertionError(logs) from None

    def stopped(self, application: str) -> tuple[str, str | None]:
        """An application's status, and where it was stopped."""
        line = self.office.ok("GET", f"/applications/{application}")
        return line["status"], line["stopped_at"]
