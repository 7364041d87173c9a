"""Announcements 通告 of the office to all applicants of a cycle: one officer writes, another sends."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import OFFICE, WATCHERS

ANNOUNCEMENT_STATES = ("proposed", "sent", "refused")


class Announce(Strict):
    """What the office has to say to everybody whose application it took."""

    cycle_id = identifier()
    subject_zh = text(longest=60)
    subject_en = text(longest=120)
    text_zh = text(longest=2000)
    text_en = text(longest=4000)


class Announcement(Announce):
    """And who wrote it, who decided."""

    announcement_id = identifier()
    state = one_of(*ANNOUNCEMENT_STATES)
    proposed_by = text()
    decided_by = optional_text()
    reason = optional_text(500)


class DecideAnnouncement(Strict):
    """Send it, or do not; somebody else decides than who wrote it."""

    announcement_id = identifier()
    accept = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = text(longest=500)


class AnnouncementList(Strict):
    """A cycle's announcements, the newest first."""

    announcements = fields.List(fields.Nested(Announcement), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("notifications", "announce", "command", Announce, Announcement, (OFFICE,), "起草通告", "Write an announcement",
              {"cycle_id": CYCLE, "subject_zh": "现场评审安排", "subject_en": "Site visits",
               "text_zh": "现场评审将于下周开始。", "text_en": "Site visits begin next week."}),
    Operation("notifications", "decide_announcement", "command", DecideAnnouncement, Announcement, (OFFICE,), "签发通告",
              "Send an announcement, or do not", {"announcement_id": APPLICATION, "accept": True, "reason": "同意"}),
    Operation("notifications", "announcements", "query", CycleId, AnnouncementList, WATCHERS, "通告一览",
              "A cycle's announcements", {"cycle_id": CYCLE}),
)  # fmt: skip
