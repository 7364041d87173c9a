"""Words that people read for the codes of the system. A code that is not here is shown as it is: nothing is hidden by a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.gateway.portal.text import Text


class _Pair(Protocol):
    """Something said in both languages: a text of a page, or words of a rulebook."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


Words = Mapping[str, Text]

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


def word(words: Mapping[str, _Pair], code: object) -> Text:
    """The words of a code, or the code itself. The rulebooks' own tables (shared.rulebooks) serve as well."""
    found = words.get(str(code))
    return Text(str(code), str(code)) if found is None else Text(found.zh, found.en)
