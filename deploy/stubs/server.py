"""The stub departments over HTTP: enquiries, and how a rehearsal sets up the world that they know. All is signed.

POST /departments/<name>/enquiries   {reference, cycle_id, uscc, name, purpose} → {reference, uscc, records, …}
PUT  /worlds/<cycle_id>              {records: {uscc: {department: […]}}, faults: {department: {…}}}
GET  /worlds/<cycle_id>              whether it is known
GET  /counts                         what each department was asked since the process began
POST /credit/reports                 {reference, platform, name, …} → 202 {reference}: a credit platform, its receipt comes later
GET  /credit/reports/<reference>     {reference, receipt or null}: null the first time that somebody asks
*    /player/…                       the player of rehearsals, see deploy/rehearsal/serving.py
POST /sms/messages                   {reference, to, language, parts} → 202 {reference, receipt}: a telephone operator
GET  /sms/messages                   all that was taken
*    /identity/…                     an agency's identity provider, in a demo, see deploy/stubs/oidc
GET  /livez, /readyz
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from deploy.stubs import signatures
from deploy.stubs.credit import CreditExchange
from deploy.stubs.handler import JsonHandler, object_of
from deploy.stubs.sms import SmsGateway
from deploy.stubs.worlds import NoAnswer, Worlds, WrongWorld
from shared.clock import Clock
from shared.contracts.dossier import DEPARTMENTS
from shared.identifiers import digest

LONGEST_BODY = 50_000_000  # a world may hold thousands of applicants
_SOMEBODY_ELSE = "91310105MAXY500219"  # a code that nobody has
_ENQUIRY = ("reference", "cycle_id", "uscc", "name", "purpose")
Reply = tuple[int, dict[str, Any]]
Answering = Callable[[str, str, Mapping[str, str], bytes], Reply]
Serving = Callable[[JsonHandler, bytes], None]


@dataclass
class _Count:
    """Enquiries of one department: all, those that found it out of order, by reference, at this moment, the most at once."""

    asked: int = 0
    failed: int = 0
    references: dict[str, int] = field(default_factory=dict)
    now: int = 0
    most: int = 0


class Departments:
    """What is answered to whom; no sockets here."""

    def __init__(self, worlds: Worlds, clock: Clock, secret: str) -> None:
        self._worlds = worlds
        self._clock = clock
        self._secret = secret
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}
        self._credit = CreditExchange()
        self._sms = SmsGateway()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The status and the JSON body for a request."""
        if method == "GET" and path in {"/livez", "/readyz"}:
            return 200, {"status": "ok"}
        refused = signatures.refusal(
            self._secret,
            self._clock.now().timestamp(),
            timestamp=headers.get(signatures.TIMESTAMP),
            given=headers.get(signatures.SIGNATURE),
            method=method,
            path=path,
            body=body,
        )
        if refused is not None:
            return 401, {"error": refused}
        for verb, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if found is not None and verb == method:
                return handler(found[1], body)
        return 404, {"error": "no such address"}

    def _routes(self) -> tuple[tuple[str, str, Callable[[str, bytes], Reply]], ...]:
        return (
            ("POST", r"/departments/([a-z_]+)/enquiries", self._enquiry),
            ("PUT", r"/worlds/([A-Za-z0-9_-]+)", self._put_world),
            ("GET", r"/worlds/([A-Za-z0-9_-]+)", self._get_world),
            ("GET", r"/(counts)", self._get_counts),
            ("POST", r"/credit/(reports)", lambda _, body: self._credit.take(object_of(body))),
            ("GET", r"/credit/reports/([A-Za-z0-9_-]+)", lambda reference, _: self._credit.show(reference)),
            ("POST", r"/sms/(messages)", lambda _, body: self._sms.take(object_of(body))),
            ("GET", r"/sms/(messages)", lambda *_: self._sms.shown()),
        )

    def _enquiry(self, department: str, body: bytes) -> Reply:
        if department not in DEPARTMENTS:
            return 404, {"error": "no such department"}
        asked = object_of(body)
        if (
            asked is None
            or set(asked) != set(_ENQUIRY)
            or not all(isinstance(v, str) for v in asked.values())
        ):
            return 400, {"error": "not an enquiry"}
        with self._counted(department, asked["reference"]):
            fault = self._worlds.fault(asked["cycle_id"], department, asked["reference"])
            if fault.slow:
                time.sleep(fault.slow)
            try:
                records = self._worlds.ask(asked["cycle_id"], department, asked["reference"], asked["uscc"])
            except NoAnswer as silence:
                self._count_failure(department)
                return 503, {"error": str(silence)}
        return 200, self._reply(department, asked, records, fault.wrong)

    def _reply(
        self, department: str, asked: Mapping[str, str], records: list[dict[str, Any]], wrong: str | None
    ) -> dict[str, Any]:
        reply = {
            "reference": asked["reference"],
            "uscc": asked["uscc"],
            "records": records,
            "answered_at": self._clock.now().isoformat(timespec="seconds"),
            "evidence": f"{department}:{digest([asked['reference'], asked['uscc'], records])}",
        }
        if wrong == "malformed":
            reply["records"] = "无"
        elif wrong == "other_organization":
            reply["uscc"] = _SOMEBODY_ELSE
        elif wrong == "other_reference":
            reply["reference"] = "somebody-elses"
        return reply

    @contextmanager
    def _counted(self, department: str, reference: str) -> Iterator[None]:
        """Count an enquiry, and how many of one department are answered at the same time."""
        with self._lock:
            count = self._counts.setdefault(department, _Count())
            count.asked += 1
            count.references[reference] = count.references.get(reference, 0) + 1
            count.now += 1
            count.most = max(count.most, count.now)
        try:
            yield
        finally:
            with self._lock:
                count.now -= 1

    def _count_failure(self, department: str) -> None:
        with self._lock:
            self._counts[department].failed += 1

    def _get_counts(self, _: str, body: bytes) -> Reply:
        with self._lock:
            return 200, {
                name: {
                    "asked": c.asked,
                    "failed": c.failed,
                    "references": len(c.references),
                    "most_at_once": c.most,
                }
                for name, c in self._counts.items()
            }

    def _put_world(self, world_id: str, body: bytes) -> Reply:
        try:
            self._worlds.put(world_id, object_of(body))
        except WrongWorld as error:
            return 422, {"error": str(error)}
        return 200, {"world": world_id}

    def _get_world(self, world_id: str, body: bytes) -> Reply:
        return (
            (200, {"world": world_id}) if self._worlds.knows(world_id) else (404, {"error": "no such world"})
        )


class Server(ThreadingHTTPServer):
    """Serves `Departments`; a thread a connection, connections are kept."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(
        self,
        address: tuple[str, int],
        departments: Departments,
        player: Answering | None = None,
        identity: Serving | None = None,
    ) -> None:
        self.departments = departments
        self.player = player  # answers what is below /player/, where rehearsals are played
        self.identity = identity  # answers what is below /identity/, in a demo
        super().__init__(address, _Handler)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])


class _Handler(JsonHandler):
    server: Server
    server_version = "departments"
    longest_body = LONGEST_BODY

    def serve(self, body: bytes) -> None:
        if self.server.identity is not None and self.path.startswith("/identity/"):
            self.server.identity(self, body)
            return
        player = self.server.player
        answer = player if player and self.path.startswith("/player/") else self.server.departments.answer
        self.send(*answer(self.command, self.path, self.headers, body))  # type: ignore[arg-type]

    def refuse(self) -> None:
        self.send(413, {"error": "the body is too long or of unknown length"})
