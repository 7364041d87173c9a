"""The process of a service:  python -m shared.bus.run services.intake.service:Intake

Configuration comes from the environment (`shared.config`). SIGTERM and SIGINT drain: not ready, no more deliveries,
finish and acknowledge what is in flight, send the outbox, exit 0. What does not end within ZHIHENG_DRAIN_SECONDS is
killed and the exit code is 3; its deliveries come again elsewhere.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

if __name__ == "__main__":
    gc.disable()  # until all is imported, of which nothing is rubbish: looking for it is a tenth of the start
    sys.modules["rich"] = None  # type: ignore[assignment]  # structlog would load it for a terminal that is not there

from shared.bus.green import eventlet

eventlet.monkey_patch()  # before anything else is imported, and in no other kind of process

import os  # noqa: E402
import signal  # noqa: E402

import structlog  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from sqlalchemy.exc import ArgumentError  # noqa: E402

from shared.bus import crash, logs  # noqa: E402
from shared.bus.health import Health  # noqa: E402
from shared.bus.housekeeping import watch_hub  # noqa: E402
from shared.bus.runtime import Runtime, open_store  # noqa: E402
from shared.bus.service import Service, declaration  # noqa: E402
from shared.bus.topology import find_service  # noqa: E402
from shared.calendar import work_calendar  # noqa: E402
from shared.clock import open_clock  # noqa: E402
from shared.config import ConfigurationError, Settings  # noqa: E402
from shared.store import StoreError  # noqa: E402
from shared.strict_yaml import StrictYamlError  # noqa: E402

log = structlog.get_logger(__name__)

EXIT_DIED = 1
EXIT_CONFIGURATION = 2
EXIT_NOT_DRAINED = 3
_LOOK_SECONDS = 0.05
_OTHER_WORKERS = 8  # ticks, beside one worker per queue and the calls


class Process:
    """One service in one process."""

    def __init__(self, service: type[Service], settings: Settings) -> None:
        declared = declaration(service)
        service.check(settings)
        clock = open_clock(settings)
        store = open_store(settings, declared.name, clock)
        self.runtime = Runtime(settings, declared, store, clock, service.migrations)
        outside = sum(subscription.outside for subscription in declared.subscriptions)
        workers = (
            settings.rpc_workers + len(declared.queues) + outside * settings.outside_at_once + _OTHER_WORKERS
        )
        self._runner = ServiceRunner({"runtime": self.runtime, "max_workers": workers})
        self._runner.add_service(service)
        self._asked_to_stop = False
        # Now, not in the first worker: an operator's wrong file has to stop the start, not end the container later.
        assert self.runtime.library is not None
        work_calendar()
        self._health = Health(self.runtime)
        self._health.open()

    def run(self) -> int:
        """Serve until a signal or the container's death; gives the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        eventlet.spawn(watch_hub)
        self._health.serve()
        self._runner.start()
        log.info("process.started", parts=self.runtime.settings.parts, pid=os.getpid())
        alive = eventlet.spawn(self._runner.wait)
        while not self._asked_to_stop and not alive.dead:
            eventlet.sleep(_LOOK_SECONDS)
        return self._drain() if self._asked_to_stop else self._died(alive)

    def _on_signal(self, number: int, frame: Any) -> None:
        # Runs wherever the hub happens to be: only leave a note here.
        self._asked_to_stop = True

    def _drain(self) -> int:
        seconds = self.runtime.settings.drain_seconds
        log.info("process.draining", seconds=seconds)
        self.runtime.draining = True
        try:
            with eventlet.Timeout(seconds, NotDrainedError()):
                self._runner.stop()
        except NotDrainedError:
            log.error("process.not_drained", seconds=seconds)
            return EXIT_NOT_DRAINED
        log.info("process.drained")
        return 0

    @staticmethod
    def _died(alive: Any) -> int:
        try:
            alive.wait()
        except Exception as error:  # noqa: BLE001 - the last word of the container
            log.critical("process.died", detail=type(error).__name__)
        return EXIT_DIED


class NotDrainedError(Exception):
    """Something in flight did not end in time."""


def main(arguments: list[str]) -> int:
    """Start one service and give the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m shared.bus.run module:Class\n")
        return EXIT_CONFIGURATION
    service = find_service(arguments[0])
    try:
        settings = Settings.from_env()
        logs.configure(service.name, settings.log_level)
        settings.require("amqp_uri", "database_url")
        if spec := os.environ.get("ZHIHENG_CRASH_AT"):
            crash.arm(spec, environment=settings.environment)
        process = Process(service, settings)
    except (
        ConfigurationError,
        crash.CrashRefusedError,
        StoreError,
        StrictYamlError,
        ArgumentError,
        ValueError,
        OSError,
    ) as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return EXIT_CONFIGURATION
    gc.freeze()  # what is imported and loaded by now stays: to look through it takes longer than most requests
    gc.enable()
    return process.run()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # green threads that were given up must not keep the process
