"""The same person in two roles, or two acts, that exclude each other: found over all services, and not without cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.gateway.acting import (
    ActingError,
    actions,
    clashes,
    pairs,
    read_pairs,
    read_refusals,
    refusals,
)
from services.gateway.roles import exclusions
from shared.procedure.alerts import Alert, Severity, alert_id, gravest_first

pytestmark = pytest.mark.unit

SERVICES = Path(__file__).resolve().parents[3] / "services"
MORNING, EVENING = "2025-06-18T09:00:00+08:00", "2025-06-18T18:00:00+08:00"


def told(service: str, *lines: tuple[str, str, str, str], at: str = MORNING) -> dict[str, Any]:
    """The reply of one service: actor, role, act, subject."""
    roles = sorted({(actor, role) for actor, role, _, _ in lines})
    return {
        "service": service,
        "roles": [
            {"actor": actor, "role": role, "first_at": at, "entry": f"{role}-1", "times": 1} for actor, role in roles
        ],
        "acts": [
            {
                "actor": actor, "role": role, "action": action, "subject": subject, "first_at": at,
                "entry": f"{action}-1", "times": 1,
            }
            for actor, role, action, subject in lines
        ],
        "known": [],
        "cut": False,
    }  # fmt: skip


def found(*answers: dict[str, Any]) -> list[tuple[str, Severity, str]]:
    return [(each.kind, each.severity, each.subject) for each in clashes(answers)]


@pytest.mark.parametrize("pair", exclusions(), ids=lambda pair: "-".join(sorted(pair.roles)))
def test_every_pair_of_roles_is_found_over_two_services(pair: Any) -> None:
    first, second = sorted(pair.roles)
    one = told("intake", ("li", first, "x:y", "a1"))
    other = told("review", ("li", second, "x:z", "a2"), at=EVENING)
    (alert,) = clashes([one, other])
    assert (alert.kind, alert.severity, alert.subject, alert.since) == (
        "excluding_roles",
        Severity.SERIOUS,
        "li",
        EVENING,
    )
    assert alert.evidence == (f"intake:{first}-1", f"review:{second}-1")
    assert pair.reason_zh in alert.reason_zh
    assert pair.reason_en in alert.reason_en


def test_two_people_and_two_roles_that_go_together_are_no_clash() -> None:
    office = told("intake", ("li", "award_office", "x:y", "a1"))
    assert found(office, told("review", ("wang", "reviewer", "x:y", "a1"))) == []
    together = told(
        "intake", ("li", "recommending_body", "x:y", "a1"), ("li", "department_clerk", "x:y", "a1")
    )
    assert found(together) == []


def test_an_officer_who_raised_an_objection_and_ruled_on_it_is_told() -> None:
    answer = told(
        "eligibility",
        ("li", "award_office", "objection:raised", "o1"),
        ("li", "award_office", "objection:ruled", "o1"),
    )
    assert found(answer) == [("excluding_acts", Severity.SERIOUS, "li/o1")]


def test_acts_in_two_services_are_put_together_by_what_they_were_done_to() -> None:
    accepted = told("intake", ("li", "award_office", "application:accepted", "a1"))
    judged = told("eligibility", ("li", "award_office", "finding:judged", "a1/16.3/operating"))
    assert found(accepted, judged) == [("excluding_acts", Severity.NOTICE, "li/a1")]


@pytest.mark.parametrize(
    ("actor", "subject"), [("wang", "o1"), ("li", "o2")], ids=["another officer", "another objection"]
)
def test_another_person_or_another_matter_is_no_clash(actor: str, subject: str) -> None:
    raised = told("eligibility", ("li", "award_office", "objection:raised", "o1"))
    ruled = told("eligibility", (actor, "award_office", "objection:ruled", subject))
    assert found(raised, ruled) == []


def test_every_act_of_the_table_is_written_by_some_service() -> None:
    """A misspelt word would never be found. Some are put together of the noun and a state."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SERVICES.rglob("*.py"))
    for action in actions(pairs()):
        noun, _, verb = action.partition(":")
        together = any(
            f'f"{noun}:{verb[:cut]}{{' in code and f'"{verb[cut:]}"' in code for cut in range(len(verb))
        )
        assert f'"{action}"' in code or together, action


def test_every_refusal_of_the_table_is_given_by_some_service() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SERVICES.rglob("*.py"))
    for each in refusals():
        assert f'code="{each}"' in code or f'Refusal("{each}"' in code, each


def test_acts_of_the_gravest_pairs_are_asked_for_first() -> None:
    """An answer that is too long loses its end."""
    asked = actions(pairs())
    serious = {
        act.action
        for pair in pairs()
        if pair.severity is Severity.SERIOUS
        for act in (*pair.first, *pair.second)
    }
    assert set(asked[: len(serious)]) == serious
    assert asked[-1] not in serious
    assert len(asked) == len(set(asked))


def test_whoever_proposed_before_somebody_else_did_may_decide() -> None:
    """A proposal that was sent back is another one than what is decided."""
    proposed = told("eligibility", ("li", "award_office", "case:proposed", "c1/li"))
    decided = told("eligibility", ("li", "award_office", "case:decided", "c1/wang"))
    assert found(proposed, decided) == []
    own = told("eligibility", ("li", "award_office", "case:decided", "c1/li"))
    assert found(proposed, own) == [("excluding_acts", Severity.SERIOUS, "li/c1/li")]


def test_whoever_places_a_hold_may_lift_another_one() -> None:
    placed = told("intake", ("li", "award_office", "hold:placed", "a1/h1"))
    assert found(placed, told("intake", ("li", "award_office", "hold:lifted", "a1/h2"))) == []
    own = told("intake", ("li", "award_office", "hold:lifted", "a1/h1"))
    assert found(placed, own) == [("excluding_acts", Severity.WARNING, "li/h1")]


@pytest.mark.parametrize("codes", ["['Same Person']", "[1]"])
def test_codes_that_are_none_are_refused(tmp_path: Path, codes: str) -> None:
    path = tmp_path / "acting.yaml"
    path.write_text(f"refusals: {codes}\npairs: []\n", encoding="utf-8")
    with pytest.raises(ActingError):
        read_refusals(path)


def test_every_pair_says_why_in_both_languages() -> None:
    for pair in pairs():
        assert pair.reason_zh
        assert pair.reason_en


@pytest.mark.parametrize(
    "entry",
    [
        "{first: [{action: 'a:b'}], second: [{action: 'a:b'}], severity: notice, reason_zh: 甲, reason_en: a}",
        "{first: [], second: [{action: 'a:b'}], severity: notice, reason_zh: 甲, reason_en: a}",
        "{first: [{action: 'a:b'}], second: [{action: 'a:c'}], severity: grave, reason_zh: 甲, reason_en: a}",
        "{first: [{action: 'A b'}], second: [{action: 'a:c'}], severity: notice, reason_zh: 甲, reason_en: a}",
        "{first: [{action: 'a:b', part: -1}], second: [{action: 'a:c'}], severity: notice, reason_zh: 甲, reason_en: a}",
    ],
    ids=["itself", "no act", "no severity", "no word", "no part"],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "acting.yaml"
    path.write_text(f"pairs:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(ActingError):
        read_pairs(path)


def test_an_alert_has_one_id_for_one_cause_and_another_for_another() -> None:
    """The order of its evidence and its words change nothing; where, which cycle, about what and resting on what do."""
    alert = Alert("k", Severity.NOTICE, "a1", MORNING, ("r1", "r2"), "甲", "a")
    same = Alert("k", Severity.SERIOUS, "a1", EVENING, ("r2", "r1"), "乙", "b")
    ids = {
        alert_id("intake", "c1", alert),
        alert_id("review", "c1", alert),
        alert_id("intake", "c2", alert),
        alert_id("intake", "c1", Alert("l", Severity.NOTICE, "a1", MORNING, ("r1", "r2"), "甲", "a")),
        alert_id("intake", "c1", Alert("k", Severity.NOTICE, "a2", MORNING, ("r1", "r2"), "甲", "a")),
        alert_id("intake", "c1", Alert("k", Severity.NOTICE, "a1", MORNING, ("r1",), "甲", "a")),
    }
    assert len(ids) == 6
    assert alert_id("intake", "c1", alert) == alert_id("intake", "c1", same)


def test_a_severity_that_is_not_known_here_comes_first_and_breaks_nothing() -> None:
    """A service may be newer than the gateway that puts its alerts in order."""
    told = [
        {"severity": severity, "since": "2026-04-13", "kind": "k", "alert_id": severity}
        for severity in (Severity.NOTICE.value, "unheard_of", Severity.SERIOUS.value)
    ]
    assert min(told, key=gravest_first)["severity"] == "unheard_of"
