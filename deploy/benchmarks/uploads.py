"""How fast files of 50 MB come in, eight at a time, and how much memory the gateway takes for it.

    python -m deploy.benchmarks.uploads [--files 40] [--megabytes 50] [--at-once 8]

A gateway and an intake, each a process of its own, over a private RabbitMQ; files in a folder. The same files, from the same
disk, by the same client, three ways in one run: to a bare server (one thread a connection, the body into a file, synced), to the
gateway whole, and to the gateway in parts of 8 MiB. Memory is the gateway's highest resident set since its start, as the
kernel counts it. Intake looks into what has come at the same time, as it does in earnest.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from deploy.benchmarks.lists import PASSWORD, Office, poster, sign_in
from deploy.local.services import GATEWAY, PROCESSES
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.clock import SystemClock

PART = 8 << 20
BOUND = 300.0  # MiB of memory of the gateway
RULEBOOK = "hangzhou-2025"
TUS = {"Tus-Resumable": "1.0.0"}
Send = Callable[[requests.Session, Path], None]


def make_files(folder: Path, number: int, size: int) -> list[Path]:
    """PDFs of one page and so many random bytes beside it: each another content, none that could be packed."""
    found = []
    for each in range(number):
        path = folder / f"proof-{each:02d}.pdf"
        with path.open("wb") as file:
            head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
            tail = b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
            body = size - len(head) - len(page) - len(tail) - 40
            file.write(head + page + f"4 0 obj<</Length {body:>12}>>stream\n".encode())
            for _ in range(body // (1 << 20)):
                file.write(os.urandom(1 << 20))
            file.write(os.urandom(body % (1 << 20)) + tail)
        found.append(path)
    return found


# --- the bare server ----------------------------------------------------------------------------------------------


@contextmanager
def bare_server(folder: Path) -> Iterator[str]:
    """Copies each body into a file and syncs it; the least that a server can do. A process of its own, as the gateway is."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _serve_bare(folder, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        port = int(pipe.readline())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(child, 15)
        os.waitpid(child, 0)


def _serve_bare(folder: Path, told: int) -> None:
    class Copies(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            left = int(self.headers["Content-Length"])
            with (folder / secrets.token_hex(8)).open("wb") as file:
                while left:
                    chunk = self.rfile.read(min(left, 1 << 16))
                    file.write(chunk)
                    left -= len(chunk)
                file.flush()
                os.fsync(file.fileno())
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Copies)
    os.write(told, f"{server.server_address[1]}\n".encode())
    os.close(told)
    server.serve_forever()


# --- the ways in --------------------------------------------------------------------------------------------------


def to_bare(url: str) -> Send:
    def send(session: requests.Session, path: Path) -> None:
        with path.open("rb") as file:
            session.put(f"{url}/{path.name}", data=file, timeout=600).raise_for_status()

    return send


def whole(applicant: Office, application: str) -> Send:
    def send(session: requests.Session, path: Path) -> None:
        with path.open("rb") as file:
            answer = session.post(
                f"{applicant.url}/api/v1/applications/{application}/files",
                params={"material": "proofs", "file_name": path.name}, data=file,
                headers={"Authorization": f"Bearer {applicant.token}", "Content-Type": "application/octet-stream"},
                timeout=600,
            )  # fmt: skip
        answer.raise_for_status()

    return send


def in_parts(applicant: Office, application: str) -> Send:
    def send(session: requests.Session, path: Path) -> None:
        headers = {"Authorization": f"Bearer {applicant.token}", **TUS}
        names = {"filename": path.name, "material": "proofs"}
        told = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in names.items()
        )
        length = path.stat().st_size
        begun = session.post(
            f"{applicant.url}/api/v1/applications/{application}/uploads",
            headers={**headers, "Upload-Length": str(length), "Upload-Metadata": told}, timeout=600,
        )  # fmt: skip
        begun.raise_for_status()
        place, kind = f"{applicant.url}{begun.headers['Location']}", "application/offset+octet-stream"
        with path.open("rb") as file:
            for offset in range(0, length, PART):
                part = {**headers, "Content-Type": kind, "Upload-Offset": str(offset)}
                session.patch(place, data=file.read(PART), headers=part, timeout=600).raise_for_status()

    return send


def measure(send: Send, files: Sequence[Path], at_once: int) -> float:
    """Seconds for all files."""
    kept = threading.local()

    def one(path: Path) -> None:
        if not hasattr(kept, "session"):
            kept.session = requests.Session()
        send(kept.session, path)

    started = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, files))
    return time.monotonic() - started


# --- the stack ----------------------------------------------------------------------------------------------------


def drafted(stack: Stack, office: Office) -> tuple[Office, Callable[[], str]]:
    """An applicant, and what makes a new draft of it in a cycle of today."""
    post, today = poster(stack.gateway_url), SystemClock().today()
    admin = post("/tokens", {"username": "admin", "password": stack.admin_password})["token"]
    account = {"username": "anna", "password": PASSWORD, "display_name": "申报人", "roles": ["applicant"]}
    post("/accounts", account, admin)
    token = post("/tokens", {"username": "anna", "password": PASSWORD})["token"]
    opening = {
        "rulebook": RULEBOOK, "year": today.year, "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    cycle = post("/cycles", opening, office.token)["cycle_id"]

    def draft() -> str:
        body = {"name": "示例公司", "kind": "organization"}
        return str(post(f"/cycles/{cycle}/applications", body, token)["application_id"])

    return Office(stack.gateway_url, token), draft


def peak_mib(stack: Stack) -> float:
    """The gateway's highest resident set since its start."""
    status = Path(f"/proc/{stack.processes[GATEWAY].pid}/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def until_checked(applicant: Office, application: str) -> tuple[float, dict[str, int]]:
    """Seconds until intake has looked into everything, and how many files have which state."""
    started = time.monotonic()
    with requests.Session() as session:
        while True:
            files = applicant.get(session, f"/applications/{application}/files").json()["files"]
            states = [file["state"] for file in files]
            if "checking" not in states:
                return time.monotonic() - started, {
                    state: states.count(state) for state in sorted(set(states))
                }
            time.sleep(0.5)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where the gateway's memory is beyond the bound."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=8)
    asked = parser.parse_args(argv)
    size = asked.megabytes << 20
    total = asked.files * asked.megabytes
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"{machine}; {asked.files} files of {asked.megabytes} MiB, {asked.at_once} at once")
    with temporary_folder("uploads") as folder:
        files = make_files(folder, asked.files, size)
        copies = folder / "copies"
        copies.mkdir()
        with bare_server(copies) as url:
            bare = measure(to_bare(url), files, asked.at_once)
        shutil.rmtree(copies)
        print(f"bare server    {bare:7.1f} s {total / bare:7.1f} MiB/s")
        options = StackOptions(without=frozenset(PROCESSES) - {GATEWAY, "intake"})
        with Stack(folder / "stack", options) as stack:
            applicant, draft = drafted(stack, sign_in(stack))
            print(f"gateway before {peak_mib(stack):7.1f} MiB")
            for name, way in (("whole", whole), ("in parts", in_parts)):
                application = draft()
                seconds = measure(way(applicant, application), files, asked.at_once)
                print(
                    f"{name:14} {seconds:7.1f} s {total / seconds:7.1f} MiB/s, {seconds / bare:.1f} x bare,"
                    f" peak of the gateway {peak_mib(stack):.1f} MiB"
                )
                waited, states = until_checked(applicant, application)
                print(f"{'':14} looked into {waited:.1f} s later: {states}")
            peak = peak_mib(stack)
    print(f"the gateway's peak {peak:.1f} MiB, bound {BOUND:.0f}")
    return 0 if peak < BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
