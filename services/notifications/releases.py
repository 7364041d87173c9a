"""发布: when the results of a cycle are out, by its rulebook. Pure."""

from __future__ import annotations

from datetime import date

from shared.rulebooks import Rulebook

_LAST_WORDS = ("notice", "committee")


def release_stage(book: Rulebook) -> str | None:
    """The step after whose end everybody may know: the last public notice, else the committee's; None where there is neither."""
    for kind in _LAST_WORDS:
        found = [stage.key for stage in book.stages if stage.kind == kind]
        if found:
            return found[-1]
    return None


def is_out(book: Rulebook, closed_on: date | None, approved_on: date | None) -> bool:
    """Whether that step is closed, and where the list is approved after its notice, approved."""
    waits = book.approval is not None and book.approval.when == "after_notice"
    return closed_on is not None and (approved_on is not None or not waits)
