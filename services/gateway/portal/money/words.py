"""Words of the money's codes, and colours of tags."""

from __future__ import annotations

from services.gateway.portal.text import Text
from services.gateway.portal.words import Words

CYCLES: Words = {
    "open": Text("受理中", "open"),
    "running": Text("进行中", "running"),
    "blocked": Text("受阻", "blocked"),
    "ended": Text("已终止", "ended"),
    "completed": Text("已办结", "completed"),
}
PROPOSALS: Words = {
    "proposed": Text("待另一人决定", "waits for another person"),
    "accepted": Text("已同意", "accepted"),
    "refused": Text("未同意", "refused"),
    "replaced": Text("已被替换", "replaced"),
}
PAYEES: Words = {
    "proposed": Text("待核对", "to be checked"),
    "accepted": Text("已核对", "checked"),
    "refused": Text("未通过", "refused"),
    "replaced": Text("已被替换", "replaced"),
}
BATCHES: Words = {
    "assembled": Text("待另一人复核", "waits for another person"),
    "held": Text("暂缓：超出预算", "held: over the budget"),
    "approved": Text("已批准付出", "approved"),
    "cancelled": Text("已放弃", "given up"),
}
LINES: Words = {
    "intent": Text("待付", "to be paid"),
    "stopped": Text("已停付", "stopped"),
    "sent": Text("已送银行", "sent to the bank"),
    "confirmed": Text("已付", "paid"),
    "failed": Text("失败", "failed"),
    "unknown": Text("结果不明", "unknown"),
}
GRANTS: Words = {
    "award": Text("奖励", "award"),
    "pool": Text("入库资助", "pool grant"),
}
BANK: Words = {
    "taken": Text("已采纳", "taken"),
    "second": Text("重复答复", "said before"),
    "pending": Text("银行处理中", "the bank is at it"),
    "by_hand": Text("结果不明，由两人核定", "unknown: two people settle it"),
    "not_ours": Text("不是本批次的", "not of this batch"),
    "other_amount": Text("金额不符", "another amount"),
    "malformed": Text("格式有误", "malformed"),
    "two_results": Text("同一笔有两种结果，均未采纳", "says two things of it: neither is taken"),
    "contradiction": Text(
        "与已知结果矛盾，已提示纪检监督", "contradicts what is known; discipline inspection is told"
    ),
}
OWED: Words = {
    "open": Text("未收", "open"),
    "partly": Text("部分收回", "partly back"),
    "settled": Text("已收清", "settled"),
    "written_off": Text("已核销", "written off"),
}
USES: Words = {
    "submitted": Text("待审核", "to be looked at"),
    "accepted": Text("已通过", "accepted"),
    "returned": Text("已退回", "returned"),
}
WAYS: Words = {"http": Text("银行接口", "bank's interface"), "file": Text("付款文件", "payment file")}
KINDS: Words = {"instalments": Text("分期", "instalments"), "write_off": Text("核销", "write-off")}
COLOURS = {
    "proposed": "amber", "accepted": "green", "refused": "red", "assembled": "amber", "held": "red", "approved": "green",
    "confirmed": "green", "failed": "red", "unknown": "red", "sent": "blue", "open": "amber", "partly": "amber",
    "settled": "green", "submitted": "amber", "returned": "red", "running": "blue", "blocked": "red", "completed": "green",
}  # fmt: skip
