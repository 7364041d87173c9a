"""One real cycle and what its people do in it, by the documented API alone: from the last day for applications to the money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo.city import City, Person, Refused, until
from deploy.demo.papers import as_pdf
from shared.identifiers import new_id

YUAN = 100  # fen


@dataclass
class Cycle:
    """One real cycle, and what its people do in it."""

    city: City
    cycle: str

    @property
    def office(self) -> Person:
        return self.city.office

    @property
    def second(self) -> Person:
        """Another officer, who approves what the first one prepared."""
        return self.city.person("second", "award_office")

    @property
    def path(self) -> str:
        return f"/cycles/{self.cycle}"

    def line(self, stage: str) -> dict[str, Any]:
        """A stage on the cycle's timeline."""
        stages = self.office.ok("GET", self.path)["stages"]
        return dict(next(line for line in stages if line["stage"] == stage))

    def planned(self, stage: str) -> date:
        """The stage is planned: its first day."""
        line = until(
            f"{stage} of {self.cycle} is planned",
            lambda: (line := self.line(stage))["state"] == "planned" and line,
        )
        return date.fromisoformat(line["begins_on"])

    def arrive(self, stage: str) -> None:
        """The stage is planned, and its first day comes."""
        self.travel(self.planned(stage))

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
        self.second.ok("POST", f"{draft}/approval", {"revision": seen["revision"]})
        begun = self.begin(f"notice:{notice}")
        if begun["state"] != "begun":
            raise Refused(f"the notice {notice}: {begun}")

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

    def close_the_call(self) -> None:
        """The departments' answers are in, and the day after the last day for applications has come."""
        pending = f"{self.path}/enquiries?state=pending"
        until("all answers are in", lambda: not self.office.ok("GET", pending)["enquiries"])
        self.travel(date.fromisoformat(self.line("submission")["ends_on"]) + timedelta(days=1))
        self.close("submission")
        self.arrive("qualification")
        stage = f"{self.path}/stages/qualification"
        until("all answers are heard", lambda: not self.office.ok("GET", stage)["waiting_for"])

    def document(self, purpose: str, title: str) -> bytes:
        """What is uploaded as a paper."""
        return as_pdf(title, purpose)

    def paper(self, who: Person, purpose: str, name: str) -> str:
        """Somebody uploads a paper; its id."""
        named = {"purpose": purpose, "file_name": f"{name}.pdf"}
        answer = who("POST", "/papers", params=named, data=self.document(purpose, name))
        if not answer.ok:
            raise Refused(f"{name}: {answer.status_code} {answer.text}")
        return str(answer.json()["paper_id"])

    def meet(self, members: Sequence[str]) -> None:
        """The committee is called, the first of them in the chair, and everybody comes."""
        self.office.ok("PUT", f"{self.path}/committee", {"members": list(members), "chair": members[0]})
        for member in members:
            self.office.ok("POST", f"{self.path}/committee/attendance", {"member": member, "event": "came"})

    def cast(self, members: Iterable[str]) -> None:
        """Members vote for everybody on the open ballot."""
        ballot = self.office.ok("GET", f"{self.path}/ballot")
        choices = [
            {"application_id": one["application_id"], "choice": "for"}
            for one in sorted(ballot["candidates"], key=lambda one: str(one["application_id"]))
        ]
        for member in members:
            vote = {"number": ballot["number"], "choices": choices, "nonce": new_id()}
            self.city.person(member, "committee_member").ok("POST", f"{self.path}/ballot/votes", vote)

    def minute(self, chair: str) -> None:
        """The minutes are made, and confirmed by whoever took the chair."""
        version = self.office.ok("POST", f"{self.path}/minutes", {})["version"]
        self.city.person(chair, "committee_member").ok("POST", f"{self.path}/minutes/{version}/confirm")

    def approve(self, number: str = "府函〔2026〕1号") -> None:
        """The notice of the winners is over; the office records the government's approval of the list."""
        self.end("notice:award")
        approval = {
            "document_number": number, "approved_on": self.city.today().isoformat(),
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
        if first("POST", f"/costs/{proposal}/decision", decision).status_code != 403:
            raise Refused(f"{first.name} approved a cost of its own")
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

    def grants(self) -> dict[str, dict[str, Any]]:
        """The awards' grants by application."""
        listed = self.office.ok("GET", f"{self.path}/grants")["grants"]
        return {one["application_id"]: one for one in listed if one["grant_for"] == "award"}

    def paying(self, wanted: dict[str, str]) -> None:
        """Wait until the grants are payable or held as they should be."""

        def states() -> dict[str, str]:
            return {application: one["state"] for application, one in self.grants().items()}

        until(f"the grants: {sorted(wanted.values())}", lambda: states() == wanted)

    def outstanding(self) -> set[str]:
        """Whose records the committee's stage still waits for."""
        waiting = self.office.ok("GET", f"{self.path}/stages/committee")["waiting_for"]
        return {text.split()[1].rstrip(":") for text in waiting if text.startswith("records ")}
