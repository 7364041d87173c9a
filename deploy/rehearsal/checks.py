"""What is wrong with a file although it has the right form: codes, dates, names, sums. One function a check. Pure.

What needs the rulebook is in against.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from deploy.rehearsal.faults import Wrong
from deploy.rehearsal.figures import DECIMALS, decimals
from deploy.rehearsal.scenario import OTHERS, Scenario, Vote, counts_of
from shared.identifiers import check_id_number, check_uscc
from shared.identifiers.reason import Reason
from shared.strict_yaml import KeyPath

Check = Callable[[Scenario, Mapping[str, Any]], Iterator[Wrong]]


def check(scenario: Scenario, value: Mapping[str, Any]) -> list[Wrong]:
    """Everything that is wrong; `value` is the file's own, for what the scenario has given defaults."""
    return [wrong for one in CHECKS for wrong in one(scenario, value)]


def dates_in_order(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Nobody submits before the cycle opens; nothing that follows an award comes before applications close."""
    if scenario.closes_on < scenario.opens_on:
        yield Wrong(
            ("cycle", "closes_on"),
            f"早于 opens_on {scenario.opens_on}",
            f"before opens_on {scenario.opens_on}",
        )
    for handle, applicant in scenario.applicants.items():
        if applicant.submitted_on < scenario.opens_on:
            yield Wrong(
                ("applicants", handle, "submitted_on"),
                f"早于开始受理的 {scenario.opens_on}",
                f"before applications open on {scenario.opens_on}",
            )
    for index, event in enumerate(scenario.after_award):
        if event.on <= scenario.closes_on:
            yield Wrong(
                ("after_award", index, "on"),
                f"获奖后事项不得早于申报截止日 {scenario.closes_on}",
                f"cannot follow an award when applications close on {scenario.closes_on}",
            )


def codes(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Check characters of credit codes (GB 32100) and identity numbers (GB 11643)."""
    given: list[tuple[KeyPath, str | None, Callable[[str], Reason | None]]] = []
    for handle, applicant in scenario.applicants.items():
        given.append((("applicants", handle, "uscc"), applicant.uscc, check_uscc))
        given.append((("applicants", handle, "id_number"), applicant.id_number, check_id_number))
    for index, expert in enumerate(scenario.experts):
        given.append((("experts", index, "employer"), expert.employer, check_uscc))
    for index, objection in enumerate(scenario.objections):
        by = objection.by if isinstance(objection.by, Mapping) else {}
        given.append((("objections", index, "by", "id_number"), by.get("id_number"), check_id_number))
        given.append((("objections", index, "by", "uscc"), by.get("uscc"), check_uscc))
    for path, text, look in given:
        reason = look(text) if text is not None else None
        if reason is not None:
            yield Wrong(path, reason.zh, reason.en)


def handles(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Every handle that is used stands for an applicant."""
    for path, handle in _handles(value):
        if handle not in scenario.applicants:
            yield Wrong(path, f"没有申报主体 {handle}", f"no applicant {handle}")


def experts(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Reviewers are told apart, and no more of them are industry experts than there are."""
    given = value.get("experts")
    if isinstance(given, Mapping) and given.get("industry_experts", 0) > given["count"]:
        yield Wrong(
            ("experts", "industry_experts"),
            f"多于专家总数 {given['count']}",
            f"more than all {given['count']} experts",
        )
    seen: set[str] = set()
    for index, expert in enumerate(scenario.experts):
        if expert.id in seen:
            yield Wrong(
                ("experts", index, "id"), f"专家 {expert.id} 重复", f"expert {expert.id} is given twice"
            )
        seen.add(expert.id)


def votes_add_up(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """for + against + abstain + recused are the members present."""
    if scenario.absent > scenario.members:
        yield Wrong(
            ("committee", "absent"),
            f"缺席人数多于委员总数 {scenario.members}",
            f"more than all {scenario.members} members",
        )
        return
    for handle, given in scenario.votes.items():
        levels: Iterable[str | None] = [None] if isinstance(given, Vote) else given
        for level, count in zip(levels, counts_of(given), strict=True):
            if count.total != scenario.present:
                yield Wrong(
                    ("votes", handle) if level is None else ("votes", handle, level),
                    f"各项之和为 {count.total}，应等于到会委员 {scenario.present} 人",
                    f"adds up to {count.total}, the members present are {scenario.present}",
                )


def score_decimals(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """At most three decimals."""
    for stage, figures in scenario.scores.items():
        for who, figure in figures.items():
            listed = isinstance(figure, tuple)
            for index, each in enumerate(figure if isinstance(figure, tuple) else (figure,)):
                if decimals(each) > DECIMALS:
                    path: KeyPath = ("scores", stage, who, index) if listed else ("scores", stage, who)
                    yield Wrong(
                        path, f"至多 {DECIMALS} 位小数：{each}", f"at most {DECIMALS} decimals: {each}"
                    )


def rulings(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """An objection that will be accepted has to be ruled on; what the office found itself is its ruling."""
    for index, objection in enumerate(scenario.objections):
        if objection.acceptable and objection.by != "office" and objection.ruling is None:
            yield Wrong(
                ("objections", index, "ruling"),
                "已受理的异议须有裁定",
                "an accepted objection needs a ruling",
            )


def pool_of_one_code(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """An organization is in the pool once: entries of applicants with one code say the same."""
    first: dict[str, str] = {}
    for handle, entry in scenario.pool.items():
        applicant = scenario.applicants.get(handle)
        if applicant is None:
            continue
        other = first.setdefault(applicant.uscc, handle)
        if scenario.pool[other] != entry:
            yield Wrong(
                ("pool", handle),
                f"与 {other} 为同一单位，入库信息不一致",
                f"the same organization as {other}, and in the pool on other terms",
            )


def paid_levels(scenario: Scenario, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """The grant of an award names the award's level."""
    for handle, grants in scenario.paid_before.items():
        for index, paid in enumerate(grants):
            if paid.grant_for == "award" and not paid.award:
                yield Wrong(
                    ("paid_before", handle, index), "缺少 award（奖项等次）", "missing: award, the level"
                )


CHECKS: tuple[Check, ...] = (
    dates_in_order, codes, handles, experts, votes_add_up, score_decimals, rulings, paid_levels, pool_of_one_code,
)  # fmt: skip


def _handles(value: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for key in ("judgements", "social_votes", "proposal", "votes", "pool", "bans", "paid_before"):
        yield from (((key, handle), handle) for handle in value.get(key) or {})
    for stage, figures in value.get("scores", {}).items():
        yield from ((("scores", stage, who), who) for who in figures if who != OTHERS)
    for stage, listed in value.get("advance", {}).items():
        yield from ((("advance", stage, index), handle) for index, handle in enumerate(listed))
    for name, fault in value.get("departments", {}).items():
        yield from (
            (("departments", name, "only", index), handle)
            for index, handle in enumerate(fault.get("only", ()))
        )
    given = value.get("experts")
    for number, expert in enumerate(given if isinstance(given, list) else ()):
        for key in ("advises", "kin_of"):
            yield from (
                (("experts", number, key, index), handle) for index, handle in enumerate(expert.get(key, ()))
            )
    for index, objection in enumerate(value.get("objections", ())):
        yield ("objections", index, "against"), objection["against"]
    for index, event in enumerate(value.get("after_award", ())):
        yield ("after_award", index, "applicant"), event["applicant"]
