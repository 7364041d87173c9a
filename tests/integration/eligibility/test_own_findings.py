"""What an applicant reads of its own findings, on both databases: nothing before the outcome is public, then all but who told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import pytest

from services.eligibility import own_findings, qualification
from services.eligibility.people import people
from services.eligibility.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import dump, operation
from shared.problems import NotFound, Problem
from shared.rulebooks import Rulebook
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, Room
from tests.unit.rulebooks.cases import GUIDE_FACTS, guide_case, shenzhen_2020

pytestmark = pytest.mark.integration

OFFICE, APPLICANT = "award_office", "applicant"
QUALIFIES, POSTED = date(2025, 6, 16), date(2025, 6, 17)
FACTS = {
    "region": "上海市长宁区", "operating_since": "2011-03-28", "for_profit": True,
    "profit_yuan": {"2022": 1, "2023": 0, "2024": 3}, "leading_indicators": ["第一"],
    "chief_quality_officer": True, "licences_valid": True, "policy_compliant": True,
    "other_applications": [], "prior_awards": [],
}  # fmt: skip
ACCIDENT = {"kind": "accident", "on": date(2024, 3, 1), "severity": "重大", "liable": True}
_OF_ONE_GROUP = {"region": "深圳市", "group": "示例集团", "business": "仪器"}
SECRET_REASON = "据其前员工王芳反映"


class World:
    """A real cycle in which a (anna's) and b (ben's) applied."""

    def __init__(self, url: str, book: Rulebook = CHANGNING, **stated: Any) -> None:
        self.clock = FixedClock(datetime(2025, 6, 16, 9, tzinfo=SHANGHAI))
        self.room = Room("eligibility", url, conductor, rulebook=book, rehearsal=False, clock=self.clock)
        for number, (application, who) in enumerate((("a", "anna"), ("b", "ben")), start=1):
            materials = ["application_form", "self_assessment", "proofs"]
            self.room.accept(application, number, **{"facts": FACTS, "materials": materials, **stated})
            team = [{"subject": who, "part": "lead"}]
            with self.room.desk.work() as work:
                people.accepted(work, {"application_id": application, "people": team, "people_version": "1"})
        self.room.hand_over("submission", CLOSES, ["a", "b"])

    def answers(self, application: str, **records: list[dict[str, Any]] | None) -> None:
        """All departments answer; None: that one stays silent, and with no record but those given."""
        for department in self.room.rulebook.departments:
            found = records.get(department, [])
            data = {
                "cycle_id": CYCLE, "application_id": application, "department": department, "answered": found is not None,
                "records": found, "attempts": 1, "answer_digest": None, "revision": 1,
            }  # fmt: skip
            with self.room.desk.work() as work:
                qualification.records_answered(work, data)
                qualification.evaluate_again(work, conductor, application)

    def begins(self) -> None:
        self.room.begin("qualification", None)

    def judges(self, application: str, *, rejected: str = "") -> None:
        with self.room.desk.work(OFFICE, "li") as work:
            found = qualification.findings(
                work, conductor, {"cycle_id": CYCLE, "application_id": application}
            )
        (line,) = found["applications"]
        for each in line["findings"]:
            if each["outcome"] == "needs_judgement":
                data = {
                    "application_id": application, "rule": each["rule"], "condition": each["condition"],
                    "confirmed": each["rule"] != rejected, "reason": SECRET_REASON,
                }  # fmt: skip
                with self.room.desk.work(OFFICE, "li") as work:
                    qualification.judge(work, conductor, data)

    def closes(self) -> None:
        self.room.close("qualification", None)

    def posts(self) -> None:
        """The first notice after the qualification begins."""
        notice = next(stage.key for stage in self.room.rulebook.stages if stage.kind == "notice")
        self.clock.move(datetime.combine(POSTED, time(9), tzinfo=SHANGHAI) - self.clock.now())
        with self.room.desk.work() as work:
            conductor.records.begin(work, CYCLE, notice, POSTED, POSTED)

    def goes(self, *, rejected: str = "", **records: list[dict[str, Any]] | None) -> None:
        """Everything up to the closing; what is given is about a."""
        self.answers("a", **records)
        self.answers("b")
        self.begins()
        self.judges("a", rejected=rejected)
        self.judges("b")
        self.closes()

    def reads(self, application: str = "a", who: str = "anna") -> dict[str, Any]:
        """What somebody reads, as it goes over the wire; a refusal as it would."""
        contract = operation("eligibility", "my_findings")
        try:
            with self.room.desk.work(APPLICANT, who) as work:
                return dump(
                    contract.reply(), own_findings.mine(work, conductor, {"application_id": application})
                )
        except Problem as refused:
            return {"type": type(refused).__name__, **refused.as_dict()}


@pytest.fixture
def made() -> Iterator[list[World]]:
    found: list[World] = []
    yield found
    for world in found:
        world.room.desk.close()


@pytest.fixture
def world(database_url: str, made: list[World]) -> World:
    made.append(World(database_url))
    return made[-1]


def _by_rule(told: Mapping[str, Any], rule: str) -> list[Mapping[str, Any]]:
    return [each for each in told["findings"] if each["rule"] == rule]


FATES: Mapping[str, Mapping[str, Any]] = {
    "clean": {},
    "a record": {"safety": [ACCIDENT]},
    "a silent department": {"credit": None},
    "rejected": {"rejected": "16.3"},
}


@pytest.mark.parametrize("fate", [fate for fate in FATES if fate != "clean"])
def test_before_it_is_public_nothing_of_it_can_be_told(tmp_path: Any, made: list[World], fate: str) -> None:
    """Two worlds that differ in a department's answer or an officer's judgement read the same at every step: as for what does
    not exist.
    """
    for number, what in enumerate(("clean", fate)):
        made.append(World(f"sqlite:///{tmp_path / str(number)}.sqlite"))
        seen, going = [], FATES[what]
        rejected = str(going.get("rejected", ""))
        records = {name: value for name, value in going.items() if name != "rejected"}
        here = made[-1]
        steps = (
            lambda: None, lambda: here.answers("a", **records), lambda: here.answers("b"), here.begins,  # noqa: B023
            lambda: here.judges("a", rejected=rejected), lambda: here.judges("b"), here.closes,  # noqa: B023
        )  # fmt: skip
        for step in steps:
            step()
            seen.append(here.reads())
        assert all(each == here.reads("nowhere") for each in seen)
        assert seen[0]["type"] == "NotFound"
    first, second = made
    for each in (first, second):
        each.posts()
    assert first.reads() != second.reads()  # there is something to tell


def test_once_the_notice_is_posted_it_is_told_by_article(world: World) -> None:
    """What a department answered, in words; and its own figure where it rests on that."""
    world.goes(safety=[ACCIDENT])
    world.posts()
    told = world.reads()
    assert (told["verdict"], told["cycle_id"], told["rulebook"]) == ("ineligible", CYCLE, CHANGNING.id)
    (failed,) = [each for each in told["findings"] if each["outcome"] == "fail"]
    assert failed["ground"] == "departments"
    assert any("2024-03-01" in line for line in failed["evidence"])
    profit = next(each for each in _by_rule(told, "16.6") if each["reason_zh"].startswith("近 3 年利润"))
    assert (profit["ground"], profit["outcome"], profit["article"]) == (
        "own",
        "pass",
        CHANGNING.label("16.6"),
    )
    assert profit["gist_zh"]
    assert world.reads("b", "ben")["verdict"] == "qualified"


def test_who_told_and_who_judged_is_never_told(world: World) -> None:
    """An officer's reason may name who told: it stands in no reply, nor does the officer."""
    world.goes(rejected="16.3")
    world.posts()
    told = world.reads()
    assert told["verdict"] == "ineligible"
    (judged,) = _by_rule(told, "16.3")
    assert (judged["outcome"], judged["confirmed"]) == ("needs_judgement", False)
    assert SECRET_REASON not in str(told)
    assert "'li'" not in str(told)


def test_a_department_that_stayed_silent_is_named_afterwards(world: World) -> None:
    world.goes(credit=None)
    world.posts()
    told = world.reads()
    assert told["verdict"] == "awaiting_records"
    assert {each["ground"] for each in told["findings"] if each["outcome"] == "awaiting"} == {"departments"}


def test_other_applications_are_not_named(database_url: str, made: list[World]) -> None:
    """Refused for an earlier one of its group: that there is one is the reason; which one, and its number, is not told."""
    case = guide_case()
    made.append(World(
        database_url, shenzhen_2020(), kind=case.kind, category=case.category, facts=GUIDE_FACTS["firm"] | _OF_ONE_GROUP
    ))  # fmt: skip
    world = made[-1]
    world.goes()
    world.posts()
    told = world.reads("b", "ben")
    grouped = [each for each in told["findings"] if each["ground"] == "applications"]
    assert "fail" in {each["outcome"] for each in grouped}
    assert all(each["evidence"] == [] for each in grouped)
    assert "号申报" not in str(told)


def test_nobody_reads_anothers(world: World) -> None:
    """Neither another applicant, nor one that was taken off the dossier: as for what does not exist."""
    world.goes()
    world.posts()
    nothing = world.reads("nowhere")
    assert world.reads("a", "ben") == nothing
    with world.room.desk.work() as work:
        told = {"application_id": "a", "cycle_id": CYCLE, "people": [], "people_version": "2"}
        people.changed(work, conductor, told)
    assert world.reads() == nothing


def test_a_cycle_in_which_nobody_is_left_is_public_as_well(world: World) -> None:
    """No notice comes any more; intake calls such a cycle ended."""
    world.answers("a", safety=[ACCIDENT])
    world.answers("b", safety=[ACCIDENT])
    world.begins()
    world.judges("a")
    world.judges("b")
    world.closes()
    assert world.reads()["verdict"] == "ineligible"


def test_what_was_withdrawn_before_the_closing_was_not_decided(world: World) -> None:
    world.answers("a")
    world.answers("b")
    world.begins()
    world.judges("b")
    world.room.withdraw("a")
    world.closes()
    world.posts()
    with pytest.raises(NotFound), world.room.desk.work(APPLICANT, "anna") as work:
        own_findings.mine(work, conductor, {"application_id": "a"})
