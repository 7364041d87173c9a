"""The states of a supervision form and of a note on an alert, and the moves between them; nothing else may change one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared import states


class Form(StrEnum):
    """监督反馈表: one thread of question and answer."""

    OPEN = "open"  # waits for the other side
    ANSWERED = "answered"
    REOPENED = "reopened"  # the answer did not do: waits for the other side again
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # by whoever opened it, before it was answered


class Note(StrEnum):
    """预警处理: what discipline inspection made of an alert. One without a note is new."""

    NEW = "new"
    SEEN = "seen"
    CLOSED = "closed"


FORM_MOVES: Mapping[str, Mapping[Form, Form]] = {
    "answer": {Form.OPEN: Form.ANSWERED, Form.REOPENED: Form.ANSWERED},
    "close": {Form.ANSWERED: Form.CLOSED},
    "reopen": {Form.ANSWERED: Form.REOPENED, Form.CLOSED: Form.REOPENED},
    "withdraw": {Form.OPEN: Form.WITHDRAWN, Form.REOPENED: Form.WITHDRAWN},
}
NOTE_MOVES: Mapping[str, Mapping[Note, Note]] = {
    "see": {Note.NEW: Note.SEEN, Note.CLOSED: Note.SEEN},
    "close": {Note.NEW: Note.CLOSED, Note.SEEN: Note.CLOSED},
}
WAITING = (Form.OPEN, Form.REOPENED)  # for an answer

_WORDS = {
    "open": ("待答复", "open"),
    "answered": ("已答复", "answered"),
    "reopened": ("已重新提出", "reopened"),
    "closed": ("已办结", "closed"),
    "withdrawn": ("已撤回", "withdrawn"),
    "new": ("未处理", "new"),
    "seen": ("已阅", "seen"),
}
_ACTS = {
    "answer": ("答复", "be answered"),
    "close": ("办结", "be closed"),
    "reopen": ("重新提出", "be reopened"),
    "withdraw": ("撤回", "be withdrawn"),
    "see": ("标为已阅", "be noted as seen"),
}


def form_after(move: str, state: str) -> Form:
    """The state of a form after a move. Raises Conflict, which names both, where the table has no such move."""
    return states.after(
        FORM_MOVES, move, Form(state), what=("监督反馈表", "the form"), states=_WORDS, acts=_ACTS
    )


def note_after(move: str, state: str) -> Note:
    """The same for a note on an alert."""
    return states.after(NOTE_MOVES, move, Note(state), what=("预警", "the alert"), states=_WORDS, acts=_ACTS)


def before(move: str) -> tuple[str, ...]:
    """The states from which a move on a form may be made, for the condition of an UPDATE."""
    return tuple(state.value for state in FORM_MOVES[move])
