"""The data of 《上海市长宁区政府质量奖管理办法》 (2023), held against the digest of its text."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from shared.rulebooks.library import lock_faults, read_lock
from tests.unit.rulebooks.cases import changning

BOOK = changning()


def test_all_thirty_nine_articles_are_there_with_their_items() -> None:
    """Articles 1 to 39; 2 has two items, 16 six, 17 four, 28 three."""
    assert [rule for rule in BOOK.articles if "." not in rule] == [str(n) for n in range(1, 40)]
    items = Counter(rule.split(".")[0] for rule in BOOK.articles if "." in rule)
    assert items == {"2": 2, "16": 6, "17": 4, "28": 3}
    assert BOOK.label("16.6") == "第十六条（六）"
    assert [rule for rule, article in BOOK.articles.items() if article.gist is None] == ["16", "17", "28"]


def test_conditions_are_those_of_the_text() -> None:
    """Rule, condition, whom it addresses, and whether a person decides."""
    table = {(c.rule, c.name): (c.kinds, "J" if c.operator == "judgement" else "M") for c in BOOK.conditions}
    everyone, organization, person = (
        ("organization", "individual", "project"),
        ("organization",),
        ("individual",),
    )
    assert table == {
        ("2", "eligible_kind"): (everyone, "M"),
        ("16.1", "registered_in_region"): (organization, "M"),
        ("16.1", "operating_years"): (organization, "M"),
        ("16.2", "policy_compliant"): (organization, "M"),
        ("16.2", "licences_valid"): (organization, "M"),
        ("16.3", "quality_work"): (organization, "J"),
        ("16.4", "leading_position"): (organization, "J"),
        ("16.5", "chief_quality_officer"): (organization, "M"),
        ("16.5", "good_credit"): (organization, "J"),
        ("16.6", "no_loss"): (organization, "M"),
        ("16.6", "no_major_accident"): (organization, "M"),
        ("16.6", "no_major_complaint"): (organization, "M"),
        ("16.6", "no_serious_dishonesty"): (organization, "M"),
        ("17.1", "works_in_region"): (person, "M"),
        ("17.1", "quality_work_years"): (person, "M"),
        ("17.2", "innovation"): (person, "J"),
        ("17.3", "employer_standing"): (person, "J"),
        ("17.4", "no_major_accident"): (person, "M"),
        ("17.4", "no_major_complaint"): (person, "M"),
        ("17.4", "no_serious_dishonesty"): (person, "M"),
        ("18", "not_at_two_levels"): (everyone, "M"),
        ("18", "not_won_recently"): (everyone, "M"),
        ("20", "application_form"): (everyone, "M"),
        ("20", "self_assessment"): (everyone, "M"),
        ("20", "proofs"): (everyone, "M"),
        ("20", "recommended"): (everyone, "M"),
        ("34", "no_ban"): (everyone, "M"),
    }


def test_stages_in_order_with_their_owners() -> None:
    """Submission to grants, two notices of five working days, the site list settled by the office (22)."""
    assert [(s.key, s.owner, s.rule, s.working_days, s.entry, s.scoring) for s in BOOK.stages] == [
        ("submission", "intake", "20", None, "all", None),
        ("qualification", "eligibility", "21", None, "all", None),
        ("notice:qualification", "eligibility", "21", 5, "all", None),
        ("document_review", "review", "22", None, "all", "sheets"),
        ("site_review", "review", "23", None, "office", "sheets"),
        ("comprehensive", "review", "24", None, "all", "carried_or_sheets"),
        ("committee", "committee", "25", None, "all", None),
        ("notice:award", "eligibility", "25", 5, "all", None),
        ("grants", "incentives", "26", None, "all", None),
    ]
    assert BOOK.phase_index("document_review") == 3
    following = BOOK.phase_after("committee")
    assert following is not None
    assert [stage.notice for stage in following.stages] == ["award"]
    assert BOOK.phase_after("grants") is None
    panels = {s.key: s.panel.reviewers_per_application for s in BOOK.stages if s.panel}
    assert panels == {"document_review": 3, "site_review": 3, "comprehensive": 3}


MODEL, RESULT = "先进质量管理模式", "先进质量管理成果"


@pytest.mark.parametrize(
    ("level", "track", "fen", "places"),
    [
        ("区长质量奖", MODEL, 50_000_000, 2),
        ("区长质量奖", RESULT, 2_000_000, 2),
        ("质量金奖", MODEL, 10_000_000, 10),
        ("质量金奖", RESULT, 1_000_000, 10),
    ],
)
def test_grants_of_article_26_and_quotas_of_article_3(level: str, track: str, fen: int, places: int) -> None:
    """In fen, fixed, for each winner."""
    grant = BOOK.grant_for(level, track)
    assert grant is not None
    assert (grant.amount_fen, grant.up_to, grant.once, grant.rule) == (fen, False, False, "26")
    assert (BOOK.quota_of(level, track).places, BOOK.quota_of(level, track).rule) == (places, "3")


def test_the_gold_award_shares_one_quota_and_the_top_award_has_two() -> None:
    """10 models and results together; 2 models and 2 results."""
    assert BOOK.quota_of("质量金奖", MODEL) is BOOK.quota_of("质量金奖", RESULT)
    assert BOOK.quota_of("区长质量奖", MODEL) is not BOOK.quota_of("区长质量奖", RESULT)
    assert [level.name for level in BOOK.levels] == ["区长质量奖", "质量金奖"]


def test_what_follows_after_the_award() -> None:
    """33 is only ordered corrected; 34 adds the credit platform to what 35 has."""
    revoking = ("revoke", "recall_certificate", "clawback")
    table = {e: (s.rule, s.orders, s.revokes, s.ban_years) for e, s in BOOK.sanctions.items()}
    assert table == {
        "title_misuse": ("33", ("correct_title_use",), False, None),
        "fraud": ("34", (*revoking, "report_to_credit_platform"), True, 5),
        "major_accident": ("35", revoking, True, 5),
        "major_matter": ("35", revoking, True, 5),
    }
    assert BOOK.sanction("fraud") is BOOK.sanctions["fraud"]
    assert (BOOK.retention_years, BOOK.tracking_years, BOOK.period.years) == (10, 5, 2)
    assert (BOOK.tracking.rule, BOOK.tracking.report_months, BOOK.tracking.fall_percent) == ("36", 3, 20)


def test_objections_recusal_votes_and_departments() -> None:
    """31, 15, 28.3; the vote rule is assumed; the six departments are always asked (assumed)."""
    assert (BOOK.objections.real_name, BOOK.objections.evidence, BOOK.objections.rule) == (True, True, "31")
    assert BOOK.recusal_rule("advises") == "15"
    assert BOOK.recusal_rule("kin_of") == BOOK.recusal_rule("employer") == "28.3"
    assert (BOOK.votes.quorum, BOOK.votes.majority) == (Fraction(2, 3), Fraction(1, 2))
    assert (BOOK.votes.failed, BOOK.votes.source) == ("out", "assumed")
    assert BOOK.departments == ("credit", "safety", "environment", "quality", "public_health", "food_drug")
    assert BOOK.materials("individual") == ("application_form", "self_assessment", "proofs")


def test_what_is_assumed_can_be_listed() -> None:
    """Every value that no text gives, with its ground and its line."""
    assert {a.path for a in BOOK.assumed()} == {
        "departments",
        "criteria.trees[0]",
        "criteria.trees[1]",
        "criteria.outlier",
        "procedure[3].stages[0].panel",
        "procedure[4].stages[0].limits.days_at_most",
        "procedure[4].stages[0].panel",
        "procedure[5].stages[0].panel",
        "procedure[5].stages[0].scoring",
        "scores",
        "votes",
        "recusal.look_back",
        "recusal.least_sheets",
        "objections.upheld_place",
        "tracking.report",
        "tracking.regression",
        "tracking.indices[0].takes",
        "conditions.18.not_won_recently.with.bars",
        "conditions.18.not_won_recently.with.day_unknown",
    }
    assert all(a.note.zh and a.note.en and a.value and a.line > 1 for a in BOOK.assumed())


def test_a_published_rulebook_is_never_edited() -> None:
    """Its hash is the one that was locked when it was published; an edit needs a new file."""
    lock = read_lock()
    assert lock["changning-2023"] == BOOK.sha256
    assert lock_faults({BOOK.id: BOOK}, {BOOK.id: "0" * 64})
    assert lock_faults({BOOK.id: BOOK}, {})
    assert lock_faults({}, {BOOK.id: BOOK.sha256})
    assert not lock_faults({BOOK.id: BOOK}, {BOOK.id: BOOK.sha256})
