"""Pages of a recommending body: who asks for its opinion, its nominations, whom it proposes for the pool."""

from __future__ import annotations

from services.gateway.portal.recommending import nominations, opinions
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (opinions.ROOM, nominations.ROOM)
