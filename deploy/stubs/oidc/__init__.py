"""An identity provider of an agency, or a city's identity service for voters (OpenID Connect Core, authorization code with
PKCE), for tests and demonstrations.

It verifies nobody: whoever comes chooses which of the people it is. Of voters (`VOTERS`, `tells=False`) it says nothing but a
pseudonym. With `remembers` a browser that has signed in is let in as the same person without a question, as single sign-on has
it, unless `prompt=login` or `max_age` ask for one.

GET  /.well-known/openid-configuration, /jwks
GET  /authorize    a form to choose a person; POST sends the browser back with a code
POST /token        client_secret_basic; a code counts once, for its client, its address and its verifier
GET  /end-session  back to post_logout_redirect_uri
PUT  /faults       {wrong, slow, down}: how it is from now on
GET  /livez

`wrong`: signature, algorithm, none, nonce, no_nonce, audience, issuer, expired, subject, code, malformed, other_metadata, stale
(nobody is asked anew, the last sign-in was an hour ago), no_auth_time (it does not say when that was); `slow`: seconds before
each answer; `down`: 503 to everything but /faults.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from http.cookies import CookieError, SimpleCookie
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters, KeySet, OctKey

from deploy.stubs.handler import JsonHandler, object_of
from shared.clock import Clock, SystemClock

LONGEST_BODY = 100_000
WRONG = (
    "signature", "algorithm", "none", "nonce", "no_nonce", "audience", "issuer", "expired", "subject", "code", "malformed",
    "other_metadata", "stale", "no_auth_time",
)  # fmt: skip
_KID = "stub-oidc-1"
_LIFE = 300  # seconds of an ID token
_STALE = 3600  # seconds since a sign-in that is not asked for again
_COOKIE = "signed-in"
# Made up; what a provider says of a person are the claims.
PEOPLE: Mapping[str, Mapping[str, str]] = {
    "company-1": {"name": "示例制造有限公司", "uscc": "91310105MAXY50013E"},
    "company-2": {"name": "示例服务有限公司"},
    "person-1": {"name": "张示例"},
}
VOTERS: Mapping[str, Mapping[str, str]] = {
    f"citizen-{number:02d}": {"name": f"示例市民 {number}"} for number in range(1, 25)
}


@dataclass(frozen=True)
class Faults:
    """What is wrong with the provider; 0, "" and False: nothing."""

    wrong: str = ""
    slow: float = 0.0
    down: bool = False


@dataclass(frozen=True)
class Answer:
    """A status, a body in its type, where to go on."""

    status: int
    body: str = ""
    media: str = "application/json"
    location: str = ""
    cookie: str = ""


@dataclass(frozen=True)
class _Code:
    client: str
    person: str
    redirect_uri: str
    nonce: str
    challenge: str
    auth_time: int | None  # where it was asked for


@dataclass
class Provider:
    """What is answered to whom; no sockets here. `clients` are secrets by client id, `issuer` the address it is reached at,
    `private_key` (a JWK) the key that others may know already, `tells` whether its tokens say more than who it is, `remembers`
    whether it knows a browser again.
    """

    clients: Mapping[str, str]
    people: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: dict(PEOPLE))
    clock: Clock = field(default_factory=SystemClock)
    issuer: str = ""
    faults: Faults = Faults()
    asked: int = 0
    private_key: str = field(default="", repr=False)
    tells: bool = True
    remembers: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, _Code] = {}
        parameters: KeyParameters = {"kid": _KID, "use": "sig", "alg": "ES256"}
        self._key = (
            ECKey.import_key(json.loads(self.private_key))
            if self.private_key
            else ECKey.generate_key("P-256", parameters=parameters)
        )
        self._other = ECKey.generate_key("P-256", parameters=parameters)

    def keys(self) -> str:
        """Its public keys, as a JWKS."""
        return json.dumps(KeySet([self._key]).as_dict(private=False))

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a request."""
        parts = urlsplit(target)
        if (method, parts.path) == ("PUT", "/faults"):
            return self._put_faults(body)
        with self._lock:
            self.asked += 1
        if self.faults.slow:
            time.sleep(self.faults.slow)
        if self.faults.down:
            return _json(503, {"error": "temporarily_unavailable"})
        query = _single(parts.query)
        form = _single(body.decode("utf-8", "replace"))
        match method, parts.path:
            case "GET", "/.well-known/openid-configuration":
                return _json(200, self._metadata())
            case "GET", "/jwks":
                return Answer(200, self.keys())
            case "GET", "/authorize":
                return self._choose(query, headers.get("Cookie", ""))
            case "POST", "/authorize":
                return self._chosen(form)
            case "POST", "/token":
                return self._token(headers, form)
            case "GET", "/end-session":
                back = query.get("post_logout_redirect_uri", "")
                done = Answer(302, location=back) if back else _page("已退出", "<p>已退出 · signed out</p>")
                return replace(done, cookie=f"{_COOKIE}=; Path=/; Max-Age=0")
            case "GET", "/livez":
                return _json(200, {"status": "ok"})
        return _json(404, {"error": "no such address"})

    def _put_faults(self, body: bytes) -> Answer:
        given = object_of(body)
        known = {each.name for each in fields(Faults)}
        if given is None or set(given) - known or given.get("wrong", "") not in ("", *WRONG):
            return _json(422, {"error": "no such fault"})
        self.faults = replace(Faults(), **given)
        return _json(200, given)

    def _metadata(self) -> dict[str, Any]:
        issuer = "https://somebody.else.test" if self.faults.wrong == "other_metadata" else self.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _choose(self, query: Mapping[str, str], cookies: str) -> Answer:
        """A form with everybody: what was asked travels in it, as a real provider would keep it in a session."""
        needed = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")
        lacking = [name for name in needed if not query.get(name)]
        if lacking or query["client_id"] not in self.clients or query.get("code_challenge_method") != "S256":
            return _page("请求有误", "<p>请求有误 · wrong request</p>", 400)
        known = self._known(query, cookies)
        if known is not None:
            return self._sent_back(query, *known)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(query[name])}">'
            for name in (*needed, "max_age")
            if name in query
        )
        buttons = "".join(
            f'<p><button name="person" value="{html.escape(key)}">{html.escape(claims["name"])}</button></p>'
            for key, claims in self.people.items()
        )
        buttons += '<p><button name="person" value="">取消</button></p>'
        action = html.escape(f"{self.issuer}/authorize")
        return _page("选择身份", f'<form method="post" action="{action}">{hidden}{buttons}</form>')

    def _chosen(self, form: Mapping[str, str]) -> Answer:
        back = form.get("redirect_uri", "")
        if form.get("client_id") not in self.clients or not back:
            return _page("请求有误", "<p>请求有误 · wrong request</p>", 400)
        person = form.get("person", "")
        if person not in self.people:
            told = {"state": form.get("state", ""), "iss": self.issuer, "error": "access_denied"}
            return Answer(302, location=f"{back}?{urlencode(told)}")
        now = int(self.clock.now().timestamp())
        answer = self._sent_back(form, person, now - _STALE if self.faults.wrong == "stale" else now)
        kept = f"{_COOKIE}={person}.{now}; Path=/; HttpOnly; SameSite=Lax"
        return replace(answer, cookie=kept) if self.remembers else answer

    def _known(self, query: Mapping[str, str], cookies: str) -> tuple[str, int] | None:
        """Who has signed in from a browser, and when; None where nobody did, or is to be asked again."""
        try:
            kept = SimpleCookie(cookies).get(_COOKIE)
        except CookieError:
            return None
        person, _, at = kept.value.rpartition(".") if kept else ("", "", "")
        if not self.remembers or person not in self.people or not at.isdecimal():
            return None
        age, most = int(self.clock.now().timestamp()) - int(at), query.get("max_age", "")
        anew = "login" in query.get("prompt", "").split() or (most.isdecimal() and age >= int(most))
        return None if anew and self.faults.wrong != "stale" else (person, int(at))

    def _sent_back(self, asked: Mapping[str, str], person: str, at: int) -> Answer:
        """Back with a code for somebody who signed in at that moment."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = _Code(
                asked["client_id"], person, asked["redirect_uri"], asked.get("nonce", ""), asked.get("code_challenge", ""),
                at if "max_age" in asked else None,
            )  # fmt: skip
        told = {"state": asked.get("state", ""), "iss": self.issuer, "code": code}
        return Answer(302, location=f"{asked['redirect_uri']}?{urlencode(told)}")

    def _token(self, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        client = _client_of(headers.get("Authorization", ""))
        if client is None or not secrets.compare_digest(self.clients.get(client[0], ""), client[1] or "-"):
            return _json(401, {"error": "invalid_client"})
        with self._lock:
            known = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        right = known is not None and (known.client, known.redirect_uri, known.challenge) == (
            client[0], form.get("redirect_uri", ""), challenge,
        )  # fmt: skip
        if known is None or not right or self.faults.wrong == "code":
            return _json(400, {"error": "invalid_grant"})
        if self.faults.wrong == "malformed":
            return Answer(200, "not json")
        return _json(
            200,
            {
                "access_token": secrets.token_urlsafe(24),
                "token_type": "Bearer",
                "id_token": self._id_token(known),
            },
        )

    def _id_token(self, code: _Code) -> str:
        now, wrong = int(self.clock.now().timestamp()), self.faults.wrong
        claims: dict[str, Any] = {
            "iss": "https://somebody.else.test" if wrong == "issuer" else self.issuer,
            "aud": "another-system" if wrong == "audience" else code.client,
            "sub": "" if wrong == "subject" else code.person,
            "iat": now - 2 * _LIFE if wrong == "expired" else now,
            "exp": now - _LIFE if wrong == "expired" else now + _LIFE,
            "nonce": "another-nonce" if wrong == "nonce" else code.nonce,
            **(self.people[code.person] if self.tells else {}),
        }
        if wrong == "no_nonce":
            del claims["nonce"]
        if code.auth_time is not None and wrong != "no_auth_time":
            claims["auth_time"] = code.auth_time
        if wrong == "algorithm":  # a public key that everybody has, taken for a shared secret
            public = OctKey.import_key(json.dumps(self._key.as_dict(private=False)))
            return jwt.encode({"alg": "HS256", "kid": _KID}, claims, public)
        if wrong == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        key = self._other if wrong == "signature" else self._key
        return jwt.encode({"alg": "ES256", "kid": self._key.kid or _KID}, claims, key)


def _client_of(authorization: str) -> tuple[str, str] | None:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return name, secret


def _single(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}


def _json(status: int, value: Mapping[str, Any]) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False))


def _page(title: str, inside: str, status: int = 200) -> Answer:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    page = (
        f'<!DOCTYPE html><html lang="zh-Hans"><head>{head}</head><body><h1>{title}</h1>{inside}</body></html>'
    )
    return Answer(status, page, "text/html; charset=utf-8")


def send(handler: JsonHandler, answer: Answer) -> None:
    """Send an answer as it is."""
    data = answer.body.encode()
    handler.send_response(answer.status)
    if answer.location:
        handler.send_header("Location", quote(answer.location, safe=":/?#[]@!$&'()*+,;=%~"))
    handler.send_header("Content-Type", answer.media)
    handler.send_header("Content-Length", str(len(data)))
    handler.send_header("Cache-Control", "no-store")
    if answer.cookie:
        handler.send_header("Set-Cookie", answer.cookie)
    try:
        handler.end_headers()
        handler.wfile.write(data)
    except ConnectionError:
        handler.close_connection = True  # who asked has given up meanwhile


class OidcServer(ThreadingHTTPServer):
    """Serves a `Provider`; its issuer is the address that it listens on, unless it has one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], provider: Provider) -> None:
        self.provider = provider
        super().__init__(address, _Handler)
        if not provider.issuer:
            provider.issuer = self.url

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(JsonHandler):
    server: OidcServer
    server_version = "identity"
    longest_body = LONGEST_BODY

    def serve(self, body: bytes) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        send(self, self.server.provider.answer(self.command, self.path, headers, body))

    def refuse(self) -> None:
        self.send(413, {"error": "the body is too long or of unknown length"})
