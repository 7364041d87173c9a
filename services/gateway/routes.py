"""The one table of all routes: which HTTP method and path stand for which operation.

Names in braces are fields of the operation's request; the other fields come in the body of a command and in the query
string of a question. `*.stage` and the like go to the service that owns the stage. Who may ask is said by the operation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from marshmallow import Schema

from services.gateway.own import OWN
from shared.contracts.operations import OPERATIONS, Operation

PREFIX = "/api/v1"
JSON = "application/json"
SERVICES = ("intake", "eligibility", "review", "committee", "incentives")
OWNER = "*"
_FIELDS = re.compile(r"{([a-z_]+)}")

TAGS = {
    "identity": ("身份与账号", "Identity and accounts"),
    "rulebooks": ("法规", "Rulebooks"),
    "cycles": ("评奖周期", "Cycles"),
    "applications": ("申报", "Applications"),
    "stages": ("阶段", "Stages"),
    "eligibility": ("资格审查与公示", "Eligibility, notices, objections"),
    "review": ("评审", "Review"),
    "committee": ("审定", "Committee"),
    "incentives": ("奖励", "Grants"),
    "audit": ("审计", "Audit"),
}


@dataclass(frozen=True)
class Route:
    """One way in. `operation` is `service.method`; the service is `*` for a stage's owner, `gateway` for our own.

    `takes` and `gives` are media types. Only an operation of our own may take or give another one than JSON: it reads
    the request's stream itself, and answers with a response of its own.
    """

    verb: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    operation: str
    tag: str
    status: int = 200
    takes: str = JSON
    gives: str = JSON

    def __post_init__(self) -> None:
        if (self.takes, self.gives) != (JSON, JSON) and not self.operation.startswith("gateway."):
            raise ValueError(
                f"{self.operation}: only the gateway's own operations take or give other than JSON"
            )

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(_FIELDS.findall(self.path))

    @property
    def in_rest(self) -> tuple[str, ...]:
        """The fields of the request that stand in the body or the query string."""
        return tuple(name for name in _fields_of(spec_of(self).request) if name not in self.in_path)

    @property
    def takes_body(self) -> bool:
        """Whether fields come as JSON."""
        return self.takes == JSON and self.verb in {"POST", "PUT", "PATCH"} and bool(self.in_rest)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return PREFIX + _FIELDS.sub(r"<\1>", self.path)

    @property
    def name(self) -> str:
        """A name of its own, for logs and for the document."""
        return self.operation.replace("*", "stages").replace(".", "_")


@cache
def _fields_of(request: type[Schema]) -> tuple[str, ...]:
    """The names of a schema's fields; making a schema is too dear to do it with every request."""
    return tuple(request().fields)


def spec_of(route: Route) -> Operation:
    """The operation of a route; for a stage's owner the one of any owner, they are the same."""
    service, _, method = route.operation.partition(".")
    if service == OWNER:
        service = SERVICES[0]
    return OWN[method] if service == "gateway" else OPERATIONS[f"{service}.{method}"]


def roles_of(route: Route) -> tuple[str, ...]:
    """Who may take this way."""
    return spec_of(route).roles


def operations_behind(route: Route) -> tuple[str, ...]:
    """All operations of services that a route may ask."""
    service, _, method = route.operation.partition(".")
    if service == "gateway":
        return tuple(f"{each}.audit" for each in SERVICES) if method == "audit" else ()
    return tuple(f"{each}.{method}" for each in SERVICES) if service == OWNER else (route.operation,)


_CYCLE = "/cycles/{cycle_id}"
_STAGE = _CYCLE + "/stages/{stage}"
_APPLICATION = "/applications/{application_id}"

ROUTES: tuple[Route, ...] = (
    Route("POST", "/tokens", "gateway.sign_in", "identity", 201),
    Route("DELETE", "/tokens/current", "gateway.sign_out", "identity"),
    Route("GET", "/me", "gateway.me", "identity"),
    Route("PUT", "/me/password", "gateway.change_password", "identity"),
    Route("GET", "/accounts", "gateway.accounts", "identity"),
    Route("POST", "/accounts", "gateway.create_account", "identity", 201),
    Route("PUT", "/accounts/{account_id}/roles", "gateway.set_roles", "identity"),
    Route("PUT", "/accounts/{account_id}/unit", "gateway.set_unit", "identity"),
    Route("PUT", "/accounts/{account_id}/disabled", "gateway.set_disabled", "identity"),
    Route("POST", "/rehearsals/tokens", "gateway.persona", "identity", 201),
    Route("GET", "/rulebooks", "gateway.rulebooks", "rulebooks"),
    Route("GET", "/rulebooks/{rulebook}", "gateway.rulebook", "rulebooks"),
    Route("GET", "/cycles", "intake.cycles", "cycles"),
    Route("POST", "/cycles", "intake.open_cycle", "cycles", 201),
    Route("GET", _CYCLE, "intake.cycle", "cycles"),
    Route("POST", _CYCLE + "/pool", "intake.join_pool", "cycles"),
    Route("GET", _CYCLE + "/enquiries", "intake.enquiries", "cycles"),
    Route("GET", _CYCLE + "/my-enquiries", "intake.my_enquiries", "cycles"),
    Route("GET", _CYCLE + "/enquiries/{department}/batch", "intake.enquiry_batch", "cycles"),
    Route("POST", _CYCLE + "/enquiries/{department}/batch", "intake.take_batch", "cycles"),
    Route("GET", _CYCLE + "/rechecks", "intake.rechecks", "cycles"),
    Route("GET", "/departments", "intake.departments", "cycles"),
    Route("GET", _CYCLE + "/applications", "intake.applications", "applications"),
    Route("POST", _CYCLE + "/applications", "intake.create_application", "applications", 201),
    Route("GET", _APPLICATION, "intake.application", "applications"),
    Route("POST", _APPLICATION + "/recommendation", "intake.recommend_application", "applications"),
    Route("POST", _APPLICATION + "/submission", "intake.submit_application", "applications"),
    Route("POST", _APPLICATION + "/withdrawal", "intake.withdraw_application", "applications"),
    Route("GET", _APPLICATION + "/enquiries", "intake.application_enquiries", "applications"),
    Route("POST", _APPLICATION + "/enquiries/{department}", "intake.ask_again", "applications"),
    Route("POST", _APPLICATION + "/enquiries/{department}/answer", "intake.answer_enquiry", "applications"),
    Route("POST", _APPLICATION + "/credit-reports", "intake.attach_credit_report", "applications"),
    Route("POST", _APPLICATION + "/rechecks/{purpose}", "intake.recheck_records", "applications"),
    Route("POST", _APPLICATION + "/rechecks/{purpose}/decision", "intake.decide_records", "applications"),
    Route("POST", _APPLICATION + "/judgements", "eligibility.judge", "eligibility"),
    Route("POST", _APPLICATION + "/events", "eligibility.report_after_award", "eligibility"),
    Route("GET", _STAGE, "*.stage", "stages"),
    Route("POST", _STAGE + "/begin", "*.begin_stage", "stages"),
    Route("POST", _STAGE + "/close", "*.close_stage", "stages"),
    Route("PUT", _STAGE + "/admitted", "review.admit", "stages"),
    Route("POST", _STAGE + "/sheets", "review.submit_sheet", "review"),
    Route("PUT", _STAGE + "/social-votes", "review.record_social_votes", "review"),
    Route("GET", _CYCLE + "/findings", "eligibility.findings", "eligibility"),
    Route("POST", _CYCLE + "/bans", "eligibility.record_ban", "eligibility"),
    Route("GET", _CYCLE + "/notices", "eligibility.notices", "eligibility"),
    Route("POST", _CYCLE + "/notices/{notice}/objections", "eligibility.object", "eligibility", 201),
    Route("GET", _CYCLE + "/objections", "eligibility.objections", "eligibility"),
    Route("POST", "/objections/{objection_id}/ruling", "eligibility.rule_on_objection", "eligibility"),
    Route("GET", _CYCLE + "/honours", "eligibility.honours", "eligibility"),
    Route("POST", _CYCLE + "/experts", "review.register_experts", "review"),
    Route("GET", _CYCLE + "/panels", "review.panels", "review"),
    Route("GET", _CYCLE + "/my-assignments", "review.my_assignments", "review"),
    Route("GET", _CYCLE + "/scores", "review.scores", "review"),
    Route("PUT", _CYCLE + "/committee", "committee.convene", "committee"),
    Route("PUT", _CYCLE + "/proposal", "committee.propose", "committee"),
    Route("GET", _CYCLE + "/ballot", "committee.round", "committee"),
    Route("POST", _CYCLE + "/ballot/votes", "committee.cast_ballot", "committee"),
    Route("POST", _CYCLE + "/ballot/close", "committee.close_round", "committee"),
    Route("GET", _CYCLE + "/votes", "committee.votes", "committee"),
    Route("GET", _CYCLE + "/grants", "incentives.grants", "incentives"),
    Route("POST", _CYCLE + "/grants/paid-before", "incentives.record_paid", "incentives"),
    Route("GET", _CYCLE + "/audit", "gateway.audit", "audit"),
)
