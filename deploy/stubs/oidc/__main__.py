"""python -m deploy.stubs.oidc [--host] [--port] [--client ID] [--issuer URL] --secret-file FILE

The stub identity provider as a process; the file holds the client's secret.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from deploy.stubs.oidc import OidcServer, Provider


def main() -> int:
    """Serve until SIGTERM or SIGINT: 0; 2 without a secret."""
    parser = argparse.ArgumentParser(description="an identity provider that verifies nobody")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--client", default="zhiheng")
    parser.add_argument("--issuer", default="", help="where browsers and the gateway reach it, if elsewhere")
    parser.add_argument("--secret-file", type=Path, required=True)
    options = parser.parse_args()
    secret = options.secret_file.read_text(encoding="utf-8").strip()
    if not secret:
        print(f"{options.secret_file} is empty", file=sys.stderr)
        return 2
    provider = Provider({options.client: secret}, issuer=options.issuer)
    with OidcServer((options.host, options.port), provider) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"the identity provider answers on {server.url}", flush=True)
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
