"""社会评价: who stands for the public's vote, until when, the way to the ballot, and whether a ballot is there. Never a count."""

from __future__ import annotations

from flask import Response, request

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import VOTE_STATES, word
from shared.contracts.operations import PUBLIC
from shared.problems import Invalid

ROOM = Room("voting", (PUBLIC,))
TITLE = Text("社会评价投票", "The public’s vote")
_COLOURS = {"open": "green", "over": "amber"}


@ROOM.page("/vote/<cycle_id>/<stage>")
def vote(visit: Visit, cycle_id: str, stage: str) -> Response:
    """The entries in an order drawn for this request; `?receipt=` asks whether a ballot is in the log."""
    told = visit.ask("review.voting", cycle_id=cycle_id, stage=stage)
    receipt = request.args.get("receipt", "").strip().lower()
    return visit.page(
        "public/vote.html", TITLE, told=told, state=word(VOTE_STATES, told["state"]), colour=_COLOURS.get(told["state"], "grey"),
        votes_here=visit.gateway.polling is not None, receipt=receipt[:64], counted=_counted(visit, receipt) if receipt else None,
    )  # fmt: skip


def _counted(visit: Visit, receipt: str) -> bool:
    try:
        return receipt in visit.ask("review.counted", receipts=receipt)["counted"]
    except Invalid:  # no receipt looks like that
        return False
