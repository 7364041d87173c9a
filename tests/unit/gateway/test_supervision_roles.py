"""Discipline inspection reads whatever the award office reads, and changes nothing but what is its own."""

from __future__ import annotations

from services.gateway.routes import ROUTES, Route, roles_of, spec_of
from shared.contracts.operations import DISCIPLINE, OFFICE, PUBLIC, ROLES

# What the office reads and discipline inspection does not, each with its reason.
NOT_FOR_DISCIPLINE = {
    "intake.enquiry_batch": "a sheet that goes out to a department to be filled in; what is in it stands in the enquiries",
    "eligibility.objection": "what is said in a case may tell who objects; it is for the officers of the case",
    "gateway.contacts_xlsx": "telephones of applicants, for whoever has to ring them up",
    "intake.contact": "the same of one of them",
    "gateway.contacts_csv": "telephones of applicants, for whoever has to ring them up",
    "gateway.upload_state": "how far an upload of one's own has come",
}
# What discipline inspection does besides signing in and out: its part in draws and recusals, and its own papers.
COMMANDS = {
    "review.witness_draw": "gives its share of a draw's seed",
    "review.lift_conflict": "says that a conflict was none",
    "review.confirm_recusal": "settles a recusal",
    "review.release_hold": "lets an application go on that a recusal held",
    "eligibility.open_case": "opens a case; two officers propose and decide",
    "intake.place_hold": "keeps records from destruction",
    "intake.lift_hold": "lets go a hold that another placed",
    "intake.sign_destruction": "the second signature under a destruction list",
    "gateway.application_package": "packs records, which registers the package",
    "gateway.cycle_package": "packs records, which registers the package",
    "eligibility.open_form": "its own forms",
    "eligibility.answer_form": "its own forms",
    "eligibility.close_form": "its own forms",
    "eligibility.reopen_form": "its own forms",
    "eligibility.withdraw_form": "its own forms",
    "gateway.note_alert": "its own notes on alerts",
    "gateway.set_addresses": "where it wants to be told itself",
    "notifications.read": "its own messages",
}
# Secrets that discipline inspection does not read either, be the operation there or not.
SECRET = {
    "eligibility.objector": "who objected is for the officer of the case",
    "review.my_sheet": "a sheet that is being written is its reviewer's",
    "committee.cast_ballot": "a ballot is the member's",
}


def _with_role(kind: str, role: str) -> list[Route]:
    """Ways of a kind that are open to a role and not to everybody."""
    return [
        route
        for route in ROUTES
        if spec_of(route).kind == kind and role in roles_of(route) and PUBLIC not in roles_of(route)
    ]


def test_discipline_inspection_reads_what_the_office_reads() -> None:
    """Every question of the office is one of discipline inspection, or stands in the list of exceptions."""
    missing = {route.operation for route in _with_role("query", OFFICE) if DISCIPLINE not in roles_of(route)}
    assert missing == set(NOT_FOR_DISCIPLINE)


def test_discipline_inspection_changes_nothing_but_what_is_its_own() -> None:
    """Every command that it may give stands in the list; those that everybody has are about one's own account."""
    everybody = {route.operation for route in ROUTES if set(ROLES) <= set(roles_of(route))}
    given = {route.operation for route in _with_role("command", DISCIPLINE)} - everybody
    assert given == set(COMMANDS)


def test_what_is_secret_is_not_shown_to_discipline_inspection() -> None:
    open_ = {route.operation for route in ROUTES if DISCIPLINE in roles_of(route)}
    assert not open_ & set(SECRET)
