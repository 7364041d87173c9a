"""Plays a file from its opening to its result."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.rehearsal.checked import Playable
from deploy.rehearsal.ending import play_after_award, read_back, wait_for_the_last
from deploy.rehearsal.gateway import Gateway
from deploy.rehearsal.opening import play_opening
from deploy.rehearsal.play import Play
from deploy.rehearsal.result import assemble
from deploy.rehearsal.steps import play_stages
from deploy.rehearsal.stubs import Stubs
from deploy.rehearsal.waiting import Patience
from shared.calendar import WorkCalendar


@dataclass(frozen=True)
class Player:
    """Plays through one gateway."""

    gateway: Gateway
    stubs: Stubs
    calendar: WorkCalendar
    patience: Patience = field(default_factory=Patience)

    def play(self, playable: Playable, say: Callable[[str], None] = lambda step: None) -> dict[str, Any]:
        """The result. Raises NoAnswer, Refused; WrongFile where a figure proves to be lacking."""
        play = Play(playable, self.gateway, self.stubs, self.calendar, self.patience, say)
        play_opening(play)
        if play_stages(play) != "blocked":
            wait_for_the_last(play)
        play_after_award(play)
        answers = read_back(play)
        return assemble(play.scenario, play.rulebook, play.ids, answers, play.notes)


def steps_of(playable: Playable) -> int:
    """How many steps the progress bar has: the stages, and opening, applications, events and result."""
    return len(playable.rulebook.stages) + len(playable.scenario.after_award) + 3


def write_result(folder: Path, result: dict[str, Any]) -> Path:
    """`<scenario>.result.json` in the folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['scenario']}.result.json"
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)
    return path
