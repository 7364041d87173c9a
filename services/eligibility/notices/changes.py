"""更正: what a correction changes of a posted notice, and what a correction is called. Pure.

Corrected are words: the introduction in both languages, the contact, and how somebody on the list is called. Who is on the list,
for which level and track, under which article and for how many days is the outcome of the procedure and no matter of words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.eligibility.notices.content import Line, Words
from shared.problems import FieldError, Invalid

_MARK = "."  # a rulebook's names are letters: nothing else is called so
Change = dict[str, Any]


def slot_of(name: str) -> str:
    """The notice of the rulebook in whose place a notice stands: `award` for `award`, and for `award.2` that corrects it."""
    return name.partition(_MARK)[0]


def next_name(name: str) -> str:
    """What the correction of a notice is called: `award.2` corrects `award`, `award.3` corrects `award.2`."""
    number = name.partition(_MARK)[2]
    return f"{slot_of(name)}{_MARK}{int(number or 1) + 1}"


def renamed(listed: Sequence[Line], names: Sequence[Mapping[str, str]]) -> list[Line]:
    """The list with names corrected; nobody comes, goes, or changes place. Raises Invalid for who is not on it, or twice."""
    known, wanted = {line["application_id"] for line in listed}, dict[str, str]()
    faults = []
    for number, each in enumerate(names):
        application = each["application_id"]
        if application not in known:
            reason = ("不在公示名单上", "is not on the list of the notice")
            faults.append(FieldError(f"names.{number}.application_id", *reason))
        elif application in wanted:
            faults.append(FieldError(f"names.{number}.application_id", "写了两次", "is given twice"))
        wanted[application] = each["name"].strip()
    if faults:
        raise Invalid("更正的名称有误", "the names to be corrected are wrong", errors=faults)
    return [{**line, "name": wanted.get(line["application_id"], line["name"])} for line in listed]


def between(old: Mapping[str, Any], words: Words, listed: Sequence[Line]) -> list[Change]:
    """What differs from the content of the notice that is corrected, one entry a place, in the order of the notice."""
    found = [
        {"what": what, "application_id": None, "before": old.get(what) or "", "after": after}
        for what, after in vars(words).items()
        if after != (old.get(what) or "")
    ]
    for line, now in zip(old["listed"], listed, strict=True):
        if line["name"] != now["name"]:
            found.append(
                {
                    "what": "name", "application_id": line["application_id"], "before": line["name"],
                    "after": now["name"],
                }
            )  # fmt: skip
    return found
