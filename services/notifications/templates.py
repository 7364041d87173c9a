"""模板: every message that there is, in Chinese and English, as mail and as a short text for telephones. Pure.

`{award}`, `{year}` and the like are filled from the message; which of them a template may name hangs on who reads it
(`MAY_NAME`): somebody who applied reads nothing of its own case before the results are out but public stages, and nobody reads
who objected, who reviews, or why. What it is really about is read after signing in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.rulebooks import Words

LONGEST_SMS = 70  # characters of one part


class Reader(StrEnum):
    """Who reads a message."""

    APPLICANT = "applicant"
    EXPERT = "reviewer"
    OFFICE = "award_office"
    FINANCE = "finance"


# Beside `award` and `year`, which everybody knows.
MAY_NAME: Mapping[Reader, frozenset[str]] = {
    Reader.APPLICANT: frozenset({"due_on", "subject", "text"}),
    Reader.EXPERT: frozenset({"due_on", "answer_by", "count"}),
    Reader.OFFICE: frozenset({"count"}),
    Reader.FINANCE: frozenset({"due_on"}),
}
ALWAYS = frozenset({"award", "year"})


@dataclass(frozen=True)
class Template:
    """One message. `short` is what goes to a telephone, None where nothing does."""

    key: str
    reader: Reader
    subject: Words
    text: Words
    short: Words | None = None


_RESULT_TEXT = Words(
    "{year}年度{award}的评定工作已经结束。请登录系统查看贵方申报的结果。",
    "The evaluation for {award} {year} is over. Please sign in to see what became of your application.",
)

_ALL = (
    Template(
        "application_accepted", Reader.APPLICANT,
        Words("{award}：申报已受理", "{award}: your application was accepted"),
        Words("您的{year}年度{award}申报已受理。后续公开环节将另行通知。",
              "Your application for {award} {year} was accepted. You will hear of the public steps to come."),
    ),
    Template(
        "application_withdrawn", Reader.APPLICANT,
        Words("{award}：申报已撤回", "{award}: your application was withdrawn"),
        Words("您的{year}年度{award}申报已撤回。如非本人办理，请尽快联系评审办公室。",
              "Your application for {award} {year} was withdrawn. If this was not your doing, call the award office."),
    ),
    Template(
        "correction_asked", Reader.APPLICANT,
        Words("{award}：申报退回补正", "{award}: your application is to be corrected"),
        Words("您的{year}年度{award}申报已退回补正，请于{due_on}前登录系统补正并重新提交。逾期未补正的，以原提交内容为准。",
              "Your application for {award} {year} was returned. Please correct it and hand it in again by {due_on}; after that "
              "day what was handed in before stands."),
        Words("申报已退回补正，请于{due_on}前登录系统办理。",
              "Your application is to be corrected by {due_on}. Please sign in."),
    ),
    Template(
        "correction_due", Reader.APPLICANT,
        Words("{award}：补正即将到期", "{award}: the correction is due soon"),
        Words("您的{year}年度{award}申报尚待补正，截止日期为{due_on}。",
              "Your application for {award} {year} still waits for its correction, until {due_on}."),
        Words("申报补正截止{due_on}，请尽快登录系统办理。", "The correction is due on {due_on}. Please sign in."),
    ),
    Template(
        "notice_posted", Reader.APPLICANT,
        Words("{award}：公示已发布", "{award}: a public notice was posted"),
        Words("{year}年度{award}的一份公示已发布，请在公示页面查看。",
              "A public notice of {award} {year} was posted; see the public pages."),
    ),
    Template(
        "notice_corrected", Reader.APPLICANT,
        Words("{award}：公示已更正", "{award}: a public notice was corrected"),
        Words("{year}年度{award}的一份公示已由新的公示更正，公示期重新计算，请在公示页面查看。",
              "A public notice of {award} {year} was corrected by a new one, which stands its days anew; see the public pages."),
    ),
    Template(
        "results_released", Reader.APPLICANT, Words("{award}：结果已公布", "{award}: the results are out"), _RESULT_TEXT,
        Words("{year}年度评定结果已公布，请登录系统查看。", "The results of {year} are out. Please sign in to see yours."),
    ),
    Template(
        "answer_asked", Reader.APPLICANT,
        Words("{award}：请您答复", "{award}: you are asked for an answer"),
        Words("有一个与您在{year}年度{award}中的申报有关的事项请您答复，答复期限为{due_on}。请登录系统查看。",
              "You are asked for an answer about your application for {award} {year}, by {due_on}. Please sign in to read it."),
        Words("有一事项请您答复，期限{due_on}，请登录系统查看。", "You are asked for an answer by {due_on}. Please sign in."),
    ),
    Template(
        "award_matter", Reader.APPLICANT,
        Words("{award}：请查阅一份文书", "{award}: a document waits for you"),
        Words("关于您在{year}年度{award}中所获奖项，有一份决定需要您查阅。请登录系统。",
              "There is a decision about the award that you won in {award} {year}. Please sign in to read it."),
        Words("有一份关于所获奖项的决定，请登录系统查阅。", "A decision about your award waits. Please sign in."),
    ),
    Template(
        "tracking_owed", Reader.APPLICANT,
        Words("{award}：获奖后跟踪事项", "{award}: what is due in the years after the award"),
        Words("您在{year}年度{award}获奖后的跟踪事项应于{due_on}前办理，请登录系统查看。",
              "Something is due by {due_on} in the years after your award ({award} {year}). Please sign in to see what."),
        Words("获奖后跟踪事项截止{due_on}，请登录系统办理。", "A duty after your award: due on {due_on}. Please sign in."),
    ),
    Template(
        "payback_due", Reader.APPLICANT,
        Words("{award}：应退款项", "{award}: money to be paid back"),
        Words("与{year}年度{award}有关的应退款项已于{due_on}到期，请登录系统查看并尽快办理。",
              "Money to be paid back ({award} {year}) was due on {due_on}. Please sign in to see how much."),
        Words("应退款项已于{due_on}到期，请登录系统查看。", "Money to be paid back was due on {due_on}. Please sign in."),
    ),
    Template(
        "announcement", Reader.APPLICANT, Words("{subject}", "{subject}"), Words("{text}", "{text}"),
    ),
    Template(
        "assignment_offered", Reader.EXPERT,
        Words("{award}：有评审任务待您答复", "{award}: work waits for your answer"),
        Words("{year}年度{award}有{count}份评审任务待您答复，请于{answer_by}前登录系统声明有无利害关系并答复。",
              "{count} assignments of {award} {year} wait for your answer. Please sign in, declare your interests and answer by "
              "{answer_by}."),
        Words("有{count}份评审任务待答复，截止{answer_by}。", "{count} assignments wait for your answer by {answer_by}."),
    ),
    Template(
        "declaration_due", Reader.EXPERT,
        Words("专家年度利益申报", "Your yearly declaration of interests"),
        Words("您的年度利益申报截止日期为{due_on}，请登录系统填报。",
              "Your yearly declaration of interests is due on {due_on}. Please sign in."),
        Words("年度利益申报截止{due_on}，请登录系统填报。", "Your yearly declaration is due on {due_on}."),
    ),
    Template(
        "cycle_blocked", Reader.OFFICE,
        Words("{award}：周期受阻", "{award}: the cycle is blocked"),
        Words("{year}年度{award}有一个环节暂不能依规进行，原因见系统。",
              "A step of {award} {year} cannot lawfully begin; sign in to see why."),
    ),
    Template(
        "records_differ", Reader.OFFICE,
        Words("{award}：复核结果待处理", "{award}: an answer differs"),
        Words("{year}年度{award}有一份申报的部门复核结果与原答复不一致，等待处理。",
              "A department, asked again, answered otherwise about an application of {award} {year}; it waits for a decision."),
    ),
    Template(
        "tracking_failed", Reader.OFFICE,
        Words("{award}：整改要求未落实", "{award}: an order was not complied with"),
        Words("{year}年度{award}一家获奖者的整改要求未落实，已上报，请登录系统查看。",
              "A winner of {award} {year} did not comply with an order; it was escalated. Sign in to see it."),
    ),
    Template(
        "award_approved", Reader.FINANCE,
        Words("{award}：名单已批准", "{award}: the list was approved"),
        Words("{year}年度{award}名单已获批准，可着手准备资金。",
              "The list of {award} {year} was approved; the money can be prepared."),
    ),
    Template(
        "payback_overdue", Reader.FINANCE,
        Words("{award}：应收款逾期", "{award}: a receivable is overdue"),
        Words("{year}年度{award}有一笔应收款已于{due_on}到期未清。",
              "A receivable of {award} {year} was due on {due_on} and is not settled."),
    ),
)  # fmt: skip

TEMPLATES: Mapping[str, Template] = {template.key: template for template in _ALL}
if len(TEMPLATES) != len(_ALL):
    raise RuntimeError("two templates have one key")
