"""Words for the codes of this area. Pure. A code that is not here is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.portal.deciding.blocks import Colour
from services.gateway.portal.text import Text

Words = Mapping[str, Text]

CHOICES: Words = {
    "for": Text("赞成", "for"),
    "against": Text("反对", "against"),
    "abstain": Text("弃权", "abstain"),
    "recused": Text("回避", "stands aside"),
}
ROUNDS: Words = {
    "none": Text("尚未开始", "not begun"),
    "open": Text("正在表决", "open"),
    "closed": Text("本轮已结束", "closed"),
    "finished": Text("表决全部结束", "all are over"),
}
ITEMS: Words = {
    "empty": Text("无候选", "nobody"),
    "ahead": Text("待表决", "ahead"),
    "open": Text("正在表决", "open"),
    "decided": Text("已表决", "decided"),
}
BALLOTS: Words = {"secret": Text("无记名投票", "secret ballot"), "open": Text("记名投票", "open ballot")}
MODES: Words = {"in_person": Text("到场", "in person"), "link": Text("视频连线", "by link")}
COMINGS: Words = {"came": Text("到会", "came"), "left": Text("离会", "left")}
MINUTES: Words = {
    "draft": Text("草稿，待主持人确认", "draft, waits for the chair"),
    "confirmed": Text("已确认", "confirmed"),
    "returned": Text("已退回", "returned"),
    "replaced": Text("已被新版本取代", "replaced by a newer one"),
}
APPROVALS: Words = {
    "before_notice": Text("公示之前批准", "before the notice"),
    "after_notice": Text("公示之后批准", "after the notice"),
}
NOTICES: Words = {
    "draft": Text("草稿", "draft"),
    "approved": Text("已批准，待发布", "approved, to be posted"),
    "posted": Text("公示中", "posted"),
    "ended": Text("已结束", "over"),
    "corrected": Text("已更正", "corrected"),
    "dropped": Text("已放弃", "given up"),
}
ACTS: Words = {
    "drafted": Text("草拟", "drafted"),
    "listed": Text("重列名单", "listed anew"),
    "edited": Text("编辑", "edited"),
    "prepared": Text("拟稿", "prepared"),
    "approved": Text("批准", "approved"),
    "posted": Text("发布", "posted"),
    "extended": Text("延长", "extended"),
    "ended": Text("结束", "ended"),
    "corrected": Text("更正", "corrected"),
    "dropped": Text("放弃", "given up"),
}
DAY_KINDS: Words = {
    "working": Text("工作日", "working day"),
    "weekend": Text("周末", "weekend"),
    "holiday": Text("节假日", "public holiday"),
    "made_up": Text("调休上班", "make-up working day"),
    "unknown": Text("放假安排尚未录入", "calendar not entered yet"),
}
GROUNDS: Words = {
    "false_materials": Text("申报材料不实", "false materials"),
    "not_eligible": Text("不符合申报条件", "not eligible"),
    "improper_means": Text("以不正当手段申报", "improper means"),
    "adverse_record": Text("有不良记录", "an adverse record"),
    "procedure": Text("评审程序问题", "procedure"),
    "other": Text("其他", "other"),
}
OBJECTIONS: Words = {
    "received": Text("已收到，待受理", "received"),
    "not_accepted": Text("不予受理", "not accepted"),
    "accepted": Text("已受理，待核实", "accepted"),
    "inquiry": Text("核实中，待申报人答复", "with the applicant"),
    "heard": Text("申报人已答复，待裁定", "answered, to be ruled on"),
    "upheld": Text("裁定成立", "upheld"),
    "dismissed": Text("裁定不成立", "dismissed"),
    "appealed": Text("复核中", "appealed"),
    "confirmed": Text("复核维持", "confirmed"),
    "overturned": Text("复核改变", "overturned"),
}
STEPS: Words = {
    "acceptance": Text("受理", "acceptance"),
    "inquiry": Text("核实", "inquiry"),
    "answer": Text("申报人答复", "the applicant's answer"),
    "ruling": Text("裁定", "ruling"),
    "appeal": Text("申请复核", "appeal"),
    "decision": Text("复核决定", "decision on the appeal"),
    "hearing": Text("核实", "hearing"),
}
SOURCES: Words = {
    "public": Text("社会提出", "from the public"),
    "office": Text("评审办发现", "found by the office"),
    "discipline": Text("纪检监督", "discipline inspection"),
    "record": Text("部门记录", "a department's record"),
    "tracking": Text("获奖后跟踪", "tracking"),
}
STANDINGS: Words = {
    "in_time": Text("期限内", "in time"),
    "last_day": Text("今天到期", "last day"),
    "overdue": Text("已逾期", "overdue"),
    "unknown": Text("期限未知：放假安排尚未录入", "unknown: the calendar is not entered"),
}
BREACHES: Words = {
    "recorded": Text("已登记", "recorded"),
    "ordered": Text("已责令改正", "ordered corrected"),
    "overdue": Text("逾期未改正", "overdue"),
    "corrected": Text("已报告改正", "said to be corrected"),
    "confirmed": Text("已确认改正", "confirmed"),
    "dismissed": Text("不予处理", "dismissed"),
}
CASES: Words = {
    "opened": Text("已立案", "opened"),
    "notified": Text("已告知，待陈述", "the winner was told"),
    "heard": Text("已听取陈述", "heard"),
    "proposed": Text("已提出建议", "proposed"),
    "decided": Text("已决定，执行中", "decided"),
    "executed": Text("已执行完毕", "carried out"),
    "dropped": Text("不予撤销", "dropped"),
}
PROPOSALS: Words = {
    "revoke": Text("撤销奖项", "revoke the award"),
    "drop": Text("不予撤销", "drop the case"),
}
ORDER_STATES: Words = {
    "issued": Text("执行中", "issued"),
    "done": Text("已执行", "done"),
    "not_done": Text("未能执行", "not done"),
}
REPORTS: Words = {
    "queued": Text("待报送", "queued"),
    "sent": Text("已报送，待回执", "sent"),
    "acknowledged": Text("已签收", "acknowledged"),
    "failed": Text("报送失败", "failed"),
    "by_hand": Text("已人工报送", "brought by hand"),
}
LISTS: Words = {
    "drafted": Text("已编制，待签署", "drafted"),
    "signed_once": Text("一人已签署", "signed once"),
    "signed": Text("两人已签署，待执行", "signed twice"),
    "executed": Text("已销毁", "carried out"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
FILES: Words = {"open": Text("跟踪中", "followed"), "ended": Text("已结束", "ended")}
TRACKING_REPORTS: Words = {
    "due": Text("待报", "due"),
    "draft": Text("填写中", "being written"),
    "submitted": Text("已提交，待审核", "handed in"),
    "returned": Text("已退回补正", "returned"),
    "corrected": Text("已补正，待审核", "corrected"),
    "accepted": Text("已通过", "accepted"),
}
OWED: Words = {
    "report": Text("年度报告", "yearly report"),
    "correction": Text("补正", "correction"),
    "warning": Text("退步提醒的回复", "answer to a warning"),
    "visit": Text("回访", "visit"),
    "order": Text("整改", "mending"),
}
WARNINGS: Words = {
    "fall": Text("较上年退步", "worse than the year before"),
    "below_base": Text("低于获奖当年", "below the award's year"),
    "raised": Text("待回复", "to be answered"),
    "answered": Text("已回复", "answered"),
}
VISITS: Words = {
    "planned": Text("已安排", "planned"),
    "done": Text("已回访", "done"),
    "cancelled": Text("已取消", "cancelled"),
}
MENDING: Words = {
    "issued": Text("已下达", "issued"),
    "answered": Text("已答复，待确认", "answered"),
    "confirmed": Text("已确认", "confirmed"),
    "escalated": Text("已上报", "escalated"),
}
_COLOURS: Mapping[str, Colour] = {
    "open": "blue", "ahead": "grey", "decided": "green", "finished": "green", "closed": "grey", "draft": "amber",
    "confirmed": "green", "returned": "red", "posted": "blue", "approved": "green", "received": "amber",
    "not_accepted": "grey", "accepted": "blue", "inquiry": "amber", "heard": "amber", "upheld": "red",
    "dismissed": "grey", "appealed": "amber", "overturned": "red", "overdue": "red", "last_day": "red", "unknown": "amber",
    "in_time": "green", "recorded": "amber", "ordered": "amber", "corrected": "blue", "opened": "amber",
    "notified": "amber", "proposed": "amber", "executed": "green", "dropped": "grey", "failed": "red", "queued": "amber",
    "sent": "blue", "acknowledged": "green", "by_hand": "green", "drafted": "amber", "signed_once": "amber",
    "signed": "blue", "submitted": "amber", "due": "grey", "raised": "amber", "answered": "blue", "planned": "amber",
    "done": "green", "not_done": "red", "issued": "amber", "escalated": "red", "made_up": "amber", "weekend": "grey",
    "holiday": "grey", "working": "green",
}  # fmt: skip


def colour(code: object) -> Colour:
    """The colour of a code's tag; grey for one that is not known."""
    return _COLOURS.get(str(code), "grey")
