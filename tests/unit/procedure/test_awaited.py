"""What a stage waits for, by kind: lines stay the text that they were, and a desk is told what they are about."""

from __future__ import annotations

import json

import pytest

from shared.procedure import awaited


def test_a_line_stays_its_text() -> None:
    """Whoever compares, joins or sends a line sees no difference."""
    lines = awaited.each("records", ["records a1 credit", "records a2 credit"])
    assert lines == ["records a1 credit", "records a2 credit"]
    assert "；".join(lines) == "records a1 credit；records a2 credit"
    assert json.dumps(lines) == '["records a1 credit", "records a2 credit"]'


def test_lines_of_one_kind_are_one_thing() -> None:
    """What is named line by line is counted; what is said in words keeps its words, each language for itself."""
    told = awaited.told(
        [
            *awaited.each("judgements", ["judgement a1", "judgement a2"]),
            *awaited.each("sheets", ["第 1 号申报的 2 份评分表 / 2 sheets for no. 1", "另外 3 份 / 3 more"]),
            *awaited.each("vote", ["投票到 18:00 截止 · the public still votes"]),
            "something else",
        ]
    )
    assert [(each["what"], each["count"]) for each in told] == [
        ("judgements", 2),
        ("sheets", 2),
        ("vote", 1),
        ("other", 1),
    ]
    assert told[0]["reason_zh"] == "2 份申报有条件待人工认定"
    assert told[1]["reason_zh"] == "第 1 号申报的 2 份评分表；另外 3 份"
    assert told[1]["reason_en"] == "2 sheets for no. 1; 3 more"
    assert told[2]["reason_en"] == "the public still votes"
    assert told[3]["reason_zh"] == told[3]["reason_en"] == "something else"


def test_reasons_fit_the_contract() -> None:
    """However many lines there are."""
    (told,) = awaited.told(awaited.each("consensus", ["很长的一句话 / a long sentence"] * 500))
    assert len(told["reason_zh"]) == len(told["reason_en"]) == awaited.LONGEST


def test_no_kind_is_made_up() -> None:
    """A desk would not know where to send anybody."""
    with pytest.raises(ValueError, match="nothing is called that"):
        awaited.Awaited("x", "that")
