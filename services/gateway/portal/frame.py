"""The one frame of all pages: templates, language, what a page may load, and how a form's refusals are shown.

Templates are in `templates/`, one folder a room; each extends `layout.html`. Components are govuk-frontend's, drawn by the
macros of govuk-frontend-jinja. A text is said in both languages where it stands: `t('保存', 'Save')`. What people wrote
themselves goes through `own`, which also marks Chinese on an English page. A name that a template does not know stops the page.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, g, request
from flask import redirect as flask_redirect
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from jinja2.utils import missing
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from services.gateway.citing import cited
from services.gateway.figures import figure
from services.gateway.portal import site
from services.gateway.portal.forms import Choice, Filled
from services.gateway.portal.guides import guide_at
from services.gateway.portal.navigation import menu_of
from services.gateway.portal.sessions import IDLE, WARNED
from services.gateway.portal.text import (
    Language,
    Text,
    counted,
    own,
    unbroken,
    written_day,
    written_end,
    written_money,
    written_span,
    written_time,
)
from services.gateway.roles import TITLES
from shared.documents.text import clean
from shared.identifiers import new_id

if TYPE_CHECKING:
    from services.gateway.portal.visit import Visit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "object-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


_YES_NO = (Choice("yes", Text("是", "Yes")), Choice("no", Text("否", "No")))


class _Missing(ChainableUndefined):
    """The macros ask for many parameters that nobody gave; a name of our own that is not there is a mistake."""

    def _of_a_name(self) -> bool:
        return self._undefined_obj is missing and self._undefined_name not in _MACROS_OWN

    def __str__(self) -> str:
        return self._fail_with_undefined_error() if self._of_a_name() else ""

    def __bool__(self) -> bool:
        return bool(self._fail_with_undefined_error()) if self._of_a_name() else False

    def __iter__(self) -> Any:
        return self._fail_with_undefined_error() if self._of_a_name() else iter(())


_MACROS_OWN = frozenset({"undefined", "caller", "null"})  # names by which the macros mean nothing


def render(visit: Visit, template: str, title: Text, *, status: int = 200, **values: Any) -> Response:
    """A page from a template. The first form among the values that was refused puts its refusals at the top."""
    language = visit.language
    refused = next(
        (each for each in values.values() if isinstance(each, Filled) and each.status != 200), None
    )
    text = (
        _environment()
        .get_template(template)
        .render(
            visit=visit,
            title=title,
            language=language,
            refused=refused,
            menu=menu_of(visit.roles, language),
            site=site.of(visit.gateway.settings),
            here=request.path,
            other_language=_with_query("lang", "zh" if language == "en" else "en"),
            elder_switch=_with_query("elder", "0" if visit.elder else "1"),
            guide_at=guide_at,
            asset=visit.gateway.assets.url,
            request_id=g.get("request_id", ""),
            t=visit.say,
            own=lambda value: own(value, language),
            said=lambda pair: _said(pair, language),
            person=lambda subject: own(visit.person(subject) or "—", language),
            expert=lambda expert_id: own(visit.expert(expert_id) or "—", language),
            figure=lambda value: own(figure(value), language),
            many=counted,
            pick=lambda entry, name: _pick(entry, name, language),
            day=lambda value: unbroken(written_day(value, language)),
            moment=lambda value: written_time(value, language),
            over_at=lambda value: written_end(value, language),
            money=lambda value: written_money(value, language),
            span=lambda seconds: written_span(seconds, language),
            book_title=lambda rulebook: _said(visit.book_title(rulebook), language),
            book_titles=lambda rulebooks: escape(visit.say("、", ", ")).join(
                _said(visit.book_title(each), language) for each in rulebooks
            ),
            idle_seconds=int(IDLE.total_seconds()),
            warned_seconds=int(WARNED.total_seconds()),
            yes_no=_YES_NO,
            new_key=new_id,
            role_name=lambda role: TITLES[role][1 if language == "en" else 0],
            **values,
        )
    )
    if refused is not None and status == 200:
        status = refused.status
    tag = "en" if language == "en" else "zh-Hans"
    return Response(text, status, mimetype="text/html", headers={"Content-Language": tag})


def protect(response: Response) -> None:
    """What every page's answer says about keeping and loading."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Vary", "Cookie")


def keep(response: Response) -> None:
    """A page that is the same for everybody: a browser may keep it and asks each time whether it is still so (304)."""
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    response.set_etag(sha256(response.get_data()).hexdigest())
    response.make_conditional(request)


def redirected(address: str) -> AnyResponse:
    """On to another page (303)."""
    return flask_redirect(address, 303)


def as_flask(response: AnyResponse) -> Response:
    """Werkzeug's redirect as what views give."""
    return Response(response.get_data(), response.status_code, headers=dict(response.headers))


def _said(pair: Text | tuple[str, str] | None, language: Language) -> str:
    """In one of the two languages; what is the same in both is somebody's own words."""
    if pair is None:
        return ""
    if pair[0] == pair[1]:
        return own(pair[1], language)
    text = pair[1 if language == "en" else 0]
    return text if isinstance(text, Markup) else cited(text, language)


def _pick(entry: Any, name: str, language: Language) -> Any:
    """`title_zh` or `title_en` of an entry; what only exists in Chinese is marked so on an English page."""
    found = entry.get(f"{name}_{language}")
    return own(found if found else entry[f"{name}_zh"], language)


def _with_query(name: str, value: str) -> str:
    """This page again with one more word in its address; after a post, the page itself."""
    query = request.query_string.decode("latin-1") if request.method != "POST" else ""
    return f"{quote(request.path)}?{query + '&' if query else ''}{name}={value}"


def compile_all() -> int:
    """Compile every template, so that no visitor waits for it; gives how many there are."""
    environment = _environment()
    own = [name for name in environment.list_templates() if not name.startswith(_OTHERS)]
    named = {found for name in own for found in _NAMED.findall(_source(environment, name))}
    for name in (*own, *sorted(named)):
        environment.get_template(name)
    return len(own) + len(named)


_OTHERS = "govuk_frontend_jinja"
_NAMED = re.compile(rf"'({_OTHERS}/[^']+)'")  # of theirs the few that ours import


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates beside the compiled Python, by the same rule: where none may be written, each process compiles."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


def _compiled() -> _Compiled:
    """A template is compiled anew when it changes, or this module, which says how."""
    here = Path(__file__)
    folder = here.parent / "__pycache__"
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    version = sha256(here.read_bytes()).hexdigest()[:12]
    return _Compiled(str(folder), f"template-{version}-%s.cache")


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("services.gateway.portal"),
                PrefixLoader({_OTHERS: PackageLoader(_OTHERS)}),
            ]
        ),
        bytecode_cache=_compiled(),
        cache_size=-1,  # all stay: their number is known
        autoescape=True,
        undefined=_Missing,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
