"""What the tests of pages look with: a browser whose every request and message is watched, axe, zoom.

A page is to work without asking anybody but the gateway, without a message on the console, and without a fault of the server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize

SCREEN: ViewportSize = {"width": 1280, "height": 900}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
ZOOMED = (640, 320)  # what a screen of 1280 has left at 200 % and at 400 %
# A refusal is a page of its own; that its status is said on the console as well is no message of the page.
_REFUSED = "Failed to load resource: the server responded with a status of 4"
# Without `preload`: it reads all styles anew for rules that are not asked for.
_AXE = """async ([locale, rules]) => {
    if (locale) axe.configure({locale});
    const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false});
    return found.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html).join(" | ")}`);
}"""
_WIDE = """() => {
    const width = window.innerWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > width + 1);
    return [`${document.documentElement.scrollWidth} > ${width}`, ...wide.slice(0, 5).map(one => one.outerHTML.slice(0, 200))];
}"""

# What is touched; a link in the middle of a text may be as low as its line.
_SMALL = """least => [...document.querySelectorAll(
    `button, input:not([type=radio]):not([type=checkbox]), select, textarea, .govuk-radios__label, .govuk-checkboxes__label,
    a.govuk-button, .zh-header a, .zh-chips a`
)].filter(one => one.offsetParent && one.getBoundingClientRect().height < least).map(one => one.outerHTML.slice(0, 120))"""


class Account(Protocol):
    """Whoever signs in."""

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...


@dataclass
class Watch:
    """What the pages of one context asked for and said."""

    home: str
    requests: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch all its pages."""
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))

    def _asked(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")
        if not request.url.startswith((f"{self.home}/", "data:", "blob:", "about:")):
            self.wrong.append(f"foreign: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.request.method} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # `verbose` is the browser's advice to whoever makes pages; nobody is shown it unasked.
        if message.type != "verbose" and not message.text.startswith(_REFUSED):
            where = message.page.url if message.page else ""
            self.wrong.append(f"console {message.type}: {message.text} ({where})")


@dataclass
class Browsing:
    """The browser at one stack's gateway; each page has a context of its own: other cookies, another person."""

    chromium: Browser
    home: str
    assets: Path
    watches: list[Watch] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, *, script: bool = True, **options: Any) -> Page:
        """An empty page of nobody's; addresses begin with `/`."""
        context = self.chromium.new_context(
            base_url=self.home,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
            viewport=SCREEN,
            reduced_motion="reduce",
            **options,
        )
        watch = Watch(self.home)
        watch.over(context)
        self.watches.append(watch)
        self.contexts.append(context)
        return context.new_page()

    def sign_in(self, person: Account, page: Page | None = None, **options: Any) -> Page:
        """A page on which this person has signed in, as people do; `page`: one that is open already."""
        page = page or self.open(**options)
        page.goto("/login")
        page.get_by_label("用户名").fill(person.username)
        page.get_by_label("密码", exact=True).fill(person.password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    @property
    def wrong(self) -> list[str]:
        """What was seen so far that may not be."""
        return [one for watch in self.watches for one in watch.wrong]

    def close(self) -> None:
        """End all pages."""
        for context in self.contexts:
            context.close()

    def axe(self, page: Page, rules: tuple[str, ...] = RULES) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA and good practice, in Chinese: rule, words, elements."""
        page.evaluate((self.assets / "tests" / "axe.min.js").read_text(encoding="utf-8"))
        locale = json.loads((self.assets / "tests" / "axe.zh_CN.json").read_text(encoding="utf-8"))
        found: list[str] = page.evaluate(_AXE, [locale, rules])
        return found

    def carry_axe(self, page: Page) -> None:
        """Let every page that is opened from now on come with axe, for `axe_quickly`."""
        page.context.add_init_script(path=self.assets / "tests" / "axe.min.js")

    def axe_quickly(self, page: Page) -> list[str]:
        """As `axe`, in English, on a page that came with it."""
        found: list[str] = page.evaluate(_AXE, [None, RULES])
        return found

    def too_small(self, page: Page, least: float) -> list[str]:
        """What is less high than so many pixels though it is there to be touched."""
        found: list[str] = page.evaluate(_SMALL, least)
        return found

    def no_sideways_scroll(self, page: Page) -> list[str]:
        """What makes the page wider than the window at 200 % and 400 %; nothing where it fits."""
        found = []
        with _windows(page) as resize:
            for width in ZOOMED:
                resize({"width": width, "height": 512, "deviceScaleFactor": 2, "mobile": False})
                found += [f"{width}: {one}" for one in page.evaluate(_WIDE)]
        return found


def cookie_of(name: str, value: str) -> SetCookieParam:
    """A `__Host-` cookie of the gateway's, to be given to a context."""
    return {
        "name": name, "value": value, "domain": "127.0.0.1", "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax",
    }  # fmt: skip


@contextmanager
def _windows(page: Page) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Gives what makes the window as it is told; afterwards it is as it was."""
    session = page.context.new_cdp_session(page)
    size = page.viewport_size or SCREEN

    def resize(metrics: Mapping[str, Any]) -> None:
        session.send("Emulation.setDeviceMetricsOverride", dict(metrics))

    try:
        yield resize
    finally:
        resize({**size, "deviceScaleFactor": 1, "mobile": False})
        session.detach()
