"""The HTTP application: every route of the table, problems after RFC 9457, headers, one log line a request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, g, request
from marshmallow import Schema
from werkzeug.datastructures import EnvironHeaders, Headers, MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from services.gateway import body, document, errors, files, portal
from services.gateway.addresses import Gathering, LateRule
from services.gateway.agencies import Agencies, OverLimit, Usage
from services.gateway.ballot_box.limits import Origins, Window
from services.gateway.circumstances import (
    IDEMPOTENCY_KEY,
    REHEARSAL_DATE,
    REQUEST_ID,
    TRACEPARENT,
    TRACESTATE,
    Asked,
    circumstances,
    request_id,
    trace,
)
from services.gateway.contacts import Contacts
from services.gateway.delegation.delegations import Delegations
from services.gateway.dispatch import Dispatcher
from services.gateway.heard import Heard
from services.gateway.identity import Identity
from services.gateway.kept import Kept
from services.gateway.logs import place_of
from services.gateway.metrics import Metrics
from services.gateway.oauth import TokenServer
from services.gateway.oidc.links import Links
from services.gateway.oidc.parties import Parties
from services.gateway.polling.station import Station
from services.gateway.portal.assets import Assets
from services.gateway.portal.room import arrive, finish, stranger, told
from services.gateway.portal.sessions import COOKIE, Sessions
from services.gateway.routes import FORM, JSON, ROUTES, Route, spec_of
from services.gateway.rpc import Caller
from services.gateway.scopes import SCOPE_OF
from services.gateway.second_factor.enrolment import SecondFactors
from services.gateway.serving import answer
from services.gateway.signing import Signer
from shared.config import Settings
from shared.content import ContentError, ContentStore, TooLarge, open_store
from shared.contracts import load
from shared.problems import FieldError, Invalid, Problem, Unavailable
from shared.rulebooks import Library
from shared.store import unreachable, worth_retrying

log = structlog.get_logger(__name__)

LARGEST_BODY = 1 << 20
_NOTICES = 32  # files of notices that are kept; one of a thousand lines has some hundred KB
_API = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _API,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Accept, Accept-Language, Authorization",
}

_FOR_AGENCIES = {f"{route.tag}.{route.name}" for route in ROUTES if route.operation in SCOPE_OF}
_GIVES = {f"{route.tag}.{route.name}": route.gives for route in ROUTES}


@dataclass
class Gateway:
    """What the requests share."""

    settings: Settings
    identity: Identity
    caller: Caller
    library: Library
    metrics: Metrics = field(default_factory=Metrics)
    readiness: Callable[[], dict[str, str]] = dict
    content: ContentStore | None = None
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.caller, self.library)
        self.agencies = Agencies(self.identity, self.settings)
        self.contacts = Contacts(self.identity, self.caller)
        self.delegations = Delegations(self.identity, self.settings)
        self.second_factors = SecondFactors(self.identity)
        self.parties = Parties(self.identity, self.settings)
        self.links = Links(self.identity, self.second_factors, self.parties.providers)
        self.token_server = TokenServer(self.agencies, self.identity, self.settings.agency_token_seconds)
        self.signer = Signer.of(self.settings)
        self.sessions = Sessions(self.identity)
        self.origins = Origins(self.settings.gateway_proxies, "ZHIHENG_GATEWAY_PROXIES")
        self.polling = Station.of(self.settings, self.identity)
        self.paper_window = Window(self.settings.papers_address_most, self.settings.papers_window)
        self.notice_files = Kept(_NOTICES)
        self.assets = Assets.of(self.settings)
        if self.content is None and self.settings.content_url:
            self.content = open_store(self.settings)

    @property
    def rehearsals(self) -> bool:
        """Whether this installation plays rehearsals at all."""
        return self.settings.rehearsals == "allowed"


def create_app(gateway: Gateway) -> Flask:
    """The application for one gateway."""
    app = Flask("services.gateway", static_folder=None, template_folder="templates")
    app.url_rule_class = LateRule
    app.url_map = addresses = Gathering()
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    for route in ROUTES:
        app.add_url_rule(
            route.rule,
            endpoint=f"{route.tag}.{route.name}",
            view_func=_view(gateway, route),
            methods=[route.verb],
            provide_automatic_options=False,
        )
    document.add_pages(app)
    gateway.assets.add_to(app)
    portal.add_pages(app, gateway)
    _add_keys(app, gateway)
    _add_health(app, gateway)
    app.url_map = addresses.complete()
    app.before_request(_begin(gateway))
    app.after_request(_finish(gateway))
    refuse = _refusing(gateway)
    app.register_error_handler(Problem, refuse)
    app.register_error_handler(HTTPException, lambda error: _http_problem(error, refuse))
    app.register_error_handler(ContentError, lambda error: refuse(_content_problem(error)))
    app.register_error_handler(Exception, lambda error: refuse(_fault(error)))
    return app


@cache
def _asked_by(schema: type[Schema]) -> Schema:
    """The schema of requests, made once for all routes that ask alike."""
    return schema()


def _view(gateway: Gateway, route: Route) -> Callable[..., Response]:
    operation = spec_of(route)
    schema = _asked_by(operation.request)

    def view(**path: str) -> Response:
        headers, by_cookie = _headers(gateway, route)
        asked = circumstances(
            operation,
            headers,
            gateway.identity,
            request=g.request_id,
            traced=g.trace,
            address=g.address,
            rehearsals=gateway.rehearsals,
            by_cookie=by_cookie,
        )
        g.role = asked.role
        if operation.kind == "command":
            g.idempotency_key = asked.key
        if route.operation in SCOPE_OF:
            g.usage = _admit_agency(gateway, route, asked)
        data = _gather(route, path, schema)
        if "purpose" in data and route.operation in SCOPE_OF:
            gateway.agencies.note_purpose(data, asked)
        answered = answer(gateway, route, data, asked)
        return answered if isinstance(answered, Response) else json_response(answered, route.status)

    view.__name__ = route.name
    view.__doc__ = None
    return view


def _headers(gateway: Gateway, route: Route) -> tuple[Headers | EnvironHeaders, bool]:
    """The request's headers; where a form is taken, Authorization holds a client's secret and is the form's matter.

    What a route gives as a file may be fetched by a link of a page: there the browser's cookie says who asks, and its
    session counts as used. The second value is whether it did. Raises Unauthenticated for a session that is over.
    """
    if route.takes != FORM:
        token = request.cookies.get(COOKIE)
        if route.verb == "GET" and route.gives != JSON and token and "Authorization" not in request.headers:
            gateway.sessions.find(token)
            return Headers([*request.headers, ("Authorization", f"Bearer {token}")]), True
        return request.headers, False
    kept = [(name, value) for name, value in request.headers if name.lower() != "authorization"]
    return Headers(kept), False


def _admit_agency(gateway: Gateway, route: Route, asked: Asked) -> Usage:
    """A program's request is counted, and let in where the answer can be signed and its token reaches so far."""
    if gateway.signer is None:
        raise Unavailable("部门接口尚未启用", "the interface for agencies is not set up", code="not_set_up")
    try:
        return gateway.agencies.admit(route.operation, asked)
    except OverLimit as over:
        g.usage = over.usage
        raise


def _gather(route: Route, path: Mapping[str, str], schema: Schema) -> dict[str, Any]:
    """The fields of a request from path, query string and body, checked against the contract, still plain JSON.

    Raises BadRequest, WrongContentType, Invalid with the fields' names.
    """
    if route.takes == FORM:
        return {}  # read, and refused, in the words of its own protocol
    for value in path.values():
        if not value.isprintable():
            raise errors.not_found()
    given = {**_query(route), **_body(route)}
    twice = [name for name in route.in_path if name in given]
    if twice:
        raise Invalid(
            "路径中已给出的字段不得重复",
            "what the path says is not said again",
            errors=[FieldError(name, "已在路径中给出", "given by the path") for name in twice],
        )
    data = {**given, **path}
    load(schema, data)
    return data


def _query(route: Route) -> dict[str, str]:
    allowed = set() if route.takes_body else set(route.in_rest)
    faults = [
        FieldError(name, "只能给出一次", "to be given once")
        if name in allowed
        else FieldError(name, "没有这个参数", "no such parameter")
        for name, values in request.args.lists()
        if name not in allowed or len(values) != 1
    ]
    if faults:
        raise Invalid("网址参数有误", "wrong parameters in the address", code="bad_parameter", errors=faults)
    return request.args.to_dict()


def _body(route: Route) -> dict[str, Any]:
    if route.takes != JSON:
        return {}  # left in the stream for the operation itself
    raw = request.get_data(cache=False)
    if not raw:
        if route.takes_body:
            raise errors.BadRequest("缺少请求内容（JSON）", "the body is missing (JSON)", code="no_body")
        return {}
    if route.verb in {"GET", "HEAD", "DELETE"}:
        raise errors.BadRequest("此请求不带内容", "this request takes no body", code="unwanted_body")
    body.check_content_type(request.headers.get("Content-Type", ""))
    return body.read_json(raw)


def json_response(value: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n",
        status,
        mimetype="application/json",
    )


def problem_response(problem: Problem) -> Response:
    """Problem details for a refusal."""
    language = request.accept_languages.best_match(errors.LANGUAGES) or "zh"
    details = errors.as_details(problem, language, g.get("request_id", ""))
    response = Response(
        json.dumps(details, ensure_ascii=False, separators=(",", ":")) + "\n",
        problem.status,
        mimetype=errors.PROBLEM_JSON,
        headers=dict(errors.extra_headers(problem)),
    )
    response.headers["Content-Language"] = language
    g.problem = problem.code
    return response


def _refusing(gateway: Gateway) -> Callable[[Problem], Response]:
    """Problem details for programs, a page for whoever came with a browser."""

    def refuse(problem: Problem) -> Response:
        wanted = request.accept_mimetypes.best_match((errors.PROBLEM_JSON, "text/html"))
        if wanted != "text/html" or _GIVES.get(request.endpoint or "") == JSON:
            return problem_response(problem)
        try:
            visit, ended = arrive(gateway)
        except Exception as error:  # noqa: BLE001 - the accounts may be what is away
            log.warning("request.nobody", request_id=g.get("request_id", ""), detail=place_of(error))
            visit, ended = stranger(gateway), False
        return finish(visit, told(visit, problem), ended=ended)

    return refuse


def _http_problem(error: HTTPException, refuse: Callable[[Problem], Response]) -> AnyResponse:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    response = refuse(errors.of_http(error))
    if error.code == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return response


def _content_problem(error: ContentError) -> Problem:
    """A store that is away, or has lost something: the log knows which, whoever asks is told to come again."""
    if isinstance(error, TooLarge):
        return files.too_large(error.limit)
    log.error("content.failed", request_id=g.get("request_id", ""), detail=place_of(error))
    return Unavailable("文件内容暂时读不到", "the content cannot be reached just now", code="content_away")


def _fault(error: Exception) -> Problem:
    if unreachable(error) or worth_retrying(error):
        log.warning("database.away", request_id=g.get("request_id", ""), detail=place_of(error))
        return Unavailable(
            "账号数据暂时无法访问，请稍后重试", "the accounts cannot be reached just now; try again later"
        )
    log.error("request.fault", request_id=g.get("request_id", ""), detail=place_of(error))
    return errors.fault()


def _begin(gateway: Gateway) -> Callable[[], None]:
    def begin() -> None:
        g.started = time.monotonic()
        g.request_id = request_id(request.headers.get(REQUEST_ID))
        g.trace = trace(request.headers.get(TRACEPARENT), request.headers.get(TRACESTATE))
        forwarded = request.headers.getlist("X-Forwarded-For")
        g.address = gateway.origins.address(request.remote_addr or "", forwarded)
        if request.routing_exception is not None:
            return
        accepted = request.accept_mimetypes
        gives = _GIVES.get(request.endpoint or "")
        if gives and accepted and not _suits(gives, accepted):
            raise errors.NotAcceptable(f"此接口只提供 {gives}", f"this address gives {gives} only")

    return begin


def _suits(gives: str, accepted: MIMEAccept) -> bool:
    """Whether somebody takes what a route gives, or at least a problem; of `image/*` any picture will do."""
    if accepted.best_match((gives, errors.PROBLEM_JSON)):
        return True
    family = gives.partition("*")[0]
    return gives.endswith("/*") and any(value.startswith(family) for value, quality in accepted if quality)


def _finish(gateway: Gateway) -> Callable[[AnyResponse], AnyResponse]:
    def finish(response: AnyResponse) -> AnyResponse:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers[REQUEST_ID] = g.get("request_id", "")
        if "trace" in g:
            response.headers[TRACEPARENT] = g.trace[0]
        if "idempotency_key" in g:
            response.headers[IDEMPOTENCY_KEY] = g.idempotency_key
        if "tus" in g:
            response.headers["Tus-Resumable"] = g.tus
        if "usage" in g:
            response.headers.update(g.usage.headers())
        if gateway.signer is not None and request.endpoint in _FOR_AGENCIES:
            gateway.signer.sign(request, response, gateway.identity.store.clock.now())
        _note(gateway, response)
        return response

    return finish


def _note(gateway: Gateway, response: AnyResponse) -> None:
    if g.get("quiet") and response.status_code < 500:
        return  # how often a ballot's page is used would be a turnout
    seconds = time.monotonic() - g.get("started", time.monotonic())
    rule = request.url_rule.rule if request.url_rule is not None else "(none)"
    gateway.metrics.requests.labels(request.method, rule, str(response.status_code)).observe(seconds)
    if rule in {"/livez", "/readyz"}:
        return
    log.info(
        "request",
        method=request.method,
        route=rule,
        status=response.status_code,
        problem=g.get("problem", ""),
        milliseconds=round(seconds * 1000, 1),
        role=g.get("role", ""),
        request_id=g.get("request_id", ""),
        trace=g.trace[0] if "trace" in g else "",
        rehearsal=REHEARSAL_DATE in request.headers,
    )


def _add_keys(app: Flask, gateway: Gateway) -> None:
    """The keys that answers to agencies are signed with."""

    def keys() -> Response:
        return json_response(gateway.signer.keys() if gateway.signer else {"keys": []})

    app.add_url_rule(
        "/.well-known/jwks.json", view_func=keys, methods=["GET"], provide_automatic_options=False
    )


def _add_health(app: Flask, gateway: Gateway) -> None:
    """On the public port only yes or no; the reasons are on the health port."""

    def livez() -> Response:
        return json_response({"alive": True})

    def readyz() -> Response:
        ready = not gateway.readiness()
        return json_response({"ready": ready}, 200 if ready else 503)

    for rule, view in (("/livez", livez), ("/readyz", readyz)):
        app.add_url_rule(rule, view_func=view, methods=["GET"], provide_automatic_options=False)
