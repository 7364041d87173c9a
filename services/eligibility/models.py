"""Eligibility's tables: the departments' answers, evaluations, judgements, notices, objections, honours and bans, and what
is known of an organization by its code.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from services.eligibility.base import destroyed as destroyed
from services.eligibility.base import dossier_people as dossier_people
from services.eligibility.base import metadata as metadata
from services.eligibility.base import platform as platform
from services.eligibility.base import procedure as procedure
from services.eligibility.honour_models import case_orders as case_orders
from services.eligibility.honour_models import certificates as certificates
from services.eligibility.honour_models import credit_reports as credit_reports
from services.eligibility.honour_models import revocation_cases as revocation_cases
from services.eligibility.honour_models import title_breaches as title_breaches
from shared.store import EncryptedText, Instant, only_added_to

answers = Table(
    "department_answers",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("department", String(20), primary_key=True),
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("records", JSON(none_as_null=True)),
    Column("answer_digest", String(100)),
)

# One row a membership, as heard: a leaving and the next joining come by queues of their own, in any order.
pool = Table(
    "pool",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("membership_id", String(64), primary_key=True),
    Column("uscc", String(18), nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("project_cost_fen", BigInteger),
    Column("left_on", Date),
    Index("ix_pool_world_uscc", "world", "uscc"),
)

# Whose an application is, to find an organization's by its code.
applicants = Table(
    "applicants",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Index("ix_applicants_world_uscc", "world", "uscc"),
)

reported_records = Table(
    "reported_records",
    metadata,
    Column("record_id", String(64), primary_key=True),
    Column("uscc", String(18), nullable=False, index=True),
    Column("department", String(40), nullable=False),
    Column("reference", String(100), nullable=False),
    Column("record", JSON, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("digest", String(100), nullable=False),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("findings", JSON, nullable=False),
    Column("barred_levels", JSON, nullable=False),
    Column("receipt", JSON, nullable=False),
)

judgements = Table(
    "judgements",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("finding", String(170), primary_key=True),  # rule and condition
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("confirmed", Boolean, nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("reason", Text),
)

bans = Table(
    "bans",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("until", Date, nullable=False),
    Column("application_id", String(64)),
    Index("ix_bans_world_applicant_key", "world", "applicant_key"),
)

# What is posted next, by the office's officers; a rehearsal has none. `listed` is compared with the entrants once more.
notice_drafts = Table(
    "notice_drafts",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("notice", String(64), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("introduction_zh", Text, nullable=False),
    Column("introduction_en", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("listed", JSON, nullable=False),
    Column("prepared_by", String(200)),
    Column("prepared_at", Instant),
    Column("approved_by", String(200)),
    Column("approved_at", Instant),
    Column("corrects", String(64)),  # the posted notice that this one is to correct, and why
    Column("reason", Text),
)

notices = Table(
    "notices",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("notice", String(64), primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("working_days", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    Column("content_digest", String(100), nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("state", String(10), nullable=False, server_default="posted"),
    Column("line_digests", JSON(none_as_null=True)),  # by application
    Column("changed_at", Instant),  # the last move after the posting
    Column("ended_on", Date),  # or corrected on
    Column("record", JSON(none_as_null=True)),  # the proof, made at the end
    Column("record_digest", String(100)),
    Column("corrects", String(64)),  # an older notice of the same stage, and the newer one that corrects this
    Column("corrected_by", String(64)),
)

# The history of a notice's days, the first of them as posted. Lines are only ever added.
notice_windows = Table(
    "notice_windows",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("notice", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("entry", JSON, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)
only_added_to(notice_windows)

objections = Table(
    "objections",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("notice", String(64), nullable=False),  # as the rulebook calls it, corrected or not
    Column("application_id", String(64), nullable=False),
    Column("source", String(10), nullable=False),
    Column("objector_name", EncryptedText),
    Column("objector_number", EncryptedText),
    Column("evidence", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("ruled_by", String(200)),
    Column("ruled_on", Date),
    Column("ruling_reason", Text),
    Column("ground", String(20)),
    Column("statement", EncryptedText),  # what is said may tell who says it
    Column("contact", EncryptedText),
    Column("papers", JSON(none_as_null=True)),
    Column("receipt", String(40)),
    Column("secret_digest", String(64)),
    Column(
        "raised_by", String(200)
    ),  # of the office; who objects from outside stands in the encrypted columns alone
    Column("since", Date),  # when the state was reached, and the working days of the step that it awaits
    Column("days", Integer),
    Column("accepted_by", String(200)),
    Column("accepted_on", Date),  # or refused on
    Column("inquired_by", String(200)),
    Column("inquired_on", Date),
    Column("facts", Text),
    Column("answered_by", String(200)),  # None where the applicant let the deadline pass
    Column("heard_on", Date),
    Column("answer", Text),
    Column("answer_papers", JSON(none_as_null=True)),
    Column("ruling", String(10)),
    Column("appealed_by", String(10)),  # which side
    Column("appealed_on", Date),
    Column("appeal", EncryptedText),
    Column("appeal_papers", JSON(none_as_null=True)),
    Column("decided_by", String(200)),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("notice_corrected_by", String(64)),  # since it was raised, the last time
    Column("notice_corrected_on", Date),
    Index("ix_objections_cycle_id_notice", "cycle_id", "notice"),
    Index("uq_objections_receipt", "receipt", unique=True),
    Index("ix_objections_application_id", "application_id"),
)

# Which officer does which part of a case; only they may see who objects.
objection_officers = Table(
    "objection_officers",
    metadata,
    Column("objection_id", String(64), primary_key=True),
    Column("part", String(10), primary_key=True),
    Column("officer", String(200), nullable=False),
    Column("assigned_by", String(200), nullable=False),
    Column("assigned_at", Instant, nullable=False),
    CheckConstraint("officer <> assigned_by", name="objection_officers_two_people"),
)

# The government's approval of the list, as the committee's office recorded it.
approvals = Table(
    "approvals",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("document_number", String(100), nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("papers", JSON, nullable=False),
)

honours = Table(
    "honours",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("world", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("name", String(200)),
    Column("kind", String(20)),
    Column("uscc", String(18)),
    Column("number", String(100)),  # of its certificate
    Column("level", String(100), nullable=False),
    Column("track", String(100), nullable=False),
    Column("uses_quota", Boolean, nullable=False),
    Column("awarded_on", Date, nullable=False),
    Column("revoked_on", Date),
    Column("banned_until", Date),
    Column("orders", JSON, nullable=False),
    Index("ix_honours_world_applicant_key", "world", "applicant_key"),
    Index("ix_honours_world_uscc", "world", "uscc"),
    Index("ux_honours_world_number", "world", "number", unique=True),
)

# Threads between discipline inspection and one party: a person, or (None) whoever holds the role.
supervision_forms = Table(
    "supervision_forms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("opened_by_side", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("party_role", String(60), nullable=False),
    Column("party", String(200)),
    Column("title", EncryptedText, nullable=False),
    Column("application_id", String(64)),
    Column("alert_id", String(64)),
    Column("state", String(10), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("closed_on", Date),
    Index("ix_supervision_forms_cycle_id_state", "cycle_id", "state"),
)

supervision_entries = Table(
    "supervision_entries",
    metadata,
    Column("form_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("side", String(10), nullable=False),
    Column("act", String(10), nullable=False),
    Column("text", EncryptedText, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)
only_added_to(supervision_entries)

# What discipline inspection made of an alert, and what the alert said then; alerts themselves are kept nowhere.
supervision_notes = Table(
    "supervision_notes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("alert_id", String(64), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("noted_by", String(200), nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("source", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
)
