"""关联的身份: through which agencies' providers one may come in, and adding one, signed in."""

from __future__ import annotations

from flask import Response

from services.gateway.portal.onward import Onward
from services.gateway.portal.room import Room
from services.gateway.portal.signing_in import to_provider
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import ROLES

ROOM = Room("identities", ROLES)
PATH = "/me/identities"


@ROOM.page(PATH)
def identities(visit: Visit) -> Response:
    """Those that are linked, and those that could be."""
    session, parties = visit.session, visit.gateway.parties
    assert session is not None
    linked = parties.linked(session)
    known = {each["provider"] for each in linked}
    others = [each for key, each in parties.providers.items() if key not in known]
    title = Text("关联的身份", "Linked identities")
    personal = session.acting_for is None and not session.rehearsal
    return visit.page("account/identities.html", title, linked=linked, others=others, personal=personal)


@ROOM.page(PATH + "/<provider>", methods=("POST",))
def link(visit: Visit, provider: str) -> Response:
    """Begin to link one. It is asked for by a form, so that no other site begins it; the way on is a link on the answer."""
    return to_provider(visit, provider, Onward(PATH), link=True)
