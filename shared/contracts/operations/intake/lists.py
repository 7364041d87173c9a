"""What intake 受理 answers when many applications are asked for at once: filters, order, pages, counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import Strict, Told, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS
from shared.contracts.operations.intake.applications import ApplicationLine
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.pages import START, page, size
from shared.contracts.operations.roles import APPLICANT, DISCIPLINE, FINANCE, OFFICE, WATCHERS

SORTED_BY = (
    "number",
    "name",
    "uscc",
    "kind",
    "category",
    "status",
    "stopped_at",
    "submitted_on",
    "recommender",
)
MOST_NAMES = 500  # asked for at once
VERDICTS = ("recommended", "not_recommended", "declined")
MISSING = ("materials", "recommendation", "departments")


class Filter(Strict):
    """Which applications of a cycle: each field that is given narrows it. `recommender` is a body's name, `q` is looked for
    in name and code, or is the number itself; `missing` picks those that lack a thing.
    """

    cycle_id = identifier()
    status = optional_text(20)
    kind = one_of(*KINDS, required=False)
    category = one_of(*CATEGORIES, required=False)
    recommender = optional_text()
    stopped_at = optional_text(64)
    missing = one_of(*MISSING, required=False)
    q = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))


class ListApplications(Filter):
    """A page of a cycle's applications. `sort` is a field, with `-` before it from the last to the first; what a line does
    not have comes last. `after` instead of `page` and `sort` walks through all that the filter lets through, each once
    whatever changes meanwhile: begin with `start`, go on with the `next` of the answer until it is null.
    """

    sort = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([sign + name for name in SORTED_BY for sign in ("", "-")]),
    )
    page = page()
    size = size()
    after = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,64}\Z")
    )

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["after"] is None:
            return
        told = Told("与 after 不能同时给出", "not to be given together with `after`")
        wrong = [
            name for name, given in (("page", data["page"] != 1), ("sort", data["sort"] is not None)) if given
        ]
        if wrong:
            raise ValidationError({name: [told] for name in wrong})


class ListedApplication(ApplicationLine):
    """A line of the list. `missing` says at once what is not there: the materials that `missing_materials` names, the
    recommendation where the regulation asks for one, answers of departments. Those are told to the office alone.
    """

    uscc = optional_text()
    recommender = optional_text()
    opinion = one_of(*VERDICTS, required=False)
    missing = fields.List(fields.String(validate=validate.OneOf(MISSING)), required=True)
    missing_materials = fields.List(fields.String(), required=True)
    departments_unanswered = count(required=False)


class ApplicationList(Strict):
    """A page of applications; `total` and `counts`, by status, are of all that the filter lets through."""

    applications = fields.List(fields.Nested(ListedApplication), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()
    counts = fields.Dict(keys=fields.String(), values=count(), required=True)
    next = optional_text(64)


class ListContacts(Filter):
    """A walk through the contacts of a cycle's applications: begin with `start`, go on with `next` until it is null."""

    size = size()
    after = fields.String(load_default=START, validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,64}\Z"))


class ContactLine(Strict):
    """Whom the office rings up about an application; null where nobody was named."""

    application_id = identifier()
    sequence = count(required=False)
    public_number = optional_text()
    name = text()
    uscc = optional_text()
    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)
    status = text()
    recommender = optional_text()
    contact_name = optional_text()
    contact_phone = optional_text()
    contact_email = optional_text()


class ContactList(Strict):
    """联系表: contacts of applications. Personal data: the office takes it away as a file, which the audit log keeps."""

    contacts = fields.List(fields.Nested(ContactLine), required=True)
    next = optional_text(64)


class MyApplication(ApplicationLine):
    """An application of one's own, with what its cycle is."""

    rulebook = text()
    year = count()
    opens_on = day()
    closes_on = day()


class MyApplications(Strict):
    """One's own applications in all cycles, those whose cycle closes last first; a rehearsal has its own world."""

    applications = fields.List(fields.Nested(MyApplication), required=True)


class Recipient(Strict):
    """A winner as finance knows it: the name, and the number of the public lists."""

    application_id = identifier()
    name = text()
    public_number = optional_text()


class Recipients(Strict):
    """Whoever won in a cycle, also where the award was revoked since, in the order of submission."""

    recipients = fields.List(fields.Nested(Recipient), required=True)


class NamesOf(Strict):
    """Of which applications, in whichever cycles; ids that are nobody's are no error."""

    application_ids = fields.List(
        identifier(), required=True, validate=validate.Length(min=1, max=MOST_NAMES)
    )


class NamedApplication(Strict):
    """What an application is called."""

    application_id = identifier()
    name = text()


class ApplicationNames(Strict):
    """Of those that there are, in no order."""

    names = fields.List(fields.Nested(NamedApplication), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "applications", "query", ListApplications, ApplicationList, (APPLICANT, *WATCHERS),
              "申报一览", "A cycle's applications; an applicant sees its own",
              {"cycle_id": CYCLE, "status": "in_progress", "sort": "-submitted_on", "size": 100}),
    Operation("intake", "contacts", "query", ListContacts, ContactList, (OFFICE,), "申报联系表",
              "Whom to ring up about each application of a cycle", {"cycle_id": CYCLE, "status": "in_progress"}),
    Operation("intake", "recipients", "query", CycleId, Recipients, (FINANCE, *WATCHERS), "获奖申报名录",
              "Names and numbers of a cycle's winners", {"cycle_id": CYCLE}),
    Operation("intake", "names", "query", NamesOf, ApplicationNames, (DISCIPLINE,), "申报名称",
              "What applications are called", {"application_ids": [APPLICATION]}),
    Operation("intake", "my_applications", "query", Strict, MyApplications, (APPLICANT,),
              "我的申报", "One's own applications in all cycles", {}),
)  # fmt: skip
