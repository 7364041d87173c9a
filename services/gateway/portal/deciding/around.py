"""What the pages of this area share: a page of blocks, names in forms, the meeting's stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.deciding.blocks import Block, Pen
from services.gateway.portal.forms import Choice, Filled, Form
from services.gateway.portal.office.around import AWAY, decide, decision, names_of, show, there
from services.gateway.portal.text import Text, own
from services.gateway.portal.visit import Visit
from shared.problems import Conflict, NotFound, Unavailable
from shared.rulebooks import Rulebook

__all__ = ["AWAY", "board", "decide", "decision", "named", "names_of", "there"]
_DIGITS = 6
Rows = Sequence[dict[str, Any]]


def pen_of(visit: Visit) -> Pen:
    """Writes cells for a visitor: in its language, and people by name."""
    return Pen(visit.language, visit.person)


def board(
    visit: Visit,
    title: Text,
    blocks: Iterable[Block | None],
    *,
    at: str | None = None,
    book: Rulebook | None = None,
    form: Filled | None = None,
    form_heading: Text | None = None,
    form_action: str = "",
    danger: bool = False,
    after: Iterable[Block | None] = (),
    back: str = "",
    status: int = 200,
) -> Response:
    """A page of blocks, with a form between two rows of them where there is one. `at` a cycle it has the cycle's ways."""
    return show(
        visit, "deciding/sheet.html", title, at=at, book=book, blocks=[each for each in blocks if each is not None],
        after=[each for each in after if each is not None], form=form, form_heading=form_heading,
        form_action=form_action, danger=danger, back=back, put=pen_of(visit).put, status=status,
    )  # fmt: skip


def named(name: object) -> Text:
    """Somebody's own name as the label of a field: Chinese on an English page is marked as such."""
    return Text(str(name), own(name, "en"))


def chosen_of(names: Iterable[tuple[str, object]]) -> tuple[Choice, ...]:
    """Choices of a list of what people named themselves."""
    return tuple(Choice(value, Text(str(name), str(name))) for value, name in names)


def number_of(text: str) -> int:
    """A number from 1 that stands in an address. Raises NotFound for what is none."""
    number = _digits(text)
    if number == 0:
        raise not_found()
    return number


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise not_found()
    return int(text)


def revised(data: Mapping[str, Any], name: str = "revision") -> dict[str, Any]:
    """With the hidden number of what was seen as a number, 0 of what nobody has begun. Raises NotFound for what is none."""
    return {**data, name: _digits(str(data.get(name, "")))}


def confirmed(visit: Visit, form: Form, operation: str, seen: Mapping[str, Any], **named: str) -> Filled:
    """A form by which the version that was seen is confirmed: as it is shown, or once it was posted what became of it."""
    filled = form.filled(seen)
    if request.method == "POST":
        filled = form.posted(request.form)
        data = revised(filled.data)
        filled.attempt(lambda: visit.do(operation, filled.key, **named, **data))
    return filled


def at_hand(visit: Visit, operation: str, **data: Any) -> Any:
    """What an operation answers; None where there is nothing yet, or nothing that may be told now; AWAY where nobody answers."""
    if not visit.may(operation):
        return None
    try:
        return visit.ask(operation, **data)
    except (NotFound, Conflict):
        return None
    except Unavailable:
        return AWAY
