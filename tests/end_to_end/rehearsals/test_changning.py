"""Whole cycles through the real system: gateway, RabbitMQ, every service a process of its own.

Every test says in its scenario what happens and in its assertions what has to come of it, by the text of 2023.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy.local.services import ROOT
from tests.end_to_end.rehearsals.conftest import Rehearsal
from tests.end_to_end.rehearsals.scenarios import GOLD, MODEL, TOP, code, objection, organization, scenario

pytestmark = pytest.mark.e2e

SAMPLE = ROOT / "deploy" / "samples" / "changning-2023.yaml"


def _status(result: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {handle: (line["status"], line["stopped_at"]) for handle, line in result["applications"].items()}


def test_the_sample_comes_out_as_expected(rehearsal: Rehearsal) -> None:
    """Eight apply, four win: every expectation of the sample holds, the table is printed, the result written."""
    played = rehearsal.sample(SAMPLE)
    assert "预期成立" in played.done.stdout
    assert played.result["audit"]["intact"] is True


def test_the_same_file_plays_the_same_way(rehearsal: Rehearsal) -> None:
    """Nothing that another rehearsal left counts: panels, findings, awards and money are the same again."""
    first = rehearsal.sample(SAMPLE).result
    assert rehearsal.run(SAMPLE).returncode == 0
    second = rehearsal.result("changning-2023")
    for result in (first, second):
        result["audit"].pop("entries", None)
    assert first == second


def test_a_difference_is_printed(rehearsal: Rehearsal) -> None:
    """Exit code 1, with the path, what was expected and what was found."""
    content = scenario(
        "different", "anna", expect={"applications": {"anna": {"status": "late", "award": TOP}}}
    )
    file = rehearsal.folder / "different.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    done = rehearsal.run(file)
    assert done.returncode == 1
    assert "applications.anna.status" in done.stdout
    assert "applications.anna.award" not in done.stdout


def test_a_wrong_file_is_not_played(rehearsal: Rehearsal) -> None:
    """Exit code 2 with file and path; nothing is written."""
    content = scenario("wrong-code")
    content["applicants"]["anna"]["uscc"] = code(1)[:-1] + "Z"
    file = rehearsal.folder / "wrong-code.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    done = rehearsal.run(file)
    assert done.returncode == 2
    assert "wrong-code.yaml" in done.stderr
    assert "applicants.anna.uscc" in done.stderr
    assert not (rehearsal.folder / "wrong-code.result.json").exists()


# --- who goes on, and how far -----------------------------------------------------------------------------------------


def test_withdrawals_end_where_they_happen(rehearsal: Rehearsal) -> None:
    """Each stopped at the last step that it completed; those who stay are not touched."""
    before = {
        "draft": "submission", "early": "qualification", "middle": "document_review", "site": "site_review",
        "end": "committee",
    }  # fmt: skip
    content = scenario("withdrawals", "stays", *before)
    for handle, stage in before.items():
        content["applicants"][handle]["withdraws_before"] = stage
    result = rehearsal.play(content)
    assert _status(result) == {
        "stays": ("awarded", None),
        "draft": ("withdrawn", "submission"),
        "early": ("withdrawn", "submission"),
        "middle": ("withdrawn", "notice:qualification"),
        "site": ("withdrawn", "document_review"),
        "end": ("withdrawn", "comprehensive"),
    }
    assert result["notices"][0]["listed"] == ["stays", "middle", "site", "end"]
    assert result["awards"] == {f"{TOP}/{MODEL}": ["stays"]}


def test_when_all_withdraw_the_cycle_ends(rehearsal: Rehearsal) -> None:
    """Nobody is left: not blocked, and the notice of winners never posted."""
    content = scenario("all-withdraw", "anna", "ben")
    for applicant in content["applicants"].values():
        applicant["withdraws_before"] = "site_review"
    result = rehearsal.play(content)
    assert set(_status(result).values()) == {("withdrawn", "document_review")}
    assert result["blocked"] is None
    assert [notice["notice"] for notice in result["notices"]] == ["qualification"]
    assert result["awards"] == {}


def test_nobody_eligible(rehearsal: Rehearsal) -> None:
    """Late, or with a condition missing: the cycle ends at the qualification without any notice."""
    content = scenario("nobody", "late", "young")
    content["applicants"]["late"]["submitted_on"] = "2025-06-16"
    del content["applicants"]["young"]["facts"]["operating_since"]
    result = rehearsal.play(content)
    assert _status(result) == {"late": ("late", "submission"), "young": ("ineligible", "qualification")}
    assert result["applications"]["young"]["failing_rules"] == ["16.1"]
    assert (result["notices"], result["blocked"]) == ([], None)


def test_every_applicant_is_in_the_result_however_many_there_are(rehearsal: Rehearsal) -> None:
    """More than a page of the list holds: each is read back, with its end."""
    content = scenario("many", *(f"a{number}" for number in range(55)))
    for applicant in content["applicants"].values():
        del applicant["facts"]["operating_since"]
    result = rehearsal.play(content)
    assert _status(result) == {f"a{number}": ("ineligible", "qualification") for number in range(55)}


def test_the_office_lets_in_whom_it_picks(rehearsal: Rehearsal) -> None:
    """Article 22: those not on the list for the site review end at the document review."""
    result = rehearsal.play(scenario("advance", "anna", "ben", "carl", advance={"site_review": ["ben"]}))
    assert _status(result) == {
        "anna": ("not_awarded", "document_review"),
        "ben": ("awarded", None),
        "carl": ("not_awarded", "document_review"),
    }


def test_a_rejected_judgement_makes_ineligible(rehearsal: Rehearsal) -> None:
    """Article 16 (3): the office rejects one; the finding keeps its answer and the rule fails."""
    result = rehearsal.play(scenario("judged", "anna", "ben", judgements={"ben": {"16.3": "reject"}}))
    assert _status(result) == {"anna": ("awarded", None), "ben": ("ineligible", "qualification")}
    assert result["applications"]["ben"]["failing_rules"] == ["16.3"]
    finding = next(f for f in result["applications"]["ben"]["findings"] if f["rule"] == "16.3")
    assert (finding["outcome"], finding["confirmed"]) == ("needs_judgement", False)


def test_a_ban_keeps_out_under_its_own_rule(rehearsal: Rehearsal) -> None:
    """Articles 34 and 35: in force on the day of submission, its last day included; one day later it is over."""
    bans = {"anna": {"until": "2025-05-19", "rule": "35"}, "ben": {"until": "2025-05-18", "rule": "34"}}
    result = rehearsal.play(scenario("bans", "anna", "ben", bans=bans))
    assert _status(result) == {"anna": ("ineligible", "qualification"), "ben": ("awarded", None)}
    assert result["applications"]["anna"]["failing_rules"] == ["35"]
    assert result["applications"]["anna"]["banned_until"] == "2025-05-19"
    assert result["applications"]["ben"]["banned_until"] is None


def test_an_award_of_late_bars_from_its_level_only(rehearsal: Rehearsal) -> None:
    """Article 18: who won the lower level within five years can still win the higher one."""
    content = scenario("barred", "anna", "ben", proposal={"anna": TOP, "ben": TOP})
    award = {"award": GOLD, "track": MODEL, "level": "district", "year": 2023, "on": "2023-12-01"}
    content["applicants"]["anna"]["facts"]["prior_awards"] = [award | {"jurisdiction": "changning"}]
    higher = {"award": TOP, "track": MODEL, "level": "district", "year": 2023, "on": "2023-12-01"}
    content["applicants"]["ben"]["facts"]["prior_awards"] = [higher | {"jurisdiction": "changning"}]
    result = rehearsal.play(content)
    assert _status(result) == {"anna": ("awarded", None), "ben": ("ineligible", "qualification")}
    assert result["applications"]["anna"]["award"] == TOP
    assert result["applications"]["ben"]["failing_rules"] == ["18"]


def test_nobody_is_proposed_for_a_level_that_is_barred(rehearsal: Rehearsal) -> None:
    """Article 18 again: the committee may not be shown such a proposal; the rest of it stands, and a note says so."""
    content = scenario("barred-proposal", "anna", "ben", proposal={"anna": GOLD, "ben": TOP})
    award = {"award": GOLD, "track": MODEL, "level": "district", "year": 2023, "on": "2023-12-01"}
    content["applicants"]["anna"]["facts"]["prior_awards"] = [award | {"jurisdiction": "changning"}]
    result = rehearsal.play(content)
    assert _status(result) == {"anna": ("not_awarded", "committee"), "ben": ("awarded", None)}
    assert any("proposal" in note for note in result["notes"])


# --- departments ------------------------------------------------------------------------------------------------------


def test_departments_that_fail_or_stay_silent(rehearsal: Rehearsal) -> None:
    """Retries take no day; silence is no clean record; what fails anyway is ineligible at once."""
    content = scenario("departments", "anna", "ben", "carl")
    content["departments"] = {"credit": {"fail_first": 7}, "safety": {"down": True, "only": ["ben", "carl"]}}
    content["applicants"]["carl"]["facts"]["licences_valid"] = False
    result = rehearsal.play(content)
    assert _status(result) == {
        "anna": ("awarded", None),
        "ben": ("awaiting_records", "qualification"),
        "carl": ("ineligible", "qualification"),
    }
    outcomes = {f["outcome"] for f in result["applications"]["ben"]["findings"] if f["rule"] == "16.6"}
    assert "awaiting" in outcomes
    assert result["applications"]["ben"]["failing_rules"] == []
    assert result["notices"][0]["first_day"] == "2025-06-17"


def test_records_of_one_code_add_up(rehearsal: Rehearsal) -> None:
    """A record given at one applicant counts for every applicant with the code, an individual of that employer, say."""
    content = scenario("one-code", "anna")
    content["applicants"]["staff"] = {
        "name": "林文岚", "kind": "individual", "uscc": code(1), "submitted_on": "2025-05-28",
        "recommended_by": "天山路街道", "facts": {"region": "上海市长宁区", "quality_work_since": "2013-07-01"},
        "records": {"quality": [{"kind": "major_complaint", "on": "2024-01-05"}]},
    }  # fmt: skip
    result = rehearsal.play(content)
    assert _status(result) == dict.fromkeys(("anna", "staff"), ("ineligible", "qualification"))
    assert result["applications"]["anna"]["failing_rules"] == ["16.6"]
    assert result["applications"]["staff"]["failing_rules"] == ["17.4"]


# --- what cannot lawfully go on ---------------------------------------------------------------------------------------


def test_without_a_panel_the_cycle_is_blocked(rehearsal: Rehearsal) -> None:
    """Three reviewers, one of them works for the applicant: the document review cannot begin."""
    experts = [{"id": f"E{n}"} for n in (1, 2)] + [{"id": "E3", "employer": code(1)}]
    result = rehearsal.play(scenario("no-panel", experts=experts))
    assert result["blocked"]["stage"] == "document_review"
    assert _status(result) == {"anna": ("in_progress", "notice:qualification")}
    assert [notice["notice"] for notice in result["notices"]] == ["qualification"]


def test_without_a_quorum_the_cycle_is_blocked(rehearsal: Rehearsal) -> None:
    """Two thirds of the members have to be present; what was scored before stays in the result."""
    result = rehearsal.play(scenario("no-quorum", committee={"members": 13, "absent": 5}))
    assert result["blocked"]["stage"] == "committee"
    assert _status(result) == {"anna": ("in_progress", "comprehensive")}
    assert result["applications"]["anna"]["scores"]["comprehensive"] == 90.0


def test_what_is_blocked_plays_the_same_way_too(rehearsal: Rehearsal) -> None:
    """A stage that cannot begin is begun once: not even the audit log differs from play to play."""
    content = scenario("no-quorum-again", committee={"members": 13, "absent": 5})
    results = []
    for _ in range(4):
        result = rehearsal.play(content)
        result["audit"]["entries"] = rehearsal.entries()
        results.append(json.dumps(result))
    assert len(set(results)) == 1


@pytest.mark.parametrize(
    ("closes_on", "stage", "stopped_at"),
    [
        ("2026-12-29", "notice:qualification", "qualification"),
        ("2026-12-31", "qualification", "submission"),
        ("2026-12-15", "notice:award", "committee"),
    ],
)
def test_a_year_without_a_calendar_blocks(
    rehearsal: Rehearsal, closes_on: str, stage: str, stopped_at: str
) -> None:
    """The first step whose days fall into a year that is not published is named."""
    cycle = {"year": 2026, "opens_on": "2026-11-02", "closes_on": closes_on}
    content = scenario(f"calendar-{closes_on}", cycle=cycle)
    content["applicants"]["anna"]["submitted_on"] = "2026-11-03"
    content["applicants"]["anna"]["facts"]["profit_yuan"]["2025"] = 1
    result = rehearsal.play(content)
    assert result["blocked"]["stage"] == stage
    assert _status(result) == {"anna": ("in_progress", stopped_at)}


@pytest.mark.parametrize("leaving", [("anna",), ("anna", "ben")])
def test_a_withdrawal_comes_before_the_stage_that_has_no_day(
    rehearsal: Rehearsal, leaving: tuple[str, ...]
) -> None:
    """Who withdraws before it has withdrawn, though it cannot be had; where that leaves nobody, nothing is blocked."""
    cycle = {"year": 2026, "opens_on": "2026-11-02", "closes_on": "2026-12-18"}
    content = scenario(f"left-{len(leaving)}", "anna", "ben", cycle=cycle)
    for handle, applicant in content["applicants"].items():
        applicant["submitted_on"] = "2026-11-03"
        applicant["facts"]["profit_yuan"]["2025"] = 1
        if handle in leaving:
            applicant["withdraws_before"] = "committee"
    result = rehearsal.play(content)
    withdrawn, stays = ("withdrawn", "comprehensive"), ("in_progress", "comprehensive")
    assert _status(result) == {h: withdrawn if h in leaving else stays for h in ("anna", "ben")}
    assert (result["blocked"] is None) == (len(leaving) == len(content["applicants"]))


# --- committee --------------------------------------------------------------------------------------------------------


def test_the_proposal_decides_who_is_put_to_the_vote(rehearsal: Rehearsal) -> None:
    """Those that it leaves out are not proposed, whatever their score; one that fails the vote wins nothing."""
    votes = {"carl": {"for": 2, "against": 2, "recused": 0}}
    content = scenario("proposal", "anna", "ben", "carl", committee={"members": 5, "absent": 1}, votes=votes)
    content["proposal"] = {"ben": GOLD, "carl": TOP}
    result = rehearsal.play(content)
    assert _status(result) == {
        "anna": ("not_awarded", "committee"), "ben": ("awarded", None), "carl": ("not_awarded", "committee")
    }  # fmt: skip
    assert result["awards"] == {f"{GOLD}/{MODEL}": ["ben"]}


def test_recused_members_leave_both_counts(rehearsal: Rehearsal) -> None:
    """Two for of three who may vote are enough; the same two of four are not."""
    votes = {"anna": {"for": 2, "against": 1, "recused": 1}, "ben": {"for": 2, "against": 1, "abstain": 1}}
    result = rehearsal.play(scenario("recused", "anna", "ben", committee={"members": 4}, votes=votes))
    assert _status(result) == {"anna": ("awarded", None), "ben": ("not_awarded", "committee")}


def test_places_go_by_rank_and_quota(rehearsal: Rehearsal) -> None:
    """Article 3: two places at the top, the others one level below; equal scores by submission."""
    handles = ("anna", "ben", "carl", "dora")
    content = scenario("rank", *handles, scores={"document_review": {"others": 80}})
    content["applicants"]["dora"]["submitted_on"] = "2025-05-13"
    result = rehearsal.play(content)
    assert result["awards"] == {f"{TOP}/{MODEL}": ["dora", "anna"], f"{GOLD}/{MODEL}": ["ben", "carl"]}


# --- objections -------------------------------------------------------------------------------------------------------


def test_which_objections_end_an_application(rehearsal: Rehearsal) -> None:
    """Article 31: a real name and evidence, and upheld; what the office finds by itself counts as upheld."""
    against = {
        "person": {},
        "unit": {"by": {"name": "示例单位", "uscc": code(77)}},
        "office": {"by": "office"},
        "dismissed": {"ruling": "dismissed"},
        "anonymous": {"by": "anonymous"},
        "bare": {"evidence": False},
    }
    content = scenario("objections", *against)
    content["objections"] = [objection(h, "qualification", **changes) for h, changes in against.items()]
    del content["objections"][2]["ruling"]
    content["applicants"]["late"] = organization(99, submitted_on="2025-07-01")
    content["objections"].append(objection("late", "qualification"))
    result = rehearsal.play(content)
    assert any("late" in note for note in result["notes"])  # it is on no notice
    del result["applications"]["late"]
    upheld, on = ("objection_upheld", "notice:qualification"), ("awarded", None)
    assert _status(result) == {
        "person": upheld, "unit": upheld, "office": upheld, "dismissed": on, "anonymous": on, "bare": on
    }  # fmt: skip


def test_a_winners_place_stays_vacant(rehearsal: Rehearsal) -> None:
    """An objection upheld during the last notice: nobody moves up, and no money goes out for it."""
    content = scenario("vacant", "anna", "ben", "carl", objections=[objection("anna", "award")])
    result = rehearsal.play(content)
    assert _status(result)["anna"] == ("objection_upheld", "notice:award")
    assert result["awards"] == {f"{TOP}/{MODEL}": ["ben"], f"{GOLD}/{MODEL}": ["carl"]}
    assert result["notices"][1]["listed"] == ["anna", "ben", "carl"]
    assert result["totals"]["granted_yuan"] == 600_000


# --- money, and the years after ---------------------------------------------------------------------------------------


def test_a_batch_over_budget_is_held_not_cut(rehearsal: Rehearsal) -> None:
    """Grants stay what the text says; what is over is shown."""
    content = scenario("budget", "anna", "ben")
    content["cycle"]["budget_yuan"] = 700_000
    result = rehearsal.play(content)
    assert result["totals"] == {"granted_yuan": 1_000_000, "clawed_back_yuan": 0, "over_budget_yuan": 300_000}


def test_what_comes_after_the_award(rehearsal: Rehearsal) -> None:
    """Articles 33 to 35: misuse is ordered corrected; fraud and accidents revoke, claw back and ban for five years."""
    content = scenario(
        "after", "fraud", "accident", "misuse", "loser", judgements={"loser": {"16.3": "reject"}}
    )
    content["after_award"] = [
        {"on": "2026-06-30", "applicant": "accident", "event": "major_accident"},
        {"on": "2026-02-28", "applicant": "misuse", "event": "title_misuse"},
        {"on": "2025-11-24", "applicant": "fraud", "event": "fraud"},
        {"on": "2025-11-25", "applicant": "loser", "event": "fraud"},
    ]
    result = rehearsal.play(content)
    lines = result["applications"]
    assert {handle: line["status"] for handle, line in lines.items()} == {
        "fraud": "revoked", "accident": "revoked", "misuse": "awarded", "loser": "ineligible"
    }  # fmt: skip
    assert {(o["order"], o["on"], o["rule"]) for o in lines["fraud"]["orders"]} == {
        (order, "2025-11-24", "34")
        for order in ("revoke", "recall_certificate", "clawback", "report_to_credit_platform")
    }
    assert [o["order"] for o in lines["accident"]["orders"]] == ["revoke", "recall_certificate", "clawback"]
    assert [(o["order"], o["rule"]) for o in lines["misuse"]["orders"]] == [("correct_title_use", "33")]
    assert (lines["fraud"]["clawback_yuan"], lines["fraud"]["banned_until"]) == (500_000, "2030-11-24")
    assert (lines["accident"]["clawback_yuan"], lines["accident"]["banned_until"]) == (500_000, "2031-06-30")
    assert lines["fraud"]["award"] == TOP
    assert lines["fraud"]["stopped_at"] is None
    assert result["awards"] == {f"{GOLD}/{MODEL}": ["misuse"]}
    assert result["totals"] == {
        "granted_yuan": 1_100_000,
        "clawed_back_yuan": 1_000_000,
        "over_budget_yuan": 0,
    }
    assert any("loser" in note for note in result["notes"])


def test_scores_of_reviewers_in_order_and_carried_on(rehearsal: Rehearsal) -> None:
    """A list counts by its mean, half up; a stage left out takes the applicant's figures of the stage before."""
    scores = {
        "document_review": {"anna": [80, 80.005, 80.01], "others": 71.5},
        "comprehensive": {"ben": 99.125},
    }
    result = rehearsal.play(scenario("scores", "anna", "ben", scores=scores))
    lines = result["applications"]
    assert lines["anna"]["scores"] == {"document_review": 80.01, "site_review": 80.01, "comprehensive": 80.01}
    assert lines["ben"]["scores"] == {"document_review": 71.5, "site_review": 71.5, "comprehensive": 99.13}


def test_one_kept_aside_is_recused_wherever_it_sits(rehearsal: Rehearsal) -> None:
    """Articles 15 and 28 (3): advice, kinship and employment keep an expert from an applicant in every stage."""
    experts: list[dict[str, Any]] = [{"id": f"E{n}", "industry_expert": n % 2 == 0} for n in range(1, 9)]
    experts[0]["advises"], experts[1]["kin_of"], experts[2]["employer"] = ["anna"], ["ben"], code(1)
    result = rehearsal.play(scenario("interests", "anna", "ben", experts=experts))
    assert [panel["stage"] for panel in result["panels"]] == [
        "document_review",
        "site_review",
        "comprehensive",
    ]
    for panel in result["panels"]:
        assert panel["recused"] == {"E1": ["anna"], "E2": ["ben"], "E3": ["anna"]}


def test_an_applicant_may_be_anybody_and_the_rulebook_says_no(rehearsal: Rehearsal) -> None:
    """Article 2: a project is no applicant here; it is refused by that rule, the file is not wrong."""
    content = scenario("project", "anna")
    content["applicants"]["project"] = organization(9, kind="project", facts={"region": "上海市长宁区"})
    result = rehearsal.play(content)
    line = result["applications"]["project"]
    assert (line["status"], "2" in line["failing_rules"]) == ("ineligible", True)
