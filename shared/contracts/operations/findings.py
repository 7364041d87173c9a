"""认定说明: a finding as it is told to whom it is about."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, one_of, text

NOT_KNOWN = "not_known"  # it rests on what is not read where it is asked
OUTCOMES = ("pass", "fail", "missing", "awaiting", "needs_judgement", "not_applicable", NOT_KNOWN)
GROUNDS = ("own", "departments", "bans", "applications")


class ExplainedFinding(Strict):
    """A condition with its article, what was found and why. `ground`: what it rests on. `confirmed`: what an officer decided
    where only an officer may. `evidence` names no other application.
    """

    rule = text()
    article = text()
    gist_zh = fields.String(load_default=None, allow_none=True)
    gist_en = fields.String(load_default=None, allow_none=True)
    condition_zh = fields.String(required=True)
    condition_en = fields.String(required=True)
    outcome = one_of(*OUTCOMES)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)
    ground = one_of(*GROUNDS)
    confirmed = fields.Boolean(load_default=None, allow_none=True)
