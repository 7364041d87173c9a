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
    CLERK = "department_clerk"
    MEMBER = "committee_member"
    DISCIPLINE = "discipline"


# Beside `award` and `year`, which everybody knows.
MAY_NAME: Mapping[Reader, frozenset[str]] = {
    Reader.APPLICANT: frozenset({"due_on", "subject", "text"}),
    Reader.EXPERT: frozenset({"due_on", "answer_by", "count"}),
    Reader.OFFICE: frozenset({"count"}),
    Reader.FINANCE: frozenset({"due_on"}),
    Reader.CLERK: frozenset({"due_on", "count"}),
    Reader.MEMBER: frozenset(),
    Reader.DISCIPLINE: frozenset(),
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
    Template(
        "enquiries_waiting", Reader.CLERK,
        Words("{award}：有部门征询待答复", "{award}: enquiries wait for your department"),
        Words("{year}年度{award}有{count}件部门征询待贵单位答复，最早的一件期限为{due_on}。请登录系统逐件答复，"
              "无记录也须明确答复。",
              "{count} enquiries of {award} {year} wait for your department, the first of them until {due_on}. Please sign in "
              "and answer each; that there is no record is an answer too."),
        Words("有{count}件部门征询待答复，最早期限{due_on}，请登录系统。",
              "{count} enquiries wait for your department, the first until {due_on}. Please sign in."),
    ),
    Template(
        "enquiries_due", Reader.CLERK,
        Words("{award}：部门征询即将到期", "{award}: enquiries are due soon"),
        Words("{year}年度{award}有部门征询将于{due_on}到期，贵单位尚待答复共{count}件。请尽快登录系统办理。",
              "Enquiries of {award} {year} are due on {due_on}; {count} in all wait for your department. Please sign in."),
        Words("部门征询将于{due_on}到期，尚待答复{count}件，请尽快办理。",
              "Enquiries are due on {due_on}; {count} wait for your department. Please sign in."),
    ),
    Template(
        "enquiries_silent", Reader.CLERK,
        Words("{award}：部门征询逾期未答复", "{award}: enquiries were not answered in time"),
        Words("{year}年度{award}有部门征询逾期未获答复，已记为未答复，并由评审办公室跟进；贵单位尚待答复共{count}件。"
              "未答复不视为无记录，请尽快登录系统办理。",
              "Enquiries of {award} {year} were not answered in time; that is on record, and the award office follows it up. "
              "{count} in all wait for your department. Silence does not count as a clean record: please sign in and answer."),
        Words("有部门征询逾期未答复，尚待答复{count}件，请尽快登录系统办理。",
              "Enquiries were not answered in time; {count} wait for your department. Please sign in."),
    ),
    Template(
        "meeting_called", Reader.MEMBER,
        Words("{award}：召集评审委员会会议", "{award}: a meeting of the committee is called"),
        Words("{year}年度{award}评审委员会会议已召集，您为参会委员。请登录系统查看，如有应回避的情形请及时申明。",
              "The committee for {award} {year} is called to meet, and you are one of its members. Please sign in to see it, and "
              "declare what you have to stand aside from."),
        Words("评审委员会会议已召集，请登录系统查看。", "The committee is called to meet. Please sign in."),
    ),
    Template(
        "meeting_papers", Reader.MEMBER,
        Words("{award}：会议材料已备", "{award}: the papers of the meeting are ready"),
        Words("{year}年度{award}评审委员会的会议材料已备好或有更新，请登录系统查阅。",
              "The papers for the committee's meeting on {award} {year} are ready, or were renewed. Please sign in to read "
              "them."),
    ),
    Template(
        "ballot_opened", Reader.MEMBER,
        Words("{award}：表决已开始", "{award}: a ballot is open"),
        Words("{year}年度{award}的一轮表决已开始，请登录系统投票。",
              "A ballot of {award} {year} is open. Please sign in and cast your vote."),
        Words("一轮表决已开始，请登录系统投票。", "A ballot is open. Please sign in and cast your vote."),
    ),
    Template(
        "sheets_owed", Reader.EXPERT,
        Words("{award}：评审开始，请申明并评分", "{award}: the review has begun"),
        Words("{year}年度{award}的评审已经开始，您有{count}份评分表待提交，期限为{due_on}。请登录系统，先逐案申明利害关系，"
              "再评分。",
              "The review for {award} {year} has begun; {count} sheets are to come from you, until {due_on}. Please sign in, "
              "state your interests in each case, then score."),
        Words("评审已开始，{count}份评分表待提交，期限{due_on}。",
              "The review has begun; {count} sheets are to come from you until {due_on}."),
    ),
    Template(
        "sheets_due", Reader.EXPERT,
        Words("{award}：评分表即将到期", "{award}: your sheets are due soon"),
        Words("{year}年度{award}尚有您的评分表未提交，期限为{due_on}。请登录系统办理。",
              "Sheets of yours for {award} {year} are still out, until {due_on}. Please sign in."),
        Words("尚有评分表未提交，期限{due_on}，请登录系统。", "Sheets of yours are still out, until {due_on}. Please sign in."),
    ),
    Template(
        "batch_waiting", Reader.FINANCE,
        Words("{award}：付款批次待批准", "{award}: a payment batch waits for approval"),
        Words("{year}年度{award}有一个付款批次待另一名财务人员批准，请登录系统查看。",
              "A payment batch of {award} {year} waits for somebody else of finance to approve it. Please sign in to see it."),
    ),
    Template(
        "batch_approved", Reader.FINANCE,
        Words("{award}：付款批次已批准", "{award}: your payment batch was approved"),
        Words("您编制的{year}年度{award}付款批次已获批准。",
              "The payment batch of {award} {year} that you made was approved."),
    ),
    Template(
        "batch_returned", Reader.FINANCE,
        Words("{award}：付款批次未获批准", "{award}: your payment batch was not approved"),
        Words("您编制的{year}年度{award}付款批次未获批准，已取消。理由见系统，可重新编制。",
              "The payment batch of {award} {year} that you made was not approved and is given up. Sign in to read why; it can "
              "be made anew."),
    ),
    Template(
        "objection_waiting", Reader.OFFICE,
        Words("{award}：收到一件异议", "{award}: an objection came in"),
        Words("{year}年度{award}的公示收到一件异议，请登录系统办理。",
              "An objection to a public notice of {award} {year} came in. Please sign in to see to it."),
    ),
    Template(
        "objection_noted", Reader.DISCIPLINE,
        Words("{award}：收到一件异议", "{award}: an objection came in"),
        Words("{year}年度{award}的公示收到一件异议，可登录系统查看其办理情况。",
              "An objection to a public notice of {award} {year} came in. Sign in to see how it is handled."),
    ),
    Template(
        "alerts_found", Reader.DISCIPLINE,
        Words("{award}：监督预警有更新", "{award}: the alerts have changed"),
        Words("{year}年度{award}的监督预警有更新，请登录系统查看。预警不等于认定违规。",
              "The alerts about {award} {year} have changed. Please sign in to see them; an alert accuses nobody."),
    ),
)  # fmt: skip

TEMPLATES: Mapping[str, Template] = {template.key: template for template in _ALL}
if len(TEMPLATES) != len(_ALL):
    raise RuntimeError("two templates have one key")
