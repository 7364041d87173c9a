"""规则文件: the regulations as cited data, and the evaluator that holds an application against them."""

from __future__ import annotations

from shared.rulebooks.installed import library
from shared.rulebooks.library import HashMismatch, Library, RulebookError, UnknownRulebook
from shared.rulebooks.model import (
    Assumed,
    Condition,
    EndedOn,
    GrantRule,
    Level,
    NeverInForce,
    NotYetInForce,
    PanelRule,
    Phase,
    Quota,
    Rulebook,
    Sanction,
    Stage,
    Track,
    VoteRule,
    Words,
)

__all__ = [
    "Assumed",
    "Condition",
    "EndedOn",
    "GrantRule",
    "HashMismatch",
    "Level",
    "Library",
    "NeverInForce",
    "NotYetInForce",
    "PanelRule",
    "Phase",
    "Quota",
    "Rulebook",
    "RulebookError",
    "Sanction",
    "Stage",
    "Track",
    "UnknownRulebook",
    "VoteRule",
    "Words",
    "library",
]
