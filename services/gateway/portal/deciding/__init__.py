"""From the proposal to the years after: the committee and its ballots, notices, objections, certificates, cases, records."""

from services.gateway.portal.deciding import awards, ballot, breaches, cases, committee, meeting, notices, objections, proposal
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (meeting.ROOM, ballot.ROOM, committee.ROOM, proposal.ROOM, notices.ROOM, objections.ROOM, awards.ROOM, breaches.ROOM, cases.ROOM)

__all__ = ["ROOMS"]
