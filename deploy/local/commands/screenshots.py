"""screenshots: pictures of the main page of each role, of the demo that is kept, at the width of a desk and of a phone."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local import install, state
from deploy.local.processes import NotStarted
from deploy.local.terminal import Progress, fail
from shared.contracts.operations import AGENCY, APPLICANT, OFFICE, PUBLIC, REHEARSER, REVIEWER, ROLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HELP = "各角色主要页面的截图（取自保留的演示） · pictures of each role's main page, of the kept demo"
FAILED = 1
WIDTHS = (1280, 390)  # pixels: a desk, a phone
HEIGHT = 900


@dataclass(frozen=True)
class Shot:
    """One page: whose, where somebody with that role begins, and a link to follow from there."""

    name: str
    role: str
    address: str
    follow: str = ""  # a regular expression; the first link that matches the whole of it

    def file(self, width: int) -> str:
        """The name of its picture."""
        return f"{self.name}-{width}.png"


BEGIN = "/login"  # leads whoever is signed in to where their role begins
# Nobody in the demo plays rehearsals, and no program of an agency looks at pages.
MAIN = (
    Shot(PUBLIC, PUBLIC, "/"),
    *(Shot(role, role, BEGIN) for role in ROLES if role not in {REHEARSER, AGENCY}),
)
SHOTS = (
    *MAIN,
    Shot("award_office-cycle", OFFICE, "/office", "/cycles/[^/?]+"),
    Shot("applicant-tasks", APPLICANT, "/my", "/my/a/[^/?]+"),
    Shot("reviewer-sheet", REVIEWER, "/review", "/review/[^?]+/sheet"),
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", metavar="DIR", help="where they go (default: screenshots/ beside the environment)"
    )


def run(options: argparse.Namespace) -> int:
    from deploy.demo import accounts, cast

    folder = state.demo_folder()
    passwords, found = accounts.kept(folder), state.running(folder)
    if passwords is None or found is None:
        return fail("没有保留的演示 · no demo is kept: ./zhiheng demo --keep", FAILED)
    out = Path(options.out).absolute() if options.out else state.home() / "screenshots"
    try:
        install.ensure(install.CHROMIUM, Progress())
        who = whose({name: account.role for name, account in cast.people().accounts.items()})
        missing = take(found.gateway_url, {role: (name, passwords[name]) for role, name in who.items()}, out)
    except NotStarted as problem:
        return fail(str(problem))
    print(out)
    return fail(f"没有这些页面 · not there: {', '.join(missing)}", FAILED) if missing else 0


def whose(roles: Mapping[str, str]) -> dict[str, str]:
    """The account whose pages are taken for each role: the first of those that hold it."""
    found: dict[str, str] = {}
    for name, role in roles.items():
        found.setdefault(role, name)
    return found


def take(url: str, people: Mapping[str, tuple[str, str]], out: Path) -> list[str]:
    """Take all pictures; gives the names of those whose page was not there."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**install.chromium_options())
        missing = [shot.name for shot, page in _opened(browser, url, people) if not _taken(shot, page, out)]
        browser.close()
    return missing


def _opened(browser: Browser, url: str, people: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Shot, Page]]:
    """For each picture a page of somebody who has signed in, once for each role."""
    pages: dict[str, Page] = {}
    for shot in SHOTS:
        if shot.role not in pages:
            context = browser.new_context(base_url=url, locale="zh-CN", reduced_motion="reduce")
            pages[shot.role] = context.new_page()
            if shot.role != PUBLIC:
                _sign_in(pages[shot.role], *people[shot.role])
        yield shot, pages[shot.role]


def _sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/login" not in address)


def _taken(shot: Shot, page: Page, out: Path) -> bool:
    """Both pictures of a page; False where it is not there."""
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    answer = page.goto(shot.address)
    if answer is not None and answer.ok and shot.follow:
        links = [link.get_attribute("href") or "" for link in page.get_by_role("link").all()]
        there = first(shot.follow, links)
        answer = page.goto(there) if there else None
    if answer is None or not answer.ok:
        return False
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.screenshot(path=out / shot.file(width), full_page=True)
    return True


def first(pattern: str, links: list[str]) -> str | None:
    """The first of these addresses that is as wished."""
    return next((link for link in links if re.fullmatch(pattern, link)), None)
