"""Words that people read for the codes of the system. A code that is not here is shown as it is: nothing is hidden by a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.gateway.notice_papers import CHANGED
from services.gateway.portal.text import Text
from services.gateway.rpc import NAMES
from shared.rulebooks.facts import DEPARTMENTS


class _Pair(Protocol):
    """Something said in both languages: a text of a page, or words of a rulebook."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


Words = Mapping[str, Text]

NOTICE_CHANGES: Words = {what: Text(zh, en) for what, (zh, en) in CHANGED.items()}
PURPOSES: Words = {
    "qualification": Text("资格审查", "qualification"),
    "committee": Text("审定会前复核", "asked again before the committee"),
    "payment": Text("拨付前复核", "asked again before money moves"),
}
CHANNELS: Words = {
    "http": Text("接口", "interface"),
    "batch": Text("批量文件", "batch file"),
    "clerk": Text("经办人答复", "a clerk's answer"),
    "report": Text("信用报告", "credit report"),
}
BREAKERS: Words = {
    "closed": Text("正常", "in order"),
    "half_open": Text("试探恢复", "trying again"),
    "open": Text("暂停询问", "left alone"),
}
SERVICES: Words = {name: Text(*words) for name, words in NAMES.items()}
STANDINGS: Words = {
    "silent": Text("没有应答", "does not answer"),
    "not_ready": Text("未就绪", "not ready"),
    "ready": Text("就绪", "ready"),
}
QUEUES: Words = {
    "work": Text("待处理", "to be handled"),
    "retry": Text("等候重试", "waits to be tried again"),
    "parking": Text("停放", "parked"),
    "calls": Text("待答复的请求", "calls to be answered"),
}
PARKED: Words = {  # why; another code is that of the refusal itself
    "undecodable": Text("无法读取", "cannot be read"),
    "unknown_contract": Text("不认识的事件或版本", "an event or a version that is not known"),
    "invalid": Text("内容不符合约定", "breaks its contract"),
    "attempts_exhausted": Text("多次重试仍未成功", "failed in every retry"),
    "delivery_limit": Text("多次使处理进程中断", "ended its process again and again"),
}
BATCH_OUTCOMES: Words = {
    "accepted": Text("已采纳", "taken"),
    "unknown_reference": Text("没有这个征询编号", "no such enquiry"),
    "other_reference": Text("编号与单位不符", "the reference is of another"),
    "other_organization": Text("是另一单位的答复", "an answer for another organization"),
    "answered_already": Text("已经答复过", "answered already"),
    "after_decision": Text("已作决定之后才到", "came after the decision"),
    "malformed": Text("格式有误", "malformed"),
}

RELATIONS: Words = {
    "employed": Text(
        "任职：现在或近年曾在该单位任职", "employment: with the applicant, now or in recent years"
    ),
    "advised": Text("指导：担任过该单位的质量指导专家", "advice: registered as its adviser"),
    "consulted": Text("咨询：为该单位提供过有偿咨询", "consulting: paid by it"),
    "kin": Text("亲属：与其负责人或主要人员有亲属关系", "kin: of those who lead it"),
    "shareholding": Text("投资：持有该单位股份或出资", "investment: shares in it"),
    "competitor": Text("竞争：与该单位有竞争关系", "competition: with it"),
    "other": Text("其他可能影响公正评审的关系", "anything else that could affect a fair review"),
}

INTERESTS: Words = {
    "employed": Text("任职", "employment"),
    "advised": Text("质量指导", "advice on quality"),
    "consulted": Text("有偿咨询", "paid consulting"),
    "kin": Text("亲属关系", "kin"),
    "shareholding": Text("持股或投资", "shares"),
    "other": Text("其他", "other"),
}
SHEETS: Words = {
    "out": Text("未提交", "out"),
    "returned": Text("已退回", "given back"),
    "submitted": Text("已提交", "handed in"),
    "recused": Text("回避", "recused"),
}
LENT: Words = {
    "coming": Text("未开始", "to come"),
    "running": Text("进行中", "running"),
    "ended": Text("已提前结束", "ended early"),
    "over": Text("已到期", "over"),
}
SENT_BY: Words = {
    "mail": Text("邮件", "mail"),
    "sms": Text("短信", "short message"),
}
DELIVERY_STATES: Words = {
    "failed": Text("未送达", "Given up"),
    "uncertain": Text("下落不明", "Uncertain"),
}
MESSAGES: Words = {
    "application_accepted": Text("申报已受理", "application accepted"),
    "application_withdrawn": Text("申报已撤回", "application withdrawn"),
    "correction_asked": Text("申报退回补正", "correction asked for"),
    "correction_due": Text("补正即将到期", "correction due soon"),
    "notice_posted": Text("公示已发布", "public notice posted"),
    "notice_corrected": Text("公示已更正", "public notice corrected"),
    "results_released": Text("结果已公布", "results released"),
    "answer_asked": Text("请答复", "answer asked for"),
    "award_matter": Text("获奖事项文书", "matter of an award"),
    "tracking_owed": Text("获奖后跟踪事项", "duty after the award"),
    "payback_due": Text("应退款项", "money to be paid back"),
    "announcement": Text("通告", "announcement"),
    "assignment_offered": Text("评审任务待答复", "reviews offered"),
    "declaration_due": Text("年度利益申报", "yearly declaration"),
    "cycle_blocked": Text("周期受阻", "cycle blocked"),
    "records_differ": Text("复核结果待处理", "records differ"),
    "tracking_failed": Text("整改要求未落实", "order not complied with"),
    "award_approved": Text("名单已批准", "list approved"),
    "payback_overdue": Text("应收款逾期", "receivable overdue"),
    "enquiries_waiting": Text("征询待答复", "enquiries wait"),
    "enquiries_due": Text("征询即将到期", "enquiries due soon"),
    "enquiries_silent": Text("征询逾期未答复", "enquiries not answered in time"),
    "meeting_called": Text("会议已召集", "meeting called"),
    "meeting_papers": Text("会议材料已备", "papers of the meeting ready"),
    "ballot_opened": Text("表决已开始", "ballot open"),
    "sheets_owed": Text("评分表待提交", "sheets owed"),
    "sheets_due": Text("评分表即将到期", "sheets due soon"),
    "batch_waiting": Text("付款批次待批准", "payment batch waits"),
    "batch_approved": Text("付款批次已批准", "payment batch approved"),
    "batch_returned": Text("付款批次未获批准", "payment batch not approved"),
    "objection_waiting": Text("异议待办理", "objection came in"),
    "objection_noted": Text("收到异议", "objection came in"),
    "alerts_found": Text("监督预警有更新", "alerts have changed"),
}
ANNOUNCED: Words = {
    "proposed": Text("待签发", "waits for a decision"),
    "sent": Text("已发出", "sent"),
    "refused": Text("未予签发", "not sent"),
}
CHECKED: Words = {
    "pass": Text("符合", "Met"),
    "fail": Text("不符合", "Not met"),
    "missing": Text("缺少", "Missing"),
    "awaiting": Text("看部门记录", "By records of departments"),
    "not_known": Text("看登记", "By registers"),
    "needs_judgement": Text("由人员判断", "For an officer to judge"),
    "not_applicable": Text("不适用", "Not asked of you"),
}
OBJECTION_GROUNDS: Words = {
    "false_materials": Text("材料或数据不实", "materials or figures are not true"),
    "not_eligible": Text("不符合申报条件", "does not meet the conditions"),
    "improper_means": Text("以不正当手段参评", "improper means"),
    "adverse_record": Text("有未披露的不良记录", "an adverse record that was not told"),
    "procedure": Text("评审程序有问题", "the procedure was not kept"),
    "other": Text("其他", "other"),
}
OBJECTION_STATES: Words = {
    "received": Text("已收到，等待受理", "Received, to be accepted"),
    "not_accepted": Text("不予受理", "Not accepted"),
    "accepted": Text("已受理", "Accepted"),
    "inquiry": Text("核实中", "Being looked into"),
    "heard": Text("已听取申报人答复，等待裁定", "The applicant was heard; to be ruled on"),
    "upheld": Text("异议成立", "Upheld"),
    "dismissed": Text("异议不成立", "Dismissed"),
    "appealed": Text("复核中", "Under appeal"),
    "confirmed": Text("复核维持原裁定", "Confirmed on appeal"),
    "overturned": Text("复核改变原裁定", "Overturned on appeal"),
}
OBJECTION_STEPS: Words = {
    "acceptance": Text("评审办决定是否受理", "the office decides whether to accept it"),
    "inquiry": Text("承办人核实", "an officer looks into it"),
    "answer": Text("申报人答复", "the applicant answers"),
    "ruling": Text("裁定", "the ruling"),
    "appeal": Text("申请复核", "an appeal"),
    "decision": Text("复核决定", "the decision on the appeal"),
}
OBJECTION_LETTERS: Words = {
    "acceptance": Text("受理告知书", "Letter of acceptance"),
    "ruling": Text("裁定书", "Ruling"),
    "appeal": Text("复核决定书", "Decision on the appeal"),
}
VOTE_STATES: Words = {
    "waiting": Text("尚未开始", "Not begun"),
    "open": Text("投票中", "Open"),
    "over": Text("已结束，计票中", "Over, being counted"),
    "counted": Text("已计票", "Counted"),
}


OFFICER = Text("经办人", "officer")
OF_FINANCE = Text("财务人员", "person of finance")
OF_DISCIPLINE = Text("纪检监督人员", "person of discipline inspection")


def by_another(zh: str, en: str, who: Text = OFFICER) -> Text:
    """What stands in the place of a way that whoever made a thing is not offered: who has to go it."""
    return Text(f"须由另一名{who.zh}{zh}。", f"Another {who.en} has to {en}.")


def body_of(unit: str) -> Text:
    """The body that an account acts for: a department by its name for people, any other by its own."""
    return word(DEPARTMENTS, unit)


def word(words: Mapping[str, _Pair], code: object) -> Text:
    """The words of a code, or the code itself. The rulebooks' own tables (shared.rulebooks) serve as well."""
    found = words.get(str(code))
    return Text(str(code), str(code)) if found is None else Text(found.zh, found.en)
