"""From the proposal to the years after: the committee and its ballots, notices, objections, certificates, cases, records."""

from services.gateway.portal.deciding import ballot, committee, meeting
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (meeting.ROOM, ballot.ROOM, committee.ROOM)

__all__ = ["ROOMS"]
