"""Intake's tables: applications with their present status, enquiries to departments, the timeline of each cycle, the
cultivation pool, and what agencies reported.
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
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
)

from shared.procedure import procedure_tables
from shared.records.tables import destroyed_table
from shared.store import EncryptedText, Instant, only_added_to, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
destroyed = destroyed_table(metadata)

cycle_states = Table(
    "cycle_states",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("number_seed", String(64)),  # from which the public numbers were drawn
)

timeline = Table(
    "timeline",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("rule", String(64)),
    Column("state", String(10), nullable=False),
    Column("begins_on", Date),
    Column("begun_on", Date),
    Column("ends_on", Date),
    Column("closed_on", Date),
    Column("blocked_zh", Text),  # why it cannot lawfully begin, until it can
    Column("blocked_en", Text),
)

applications = Table(
    "applications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("category", String(20)),
    Column("applicant_key", String(200), nullable=False),
    Column("id_number", EncryptedText),
    Column("contact_name", EncryptedText),
    Column("contact_phone", EncryptedText),
    Column("contact_email", EncryptedText),
    Column(
        "contact_changes", EncryptedText
    ),  # after the submission: who was named before and after, by whom, as JSON
    Column("nominated_by", String(200)),
    Column("recommended_by", String(200)),
    Column("facts", JSON, nullable=False),
    Column("materials", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("stopped_at", String(64)),
    Column("sequence", Integer),
    Column("submitted_on", Date),
    Column("receipt", String(100)),
    Column("revision", Integer, nullable=False, server_default="1"),  # of the draft
    Column("part_revisions", JSON(none_as_null=True)),  # with which each part was last changed
    Column("typed", EncryptedText),  # parts that are not right yet, as they were typed
    Column("public_number", String(40)),
    Column("accepted_version", Integer),
    Column("accepted_at", Instant),
    Column("accepted_by", String(200)),
    Column("recommender", String(200)),  # the body that is asked
    Column("opinion", String(20)),  # what it signed last, see recommendations
    Column("missing_materials", Text),  # names with spaces between; written with the materials
    Column("nomination_id", String(64)),  # the nomination that it stands on
    Column("announced", String(64)),  # the last public notice that named it
    # Lists count and search what their filter lets through: this holds all that they look at, and none of the facts.
    Index("ix_applications_listed", "cycle_id", "status", "name", "uscc", "sequence", "id"),
    Index("ix_applications_cycle_id_recommender", "cycle_id", "recommender"),
    Index("ix_applications_submitted", "cycle_id", "submitted_on"),
    Index("ix_applications_owner", "owner"),
    UniqueConstraint("cycle_id", "sequence", name="uq_applications_cycle_id_sequence"),
    Index("uq_applications_cycle_id_public_number", "cycle_id", "public_number", unique=True),
)

dossier_people = Table(
    "dossier_people",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("joined_on", Date, nullable=False),
    Index("ix_dossier_people_subject", "subject"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("digest", String(100), primary_key=True),  # of the code, which is shown once and kept nowhere
    Column("application_id", String(64), nullable=False),
    Column("role", String(10), nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("used_by", String(200)),
)

submissions = Table(
    "submissions",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submitted_at", Instant, nullable=False),
    Column("submitted_by", String(200), nullable=False),
    Column("dossier", JSON, nullable=False),
    Column("digest", String(100), nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("items", JSON, nullable=False),
    Column("returned_at", Instant, nullable=False),
    Column("returned_by", String(200), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("resubmitted_at", Instant),
)

# What was handed in, and evidence beside it. Rows stay: what was removed is marked.
files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("application_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("use", String(10), nullable=False),
    Column("material", String(60)),
    Column("file_name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("digest", String(100), nullable=False),  # under which the content store has it
    Column("state", String(10), nullable=False),
    Column("kind", String(10)),  # by its content
    Column("reasons", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("scan", String(20)),
    Column("scanned_by", String(200)),
    Column("signature", String(200)),
    Column("pages", Integer),
    Column("characters", Integer),
    Column("previews", JSON, nullable=False),
    Column("replaces", String(64)),
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(200), nullable=False),
    Column("checked_at", Instant),
    Column("removed_at", Instant),
    Column("removed_by", String(200)),
    Index("ix_files_application_id", "application_id"),
)

enquiries = Table(
    "enquiries",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("department", String(20), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("records", JSON(none_as_null=True)),
    Column("answered_at", Instant),
    Column("answer_digest", String(100)),
    Column("last_failure", Text),
    Column("purpose", String(20), nullable=False, server_default="qualification"),
    Column("channel", String(10)),  # None until it has been asked
    Column("raised_at", Instant),
    Column("due_at", Instant),  # when something is to be done about it though nobody answers
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("valid_until", Date),
    Index("ix_enquiries_cycle_id_state_application_id", "cycle_id", "state", "application_id"),
    Index("ix_enquiries_due_at", "due_at"),
)
OPEN = ("pending", "silent")  # states of an enquiry that has not been answered
# Written out and not bound: a partial index is used where a statement has its condition word for word.
UNANSWERED = enquiries.c.state.in_(bindparam("open", OPEN, expanding=True, literal_execute=True))
Index(
    "ix_enquiries_unanswered",
    enquiries.c.application_id,
    enquiries.c.state,
    postgresql_where=UNANSWERED,
    sqlite_where=UNANSWERED,
)
# What a department has to answer, what is due soonest first.
Index(
    "ix_enquiries_to_answer",
    enquiries.c.department,
    enquiries.c.due_at,
    enquiries.c.application_id,
    postgresql_where=UNANSWERED,
    sqlite_where=UNANSWERED,
)

# Of what each department was told last: a day, the newest enquiry, a day that one was due, how many went unanswered.
told_departments = Table(
    "told_departments",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("department", String(20), primary_key=True),
    Column("told_on", Date, nullable=False),
    Column("newest", Instant),
    Column("due_on", Date),
    Column("silent", Integer, nullable=False),
)

# Every question and everything that came back, also what was not taken. Rows are only ever inserted.
enquiry_log = Table(
    "enquiry_log",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("application_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("department", String(20)),  # None: a credit report, which no department was asked for
    Column("entry", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("digest", String(100)),
    Column("records", Text),  # canonical JSON
    Column("answered_at", String(200)),  # the department's own time, as it gave it
    Column("evidence", String(200)),
    Column("reason", Text),
    Column("attempts", Integer),
    Column("valid_until", Date),
    Column("file_id", String(64)),  # None for a batch file, which is kept line by line
    Column("file_name", String(200)),
    Column("file_sha256", String(64)),
    Column("file_size", BigInteger),
    Index("ix_enquiry_log_application_id", "application_id"),
    Index("ix_enquiry_log_cycle_id_outcome", "cycle_id", "outcome"),
)
only_added_to(enquiry_log, until_destroyed=True)

rechecks = Table(
    "rechecks",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("purpose", String(20), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("basis", JSON, nullable=False),  # department → digest and records that were known before
    Column("asked_at", Instant, nullable=False),
    Column("digest", String(100)),
    Column("valid_until", Date),
    Column("settled_at", Instant),
    Column("decided_by", String(200)),
    Column("reason", Text),
    Index("ix_rechecks_cycle_id_state", "cycle_id", "state"),
)

# One row a membership: who left may join again. The partial index keeps an organization from being in twice.
pool_members = Table(
    "pool_members",
    metadata,
    Column("id", String(64), primary_key=True),
    Column(
        "cycle_id", String(64), nullable=False
    ),  # by which it joined; what is told of it later names this cycle
    Column("world", String(64), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("name", String(200)),
    Column("way", String(10), nullable=False),
    Column("account", String(200)),
    Column("joined_on", Date, nullable=False),
    Column("project_cost_fen", BigInteger),
    Column("left_on", Date),
    Column("left_by", String(10)),
    Column("left_reason", Text),
    Index("ix_pool_members_account", "account"),
)
_STILL_IN = pool_members.c.left_on.is_(None)
Index(
    "uq_pool_members_present",
    pool_members.c.world,
    pool_members.c.uscc,
    unique=True,
    postgresql_where=_STILL_IN,
    sqlite_where=_STILL_IN,
)

pool_requests = Table(
    "pool_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("world", String(64), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("name", String(200), nullable=False),
    Column("way", String(10), nullable=False),
    Column("asked_by", String(200), nullable=False),
    Column("body", String(200)),  # the unit of a recommending account
    Column("reason", Text, nullable=False),
    Column("contact_name", EncryptedText, nullable=False),
    Column("contact_phone", EncryptedText, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", String(200)),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("membership_id", String(64)),
    Index("ix_pool_requests_world_uscc", "world", "uscc"),
)

pool_reviews = Table(
    "pool_reviews",
    metadata,
    Column("membership_id", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("result", String(20), nullable=False),
    Column("note", Text),
    Column("reviewed_by", String(200), nullable=False),
    Column("reviewed_on", Date, nullable=False),
)

pool_projects = Table(
    "pool_projects",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("membership_id", String(64), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("summary", Text, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("approved_cost_fen", BigInteger),
    Column("asked_on", Date, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_on", Date),
    Column("decision_reason", Text),
)

pool_advisers = Table(
    "pool_advisers",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("uscc", String(18), primary_key=True),
    Column("expert_id", String(64), primary_key=True),
    Column("since", Date, nullable=False),
    Column("registered_by", String(200), nullable=False),
    Column("registered_on", Date, nullable=False),
)

# What agencies reported by themselves, as they said it; the reference is the reporter's own.
reported_records = Table(
    "reported_records",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("reporter", String(200), nullable=False),
    Column("department", String(40), nullable=False),
    Column("reference", String(100), nullable=False),
    Column("uscc", String(18), nullable=False, index=True),
    Column("record", JSON, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("digest", String(100), nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("reported_at", Instant, nullable=False),
    UniqueConstraint("reporter", "reference", name="uq_reported_records_reporter_reference"),
)

recommending_bodies = Table(
    "recommending_bodies",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("name", name="uq_recommending_bodies_name"),
)

opinions = Table(  # only ever added to
    "opinions",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", String(200), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("signed_by", String(100), nullable=False),
    Column("account", String(200), nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("dossier_digest", String(100), nullable=False),
)

nominations = Table(
    "nominations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("body", String(200), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("category", String(20)),
    Column("reason", Text, nullable=False),
    Column("nominated_on", Date, nullable=False),
    Column("account", String(200), nullable=False),
    Column("application_id", String(64)),  # the first application that was handed in on it
    UniqueConstraint("cycle_id", "body", "kind", "uscc", "name", name="uq_nominations_cycle_id"),
    Index("ix_nominations_cycle_id_uscc", "cycle_id", "uscc"),
    Index("ix_nominations_application_id", "application_id"),
)

# Files of everybody that belong to no dossier; who has no account, or shall not be known, is known by a token's digest.
papers = Table(
    "papers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(100), nullable=False),
    Column("state", String(10), nullable=False),
    Column("kind", String(10)),
    Column("reasons", JSON, nullable=False),
    Column("scan", String(20)),
    Column("scanned_by", String(200)),
    Column("signature", String(200)),
    Column("uploaded_by", String(200)),
    Column("token_digest", String(64)),
    Column("rehearsal", Boolean, nullable=False),
    Column("claim", String(64)),  # the request that it went with
    Column("claimed_by", String(100)),
    Column("claimed_at", Instant),
    Column("added_at", Instant, nullable=False),
    Column("checked_at", Instant),
    CheckConstraint("(uploaded_by IS NULL) <> (token_digest IS NULL)", name="papers_known_by_one"),
    CheckConstraint("(claim IS NULL) = (claimed_at IS NULL)", name="papers_claim_whole"),
    Index("ix_papers_claim", "claim"),
    Index("ix_papers_uploaded_by", "uploaded_by", "claim"),
)

# 归档包: every package that was made, by the digest of its tag manifest. Rows are only ever inserted.
record_packages = Table(
    "record_packages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("application_id", String(64)),  # None: the cycle's own
    Column("digest", String(100), nullable=False),
    Column("payload", String(100), nullable=False),  # digest of the payload's manifest
    Column("files", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of the ZIP
    Column("made_by", String(200), nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_record_packages_cycle_id", "cycle_id", "application_id"),
)
only_added_to(record_packages)

record_holds = Table(
    "record_holds",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("application_id", String(64)),  # None: everything of the cycle
    Column("reason", Text, nullable=False),
    Column("placed_by", String(200), nullable=False),
    Column("placed_role", String(60), nullable=False),
    Column("placed_on", Date, nullable=False),
    Column("lifted_by", String(200)),
    Column("lifted_on", Date),
    Column("lift_reason", Text),
    CheckConstraint("lifted_by IS NULL OR lifted_by <> placed_by", name="ck_record_holds_lifted_by"),
    CheckConstraint("(lifted_by IS NULL) = (lifted_on IS NULL)", name="ck_record_holds_lifted"),
    Index("ix_record_holds_cycle_id", "cycle_id"),
)

destruction_lists = Table(
    "destruction_lists",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("keep_until", Date, nullable=False),
    Column("digest", String(100), nullable=False),  # of what the list says: what a signature is for
    Column("prepared_by", String(200), nullable=False),
    Column("prepared_on", Date, nullable=False),
    Column("first_by", String(200)),
    Column("first_role", String(60)),
    Column("first_on", Date),
    Column("second_by", String(200)),
    Column("second_role", String(60)),
    Column("second_on", Date),
    Column("executed_by", String(200)),
    Column("executed_on", Date),
    Column("withdrawn_by", String(200)),
    Column("withdrawn_on", Date),
    Column("withdrawn_reason", Text),
    CheckConstraint("first_by IS NULL OR first_by <> prepared_by", name="ck_destruction_lists_first"),
    CheckConstraint(
        "second_by IS NULL OR (second_by <> prepared_by AND second_by <> first_by)",
        name="ck_destruction_lists_second",
    ),
    CheckConstraint("executed_by IS NULL OR second_by IS NOT NULL", name="ck_destruction_lists_executed"),
    Index("ix_destruction_lists_cycle_id", "cycle_id"),
)

destruction_lines = Table(
    "destruction_lines",
    metadata,
    Column("list_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("public_number", String(40)),
    Column("status", String(20), nullable=False),
    Index("ix_destruction_lines_application_id", "application_id"),
)

# Contents that lost the rows that named them, until the store has lost them too.
destroyed_contents = Table(
    "destroyed_contents",
    metadata,
    Column("list_id", String(64), primary_key=True),
    Column("digest", String(100), primary_key=True),
    Column("state", String(10), nullable=False),  # pending | removed | shared: another row names it
    Column("settled_at", Instant),
)
