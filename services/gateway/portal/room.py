"""Rooms of the portal: each declares its pages, with who may open them; one frame around every page.

A page is a function of the visit and of the names in its address. Who is not signed in signs in first and comes back; who may
not see a page, or what is on it, is told what everybody is told of what does not exist.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from services.gateway.delegation.lending import Ended
from services.gateway.errors import TooLarge, extra_headers, not_found
from services.gateway.files import too_large
from services.gateway.portal import doors, frame
from services.gateway.portal.forms import CSRF, KEY, SECRET
from services.gateway.portal.onward import Onward, again
from services.gateway.portal.sessions import COOKIE
from services.gateway.portal.text import LANGUAGES, Language, Text
from services.gateway.portal.visit import NEXT_COOKIE, Visit
from shared.config import Settings
from shared.contracts.operations import PUBLIC
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from services.gateway.app import Gateway

LANGUAGE_COOKIE, ELDER_COOKIE = "__Host-zhiheng-language", "__Host-zhiheng-elder"
_MENDED = {
    Invalid.status,
    Conflict.status,
    Unavailable.status,
}  # after these somebody wants what they had typed
_FOREIGN, _STALE = "foreign_form", "stale_form"
_SMALL = 1 << 20  # bytes: a form that is held to fewer has no files
_YEAR = 365 * 24 * 3600  # seconds for which a browser remembers how somebody likes to read
PageView = Callable[..., Response]
Largest = int | Callable[[Settings], int]


@dataclass(frozen=True)
class Page:
    """One address of the portal."""

    rule: str
    name: str
    roles: tuple[str, ...]
    methods: tuple[str, ...]
    view: PageView
    largest: Largest | None = None  # bytes of a posted body, where it is another limit than everywhere
    largest_file: int | None = (
        None  # bytes of one file of its form, where it is another limit than that of papers
    )
    kept: bool = False  # the public's browsers keep it, and ask whether it is still so
    entrance: bool = False  # part of signing in: whoever owes a second factor may open it, and nothing else
    restores: bool = False  # takes what was typed before a session began, whose token it cannot bear
    quiet: bool = False  # no log and no figure tells how often it is used
    sample: Mapping[str, str] = field(
        default_factory=dict
    )  # names in an address with which its page is tried


@dataclass
class Room:
    """Pages of one topic. `roles` may open those that say nothing else; PUBLIC is everybody, signed in or not."""

    name: str
    roles: tuple[str, ...]
    pages: list[Page] = field(default_factory=list)

    def page(
        self,
        rule: str,
        *,
        roles: Iterable[str] = (),
        methods: tuple[str, ...] = ("GET",),
        largest: Largest | None = None,
        largest_file: int | None = None,
        kept: bool = False,
        entrance: bool = False,
        restores: bool = False,
        quiet: bool = False,
        sample: Mapping[str, str] | None = None,
    ) -> Callable[[PageView], PageView]:
        """Declare a page; with POST among its methods its forms are checked to be ours."""

        def declare(view: PageView) -> PageView:
            name = f"portal.{self.name}.{view.__name__}"
            opens = tuple(roles) or self.roles
            self.pages.append(
                Page(
                    rule, name, opens, methods, view, largest, largest_file, kept, entrance, restores, quiet,
                    sample or {},
                )
            )  # fmt: skip
            return view

        return declare


def mount(app: Flask, gateway: Gateway, rooms: Iterable[Room]) -> None:
    """Give every page its address."""
    for room in rooms:
        for each in room.pages:
            app.add_url_rule(
                each.rule, endpoint=each.name, view_func=_shown(gateway, each), methods=list(each.methods),
                provide_automatic_options=False,
            )  # fmt: skip


def _shown(gateway: Gateway, page: Page) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        g.quiet = page.quiet
        if page.largest is not None:
            request.max_content_length = largest_body(gateway.settings, page)
        chosen = _chosen_language()
        if chosen is not None:  # before anything is taken that the next page shows once
            return chosen
        try:
            visit, ended = arrive(gateway)
        except Ended as problem:  # told once: from now on the session is its holder's own
            visit, ended = arrive(gateway)
            return finish(visit, _not_done(visit, page, problem), ended=ended)
        try:
            response = _opened(visit, page, path, ended=ended)
        except Unauthenticated:
            response = _to_sign_in(visit)
        except RequestEntityTooLarge:
            if page.largest is None:
                raise
            response = told(visit, _too_large(gateway.settings, page))
        except Problem as problem:
            response = _not_done(visit, page, problem)
        if page.kept and visit.session is None and response.status_code == 200:
            frame.keep(response)
        return finish(visit, response, ended=ended)

    view.__name__ = page.name.rpartition(".")[2]
    return view


def largest_body(settings: Settings, page: Page) -> int:
    """Bytes of the longest form that a page takes; 0 where it takes no more than everything else."""
    most = page.largest or 0
    return most if isinstance(most, int) else most(settings)


def _largest_file(settings: Settings, page: Page) -> int:
    """Bytes that one file of a page's form may have; the public's papers have a limit of their own."""
    if page.largest_file is not None:
        return page.largest_file
    return settings.papers_public_largest_bytes if PUBLIC in page.roles else settings.file_largest_bytes


def _too_large(settings: Settings, page: Page) -> TooLarge:
    """By the bytes that one file of a page's form may have; or by those of a form that has no files."""
    if isinstance(page.largest, int) and page.largest < _SMALL:
        return TooLarge(f"表单内容超过 {page.largest} 字节", f"a form has at most {page.largest} bytes here")
    return too_large(_largest_file(settings, page))


def _opened(visit: Visit, page: Page, path: dict[str, str], *, ended: bool) -> Response:
    if PUBLIC not in page.roles:
        if visit.session is None:
            raise Unauthenticated("请先登录", "sign in first")
        if not set(page.roles) & set(visit.roles):
            raise not_found()
    elif ended and request.method == "POST":
        raise Unauthenticated("请先登录", "sign in first")
    if any(not value.isprintable() for value in path.values()):
        raise not_found()
    if request.method == "POST":
        _check_origin(visit, page)
    if visit.session is not None and visit.session.owes_factor and not page.entrance:
        return _to_enrol(visit)
    return page.view(visit, **path)


def arrive(gateway: Gateway) -> tuple[Visit, bool]:
    """Who is in front of the page, and whether a session of theirs was over."""
    visit = stranger(gateway)
    token = request.cookies.get(COOKIE, "")
    if not token:
        return visit, False
    try:
        visit.session = gateway.sessions.find(token)
    except Unauthenticated:
        return visit, True
    visit.token = token
    g.role = visit.roles[0] if visit.roles else PUBLIC
    if request.method == "GET" and NEXT_COOKIE in request.cookies:
        visit.carried = gateway.sessions.carried(token)
        notice = visit.carried.get("notice")
        if isinstance(notice, list) and len(notice) == 2:
            visit.aside.append(Text(*notice))
    return visit, False


def stranger(gateway: Gateway) -> Visit:
    """Somebody of whom only is known how they like to read."""
    language: Language = "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"
    return Visit(gateway, None, "", language, request.cookies.get(ELDER_COOKIE) == "1")


def finish(visit: Visit, response: Response, *, ended: bool = False) -> Response:
    """What every page's answer has: no copy anywhere, and the cookies that are done with taken away."""
    frame.protect(response)
    if visit.session is not None:  # a form without a page of its own is gone back to by the page that sent it
        response.headers["Referrer-Policy"] = "same-origin"
    if ended:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    goes_on = any(each.startswith(f"{NEXT_COOKIE}=1") for each in response.headers.getlist("Set-Cookie"))
    if not goes_on and (visit.carried or (NEXT_COOKIE in request.cookies and request.method == "GET")):
        response.delete_cookie(NEXT_COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def _chosen_language() -> Response | None:
    """`?lang=` and `?elder=` are remembered and vanish from the address."""
    asked, elder = request.args.get("lang"), request.args.get("elder")
    if request.method != "GET" or (asked is None and elder is None):
        return None
    left = [(name, value) for name, value in request.args.items(multi=True) if name not in {"lang", "elder"}]
    response = frame.as_flask(frame.redirected(request.path + ("?" + urlencode(left) if left else "")))
    terms: dict[str, Any] = {"secure": True, "samesite": "Lax", "path": "/", "max_age": _YEAR}
    if asked in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, asked, **terms)
    if elder in {"0", "1"}:
        response.set_cookie(ELDER_COOKIE, elder, **terms)
    frame.protect(response)
    return response


def _check_origin(visit: Visit, page: Page) -> None:
    """A form of ours, posted from a page of ours. Raises Forbidden; Unauthenticated for what was opened before signing out."""
    site = request.headers.get("Sec-Fetch-Site", "" if page.restores else "same-origin")
    ours = page.restores or hmac.compare_digest(request.form.get(CSRF, "").encode(), visit.csrf.encode())
    if not ours and _from_here():
        if visit.session is None:
            raise Unauthenticated("请先登录", "sign in first")
        raise Forbidden(
            "打开这一页之后，登录的人或代办的身份变了，因此什么都没有办理。核对之后请再提交一次",
            "nothing was done: since this page was opened somebody signed in anew, or in another name; look at it, send it again",
            code=_STALE,
        )
    if site not in {"same-origin", "none"} or not ours:
        raise Forbidden(
            "这个表单不是从本站打开的，请重新打开页面再提交",
            "this form did not come from a page of this site; open the page again and send it from there",
            code=_FOREIGN,
        )


def _from_here() -> bool:
    """Whether a browser says that a page of ours sent this: no other site can say so."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _to_sign_in(visit: Visit) -> Response:
    """To the sign-in page and back here; what was typed comes along, files do not."""
    if request.method == "POST":
        try:
            return doors.show_again(visit, Onward.here(), files=_had_files())
        except RequestEntityTooLarge:
            return frame.as_flask(frame.redirected("/login"))
    return frame.as_flask(frame.redirected(Onward.here().by("/login")))


def _had_files() -> bool:
    return any(file.filename for file in request.files.values())


def _to_enrol(visit: Visit) -> Response:
    """To where a second factor is set up, and afterwards back here with what was typed; files are not kept."""
    here = Onward.here()
    kept = here.carried or {name: visit.carried[name] for name in ("typed", "at") if name in visit.carried}
    return visit.go(here.by("/me/second-factor"), None, **kept)


def _not_done(visit: Visit, page: Page, problem: Problem) -> Response:
    """A refusal as a page. What was typed is on it where no form shows it: to be sent again, or to be gone back to."""
    secret = request.method != "POST" or "*" in request.form.get(SECRET, "").split()
    another = problem.code in {_STALE, Ended.default_code}  # somebody else is in front of the page, or acts
    mended = _from_here() if another else problem.status in _MENDED and page.largest is None
    if secret or page.restores or not mended:
        return told(visit, problem)
    down = problem.status == Unavailable.status
    onward = Onward.here()
    return told(
        visit, problem, "kept.html", typed=onward.typed, onward=onward if visit.session and onward.address else None,
        again=request.full_path.rstrip("?") if down else "", key=request.form.get(KEY) or new_id(), files=_had_files(),
        marks=[(name, request.form[name]) for name in (SECRET, "_next") if name in request.form],
    )  # fmt: skip


def told(visit: Visit, problem: Problem, template: str = "problem.html", **values: Any) -> Response:
    """A refusal as a page: unknown, forbidden and not one's own look the same."""
    if isinstance(problem, NotFound) or (
        isinstance(problem, Forbidden) and problem.code not in {_FOREIGN, _STALE}
    ):
        problem = not_found()
    g.problem = problem.code
    title = Text(problem.title_zh, problem.title_en)
    known = problem.status in {NotFound.status, 405}  # there is nothing to come back to
    response = frame.render(
        visit, template, title, status=problem.status, problem=problem, back="" if known else again(),
        sent=request.method == "POST", **values,
    )  # fmt: skip
    response.headers.update(extra_headers(problem))
    return response
