"""Rehearsals that are watched: a file checked, played, compared under two rulebooks."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.operations import REHEARSER, Operation

LONGEST = 400_000  # characters of a file
_PLAY = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"


class RehearsalFile(Strict):
    """A rehearsal file (YAML), played under its own rulebook where `rulebooks` is empty; two are compared."""

    content = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))
    rulebooks = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        validate=validate.Length(max=2),
    )


class FileFault(Strict):
    """One thing wrong with a file: the line (from 1), where in it, and why."""

    line = count(least=1)
    path = fields.String(required=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class FileChecked(Strict):
    """What is wrong with a file; what it is about where it can be read."""

    faults = fields.List(fields.Nested(FileFault), required=True)
    scenario = optional_text()
    rulebook = optional_text()
    applications = count()


class FunnelStep(Strict):
    """How many came into a stage."""

    title_zh = text()
    title_en = text()
    number = count()


class LevelMoney(Strict):
    """What a level was granted in all, in yuan; null: without a level."""

    level = optional_text()
    yuan = count()


class PlayedApplication(Strict):
    """What became of one application; `granted_yuan` in yuan."""

    handle = text()
    name = text()
    status = text()
    stopped_at_zh = optional_text()
    stopped_at_en = optional_text()
    level = optional_text()
    granted_yuan = count()
    failing_rules = fields.List(fields.String(), required=True)


class PlayedTotals(Strict):
    """All grants of a play, in yuan."""

    granted_yuan = count()
    clawed_back_yuan = count()
    over_budget_yuan = count()


class PlayResult(Strict):
    """What a play came to under one rulebook; `unexpected`: where it is not as the file expects."""

    rulebook = text()
    applications = fields.List(fields.Nested(PlayedApplication), required=True)
    funnel = fields.List(fields.Nested(FunnelStep), required=True)
    levels = fields.List(fields.Nested(LevelMoney), required=True)
    totals = fields.Nested(PlayedTotals, required=True)
    blocked = optional_text(2000)
    intact = fields.Boolean(required=True)
    notes = fields.List(fields.String(), required=True)
    unexpected = fields.List(fields.String(), required=True)


class Changed(Strict):
    """One application that fares otherwise under the second rulebook, in both languages beside each other."""

    handle = text()
    name = text()
    before = fields.String(required=True)
    after = fields.String(required=True)
    causes = fields.String(required=True)
    money = fields.String(required=True)


class RulebooksCompared(Strict):
    """Who changes from the first rulebook to the second."""

    applications = count()
    changed = fields.List(fields.Nested(Changed), required=True)


class PlayId(Strict):
    """Names a play."""

    play_id = identifier()


class PlayState(PlayId):
    """A play as it stands; `steps` are what was done so far, of about `expected_steps`."""

    begun_at = fields.AwareDateTime(required=True, format="iso")
    state = one_of("waiting", "playing", "done", "failed")
    scenario = text()
    rulebooks = fields.List(fields.String(), required=True)
    steps = fields.List(fields.String(), required=True)
    expected_steps = count()
    results = fields.List(fields.Nested(PlayResult), required=True)
    comparison = fields.Nested(RulebooksCompared, load_default=None, allow_none=True)
    reason_zh = optional_text(4000)
    reason_en = optional_text(4000)


class PlayList(Strict):
    """One's own plays, the newest first."""

    plays = fields.List(fields.Nested(PlayState), required=True)


_FILE = {"content": "scenario: example\n", "rulebooks": []}

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "check_rehearsal", "command", RehearsalFile, FileChecked, (REHEARSER,), "检查演练文件",
              "Check a rehearsal file", _FILE),
    Operation("gateway", "play_rehearsal", "command", RehearsalFile, PlayState, (REHEARSER,), "演练", "Play a rehearsal file",
              _FILE),
    Operation("gateway", "rehearsal_plays", "query", Strict, PlayList, (REHEARSER,), "我的演练", "One's own rehearsals", {}),
    Operation("gateway", "rehearsal_play", "query", PlayId, PlayState, (REHEARSER,), "查看演练", "One rehearsal",
              {"play_id": _PLAY}),
)  # fmt: skip
