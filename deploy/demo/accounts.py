"""Who may sign in to the demo, and where the public votes: written down for its owner alone, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deploy.demo.cast import People
from deploy.local.files import read_json, write_json
from deploy.local.terminal import table

FILE = "demo-accounts.json"
PAGES = "demo-pages.json"


def keep(folder: Path, passwords: Mapping[str, str]) -> None:
    """Write down the passwords by username; the file is its owner's alone (0600)."""
    write_json(folder / FILE, dict(passwords))


def keep_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Write down the addresses of pages that nobody needs an account for."""
    write_json(folder / PAGES, dict(pages))


def vote_page(folder: Path) -> str | None:
    """Where the public votes, None where that was not written down."""
    found = read_json(folder / PAGES)
    page = found.get("vote") if isinstance(found, dict) else None
    return page if isinstance(page, str) else None


def kept(folder: Path) -> dict[str, str] | None:
    """What was written down, None where nothing was."""
    found = read_json(folder / FILE)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return {str(name): value for name, value in found.items()}


def shown(people: People, passwords: Mapping[str, str]) -> str:
    """One line for each of those who may sign in and whose password is known: role, name, password, what waits."""
    rows = [
        (
            " · ".join(people.titles[account.role]),
            account.username,
            passwords[account.username],
            f"{account.waits_zh} · {account.waits_en}",
        )
        for account in people.accounts.values()
        if account.username in passwords
    ]
    return table(("角色 role", "用户名 user name", "密码 password", "什么在等 what waits"), rows)
