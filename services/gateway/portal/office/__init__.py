"""The award office's pages: its desk, a cycle from its opening to its ranking, the registers of experts and of the pool."""

from services.gateway.portal.office import (
    application,
    applications,
    conflicts,
    cycle,
    desk,
    enquiries,
    experts,
    feedback,
    panels,
    pool,
    scores,
    visits,
)
from services.gateway.portal.room import Room

ROOMS: tuple[Room, ...] = (
    desk.ROOM,
    cycle.ROOM,
    applications.ROOM,
    application.ROOM,
    panels.ROOM,
    conflicts.ROOM,
    scores.ROOM,
    experts.ROOM,
    feedback.ROOM,
    enquiries.ROOM,
    pool.ROOM,
    visits.ROOM,
)

__all__ = ["ROOMS"]
