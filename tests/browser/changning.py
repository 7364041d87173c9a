"""A Changning cycle in which people act on pages: who they are, their pages of the day, and steps that are nobody's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from playwright.sync_api import FilePayload, Page

from deploy.demo import reviewing
from deploy.demo.award import Cycle
from deploy.demo.papers import as_pdf, as_word
from tests.browser.hands import Hand
from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, Dossier, Person, until
from tests.end_to_end.intake.reviewing import WORDS

H = TypeVar("H", bound=Hand)
_ALL = 1000  # items: more than any tree has
RULEBOOK = "changning-2023"
BODY = "示例街道"
USCC, OTHER_USCC = "91310105MAXY90015K", "91310105MAXY90023E"
MATERIALS = {"application_form": "申报表", "self_assessment": "自我评价报告", "proofs": "证实性材料"}
FACTS = {
    "region": "上海市长宁区", "operating_since": "2011-03-28", "for_profit": True, "licences_valid": True,
    "leading_indicators": ["营业收入居全区同行业第 2 位"], "chief_quality_officer": True, "policy_compliant": True,
    "profit_yuan": {"2022": 18400000, "2023": 21050000, "2024": 23900000},
}  # fmt: skip


@dataclass
class Changning(Cycle):
    """One cycle in the browser. People sign in anew on each day: a session does not outlive the night."""

    city: City
    browsing: Browsing
    ids: dict[str, str] = field(default_factory=dict)  # of applications, by their names
    applicant: Person | None = None  # whose account the administrator made
    done: str = ""  # the last act that came to its end
    _pages: dict[tuple[str, bool], tuple[date, Page]] = field(default_factory=dict)

    @classmethod
    def open(cls, city: City, browsing: Browsing, *, days: int = 14) -> Changning:
        """A cycle that takes applications from today."""
        return cls(city, city.open_cycle(RULEBOOK, days=days, budget_fen=200_000_000), browsing)

    def goes_on(self, done: str) -> None:
        """An act has come to its end."""
        self.done = done

    def went_on(self, done: str) -> None:
        """The act before this one has come to its end."""
        assert self.done == done, f"the cycle has come as far as: {self.done}"

    def ends(self, stage: str) -> date:
        """The last day of a stage that has begun."""
        return date.fromisoformat(self.line(stage)["ends_on"])

    def page(self, who: Person, *, script: bool = True) -> Page:
        """Somebody's page, signed in today."""
        today, key = self.city.today(), (who.username, script)
        day, page = self._pages.get(key, (None, None))
        if page is None:
            page = self.browsing.open(script=script)
        if day != today:
            page.context.clear_cookies()
            self.browsing.sign_in(who, page)
            self._pages[key] = (today, page)
        return page

    def by(self, hand: type[H], who: Person) -> H:
        """Somebody's hand on the page where it signed in today."""
        return hand(self.page(who, script=hand.script))

    def anybody(self, hand: type[H]) -> H:
        """A hand of somebody who has no account."""
        return hand(self.browsing.open(script=hand.script))

    @cached_property
    def body(self) -> Person:
        """Who signs for a street that recommends."""
        if "street" not in self.city.people:
            self.office.ok("POST", "/recommending-bodies", {"name": BODY, "kind": "street"})
        return self.city.person("street", "recommending_body", BODY)

    @property
    def clerk(self) -> Person:
        """Who answers for the one department that is not asked by a program."""
        return self.city.person("clerk", "department_clerk", "public_health")

    @property
    def inspector(self) -> Person:
        return self.city.person("inspector", "discipline")

    @property
    def members(self) -> list[str]:
        return [f"member{number}" for number in range(1, 4)]

    def apply(self, name: str, uscc: str, *, hand_in: bool = True) -> Dossier:
        """By the API: filled in, with its materials, recommended, handed in and signed for."""
        who = self.city.person(f"of.{uscc}", "applicant")
        dossier = Dossier(self.city, self.cycle, who, name)
        self.ids[name] = dossier.id
        parts = {"uscc": uscc} | {f"facts.{fact}": value for fact, value in FACTS.items()}
        who.ok("PATCH", dossier.path, {"revision": 1, "parts": parts})
        sent = [
            dossier.sent(as_word(title, name), f"{title}.docx", material)
            for material, title in MATERIALS.items()
        ]
        for file in sent:
            dossier.checked(file)
        if hand_in:
            self.recommend(dossier)
            digest = who.ok("POST", f"{dossier.path}/submission")["receipt"]
            self.office.ok("POST", f"{dossier.path}/acceptance", {"digest": digest})
        return dossier

    def recommend(self, dossier: Dossier) -> None:
        """The applicant asks the street, and the street signs."""
        signing = self.body
        bodies = dossier.who.ok("GET", "/recommending-bodies")["bodies"]
        body = next(body["body_id"] for body in bodies if body["name"] == BODY)
        dossier.who.ok("PUT", f"{dossier.path}/recommender", {"body_id": body})
        opinion = {"recommends": True, "text": "情况属实，同意推荐。", "signed_by": "孙宁"}
        signing.ok("POST", f"{dossier.path}/recommendation", opinion)

    def judge(self) -> None:
        """By the API: what the text still leaves to people is confirmed."""
        for one in self.office.ok("GET", f"{self.path}/findings")["applications"]:
            open_rules = {
                finding["rule"]
                for finding in one["findings"]
                if finding["outcome"] == "needs_judgement" and finding["confirmed"] is None
            }
            for rule in sorted(open_rules):
                said = {"rule": rule, "confirmed": True, "reason": "经查阅材料，情况属实"}
                self.office.ok("POST", f"/applications/{one['application_id']}/judgements", said)

    def fill_sheet(self, stage: str, expert: Person, application: str, percent: str) -> None:
        """By the API: all items of a sheet, which is left there."""
        sheet = f"{self.path}/stages/{stage}"
        reviewing.write(expert, sheet, application, percent, WORDS, items=_ALL)

    def review(self, stage: str, members: Sequence[str], percents: Mapping[str, str]) -> None:
        """By the API: whoever has not, accepts, states its interests, writes its sheets and hands them in; reports are written.

        `percents`: of each application by its id, the same for every item.
        """
        if self.line(stage)["state"] == "planned":
            self.begin(stage)
        for who in (self.city.people[name] for name in members):
            panels = who.ok("GET", f"{self.path}/my-assignments")["panels"]
            lines = [line for panel in panels if panel["stage"] == stage for line in panel["assignments"]]
            if any(line["state"] == "released" for line in lines):
                reviewing.accept(self.cycle, stage, who)
            for application in reviewing.owed(self.cycle, who):
                reviewing.state(self.cycle, who, application, f"专家{who.name}")
            for line in lines:
                if not line["submitted"]:
                    application = line["application_id"]
                    reviewing.write(
                        who, f"{self.path}/stages/{stage}", application, percents[application], WORDS
                    )

    def report(self, stage: str, applications: Iterable[str]) -> None:
        """By the API: the stage's report on each of them."""
        words = {"summary": "体系完整。", "strengths": ["战略清楚"], "improvements": ["补充对比"]}
        for application in applications:
            self.office.ok("PUT", f"{self.path}/stages/{stage}/reports/{application}", words)

    def refuse_objections(self) -> None:
        """By the API: an officer accepts none of the objections that there are."""
        for found in self.office.ok("GET", f"{self.path}/objections")["objections"]:
            one = f"/objections/{found['objection_id']}"
            self.office.ok("PUT", f"{one}/officers/inquiry", {"officer": self.second.name})
            self.second.ok("POST", f"{one}/acceptance", {"accepted": False, "reason": "与公开年报一致"})

    def asked_again(self, purpose: str) -> None:
        """Wait until the departments are asked again about everybody."""
        until(
            f"they are asked again: {purpose}",
            lambda: self.rechecks(purpose).keys() >= set(self.ids.values()),
        )

    def answer_as_clerk(self) -> None:
        """By the API: nothing is known of anybody who is asked about."""
        for one in self.clerk.ok("GET", f"{self.path}/my-enquiries")["enquiries"]:
            said = {
                "reference": one["reference"],
                "uscc": one["uscc"],
                "no_records": True,
                "evidence": "复函",
            }
            where = f"/applications/{one['application_id']}/enquiries/public_health/answer"
            self.clerk.ok("POST", where, said)


def pdf(name: str, title: str = "证实性材料") -> FilePayload:
    """What a file input is given."""
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": as_pdf(title, name)}
