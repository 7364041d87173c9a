"""The conditions of `shenzhen-2020` for a general rule engine: zen-engine, whose core is compiled, with rules as data.

One decision graph with one node of expressions, made once; each condition gives its outcome and a reason in Chinese. The
look-back's first days are worked out before, as part of the cycle. Expressions know neither three values nor an applicant's
kind, so each says by itself what is missing and whom it addresses; the benchmark holds the outcomes against the evaluator's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import zen

from deploy.benchmarks.decisions_by_hand import Application, Decided, years_before

_ORGANIZATION = "kind == 'organization'"
_PROJECT = "kind == 'project'"
_UNKNOWN_INDUSTRY = "facts.for_profit == null or facts.industry_policy == null"
_EMERGING = "facts.industry_policy in ['strategic_emerging', 'future']"


def _said(outcome: str, reason: str) -> str:
    """An outcome and its reason; `${…}` in the reason is filled in."""
    return f"[{outcome}, `{reason}`]"


def _first_of(*cases: tuple[str, str], otherwise: str) -> str:
    """The answer to the first condition that holds."""
    found = otherwise
    for condition, answer in reversed(cases):
        found = f"({condition}) ? {answer} : ({found})"
    return found


def _only(addressed: str, expression: str) -> str:
    return f"({addressed}) ? ({expression}) : null"


def _passes(test: str, reason: str) -> str:
    return _said(f"({test}) ? 'pass' : 'fail'", reason)


def _true(fact: str, title: str) -> str:
    return _first_of(
        (f"facts.{fact} == null", _said("'missing'", f"未提供{title}")),
        otherwise=_passes(f"facts.{fact} == true", f"{title}：${{facts.{fact}}}"),
    )


def _no_records(departments: tuple[str, ...], kind: str, first: str) -> str:
    """None of a kind within the term; an answer that is not there is waited for."""
    counted = " + ".join(
        f"count(records.{name} ?? [], #.kind == '{kind}' and date(#.on) >= {first} and date(#.on) <= closes_on)"
        for name in departments
    )
    silent = " or ".join(f"records.{name} == null" for name in departments)
    return _first_of(
        (f"({counted}) > 0", _said("'fail'", f"有 ${{{counted}}} 条记录")),
        (silent, _said("'awaiting'", "有部门尚未答复")),
        otherwise=_said("'pass'", "没有记录"),
    )


def _no_accident() -> str:
    within = "#.kind == 'accident' and date(#.on) >= three_years_ago and date(#.on) <= closes_on"
    grave = "#.severity in ['较大', '重大', '特别重大']"
    counted = f"count(records.safety, {within} and {grave} and #.liable == true)"
    open_ones = (
        f"count(records.safety, {within} and #.liable != false and #.severity != '一般'"
        f" and (#.severity == null or #.liable == null))"
    )
    return _first_of(
        ("records.safety == null", _said("'awaiting'", "安全生产部门尚未答复")),
        (f"{counted} > 0", _said("'fail'", f"有 ${{{counted}}} 起较大以上责任事故")),
        (f"{open_ones} > 0", _said("'missing'", f"${{{open_ones}}} 起事故的等级或责任不明")),
        otherwise=_said("'pass'", "没有较大以上责任事故"),
    )


def _in_city() -> str:
    return _first_of(
        ("facts.region == null", _said("'missing'", "未提供注册地")),
        otherwise=_passes("startsWith(facts.region, '深圳市')", "注册地：${facts.region}"),
    )


def _complete(fact: str, years: int) -> str:
    # In months: added in years, 29 February has no day in most of them, and the engine none at all.
    reached = f"d(facts.{fact}).add({12 * years}, 'M').isSameOrBefore(d(closing_day))"
    return _first_of(
        (f"facts.{fact} == null", _said("'missing'", "未提供起始日期")),
        otherwise=_passes(reached, f"${{facts.{fact}}} 起是否满 {years} 年，截至 ${{closing_day}}"),
    )


def _industry_leader() -> str:
    return _first_of(
        (
            f"facts.for_profit == false or (facts.industry_policy != null and not ({_EMERGING}))",
            _said("'not_applicable'", "不是新兴产业、未来产业的营利性组织"),
        ),
        (_UNKNOWN_INDUSTRY, _said("'missing'", "未提供是否营利或产业类别")),
        (
            "facts.on_monitored_list == true or facts.authority_proof == true",
            _said("'pass'", "列入名录或有证明"),
        ),
        (
            "facts.on_monitored_list == null or facts.authority_proof == null",
            _said("'missing'", "未提供名录或证明"),
        ),
        otherwise=_said("'fail'", "未列入名录，也没有证明"),
    )


def _other_industry(otherwise: str) -> str:
    return _first_of(
        (f"facts.for_profit == false or {_EMERGING}", _said("'not_applicable'", "不是其他行业的营利性组织")),
        (_UNKNOWN_INDUSTRY, _said("'missing'", "未提供是否营利或产业类别")),
        otherwise=otherwise,
    )


def _rank() -> str:
    names = [f"facts.city_rank.{name}" for name in ("output", "profit", "tax")]
    within = " or ".join(f"({name} != null and {name} <= 20)" for name in names)
    text = "产值 ${facts.city_rank.output}，利润 ${facts.city_rank.profit}，纳税 ${facts.city_rank.tax}"
    return _first_of(
        (within, _said("'pass'", text)),
        (" or ".join(f"{name} == null" for name in names), _said("'missing'", text)),
        otherwise=_said("'fail'", text),
    )


def _no_loss() -> str:
    names = [f"facts.profit_yuan['{year}']" for year in (2019, 2020, 2021)]
    text = "，".join(f"${{{name}}}" for name in names)
    return _first_of(
        (" or ".join(f"({name} != null and {name} < 0)" for name in names), _said("'fail'", text)),
        (" or ".join(f"{name} == null" for name in names), _said("'missing'", text)),
        otherwise=_said("'pass'", text),
    )


def _non_profit(otherwise: str) -> str:
    return _first_of(
        ("facts.for_profit == null", _said("'missing'", "未提供是否营利")),
        ("facts.for_profit == true", _said("'not_applicable'", "不是非营利性组织")),
        otherwise=otherwise,
    )


def _of_an_entity(otherwise: str) -> str:
    return _first_of(
        ("facts.applicant_role == null", _said("'missing'", "未提供申请主体")),
        ("facts.applicant_role != 'entity'", _said("'not_applicable'", "不以法人或组织申报")),
        otherwise=otherwise,
    )


def _won_gold_before() -> str:
    ours = "(#.jurisdiction == 'shenzhen' or (#.jurisdiction == null and (#.level ?? 'city') == 'city'))"
    gold = "#.award in ['金奖', '市长质量奖金奖', '深圳市市长质量奖金奖']"
    lately = f"some(facts.prior_awards ?? [], {ours} and {gold} and year - #.year < 3)"
    return _passes(f"not ({lately})", "自获奖年度起是否满 3 年")


def _siblings(test: str) -> str:
    same = "#.sequence < sequence and #.group == facts.group and #.applicant_key != applicant_key"
    return f"(facts.group != null and some(others, {same}{test}))"


def _one_per_group() -> str:
    same_business = _siblings(" and #.business == facts.business")
    unknown = f"facts.business == null or {_siblings(' and #.business == null')}"
    return _first_of(
        (f"not {_siblings('')}", _said("'pass'", "同一集团没有更早的申报")),
        (f"facts.business != null and {same_business}", _said("'fail'", "同一集团同一业务已有更早的申报")),
        (unknown, _said("'missing'", "同一集团另有申报，业务不明")),
        otherwise=_said("'pass'", "同一集团的其他申报业务不同"),
    )


def _similar_business() -> str:
    differs = _siblings(" and #.business != null and #.business != facts.business")
    unknown = f"facts.business == null or {_siblings(' and #.business == null')}"
    return _first_of(
        (f"facts.business != null and {differs}", _said("'needs_judgement'", "业务是否相似，由人员判断")),
        (f"{_siblings('')} and ({unknown})", _said("'missing'", "同一集团另有申报，业务不明")),
        otherwise=_said("'not_applicable'", "同一集团没有业务不同的更早申报"),
    )


def _handed_in(name: str) -> str:
    return _passes(f"'{name}' in materials", f"是否提交：{name}")


def _tax_proof() -> str:
    return _first_of(
        ("facts.region != null and startsWith(facts.region, '深圳市')", _said("'pass'", "在本市注册")),
        ("facts.local_tax_proof == true", _said("'pass'", "已提供本市纳税证明")),
        (
            "facts.region == null or facts.local_tax_proof == null",
            _said("'missing'", "未提供注册地或本市纳税证明"),
        ),
        otherwise=_said("'fail'", "异地注册，没有本市纳税证明"),
    )


def _length() -> str:
    return _first_of(
        ("facts.self_assessment_chars == null", _said("'missing'", "未提供自评报告字数")),
        otherwise=_passes(
            "facts.self_assessment_chars <= 30000", "自评报告 ${facts.self_assessment_chars} 字"
        ),
    )


EXPRESSIONS: Mapping[tuple[str, str], str] = {
    ("1.5", "eligible_kind"): _passes("kind in ['organization', 'project']", "申报主体类型：${kind}"),
    ("1.5", "category"): _passes("category != null", "类别：${category}"),
    ("1.5.1", "organizations_only"): _only(
        "category == 'economic'", _passes(_ORGANIZATION, "经济类只接受组织申报")
    ),
    ("1.6", "policy_compliant"): _true("policy_compliant", "符合政策要求"),
    ("1.6", "no_penalty"): _no_records(
        ("credit", "safety", "environment", "labour"), "administrative_penalty", "one_year_ago"
    ),
    ("1.6", "no_serious_accident"): _no_accident(),
    ("1.6", "no_environmental_dishonesty"): _no_records(
        ("environment",), "serious_dishonesty", "three_years_ago"
    ),
    ("1.6", "good_credit"): _no_records(("credit",), "serious_dishonesty", "three_years_ago"),
    ("1.6.1.1", "registered_in_city"): _only(_ORGANIZATION, _in_city()),
    ("1.6.1.1", "registered_years"): _only(_ORGANIZATION, _complete("registered_on", 3)),
    ("1.6.1.2", "industry_leader"): _only(_ORGANIZATION, _industry_leader()),
    ("1.6.1.2", "leading_indicators"): _only(_ORGANIZATION, _other_industry(_rank())),
    ("1.6.1.2", "no_loss"): _only(_ORGANIZATION, _other_industry(_no_loss())),
    ("1.6.1.2", "contribution"): _only(
        _ORGANIZATION, _non_profit(_said("'needs_judgement'", "社会贡献是否突出，由人员判断"))
    ),
    ("1.6.1.2", "supervisor_recommended"): _only(
        _ORGANIZATION, _non_profit(_true("supervisor_recommended", "主管或登记部门推荐"))
    ),
    ("1.4.3", "won_gold_before"): _only(_ORGANIZATION, _won_gold_before()),
    ("1.6.2.1", "applicant_role"): _only(
        _PROJECT,
        _first_of(
            ("facts.applicant_role == null", _said("'missing'", "未提供申请主体")),
            otherwise=_passes(
                "facts.applicant_role in ['entity', 'implementer', 'ip_holder']",
                "申请主体：${facts.applicant_role}",
            ),
        ),
    ),
    ("1.6.2.1", "registered_in_city"): _only(_PROJECT, _of_an_entity(_in_city())),
    ("1.6.2.1", "completed_years"): _only(_PROJECT, _complete("project_completed_on", 1)),
    ("1.6.2.2", "recommended"): _only(
        _PROJECT, _passes("recommended_by != null", "推荐单位：${recommended_by}")
    ),
    ("1.6.2.2", "value"): _only(_PROJECT, _said("'needs_judgement'", "先进性、创造性和示范性，由人员判断")),
    ("1.7.1", "one_application"): _passes(
        "not some(others, #.sequence < sequence and #.applicant_key == applicant_key)",
        "同一主体没有更早的申报",
    ),
    ("1.7.2", "one_per_group"): _one_per_group(),
    ("1.7.2", "similar_business"): _similar_business(),
    ("4.1.1", "application_form"): _handed_in("application_form"),
    ("4.1.2", "self_assessment"): _handed_in("self_assessment"),
    ("4.1.3", "proofs"): _handed_in("proofs"),
    ("4.1.2", "self_assessment_length"): _length(),
    ("4.1.3", "local_tax_proof"): _tax_proof(),
    ("assumed:no_ban", "no_ban"): _passes(
        "not some(bans, date(#.until) >= date(submitted_on))", "禁止申报期"
    ),
}
_NAMES = {f"c{number}": name for number, name in enumerate(EXPRESSIONS)}


class Engine:
    """The decision graph, read once."""

    def __init__(self, closes_on: date, year: int) -> None:
        self._cycle = {
            "closing_day": closes_on.isoformat(),
            "closes_on": _seconds(closes_on),
            "one_year_ago": _seconds(years_before(closes_on, 1)),
            "three_years_ago": _seconds(years_before(closes_on, 3)),
            "year": year,
        }
        self._decision = zen.ZenEngine().create_decision(json.dumps(_graph()))

    def decide(self, application: Application, others: list[dict[str, Any]]) -> list[Decided]:
        """Every condition that addresses the applicant."""
        given = {**application, **self._cycle, "others": others}
        result = self._decision.evaluate(given)["result"]
        return [Decided(*_NAMES[key], *said) for key, said in result.items() if said is not None]


def _seconds(day: date) -> float:
    """As the engine's own date() counts."""
    return float((day - date(1970, 1, 1)).days * 86_400)


def _graph() -> dict[str, Any]:
    expressions = [{"id": key, "key": key, "value": EXPRESSIONS[name]} for key, name in _NAMES.items()]
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {
                "id": "conditions",
                "name": "conditions",
                "type": "expressionNode",
                "content": {"expressions": expressions},
            },
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "conditions"},
            {"id": "b", "sourceId": "conditions", "targetId": "out"},
        ],
    }
