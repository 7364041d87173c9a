"""Words of an applicant's pages for the codes of the system; a code that nobody knows is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.portal.text import Text
from services.gateway.portal.words import CHECKED

Table = Mapping[str, Text]
STATUSES: Table = {
    "draft": Text("草稿", "Draft"),
    "submitted": Text("已提交，待签收", "Handed in, to be signed for"),
    "returned": Text("退回补正", "Returned for correction"),
    "in_progress": Text("评审中", "Under review"),
    "late": Text("逾期提交，未受理", "Handed in late, not taken"),
    "withdrawn": Text("已撤回", "Withdrawn"),
    "ineligible": Text("不符合条件", "Not eligible"),
    "awaiting_records": Text("部门意见未齐", "Records of departments missing"),
    "objection_upheld": Text("异议成立", "Objection upheld"),
    "not_awarded": Text("未获奖", "Not awarded"),
    "awarded": Text("获奖", "Awarded"),
    "revoked": Text("已撤销", "Revoked"),
}
STATUS_COLOURS: Mapping[str, str] = {
    "draft": "blue", "submitted": "blue", "returned": "amber", "in_progress": "blue", "awarded": "green", "revoked": "red",
}  # fmt: skip
KINDS: Table = {
    "organization": Text("组织", "Organization"),
    "individual": Text("个人", "Individual"),
    "project": Text("项目", "Project"),
}
PARTS_OF_PEOPLE: Table = {
    "lead": Text("负责人", "Lead"),
    "editor": Text("填报人", "Editor"),
    "reader": Text("查看人", "Reader"),
}
SECTION_STATES: Table = {
    "done": Text("已填写", "Filled in"),
    "begun": Text("填写中", "Begun"),
    "empty": Text("未填写", "Not begun"),
    "wrong": Text("有误", "To be mended"),
    "optional": Text("如有则填", "If there is any"),
    "waiting": Text("等待对方", "Waiting"),
    "checking": Text("检查中", "Being checked"),
}
SECTION_COLOURS: Mapping[str, str] = {
    "done": "green", "begun": "blue", "empty": "grey", "wrong": "red", "optional": "grey",
    "waiting": "amber", "checking": "amber",
}  # fmt: skip
FILE_STATES: Table = {
    "checking": Text("检查中", "Being checked"),
    "accepted": Text("已收", "Accepted"),
    "refused": Text("退回", "Refused"),
}
FILE_COLOURS: Mapping[str, str] = {"checking": "amber", "accepted": "green", "refused": "red"}
VERDICTS: Table = {
    "recommended": Text("同意推荐", "Recommended"),
    "not_recommended": Text("不予推荐", "Not recommended"),
    "declined": Text("不受理", "No opinion given"),
}
BODY_KINDS: Table = {
    "street": Text("街道", "sub-district"),
    "town": Text("镇", "town"),
    "park": Text("园区", "park"),
    "department": Text("部门", "department"),
    "association": Text("协会", "association"),
}
FOUND: Table = {
    **CHECKED,
    "confirmed": Text("评审办认定符合", "Held to be met by an officer"),
    "rejected": Text("评审办认定不符合", "Held not to be met by an officer"),
}
FOUND_COLOURS: Mapping[str, str] = {
    "fail": "red", "rejected": "red", "missing": "amber", "needs_judgement": "amber", "confirmed": "green", "pass": "green",
}  # fmt: skip
FOUND_KINDS: Mapping[str, str] = {
    "fail": "fails",
    "rejected": "fails",
    "missing": "missing",
    "confirmed": "passes",
}
QUALIFIED: Table = {
    "qualified": Text("符合申报条件", "Qualified"),
    "ineligible": Text("不符合申报条件", "Not qualified"),
    "awaiting_records": Text("部门未答复", "Departments did not answer"),
}
QUALIFIED_COLOURS: Mapping[str, str] = {
    "qualified": "green",
    "ineligible": "red",
    "awaiting_records": "amber",
}
ACCOUNT_STATES: Table = {
    "proposed": Text("待财务核对", "To be checked by finance"),
    "accepted": Text("已核对", "Accepted"),
    "refused": Text("退回", "Refused"),
    "replaced": Text("已更换", "Replaced"),
}
RECEIVABLE_STATES: Table = {
    "open": Text("未缴回", "Open"),
    "partly": Text("部分缴回", "Partly paid back"),
    "settled": Text("已缴清", "Settled"),
    "written_off": Text("已核销", "Written off"),
}
LINE_STATES: Table = {
    "intent": Text("待发送", "To be sent"),
    "stopped": Text("已停止", "Stopped"),
    "sent": Text("已送银行", "Sent to the bank"),
    "confirmed": Text("已到账", "Paid"),
    "failed": Text("未成功", "Failed"),
    "unknown": Text("待银行确认", "To be confirmed by the bank"),
}
USE_STATES: Table = {
    "submitted": Text("待审核", "To be read"),
    "accepted": Text("已通过", "Accepted"),
    "returned": Text("退回", "Returned"),
}
GRANTS: Table = {"award": Text("奖励资金", "Award"), "pool": Text("培育资助", "Pool grant")}
REPORT_STATES: Table = {
    "due": Text("待填报", "Due"),
    "draft": Text("填写中", "Draft"),
    "submitted": Text("已提交", "Handed in"),
    "returned": Text("退回修改", "Returned"),
    "corrected": Text("已改正提交", "Handed in anew"),
    "accepted": Text("已通过", "Accepted"),
}
REPORT_TEXTS: Table = {
    "summary": Text("年度概况", "The year in short"),
    "improvements": Text("改进情况", "What was improved"),
    "sharing": Text("经验推广", "What was shared with others"),
    "plans": Text("下一年计划", "Plans for the next year"),
}
ORDER_STATES: Table = {
    "issued": Text("待答复", "To be answered"),
    "answered": Text("已答复", "Answered"),
    "confirmed": Text("已确认", "Confirmed"),
    "escalated": Text("已上报", "Taken further"),
    "done": Text("已执行", "Done"),
    "not_done": Text("未执行", "Not done"),
}
WARNINGS: Table = {
    "fall": Text("下降", "has fallen"),
    "below_base": Text("低于获奖时", "is below the award's year"),
}
WARNING_STATES: Table = {"raised": Text("待回复", "To be answered"), "answered": Text("已回复", "Answered")}
OBJECTION_STATES: Table = {
    "received": Text("已收到", "Received"),
    "not_accepted": Text("未受理", "Not taken up"),
    "accepted": Text("已受理", "Taken up"),
    "inquiry": Text("核实中", "Being looked into"),
    "heard": Text("已听取陈述", "Heard"),
    "upheld": Text("异议成立", "Upheld"),
    "dismissed": Text("异议不成立", "Dismissed"),
    "appealed": Text("已申请复核", "Appealed"),
    "confirmed": Text("复核维持", "Confirmed on appeal"),
    "overturned": Text("复核改变", "Overturned on appeal"),
}
BREACH_STATES: Table = {
    "recorded": Text("已记录", "Recorded"),
    "ordered": Text("责令改正", "Ordered to be corrected"),
    "overdue": Text("逾期未改正", "Overdue"),
    "corrected": Text("已报告改正", "Said to be corrected"),
    "confirmed": Text("已确认改正", "Confirmed"),
    "dismissed": Text("不予追究", "Dismissed"),
}
CASE_STATES: Table = {
    "opened": Text("已立案", "Opened"),
    "notified": Text("已告知", "Notified"),
    "heard": Text("已听取申辩", "Heard"),
    "proposed": Text("拟定处理意见", "Proposed"),
    "decided": Text("已决定", "Decided"),
    "executed": Text("已执行", "Carried out"),
    "dropped": Text("不予处理", "Dropped"),
}
CASE_EVENTS: Table = {
    "major_accident": Text("发生重大事故", "A major accident"),
    "major_matter": Text("发生其他重大事项", "Another major matter"),
    "fraud": Text("弄虚作假", "Fraud"),
    "title_misuse": Text("违规使用称号", "Misuse of the title"),
}
CASE_ORDERS: Table = {
    "revoke": Text("撤销奖项", "Revoke the award"),
    "recall_certificate": Text("收回奖牌和证书", "Recall medal and certificate"),
    "clawback": Text("追缴资金", "Claw the grant back"),
    "ban": Text("限制申报", "Ban from applying"),
    "report_to_credit_platform": Text("报送信用平台", "Report to the credit platform"),
    "correct_title_use": Text("责令改正称号的使用", "Correct the use of the title"),
}
POOL_STATES: Table = {
    "waiting": Text("待办理", "Waiting"),
    "admitted": Text("已入库", "Admitted"),
    "approved": Text("已同意", "Approved"),
    "refused": Text("未同意", "Refused"),
}
POOL_WAYS: Table = {
    "own": Text("自行申请", "By itself"),
    "industry": Text("行业推荐", "Proposed by its industry"),
    "expert": Text("专家推荐", "Proposed by an expert"),
    "office": Text("评审办邀请", "Asked by the office"),
}
POOL_REVIEWS: Table = {
    "satisfactory": Text("达标", "Satisfactory"),
    "needs_improvement": Text("需改进", "Needs improvement"),
    "unsatisfactory": Text("未达标", "Unsatisfactory"),
}
STAGE_STATES: Table = {
    "waiting": Text("未开始", "Not begun"),
    "planned": Text("已排期", "Planned"),
    "begun": Text("进行中", "Running"),
    "closed": Text("已结束", "Over"),
}


def word(table: Table, code: str | None) -> Text:
    """What a code is called; itself where the table does not know it."""
    return table.get(code or "") or Text(code or "—", code or "—")
