"""nameko's own service for the comparison, run by `nameko`'s runner without the bus."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class Bare:
    """One method, no dependencies."""

    name = "bare"

    @rpc  # type: ignore[untyped-decorator]
    def cycles(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"cycles": []}


def main(uri: str) -> None:
    """Serve until killed."""
    runner = ServiceRunner({"AMQP_URI": uri, "max_workers": 16})
    runner.add_service(Bare)
    runner.start()
    print("ready", flush=True)
    runner.wait()


if __name__ == "__main__":
    main(sys.argv[1])
