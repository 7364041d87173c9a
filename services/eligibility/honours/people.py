"""Holds a winner to its own applications, by who is on their dossiers."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table

from services.eligibility import models
from services.eligibility.dossier_people import applications_of
from shared.contracts.operations import APPLICANT
from shared.problems import Forbidden, NotFound
from shared.store import Work


def plays(work: Work) -> bool:
    """Whether whoever asks plays a rehearsal, under a name of its own choice: lists of real cycles are empty then."""
    return work.context.rehearsal_date is not None


def mine(work: Work, table: Table) -> ColumnElement[bool]:
    """The condition that holds a query to the applications of whoever asks."""
    return table.c.application_id.in_(applications_of(work.by))


def require_own(work: Work, application_id: str, *, to_write: bool = False) -> None:
    """Hold an applicant to its own application; others are let through. Raises NotFound, and Forbidden for a mere reader."""
    if work.context.role != APPLICANT:
        return
    if not _is_on(work, application_id):
        raise NotFound("没有这份申报", "no such application")
    if to_write and not _is_on(work, application_id, writing=True):
        raise Forbidden("您只能查阅", "you may read only")


def _is_on(work: Work, application_id: str, *, writing: bool = False) -> bool:
    own = applications_of(work.by, writing=writing).where(
        models.dossier_people.c.application_id == application_id
    )
    return work.session.execute(own).first() is not None
