"""The one frame of all public pages: template, style sheet, policy, ETag, and what a refusal looks like on paper.

A page is a template in `templates/` that extends `base.html`. Chinese comes first, English stands beside it. Whatever goes into
a page is escaped, and letters that turn the direction of reading are shown as U+FFFD: a name looks like itself or like nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.gateway.circumstances import ANYBODY, Asked
from services.gateway.errors import as_details, extra_headers
from shared.contracts import Context
from shared.contracts.operations import PUBLIC
from shared.documents.text import clean
from shared.identifiers import new_id
from shared.problems import Problem

STYLE = "/public/style.css"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# What leads to a page from every other one: address, and its name in both languages.
MENU = (
    ("/notices", "公示", "Public notices"),
    ("/awards", "获奖登记簿", "Register of awards"),
    ("/verify", "证书核验", "Verify a certificate"),
)
_HERE = Path(__file__).parent
Title = tuple[str, str]
View = Callable[..., Response]


def page(template: str, title: Title, *, status: int = 200, **values: Any) -> Response:
    """A page of the frame, from a template of `templates/`; `title` in both languages.

    The same values give the same bytes and the same ETag; whoever has them already is told so (304).
    """
    text = _environment().get_template(template).render(title=title, menu=MENU, style=STYLE, **values)
    return kept(Response(text, status, mimetype="text/html", headers={"Content-Language": "zh-Hans"}))


def kept(response: Response) -> Response:
    """The answer with its ETag and the policy of public pages; a browser keeps it and asks whether it is still so."""
    response.headers["Content-Security-Policy"] = POLICY
    if response.status_code != 200:
        return response
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(sha256(response.get_data()).hexdigest())
    response.make_conditional(request)
    return response


def shown(view: View) -> View:
    """The view, with refusals as pages of the frame instead of problem details."""

    def wrapped(**path: str) -> Response:
        try:
            return view(**path)
        except Problem as problem:
            g.problem = problem.code
            told = as_details(problem, "zh", g.get("request_id", ""))
            title = (problem.title_zh, problem.title_en)
            response = page("problem.html", title, status=problem.status, problem=told)
            response.headers.update(extra_headers(problem))
            return response

    wrapped.__name__ = view.__name__
    return wrapped


def visitor() -> Asked:
    """Somebody who reads a page: the public, whatever a browser sends along, and never a day of a rehearsal."""
    traced = g.get("trace", ("", ""))
    context = Context(
        message_id=new_id(), correlation_id=g.get("request_id", ""), actor=ANYBODY, role=PUBLIC,
        traceparent=traced[0], tracestate=traced[1],
    )  # fmt: skip
    g.role = PUBLIC
    return Asked(None, PUBLIC, context, context.message_id, g.get("address", ""))


@cache
def style_sheet() -> str:
    """The one style sheet of the pages."""
    return (_HERE / "public.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
