"""Whether an objection is accepted: real name, evidence, as the rulebook asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.identifiers import check_id_number
from shared.problems import invalid_field
from shared.rulebooks.model import ObjectionRule


@dataclass(frozen=True)
class Acceptance:
    """Accepted or not, and why, in both languages."""

    accepted: bool
    reason_zh: str
    reason_en: str


def acceptance(
    rule: ObjectionRule, *, source: str, by: Mapping[str, Any] | None, evidence: bool
) -> Acceptance:
    """An objection needs what the rulebook asks. What the office finds by itself is no objection: it is always taken up.

    Raises Invalid for an identity number with a wrong check character, and for a person or unit without a number.
    """
    if source == "public" and by is not None:
        _check_identity(by)
    if rule.real_name and source == "public" and by is None:
        return Acceptance(False, f"匿名异议不予受理（{rule.rule}）", f"anonymous: not accepted ({rule.rule})")
    if rule.evidence and source == "public" and not evidence:
        return Acceptance(
            False, f"未提供证明材料，不予受理（{rule.rule}）", f"no evidence: not accepted ({rule.rule})"
        )
    return Acceptance(True, "已受理", "accepted")


def _check_identity(by: Mapping[str, Any]) -> None:
    number, code = by.get("id_number"), by.get("uscc")
    if (number is None) == (code is None):
        raise invalid_field(
            "by",
            "个人填身份证号，单位填统一社会信用代码",
            "a person gives an identity number, a unit its code",
        )
    reason = check_id_number(number) if number else None
    if reason is not None:
        raise invalid_field("by.id_number", reason.zh, reason.en)
