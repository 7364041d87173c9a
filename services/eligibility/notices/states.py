"""The states of a public notice, from draft to end, and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared import states


class Notice(StrEnum):
    """公示."""

    DRAFT = "draft"  # an officer edits the free parts; the list is the entrants'
    APPROVED = "approved"  # another officer approved these words with this list
    POSTED = "posted"  # frozen; its days may only grow
    ENDED = "ended"  # shown as ended, and proven
    CORRECTED = "corrected"  # a newer notice stands in its place; shown as corrected, and proven
    DROPPED = "dropped"  # the draft of a correction that is not posted; it may be taken up again


MOVES: Mapping[str, Mapping[Notice, Notice]] = {
    "edit": {Notice.DRAFT: Notice.DRAFT, Notice.APPROVED: Notice.DRAFT, Notice.DROPPED: Notice.DRAFT},
    "list": {Notice.DRAFT: Notice.DRAFT, Notice.APPROVED: Notice.DRAFT},
    "approve": {Notice.DRAFT: Notice.APPROVED},
    "post": {Notice.APPROVED: Notice.POSTED},
    "extend": {Notice.POSTED: Notice.POSTED},
    "end": {Notice.POSTED: Notice.ENDED},
    "correct": {Notice.POSTED: Notice.CORRECTED},
    "drop": {Notice.DRAFT: Notice.DROPPED},
}
_WORDS: Mapping[str, tuple[str, str]] = {
    Notice.DRAFT: ("尚未批准", "not approved"),
    Notice.APPROVED: ("已批准、未发布", "approved and not posted"),
    Notice.POSTED: ("已发布", "posted"),
    Notice.ENDED: ("已结束", "over"),
    Notice.CORRECTED: ("已更正", "corrected"),
    Notice.DROPPED: ("已放弃", "dropped"),
}
_ACTS: Mapping[str, tuple[str, str]] = {
    "edit": ("修改", "be edited"),
    "list": ("重列名单", "be listed anew"),
    "approve": ("批准", "be approved"),
    "post": ("发布", "be posted"),
    "extend": ("延长", "be extended"),
    "end": ("结束", "end"),
    "correct": ("更正", "be corrected"),
    "drop": ("放弃", "be dropped"),
}


def before(move: str) -> tuple[str, ...]:
    """The states from which a move can be made, for the condition of an UPDATE."""
    return tuple(state.value for state in MOVES[move])


def after(move: str, state: str) -> Notice:
    """The state after a move. Raises Conflict, which names both, where the table has no such move."""
    what = ("公示", "the notice")
    return states.after(MOVES, move, Notice(state), what=what, states=_WORDS, acts=_ACTS)
