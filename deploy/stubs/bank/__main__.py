"""python -m deploy.stubs.bank [--host] [--port] [--journal FILE]: the stub bank as a process; the journal outlives it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from deploy.stubs.bank import Bank, BankServer, Ledger
from shared.clock import SystemClock


def main() -> int:
    """Serve until SIGTERM or SIGINT: 0; 2 without a secret."""
    parser = argparse.ArgumentParser(description="a bank that books orders and moves no money")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    options = parser.parse_args()
    secret = os.environ.get("ZHIHENG_PAYMENTS_SECRET", "")
    if not secret:
        print("ZHIHENG_PAYMENTS_SECRET is missing", file=sys.stderr)
        return 2
    ledger = Ledger(SystemClock(), journal=options.journal)
    ledger.load()
    with BankServer((options.host, options.port), Bank(ledger, secret)) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"the bank answers on {server.url}", flush=True)
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
