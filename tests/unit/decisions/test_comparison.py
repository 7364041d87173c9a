"""Two results side by side: what decides, what merely differs, and what only moved to another article."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from deploy.decisions.comparison import Cause, Moves, NotComparable, Pair, compare, pair_findings
from deploy.decisions.reading import Finding
from tests.unit.decisions.results import GOLD, MODEL, TOP, application, finding, notice, result


def _one(a: dict[str, Any], b: dict[str, Any], **changes: Any) -> Moves:
    (moves,) = compare(result({"anna": a}), result({"anna": b}, **changes)).applications
    return moves


def _read(*lines: dict[str, Any]) -> tuple[Finding, ...]:
    return result({"anna": application(findings=list(lines))}).applications["anna"].findings


INELIGIBLE = application("ineligible", stopped_at="qualification", scores={}, failing_rules=["18"])


def test_the_same_result_twice_changes_nothing() -> None:
    """Under the same text nothing moves, nothing differs, nobody changes."""
    same = result({"anna": application(findings=[finding("16.1", "x", "fail")]), "ben": INELIGIBLE})
    compared = compare(same, same)
    assert compared.changed == ()
    assert [moves.findings for moves in compared.applications] == [(), ()]
    assert [moves.causes for moves in compared.applications] == [Pair((), ()), Pair((), ())]
    assert not compared.totals.differ


def test_a_rule_that_one_text_alone_has() -> None:
    """It fails under B, A does not ask: the status changes, by that rule and with its reason."""
    shared = finding("16.1", "years")
    bar = finding("18", "no_higher_award", "fail", reason="曾获市级奖")
    moves = _one(application(findings=[shared]), INELIGIBLE | {"findings": [shared, bar]})
    assert (moves.status, moves.changes) == (Pair("awarded", "ineligible"), True)
    assert [(pair.a, pair.b.rule if pair.b else None) for pair in moves.deciding] == [(None, "18")]
    assert moves.causes == Pair((), (Cause("18", None, "曾获市级奖"),))
    assert moves.money == Pair(100_000, 0)


def test_a_rule_that_one_text_alone_has_and_that_is_met() -> None:
    """It is a finding that differs, and decides nothing."""
    moves = _one(application(), application(findings=[finding("18", "more")]))
    assert ([pair.differs for pair in moves.findings], moves.deciding, moves.changes) == ([True], (), False)
    assert moves.causes == Pair((), ())


def test_the_reasons_wording_is_of_no_account() -> None:
    """Another number of years in the reason, the same outcome: no difference."""
    moves = _one(
        application(findings=[finding("16.1", "years", reason="满 3 年")]),
        application(findings=[finding("16.1", "years", reason="满 5 年")]),
    )
    assert moves.findings == ()


def test_an_article_that_moved() -> None:
    """Found by the condition's name, once on each side; by rule and name before that."""
    (pair,) = pair_findings(_read(finding("16.6", "no_loss")), _read(finding("9.2", "no_loss", "fail")))
    assert (pair.a and pair.a.rule, pair.b and pair.b.rule, pair.decides) == ("16.6", "9.2", True)
    left = _read(finding("16.6", "accident"), finding("17.4", "accident"))
    right = _read(finding("17.4", "accident"), finding("20", "accident"))
    rules = [(p.a.rule if p.a else None, p.b.rule if p.b else None) for p in pair_findings(left, right)]
    assert rules == [("16.6", "20"), ("17.4", "17.4")]


def test_what_stands_twice_is_not_guessed() -> None:
    """Bans under two articles against one under another: each side keeps its own."""
    left, right = (
        _read(finding("34", "no_ban"), finding("35", "no_ban")),
        _read(finding("assumed:no_ban", "no_ban")),
    )
    assert [(p.a is None, p.b is None) for p in pair_findings(left, right)] == [
        (False, True),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("a", "b", "decides"),
    [
        ("pass", "not_applicable", False),
        ("pass", "missing", True),
        ("fail", "missing", False),
        ("awaiting", "fail", True),
        ("awaiting", "pass", True),
    ],
)
def test_what_decides(a: str, b: str, decides: bool) -> None:
    """Whether it stands in the way differs: failing, holding up, or neither."""
    (pair,) = pair_findings(_read(finding("1", "x", a)), _read(finding("1", "x", b)))
    assert (pair.differs, pair.decides) == (True, decides)


def test_a_judgement_that_is_rejected_decides() -> None:
    """Confirmed under A, rejected under B."""
    given = {"outcome": "needs_judgement"}
    (pair,) = pair_findings(
        _read(finding("16.3", "x", **given, confirmed=True)),
        _read(finding("16.3", "x", **given, confirmed=False)),
    )
    assert pair.decides


def test_without_a_finding_the_stage_is_the_cause() -> None:
    """Not picked, cut, out-voted or without a place: where it ended, on the side where it did."""
    moves = _one(application(), application("not_awarded", stopped_at="document_review"))
    assert moves.causes == Pair((), (Cause(stage="document_review"),))
    both = _one(INELIGIBLE | {"findings": [finding("18", "x", "fail")]}, application("not_awarded"))
    assert both.causes == Pair((Cause("18", None, "18 x：fail"),), (Cause(stage="committee"),))


def test_a_blocked_cycle_is_the_cause() -> None:
    """With the step that cannot be had and its reason, not the last one that was reached."""
    moves = _one(
        application(),
        application("in_progress", stopped_at="qualification"),
        blocked={"stage": "notice:qualification", "reason": "没有日历 / no calendar"},
    )
    assert moves.causes.b == (Cause(stage="notice:qualification", reason="没有日历 / no calendar"),)


def test_the_same_status_by_other_rules() -> None:
    """Ineligible on both sides, by different rules: no other outcome, and both rules are said."""
    moves = _one(
        INELIGIBLE | {"findings": [finding("1", "x", "fail"), finding("2", "y")]},
        INELIGIBLE | {"findings": [finding("1", "x"), finding("2", "y", "fail")]},
    )
    assert (moves.changes, [cause.rule for cause in (*moves.causes.a, *moves.causes.b)]) == (
        False,
        ["1", "2"],
    )


def test_levels_and_money_move() -> None:
    """Another level with another amount; a clawback counts; the pool's grant beside the award's."""
    grants = [
        {"for": "award", "yuan": 500_000, "rule": "26"},
        {"for": "pool", "yuan": 150_000, "rule": "4.6"},
    ]
    a, b = application(), application("revoked", award=TOP, grants=grants, clawback_yuan=500_000)
    compared = compare(result({"anna": a}), result({"anna": b}))
    (moves,) = compared.applications
    assert moves.award == Pair((GOLD, MODEL), (TOP, MODEL))
    assert moves.money == Pair(100_000, 150_000)
    assert [(move.what, move.yuan) for move in compared.grants] == [
        ("award", Pair(100_000, 500_000)),
        ("pool", Pair(0, 150_000)),
    ]
    assert compared.totals.b.granted_yuan == 650_000


def test_the_path_of_scores() -> None:
    """Stages of both sides, those of A first; none is made up where it was not scored."""
    moves = _one(application(), application(scores={"document_review": 86.0, "defence": 70.5}))
    assert moves.stages == ("document_review", "site_review", "defence")
    assert [moves.score(stage) for stage in moves.stages] == [
        Pair(Decimal("86.0"), Decimal("86.0")),
        Pair(Decimal("88.33"), None),
        Pair(None, Decimal("70.5")),
    ]


def test_notices_awards_and_what_blocked() -> None:
    """By name: days, who is listed on one side only, a notice that one text does not have."""
    lines = {"anna": application(), "ben": application()}
    key = f"{GOLD}/{MODEL}"
    a = result(lines, awards={key: ["anna", "ben"]})
    b = result(
        lines,
        notices=[
            notice("qualification", "2025-06-17", "2025-06-24", ["ben"]),
            notice("award", "2025-06-30", "2025-07-04", ["ben"]),
        ],
        awards={f"{TOP}/{MODEL}": ["anna"], key: ["ben"]},
        blocked={"stage": "committee", "reason": "x"},
        notes=["草案"],
    )
    compared = compare(a, b)
    assert [(pair.notice, pair.only) for pair in compared.notices] == [
        ("qualification", Pair(("anna",), ())),
        ("award", Pair((), ("ben",))),
    ]
    assert compared.notices[1].notices.a is None
    assert compared.awards == (
        (key, Pair(("anna", "ben"), ("ben",))),
        (f"{TOP}/{MODEL}", Pair((), ("anna",))),
    )
    assert (compared.blocked.a, compared.blocked.b and compared.blocked.b.stage) == (None, "committee")
    assert compared.notes == Pair((), ("草案",))


def test_names_come_from_whichever_side_has_them() -> None:
    """An older result says none."""
    lines = {"anna": application()}
    named, unnamed = result(lines), result(lines, applicants={})
    for a, b in ((named, unnamed), (unnamed, named)):
        assert compare(a, b).applications[0].name == "示例anna公司"
    assert compare(unnamed, unnamed).applications[0].name == "anna"


def test_what_cannot_becompare() -> None:
    """Another scenario, or other applicants, named."""
    one = result({"anna": application()})
    with pytest.raises(NotComparable, match="small, other"):
        compare(one, result({"anna": application()}, scenario="other"))
    with pytest.raises(NotComparable, match="ben"):
        compare(one, result({"anna": application(), "ben": application()}))
