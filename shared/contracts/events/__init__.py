"""Every event: what a service tells the others, in the past tense. One module for each topic; they are imported from here.

The stage events are the same for all owners of stages: the rulebook's procedure says who owns which.
"""

from __future__ import annotations

from shared.contracts.base import Event
from shared.contracts.events import (
    applications,
    committee,
    eligibility,
    messages,
    papers,
    payments,
    pool,
    records,
    review,
    stages,
    tasks,
    tracking,
    votes,
)
from shared.contracts.events.applications import (
    ApplicationAccepted,
    ApplicationNotAccepted,
    ApplicationWithdrawn,
    CycleOpened,
    DossierPeopleChanged,
    FileReceived,
)
from shared.contracts.events.committee import AwardApproved
from shared.contracts.events.common import stage_key
from shared.contracts.events.eligibility import (
    AFTER_AWARD_EVENTS,
    BanRecorded,
    CreditReportQueued,
    Order,
    SanctionImposed,
)
from shared.contracts.events.messages import (
    OWED_IN_TRACKING,
    AnswerAsked,
    CorrectionAsked,
    CorrectionSettled,
    MessageDue,
    PaybackReminded,
    TrackingOwed,
)
from shared.contracts.events.papers import PaperReceived
from shared.contracts.events.payments import PaymentOrdered
from shared.contracts.events.pool import PoolAdviserRegistered, PoolCostApproved, PoolJoined, PoolLeft
from shared.contracts.events.records import (
    RECHECK_PURPOSES,
    EnquiryRaised,
    RecordReported,
    RecordsAnswered,
    RecordsConfirmed,
    RecordsDestroyed,
    RecordsDiffer,
)
from shared.contracts.events.review import AssignmentOffered, DeclarationDue, DrawWitnessed
from shared.contracts.events.stages import (
    FINAL_STATUSES,
    STAGE_OWNERS,
    ApplicationStopped,
    CycleBlocked,
    NoticeCorrected,
    StageBegun,
    StageClosed,
    StageExtended,
    StagePlanned,
)
from shared.contracts.events.tasks import TASKS, TaskSettled, TaskWaiting
from shared.contracts.events.tracking import TrackingFailed
from shared.contracts.events.votes import BallotsCast

__all__ = [
    "AFTER_AWARD_EVENTS",
    "ALL",
    "AnswerAsked",
    "ApplicationAccepted",
    "ApplicationNotAccepted",
    "ApplicationStopped",
    "ApplicationWithdrawn",
    "AssignmentOffered",
    "AwardApproved",
    "BallotsCast",
    "CreditReportQueued",
    "BanRecorded",
    "CorrectionAsked",
    "CorrectionSettled",
    "CycleBlocked",
    "CycleOpened",
    "DeclarationDue",
    "DossierPeopleChanged",
    "DrawWitnessed",
    "EnquiryRaised",
    "FINAL_STATUSES",
    "FileReceived",
    "MessageDue",
    "NoticeCorrected",
    "OWED_IN_TRACKING",
    "Order",
    "PaperReceived",
    "PaybackReminded",
    "PaymentOrdered",
    "PoolAdviserRegistered",
    "PoolCostApproved",
    "PoolJoined",
    "PoolLeft",
    "RECHECK_PURPOSES",
    "STAGE_OWNERS",
    "RecordReported",
    "RecordsAnswered",
    "RecordsConfirmed",
    "RecordsDestroyed",
    "RecordsDiffer",
    "SanctionImposed",
    "StageBegun",
    "StageClosed",
    "StageExtended",
    "StagePlanned",
    "TASKS",
    "TaskSettled",
    "TaskWaiting",
    "TrackingFailed",
    "TrackingOwed",
    "stage_key",
]

ALL: tuple[type[Event], ...] = tuple(
    event
    for topic in (
        applications,
        papers,
        records,
        pool,
        stages,
        review,
        votes,
        committee,
        eligibility,
        payments,
        tracking,
        messages,
        tasks,
    )
    for event in topic.EVENTS
)
