"""Review's tables: the cycle's pool of experts, panels with their assignments, sheets, scores, the office's lists."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
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
    text,
)

from shared.procedure import procedure_tables
from shared.store import EncryptedText, Instant, only_added_to, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)

experts = Table(
    "experts",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("name", String(200)),
    Column("industry_expert", Boolean, nullable=False),
    Column("employer", String(18)),
    Column("advises", JSON, nullable=False),
    Column("kin_of", JSON, nullable=False),
)

# Experts who registered with the office as advisers of an organization, in every cycle of the world.
advisers = Table(
    "advisers",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("uscc", String(18), primary_key=True),
    Column("expert_id", String(64), primary_key=True),
    Column("registered_on", Date, nullable=False),
)

panels = Table(
    "panels",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),  # "" where the rulebook has no categories
    Column("position", Integer, nullable=False),
    Column("members", JSON, nullable=False),
    Column("industry_share", String(4), nullable=False),
    Column("recused", JSON, nullable=False),
    Column("seed", String(100), nullable=False),
    Column("formed_on", Date, nullable=False),
    Column("state", String(10), nullable=False, server_default="released"),
    Column("revision", Integer, nullable=False, server_default="1"),  # of a draft: who changes it names it
    Column("draw", Integer),  # number of the draw; None in a rehearsal, which draws at once
    Column("leader", String(40)),
    Column("record", JSON),  # the draw's record as published, pseudonyms and all
    Column("released_at", Instant),
    Column("dissolved_on", Date),
)

assignments = Table(
    "assignments",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("category", String(20), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(10), nullable=False, server_default="accepted"),
    Column("released_at", Instant),
    Column("answered_at", Instant),
    Column("reason", Text),  # of a refusal, a replacement, or a change by hand
    Column("replaces", String(40)),  # whose place this one took
    Index("ix_assignments_cycle_id_expert_id", "cycle_id", "expert_id"),
)

# A sheet is kept for good: withdrawn applications and recused experts only make it not count.
sheets = Table(
    "sheets",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("thousandths", Integer, nullable=False),  # of a percent, so that no database rounds it
    Column("submitted_at", Instant, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("score", String(6), nullable=False),  # percent, two places, as text
    Column("valid_sheets", Integer, nullable=False),
)

social_votes = Table(
    "social_votes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("votes", Integer, nullable=False),
    CheckConstraint("votes >= 0", name="ck_social_votes_votes"),
)

admissions = Table(
    "admissions",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("admitted", JSON, nullable=False),
    Column("reason", Text),
    Column("decided_on", Date, nullable=False),
)

# --- register: the standing register of experts, their declarations, absences, and what both sides say of conduct ------------

expert_register = Table(
    "expert_register",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("state_reason", Text),  # of the last retirement or reinstatement
    Column("state_on", Date),
    Column("name", String(100), nullable=False),
    Column("title", String(100)),
    Column("industry_expert", Boolean, nullable=False),
    Column("may_lead", Boolean, nullable=False),
    Column("contact", EncryptedText),  # JSON
    Column("entered_on", Date, nullable=False),
    Column("declared_until", Date),  # of the declaration that was made last
    Index("ix_expert_register_listed", "world", "state", "name"),
    Index("ix_expert_register_declared_until", "world", "declared_until"),
)

# What experts are picked by: expertise, industries, qualifications, languages.
expert_tags = Table(
    "expert_tags",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("value", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("ix_expert_tags_kind_value", "world", "kind", "value"),
)

expert_employments = Table(
    "expert_employments",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("uscc", String(18), nullable=False),
    Column("name", String(200)),
    Column("since", Date),
    Column("until", Date),
    Index("ix_expert_employments_uscc", "world", "uscc"),
)

expert_proposals = Table(
    "expert_proposals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("changes", EncryptedText, nullable=False),  # JSON
    Column("note", EncryptedText),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(200)),
    Column("reason", Text),
    Index("ix_expert_proposals_state", "world", "state"),
    Index("ix_expert_proposals_expert_id", "world", "expert_id"),
    # One open proposal of an expert at a time.
    Index(
        "uq_expert_proposals_open", "world", "expert_id", unique=True,
        sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
    ),
)  # fmt: skip

declarations = Table(
    "declarations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("number", Integer, nullable=False),  # of the expert, from 1: a later one supersedes the others
    Column("declared_on", Date, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("valid_until", Date, nullable=False),  # that day included
    Column("signed", EncryptedText, nullable=False),  # JSON of all that was signed
    Column("digest", String(100), nullable=False),  # of the same
    UniqueConstraint("world", "expert_id", "number", name="uq_declarations_number"),
)
only_added_to(declarations)

declared_interests = Table(
    "declared_interests",
    metadata,
    Column("declaration_id", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("relation", String(20), nullable=False),
    Column("uscc", String(18)),
    Column("since", Date),
    Column("until", Date),
)
only_added_to(declared_interests)

declaration_reminders = Table(
    "declaration_reminders",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("due_on", Date, primary_key=True),  # the day that the reminder is about
    Column("step", Integer, primary_key=True),  # days before that day; negative: after it
    Column("reminded_at", Instant, nullable=False),
    Column("sent_at", Instant),  # when its event came over the bus
)

absences = Table(
    "absences",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("entered_by", String(200), nullable=False),
    CheckConstraint("since <= until", name="ck_absences_order"),
    Index("ix_absences_expert_id", "world", "expert_id"),
)

# `author` is the reviewer, and empty for an applicant's side: no account is kept there.
conduct_reports = Table(
    "conduct_reports",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("side", String(10), primary_key=True),
    Column("author", String(40), primary_key=True),
    Column("marks", JSON, nullable=False),
    Column("comment", EncryptedText),
    Column("said_on", Date, nullable=False),
)
only_added_to(conduct_reports)

# --- score sheets, item by item: services/review/scoring ------------------------------------------


def _of_a_sheet() -> tuple[Column[str], ...]:
    """What tells one reviewer's sheet from another."""
    return (
        Column("cycle_id", String(64), primary_key=True),
        Column("stage", String(64), primary_key=True),
        Column("application_id", String(64), primary_key=True),
        Column("expert_id", String(40), primary_key=True),
    )


# A sheet that somebody writes, or wrote: `revision` counts its savings, `version` how often it was returned, from 1.
sheet_drafts = Table(
    "sheet_drafts",
    metadata,
    *_of_a_sheet(),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

sheet_draft_items = Table(
    "sheet_draft_items",
    metadata,
    *_of_a_sheet(),
    Column("item", String(20), primary_key=True),
    Column("strengths", Text, nullable=False),
    Column("improvements", Text, nullable=False),
    Column("band", String(10)),
    Column("thousandths", Integer),
    Column("rationale", Text, nullable=False),
    Column("revision", Integer, nullable=False),  # of the sheet, when this item was last changed
)

# The items of the sheets that are in: what was frozen when they were handed in.
sheet_items = Table(
    "sheet_items",
    metadata,
    *_of_a_sheet(),
    Column("item", String(20), primary_key=True),
    Column("band", String(10), nullable=False),
    Column("thousandths", Integer, nullable=False),
    Column("strengths", Text, nullable=False),
    Column("improvements", Text, nullable=False),
    Column("rationale", Text, nullable=False),
)

# What a leader returned, as it was: a sheet is never deleted.
returned_sheets = Table(
    "returned_sheets",
    metadata,
    *_of_a_sheet(),
    Column("version", Integer, primary_key=True),
    Column("thousandths", Integer, nullable=False),
    Column("items", JSON, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("returned_at", Instant, nullable=False),
    Column("returned_by", String(40), nullable=False),
    Column("reason", Text, nullable=False),
)

# 合议: one meeting on one application; a second one only where a participant of the first had to stand aside.
consensus = Table(
    "consensus",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("opened_by", String(40), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("participants", JSON, nullable=False),
    Column("closed_at", Instant),
    Column("thousandths", Integer),  # of a percent; NULL while it is open
)

consensus_items = Table(
    "consensus_items",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item", String(20), primary_key=True),
    Column("band", String(10), nullable=False),
    Column("thousandths", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

# --- stages: defence, visits, ranking, reports ---------------------------------------------------------------------------

# Who is on the dossier of an accepted application, as intake tells it; the version grows with time.
applicants = Table(
    "applicants",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("part", String(10), nullable=False),
    Column("version", String(64), nullable=False),
)

# Plans of a defence or of visits by version: one drafted at most, one released at most, those before are kept.
stage_plans = Table(
    "stage_plans",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(10), nullable=False),  # drafted | released | superseded
    Column("terms", JSON, nullable=False),  # what the office gave
    Column("draw", JSON, nullable=False),  # of a defence: seed, witness, the order; of visits: nothing
    Column("figures", JSON, nullable=False),
    Column("planned_by", String(64), nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("released_by", String(64)),
    Column("released_at", Instant),
    CheckConstraint("state IN ('drafted', 'released', 'superseded')", name="ck_stage_plans_state"),
    CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="ck_stage_plans_released"),
)

defence_slots = Table(
    "defence_slots",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("room", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("begins", Integer, nullable=False),  # minutes from midnight
    Column("ends", Integer, nullable=False),
    Column("postponed", Text),  # why, where it was
    CheckConstraint("begins < ends", name="ck_defence_slots_ends"),
    Index("ix_defence_slots_application_id", "application_id"),
)

defence_speakers = Table(
    "defence_speakers",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("speakers", JSON, nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

defence_attendance = Table(
    "defence_attendance",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("reviewers", JSON, nullable=False),
    Column("speakers", JSON, nullable=False),
    Column("note", Text),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("region", String(200), nullable=False),
    Column("team", JSON, nullable=False),
    Column("leader", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("half", Integer, nullable=False),  # 0 morning, 1 afternoon
    Column("postponed", Text),
    Index("ix_visits_application_id", "application_id"),
)

# What the consensus wants looked into on site; closed by a finding there.
visit_issues = Table(
    "visit_issues",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item", String(100), nullable=False),
    Column("question", Text, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("finding", String(20)),
    Column("evidence", Text),
    Column("verified_by", String(64)),
    Column("verified_at", Instant),
    CheckConstraint(
        "(finding IS NULL) = (verified_at IS NULL) AND (finding IS NULL) = (evidence IS NULL)",
        name="ck_visit_issues_verified",
    ),
)

visit_closings = Table(
    "visit_closings",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("note", Text),
    Column("closed_by", String(64), nullable=False),
    Column("closed_at", Instant, nullable=False),
)

joint_scores = Table(
    "joint_scores",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("thousandths", Integer, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("members", JSON, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

stage_reports = Table(
    "stage_reports",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("summary", Text, nullable=False),
    Column("strengths", JSON, nullable=False),
    Column("improvements", JSON, nullable=False),
    Column("by", String(64), nullable=False),
    Column("locked_at", Instant),
)

# One left out of a stage although it ranks above some who were let in.
rank_deviations = Table(
    "rank_deviations",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("track", String(100), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("score", String(6), nullable=False),
    Column("preferred", JSON, nullable=False),  # those let in that rank below it, with rank and score
    Column("reason", Text, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_on", Date, nullable=False),
)

# --- seating: draws of panels, what was offered to whom, and everything that was done to a panel ---------------------------

draws = Table(
    "draws",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("reason", Text),  # why it is drawn again
    Column("prepared_by", String(200), nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("commitment", String(100), nullable=False),
    Column("salt", EncryptedText, nullable=False),
    Column("office_share", EncryptedText, nullable=False),
    Column("problem", JSON, nullable=False),
    Column("inputs", String(100), nullable=False),  # the problem's digest
    Column("names", JSON, nullable=False),  # pseudonym → id
    Column("witness", String(200), nullable=False),
    Column("witness_share", Text),
    Column("witnessed_at", Instant),
    Column("seed", String(100)),
    Column("outcome", JSON),
    Column("drawn_at", Instant),
)

# One row for each reviewer of a panel: when it was offered the work, and what the clock does until it answers.
offers = Table(
    "offers",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("offered_at", Instant, nullable=False),
    Column("answer_by", Instant, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("due_at", Instant),  # None: nothing is due any more
    Column("silent_at", Instant),
    Index("ix_offers_due_at", "due_at"),
)

panel_log = Table(
    "panel_log",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("category", String(20), nullable=False),
    Column("entry", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("role", String(60)),
    Column("expert_id", String(40)),  # whom it is about
    Column("application_id", String(64)),
    Column("reason", Text),
    Column("detail", Text, nullable=False),  # canonical JSON
    Index("ix_panel_log_cycle_id", "cycle_id"),
)
only_added_to(panel_log)

# --- recusal: what ties experts to applications, the conflicts that follow, statements case by case, recusals ---------------

# The applications as conflicts look at them.
parties = Table(
    "parties",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("group_key", String(200)),
    Index("ix_parties_uscc", "uscc", "cycle_id"),
    Index("ix_parties_group_key", "world", "group_key"),
)

# What is known of the pool's experts now; written anew whenever a source changes.
ties = Table(
    "ties",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("ground", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("uscc", String(18)),
    Column("application_id", String(64)),
    Column("since", Date),
    Index("ix_ties_uscc", "cycle_id", "uscc"),
    Index("ix_ties_application_id", "cycle_id", "application_id"),
)

# Never deleted: one that has ended says when and why, one that comes back is a row of its own.
conflicts = Table(
    "conflicts",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("ground", String(20), primary_key=True),
    Column("source", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rule", String(60)),
    Column("via", String(64), nullable=False),  # the code or the application that ties the two
    Column("since", Date),
    Column("found_at", Instant, nullable=False),
    Column("found_by", String(200), nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(20)),  # source_changed, lifted
    Column("ended_by", String(200)),
    Column("ended_reason", Text),
    Index(
        "ix_conflicts_open", "cycle_id", "application_id", "expert_id",
        sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
    ),
)  # fmt: skip

# What a reviewer said of one application before it saw the dossier. The last one counts.
case_statements = Table(
    "case_statements",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("interest", Boolean, nullable=False),
    Column("relations", JSON, nullable=False),
    Column("signed", EncryptedText, nullable=False),  # JSON of all that was signed
    Column("digest", String(100), nullable=False),  # of the same
    Column("signed_at", Instant, nullable=False),
)
only_added_to(case_statements)

recusals = Table(
    "recusals",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("ground", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("rule", String(60)),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("sheet_kept", Boolean, nullable=False),  # handed in before; it stays and is not counted
    Column("reviewers_before", Integer, nullable=False),
    Column("reviewers_after", Integer, nullable=False),
    Column("replacement", String(40)),
    Column("replaced_at", Instant),
    Column("replaced_by", String(200)),
    Column("released_at", Instant),
    Column("released_by", String(200)),
    Column("release_reason", Text),
    Column("settled_at", Instant),
    Column("settled_by", String(200)),
    Column("settled_reason", Text),
    Index("ix_recusals_state", "cycle_id", "state"),
)

# --- the public's vote -------------------------------------------------------------------------------------------

# A vote of a real cycle; `held` is here or elsewhere (then the office enters the counts).
votes = Table(
    "votes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("held", String(10), nullable=False),
    Column("reason", Text),
    Column("choices_at_most", Integer),
    Column("opens_at", Instant),
    Column("closes_at", Instant),  # the first instant at which no ballot is taken any more
    Column("key_id", String(16)),  # which key the voters' digests are made with: that of the first message
    Column("counted_at", Instant),
    Column("turnout", Integer),
    Column("missing", Integer),  # messages that a box numbered and that never came
    CheckConstraint("held IN ('here', 'elsewhere')", name="ck_votes_held"),
)

# What a ballot's numbers stand for.
vote_entries = Table(
    "vote_entries",
    metadata,
    Column("vote_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("application_id", String(64), nullable=False),
)

# The log of a vote: messages in the order of their ids, each with its ballots; rows are only ever added.
ballot_batches = Table(
    "ballot_batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("vote_id", String(32), nullable=False),
    Column("box", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("origins", Text, nullable=False),  # JSON: ballots by block of addresses
    Column("counted", Integer, nullable=False),  # ballots of this message that are in the log
    Index("ix_ballot_batches_vote_id", "vote_id", "id"),
)

# `voter` is a digest of identity and vote, so that it is a key by itself: one identity, one ballot in each vote.
ballots = Table(
    "ballots",
    metadata,
    Column("voter", String(32), primary_key=True),
    Column("batch", String(32), nullable=False, index=True),
    Column("choices", String(500), nullable=False),  # numbers of entries, ascending: 1,4
)
only_added_to(ballot_batches)
only_added_to(ballots)

# --- feedback: one report for each applicant, its released versions, the applicant's answer, the digest for the public -------


def _of_a_report() -> tuple[Column[str], ...]:
    return (
        Column("cycle_id", String(64), primary_key=True),
        Column("application_id", String(64), primary_key=True),
    )


# What the office works on. Nothing of it reaches an applicant: that reads `feedback_versions` alone.
feedback_drafts = Table(
    "feedback_drafts",
    metadata,
    *_of_a_report(),
    Column("revision", Integer, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("gathered_at", Instant, nullable=False),
)

feedback_versions = Table(
    "feedback_versions",
    metadata,
    *_of_a_report(),
    Column("version", Integer, primary_key=True),
    Column("figures", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("digest", String(100), nullable=False),  # of both
    Column("reason", Text),  # of a correction
    Column("released_by", String(200), nullable=False),
    Column("released_on", Date, nullable=False),
    CheckConstraint("(version = 1) = (reason IS NULL)", name="ck_feedback_versions_reason"),
)
only_added_to(feedback_versions)

feedback_answers = Table(
    "feedback_answers",
    metadata,
    *_of_a_report(),
    Column("version", Integer, nullable=False),  # that was answered
    Column("comment", EncryptedText, nullable=False),
    Column("answered_by", String(200), nullable=False),
    Column("answered_on", Date, nullable=False),
)
only_added_to(feedback_answers)

feedback_digests = Table(
    "feedback_digests",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("least", Integer, nullable=False),  # applicants below which nothing was told
    Column("groups", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("published_by", String(200), nullable=False),
    Column("published_on", Date, nullable=False),
)
only_added_to(feedback_digests)
