"""The agency's own accounts in the demo: a stub provider vouches for one officer, whose account is linked as a person would.

It is there in a stack of the environment `demo` alone, on the stubs' port, below /identity; production has no such thing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import requests

from deploy.demo import cast
from deploy.demo.city import Person, Refused

OFFICER = "office"  # the user name, and by what the provider knows the person
PROVIDER, CLIENT = "agency", "zhiheng"
NAME_ZH, NAME_EN = "示例单位统一身份认证", "Sample agency identity"
_TIMEOUT = 60.0  # seconds of one request
_LOCATIONS = (301, 302, 303)


def people() -> Mapping[str, Mapping[str, str]]:
    """Those for whom the provider vouches, and what it says of them."""
    return {OFFICER: {"name": cast.people().accounts[OFFICER].name}}


def shown() -> str:
    """Who may sign in so, in words."""
    name = people()[OFFICER]["name"]
    return (
        f"{OFFICER} 还可用“{NAME_ZH}”登录，选择“{name}” · "
        f"{OFFICER} may also sign in with “{NAME_EN}”: choose “{name}”"
    )


def link(gateway_url: str, officer: Person) -> None:
    """Sign in, link the identity, and see that it is. Raises Refused."""
    browser = _Browser(gateway_url)
    browser.post("/login", {"username": officer.username, "password": officer.password})
    page = browser.get("/me/identities")
    form = _form(page, f"/me/identities/{PROVIDER}")
    onward = re.search(rf'href="({re.escape("http")}[^"]*/authorize[^"]*)"', browser.post(*form))
    if onward is None:
        raise Refused("the way to the identity provider is not shown")
    choosing = requests.get(html.unescape(onward[1]), timeout=_TIMEOUT)
    action, asked = _form(choosing.text, "")
    back = requests.post(
        urljoin(choosing.url, action),
        data={**asked, "person": OFFICER},
        timeout=_TIMEOUT,
        allow_redirects=False,
    )
    parts = urlsplit(back.headers.get("Location", ""))
    browser.get(f"{parts.path}?{parts.query}")
    if not officer.ok("GET", "/me/identities")["identities"]:
        raise Refused(f"{officer.username} is not linked to an identity")


class _Browser:
    """Keeps cookies and follows no redirect; a library would not send Secure cookies over the demo's plain HTTP."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        return self._said("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        return self._said("POST", path, fields)

    def _said(self, verb: str, path: str, fields: Mapping[str, str] | None) -> str:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = requests.request(
            verb,
            self._base + path,
            data=fields,
            headers={"Cookie": cookie} if cookie else {},
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
        if answer.status_code != requests.codes.ok and answer.status_code not in _LOCATIONS:
            raise Refused(f"{urlsplit(answer.url).path}: {answer.status_code}")
        for each in answer.cookies:
            self._cookies[each.name] = each.value or ""
        return answer.text


def _form(page: str, action: str) -> tuple[str, dict[str, str]]:
    """The address of the first form that leads there, and its hidden fields. Raises Refused."""
    for found in re.finditer(r"<form\b([^>]*)>(.*?)</form>", page, re.DOTALL):
        to = re.search(r'action="([^"]*)"', found[1])
        if to is not None and html.unescape(to[1]).startswith(action):
            fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[2])
            return html.unescape(to[1]), {name: html.unescape(value) for name, value in fields}
    raise Refused(f"no form leads to {action or 'anywhere'}")
