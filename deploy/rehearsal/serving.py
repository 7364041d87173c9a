"""The player over HTTP on loopback: the gateway asks it for its pages. All is signed with a secret that both have.

POST /player/checks        {content, rulebooks}                → {faults, scenario, rulebook, applications}
POST /player/plays         {content, rulebooks, owner, token}  → 202 the job; 422 {faults}; 503 where too many wait
POST /player/states        {owner, play_id}                    → the job; 404 for another's
POST /player/lists         {owner}                             → {plays}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from deploy.rehearsal.checked import Installed, Playable
from deploy.rehearsal.gateway import Gateway
from deploy.rehearsal.jobs import Busy, Jobs, Say
from deploy.rehearsal.kept import Shelf, Terms
from deploy.rehearsal.player import Player
from deploy.rehearsal.stubs import Stubs
from deploy.stubs import signatures
from deploy.stubs.handler import object_of
from shared.clock import Clock
from shared.config import Settings

PREFIX = "/player/"
Reply = tuple[int, dict[str, Any]]


class Playhouse:
    """What is answered; no sockets here."""

    def __init__(self, jobs: Jobs, secret: str, clock: Clock) -> None:
        self._jobs = jobs
        self._secret = secret
        self._clock = clock

    @classmethod
    def on(cls, settings: Settings, clock: Clock, folder: Path | None) -> Playhouse:
        """One that plays through the gateway of the settings and keeps what was played in the folder, None: in memory."""
        stubs_url = f"http://{settings.stub_host}:{settings.stub_port}"

        def play(playable: Playable, token: str, say: Say) -> dict[str, Any]:
            with Gateway(settings.player_gateway, token) as gateway:
                stubs = Stubs(stubs_url, settings.departments_secret, clock)
                return Player(gateway, stubs, Installed.here().calendar).play(playable, say)

        terms = Terms(settings.player_keep, timedelta(days=settings.player_keep_days))
        jobs = Jobs(play, shelf=Shelf(folder), terms=terms, clock=clock)
        return cls(jobs, settings.player_secret, clock)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The status and the JSON body for a request."""
        refused = signatures.refusal(
            self._secret, self._clock.now().timestamp(), timestamp=headers.get(signatures.TIMESTAMP),
            given=headers.get(signatures.SIGNATURE), method=method, path=path, body=body,
        )  # fmt: skip
        asked = object_of(body)
        if refused is not None or not self._secret:
            return 401, {"error": refused or "no secret"}
        if method != "POST" or asked is None:
            return 400, {"error": "not a request"}
        owner, name = str(asked.get("owner", "")), path.removeprefix(PREFIX)
        if name == "states":
            job = self._jobs.find(owner, str(asked.get("play_id", "")))
            return (200, job.told()) if job is not None else (404, {"error": "no such rehearsal"})
        if name == "lists":
            return 200, {"plays": [job.told() for job in self._jobs.of(owner)]}
        if name in {"checks", "plays"}:
            return self._checked(name, asked, owner)
        return 404, {"error": "no such address"}

    def _checked(self, name: str, asked: Mapping[str, Any], owner: str) -> Reply:
        content, rulebooks = str(asked.get("content", "")), [str(each) for each in asked.get("rulebooks", ())]
        playables, faults = self._jobs.check(content, rulebooks)
        if name == "checks":
            first = playables[0] if playables else None
            return 200, {
                "faults": faults,
                "scenario": first.scenario.name if first else None,
                "rulebook": first.rulebook.id if first else None,
                "applications": len(first.scenario.applicants) if first else 0,
            }
        if faults:
            return 422, {"faults": faults}
        try:
            return 202, self._jobs.start(owner, playables, str(asked.get("token", ""))).told()
        except Busy:
            return 503, {"error": "too many wait"}
