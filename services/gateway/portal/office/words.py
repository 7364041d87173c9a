"""What people read for the codes that services answer with. Pure. A code that is not here is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.exports import MISSING, OPINIONS, STATUSES
from services.gateway.portal.text import Text
from services.gateway.portal.words import BATCH_OUTCOMES, BREAKERS, CHANNELS, PURPOSES
from shared.rulebooks import Words
from shared.rulebooks.facts import DEPARTMENTS, GOVERNMENT_LEVELS, KIND_WORDS, RECORD_KINDS
from shared.rulebooks.words import CATEGORIES, FACT_VALUES, OWNERS, STAGE_KINDS

Table = Mapping[str, Words | Text]

# A colour for each status: the word says it all.
STATUS_COLOURS: Mapping[str, str] = {
    "draft": "grey", "submitted": "amber", "returned": "amber", "in_progress": "blue", "late": "grey",
    "withdrawn": "grey", "ineligible": "red", "awaiting_records": "amber", "objection_upheld": "red",
    "not_awarded": "grey", "awarded": "green", "revoked": "red",
}  # fmt: skip
OUTCOME_COLOURS: Mapping[str, str] = {
    "pass": "green", "fail": "red", "missing": "amber", "awaiting": "amber", "needs_judgement": "amber",
        "not_applicable": "grey",
    "qualified": "green", "ineligible": "red", "awaiting_records": "amber", "awaiting_judgement": "amber",
    "pending": "amber", "answered": "green", "silent": "red", "confirmed": "green", "differs": "red", "asked": "amber",
    "let_on": "blue", "stopped": "red", "closed": "green", "open": "red", "half_open": "amber",
    "drafted": "amber", "released": "green", "dissolved": "grey", "done": "green", "now": "blue", "next": "amber",
    "waiting": "grey", "accepted": "green", "declined": "red", "replaced": "grey", "checking": "blue", "refused": "red",
    "prepared": "amber", "witnessed": "amber", "drawn": "green", "impossible": "red", "undecided": "amber", "abandoned": "grey",
    "in_force": "green", "expiring": "amber", "expired": "red", "active": "green", "retired": "grey",
    "submitted": "green", "out": "amber", "returned": "amber", "recused": "grey", "entered": "green", "changed": "blue",
    "malformed": "red", "changed_meanwhile": "amber", "blocked": "red", "running": "blue", "completed": "green",
        "ended": "grey",
}  # fmt: skip

_OUTCOMES = {
    "pass": Text("符合", "met"),
    "fail": Text("不符合", "not met"),
    "missing": Text("缺少材料或事实", "something is missing"),
    "awaiting": Text("待部门答复", "awaits an answer"),
    "needs_judgement": Text("需认定", "needs a judgement"),
    "not_applicable": Text("不适用", "does not apply"),
}
_VERDICTS = {
    "qualified": Text("符合资格", "qualified"),
    "ineligible": Text("不符合资格", "ineligible"),
    "awaiting_records": Text("待部门答复", "awaits records"),
    "awaiting_judgement": Text("待认定", "awaits judgement"),
}
_GROUNDS = {
    "employer": Text("在申报主体任职", "is employed by the applicant"),
    "advises": Text("指导过申报主体", "advised the applicant"),
    "kin_of": Text("与申报主体有亲属关系", "is kin to the applicant"),
    "former_employer": Text("曾在申报主体任职", "was employed by the applicant"),
    "group": Text("属同一集团", "belongs to the same group"),
    "consulted": Text("为申报主体提供过咨询", "was a consultant of the applicant"),
    "shareholding": Text("持有申报主体股份", "holds shares of the applicant"),
    "competitor": Text("与申报主体有竞争关系", "competes with the applicant"),
    "declared": Text("自行申明有利害关系", "declared an interest"),
}
_RELATIONS = {
    **_GROUNDS,
    "employed": Text("任职", "employed"),
    "advised": Text("指导", "advised"),
    "kin": Text("亲属", "kin"),
    "other": Text("其他", "other"),
}

WORDS: Mapping[str, Table] = {
    "status": STATUSES,
    "opinion": OPINIONS,
    "missing": MISSING,
    "kind": KIND_WORDS,
    "category": CATEGORIES,
    "department": DEPARTMENTS,
    "record": RECORD_KINDS,
    "government": GOVERNMENT_LEVELS,
    "fact_value": FACT_VALUES,
    "stage_kind": STAGE_KINDS,
    "owner": OWNERS,
    "outcome": _OUTCOMES,
    "verdict": _VERDICTS,
    "ground": _GROUNDS,
    "relation": _RELATIONS,
    "channel": CHANNELS,
    "cycle": {
        "open": Text("受理中", "open for applications"),
        "running": Text("进行中", "running"),
        "blocked": Text("受阻", "blocked"),
        "ended": Text("已终止", "ended"),
        "completed": Text("已办结", "completed"),
    },
    "stage": {
        "waiting": Text("未到", "not yet"),
        "planned": Text("待开始", "to begin"),
        "begun": Text("进行中", "running"),
        "closed": Text("已结束", "closed"),
        "done": Text("已结束", "closed"),
        "now": Text("进行中", "running"),
        "next": Text("待开始", "to begin"),
    },
    "body": {
        "street": Text("街道", "street office"),
        "town": Text("镇", "town"),
        "park": Text("园区", "park"),
        "department": Text("部门", "department"),
        "association": Text("协会", "association"),
    },
    "enquiry": {
        "pending": Text("待答复", "pending"),
        "answered": Text("已答复", "answered"),
        "silent": Text("逾期未答复", "silent"),
        "flagged": Text("有记录", "with records"),
    },
    "purpose": PURPOSES,
    "recheck": {
        "asked": Text("已发出", "asked"),
        "confirmed": Text("与原答复一致", "confirmed"),
        "differs": Text("与原答复不一致", "differs"),
        "let_on": Text("决定继续", "let on"),
        "stopped": Text("决定停止", "stopped"),
    },
    "breaker": BREAKERS,
    "enquiry_entry": {
        "question": Text("征询", "question"),
        "answer": Text("答复", "answer"),
        "silence": Text("逾期未答", "silence"),
        "evidence": Text("佐证", "evidence"),
    },
    "enquiry_outcome": {
        "asked": Text("已发出", "asked"),
        "reminded": Text("已催办", "reminded"),
        "taken": Text("已采用", "taken"),
        "second": Text("重复答复，未采用", "a second answer, not taken"),
        "after_decision": Text("决定后到达，未采用", "after the decision, not taken"),
        "superseded": Text("已被替代", "superseded"),
        "other_organization": Text("答复的是别的组织", "about another organization"),
        "other_reference": Text("编号不符", "another reference"),
        "malformed": Text("格式不符", "malformed"),
        "silent": Text("逾期未答", "silent"),
        "kept": Text("已留存", "kept"),
    },
    "file": {
        "checking": Text("检查中", "being checked"),
        "accepted": Text("已收", "accepted"),
        "refused": Text("退回", "refused"),
    },
    "panel": {
        "drafted": Text("草案", "draft"),
        "released": Text("已下达", "released"),
        "dissolved": Text("已解散", "dissolved"),
    },
    "draw": {
        "prepared": Text("待见证", "awaits its witness"),
        "witnessed": Text("已见证", "witnessed"),
        "drawn": Text("已抽取", "drawn"),
        "impossible": Text("无法组建", "impossible"),
        "undecided": Text("未得出结果", "undecided"),
        "abandoned": Text("已放弃", "abandoned"),
    },
    "panel_entry": {
        "draw_prepared": Text("准备抽取", "draw prepared"),
        "draw_witnessed": Text("见证抽取", "draw witnessed"),
        "draw_failed": Text("抽取未成", "draw failed"),
        "drawn": Text("抽取", "drawn"),
        "changed": Text("调整草案", "draft changed"),
        "released": Text("下达", "released"),
        "answered": Text("答复", "answered"),
        "replaced": Text("更换", "replaced"),
        "added": Text("增补", "added"),
        "leader": Text("指定组长", "leader named"),
        "dissolved": Text("解散", "dissolved"),
    },
    "source": {
        "register": Text("专家库", "register"),
        "declaration": Text("年度申报", "yearly declaration"),
        "adviser_register": Text("指导专家登记", "register of advisers"),
        "own_statement": Text("本人申明", "own statement"),
        "office": Text("评审办", "award office"),
    },
    "recusal": {
        "open": Text("待替补", "awaits a replacement"),
        "named": Text("已指定替补", "replacement named"),
        "scored": Text("替补已评分", "replacement has scored"),
        "released": Text("已放行", "released"),
        "confirmed": Text("已确认", "confirmed"),
        "lapsed": Text("已失效", "lapsed"),
    },
    "sheet": {
        "out": Text("未交", "out"),
        "returned": Text("退回重评", "reopened"),
        "submitted": Text("已交", "in"),
        "recused": Text("回避", "recused"),
    },
    "expert": {
        "active": Text("在库", "active"),
        "retired": Text("已出库", "retired"),
    },
    "declared": {
        "in_force": Text("有效", "in force"),
        "expiring": Text("即将到期", "expires soon"),
        "expired": Text("已到期", "expired"),
        "missing": Text("未申报", "missing"),
    },
    "imported": {
        "entered": Text("新入库", "entered"),
        "changed": Text("已更改", "changed"),
        "unchanged": Text("未变", "unchanged"),
        "changed_meanwhile": Text("期间已被更改", "changed meanwhile"),
        "malformed": Text("不合格", "malformed"),
        "updated": Text("已更新", "updated"),
        "unknown": Text("专家库中没有", "not in the register"),
        "retired": Text("已出库", "retired"),
        "no_declaration": Text("没有有效申报", "no declaration in force"),
    },
    "proposal": {
        "open": Text("待确认", "open"),
        "confirmed": Text("已确认", "confirmed"),
        "refused": Text("未同意", "refused"),
    },
    "half": {
        "morning": Text("上午", "morning"),
        "afternoon": Text("下午", "afternoon"),
    },
    "finding": {
        "confirmed": Text("属实", "confirmed"),
        "partly": Text("部分属实", "partly"),
        "not_confirmed": Text("不属实", "not confirmed"),
    },
    "plan": {
        "draft": Text("草案", "draft"),
        "drafted": Text("草案", "draft"),
        "released": Text("已发布", "released"),
        "superseded": Text("已被替代", "superseded"),
    },
    "feedback": {
        "drafted": Text("草案", "draft"),
        "released": Text("已发布", "released"),
    },
    "voting": {
        "waiting": Text("未开始", "not yet"),
        "open": Text("投票中", "open"),
        "over": Text("已截止", "over"),
        "counted": Text("已清点", "counted"),
    },
    "held": {
        "here": Text("本系统", "here"),
        "elsewhere": Text("其他平台", "elsewhere"),
    },
    "batch": BATCH_OUTCOMES,
    "pool_way": {
        "own": Text("自行申请", "own application"),
        "industry": Text("行业推荐", "recommended by the industry"),
        "expert": Text("专家推荐", "recommended by experts"),
        "office": Text("评审办纳入", "entered by the office"),
    },
    "pool_request": {
        "waiting": Text("待审核", "waiting"),
        "admitted": Text("已入库", "admitted"),
        "refused": Text("未同意", "refused"),
    },
    "pool_review": {
        "satisfactory": Text("良好", "satisfactory"),
        "needs_improvement": Text("待改进", "needs improvement"),
        "unsatisfactory": Text("不合格", "unsatisfactory"),
    },
    "pool_project": {
        "waiting": Text("待核定", "waiting"),
        "approved": Text("已核定", "approved"),
        "refused": Text("未同意", "refused"),
    },
    "pool_entry": {
        "own_application": Text("自行申请", "own application"),
        "industry_recommendation": Text("行业推荐", "recommended by the industry"),
        "expert_recommendation": Text("专家推荐", "recommended by experts"),
    },
}
# Of a cycle, to be open is good news; of a breaker it is none.
_CYCLE_COLOURS: Mapping[str, str] = {**OUTCOME_COLOURS, "open": "green"}
COLOURS: Mapping[str, Mapping[str, str]] = {"status": STATUS_COLOURS, "cycle": _CYCLE_COLOURS}


def found(table: str, code: str) -> Words | Text | None:
    """The words of a code, None for one that is not known."""
    return WORDS[table].get(code)


def colour(table: str, code: str) -> str:
    """The colour of a code's tag; grey for one that is not known."""
    return COLOURS.get(table, OUTCOME_COLOURS).get(code, "grey")
