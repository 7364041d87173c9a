"""What makes a file wrong although its form is right; and what is no fault but a cycle that will be blocked."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.rehearsal.against import applicants, track_of
from deploy.rehearsal.checked import check_all
from deploy.rehearsal.faults import WrongFile
from tests.unit.rehearsal.files import BASE, CODES, changed, faults, installed, paths, playable

PERSON = {"name": "王芳", "id_number": "11010519491231002X"}
WRONG_PERSON = {"name": "王芳", "id_number": "110105194912310021"}


def _objection(**changes: Any) -> list[dict[str, Any]]:
    return [
        {"against": "anna", "notice": "award", "by": PERSON, "evidence": True, "ruling": "upheld"} | changes
    ]


def test_the_base_is_right() -> None:
    """What the tests below change has no fault of its own."""
    assert faults(BASE) == []


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("rulebook", "nowhere-2023", "rulebook"),
        ("cycle/closes_on", "2025-05-11", "cycle.closes_on"),
        ("applicants/anna/submitted_on", "2025-05-11", "applicants.anna.submitted_on"),
        ("applicants/anna/uscc", "91310105MAXY50013F", "applicants.anna.uscc"),
        ("applicants/anna/id_number", "110105194912310021", "applicants.anna.id_number"),
        ("applicants/anna/missing_materials", ["proof"], "applicants.anna.missing_materials[0]"),
        ("applicants/anna/withdraws_before", "defence", "applicants.anna.withdraws_before"),
        ("experts", [{"id": "E1", "employer": "91310105MAXY50013F"}], "experts[0].employer"),
        ("experts", [{"id": "E1"}, {"id": "E2"}, {"id": "E1"}], "experts[2].id"),
        ("experts", {"count": 3, "industry_experts": 4}, "experts.industry_experts"),
        ("experts", [{"id": "E1", "advises": ["nobody"]}], "experts[0].advises[0]"),
        ("experts", [{"id": "E1", "kin_of": ["nobody"]}], "experts[0].kin_of[0]"),
        ("departments", {"credit": {"down": True, "only": ["nobody"]}}, "departments.credit.only[0]"),
        ("advance", {"site_review": ["nobody"]}, "advance.site_review[0]"),
        ("advance", {"document_review": ["anna"]}, "advance.document_review"),
        ("advance", {"defence": ["anna"]}, "advance.defence"),
        ("judgements", {"nobody": {"16.3": "reject"}}, "judgements.nobody"),
        ("judgements", {"anna": {"99": "reject"}}, "judgements.anna.99"),
        ("scores/document_review/nobody", 1, "scores.document_review.nobody"),
        ("scores/defence", {"anna": 1}, "scores.defence"),
        ("scores/document_review/anna", [80, 81], "scores.document_review.anna"),
        ("scores/document_review/anna", 80.1234, "scores.document_review.anna"),
        ("scores/document_review/anna", [80, 80, 80.1234], "scores.document_review.anna[2]"),
        ("scores/document_review", {"anna": 80}, "scores.document_review"),
        ("scores", {"site_review": {"others": 80}, "document_review": {"ben": 1}}, "scores.document_review"),
        ("social_votes", {"nobody": 1}, "social_votes.nobody"),
        ("proposal", {"nobody": "区长质量奖"}, "proposal.nobody"),
        ("proposal", {"anna": "诺贝尔奖"}, "proposal.anna"),
        ("committee", {"members": 3, "absent": 4}, "committee.absent"),
        ("votes", {"nobody": {"for": 13}}, "votes.nobody"),
        ("votes", {"anna": {"诺贝尔奖": {"for": 13}}}, "votes.anna.诺贝尔奖"),
        ("objections", _objection(against="nobody"), "objections[0].against"),
        ("objections", _objection(notice="nomination"), "objections[0].notice"),
        ("objections", _objection(by=WRONG_PERSON), "objections[0].by.id_number"),
        (
            "objections",
            _objection(by={"name": "单位", "uscc": "91310105MAXY50013F"}),
            "objections[0].by.uscc",
        ),
        ("pool", {"nobody": {"joined_on": "2025-01-01"}}, "pool.nobody"),
        ("bans", {"nobody": {"until": "2027-06-30", "rule": "34"}}, "bans.nobody"),
        ("paid_before", {"nobody": [{"for": "pool", "yuan": 1, "on": "2024-01-05"}]}, "paid_before.nobody"),
        ("paid_before", {"anna": [{"for": "award", "yuan": 1, "on": "2024-01-05"}]}, "paid_before.anna[0]"),
        (
            "after_award",
            [{"on": "2026-05-01", "applicant": "nobody", "event": "fraud"}],
            "after_award[0].applicant",
        ),
        ("after_award", [{"on": "2025-06-13", "applicant": "anna", "event": "fraud"}], "after_award[0].on"),
    ],
)
def test_what_makes_a_file_wrong(path: str, value: Any, at: str) -> None:
    """One change, one fault, with its path and the reason in both languages."""
    found = faults(changed(path, value))
    assert [fault.path for fault in found] == [at]
    assert found[0].zh
    assert found[0].en


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("experts", {"count": 1}),
        ("experts", [{"id": "E1"}]),
        ("committee", {"members": 3, "absent": 3}),
        ("cycle", {"year": 2030, "opens_on": "2030-05-12", "closes_on": "2030-06-13"}),
        ("cycle", {"year": 2020, "opens_on": "2020-05-12", "closes_on": "2020-06-13"}),
        ("applicants/anna/submitted_on", "2025-07-01"),
        ("applicants/anna/kind", "project"),
        ("applicants/anna/category", "economic"),
        ("expect", {"applications": {"nobody": {"status": "late"}}}),
        ("scores/document_review/anna", [80, 80.123, 80.1230]),
        ("objections", _objection(by="office", ruling="upheld")),
    ],
)
def test_what_is_played_and_shows_in_the_result(path: str, value: Any) -> None:
    """No panel, no quorum, no calendar, late, of a kind that the text refuses: outcomes, not faults."""
    assert paths(changed(path, value)) == []


def _under_the_guide(kind: str, category: str) -> dict[str, Any]:
    """The base under a rulebook with categories, all of one kind and category."""
    content = deepcopy(BASE) | {"rulebook": "shenzhen-2020"}
    content["cycle"] = {"year": 2020, "opens_on": "2020-05-18", "closes_on": "2020-07-10"}
    for applicant in content["applicants"].values():
        applicant |= {"kind": kind, "category": category, "facts": {}}
    return content


@pytest.mark.parametrize(
    ("kind", "category", "track"),
    [
        ("project", "economic", None),
        ("individual", "economic", None),
        ("individual", "culture", None),
        ("project", "special", "特别"),
    ],
)
def test_a_kind_that_its_category_refuses_is_an_outcome(kind: str, category: str, track: str | None) -> None:
    """A project in the economic category (1.5.1), a person in any (1.5): no track, refused by a rule, and so no fault."""
    played = playable(_under_the_guide(kind, category))
    assert {track_of(a, played.rulebook) for a in played.scenario.applicants.values()} == {track}


def test_a_kind_without_an_award_is_a_fault_where_no_rule_refuses_it() -> None:
    """A rule on kinds that lets it pass is no refusal."""
    played = playable(_under_the_guide("project", "culture"))
    tracks = tuple(replace(t, kinds=("organization",)) for t in played.rulebook.tracks)
    wrong = list(applicants(played.scenario, replace(played.rulebook, tracks=tracks)))
    assert [w.path for w in wrong] == [("applicants", "anna", "kind"), ("applicants", "ben", "kind")]


def test_a_ruling_is_needed_where_an_objection_will_be_accepted() -> None:
    """Not for one that is anonymous or without evidence, nor for what the office found by itself."""
    for changes, wanted in (
        ({}, ["objections[0].ruling"]),
        ({"evidence": False}, []),
        ({"by": "anonymous"}, []),
        ({"by": "office"}, []),
    ):
        objections = _objection(**changes)
        del objections[0]["ruling"]
        assert paths(changed("objections", objections)) == wanted


@pytest.mark.parametrize(
    ("vote", "right"),
    [
        ({"for": 12}, True),
        ({"for": 13}, False),
        ({"for": 9, "against": 1, "abstain": 0, "recused": 2}, True),
        ({"for": 9, "against": 1, "abstain": 1, "recused": 2}, False),
        ({"区长质量奖": {"for": 3, "against": 9}, "质量金奖": {"for": 12}}, True),
        ({"区长质量奖": {"for": 3, "against": 9}, "质量金奖": {"for": 3}}, False),
    ],
)
def test_votes_add_up_to_those_present(vote: dict[str, Any], right: bool) -> None:
    """13 members, one absent: each count is of 12."""
    content = changed("committee", {"members": 13, "absent": 1}) | {"votes": {"anna": vote}}
    assert (paths(content) == []) is right


def test_without_a_committee_the_counts_say_how_many_there_are() -> None:
    """All counts of one file are of the same meeting."""
    assert playable(changed("votes", {"anna": {"for": 9, "against": 2}})).scenario.members == 11
    content = changed("votes", {"anna": {"for": 9, "against": 2}, "ben": {"for": 12}})
    assert paths(content) == ["votes.ben"]


def test_one_organization_is_in_the_pool_on_one_set_of_terms() -> None:
    """Two applicants of one code: the same entry twice is one membership, two different ones contradict each other."""
    content = changed("pool", {handle: {"joined_on": "2025-01-02"} for handle in ("anna", "ben")})
    content["applicants"]["ben"]["uscc"] = content["applicants"]["anna"]["uscc"]
    assert paths(content) == []
    content["pool"]["ben"]["project_cost_yuan"] = 5
    assert paths(content) == ["pool.ben"]


def test_a_proposal_within_the_quota() -> None:
    """Article 3: two places at the top for models. Who won the level before takes a place like any other here."""
    content = changed("proposal", {"anna": "区长质量奖", "ben": "区长质量奖"})
    assert paths(content) == []
    content["applicants"]["carl"] = {**content["applicants"]["ben"], "uscc": CODES[2]}
    content["proposal"]["carl"] = "区长质量奖"
    found = faults(content)
    assert [fault.path for fault in found] == ["proposal"]
    assert "2" in found[0].zh
    content["applicants"]["carl"] |= {"kind": "individual", "name": "某人"}
    assert paths(content) == []  # another track, another quota


# --- who needs a score -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("applicants/ben/submitted_on", "2025-06-14"),
        ("applicants/ben/withdraws_before", "submission"),
        ("applicants/ben/withdraws_before", "document_review"),
        ("applicants/ben/facts/licences_valid", False),
        ("applicants/ben/facts/licences_valid", ...),
        ("applicants/ben/recommended_by", ...),
        ("applicants/ben/missing_materials", ["proofs"]),
        ("applicants/ben/records", {"credit": [{"kind": "serious_dishonesty", "on": "2024-01-05"}]}),
        ("departments", {"credit": {"down": True, "only": ["ben"]}}),
        ("judgements", {"ben": {"16.3": "reject"}}),
        ("bans", {"ben": {"until": "2027-06-30", "rule": "34"}}),
        ("objections", _objection(against="ben", notice="qualification")),
        ("cycle", {"year": 2030, "opens_on": "2030-05-12", "closes_on": "2030-06-13"}),
    ],
)
def test_who_never_comes_to_a_review_needs_no_score(path: str, value: Any) -> None:
    """Late, withdrawn, ineligible, awaited, rejected, banned, objected to, or the cycle comes to no review at all."""
    content = changed(path, value)
    content["scores"] = {"document_review": {"anna": 80}}
    assert paths(content) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("applicants/ben/withdraws_before", "site_review"),
        ("departments", {"credit": {"fail_first": 9}}),
        ("departments", {"credit": {"down": True, "only": ["anna"]}}),
        ("departments", {"labour": {"down": True}}),
        ("objections", _objection(against="ben", notice="qualification", ruling="dismissed")),
        ("objections", _objection(against="ben", notice="qualification", by="anonymous")),
        ("objections", _objection(against="ben", notice="award")),
        ("bans", {"ben": {"until": "2025-05-11", "rule": "34"}}),
        ("advance", {"site_review": ["anna"]}),
    ],
)
def test_who_does_come_there_needs_one(path: str, value: Any) -> None:
    """What lies behind the review, or hinders nobody, is no excuse."""
    content = changed(path, value)
    content["scores"] = {"document_review": {"anna": 80}}
    found = faults(content)
    assert [fault.path for fault in found] == ["scores.document_review"]
    assert "ben" in found[0].en


# --- several files, another rulebook -----------------------------------------------------------------------------------


def _files(folder: Path, *contents: dict[str, Any]) -> list[Path]:
    found = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.yaml"
        path.write_text(json.dumps(content), encoding="utf-8")
        found.append(path)
    return found


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Their results would overwrite each other."""
    with pytest.raises(WrongFile, match="scenario"):
        check_all(_files(tmp_path, BASE, BASE), None, installed())
    assert len(check_all(_files(tmp_path, BASE, changed("scenario", "other")), None, installed())) == 2


def test_the_faults_of_all_files_are_listed(tmp_path: Path) -> None:
    """One wrong file does not hide another."""
    files = _files(tmp_path, changed("version", 2), BASE, changed("rulebook", "nowhere"))
    with pytest.raises(WrongFile) as wrong:
        check_all(files, None, installed())
    assert [(Path(f.file).name, f.path) for f in wrong.value.faults] == [
        ("0.yaml", "version"),
        ("2.yaml", "rulebook"),
    ]


def test_a_rulebook_out_of_force_may_be_rehearsed() -> None:
    """The result says so."""
    content = changed("cycle", {"year": 2020, "opens_on": "2020-05-12", "closes_on": "2020-06-13"})
    assert "施行" in playable(content).scenario.notes[0]
    assert playable(BASE).scenario.notes == ()


def test_a_what_if_under_a_rulebook_that_is_not_there() -> None:
    """There is nothing to play."""
    assert paths(BASE, "nowhere-2023") == ["rulebook"]
