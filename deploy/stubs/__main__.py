"""`python -m deploy.stubs`: serve the stub departments until SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import waitress

from deploy.stubs.app import make_app
from deploy.stubs.worlds import Worlds
from shared.config import Settings


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> int:
    """Serve on the settings' stub address; worlds are kept in ZHIHENG_STACK's folder where there is one."""
    settings = Settings.from_env()
    settings.require("departments_secret", "stub_port")
    signal.signal(signal.SIGTERM, _stop)
    stack = os.environ.get("ZHIHENG_STACK")
    worlds = Worlds(Path(stack) / "stubs" if stack else None)
    app = make_app(worlds, settings.departments_secret)
    waitress.serve(app, host=settings.stub_host, port=settings.stub_port, threads=8, _quiet=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
