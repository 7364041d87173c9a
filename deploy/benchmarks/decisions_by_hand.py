"""The conditions of `shenzhen-2020` written by hand: what a programmer would write who had this one text to serve.

An outcome and a reason in Chinese for each condition; no English, no evidence, no receipt, and every number, article
and department in the code. The benchmark holds its outcomes against the evaluator's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

PASS, FAIL, MISSING, AWAITING = "pass", "fail", "missing", "awaiting"
JUDGEMENT, NOT_APPLICABLE = "needs_judgement", "not_applicable"
HOME = "深圳市"
EMERGING = ("strategic_emerging", "future")
GRADES = ("一般", "较大", "重大", "特别重大")
GOLD = ("金奖", "市长质量奖金奖", "深圳市市长质量奖金奖")

Application = Mapping[str, Any]


class Decided(NamedTuple):
    """One condition's outcome."""

    rule: str
    condition: str
    outcome: str
    reason: str


def decide(
    application: Application, others: list[dict[str, Any]], closes_on: date, year: int
) -> list[Decided]:
    """Every condition that addresses the applicant."""
    facts = application["facts"]
    kind = application["kind"]
    found = _kind_and_category(application)
    found += _everybody(application, facts, closes_on)
    if kind == "organization":
        found += _organization(facts, closes_on, year)
        found.append(_won_gold_before(facts, year))
    if kind == "project":
        found += _project(application, facts, closes_on)
    found += _other_applications(application, facts, others)
    found += _materials(application, facts)
    found.append(_no_ban(application))
    return found


def years_before(day: date, years: int) -> date:
    """29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    return years_before(day, -years)


def _kind_and_category(application: Application) -> list[Decided]:
    kind = application["kind"]
    known = kind in ("organization", "project")
    found = [Decided("1.5", "eligible_kind", PASS if known else FAIL, f"申报主体类型：{kind}")]
    category = application["category"]
    found.append(Decided("1.5", "category", PASS if category else FAIL, f"类别：{category or '无'}"))
    if category == "economic":
        fits = kind == "organization"
        found.append(
            Decided(
                "1.5.1", "organizations_only", PASS if fits else FAIL, f"经济类只接受组织申报，实为{kind}"
            )
        )
    return found


def _everybody(application: Application, facts: Application, closes_on: date) -> list[Decided]:
    records = application["records"]
    three, one = years_before(closes_on, 3), years_before(closes_on, 1)
    penalty = [(name, records[name]) for name in ("credit", "safety", "environment", "labour")]
    return [
        _is_true("1.6", "policy_compliant", facts.get("policy_compliant"), "符合政策要求"),
        _no_records("no_penalty", penalty, "administrative_penalty", one, closes_on),
        _no_accident(records["safety"], three, closes_on),
        _no_records(
            "no_environmental_dishonesty",
            [("environment", records["environment"])],
            "serious_dishonesty", three, closes_on,
        ),
        _no_records("good_credit", [("credit", records["credit"])], "serious_dishonesty", three, closes_on),
    ]  # fmt: skip


def _is_true(rule: str, condition: str, value: bool | None, title: str) -> Decided:
    if value is None:
        return Decided(rule, condition, MISSING, f"未提供{title}")
    return Decided(rule, condition, PASS if value else FAIL, f"{title}：{'是' if value else '否'}")


def _no_records(
    condition: str, answers: list[tuple[str, Any]], kind: str, first: date, last: date
) -> Decided:
    counted, silent = 0, []
    for department, answer in answers:
        if answer is None:
            silent.append(department)
            continue
        for record in answer:
            if record["kind"] == kind and first <= date.fromisoformat(record["on"]) <= last:
                counted += 1
    if counted:
        return Decided("1.6", condition, FAIL, f"{first} 至 {last} 有 {counted} 条 {kind} 记录")
    if silent:
        return Decided("1.6", condition, AWAITING, f"{'、'.join(silent)} 尚未答复")
    return Decided("1.6", condition, PASS, f"{first} 至 {last} 没有 {kind} 记录")


def _no_accident(answer: Any, first: date, last: date) -> Decided:
    name = "no_serious_accident"
    if answer is None:
        return Decided("1.6", name, AWAITING, "安全生产部门尚未答复")
    counted = unclear = 0
    for record in answer:
        if record["kind"] != "accident" or not first <= date.fromisoformat(record["on"]) <= last:
            continue
        grade, liable = record.get("severity"), record.get("liable")
        if liable is False or (grade is not None and GRADES.index(grade) < GRADES.index("较大")):
            continue
        if grade is None or liable is None:
            unclear += 1
        else:
            counted += 1
    if counted:
        return Decided("1.6", name, FAIL, f"{first} 至 {last} 有 {counted} 起较大以上责任事故")
    if unclear:
        return Decided("1.6", name, MISSING, f"{unclear} 起事故的等级或责任不明")
    return Decided("1.6", name, PASS, f"{first} 至 {last} 没有较大以上责任事故")


def _organization(facts: Application, closes_on: date, year: int) -> list[Decided]:
    found = [
        _in_city("1.6.1.1", facts),
        _complete("1.6.1.1", "registered_years", facts.get("registered_on"), 3, closes_on),
    ]
    return found + _industry_leader(facts) + _other_industries(facts, year) + _non_profit(facts)


def _in_city(rule: str, facts: Application) -> Decided:
    region = facts.get("region")
    if region is None:
        return Decided(rule, "registered_in_city", MISSING, "未提供注册地")
    return Decided(rule, "registered_in_city", PASS if region.startswith(HOME) else FAIL, f"注册地：{region}")


def _complete(rule: str, condition: str, start: str | None, years: int, closes_on: date) -> Decided:
    if start is None:
        return Decided(rule, condition, MISSING, "未提供起始日期")
    complete = years_after(date.fromisoformat(start), years)
    reached = complete <= closes_on
    text = f"{start} 起，至 {complete} 满 {years} 年，{'已满' if reached else '未满'}"
    return Decided(rule, condition, PASS if reached else FAIL, text)


def _industry_leader(facts: Application) -> list[Decided]:
    rule, name = "1.6.1.2", "industry_leader"
    for_profit, policy = facts.get("for_profit"), facts.get("industry_policy")
    if for_profit is False or (policy is not None and policy not in EMERGING):
        return [Decided(rule, name, NOT_APPLICABLE, "不是新兴产业、未来产业的营利性组织")]
    if for_profit is None or policy is None:
        return [Decided(rule, name, MISSING, "未提供是否营利或产业类别")]
    listed, proved = facts.get("on_monitored_list"), facts.get("authority_proof")
    if listed or proved:
        return [Decided(rule, name, PASS, "列入监测名录" if listed else "有权威机构证明")]
    if listed is None or proved is None:
        return [Decided(rule, name, MISSING, "未提供是否列入名录或有无证明")]
    return [Decided(rule, name, FAIL, "未列入名录，也没有证明")]


def _other_industries(facts: Application, year: int) -> list[Decided]:
    rule, names = "1.6.1.2", ("leading_indicators", "no_loss")
    for_profit, policy = facts.get("for_profit"), facts.get("industry_policy")
    if for_profit is False or policy in EMERGING:
        return [Decided(rule, name, NOT_APPLICABLE, "不是其他行业的营利性组织") for name in names]
    if for_profit is None or policy is None:
        return [Decided(rule, name, MISSING, "未提供是否营利或产业类别") for name in names]
    return [_rank(facts.get("city_rank") or {}), _no_loss(facts.get("profit_yuan") or {}, year)]


def _rank(ranks: Application) -> Decided:
    rule, name = "1.6.1.2", "leading_indicators"
    known = [(title, ranks[title]) for title in ("output", "profit", "tax") if ranks.get(title) is not None]
    text = "，".join(f"{title} 第 {rank}" for title, rank in known) or "未提供名次"
    if any(rank <= 20 for _, rank in known):
        return Decided(rule, name, PASS, text)
    return Decided(rule, name, MISSING if len(known) < 3 else FAIL, text)


def _no_loss(figures: Application, year: int) -> Decided:
    rule, name = "1.6.1.2", "no_loss"
    parts, losses, unknown = [], 0, 0
    for past in range(year - 3, year):
        figure = figures.get(str(past))
        if figure is None:
            unknown += 1
            parts.append(f"{past} 年未提供")
        else:
            losses += figure < 0
            parts.append(f"{past} 年 {figure:,} 元")
    text = "，".join(parts)
    if losses:
        return Decided(rule, name, FAIL, text)
    return Decided(rule, name, MISSING if unknown else PASS, text)


def _non_profit(facts: Application) -> list[Decided]:
    rule, for_profit = "1.6.1.2", facts.get("for_profit")
    if for_profit is None:
        reason = "未提供是否营利"
        return [Decided(rule, name, MISSING, reason) for name in ("contribution", "supervisor_recommended")]
    if for_profit:
        reason = "不是非营利性组织"
        return [
            Decided(rule, name, NOT_APPLICABLE, reason) for name in ("contribution", "supervisor_recommended")
        ]
    return [
        Decided(rule, "contribution", JUDGEMENT, "社会贡献是否突出，由人员判断"),
        _is_true(rule, "supervisor_recommended", facts.get("supervisor_recommended"), "主管或登记部门推荐"),
    ]


def _project(application: Application, facts: Application, closes_on: date) -> list[Decided]:
    rule, role = "1.6.2.1", facts.get("applicant_role")
    if role is None:
        found = [Decided(rule, "applicant_role", MISSING, "未提供申请主体")]
        found.append(Decided(rule, "registered_in_city", MISSING, "未提供申请主体"))
    else:
        known = role in ("entity", "implementer", "ip_holder")
        found = [Decided(rule, "applicant_role", PASS if known else FAIL, f"申请主体：{role}")]
        if role == "entity":
            found.append(_in_city(rule, facts))
        else:
            found.append(Decided(rule, "registered_in_city", NOT_APPLICABLE, "不以法人或组织申报"))
    recommender = application["recommended_by"]
    return [
        *found,
        _complete(rule, "completed_years", facts.get("project_completed_on"), 1, closes_on),
        Decided("1.6.2.2", "recommended", PASS if recommender else FAIL, f"推荐单位：{recommender or '无'}"),
        Decided("1.6.2.2", "value", JUDGEMENT, "先进性、创造性和示范性，由人员判断"),
    ]


def _won_gold_before(facts: Application, year: int) -> Decided:
    for award in facts.get("prior_awards") or ():
        level, jurisdiction = award.get("level") or "city", award.get("jurisdiction")
        ours = jurisdiction == "shenzhen" or (jurisdiction is None and level == "city")
        if ours and award.get("award") in GOLD and year - award["year"] < 3:
            return Decided("1.4.3", "won_gold_before", FAIL, f"{award['year']} 年获金奖，未满 3 年")
    return Decided("1.4.3", "won_gold_before", PASS, "未曾获金奖或已满 3 年")


def _other_applications(
    application: Application, facts: Application, others: list[dict[str, Any]]
) -> list[Decided]:
    earlier = [other for other in others if other["sequence"] < application["sequence"]]
    key = application["applicant_key"]
    same = sum(other["applicant_key"] == key for other in earlier)
    found = [Decided("1.7.1", "one_application", FAIL if same else PASS, f"同一主体更早的申报 {same} 项")]
    group, business = facts.get("group"), facts.get("business")
    siblings = []
    if group is not None:
        siblings = [other for other in earlier if other["group"] == group and other["applicant_key"] != key]
    businesses = [sibling["business"] for sibling in siblings]
    rule = "1.7.2"
    if not siblings:
        found.append(Decided(rule, "one_per_group", PASS, "同一集团没有更早的申报"))
    elif business is not None and business in businesses:
        found.append(Decided(rule, "one_per_group", FAIL, f"同一集团同一业务（{business}）已有更早的申报"))
    elif business is None or None in businesses:
        found.append(Decided(rule, "one_per_group", MISSING, "同一集团另有申报，业务不明"))
    else:
        found.append(Decided(rule, "one_per_group", PASS, "同一集团的其他申报业务不同"))
    if business is not None and any(other not in (None, business) for other in businesses):
        found.append(Decided(rule, "similar_business", JUDGEMENT, "业务是否相似，由人员判断"))
    elif siblings and (business is None or None in businesses):
        found.append(Decided(rule, "similar_business", MISSING, "同一集团另有申报，业务不明"))
    else:
        found.append(Decided(rule, "similar_business", NOT_APPLICABLE, "同一集团没有业务不同的更早申报"))
    return found


def _materials(application: Application, facts: Application) -> list[Decided]:
    found = []
    for rule, name in (("4.1.1", "application_form"), ("4.1.2", "self_assessment"), ("4.1.3", "proofs")):
        there = name in application["materials"]
        found.append(
            Decided(rule, name, PASS if there else FAIL, f"{name}：{'已提交' if there else '未提交'}")
        )
    length = facts.get("self_assessment_chars")
    if length is None:
        found.append(Decided("4.1.2", "self_assessment_length", MISSING, "未提供自评报告字数"))
    else:
        fits = PASS if length <= 30_000 else FAIL
        found.append(Decided("4.1.2", "self_assessment_length", fits, f"自评报告 {length:,} 字"))
    found.append(_tax_proof(facts))
    return found


def _tax_proof(facts: Application) -> Decided:
    region, proof = facts.get("region"), facts.get("local_tax_proof")
    if region is not None and region.startswith(HOME):
        return Decided("4.1.3", "local_tax_proof", PASS, "在本市注册")
    if proof:
        return Decided("4.1.3", "local_tax_proof", PASS, "已提供本市纳税证明")
    if region is None or proof is None:
        return Decided("4.1.3", "local_tax_proof", MISSING, "未提供注册地或本市纳税证明")
    return Decided("4.1.3", "local_tax_proof", FAIL, "异地注册，没有本市纳税证明")


def _no_ban(application: Application) -> Decided:
    submitted = date.fromisoformat(application["submitted_on"])
    for ban in application["bans"]:
        if date.fromisoformat(ban["until"]) >= submitted:
            return Decided("assumed:no_ban", "no_ban", FAIL, f"禁止申报期至 {ban['until']}")
    return Decided("assumed:no_ban", "no_ban", PASS, "没有禁止申报期")
