"""How long the pages take while twenty people click through them, with thousands of applications in a cycle.

    ./zhiheng demo --keep
    python -m deploy.benchmarks.portal [--applications 4000] [--users 20] [--seconds 60]
    python -m deploy.benchmarks.portal --database sqlite|postgresql …

The people are those of the demo (deploy/demo): officers, applicants, reviewers, members of the committee, a department's
clerk, finance, discipline inspection, an auditor and an operator, each in a session of their own, and the public without
one. The demo is the one that is kept; with `--database` one is made for the measurement, and goes away with it. The
applications are put beforehand into intake's database, into the cycle that takes applications; in a kept demo they **stay
there**: make it anew afterwards. Everybody opens the first page of their role, then follows links of the page at random,
and thinks in between; an officer comes back to the list of applications again and again, with other filters. What a page
took is what the gateway's own log says: from the request read to the answer made, all services' answers included.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from deploy.benchmarks.lists import Waits, fill
from deploy.demo import accounts, world
from deploy.local import assets, state
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.local.terminal import Progress
from services.gateway.portal.sessions import COOKIE

BOUND = 150.0  # milliseconds at the 99th percentile, of every page
THINKS = (0.5, 3.5)  # seconds between two clicks
FEWEST = 20  # requests of a page without which its 99th percentile says little
PUBLIC = "public"


@dataclass(frozen=True)
class Part:
    """How many of twenty have a role, with which accounts they sign in, where they begin, how often they come back there."""

    share: int
    names: Sequence[str]
    home: str
    back: float = 0.2


USERS = {
    "office": Part(6, ("office", "office2", "office3"), "/office"),
    "applicant": Part(3, ("applicant", "winner", "respondent"), "/my"),
    "reviewer": Part(3, ("reviewer", "reviewer2", "reviewer3"), "/review"),
    # Of these there are few, so that they come back to their first page the more often.
    "member": Part(1, ("member2",), "/committee", 0.4),
    "clerk": Part(1, ("clerk",), "/dept", 0.4),
    "finance": Part(2, ("finance", "finance2"), "/finance", 0.4),
    "discipline": Part(1, ("discipline",), "/discipline", 0.4),
    "auditor": Part(1, ("auditor",), "/audit", 0.4),
    "operator": Part(1, ("operator",), "/ops", 0.4),
    PUBLIC: Part(1, ("",), "/", 0.4),
}
LIST_QUERIES = (
    "", "?page=10", "?status=in_progress&sort=-name", "?q=示例组织12", "?missing=departments&size=200",
    "?status=draft&sort=submitted_on&page=2", "?kind=organization&sort=-uscc&size=100",
)  # fmt: skip
_MAIN = re.compile(r"<main\b.*?</main>", re.S)
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"]*)"')
_CSRF = re.compile(r'name="_csrf" value="([^"]*)"')


@dataclass(frozen=True)
class Place:
    """A demo that runs: where, on which database, and the passwords of its people."""

    url: str
    database: str
    intake: str  # SQLAlchemy's address
    log: Path
    people: Mapping[str, str]


@dataclass
class User:
    """Somebody with a browser's session."""

    url: str
    part: Part
    cookie: str
    lists: Sequence[str]
    draw: random.Random

    def click(self, until: float) -> list[int]:
        """Open pages until then; gives the statuses of the answers."""
        seen, home = [], self.part.home
        with requests.Session() as session:
            page = home
            time.sleep(self.draw.uniform(0, THINKS[1]))  # twenty people do not sit down in one instant
            while time.monotonic() < until:
                answer = session.get(
                    self.url + page,
                    headers={"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {},
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
            link
            for link in links
            if not link.startswith(("/api/", "/login")) and "." not in link.rpartition("/")[2]
        ]
        return self.draw.choice(pages) if pages and self.draw.random() >= self.part.back else None


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


def run(place: Place, cycle: str, count: int, seconds: float, seed: int) -> list[int]:
    """Let everybody click; gives the statuses of all answers."""
    users, whole = [], sum(part.share for part in USERS.values())
    for role, part in USERS.items():
        for number in range(max(1, round(count * part.share / whole))):
            name = part.names[number % len(part.names)]
            lists = [f"/cycles/{cycle}/applications"] if role == "office" else []
            cookie = "" if role == PUBLIC else sign_in(place.url, name, place.people[name])
            users.append(User(place.url, part, cookie, lists, random.Random(seed + len(users))))
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(users)) as pool:
        return [status for seen in pool.map(lambda user: user.click(until), users) for status in seen]


def by_page(lines: Sequence[Mapping[str, Any]]) -> dict[str, Waits]:
    """What each page took, and how often it was opened: those opened most often first."""
    took: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        took[str(line["route"])].append(float(line["milliseconds"]) / 1000)
        took["all pages"].append(float(line["milliseconds"]) / 1000)
    ordered = sorted(took.items(), key=lambda each: -len(each[1]))
    return {route: Waits.of(seconds) for route, seconds in ordered}


def counts(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How often each page was opened."""
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        found[str(line["route"])] += 1
        found["all pages"] += 1
    return found


def show(found: Mapping[str, Waits], opened: Mapping[str, int]) -> list[str]:
    """One line a page, and which pages do not keep the bound; gives those of them that were opened often enough to say so."""
    print("| page | requests | p50 | p99 | most |\n|---|--:|--:|--:|--:|")
    for route, waits in found.items():
        p99 = f"**{waits.p99:.0f}**" if waits.p99 >= BOUND else f"{waits.p99:.0f}"
        print(f"| `{route}` | {opened[route]} | {waits.p50:.0f} | {p99} | {waits.most:.0f} |")
    beyond = [route for route, waits in found.items() if waits.p99 >= BOUND]
    missed = [route for route in beyond if opened[route] >= FEWEST]
    rare = [f"{route} ({opened[route]})" for route in beyond if opened[route] < FEWEST]
    never = [part.home for part in USERS.values() if part.home not in found]
    print(f"\nbeyond {BOUND:.0f} ms at the 99th percentile: {', '.join(missed) or 'none'}")
    print(f"beyond it, of fewer than {FEWEST} requests: {', '.join(rare) or 'none'}")
    if never:
        print(f"first pages that were never opened: {', '.join(never)}")
    return [*missed, *never]


def kept() -> Place | None:
    """The demo that is kept."""
    folder = state.demo_folder()
    people, found = accounts.kept(folder), state.running(folder)
    if people is None or found is None:
        return None
    intake = f"sqlite:///{folder / 'databases' / 'intake.sqlite'}"
    return Place(found.gateway_url, found.database, intake, folder / "logs" / "gateway.log", people)


@contextmanager
def made(database: str) -> Iterator[Place]:
    """A demo on a database of that kind, which goes away again."""
    say = Progress()
    assets.hand_on(say)
    options = StackOptions(demo=True, travels=world.first_day(), database=database, extra=world.SETTINGS)
    with temporary_folder("benchmark") as folder:
        stack = Stack(folder / "stack", options)
        try:
            stack.start()
            town = world.play(stack.gateway_url, stack.stubs_url, stack.folder, say)
            yield Place(
                stack.gateway_url, database, stack.database_url("intake"), stack.folder / "logs" / "gateway.log",
                town.passwords(),
            )  # fmt: skip
        finally:
            stack.remove()


def measure(place: Place, options: argparse.Namespace) -> bool:
    """All figures of one demo, printed; whether they are good."""
    cycle = open_cycle(place.intake, options.applications, options.seed)
    print(
        f"\n{place.database}, {options.applications:,} applications, {options.users} users, {options.seconds:.0f} s\n"
    )
    began = place.log.stat().st_size
    statuses = run(place, cycle, options.users, options.seconds, options.seed)
    lines = read_log(place.log, began)
    missed = show(by_page(lines), counts(lines))
    bad = sum(status >= 500 for status in statuses)
    print(json.dumps({
        "database": place.database, "bound_ms": BOUND, "missed": missed, "requests": len(statuses), "failed": bad,
        "first_page_bytes": weight(place.url),
    }))  # fmt: skip
    return not missed and not bad


def main() -> int:
    """The command line."""
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=4000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", nargs="+", choices=["sqlite", "postgresql"], default=[])
    options = parser.parse_args()
    print(machine())
    if options.database:
        good = []
        for database in options.database:
            with made(database) as place:
                good.append(measure(place, options))
        return 0 if all(good) else 1
    found = kept()
    if found is None:
        print("no demo is kept: ./zhiheng demo --keep, or --database", file=sys.stderr)
        return 1
    return 0 if measure(found, options) else 1


if __name__ == "__main__":
    sys.exit(main())
