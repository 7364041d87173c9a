"""认定说明: a finding as it is told to whom it is about."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, one_of, text

NOT_KNOWN = "not_known"  # it rests on what is not read where it is asked
OUTCOMES = ("pass", "fail", "missing", "awaiting", "needs_judgement", "not_applicable", NOT_KNOWN)
GROUNDS = ("own", "departments", "bans", "applications")


class ConditionTold(Strict):
    """A condition with its article, and why something was found of it."""

    rule = text()
    article = text()
    gist_zh = fields.String(load_default=None, allow_none=True)
    gist_en = fields.String(load_default=None, allow_none=True)
    condition_zh = fields.String(required=True)
    condition_en = fields.String(required=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)


class ExplainedFinding(ConditionTold):
    """What was found. `ground`: what it rests on. `confirmed`: what an officer decided where only an officer may. `evidence`
    names no other application.
    """

    outcome = one_of(*OUTCOMES)
    ground = one_of(*GROUNDS)
    confirmed = fields.Boolean(load_default=None, allow_none=True)
