"""Pages of an applicant: its cases, the dossier it fills in, and the years after."""

from __future__ import annotations

from services.gateway.portal.applicant import (
    after,
    conditions,
    contact,
    dossier,
    files,
    home,
    matters,
    meeting,
    people,
    pool,
    recommending,
    sending,
    tracking,
)
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (
    home.ROOM,
    dossier.ROOM,
    files.ROOM,
    sending.ROOM,
    contact.ROOM,
    conditions.ROOM,
    people.ROOM,
    recommending.ROOM,
    meeting.ROOM,
    after.ROOM,
    tracking.ROOM,
    matters.ROOM,
    pool.ROOM,
)
