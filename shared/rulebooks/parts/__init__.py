"""A rulebook taken apart for people: parts of entries of values, each in words. What is shown, and what two texts are
compared by. One module for each matter; they are imported from here. Pure.
"""

from __future__ import annotations

from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts import applications, awards, conduct, document, grants, procedure
from shared.rulebooks.parts.entries import Entry, Part, Value
from shared.rulebooks.parts.grants import money

__all__ = ["Entry", "Part", "Value", "money", "parts"]


def parts(rulebook: Rulebook) -> tuple[Part, ...]:
    """The whole rulebook, in the order in which people read it; parts of which it says nothing are left out."""
    found = (
        Part("text", Words("文本", "the text"), tuple(document.text(rulebook))),
        Part(
            "applicants", Words("申报主体与类别", "who applies, for what"), tuple(awards.applicants(rulebook))
        ),
        Part("levels", Words("奖项等次", "levels"), tuple(awards.levels(rulebook))),
        Part("places", Words("名额", "places"), tuple(awards.places(rulebook))),
        Part("procedure", Words("程序", "procedure"), tuple(procedure.procedure(rulebook))),
        Part("votes", Words("计分与表决", "scores and votes"), tuple(procedure.votes(rulebook))),
        Part("grants", Words("奖励与资助", "money"), tuple(grants.grants(rulebook))),
        Part("after", Words("获奖之后", "after the award"), tuple(conduct.after(rulebook))),
        Part("fairness", Words("异议与回避", "objections and recusal"), tuple(conduct.fairness(rulebook))),
        Part("materials", Words("申报材料", "materials"), tuple(applications.materials(rulebook))),
        Part(
            "departments", Words("征询部门", "departments asked"), tuple(applications.departments(rulebook))
        ),
        Part("conditions", Words("申报条件", "conditions"), tuple(applications.conditions(rulebook))),
        Part("people", Words("机构与职责", "bodies and duties"), tuple(conduct.people(rulebook))),
        Part("readings", Words("文本的理解", "how the text is read"), tuple(document.readings(rulebook))),
        Part(
            "not_encoded",
            Words("未编入的内容", "what is not encoded, and why"),
            tuple(document.not_encoded(rulebook)),
        ),
        Part("assumed", Words("假定的值", "assumed values"), tuple(document.assumed(rulebook))),
    )
    return tuple(part for part in found if part.entries)
