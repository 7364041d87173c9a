"""How articles are cited: what no article gives is said in words, never by its key."""

from __future__ import annotations

from markupsafe import Markup

from services.gateway.citing import cited, cited_both
from services.gateway.portal.text import own


def test_the_key_of_an_assumed_rule_is_never_shown() -> None:
    """In a sentence, in both languages, with a condition behind it; an article stays as it is."""
    assert cited("缺少的不予受理（assumed:objections）。") == "缺少的不予受理（规则假定）。"
    assert cited("not accepted (assumed:objections).", "en") == "not accepted (assumed, no article says it)."
    assert cited("assumed:clean_record/no_major_accident：不符合") == "规则假定：不符合"
    assert cited("第十六条（六）") == "第十六条（六）"
    assert cited_both("第十六条") == "第十六条"
    assert cited_both("assumed:approval") == "规则假定 assumed, no article says it"


def test_pages_say_it_so() -> None:
    """What services wrote goes through the same words."""
    assert own("assumed:grants：资助", "zh") == Markup("规则假定：资助")
