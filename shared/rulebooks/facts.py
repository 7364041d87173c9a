"""The facts that an application can hold, and what form each has: a condition cannot ask for another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.rulebooks.model import Words

Form = Literal["text", "boolean", "date", "integer", "amounts_by_year", "years", "ranks", "texts", "entries"]


@dataclass(frozen=True)
class FactKind:
    """One fact: its form and its name for people."""

    form: Form
    title: Words


def _fact(form: Form, zh: str, en: str) -> FactKind:
    return FactKind(form, Words(zh, en))


FACTS: Mapping[str, FactKind] = {
    "region": _fact("text", "注册或工作地", "region"),
    "registered_on": _fact("date", "登记注册日期", "date of registration"),
    "operating_since": _fact("date", "开始生产经营日期", "operating since"),
    "for_profit": _fact("boolean", "从事生产经营（营利性）", "for-profit"),
    "industry": _fact("text", "所属行业", "industry"),
    "industry_policy": _fact("text", "产业政策类别", "industry policy"),
    "on_monitored_list": _fact("boolean", "列入监测企业名录", "on the monitored list"),
    "authority_proof": _fact("boolean", "权威机构证明", "proof by an authority"),
    "city_rank": _fact("ranks", "市内同行业排名", "rank in the city's industry"),
    "leading_indicators": _fact("texts", "领先指标", "leading indicators"),
    "profit_yuan": _fact("amounts_by_year", "利润", "profit"),
    "policy_loss_years": _fact("years", "政策性亏损年度", "years of policy losses"),
    "chief_quality_officer": _fact("boolean", "实施首席质量官制度", "chief quality officer"),
    "licences_valid": _fact("boolean", "资质证照有效", "licences valid"),
    "policy_compliant": _fact("boolean", "符合法律法规及政策要求", "compliant with law and policy"),
    "state_budget_funded": _fact("boolean", "财政全额拨款", "fully funded by the state budget"),
    "group": _fact("text", "所属集团", "group"),
    "business": _fact("text", "主营业务", "business"),
    "innovative_sme": _fact("boolean", "创新型中小企业", "innovative SME"),
    "local_tax_proof": _fact("boolean", "本市纳税证明", "local tax proof"),
    "supervisor_recommended": _fact("boolean", "业务主管或登记部门推荐", "recommended by its supervisor"),
    "project_completed_on": _fact("date", "项目建成运行日期", "project completed on"),
    "project_cost_yuan": _fact("integer", "项目核定费用（元）", "approved project cost (yuan)"),
    "applicant_role": _fact("text", "申报主体与项目的关系", "the applicant's part in the project"),
    "quality_work_since": _fact("date", "开始从事质量工作日期", "in quality work since"),
    "other_applications": _fact("entries", "其他政府质量奖申报", "other applications"),
    "prior_awards": _fact("entries", "曾获奖项", "prior awards"),
    "self_assessment_chars": _fact("integer", "自评报告字数", "characters of the self-assessment"),
}

FIELDS: Mapping[str, Words] = {
    "recommended_by": Words("推荐部门", "recommending body"),
    "nominated_by": Words("提名单位", "nominating body"),
    "category": Words("申报类别", "category"),
}

DEPARTMENTS: Mapping[str, Words] = {
    "credit": Words("信用", "credit"),
    "safety": Words("安全生产", "work safety"),
    "environment": Words("生态环境", "environment"),
    "quality": Words("质量", "quality"),
    "labour": Words("人力资源和社会保障", "labour"),
    "public_health": Words("公共卫生", "public health"),
    "food_drug": Words("食品药品", "food and drug"),
}

RECORD_KINDS: Mapping[str, Words] = {
    "accident": Words("事故", "accident"),
    "administrative_penalty": Words("行政处罚", "administrative penalty"),
    "serious_dishonesty": Words("严重失信行为", "serious dishonesty"),
    "major_complaint": Words("重大质量投诉", "major quality complaint"),
}

GOVERNMENT_LEVELS: Mapping[str, Words] = {
    "district": Words("区级", "district"),
    "city": Words("市级", "city"),
    "nation": Words("国家级", "nation"),
}

SEVERITIES = ("一般", "较大", "重大", "特别重大")  # grades of accidents, in rising order
KINDS = ("organization", "individual", "project")
KIND_WORDS: Mapping[str, Words] = {
    "organization": Words("组织", "organization"),
    "individual": Words("个人", "individual"),
    "project": Words("项目", "project"),
}
ADVERSE_DEFAULTS = frozenset(
    {
        "other_applications",
        "prior_awards",
        "policy_loss_years",
        "group",
        "state_budget_funded",
        "innovative_sme",
    }
)  # absent means none or false, and never `missing`
