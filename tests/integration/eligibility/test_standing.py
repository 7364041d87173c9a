"""What is told of an organization by its code, on both databases; and above all what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from services.eligibility import honours, notices, registers, standing
from services.eligibility.honours import cases
from services.eligibility.people import people
from services.eligibility.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import dump, load, operation
from shared.contracts.events import PoolJoined, PoolLeft, RecordReported
from shared.identifiers import new_id
from shared.problems import Transient
from shared.procedure import Entrant, outcome
from shared.store.migrate import schema_differences
from tests.support.notices import approved
from tests.support.rooms import CHANGNING, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

UNKNOWN = "91310105MA1K300034"
LEVEL, TRACK = CHANGNING.levels[0].name, CHANGNING.tracks[0].name
POSTED, AWARDED, REVOKED = date(2025, 6, 17), date(2025, 7, 4), date(2026, 5, 1)


class House(Room):
    """A real cycle, whose today is set by the test."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__("eligibility", url, conductor, **{"rehearsal": False, **options})

    def at(self, day: date) -> None:
        self.desk.store.clock = FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))

    def accept(self, application: str, sequence: int, **dossier: Any) -> None:
        with self.desk.work() as work:
            data = self.accepted(application, sequence, **dossier)
            self.conductor.application_accepted(work, data)
            standing.keep_applicant(work, self.conductor, data)

    def entrant(self, application: str, cycle_id: str, **carried: Any) -> Entrant:
        with self.desk.work() as work:
            cycle, found = self.conductor.application(work, application)
            assert cycle.cycle_id == cycle_id
            return Entrant(found.application_id, found.sequence, found.dossier, carried)

    def post(self, application: str, notice: str, cycle_id: str = CYCLE, **carried: Any) -> None:
        entrant = self.entrant(application, cycle_id, **carried)
        with self.desk.work() as work:
            cycle = self.conductor.cycle(work, cycle_id)
            approved(work, cycle, CHANGNING.stage(f"notice:{notice}"), [entrant])
            notices.post(work, cycle, CHANGNING.stage(f"notice:{notice}"), [entrant])

    def confer(self, application: str, cycle_id: str = CYCLE) -> None:
        entrant = self.entrant(application, cycle_id, level=LEVEL, track=TRACK)
        won = outcome(application, passed=True, status="awarded")
        with self.desk.work() as work:
            honours.confer(work, self.conductor.cycle(work, cycle_id), [entrant], [won])

    def revoke(self, application: str) -> None:
        """A case about it, heard, proposed and decided."""
        with self.desk.work("award_office", "officer") as work:
            case_id = cases.open_(
                work,
                self.conductor,
                application_id=application,
                event="fraud",
                on=REVOKED,
                source="office",
                grounds="举报",
            )
            cases.notify(work, self.conductor, {"case_id": case_id}, days=5)
            lead = {"subject": "lead", "part": "lead"}
            people.accepted(
                work, {"application_id": application, "people": [lead], "people_version": new_id()}
            )
        with self.desk.work("applicant", "lead") as work:
            cases.answer(work, self.conductor, {"case_id": case_id, "answer": "陈述", "papers": []})
        with self.desk.work("award_office", "officer") as work:
            said = {"case_id": case_id, "proposal": "revoke", "reason": "属实"}
            cases.propose(work, self.conductor, said)
        with self.desk.work("award_office", "another") as work:
            said = {"case_id": case_id, "decision": "confirm", "reason": "同意"}
            cases.decide(work, self.conductor, said)

    def standing(self, uscc: str = ORGANIZATION) -> dict[str, Any]:
        data = {"uscc": uscc, "purpose": "subsidy-review"}
        return self._asked("standing", standing.standing, data, "agency")

    def organization(self, uscc: str = ORGANIZATION) -> dict[str, Any]:
        return self._asked("organization", standing.organization, {"uscc": uscc}, "award_office")

    def _asked(self, method: str, handler: Any, data: dict[str, Any], role: str) -> dict[str, Any]:
        contract = operation("eligibility", method)
        assert role in contract.roles
        with self.desk.work(role) as work:
            return dump(contract.reply(), handler(work, load(contract.request(), data)))

    def same_as_unknown(self, uscc: str = ORGANIZATION) -> bool:
        told = json.dumps(self.standing(uscc)).replace(uscc, UNKNOWN)
        return told == json.dumps(self.standing(UNKNOWN))


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    made = House(database_url)
    made.at(POSTED)
    yield made
    made.desk.close()


@pytest.mark.parametrize("service", ["eligibility", "review", "incentives"])
def test_the_migrations_make_what_the_models_say(database_url: str, service: str) -> None:
    assert schema_differences(service, database_url) == []


def test_nothing_is_told_of_an_application_before_its_first_notice(house: House) -> None:
    """Byte for byte what is told of a code that nobody knows; another's notice in the same cycle changes nothing."""
    house.accept("a1", 1)
    house.accept("a2", 2, uscc=UNKNOWN)
    house.post("a2", "qualification")
    told = json.dumps(house.standing()).replace(ORGANIZATION, "X")
    assert told == json.dumps({"uscc": "X", "named": [], "honours": [], "bans": []})


def test_an_application_is_told_from_its_first_notice_on(house: House) -> None:
    """With the article of the notice and its days; then the award with its article, and what came after with theirs."""
    house.accept("a1", 1)
    assert house.same_as_unknown()
    house.post("a1", "qualification")
    (line,) = house.standing()["named"]
    assert (line["application_id"], line["rulebook"], line["notice"], line["rule"]) == (
        "a1", CHANGNING.id, "qualification", CHANGNING.stage("notice:qualification").rule,
    )  # fmt: skip
    assert (line["first_day"], line["last_day"], line["level"]) == ("2025-06-17", "2025-06-23", None)
    house.at(AWARDED)
    house.post("a1", "award", level=LEVEL, track=TRACK)
    house.confer("a1")
    assert [line["level"] for line in house.standing()["named"]] == [None, LEVEL]
    (honour,) = house.standing()["honours"]
    assert (honour["level"], honour["rule"], honour["revoked_on"]) == (LEVEL, CHANGNING.levels[0].rule, None)
    house.at(REVOKED)
    house.revoke("a1")
    told = house.standing()
    assert told["honours"][0]["revoked_on"] == str(REVOKED)
    assert {order["rule"] for order in told["honours"][0]["orders"]} == {"34"}
    assert told["bans"] == [{"rule": "34", "until": "2031-05-01"}]


def test_all_real_cycles_are_told_and_no_rehearsal(house: House) -> None:
    """The same code in another real cycle, and in a rehearsal beside them."""
    house.open_cycle("c2", budget_fen=None, rehearsal=False, year=2027)
    house.open_cycle("c3", budget_fen=None, rehearsal=True, year=2027)
    for cycle_id, application in ((CYCLE, "a1"), ("c2", "b1"), ("c3", "r1")):
        house.accept(application, 1, cycle_id=cycle_id, applicant_key="organization:one")
        house.post(application, "award", cycle_id, level=LEVEL, track=TRACK)
        house.confer(application, cycle_id)
    told = house.standing()
    assert {line["application_id"] for line in told["named"]} == {"a1", "b1"}
    assert {line["application_id"] for line in told["honours"]} == {"a1", "b1"}


def test_an_individuals_application_is_not_its_employers(house: House) -> None:
    """Whoever asks about the employer hears nothing of who of its people applied, won, or was banned."""
    house.accept("p1", 1, kind="individual")
    house.post("p1", "award", level=LEVEL, track=TRACK)
    house.confer("p1")
    assert house.same_as_unknown()


def test_the_office_sees_what_agencies_reported_and_the_agencies_do_not(house: House) -> None:
    """The record stays visible with the organization; it decides nothing."""
    house.accept("a1", 1)
    with house.desk.work() as work:
        standing.record_reported(work, load(RecordReported(), dict(RecordReported.EXAMPLE)))
    (line,) = house.organization()["reported"]
    assert (line["department"], line["reference"], line["record"]["kind"]) == (
        "safety",
        "AJ-2025-0117",
        "accident",
    )
    assert house.same_as_unknown()
    assert house.organization(UNKNOWN)["reported"] == []


def _membership(house: House, membership_id: str, on: str) -> None:
    data = {"cycle_id": CYCLE, "uscc": ORGANIZATION, "joined_on": on, "membership_id": membership_id}
    with house.desk.work() as work:
        registers.pool_joined(work, conductor, load(PoolJoined(), data))


def _leaving(house: House, membership_id: str) -> None:
    data = {
        "cycle_id": CYCLE, "membership_id": membership_id, "uscc": ORGANIZATION, "left_on": "2025-06-01",
        "by": "member",
    }  # fmt: skip
    with house.desk.work() as work:
        registers.pool_left(work, conductor, load(PoolLeft(), data))


def _since(house: House) -> date | None:
    with house.desk.work() as work:
        found = registers.pool_of(work, conductor.cycle(work, CYCLE), ORGANIZATION)
    return None if found is None else found.joined_on


def test_who_left_the_pool_is_outside_until_it_joins_again(house: House) -> None:
    """Leaving and joining again come by queues of their own: whatever is heard first, the newest membership stands."""
    with pytest.raises(Transient):
        _leaving(house, "m1")
    _membership(house, "m1", "2025-03-01")
    _leaving(house, "m1")
    assert _since(house) is None
    _membership(house, "m2", "2025-06-02")
    assert _since(house) == date(2025, 6, 2)


def test_a_new_membership_that_is_heard_before_the_leaving_stays(house: House) -> None:
    _membership(house, "m1", "2025-03-01")
    _membership(house, "m2", "2025-06-02")
    _leaving(house, "m1")
    assert _since(house) == date(2025, 6, 2)
