"""What an applicant stated, in words: no code of the system, nothing left out."""

from __future__ import annotations

import re

from services.gateway.stated import facts_in_words, readable
from shared.rulebooks.facts import FACTS

FACTS_STATED = {
    "prior_awards": [{"award": "某奖", "level": "city", "year": 2020, "on": "2020-05-06"}],
    "profit_yuan": {"2022": -20000, "2023": 5}, "for_profit": True, "industry_policy": "future",
    "applicant_role": "ip_holder", "city_rank": {"output": 1, "tax": 3}, "policy_loss_years": [], "region": "某市某区",
    "group": None,
}  # fmt: skip


def test_every_fact_stands_under_its_title_in_the_order_of_the_rules() -> None:
    told = {title.zh: value for title, value in facts_in_words(FACTS_STATED)}
    assert list(told) == [FACTS[name].title.zh for name in FACTS if FACTS_STATED.get(name) is not None]
    assert told[FACTS["prior_awards"].title.zh] == (
        "奖项 award：某奖；级别 level：市级 city；日期 on：2020年5月6日 6 May 2020；年度 year：2020"
    )
    assert told[FACTS["profit_yuan"].title.zh] == "2022：-20,000 元；2023：5 元"
    assert told[FACTS["for_profit"].title.zh] == "是 yes"
    assert told[FACTS["industry_policy"].title.zh] == "未来产业 future industry"
    assert told[FACTS["policy_loss_years"].title.zh] == "—"
    assert not re.search("ip_holder|city_rank|industry_policy", str(told))


def test_a_fact_that_nobody_knows_is_shown_as_it_is() -> None:
    (only,) = facts_in_words({"brand_new": "值"})
    assert (only[0].zh, only[1]) == ("brand_new", "值")


def test_a_free_text_that_reads_like_a_code_is_the_applicants_own() -> None:
    assert [value for _, value in facts_in_words({"business": "other"})] == ["other"]


def test_a_choice_of_a_form_is_called_as_the_form_calls_it() -> None:
    part = {"choices": [{"value": "a", "title_zh": "甲", "title_en": "first"}]}
    assert (readable("a", part), readable("b", part), readable(None, part)) == ("甲 first", "b", "—")


def test_a_page_says_it_in_its_own_language_and_a_paper_in_both() -> None:
    part = {"choices": [{"value": "a", "title_zh": "甲", "title_en": "first"}]}
    assert [readable(True, None, language) for language in ("zh", "en", "")] == ["是", "yes", "是 yes"]
    assert [readable("2020-05-06", None, language) for language in ("zh", "en")] == [
        "2020年5月6日",
        "6 May 2020",
    ]
    assert readable("2020-13-41", None, "zh") == "2020-13-41"
    assert [readable("a", part, language) for language in ("zh", "en", "")] == ["甲", "first", "甲 first"]


def test_a_page_has_nothing_of_the_other_language() -> None:
    """Keys, codes, yes and no; amounts are read as amounts in both."""
    told = {title.zh: value for title, value in facts_in_words(FACTS_STATED, "zh")}
    assert told[FACTS["prior_awards"].title.zh] == "奖项：某奖；级别：市级；日期：2020年5月6日；年度：2020"
    assert (told[FACTS["for_profit"].title.zh], told[FACTS["industry_policy"].title.zh]) == ("是", "未来产业")
    english = {title.zh: value for title, value in facts_in_words(FACTS_STATED, "en")}
    assert english[FACTS["city_rank"].title.zh] == "output: 1; tax: 3"
    assert english[FACTS["profit_yuan"].title.zh] == "2022: -20,000 yuan; 2023: 5 yuan"
    profits = {"name": "facts.profit_yuan", "choices": []}
    assert readable({"2023": 18400000}, profits, "zh") == "2023：18,400,000 元"
