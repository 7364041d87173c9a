"""The roles of the system: who may ask what."""

from __future__ import annotations

# The roles of the system. `rehearser` exists only where rehearsals are allowed.
APPLICANT = "applicant"
RECOMMENDER = "recommending_body"
OFFICE = "award_office"
REVIEWER = "reviewer"
MEMBER = "committee_member"
CLERK = "department_clerk"
FINANCE = "finance"
DISCIPLINE = "discipline"
AUDITOR = "auditor"
OPERATOR = "operator"
ADMIN = "administrator"
REHEARSER = "rehearser"
AGENCY = "agency"  # a program of another department; no person holds it
PUBLIC = "public"
ROLES = (
    APPLICANT, RECOMMENDER, OFFICE, REVIEWER, MEMBER, CLERK, FINANCE, DISCIPLINE, AUDITOR, OPERATOR, ADMIN, REHEARSER,
    AGENCY,
)  # fmt: skip
WATCHERS = (OFFICE, DISCIPLINE, AUDITOR)
