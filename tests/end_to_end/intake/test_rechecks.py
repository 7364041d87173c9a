"""A real cycle from the drafts to the grants by the documented API alone, days going by: the departments are asked again before
the committee meets and before money moves.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from shared.calendar import in_words
from tests.end_to_end.intake.award import YUAN, Award
from tests.end_to_end.intake.conftest import City, until

pytestmark = pytest.mark.e2e

DISHONEST = {"kind": "serious_dishonesty", "on": "2025-09-09", "severity": None, "liable": None}
PENALTY = {"kind": "administrative_penalty", "on": "2025-09-10", "severity": None, "liable": None}


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
    award.approve()
    award.close("notice:award")
    wanted = {steady: "differs", doubtful: "confirmed", quiet: "asked"}
    award.settled("payment", wanted)
    award.chased(quiet, "payment")
    before_the_payment(award, steady, doubtful, quiet)
    award.intact()


def before_the_committee(award: Award, steady: str, doubtful: str, tainted: str, quiet: str) -> None:
    """The meeting is held without the one who was stopped, and not before the others are settled."""
    office = award.office
    award.convene()
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
    assert {one["amount_fen"] for one in award.grants().values()} == {0}
    for application in (steady, doubtful, quiet):
        award.approve_cost(application, 900_000)
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
    award.paying({steady: "stopped", doubtful: "computed", quiet: "computed"})
    assert award.queue() == set(), "what was decided waits for nobody"

    lasts = date.fromisoformat(award.rechecks("payment")[doubtful]["valid_until"])
    award.travel(lasts)
    award.paying({steady: "stopped", doubtful: "computed", quiet: "computed"})
    award.travel(lasts + timedelta(days=1))
    award.paying({steady: "stopped", doubtful: "held", quiet: "held"})
    assert in_words(lasts).zh in award.grants()[doubtful]["held_zh"]
    office.ok("POST", f"/applications/{doubtful}/rechecks/payment")
    award.paying({steady: "stopped", doubtful: "computed", quiet: "held"})
    assert "事故调查未结" in award.grants()[steady]["held_zh"]
