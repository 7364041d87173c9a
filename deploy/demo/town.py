"""The demo's people in its stack, and what they do in every cycle: applying, judging, reviewing, voting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.demo import papers, reviewing
from deploy.demo.award import YUAN, Cycle
from deploy.demo.cast import Account, Applicant, Expert, People, Script, Story
from deploy.demo.city import City, Dossier, Person, Refused, until

AT_ONCE = 6  # requests of one story under way
_TITLES = {"application_form": "申报表", "self_assessment": "自我评价报告", "proofs": "证实性材料"}


@dataclass
class Town(City):
    """The stack, and whoever was given an account in it."""

    cast: People = field(kw_only=True)
    script: Script = field(kw_only=True)
    pages: dict[str, str] = field(default_factory=dict)  # addresses that are worth telling
    _registered: set[str] = field(default_factory=set)
    _declared: dict[str, date] = field(default_factory=dict)
    _applying: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _entering: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def office(self) -> Person:
        return self.known("office")

    def known(self, username: str) -> Person:
        """One of those who may sign in."""
        return self.people[self.cast.accounts[username].name]

    def settle(self) -> None:
        """Accounts for all who may sign in, the register of recommending bodies, and somebody who acts for each of them."""
        experts = {expert.account: expert.expert_id for expert in self.cast.experts.values()}

        def enter(account: Account) -> None:
            subject = experts.get(account.username, account.name)
            # the first administrator is there from the start
            person = self.people.get(account.username) or self.enrol(
                subject, account.role, account.unit, account.username, account.name
            )
            self.people[account.name] = person
            if account.role == "recommending_body" and account.unit is not None:
                self.people[account.unit] = person

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(enter, self.cast.accounts.values()))
        for number, (name, kind) in enumerate(self.cast.bodies, 1):
            self.office.ok("POST", "/recommending-bodies", {"name": name, "kind": kind})
            if name not in self.people:
                self.enrol(name, "recommending_body", name, f"user.body{number}")

    def passwords(self) -> dict[str, str]:
        """Of those who may sign in, by username."""
        return {username: self.known(username).password for username in self.cast.accounts}

    def applicant(self, story: Story, one: Applicant) -> Person:
        """The account of an applicant: one of those who may sign in, or one that nobody else has in this cycle."""
        if one.account is not None:
            return self.known(one.account)
        number = [other.key for other in story.applicants if other.account is None].index(one.key) + 1
        name = f"示例申报人 {number}"
        with self._applying:
            return self.people.get(name) or self.enrol(name, "applicant", username=f"user.applicant{number}")

    def reviewers(self, count: int) -> list[Person]:
        """The first so many experts, in the register and with their declarations in force."""
        with self._entering, ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._reviewer, list(self.cast.experts.values())[:count]))

    def _reviewer(self, expert: Expert) -> Person:
        name = expert.expert_id
        if name not in self._registered:
            reviewing.register(self, name, _entry(expert, self.cast.register))
            self._registered.add(name)
        who = self.people.get(name) or Town.enrol(
            self, name, "reviewer", None, f"user.{name.lower()}", expert.name
        )
        declared = self._declared.get(name)
        if declared is None or (self.today() - declared).days > self.script.declare_again_after_days:
            reviewing.declare(who, expert.name)
            self._declared[name] = self.today()
        return who


def _entry(expert: Expert, register: Mapping[str, Any]) -> dict[str, Any]:
    """An expert as the register takes it."""
    said = dict(register)
    employer = {
        "uscc": expert.employer_uscc, "name": expert.employer, "since": said.pop("employed_since"), "until": None,
    }  # fmt: skip
    return {
        "name": expert.name, "industry_expert": expert.industry_expert, "may_lead": True, "contact": None,
        "employments": [employer], **said,
    }  # fmt: skip


@dataclass
class Told(Cycle):
    """One cycle of the script."""

    city: Town
    story: Story
    ids: dict[str, str] = field(default_factory=dict)  # of applications, by the script's names

    @classmethod
    def open(cls, town: Town, story: Story) -> Told:
        """The day of the opening comes, and the office opens the cycle."""
        if story.opens_on > town.today():
            town.stack.travel(story.opens_on)
        days = (story.closes_on - story.opens_on).days
        more = {"year": story.year, "budget_fen": story.budget_yuan * YUAN}
        return cls(town, town.open_cycle(story.rulebook, days=days, **more), story)

    @property
    def script(self) -> Script:
        return self.city.script

    @property
    def second(self) -> Person:
        return self.city.known("office2")

    def finance(self) -> tuple[Person, Person]:
        return self.city.known("finance"), self.city.known("finance2")

    @property
    def members(self) -> list[str]:
        """The committee."""
        return [one.name for one in self.city.cast.accounts.values() if one.role == "committee_member"]

    @property
    def inspector(self) -> str:
        """Who witnesses the draws."""
        return self.city.known(self.script.inspector).name

    @property
    def category(self) -> str | None:
        """The one in which all of the cycle apply, None where the rulebook has none."""
        return self.story.applicants[0].category

    def planned(self, stage: str) -> date:
        return max(super().planned(stage), self.story.not_before.get(stage, date.min))

    def together(self, do: Callable[[Any], Any], what: Iterable[Any]) -> list[Any]:
        """The same for each, some at once. Raises what one of them raises."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(do, what))

    # Applying

    def draft(self, one: Applicant) -> Dossier:
        """A draft with its facts and as many materials as the script says, all looked into."""
        who = self.city.applicant(self.story, one)
        dossier = Dossier(self.city, self.cycle, who, one.name, one.kind)
        self.ids[one.key] = dossier.id
        parts: dict[str, Any] = {"uscc": one.uscc} | {
            f"facts.{name}": value for name, value in one.facts.items()
        }
        if one.category is not None:
            parts["category"] = one.category
        if one.project_cost_yuan is not None:
            parts["facts.project_cost_yuan"] = one.project_cost_yuan
        who.ok("PATCH", dossier.path, {"revision": 1, "parts": parts})
        for file in [self._upload(dossier, one, material) for material in one.materials]:
            dossier.checked(file)
        return dossier

    def _upload(self, dossier: Dossier, one: Applicant, material: str) -> str:
        title, lines = _TITLES[material], (one.name, "本文件为演示而编写，内容均为虚构。")
        if material == "proofs":
            return dossier.sent(papers.as_pdf(title, *lines), f"{title}.pdf", material)
        return dossier.sent(papers.as_word(title, *lines), f"{title}.docx", material)

    def recommend(self, one: Applicant, dossier: Dossier, *, sign: bool) -> None:
        """The applicant asks the body that the script names, and the body signs."""
        body_name = str(one.body)
        bodies = dossier.who.ok("GET", "/recommending-bodies")["bodies"]
        body = next(body["body_id"] for body in bodies if body["name"] == body_name)
        dossier.who.ok("PUT", f"{dossier.path}/recommender", {"body_id": body})
        if sign:
            opinion = {"recommends": True, "text": self.script.reasons["opinion"], "signed_by": body_name}
            self.city.people[body_name].ok("POST", f"{dossier.path}/recommendation", opinion)

    def apply(self, one: Applicant) -> Dossier:
        """Filled in, recommended where it needs to be, handed in, and signed for by the office."""
        if "pool" in self.story.more:
            joined = {"uscc": one.uscc, "joined_on": self.story.more["pool"]["joined_on"]}
            self.office.ok("POST", f"{self.path}/pool", joined)
        dossier = self.draft(one)
        if one.body is not None:
            self.recommend(one, dossier, sign=True)
        self.sign_for(dossier, self.hand_in(dossier))
        return dossier

    def hand_in(self, dossier: Dossier) -> str:
        """The digest of the receipt."""
        return str(dossier.who.ok("POST", f"{dossier.path}/submission")["receipt"])

    def sign_for(self, dossier: Dossier, digest: str) -> None:
        self.office.ok("POST", f"{dossier.path}/acceptance", {"digest": digest})

    def know(self) -> None:
        """What the departments hold of the applicants, and which of them stay silent about whom."""
        records = {one.uscc: dict(one.records) for one in self.story.applicants if one.records}
        faults: dict[str, dict[str, Any]] = {}
        for one in self.story.applicants:
            for department in one.silent:
                fault = faults.setdefault(department, {"down": True, "only": []})
                fault["only"].append(self.ids[one.key])
        self.city.departments_know(self.cycle, records, faults)

    def apply_all(self) -> None:
        """Everybody applies on the opening day."""
        self.know()
        self.together(self.apply, self.story.applicants)

    def answer_as_clerk(self) -> None:
        """The clerk finds no records of anybody who was asked about."""
        clerk = self.city.known("clerk")
        for one in clerk.ok("GET", f"{self.path}/my-enquiries")["enquiries"]:
            answer = {
                "reference": one["reference"],
                "uscc": one["uscc"],
                "no_records": True,
                "evidence": "示例复函",
            }
            clerk.ok("POST", f"/applications/{one['application_id']}/enquiries/{clerk.unit}/answer", answer)

    def waited_for(self) -> set[str]:
        """The departments that have not answered, and are not silent."""
        pending = self.office.ok("GET", f"{self.path}/enquiries?state=pending")["enquiries"]
        return {str(one["department"]) for one in pending}

    # Deciding who stays

    def qualify(self) -> None:
        """The call is closed, and what the text leaves to people is confirmed."""
        self.close_the_call()
        self.begin("qualification")
        for application in self.office.ok("GET", f"{self.path}/findings")["applications"]:
            rules = {f["rule"] for f in application["findings"] if f["outcome"] == "needs_judgement"}
            for rule in sorted(rules):
                body = {"rule": rule, "confirmed": True, "reason": self.script.reasons["judged"]}
                self.office.ok("POST", f"/applications/{application['application_id']}/judgements", body)
        self.close("qualification")

    def enter_experts(self) -> None:
        """On the first review's day as many of the register as the script says enter the cycle's pool."""
        self.arrive("document_review")
        chosen = self.city.reviewers(self.story.experts)
        reviewing.pick(self.city, self.cycle, [who.name for who in chosen])

    def seat(self, stage: str) -> list[Person]:
        """A panel is drawn, released and accepted, and everybody has spoken on everything."""
        self.arrive(stage)
        drawn = reviewing.draw(self.city, self.cycle, stage, self.inspector, self.category)
        members = [self.city.people[name] for name in drawn]

        def sit(who: Person) -> None:
            reviewing.accept(self.cycle, stage, who, self.category)
            for application in reviewing.owed(self.cycle, who):
                reviewing.state(self.cycle, who, application, self.city.cast.experts[who.name].name)

        self.together(sit, members)
        return members

    def percent(self, expert: str, application: str) -> str:
        """What a reviewer gives, in steps of the criteria."""
        keys = {found: key for key, found in self.ids.items()}
        spread = self.script.spread
        return str(self.story.applicant(keys[application]).percent + spread[int(expert[1:]) % len(spread)])

    def words(self, expert: str) -> Mapping[str, str]:
        """How a reviewer writes."""
        return self.script.words[int(expert[1:]) % len(self.script.words)]

    def review(self, stage: str) -> None:
        """A panel is seated and scores all; the office closes the stage."""
        members = self.seat(stage)
        entrants = self.begin(stage)["entrants"]

        def write(who: Person) -> None:
            reviewing.score(self.cycle, stage, [who], self.percent, self.words(who.name))

        self.together(write, members)
        if stage in self.story.more.get("reports", ()):
            for application in entrants:
                words = self.story.more["report_words"]
                self.office.ok("PUT", f"{self.path}/stages/{stage}/reports/{application}", words)
        self.close(stage)

    def convene(self, levels: Mapping[str, str] | None = None) -> None:
        """The committee's stage is planned, all records are confirmed, its day comes, and everybody is there.

        `levels`: what the office proposes, where it proposes.
        """
        day = self.planned("committee")
        self.confirmed("committee", self.still_in())
        self.travel(day)
        self.meet(self.members)
        if levels:
            proposals = [{"application_id": self.ids[key], "level": level} for key, level in levels.items()]
            self.office.ok("PUT", f"{self.path}/proposal", {"proposals": proposals})
        until("the committee hears", lambda: not self.outstanding())
        begun = self.begin("committee")
        if begun["state"] != "begun":
            raise Refused(f"the committee: {begun}")

    def still_in(self) -> list[str]:
        """Whose applications have not been stopped."""
        listed = self.office.ok("GET", f"{self.path}/applications?status=in_progress")["applications"]
        return [one["application_id"] for one in listed]

    def confirmed(self, purpose: str, applications: Iterable[str]) -> None:
        """The departments say of all of them the same as before: what is under way when a day ends is answered by nobody."""
        self.settled(purpose, dict.fromkeys(applications, "confirmed"))

    def decide(self) -> None:
        """Ballot after ballot until none is left, and the minutes."""
        while self.office.ok("GET", f"{self.path}/ballot")["state"] == "open":
            self.cast(self.members)
            self.office.ok("POST", f"{self.path}/ballot/close")
        self.minute(self.members[0])
        self.close("committee")
