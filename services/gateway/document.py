"""The OpenAPI 3.1 document, made from the routes and the contracts, and a page of it for people."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from services.gateway.circumstances import IDEMPOTENCY_KEY, ON_BEHALF_OF, REHEARSAL_DATE, REQUEST_ID
from services.gateway.delegation.terms import LENDABLE
from services.gateway.errors import PROBLEM_JSON, as_details, not_found
from services.gateway.examples import sample
from services.gateway.roles import TITLES
from services.gateway.routes import FORM, JSON, PREFIX, ROUTES, TAGS, Route, spec_of
from services.gateway.scopes import SCOPE_OF, SCOPES
from shared.contracts.base import Strict
from shared.contracts.operations import PUBLIC, ROLES

VERSION = "1.0.0"
_PAGE = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_STYLE = Path(__file__).with_name("static") / "docs.css"
_DESCRIPTION = """质衡的 HTTP 接口。日期为 YYYY-MM-DD，金额为整数分，分数为文字（小数），编号由系统给出。
The HTTP API. Dates are YYYY-MM-DD, money is integer fen, scores are decimal text, ids are given by the system."""

CONFIG: dict[str, Any] = {
    "API_TITLE": "质衡 Zhiheng",
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": None,
}


class FieldFault(Strict):
    """One field that was refused."""

    field = fields.String(required=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class ProblemDetails(Strict):
    """Problem details after RFC 9457; `code` is stable, `title` and `detail` follow Accept-Language."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    detail_zh = fields.String(required=True)
    detail_en = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldFault), required=True)
    request_id = fields.String(required=True)


class GatewayApi(Api):  # type: ignore[misc]
    """flask-smorest with our form of errors."""

    ERROR_SCHEMA = ProblemDetails

    def handle_http_exception(self, error: HTTPException) -> AnyResponse:
        """Never used: the application's own handler is registered after this one."""
        raise error


_BODIES: dict[str, type[Schema]] = {}
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def body_schema(route: Route) -> type[Schema]:
    """The request without the fields that the path gives: a schema of its own name where there are any."""
    request = spec_of(route).request
    given = tuple(name for name in route.in_path if name in request().fields)
    if not given:
        return request
    name = f"{request.__name__}Body"
    if name not in _BODIES:
        meta = type("Meta", (), {"unknown": RAISE, "exclude": given})
        _BODIES[name] = type(name, (request,), {"Meta": meta, "__doc__": request.__doc__})
    return _BODIES[name]


def _header(name: str, zh: str, en: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": f"{zh} · {en}",
        "schema": {"type": "string"},
        "example": example,
    }


def _parameters(route: Route) -> list[dict[str, Any]]:
    operation = spec_of(route)
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"},
         "example": str(operation.example.get(name, "example"))}
        for name in route.in_path
    ]  # fmt: skip
    if not route.takes_body:
        found += [
            {
                "name": name,
                "in": "query",
                "required": operation.request().fields[name].required,
                "schema": {"type": "string"},
            }
            for name in route.in_rest
        ]
    if operation.kind == "command":
        found.append(
            _header(IDEMPOTENCY_KEY, "同一个键只办理一次", "one key, one effect", "submit-2025-04-01")
        )
    if operation.service != "gateway" or "cycle_id" in operation.request().fields:
        found.append(
            _header(REHEARSAL_DATE, "仅限演练：所演的日期", "rehearsals only: the day played", "2025-04-01")
        )
    if not {*LENDABLE}.isdisjoint(operation.roles):
        found.append(
            _header(ON_BEHALF_OF, "代办：委托人的标识", "whoever lent the role, by subject", "li.office")
        )
    found += [_header(*header) for header in route.headers]
    found.append(_header(REQUEST_ID, "请求编号，原样返回", "id of the request, echoed", "7d9f0c1a-example"))
    return found


def documented(route: Route) -> dict[str, Any]:
    """One operation of the document."""
    operation = spec_of(route)
    public = PUBLIC in operation.roles
    roles = [PUBLIC] if public else list(operation.roles)
    who = (
        ["任何人", "anybody"]
        if public
        else ["所有登录的人", "everybody who signed in"]
        if set(roles) == set(ROLES)
        else ["、".join(TITLES[r][0] for r in roles), ", ".join(TITLES[r][1] for r in roles)]
    )
    about = (operation.reply if operation.request is Strict else operation.request).__doc__
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": f"{operation.summary_zh} · {operation.summary_en}",
        "description": f"{about}\n\n可用者 · who: {who[0]} · {who[1]}",
        "parameters": _parameters(route),
        "responses": {
            str(route.status): {
                "description": (operation.reply.__doc__ or "").strip(),
            }
            | ({"content": {route.gives: _given(route)}} if route.gives else {}),
            "default": {
                "description": "问题说明 · problem details (RFC 9457)",
                "content": {
                    PROBLEM_JSON: {
                        "schema": ProblemDetails,
                        "example": as_details(not_found(), "zh", "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"),
                    }
                },
            },
        },
        "security": _security(route, public=public),
        "x-roles": roles,
        "x-summary-zh": operation.summary_zh,
        "x-summary-en": operation.summary_en,
    }
    if route.takes_body:
        example = {name: value for name, value in operation.example.items() if name not in route.in_path}
        found["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": body_schema(route), "example": example}},
        }
    elif route.takes == FORM:
        found["requestBody"] = {
            "required": True,
            "content": {FORM: {"schema": operation.request, "example": dict(operation.example)}},
        }
    elif route.takes != JSON:
        found["requestBody"] = {"required": True, "content": {route.takes: _BYTES}}
    return found


def _security(route: Route, *, public: bool) -> list[dict[str, list[str]]]:
    if route.operation in SCOPE_OF:
        return [{"oauth2": [SCOPE_OF[route.operation]]}]
    return [{}, {"bearer": []}] if public else [{"bearer": []}]


def _given(route: Route) -> dict[str, Any]:
    reply = spec_of(route).reply
    return {"schema": reply, "example": sample(reply())} if route.gives == JSON else _BYTES


@cache
def described() -> dict[str, Any]:
    """The document as plain data: half a second of work, done for whoever asks for it first, not at every start.

    flask-smorest writes it from an application that serves nobody.
    """
    app = Flask("services.gateway.document", static_folder=None)
    app.config.update(CONFIG)
    api = GatewayApi(app)
    blueprints = {tag: Blueprint(tag, tag, description=f"{zh} · {en}") for tag, (zh, en) in TAGS.items()}
    for route in ROUTES:
        blueprint = blueprints[route.tag]
        view = blueprint.doc(**documented(route))(lambda **path: Response())
        blueprint.route(
            route.rule, methods=[route.verb], endpoint=route.name, provide_automatic_options=False
        )(view)
    for blueprint in blueprints.values():
        api.register_blueprint(blueprint)
    _finish(api)
    return _plain(api)


def _finish(api: Api) -> None:
    """What belongs to the document as a whole."""
    api.spec.options["info"] = {"description": _DESCRIPTION}
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    scopes = {name: f"{zh} · {en}" for name, (zh, en) in SCOPES.items()}
    flow = {"tokenUrl": f"{PREFIX}/oauth/token", "scopes": scopes}
    api.spec.components.security_scheme("oauth2", {"type": "oauth2", "flows": {"clientCredentials": flow}})


def _plain(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.spec.to_dict(), default=str))
    # What flask-smorest brings for paging and ETags, which this API does not use.
    found["components"]["schemas"].pop("PaginationMetadata", None)
    for unused in ("responses", "headers"):
        found["components"].pop(unused, None)
    found["tags"] = [
        {"name": tag, "description": f"{zh} · {en}", "x-zh": zh, "x-en": en} for tag, (zh, en) in TAGS.items()
    ]
    return found


@cache
def _as_json() -> str:
    return json.dumps(described(), ensure_ascii=False, indent=1)


def add_pages(app: Flask) -> None:
    """/openapi.json, /docs and its style sheet. Nothing on them comes from elsewhere."""
    style = _STYLE.read_text(encoding="utf-8")
    page = ""

    def openapi() -> Response:
        return Response(_as_json(), mimetype="application/json")

    def docs() -> Response:
        nonlocal page
        found = described()
        page = page or render_template(
            "docs.html", spec=found, sections=sections(found), titles=TITLES, kind=kind, limits=limits
        )
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _PAGE})

    def css() -> Response:
        return Response(style, mimetype="text/css", headers={"Content-Security-Policy": _PAGE})

    for rule, view in (("/openapi.json", openapi), ("/docs", docs), ("/docs/style.css", css)):
        app.add_url_rule(rule, view_func=view, methods=["GET"], provide_automatic_options=False)


def sections(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations by tag, in the order of the table, as the page shows them."""
    by_tag: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in found["tags"]}
    for path, item in found["paths"].items():
        for verb, operation in item.items():
            if verb in {"get", "head", "post", "put", "patch", "delete", "options"}:
                by_tag[operation["tags"][0]].append(
                    {"verb": verb.upper(), "path": path, **_readable(operation)}
                )
    return [{**tag, "operations": by_tag[tag["name"]]} for tag in found["tags"]]


def _readable(operation: dict[str, Any]) -> dict[str, Any]:
    status, success = next((s, r) for s, r in operation["responses"].items() if s != "default")
    request = operation.get("requestBody", {}).get("content", {})
    reply = success.get("content")
    return {
        "id": operation["operationId"],
        "zh": operation["x-summary-zh"],
        "en": operation["x-summary-en"],
        "text": operation["description"].split("\n\n")[0],
        "roles": operation["x-roles"],
        "parameters": operation.get("parameters", []),
        "status": status,
        "request": _part(request) if request else None,
        "reply": _part(reply) if reply else None,
    }


def _part(content: dict[str, Any]) -> dict[str, str]:
    (name, media), *_ = content.items()
    if name != JSON:
        return {"schema": name, "example": ""}
    return {
        "schema": str(media["schema"].get("$ref", "")).rpartition("/")[2],
        "example": json.dumps(media.get("example"), ensure_ascii=False, indent=2),
    }


def kind(schema: dict[str, Any]) -> str:
    """The type of a field in a word: `string`, `list of X`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(kind(part) for part in schema[several])
    types = schema.get("type", "any")
    names = [types] if isinstance(types, str) else list(types)
    if "array" in names:
        names[names.index("array")] = f"list of {kind(schema.get('items', {}))}"
    return " or ".join(names)


def limits(schema: dict[str, Any]) -> str:
    """What else a field has to be."""
    shown = (
        "format",
        "enum",
        "const",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
    )
    return ", ".join(
        f"{name} {json.dumps(schema[name], ensure_ascii=False)}" for name in shown if name in schema
    )
