"""What statuses, outcomes, stages and rules are called for people, in both languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.rehearsal.tables import STATUSES
from shared.rulebooks import Condition, Library, Rulebook, UnknownRulebook, Words

STATUS: Mapping[str, Words] = {
    status: Words(chinese, status.replace("_", " ")) for status, chinese in STATUSES.items()
}
OUTCOME: Mapping[str, Words] = {
    "pass": Words("符合", "met"),
    "fail": Words("不符合", "not met"),
    "missing": Words("缺少事实", "a fact is missing"),
    "awaiting": Words("待部门答复", "a department has not answered"),
    "needs_judgement": Words("待认定", "to be judged"),
    "not_applicable": Words("不适用", "not applicable"),
}
CONFIRMED = Words("认定符合", "judged: met")
REJECTED = Words("认定不符合", "judged: not met")
NOT_ASKED = Words("无此要求", "not asked")
GRANT: Mapping[str, Words] = {"award": Words("获奖资助", "award"), "pool": Words("培育资助", "pool")}
ORDER: Mapping[str, Words] = {
    "correct_title_use": Words("责令改正称号使用", "correct the use of the title"),
    "revoke": Words("撤销奖项", "revoke the award"),
    "recall_certificate": Words("收回奖牌和证书", "recall medal and certificate"),
    "clawback": Words("追缴资助", "claw the grant back"),
    "report_to_credit_platform": Words("报送信用信息平台", "report to the credit platform"),
}


def outcome(value: str, confirmed: bool | None) -> Words:
    """An outcome with the office's answer where the text leaves it to people."""
    if value == "needs_judgement" and confirmed is not None:
        return CONFIRMED if confirmed else REJECTED
    return OUTCOME[value]


def either(words: Words) -> str:
    """Both languages beside each other."""
    return f"{words.zh} {words.en}"


@dataclass(frozen=True)
class Names:
    """What one rulebook calls things; ids stand for themselves where it is not installed."""

    id: str
    rulebook: Rulebook | None = None

    @classmethod
    def of(cls, rulebook_id: str, library: Library) -> Names:
        """The names of a rulebook, installed or not."""
        try:
            return cls(rulebook_id, library.get(rulebook_id))
        except UnknownRulebook:
            return cls(rulebook_id)

    @property
    def title(self) -> Words:
        """The text's title."""
        return self.rulebook.title if self.rulebook else Words(self.id, self.id)

    def label(self, rule: str) -> str:
        """How people cite a rule, 第十六条（六）."""
        return self.rulebook.label(rule) if self.rulebook else rule

    def stage(self, key: str) -> Words:
        """A stage's title."""
        try:
            return self.rulebook.stage(key).title if self.rulebook else Words(key, key)
        except KeyError:
            return Words(key, key)

    def condition(self, rule: str, name: str) -> Condition | None:
        """The condition that a finding is of; a ban's finding bears the ban's own rule and is found by its name."""
        named = [c for c in self.rulebook.conditions if c.name == name] if self.rulebook else []
        return next((c for c in named if c.rule == rule), named[0] if named else None)

    def asks(self, rule: str, name: str) -> Words:
        """What a condition asks for."""
        found = self.condition(rule, name)
        return found.says if found else Words(name, name)
