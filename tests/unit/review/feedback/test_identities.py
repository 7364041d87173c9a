"""What tells who somebody is, is found however it is written; and what does not, is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.feedback.identities import REASONS, Known, Needle

KNOWN = Known(
    [
        Needle("name", "欧阳明远"),
        Needle("name", "Li Xiaoming"),
        Needle("account", "E17"),
        Needle("account", "42"),
        Needle("employer", "示例检测研究院"),
        Needle("code", "91310105MAXY50013E"),
        Needle("applicant", "示例机械有限公司"),
    ]
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("欧阳明远认为方法清楚", ["name"]),
        ("欧 阳　明·远认为", ["name"]),
        ("据ＬＩ　xiaoming 所述", ["name"]),
        ("专家E17建议补充", ["account"]),
        ("ｅ１７", ["account"]),
        ("见示例检测研究院的报告", ["employer"]),
        ("代码 91310105MAXY50013E", ["code"]),
        ("电话 138-0013-8000", ["phone"]),
        ("请打13800138000", ["phone"]),
        ("+86 138 0013 8000", ["phone"]),
        ("（021）5555-0100", ["phone"]),
        ("写信到 li.ming@example.cn", ["email"]),
        ("li＠example．cn", ["email"]),
        ("11010519491231002X", ["id_number"]),
        ("账号 6222 0212 3456 7890 123", ["number"]),
        ("欧阳明远，电话13800138000", ["name", "phone"]),
    ],
)
def test_what_tells_who_somebody_is_is_found(text: str, kinds: list[str]) -> None:
    assert KNOWN.find(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "欧阳先生的书。明远集团",
        "E170 型设备、AE17",
        "合格率由 42% 升至 98.5%，2021-2023 三年平均 1200000 元",
        "产值 138001380 元",
        "GB/T 19580-2012 第 4.1.2 条，1,000,000,000,000 次",
        "",
    ],
)
def test_what_tells_nothing_is_left_alone(text: str) -> None:
    assert KNOWN.find(text) == []


def test_a_report_may_name_its_own_applicant() -> None:
    """Although an expert works there; another employer is still found, and so is one whose name only holds the own one."""
    known = Known([Needle("employer", "示例机械有限公司"), Needle("employer", "示例机械有限公司研究院")])
    assert known.find("示例机械有限公司的方法", "示例机械有限公司 913") == []
    assert known.find("示例机械有限公司研究院的方法", "示例机械有限公司 913") == ["employer"]


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["欧阳明远", "示例检测研究院"]))
def test_a_name_is_found_wherever_it_stands(before: str, after: str, name: str) -> None:
    """Whatever is around it."""
    found = KNOWN.find(before + name + after)
    assert ("name" if name == "欧阳明远" else "employer") in found


def test_no_reason_repeats_what_was_found() -> None:
    """Every kind has words in both languages, and they are fixed."""
    assert all(words.zh and words.en for words in REASONS.values())
