"""What a stage waits for, told apart: the words as they are, and beside them which kind of thing it is. Pure.

A desk sends people to where a thing is done; so it has to know what it is, and a thousand lines of one kind are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 500  # characters of a reason
_BETWEEN = (" / ", " · ")
# Lines of these kinds name one thing each; so they are counted. All others are told in their own words.
_COUNTED: Mapping[str, tuple[str, str]] = {
    "records": ("{} 项部门记录待答复", "{} answers of departments are awaited"),
    "silences": ("{} 项征询部门逾期未答复", "{} enquiries were left unanswered by departments"),
    "judgements": ("{} 份申报有条件待人工认定", "{} applications wait for a judgement"),
    "confirmations": ("{} 份申报的部门记录待复核确认", "the records of {} applications are to be confirmed"),
    "objections": ("{} 件异议尚未办结", "{} objections are not settled"),
    "notice_draft": (
        "公示稿尚未拟定并由另一人批准",
        "the notice's draft is to be written, and approved by a second officer",
    ),
}
WHAT = (
    *_COUNTED,
    "closing_day",  # 申报截止日
    "signatures",  # 签收与补正
    "admission",  # 入围名单
    "panels",  # 评审组
    "seats",  # 评审员
    "sheets",  # 评分表
    "consensus",  # 合议
    "attendance",  # 答辩到场
    "visits",  # 现场评审
    "joint_scores",  # 合议分
    "reports",  # 评审报告
    "recusals",  # 回避
    "vote",  # 社会评价
    "notice_correction",  # 更正公示
    "notice_days",  # 公示期
    "meeting",  # 评审会
    "ballots",  # 表决
    "minutes",  # 会议纪要
    "approval",  # 批准
    "other",
)  # fmt: skip


class Awaited(str):
    """A line of what a stage waits for, with its kind, one of `WHAT`."""

    __slots__ = ("what",)
    what: str

    def __new__(cls, text: str, what: str) -> Awaited:
        if what not in WHAT:
            raise ValueError(f"nothing is called {what}")
        made = super().__new__(cls, text)
        made.what = what
        return made


def each(what: str, lines: Iterable[str]) -> list[str]:
    """The lines, all of one kind."""
    return [Awaited(line, what) for line in lines]


def told(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The lines by kind, in the order of their first ones: `what`, how many lines, and the reason in both languages."""
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kinds.setdefault(line.what if isinstance(line, Awaited) else "other", []).append(str(line))
    return [_told(what, some) for what, some in kinds.items()]


def _told(what: str, some: list[str]) -> dict[str, Any]:
    if what in _COUNTED:
        zh, en = (words.format(len(some)) for words in _COUNTED[what])
    else:
        pairs = [_both(line) for line in some]
        zh, en = "；".join(pair[0] for pair in pairs), "; ".join(pair[1] for pair in pairs)
    return {"what": what, "count": len(some), "reason_zh": zh[:LONGEST], "reason_en": en[:LONGEST]}


def _both(line: str) -> tuple[str, str]:
    """The two languages of a line; where it has but one way of saying it, that one twice."""
    for between in _BETWEEN:
        zh, found, en = line.partition(between)
        if found:
            return zh, en
    return line, line
