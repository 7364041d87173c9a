"""The bare ceiling of the ballot boxes' HTTP server: the same server, and one answer for everything.

python -m deploy.benchmarks.votes_constant PORT
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

_BODY = b'{"receipt":"00112233445566778899aabbccddeeff"}\n'
_START = {
    "type": "http.response.start",
    "status": 202,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))],
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the request and answers."""
    await receive()
    await send(_START)
    await send({"type": "http.response.body", "body": _BODY})


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off", log_config=None,
        access_log=False, server_header=False, date_header=False, proxy_headers=False,
    )  # fmt: skip
