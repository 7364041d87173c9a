"""One real cycle and what its people do in it, by the documented API alone: from the pool to the government's approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shared.identifiers import new_id
from tests.end_to_end.intake import reviewing
from tests.end_to_end.intake.conftest import CODES, City, Dossier, Person, until
from tests.support import uploads

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
        """The office closes the stage, on its last day where it has one; a notice stands for the whole of it."""
        self.end(stage)
        self.office.ok("POST", f"{self.path}/stages/{stage}/close")

    def end(self, stage: str) -> None:
        """The first day comes on which the stage may be closed."""
        state = self.office.ok("GET", f"{self.path}/stages/{stage}")
        if state["ends_on"] is not None:
            after = timedelta(days=1 if stage.startswith("notice:") else 0)
            self.travel(date.fromisoformat(state["ends_on"]) + after)

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

    def paper(self, who: Person, purpose: str, name: str) -> str:
        """Somebody uploads a paper; its id."""
        named = {"purpose": purpose, "file_name": f"{name}.pdf"}
        answer = who("POST", "/papers", params=named, data=uploads.pdf(purpose))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["paper_id"])

    def convene(self) -> None:
        """The committee is called with a chair, and everybody comes."""
        members = {"members": list(MEMBERS), "chair": MEMBERS[0]}
        self.office.ok("PUT", f"{self.path}/committee", members)
        for member in MEMBERS:
            here = {"member": member, "event": "came"}
            self.office.ok("POST", f"{self.path}/committee/attendance", here)

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

    def approve(self) -> None:
        """The notice of the winners is over; the office records the government's approval of the list."""
        self.end("notice:award")
        approval = {
            "document_number": "府函〔2026〕1号", "approved_on": self.city.today().isoformat(),
            "papers": [self.paper(self.office, "approval", "批复")],
        }  # fmt: skip

        def recorded() -> bool:
            return self.office("PUT", f"{self.path}/approval", approval).status_code == 200

        def heard() -> bool:
            waiting = self.office.ok("GET", f"{self.path}/stages/notice:award")["waiting_for"]
            return not [text for text in waiting if "approval" in text]

        until("the committee knows that the notice is over", recorded)
        until("the notice waits for no approval", heard)

    def approve_cost(self, application: str, yuan: int) -> None:
        """One person of finance prepares a project's cost with its papers, another approves it."""
        first, second = self.finance()
        cost = {
            "items": [{"name": "咨询与改进", "claimed_fen": yuan * YUAN, "approved_fen": yuan * YUAN}],
            "papers": [self.paper(first, "cost", f"发票{application}")], "reason": "按发票核对",
        }  # fmt: skip
        proposal = first.ok("POST", f"/applications/{application}/costs", cost)["proposal_id"]
        decision = {"accept": True, "reason": "材料齐全"}
        assert first("POST", f"/costs/{proposal}/decision", decision).status_code == 403
        second.ok("POST", f"/costs/{proposal}/decision", decision)

    def finance(self) -> tuple[Person, Person]:
        return self.city.person("fan", "finance"), self.city.person("fu", "finance")

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
