"""The beginning of a new rulebook: a commented file that passes every check and marks what is to be filled in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Template

from shared.problems import invalid_field
from shared.rulebooks.checks import cited
from shared.rulebooks.model import Rulebook

_ROOM = Path(__file__).parent
_ID = re.compile(r"[a-z][a-z0-9-]*")
_JURISDICTION = re.compile(r"[a-z][a-z0-9]*")
_NOT_ENCODED = """\
not_encoded:
  "{rule}": [{{zh: 草案尚无施行日期, en: the draft has no day in force yet}}]
"""
# What would be read as YAML or as a comment within a name.
_NO_NAME = re.compile(r"""[\s:#,\[\]{}"'&*!|>%@`]""")


def skeleton(rulebook_id: str, jurisdiction: str, place: str, level: str, today: date) -> str:
    """A whole rulebook of a made-up kind, for a jurisdiction. Raises Invalid for a word that cannot stand there."""
    _require(_ID, "id", rulebook_id)
    _require(_JURISDICTION, "jurisdiction", jurisdiction)
    if not place or _NO_NAME.search(place):
        raise invalid_field("place", f"“{place}”不能用作名称", f"{place!r} cannot be a name")
    return _filled(
        "skeleton.yaml", id=rulebook_id, jurisdiction=jurisdiction, place=place, level=level, today=str(today)
    )


def skeleton_draft(rulebook_id: str, base: Rulebook, today: date) -> str:
    """A draft laid over an installed rulebook. Raises Invalid for a word that is no id."""
    _require(_ID, "id", rulebook_id)
    rule = _left_without_a_day(base)
    not_encoded = "" if rule is None else "\n" + _NOT_ENCODED.format(rule=rule)
    return _filled(
        "skeleton_draft.yaml", id=rulebook_id, base=base.id, today=str(today), not_encoded=not_encoded
    )


def _left_without_a_day(base: Rulebook) -> str | None:
    """The article that nothing cites any more once the draft is in force on no day."""
    cites = list(cited(base.document))
    by_day = {rule for path, rule in cites if path[0] == "in_force"}
    by_others = {rule for path, rule in cites if path[0] != "in_force"}
    accounted = by_others | {left_out.rule for left_out in base.not_encoded}
    return next((rule for rule in sorted(by_day) if rule in base.articles and rule not in accounted), None)


def _require(form: re.Pattern[str], field: str, word: str) -> None:
    if not form.fullmatch(word):
        raise invalid_field(
            field,
            f"“{word}”格式不对：以小写字母开头的小写字母和数字{'、连字符' if form is _ID else ''}",
            f"{word!r} must be lower-case letters and digits{' and hyphens' if form is _ID else ''}, beginning with a letter",
        )


def _filled(name: str, **words: str) -> str:
    return Template((_ROOM / name).read_text(encoding="utf-8")).substitute(words)
