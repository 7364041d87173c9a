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


def word(words: Mapping[str, _Pair], code: object) -> Text:
    """The words of a code, or the code itself. The rulebooks' own tables (shared.rulebooks) serve as well."""
    found = words.get(str(code))
    return Text(str(code), str(code)) if found is None else Text(found.zh, found.en)
