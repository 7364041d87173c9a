"""What intake 受理 tells of papers: files that belong to no dossier."""

from __future__ import annotations

from shared.contracts.base import Event, identifier


class PaperReceived(Event):
    """A paper was handed in and is to be looked into; intake's own work, put on the bus so that any replica may do it."""

    NAME = "paper.received"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"paper_id": "0199a1b2c3d87e5f8a9b0c1d2e3f4a5e"}

    paper_id = identifier()


EVENTS: tuple[type[Event], ...] = (PaperReceived,)
