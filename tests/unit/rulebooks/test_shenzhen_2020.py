"""The data of 《深圳市市长质量奖申报指引2020》, held against the digest of its text."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from shared.rulebooks.library import DATA, lock_faults, read_lock
from shared.rulebooks.model import EndedOn, NoSuchTrack, NotYetInForce
from shared.strict_yaml import load
from tests.unit.rulebooks.cases import shenzhen_2020

BOOK = shenzhen_2020()
RAW: dict[str, Any] = load(DATA / "shenzhen-2020.yaml").value
TRACKS = {
    "economic": "经济类",
    "culture": "文化类",
    "society": "社会类",
    "ecology": "生态类",
    "management": "管理类",
    "service": "服务类",
    "special": "特别",
}
ORDINARY = list(TRACKS.values())[:-1]
GOLD, SILVER, BRONZE, SPECIAL = "金奖", "银奖", "铜奖", "特别贡献奖"
PLACES = [
    (GOLD, "经济类", 2),
    (SILVER, "经济类", 3),
    (BRONZE, "经济类", 6),
    *((level, track, 1) for track in ORDINARY[1:] for level in (GOLD, SILVER)),
]


# --- the text -------------------------------------------------------------------------------------

# Introductions of the items under them. What the head of 1.6.2 asks of the applicant is decided in 1.6.2.1.
HEADINGS = {"1", "1.6.1", "1.6.2", "1.7", "2", "3", "3.4", "4", "4.1", "4.2", "5", "5.1", "5.2"}


def test_all_five_sections_are_there_with_their_items() -> None:
    """Sections 1 to 5; seven parts in the first, ten steps in the second, and so on down to the last item."""
    children = Counter(rule.rpartition(".")[0] for rule in BOOK.articles)
    first = {"1": 7, "1.3": 3, "1.4": 4, "1.5": 2, "1.6": 2, "1.6.1": 2, "1.6.2": 2, "1.7": 2}
    second = {"2": 10, "2.1": 2, "2.4": 2, "2.5": 5, "2.6": 2}
    others = {"3": 4, "3.4": 7, "4": 2, "4.1": 3, "4.2": 5, "5": 2, "5.1": 6, "5.2": 3}
    assert children == {"": 5} | first | second | others
    assert all(not head or head in BOOK.articles for head in children)
    assert BOOK.label("1.4.2") == "一（四）2"
    assert BOOK.label("1.6.1.2") == "一（六）1（2）"
    assert BOOK.label("2.7") == "二.7"


def test_every_item_is_a_rule_a_judgement_a_parameter_or_listed_with_its_reason() -> None:
    """Taken apart here anew, without the loader's own check."""

    def cited(value: object, key: str = "") -> set[str]:
        if isinstance(value, dict):
            return set().union(*(cited(v, k) for k, v in value.items() if k != "articles"), set())
        if isinstance(value, list):
            return set().union(*(cited(v, key) for v in value), set())
        return {value} if key in {"rule", "rules"} and isinstance(value, str) else set()

    known = cited(RAW) | set(RAW["conditions"]) | set(RAW["not_encoded"])
    assert set(BOOK.articles) - known == HEADINGS
    assert all(entry.reason.zh and entry.reason.en for entry in BOOK.not_encoded)


def test_every_item_has_its_gist_but_bare_headings() -> None:
    """In both languages."""
    without = {rule for rule, article in BOOK.articles.items() if article.gist is None}
    assert without == HEADINGS - {"1.6.2"}
    gists = [article.gist for article in BOOK.articles.values() if article.gist]
    assert all(gist.zh and gist.en for gist in gists)


def test_what_is_left_out_of_a_step_is_named() -> None:
    """2.3: the department of statistics could prove a rank and keeps no records; the industry's own differs."""
    left = {(entry.rule, entry.part) for entry in BOOK.not_encoded}
    assert {("2.3", "统计部门"), ("2.3", "所属行业主管部门")} <= left
    (statistics,) = [entry for entry in BOOK.not_encoded if entry.part == "统计部门"]
    assert "city_rank" in statistics.reason.en


def test_conditions_are_those_of_the_text() -> None:
    """Rule, condition, whom it addresses, and whether a person decides."""
    table = {
        (c.rule, c.name): (c.kinds, c.categories, "J" if c.operator == "judgement" else "M")
        for c in BOOK.conditions
    }
    everyone = (("organization", "individual", "project"), None)
    organization, project = (("organization",), None), (("project",), None)
    assert table == {
        ("1.4.3", "won_gold_before"): (*organization, "M"),
        ("1.5", "eligible_kind"): (*everyone, "M"),
        ("1.5", "category"): (*everyone, "M"),
        ("1.5.1", "organizations_only"): (everyone[0], ("economic",), "M"),
        ("1.6", "policy_compliant"): (*everyone, "M"),
        ("1.6", "no_penalty"): (*everyone, "M"),
        ("1.6", "no_serious_accident"): (*everyone, "M"),
        ("1.6", "no_environmental_dishonesty"): (*everyone, "M"),
        ("1.6", "good_credit"): (*everyone, "M"),
        ("1.6.1.1", "registered_in_city"): (*organization, "M"),
        ("1.6.1.1", "registered_years"): (*organization, "M"),
        ("1.6.1.2", "industry_leader"): (*organization, "M"),
        ("1.6.1.2", "leading_indicators"): (*organization, "M"),
        ("1.6.1.2", "no_loss"): (*organization, "M"),
        ("1.6.1.2", "contribution"): (*organization, "J"),
        ("1.6.1.2", "supervisor_recommended"): (*organization, "M"),
        ("1.6.2.1", "applicant_role"): (*project, "M"),
        ("1.6.2.1", "registered_in_city"): (*project, "M"),
        ("1.6.2.1", "completed_years"): (*project, "M"),
        ("1.6.2.2", "recommended"): (*project, "M"),
        ("1.6.2.2", "value"): (*project, "J"),
        ("1.7.1", "one_application"): (*everyone, "M"),
        ("1.7.2", "one_per_group"): (*everyone, "M"),
        ("1.7.2", "similar_business"): (*everyone, "M"),
        ("4.1.1", "application_form"): (*everyone, "M"),
        ("4.1.2", "self_assessment"): (*everyone, "M"),
        ("4.1.2", "self_assessment_length"): (*everyone, "M"),
        ("4.1.3", "proofs"): (*everyone, "M"),
        ("4.1.3", "local_tax_proof"): (*everyone, "M"),
        ("assumed:no_ban", "no_ban"): (*everyone, "M"),
    }


# --- who applies, for what ------------------------------------------------------------------------


@pytest.mark.parametrize(("category", "track"), TRACKS.items())
def test_tracks_are_the_categories(category: str, track: str) -> None:
    """1.5.1, 1.5.2: the economic one takes organizations only, no category takes a person."""
    assert BOOK.track_of("organization", category) == track
    if category == "economic":
        with pytest.raises(NoSuchTrack):
            BOOK.track_of("project", category)
    else:
        assert BOOK.track_of("project", category) == track
    with pytest.raises(NoSuchTrack):
        BOOK.track_of("individual", category)


def test_levels_with_their_marks() -> None:
    """2.7: from 60, 55 and 50 percent; bronze is economic only (1.3), the special one has no mark (1.4.2)."""
    assert [(level.name, level.minimum_score, level.rule) for level in BOOK.levels] == [
        (GOLD, Decimal(60), "2.7"),
        (SILVER, Decimal(55), "2.7"),
        (BRONZE, Decimal(50), "2.7"),
        (SPECIAL, None, "1.4.2"),
    ]
    won = {track: [level.name for level in BOOK.levels_of(track)] for track in TRACKS.values()}
    assert won == {
        "经济类": [GOLD, SILVER, BRONZE],
        **{track: [GOLD, SILVER] for track in ORDINARY[1:]},
        "特别": [SPECIAL],
    }
    assert all(f"市长质量奖{level.name}" in level.aliases for level in BOOK.levels)


@pytest.mark.parametrize(("level", "track", "places"), PLACES)
def test_places(level: str, track: str, places: int) -> None:
    """1.3.1, 1.3.2: each category's own."""
    quota = BOOK.quota_of(level, track)
    assert (quota.places, quota.rule) == (places, "1.3.1" if track == "经济类" else "1.3.2")
    assert (quota.levels, quota.tracks) == ((level,), (track,))


def test_twenty_one_places_in_all_every_year() -> None:
    """1.3; the special contribution stands outside them and has no limit (1.3.3)."""
    assert sum(quota.places for quota in BOOK.quotas if quota.places is not None) == 21
    assert (BOOK.quota_of(SPECIAL, "特别").places, BOOK.quota_of(SPECIAL, "特别").rule) == (None, "1.3.3")
    assert (BOOK.period.years, BOOK.period.rule, BOOK.period.source) == (1, "1.3", "text")


# --- money ----------------------------------------------------------------------------------------

FEN = {GOLD: 200_000_000, SILVER: 100_000_000, BRONZE: 50_000_000}


@pytest.mark.parametrize(("level", "track"), [(level, track) for level, track, _ in PLACES])
def test_grants_with_their_exceptions(level: str, track: str) -> None:
    """1.4 in fen; 1.4.1 the state's budget, 1.4.3 gold again, 1.4.4 silver or bronze again, for organizations."""
    grant = BOOK.grant_for(level, track)
    assert grant is not None
    assert (grant.for_, grant.amount_fen, grant.up_to, grant.once, grant.rule) == (
        "award",
        FEN[level],
        False,
        False,
        "1.4",
    )
    again = "1.4.3" if level == GOLD else "1.4.4"
    assert [(e.rule, e.fact, e.won_before, e.uses_quota, e.kinds) for e in grant.exceptions] == [
        ("1.4.1", "state_budget_funded", (), None, ("organization",)),
        (again, None, (level,), False, ("organization",)),
    ]


def test_the_special_contribution_brings_no_money() -> None:
    """1.4.2: no grant is stated for it, and none besides those of 1.4."""
    assert BOOK.grant_for(SPECIAL, "特别") is None
    assert len(BOOK.grants) == len(PLACES)


# --- the procedure --------------------------------------------------------------------------------


def test_phases_in_order_with_their_stages() -> None:
    """Section 2; the site review and the social evaluation run beside each other."""
    assert [
        [(s.key, s.kind, s.owner, s.rule, s.source) for s in phase.stages] for phase in BOOK.procedure
    ] == [
        [("submission", "submission", "intake", "2.1", "text")],
        [("qualification", "qualification", "eligibility", "2.3", "text")],
        [("document_review", "review", "review", "2.4", "text")],
        [("defence", "review", "review", "2.5", "text")],
        [
            ("site_review", "review", "review", "2.6.1", "assumed"),
            ("social_evaluation", "social_evaluation", "review", "2.6.2", "assumed"),
        ],
        [("committee", "committee", "committee", "2.7", "text")],
        [("notice:award", "notice", "eligibility", "2.8", "text")],
        [("grants", "grants", "incentives", "2.10", "text")],
    ]
    assert {s.key: s.working_days for s in BOOK.stages if s.working_days} == {
        "social_evaluation": 5,
        "notice:award": 5,
    }
    scored = {s.key: s.scoring for s in BOOK.stages if s.scoring}
    assert scored == dict.fromkeys(("document_review", "defence", "site_review"), "sheets")
    assert {s.entry for s in BOOK.stages} == {"all"}


def test_every_category_goes_one_way() -> None:
    """2.6 (assumed): the economic one is visited, the others and the special one are put to the public."""
    site, social = BOOK.stage("site_review"), BOOK.stage("social_evaluation")
    assert [c for c in BOOK.categories if site.takes(c)] == ["economic"]
    assert [c for c in BOOK.categories if social.takes(c)] == [c for c in TRACKS if c != "economic"]
    assert BOOK.phase_index("site_review") == BOOK.phase_index("social_evaluation")
    following = BOOK.phase_after("social_evaluation")
    assert following is not None
    assert [stage.key for stage in following.stages] == ["committee"]


def test_panels() -> None:
    """2.5.1: 13 or more, an odd number, 30 % of the industry, and all of them score; the others are assumed."""
    panels = {
        s.key: (p.reviewers_per_application, p.size_min, p.odd, p.industry_share_min, p.rule, p.source)
        for s in BOOK.stages
        if (p := s.panel)
    }
    assert panels == {
        "document_review": (3, None, False, None, "2.4.2", "assumed"),
        "defence": (13, 13, True, Fraction(3, 10), "2.5.1", "text"),
        "site_review": (3, None, False, None, "2.6.1", "assumed"),
    }


def test_cuts_by_ratio() -> None:
    """2.5: twice the places come to the defence; 1.5 times and strictly above half of full marks go on."""
    cuts = {s.key: (s.cut.ratio, s.cut.above, s.cut.rule) for s in BOOK.stages if s.cut}
    assert cuts == {
        "document_review": (Fraction(2), None, "2.5"),
        "defence": (Fraction(3, 2), Decimal(50), "2.5.5"),
    }


def test_what_binds_people_is_told() -> None:
    """2.5.2, 2.5.3, 2.6.1: three speakers, forty minutes, one day; 1.1: no fee; 3.4.6: types and size of uploads."""
    limits = {
        stage["key"]: stage["limits"]
        for phase in RAW["procedure"]
        for stage in phase["stages"]
        if "limits" in stage
    }
    assert limits == {
        "defence": {"speakers_at_most": 3, "minutes_at_most": 40},
        "site_review": {"days_at_most": 1},
    }
    assert {duty["rule"] for duty in RAW["duties"].values()} == {
        *("1.1", "2.2", "2.4.2", "2.5.2", "2.5.3", "2.5.4", "2.6.1", "2.6.2"),
    }
    uploads = RAW["uploads"]
    listed = ["doc", "docx", "jpeg", "jpg", "pdf", "png", "ppt", "rar", "xls", "xlsx", "zip"]
    assert sorted(uploads["extensions"]) == listed
    assert (uploads["megabytes_each"], uploads["rule"]) == (50, "3.4.6")


def test_departments_and_materials() -> None:
    """2.3: four are always asked (assumed); 4.1: the same three for organizations and projects."""
    assert BOOK.departments == ("credit", "safety", "environment", "labour")
    assert BOOK.materials("organization") == ("application_form", "self_assessment", "proofs")
    assert BOOK.materials("project") == BOOK.materials("organization")
    assert [material.rule for material in BOOK.all_materials] == ["4.1.1", "4.1.2", "4.1.3"]


# --- what the text leaves open --------------------------------------------------------------------


def test_votes_and_scores() -> None:
    """Assumed: two thirds, more than half; one who fails stands for the next level that its mark reaches."""
    votes, scores = BOOK.votes, BOOK.score_rule
    assert (votes.quorum, votes.majority, votes.failed) == (Fraction(2, 3), Fraction(1, 2), "next_level")
    assert (votes.order, votes.rule, votes.source) == (("votes", "score", "second_ballot"), "2.7", "assumed")
    assert (scores.places, scores.rounding, scores.source) == (2, "half_up", "assumed")


def test_what_follows_after_the_award() -> None:
    """Assumed, as none of it is in the guide: revocation and a ban of five years, for fraud a report as well."""
    revoking = ("revoke", "recall_certificate", "clawback")
    table = {e: (s.rule, s.orders, s.revokes, s.ban_years, s.source) for e, s in BOOK.sanctions.items()}
    assert table == {
        "fraud": ("assumed:revocation", (*revoking, "report_to_credit_platform"), True, 5, "assumed"),
        "major_accident": ("assumed:revocation", revoking, True, 5, "assumed"),
        "major_matter": ("assumed:revocation", revoking, True, 5, "assumed"),
    }
    assert BOOK.sanction("title_misuse") is None
    assert (BOOK.tracking.years, BOOK.tracking.source) == (5, "assumed")
    assert (BOOK.tracking.report_months, BOOK.tracking.fall_percent, BOOK.tracking.indices) == (
        None,
        None,
        (),
    )
    assert (BOOK.retention.years, BOOK.retention.source) == (10, "assumed")


def test_objections_and_recusal() -> None:
    """2.8 disqualifies for a breach found during the notice; name, evidence and grounds of recusal are assumed."""
    objections = BOOK.objections
    assert (objections.real_name, objections.evidence, objections.rule) == (True, True, "2.8")
    assert (objections.by, objections.upheld_place) == (("person", "unit"), "vacant")
    grounds = {rule.ground: (rule.rule, rule.applies_to) for rule in BOOK.recusal}
    everybody = ("expert", "member", "officer")
    assert grounds == {
        "advises": ("assumed:recusal", ("expert",)),
        **dict.fromkeys(("employer", "kin_of", "declared"), ("assumed:recusal", everybody)),
    }


def test_what_is_assumed_can_be_listed() -> None:
    """Every value that the guide does not give, with its ground and its line."""
    assert {a.path for a in BOOK.assumed()} == {
        "in_force",
        "criteria.trees[0]",
        "criteria.trees[1]",
        "criteria.outlier",
        "tracks.特别",
        "departments",
        "procedure[2].stages[0].panel",
        "procedure[3].stages[0].panel.employer_max",
        "procedure[3].stages[0].panel.leader",
        "procedure[4].stages[0]",
        "procedure[4].stages[0].aggregation",
        "procedure[4].stages[0].panel",
        "procedure[4].stages[1]",
        "procedure[4].stages[1].vote",
        "scores",
        "votes",
        *(f"recusal.{ground}" for ground in ("advises", "employer", "kin_of", "declared")),
        "recusal.look_back",
        "recusal.least_sheets",
        "objections",
        "objections.upheld_place",
        *(f"sanctions.{event}" for event in ("fraud", "major_accident", "major_matter")),
        "tracking",
        "retention",
        "conditions.1.6.good_credit",
        "conditions.assumed:no_ban.no_ban",
    }
    assert all(a.note.zh and a.note.en and a.value and a.line > 1 for a in BOOK.assumed())


def test_in_force_from_2020_to_the_day_before_the_revision() -> None:
    """Both days count (assumed)."""
    assert (BOOK.in_force_from, BOOK.in_force_to) == (date(2020, 1, 1), date(2023, 7, 31))
    for day in (date(2020, 1, 1), date(2023, 7, 31)):
        BOOK.in_force_on(day)
    with pytest.raises(NotYetInForce):
        BOOK.in_force_on(date(2019, 12, 31))
    with pytest.raises(EndedOn):
        BOOK.in_force_on(date(2023, 8, 1))


def test_a_published_rulebook_is_never_edited() -> None:
    """Its hash is the one that was locked when it was published."""
    assert read_lock()["shenzhen-2020"] == BOOK.sha256
    assert lock_faults({BOOK.id: BOOK}, {BOOK.id: "0" * 64})
