"""What people read for the names that rulebooks are written with, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from shared.rulebooks.criteria import CriteriaRule
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.model import Words

Names = Mapping[str, Words]

CATEGORIES: Names = {
    "economic": Words("经济", "economic"),
    "culture": Words("文化", "culture"),
    "society": Words("社会", "society"),
    "ecology": Words("生态", "ecology"),
    "management": Words("管理", "management"),
    "service": Words("服务", "service"),
    "special": Words("特别贡献", "special contribution"),
}
STAGE_KINDS: Names = {
    "submission": Words("申报受理", "submission"),
    "qualification": Words("资格审查", "qualification"),
    "notice": Words("公示", "public notice"),
    "review": Words("评审", "review"),
    "social_evaluation": Words("社会评价", "social evaluation"),
    "committee": Words("审定", "committee"),
    "grants": Words("奖励资助", "grants"),
}
OWNERS: Names = {
    "intake": Words("受理", "intake"),
    "eligibility": Words("资格", "eligibility"),
    "review": Words("评审", "review"),
    "committee": Words("审定", "committee"),
    "incentives": Words("激励", "incentives"),
}
ENTRIES: Names = {
    "all": Words("通过上一阶段的全部进入", "all that passed the phase before"),
    "office": Words("由评审办确定名单", "those whom the award office picks"),
}
SCORINGS: Names = {
    "sheets": Words("评审员逐份填写评分表", "reviewers hand in score sheets"),
    "carried_or_sheets": Words(
        "另行评分，未另行评分的沿用上一阶段得分", "sheets of its own, else the score before is carried on"
    ),
}
EVENTS: Names = {
    "major_accident": Words("发生重大事故", "a major accident"),
    "major_matter": Words("发生其他重大事项", "another major matter"),
    "fraud": Words("弄虚作假", "fraud"),
    "title_misuse": Words("违规使用称号", "misuse of the title"),
}
ORDERS: Names = {
    "revoke": Words("撤销奖项", "revoke the award"),
    "recall_certificate": Words("收回奖牌和证书", "recall medal and certificate"),
    "clawback": Words("追缴资金", "claw the grant back"),
    "report_to_credit_platform": Words("报送信用平台", "report to the credit platform"),
    "correct_title_use": Words("责令改正称号的使用", "order the use of the title corrected"),
}
GROUNDS: Names = {
    "advises": Words("指导过申报主体", "advised the applicant"),
    "employer": Words("在申报主体任职", "is employed by the applicant"),
    "kin_of": Words("与申报主体有亲属关系", "is kin to the applicant"),
    "declared": Words("自行申明有利害关系", "declared an interest"),
}
FACT_VALUES: Names = {
    "strategic_emerging": Words("战略性新兴产业", "strategic emerging industry"),
    "future": Words("未来产业", "future industry"),
    "other": Words("其他", "other"),
    "entity": Words("法人或其他组织", "an entity"),
    "implementer": Words("具体实施人", "the one who carried it out"),
    "ip_holder": Words("知识产权所有者", "the holder of its intellectual property"),
}
ROLES: Names = {
    "expert": Words("评审专家", "expert"),
    "member": Words("委员", "committee member"),
    "officer": Words("工作人员", "officer"),
}
OBJECTORS: Names = {"person": Words("个人", "persons"), "unit": Words("单位", "units")}
FAILED: Names = {
    "out": Words("不再提其他等次", "is not put to the vote for another level"),
    "next_level": Words("参加其得分达到的下一等次表决", "stands for the next level whose mark it reaches"),
}
ORDER: Names = {
    "votes": Words("票多者", "more votes"),
    "score": Words("分高者", "the higher score"),
    "second_ballot": Words("再次投票", "a second ballot"),
}
BALLOTS: Names = {
    "secret": Words("无记名", "secret"),
    "open": Words("记名", "open"),
}
ATTENDANCE: Names = {
    "in_person": Words("到场", "in person"),
    "link": Words("视频连线", "by video link"),
}
APPROVALS: Names = {
    "before_notice": Words("公示之前", "before the notice"),
    "after_notice": Words("公示之后", "after the notice"),
}
COUNTS: Names = {
    "sheets": Words("有效评分表的平均值", "the mean of the valid sheets"),
    "consensus": Words("评审组合议一致的得分", "what the panel agreed on"),
}
ROUNDINGS: Names = {"half_up": Words("四舍五入", "half up")}
STATUSES: Names = {"published": Words("已发布", "published"), "draft": Words("草案", "draft")}
READINGS: Names = {
    "look_back": Words("“近 N 年”", "“the last N years”"),
    "at_least_years": Words("“满 N 年”", "“at least N years”"),
    "leap_day": Words("2 月 29 日加减年数", "29 February plus or minus N years"),
    "financial_years": Words("业绩年度", "years of results"),
    "accident_grades": Words("事故等级（由低到高）", "grades of accidents, the lowest first"),
    "notice_days": Words("公示首日", "day one of a notice"),
    "pool_and_award": Words("入库资助与获奖资助", "the pool's and the award's grants"),
    "closed_interval_to_closing_day": Words(
        "申报截止日前 N 年当日至截止日，首尾均计",
        "from the day N years before applications close to that day, both counted",
    ),
    "anniversary_by_closing_day": Words(
        "起始日加 N 年不晚于申报截止日", "the start plus N years is on or before the day applications close"
    ),
    "february_28": Words("遇平年取 2 月 28 日", "28 February where the year has none"),
    "calendar_years_before_cycle_year": Words(
        "评奖年度之前的日历年", "the calendar years before the cycle's year"
    ),
    "first_working_day_on_or_after_posting": Words(
        "张贴当日或其后第一个工作日", "the first working day on or after the posting"
    ),
    "add_up": Words("兼得，互不抵扣", "both are paid"),
}
BARS: Names = {
    "own_level_and_lower": Words("该等次及较低等次", "that level and every lower one"),
    "own_level": Words("该等次", "that level"),
}
DAYS_UNKNOWN: Names = {
    "year_end": Words(
        "只知年度的，按当年 12 月 31 日", "where only the year is known, 31 December of it counts"
    ),
}
POOL_ENTRIES: Names = {
    "own_application": Words("自行申请", "own application"),
    "industry_recommendation": Words("行业推荐", "recommended by the industry"),
    "expert_recommendation": Words("专家推荐", "recommended by experts"),
}
LIMITS: Names = {
    "speakers_at_most": Words("答辩人数上限", "speakers at most"),
    "minutes_at_most": Words("时长上限（分钟）", "minutes at most"),
    "days_at_most": Words("时长上限（天）", "days at most"),
}
# Parameter of a panel, what it is called, and what its number counts.
PANEL_LIMITS = (
    ("employer_max", Words("评审组同一单位至多", "most from one employer"), Words(" 人", "of the panel")),
    ("load_max", Words("每人至多承担", "most for one reviewer"), Words(" 份申报", "applications")),
    ("leader", Words("评审组组长", "leader of the panel"), Words("设", "one is named")),
    (
        "field_readers_min",
        Words("熟悉其领域或行业的评审员", "who know its field or industry"),
        Words(" 人以上", "at least"),
    ),
    (
        "language_readers_min",
        Words("通晓其语言的评审员", "who read its languages"),
        Words(" 人以上", "at least"),
    ),
)

AGGREGATIONS: Names = {
    "mean": Words("有效评分表的平均值", "the mean of the valid sheets"),
    "team": Words("组长负责制下的集体合议", "what the team agrees on under its leader"),
}


def word(names: Names, name: str) -> Words:
    """The words for a name; the name itself where a rulebook uses one that has none here."""
    return names.get(name) or plain(name)


def plain(text: object) -> Words:
    """The same in both languages."""
    return Words(str(text), str(text))


def listed(several: Iterable[Words]) -> Words:
    """One after the other: 甲、乙 and a, b; names that are the same in both languages are listed once."""
    words = list(several)
    if all(w.zh == w.en for w in words):
        return plain("、".join(w.zh for w in words))
    return Words("、".join(w.zh for w in words), ", ".join(w.en for w in words))


def named(names: Names, several: Iterable[str]) -> Words:
    """The words for several names, one after the other."""
    return listed(word(names, name) for name in several)


def years(count: int) -> Words:
    """A number of years."""
    return Words(f"{count} 年", f"{count} year{'' if count == 1 else 's'}")


def share(fraction: Fraction) -> Words:
    """A fraction as people write it."""
    return plain(f"{fraction.numerator}/{fraction.denominator}")


def yes_or_no(value: bool) -> Words:
    return Words("是", "yes") if value else Words("否", "no")


def scored_by(rule: CriteriaRule) -> Words:
    """Which file of items scores whom."""
    whom = named(KIND_WORDS, rule.kinds)
    if rule.categories is not None:
        which = named(CATEGORIES, rule.categories)
        whom = Words(f"{whom.zh}（{which.zh}）", f"{whom.en} ({which.en})")
    return Words(f"{whom.zh}：{rule.file}", f"{whom.en}: {rule.file}")


def far_from_the_median(points: int) -> Words:
    """When a sheet is shown as an outlier."""
    return Words(
        f"与中位数相差超过 {points} 个百分点", f"more than {points} percentage points from the median"
    )
