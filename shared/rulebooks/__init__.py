"""规则文件: the regulations as cited data, and the evaluator that holds an application against them."""

from __future__ import annotations

from shared.rulebooks.case import Ban, Case, Membership, Peer
from shared.rulebooks.evaluator import ReplayMismatch, evaluate, replay
from shared.rulebooks.findings import (
    Evaluation,
    Finding,
    Outcome,
    Receipt,
    Standing,
    awaiting,
    failing_rules,
    ineligible,
    open_judgements,
    standing,
)
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
    "evaluate",
    "replay",
    "awaiting",
    "failing_rules",
    "ineligible",
    "open_judgements",
    "standing",
    "Ban",
    "Case",
    "Membership",
    "Peer",
    "Evaluation",
    "Finding",
    "Outcome",
    "Receipt",
    "ReplayMismatch",
    "Standing",
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
