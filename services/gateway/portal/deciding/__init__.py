"""From the proposal to the years after: the committee and its ballots, notices, objections, certificates, cases, records."""

from services.gateway.portal.deciding import (
    awards,
    ballot,
    breaches,
    calendar,
    cases,
    committee,
    corrections,
    meeting,
    notices,
    objections,
    proposal,
    records,
    tracking,
)
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (
    proposal.ROOM,
    committee.ROOM,
    meeting.ROOM,
    ballot.ROOM,
    notices.ROOM,
    corrections.ROOM,
    objections.ROOM,
    awards.ROOM,
    breaches.ROOM,
    cases.ROOM,
    tracking.ROOM,
    records.ROOM,
    calendar.ROOM,
)

__all__ = ["ROOMS"]
