"""Words of what discipline inspection reads."""

from __future__ import annotations

from services.gateway.portal.text import Text
from services.gateway.portal.words import Words

SEVERITIES: Words = {
    "serious": Text("严重", "serious"),
    "warning": Text("须说明", "warning"),
    "notice": Text("提示", "notice"),
}
HANDLED: Words = {
    "new": Text("未处理", "new"),
    "seen": Text("已阅", "seen"),
    "closed": Text("已办结", "closed"),
}
CYCLES: Words = {
    "open": Text("受理中", "open"),
    "running": Text("进行中", "running"),
    "blocked": Text("受阻", "blocked"),
    "ended": Text("已终止", "ended"),
    "completed": Text("已办结", "completed"),
}
STAGES: Words = {
    "waiting": Text("未到", "waiting"),
    "planned": Text("已安排", "planned"),
    "begun": Text("进行中", "begun"),
    "closed": Text("已结束", "closed"),
}
RECUSALS: Words = {
    "open": Text("已提出，待处理", "open"),
    "named": Text("已指定替补", "a replacement is named"),
    "scored": Text("替补已评分", "the replacement has scored"),
    "released": Text("已放行", "released"),
    "confirmed": Text("已确认", "confirmed"),
    "lapsed": Text("已失效", "lapsed"),
}
GROUNDS: Words = {
    "employer": Text("任职单位", "employer"),
    "advises": Text("担任质量指导专家", "advises it"),
    "kin_of": Text("亲属关系", "kin"),
    "former_employer": Text("曾任职单位", "former employer"),
    "group": Text("同一集团", "same group"),
    "consulted": Text("有偿咨询", "paid consulting"),
    "shareholding": Text("持股或投资", "shares"),
    "competitor": Text("竞争关系", "competitor"),
    "declared": Text("本人申明", "stated by oneself"),
}
SOURCES: Words = {
    "register": Text("专家库", "register"),
    "declaration": Text("年度申报", "yearly declaration"),
    "adviser_register": Text("指导专家登记", "register of advisers"),
    "own_statement": Text("逐件申明", "statement on the case"),
    "office": Text("评审办登记", "entered by the office"),
}
ENDED: Words = {
    "source_changed": Text("来源已变更", "the source changed"),
    "lifted": Text("已由纪检监督解除", "lifted by discipline inspection"),
}
SIDES: Words = {
    "applicant": Text("申报方评价评审人员", "applicants on reviewers"),
    "reviewer": Text("评审人员评价申报方", "reviewers on applicants"),
    "discipline": Text("纪检监督", "discipline inspection"),
    "party": Text("对方", "the other side"),
}
OBJECTIONS: Words = {
    "received": Text("已收到", "received"),
    "not_accepted": Text("不予受理", "not accepted"),
    "accepted": Text("已受理", "accepted"),
    "inquiry": Text("核实中", "being looked into"),
    "heard": Text("已听取答复", "answered by the applicant"),
    "upheld": Text("成立", "upheld"),
    "dismissed": Text("不成立", "dismissed"),
    "appealed": Text("已申请复核", "appealed"),
    "confirmed": Text("复核维持", "confirmed on appeal"),
    "overturned": Text("复核改变", "overturned on appeal"),
}
OBJECTION_GROUNDS: Words = {
    "false_materials": Text("材料不实", "false materials"),
    "not_eligible": Text("不符合申报条件", "not eligible"),
    "improper_means": Text("不正当手段", "improper means"),
    "adverse_record": Text("不良记录", "adverse record"),
    "procedure": Text("程序问题", "procedure"),
    "other": Text("其他", "other"),
}
STEPS: Words = {
    "acceptance": Text("受理", "acceptance"),
    "inquiry": Text("核实", "inquiry"),
    "answer": Text("申报人答复", "the applicant's answer"),
    "ruling": Text("裁定", "ruling"),
    "appeal": Text("申请复核", "appeal"),
    "decision": Text("复核决定", "decision on the appeal"),
}
STANDING: Words = {
    "in_time": Text("期限内", "in time"),
    "last_day": Text("今日到期", "last day"),
    "overdue": Text("已逾期", "overdue"),
    "unknown": Text("年度日历未公布，期限不明", "the year's calendar is not published"),
}
OWED: Words = {
    "expiring": Text("即将到期", "expiring"),
    "expired": Text("已到期", "expired"),
    "missing": Text("从未申报", "missing"),
}
FORMS: Words = {
    "open": Text("待答复", "open"),
    "answered": Text("已答复", "answered"),
    "reopened": Text("重新提出", "reopened"),
    "closed": Text("已办结", "closed"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
KINDS: Words = {
    "question": Text("询问", "question"),
    "recommendation": Text("建议", "recommendation"),
    "order": Text("责令说明", "order to explain"),
    "report": Text("反映", "report"),
}
ACTS: Words = {
    "open": Text("提出", "opened"),
    "answer": Text("答复", "answered"),
    "close": Text("办结", "closed"),
    "reopen": Text("重新提出", "asked again"),
    "withdraw": Text("撤回", "withdrew"),
}
COLOURS = {
    "serious": "red", "warning": "amber", "notice": "grey", "new": "amber", "seen": "blue", "closed": "green", "blocked": "red",
    "running": "blue", "begun": "blue", "completed": "green", "overdue": "red", "last_day": "amber", "open": "amber",
    "reopened": "amber", "answered": "blue", "confirmed": "green", "expired": "red", "missing": "red", "expiring": "amber",
}  # fmt: skip
