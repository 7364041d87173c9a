"""事实来源: where the facts of a condition come from, so that whoever reads a finding knows whom to ask. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.rulebooks import Condition, Words
from shared.rulebooks.facts import DEPARTMENTS, FIELDS

Parameters = Mapping[str, Any]

OWN = Words("申报主体自述", "the applicant's own statement")
MATERIALS = Words("申报材料", "the materials handed in")
OFFICER = Words("评审办认定", "an officer's judgement")
HONOURS = Words("获奖名册", "the register of honours")
BANS = Words("限制申报登记", "the register of bans")
POOL = Words("培育库登记", "the register of the pool")
OTHERS = Words("本届其他申报", "other applications of the cycle")


def source(condition: Condition) -> Words:
    """Where the facts of a condition come from, each source once."""
    found = dict.fromkeys(_sources(condition.operator, condition.parameters))
    return Words("、".join(words.zh for words in found), ", ".join(words.en for words in found))


def _sources(operator: str, given: Parameters) -> list[Words]:
    return SOURCES[operator](given)


def _always(*sources: Words) -> Callable[[Parameters], list[Words]]:
    return lambda given: list(sources)


def _records(names: Iterable[str]) -> list[Words]:
    listed = [DEPARTMENTS[name] for name in names]
    if not listed:
        return []
    zh, en = "、".join(words.zh for words in listed), ", ".join(words.en for words in listed)
    return [Words(f"部门记录（{zh}）", f"departments' records ({en})")]


def _judgement(given: Parameters) -> list[Words]:
    return [OFFICER, *_records(given.get("records", ()))]


def _any_of(given: Parameters) -> list[Words]:
    return [
        words for inner in given["conditions"] for words in _sources(inner["operator"], inner.get("with", {}))
    ]


SOURCES: Mapping[str, Callable[[Parameters], list[Words]]] = {
    "kind_is": _always(OWN),
    "fact_is": _always(OWN),
    "years_since": _always(OWN),
    "no_loss": _always(OWN),
    "rank_within": _always(OWN),
    "material": _always(MATERIALS),
    "given": lambda given: [FIELDS[given["field"]]],
    "no_records": lambda given: _records(given["departments"]),
    "judgement": _judgement,
    "no_ban": _always(BANS),
    "no_other_application": _always(OWN),
    "no_award_at_level": _always(OWN, HONOURS),
    "no_prior_award": _always(OWN, HONOURS),
    "award_interval": _always(OWN, HONOURS),
    "in_pool": _always(POOL),
    "one_application": _always(OTHERS),
    "one_per_group": _always(OWN, OTHERS),
    "similar_business": _always(OFFICER, OTHERS),
    "any_of": _any_of,
}
