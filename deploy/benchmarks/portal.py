"""How long the pages take while twenty people click through them, with thousands of applications in a cycle.

    ./zhiheng demo --keep
    python -m deploy.benchmarks.portal [--applications 4000] [--users 20] [--seconds 60]

The people are those of the demo that is kept (deploy/demo): officers, applicants and reviewers, each in a session of their
own. The applications are put beforehand into intake's database, into the cycle that takes applications, and **stay there**:
make the demo anew afterwards. Everybody opens the first page of their role, then follows links of the page at random, and
thinks in between; an officer comes back to the list of applications again and again, with other filters. What a page took is
what the gateway's own log says: from the request read to the answer made, all services' answers included.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from deploy.benchmarks.lists import Waits, fill
from deploy.demo import accounts
from deploy.local import state
from services.gateway.portal.sessions import COOKIE

BOUND = 150.0  # milliseconds at the 99th percentile, of every page
THINKS = (0.5, 3.5)  # seconds between two clicks
FEWEST = 20  # requests of a page without which its 99th percentile says nothing
# Shares of the users, with the accounts they sign in with.
USERS = {
    "office": (10, ("office", "office2", "office3")),
    "applicant": (5, ("applicant", "winner", "respondent")),
    "reviewer": (5, ("reviewer", "reviewer2", "reviewer3")),
}
HOMES = {"office": "/office", "applicant": "/my", "reviewer": "/review"}
LIST_QUERIES = (
    "", "?page=10", "?status=in_progress&sort=-name", "?q=示例组织12", "?missing=departments&size=200",
    "?status=draft&sort=submitted_on&page=2", "?kind=organization&sort=-uscc&size=100",
)  # fmt: skip
_MAIN = re.compile(r"<main\b.*?</main>", re.S)
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"]*)"')
_CSRF = re.compile(r'name="_csrf" value="([^"]*)"')


@dataclass
class User:
    """Somebody with a browser's session."""

    url: str
    role: str
    cookie: str
    lists: Sequence[str]
    draw: random.Random

    def click(self, until: float) -> list[int]:
        """Open pages until then; gives the statuses of the answers."""
        seen, home = [], HOMES[self.role]
        with requests.Session() as session:
            page = home
            time.sleep(self.draw.uniform(0, THINKS[1]))  # twenty people do not sit down in one instant
            while time.monotonic() < until:
                answer = session.get(
                    self.url + page,
                    headers={"Cookie": f"{COOKIE}={self.cookie}"},
                    timeout=60,
                    allow_redirects=False,
                )
                seen.append(answer.status_code)
                page = self._next(answer) or home
                time.sleep(self.draw.uniform(*THINKS))
        return seen

    def _next(self, answer: requests.Response) -> str | None:
        """A link of the page, at random; None: back to the first page."""
        if self.lists and self.draw.random() < 0.3:
            return self.draw.choice(self.lists) + self.draw.choice(LIST_QUERIES)
        matter = _MAIN.search(answer.text)
        links = [unescape(link) for link in _LINK.findall(matter[0])] if matter else []
        pages = [
            link for link in links if not link.startswith("/api/") and "." not in link.rpartition("/")[2]
        ]
        return self.draw.choice(pages) if pages and self.draw.random() < 0.8 else None


def sign_in(url: str, username: str, password: str) -> str:
    """The token of a session: what the sign-in page's cookie holds."""
    token = _CSRF.search(requests.get(f"{url}/login", timeout=60).text)
    form = {"username": username, "password": password, "_csrf": token[1] if token else ""}
    answer = requests.post(f"{url}/login", data=form, timeout=60, allow_redirects=False)
    answer.raise_for_status()
    found = re.search(rf"{COOKIE}=([^;]+)", answer.headers.get("Set-Cookie", ""))
    if found is None:
        raise SystemExit(f"{username} cannot sign in: {answer.status_code}")
    return found[1]


def open_cycle(database: str, applications: int, seed: int) -> str:
    """The cycle that takes applications, with so many more in it, if they are not there."""
    engine = create_engine(database)
    with engine.connect() as connection:
        (cycle,) = connection.execute(text("SELECT id FROM cycles ORDER BY closes_on DESC LIMIT 1")).one()
        there = connection.execute(
            text("SELECT count(*) FROM applications WHERE cycle_id = :cycle"), {"cycle": cycle}
        ).scalar_one()
    if there < applications:
        fill(engine, cycle, applications, seed, first=10_000)  # after the demo's own
    engine.dispose()
    return str(cycle)


def read_log(path: Path, since: int) -> list[Mapping[str, Any]]:
    """The gateway's lines of requests for pages, from a place in its log on."""
    with path.open("rb") as log:
        log.seek(since)
        lines = [json.loads(line) for line in log if line.startswith(b"{")]
    return [
        line for line in lines
        if line.get("event") == "request" and not str(line["route"]).startswith(("/assets", "/api", "/login"))
    ]  # fmt: skip


def weight(url: str) -> int:
    """Bytes of the first page and of all that it asks for, as they go over the wire."""

    def size(address: str) -> tuple[int, str]:
        with requests.get(address, headers={"Accept-Encoding": "gzip"}, timeout=60, stream=True) as answer:
            head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
            body = answer.raw.read(decode_content=False)
            return head + len(body), body.decode("utf-8", "replace")

    first, page = size(f"{url}/")
    asked = set(
        re.findall(
            r'"(/assets/[^"]+)"', page if "<html" in page else requests.get(f"{url}/", timeout=60).text
        )
    )
    folders = {address.rpartition("/")[0] for address in asked}
    scripts = {f"{folder}/govuk-frontend.min.js" for folder in folders}  # which portal.js imports
    return first + sum(size(url + address)[0] for address in asked | scripts)


def run(url: str, people: Mapping[str, str], cycle: str, count: int, seconds: float, seed: int) -> list[int]:
    """Let everybody click; gives the statuses of all answers."""
    users, whole = [], sum(share for share, _ in USERS.values())
    for role, (share, names) in USERS.items():
        for number in range(round(count * share / whole)):
            name = names[number % len(names)]
            lists = [f"/cycles/{cycle}/applications"] if role == "office" else []
            users.append(
                User(url, role, sign_in(url, name, people[name]), lists, random.Random(seed + len(users)))
            )
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(users)) as pool:
        return [status for seen in pool.map(lambda user: user.click(until), users) for status in seen]


def show(lines: Sequence[Mapping[str, Any]]) -> bool:
    """One line a page that was opened often enough; whether all pages kept within the bound."""
    took: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        took[str(line["route"])].append(float(line["milliseconds"]) / 1000)
        took["all pages"].append(float(line["milliseconds"]) / 1000)
    print("| page | requests | p50 | p99 | most |\n|---|--:|--:|--:|--:|")
    within = True
    for route, seconds in sorted(took.items(), key=lambda each: -len(each[1])):
        if len(seconds) >= FEWEST:
            waits = Waits.of(seconds)
            within = within and waits.p99 < BOUND
            print(f"| `{route}` | {len(seconds)} | {waits.p50:.0f} | {waits.p99:.0f} | {waits.most:.0f} |")
    rare = sum(len(each) for each in took.values() if len(each) < FEWEST)
    print(f"\n{rare} requests of pages that were opened less than {FEWEST} times are in `all pages` alone.")
    return within


def main() -> int:
    """The command line."""
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=4000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = state.demo_folder()
    people, found = accounts.kept(folder), state.running(folder)
    if people is None or found is None:
        print("no demo is kept: ./zhiheng demo --keep", file=sys.stderr)
        return 1
    print(machine())
    cycle = open_cycle(
        f"sqlite:///{folder / 'databases' / 'intake.sqlite'}", options.applications, options.seed
    )
    log = folder / "logs" / "gateway.log"
    began = log.stat().st_size
    statuses = run(found.gateway_url, people, cycle, options.users, options.seconds, options.seed)
    within = show(read_log(log, began))
    bad = sum(status >= 500 for status in statuses)
    print(json.dumps({
        "bound_ms": BOUND, "within": within, "requests": len(statuses), "failed": bad,
        "first_page_bytes": weight(found.gateway_url),
    }))  # fmt: skip
    return 0 if within and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
