"""The supervisor of `up`: a process without a terminal that keeps one stack running until it is told to end.

python -m deploy.local.supervisor FOLDER OPTIONS      (the CLI's `up` starts it; options as JSON)
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from deploy.local import state
from deploy.local.processes import NotStarted
from deploy.local.stack import Stack, StackOptions

EXIT_TAKEN = 4
EXIT_NOT_STARTED = 3


class _Told(BaseException):
    """SIGTERM came while the stack was starting."""


def options_from(text: str) -> StackOptions:
    """The options as `up` wrote them, plus the broker's address, which holds a password and comes by the environment."""
    raw = json.loads(text)
    if raw.get("travels") is not None:
        raw["travels"] = date.fromisoformat(raw["travels"])
    return StackOptions(amqp_uri=os.environ.get("ZHIHENG_AMQP_URI", ""), **raw)


def main(arguments: Sequence[str]) -> int:
    """Run the stack until SIGTERM. 3: it could not be started; 4: another supervisor has the folder."""
    folder, options = Path(arguments[0]), options_from(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another supervisor has this folder", flush=True)
            return EXIT_TAKEN
        return _supervise(folder, options)


def _supervise(folder: Path, options: StackOptions) -> int:
    told = threading.Event()
    starting = True

    def on_signal(number: int, frame: FrameType | None) -> None:
        first = not told.is_set()
        told.set()
        if starting and first:
            raise _Told

    steps = {"now": "…", "ready": False}

    def say(text: str) -> None:
        print(text, flush=True)
        if not steps["ready"]:
            steps["now"] = text
            keep()

    def keep() -> None:
        state.write(stack, step=str(steps["now"]), ready=bool(steps["ready"]))

    stack = Stack(folder, options, say=say, changed=keep)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        keep()
        stack.start()
        starting = False
        steps.update(now="ready", ready=True)
        keep()
        told.wait()
    except NotStarted as problem:
        print(problem, flush=True)
        return EXIT_NOT_STARTED
    except _Told:
        pass
    finally:
        starting = False
        stack.stop()
        (folder / "state.json").unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
