"""Eligibility's handlers on both databases: evaluation, silence, judgement, notices, objections, honours, bans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.eligibility import honours, notices, qualification, registers
from services.eligibility.objections import raising, ruling
from services.eligibility.objections.clock import Terms
from services.eligibility.stages import conductor
from shared.config import Settings
from shared.contracts import load, operation
from shared.contracts.events import ApplicationAccepted
from shared.problems import Conflict, Invalid, NotFound, Transient
from shared.procedure import outcome
from shared.rulebooks import HashMismatch, library
from tests.support.works import Desk

pytestmark = pytest.mark.integration

OFFICE = "award_office"
TERMS = Terms.of(Settings())
RULEBOOK = library().get("changning-2023")
CYCLE = "c1"
CLOSES, QUALIFIES = date(2025, 6, 13), date(2025, 6, 16)
FIRST, SECOND, LAST = date(2025, 6, 17), date(2025, 6, 18), date(2025, 6, 23)
FACTS = {
    "region": "上海市长宁区", "operating_since": "2011-03-28", "for_profit": True,
    "profit_yuan": {"2022": 1, "2023": 0, "2024": 3}, "leading_indicators": ["第一"],
    "chief_quality_officer": True, "licences_valid": True, "policy_compliant": True,
    "other_applications": [], "prior_awards": [],
}  # fmt: skip


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk("eligibility", database_url)
    with made.work() as work:
        conductor.cycle_opened(work, _cycle())
    yield made
    made.close()


def _cycle(**changes: Any) -> dict[str, Any]:
    return {
        "cycle_id": CYCLE, "rulebook": RULEBOOK.id, "rulebook_sha256": RULEBOOK.sha256, "year": 2025,
        "opens_on": date(2025, 5, 12), "closes_on": CLOSES, "budget_fen": None, "rehearsal": True, **changes,
    }  # fmt: skip


def _accept(desk: Desk, application: str, sequence: int = 1, **facts: Any) -> None:
    data = {
        "cycle_id": CYCLE, "application_id": application, "sequence": sequence, "dossier_digest": "sha256:0",
        "dossier": {
            "name": "示例公司", "kind": "organization", "uscc": "91310105MAXY50013E",
            "applicant_key": f"organization:{application}", "category": None, "submitted_on": "2025-05-19",
            "recommended_by": "某街道", "nominated_by": None, "facts": {**FACTS, **facts},
            "materials": ["application_form", "self_assessment", "proofs"],
        },
    }  # fmt: skip
    with desk.work() as work:
        conductor.application_accepted(work, load(ApplicationAccepted(), data))


def _answer(
    desk: Desk, application: str, department: str, records: list[Any] | None = None, revision: int = 1
) -> None:
    data = {
        "cycle_id": CYCLE, "application_id": application, "department": department, "answered": records is not None,
        "records": records, "attempts": 1, "answer_digest": None, "revision": revision,
    }  # fmt: skip
    with desk.work() as work:
        qualification.records_answered(work, data)
        qualification.evaluate_again(work, conductor, application)


def _answer_all(desk: Desk, *applications: str, but: str | None = None) -> None:
    for application in applications:
        for department in RULEBOOK.departments:
            if department != but:
                _answer(desk, application, department, [])


def _hand_over(desk: Desk, stage: str, on: date, passed: list[str], **carried: Any) -> None:
    lines = [outcome(a, passed=True, carried=carried) for a in passed]
    with desk.work() as work:
        conductor.stage_closed(work, {"cycle_id": CYCLE, "stage": stage, "closed_on": on, "outcomes": lines})


def _begin(desk: Desk, stage: str, on: date) -> dict[str, Any]:
    with desk.work(OFFICE, on=on) as work:
        return conductor.begin_stage(work, {"cycle_id": CYCLE, "stage": stage})


def _close(desk: Desk, stage: str, on: date) -> dict[str, Any]:
    with desk.work(OFFICE, on=on) as work:
        return conductor.close_stage(work, {"cycle_id": CYCLE, "stage": stage})


def _judge_all(desk: Desk, application: str, **answers: bool) -> None:
    for rule in ("16.3", "16.4", "16.5"):
        with desk.work(OFFICE, "li", on=QUALIFIES) as work:
            data = {
                "application_id": application, "rule": rule, "condition": None,
                "confirmed": answers.get(rule, True), "reason": None,
            }  # fmt: skip
            qualification.judge(work, conductor, data)


def _qualify(desk: Desk, *applications: str) -> None:
    """Everything up to the notice of the qualified, which is posted."""
    for number, application in enumerate(applications, start=1):
        _accept(desk, application, number)
    _answer_all(desk, *applications)
    _hand_over(desk, "submission", CLOSES, list(applications))
    _begin(desk, "qualification", QUALIFIES)
    for application in applications:
        _judge_all(desk, application)
    _close(desk, "qualification", QUALIFIES)
    _begin(desk, "notice:qualification", FIRST)


def _object(desk: Desk, application: str, on: date = SECOND, **changes: Any) -> dict[str, Any]:
    data = {
        "cycle_id": CYCLE, "notice": "qualification", "application_id": application, "source": "public",
        "by": {"name": "王芳", "id_number": "11010519491231002X", "uscc": None}, "evidence": True, **changes,
    }  # fmt: skip
    data = load(operation("eligibility", "object").request(), data)
    with desk.work("public", on=on) as work:
        return raising.object_(work, conductor, data, TERMS)


def _rule(desk: Desk, objection: str, found: str) -> dict[str, Any]:
    with desk.work(OFFICE, on=SECOND) as work:
        data = {"objection_id": objection, "ruling": found, "reason": None}
        return ruling.rule_on(work, conductor, data, TERMS)


def _outcomes(desk: Desk, stage: str) -> dict[str, Any]:
    (closed,) = [c for c in desk.told("stage.closed") if c["stage"] == stage]
    return {line["application_id"]: line for line in closed["outcomes"]}


def test_the_qualification_begins_on_the_next_working_day(desk: Desk) -> None:
    """Applications closed on a Friday: planned for Monday, and not begun before."""
    _accept(desk, "a")
    _hand_over(desk, "submission", CLOSES, ["a"])
    (planned,) = desk.told("stage.planned")
    assert (planned["stage"], planned["begins_on"], planned["entrants"]) == (
        "qualification",
        QUALIFIES,
        ["a"],
    )
    with pytest.raises(Conflict, match="16 June 2025"):
        _begin(desk, "qualification", date(2025, 6, 15))


def test_a_closing_waits_for_the_dossiers(desk: Desk) -> None:
    """The hand-over may overtake a dossier: it is tried again instead of leaving somebody behind."""
    with pytest.raises(Transient):
        _hand_over(desk, "submission", CLOSES, ["a"])
    _accept(desk, "a")
    _hand_over(desk, "submission", CLOSES, ["a"])
    assert len(desk.told("stage.planned")) == 1


def test_an_unknown_rulebook_hash_is_refused(desk: Desk) -> None:
    """No service guesses at a rulebook that it does not hold."""
    with pytest.raises(HashMismatch), desk.work() as work:
        conductor.cycle_opened(work, _cycle(cycle_id="c2", rulebook_sha256="0" * 64))


def test_the_qualification_waits_for_departments_and_judgements(desk: Desk) -> None:
    """It is not closed while a department is still being asked or the office owes a judgement."""
    _accept(desk, "a")
    _answer_all(desk, "a", but="credit")
    _hand_over(desk, "submission", CLOSES, ["a"])
    _begin(desk, "qualification", QUALIFIES)
    with pytest.raises(Conflict, match="records a credit"):
        _close(desk, "qualification", QUALIFIES)
    _answer(desk, "a", "credit", [])
    with pytest.raises(Conflict, match="judgement a"):
        _close(desk, "qualification", QUALIFIES)
    _judge_all(desk, "a")
    assert _close(desk, "qualification", QUALIFIES)["state"] == "closed"


def test_a_planned_qualification_says_what_is_still_to_come(desk: Desk) -> None:
    """Who is being asked, and who stayed silent and may answer when pressed: begun before that, it decides without them."""
    _accept(desk, "a")
    _answer_all(desk, "a", but="safety")
    _hand_over(desk, "submission", CLOSES, ["a"])
    assert _waiting_for(desk) == ["records a safety"]
    _answer(desk, "a", "safety", None)
    assert _waiting_for(desk) == ["silence a safety"]
    _answer(desk, "a", "safety", [], revision=2)
    assert _waiting_for(desk) == []


def _waiting_for(desk: Desk) -> list[str]:
    with desk.work(OFFICE, on=QUALIFIES) as work:
        found: list[str] = conductor.stage(work, {"cycle_id": CYCLE, "stage": "qualification"})["waiting_for"]
    return found


def test_silence_is_never_a_clean_record(desk: Desk) -> None:
    """A department that stays silent holds the application; a later answer lets it go on."""
    _accept(desk, "a")
    _answer_all(desk, "a", but="safety")
    _answer(desk, "a", "safety", None)
    _hand_over(desk, "submission", CLOSES, ["a"])
    _begin(desk, "qualification", QUALIFIES)
    _judge_all(desk, "a")
    with desk.work(OFFICE, on=QUALIFIES) as work:
        (found,) = qualification.findings(work, conductor, {"cycle_id": CYCLE, "application_id": None})[
            "applications"
        ]
    assert (found["verdict"], found["failing_rules"]) == ("awaiting_records", [])
    _answer(desk, "a", "safety", [], revision=2)
    _close(desk, "qualification", QUALIFIES)
    assert _outcomes(desk, "qualification")["a"]["passed"]


def test_an_older_answer_does_not_undo_a_newer_one(desk: Desk) -> None:
    """Answers may arrive in any order; the revision decides."""
    _accept(desk, "a")
    _answer(desk, "a", "safety", [], revision=2)
    _answer(desk, "a", "safety", None, revision=1)
    with desk.work() as work:
        assert qualification._records(work, conductor.cycle(work, CYCLE)) == {"a": {"safety": []}}


def test_three_verdicts_part_ways(desk: Desk) -> None:
    """Ineligible, waiting for a department, and eligible: each with its status; a rejected judgement is a failing rule."""
    for number, (name, facts) in enumerate(
        {"good": {}, "young": {"operating_since": "2023-01-16"}, "held": {}, "dull": {}}.items(), start=1
    ):
        _accept(desk, name, number, **facts)
    _answer_all(desk, "good", "young", "dull")
    _answer_all(desk, "held", but="quality")
    _answer(desk, "held", "quality", None)
    _hand_over(desk, "submission", CLOSES, ["good", "young", "held", "dull"])
    _begin(desk, "qualification", QUALIFIES)
    _judge_all(desk, "good")
    _judge_all(desk, "dull", **{"16.3": False})
    _close(desk, "qualification", QUALIFIES)
    found = _outcomes(desk, "qualification")
    assert {name: line["status"] for name, line in found.items()} == {
        "good": None, "young": "ineligible", "held": "awaiting_records", "dull": "ineligible",
    }  # fmt: skip
    with desk.work(OFFICE) as work:
        rows = qualification.findings(work, conductor, {"cycle_id": CYCLE, "application_id": None})[
            "applications"
        ]
    rules = {row["application_id"]: row["failing_rules"] for row in rows}
    assert (rules["young"], rules["dull"]) == (["16.1"], ["16.3"])


def test_a_notice_takes_its_working_days_and_is_frozen(desk: Desk) -> None:
    """Five working days, the list and its digest fixed; it cannot be closed a day early."""
    _qualify(desk, "a", "b")
    with desk.work() as work:
        (notice,) = notices.listed(work, conductor, {"cycle_id": CYCLE})["notices"]
    assert (notice["first_day"], notice["last_day"], notice["working_days"]) == (FIRST, LAST, 5)
    assert notice["listed"] == ["a", "b"]
    with pytest.raises(Conflict):
        _close(desk, "notice:qualification", date(2025, 6, 20))
    _close(desk, "notice:qualification", LAST)
    assert all(line["passed"] for line in _outcomes(desk, "notice:qualification").values())


def test_objections_end_one_application_and_no_other(desk: Desk) -> None:
    """Upheld ends it; dismissed, anonymous and without evidence do not. An unruled one holds the notice open."""
    _qualify(desk, "a", "b", "c", "d")
    upheld, dismissed = _object(desk, "a"), _object(desk, "b")
    assert _object(desk, "c", by=None)["state"] == "not_accepted"
    assert _object(desk, "d", evidence=False)["state"] == "not_accepted"
    with pytest.raises(Conflict, match="objection"):
        _close(desk, "notice:qualification", LAST)
    _rule(desk, upheld["objection_id"], "upheld")
    _rule(desk, dismissed["objection_id"], "dismissed")
    with pytest.raises(Conflict):
        _rule(desk, upheld["objection_id"], "dismissed")
    _close(desk, "notice:qualification", LAST)
    found = _outcomes(desk, "notice:qualification")
    assert {a: line["status"] for a, line in found.items()} == {
        "a": "objection_upheld", "b": None, "c": None, "d": None,
    }  # fmt: skip


@pytest.mark.parametrize("on", [date(2025, 6, 16), date(2025, 6, 24)])
def test_no_objection_outside_the_notice(desk: Desk, on: date) -> None:
    """Before the first and after the last day there is nothing to object to."""
    _qualify(desk, "a")
    with pytest.raises(Conflict):
        _object(desk, "a", on=on)


def test_one_who_is_not_listed_cannot_be_objected_to(desk: Desk) -> None:
    """Nor can anybody find out whether it applied."""
    _qualify(desk, "a")
    with pytest.raises(NotFound):
        _object(desk, "nobody")


def test_the_objector_is_encrypted_and_in_no_answer(desk: Desk) -> None:
    """Name and number are ciphertext in the table; the replies do not hold them."""
    _qualify(desk, "a")
    reply = _object(desk, "a")
    with desk.store.engine.connect() as connection:
        row = "".join(str(v) for v in connection.exec_driver_sql("SELECT * FROM objections").one())
    for secret in ("王芳", "11010519491231002X"):
        assert secret not in row
        assert secret not in str(reply)


def _award(desk: Desk, application: str) -> None:
    _qualify(desk, application)
    _close(desk, "notice:qualification", LAST)
    _hand_over(desk, "document_review", date(2025, 6, 24), [application], score="88.00")
    _hand_over(desk, "site_review", date(2025, 6, 25), [application], score="89.00")
    _hand_over(desk, "comprehensive", date(2025, 6, 26), [application], score="89.00")
    won = {
        "level": RULEBOOK.levels[0].name,
        "track": RULEBOOK.tracks[0].name,
        "uses_quota": True,
        "award_rule": "25",
    }
    _hand_over(desk, "committee", date(2025, 6, 27), [application], **won)
    _begin(desk, "notice:award", date(2025, 6, 30))
    _close(desk, "notice:award", date(2025, 7, 4))


def _report(desk: Desk, application: str, event: str, on: date) -> dict[str, Any]:
    with desk.work(OFFICE, on=on) as work:
        return honours.report(work, conductor, {"application_id": application, "event": event, "on": on})


def test_an_award_is_conferred_once_and_can_be_revoked_once(desk: Desk) -> None:
    """Fraud revokes, bans for five years and says so to the others; a second report finds nothing to revoke."""
    _award(desk, "a")
    assert _outcomes(desk, "notice:award")["a"]["status"] == "awarded"
    misuse = _report(desk, "a", "title_misuse", date(2025, 11, 24))
    assert [order["order"] for order in misuse["orders"]] == ["correct_title_use"]
    assert misuse["revoked_on"] is None
    fraud = _report(desk, "a", "fraud", date(2026, 5, 1))
    assert (fraud["revoked_on"], fraud["banned_until"]) == (date(2026, 5, 1), date(2031, 5, 1))
    with pytest.raises(Conflict):
        _report(desk, "a", "major_accident", date(2026, 6, 1))
    assert [s["revokes"] for s in desk.told("sanction.imposed")] == [False, True]
    with desk.work() as work:
        (ban,) = registers.bans_of(work, conductor.cycle(work, CYCLE), "organization:a")
    assert (ban.rule, ban.until) == ("34", date(2031, 5, 1))


@pytest.mark.parametrize("on", [date(2025, 7, 3), date(2025, 7, 7)])
def test_an_event_lies_between_the_award_and_today(desk: Desk, on: date) -> None:
    """Neither before the award nor in the future."""
    _award(desk, "a")
    with pytest.raises(Invalid), desk.work(OFFICE, on=date(2025, 7, 6)) as work:
        honours.report(work, conductor, {"application_id": "a", "event": "fraud", "on": on})


def test_a_ban_in_force_on_the_day_of_submission_bars(desk: Desk) -> None:
    """The finding carries the ban's own rule; a ban that ended the day before does not bar."""
    _accept(desk, "a", 1)
    _accept(desk, "b", 2)
    for name, until in (("a", date(2025, 5, 19)), ("b", date(2025, 5, 18))):
        with desk.work(OFFICE, on=CLOSES) as work:
            registers.record_ban(work, conductor, {"application_id": name, "until": until, "rule": "34"})
    _answer_all(desk, "a", "b")
    _hand_over(desk, "submission", CLOSES, ["a", "b"])
    _begin(desk, "qualification", QUALIFIES)
    with desk.work(OFFICE) as work:
        rows = qualification.findings(work, conductor, {"cycle_id": CYCLE, "application_id": None})[
            "applications"
        ]
    assert {r["application_id"]: r["failing_rules"] for r in rows} == {"a": ["34"], "b": []}
    assert {r["application_id"]: r["banned_until"] for r in rows} == {"a": date(2025, 5, 19), "b": None}


def test_an_unpublished_calendar_blocks_and_says_so(desk: Desk) -> None:
    """The year 2027 has no official calendar yet: the cycle waits, with a reason in words, and nothing is guessed."""
    with desk.work() as work:
        conductor.cycle_opened(work, _cycle(cycle_id="c9", year=2026, closes_on=date(2026, 12, 31)))
        lines = [outcome("z", passed=True)]
        data = {
            "cycle_id": "c9", "application_id": "z", "sequence": 1, "dossier_digest": "sha256:0",
            "dossier": {**_plain_dossier(), "submitted_on": date(2026, 12, 1)},
        }  # fmt: skip
        conductor.records.add_dossier(work, data)
        conductor.stage_closed(
            work,
            {"cycle_id": "c9", "stage": "submission", "closed_on": date(2026, 12, 31), "outcomes": lines},
        )
    (blocked,) = desk.told("cycle.blocked")
    assert blocked["stage"] == "qualification"
    assert "2027" in blocked["reason_zh"]
    assert desk.told("stage.planned") == []


def _plain_dossier() -> dict[str, Any]:
    return {
        "name": "示例公司", "kind": "organization", "uscc": "91310105MAXY50013E", "applicant_key": "organization:z",
        "category": None, "recommended_by": None, "nominated_by": None, "facts": {}, "materials": [],
    }  # fmt: skip


def test_whoever_pays_hears_of_a_ban(desk: Desk) -> None:
    """Told with its applicant and last day, and under its own id, so that hearing it twice is hearing it once."""
    _accept(desk, "a", 1)
    with desk.work(OFFICE, on=CLOSES) as work:
        registers.record_ban(work, conductor, {"application_id": "a", "until": CLOSES, "rule": "34"})
    (told,) = desk.told("ban.recorded")
    assert (told["cycle_id"], told["applicant_key"], told["rule"]) == (CYCLE, "organization:a", "34")
    assert told["until"] == CLOSES
    assert told["ban_id"]
