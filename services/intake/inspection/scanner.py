"""病毒扫描: the port to a malware scanner, and the adapter that asks ClamAV's daemon.

A verdict is the scanner's own, whole and in time; everything else is ScannerUnavailable and asked again later. Where no
scanner is configured a file is `not_scanned`, which nobody may show as clean.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import unquote, urlsplit

from shared.config import ConfigurationError, Settings

CHUNK: Final = 64 * 1024  # bytes that are sent at once
LONGEST_REPLY: Final = 4096  # bytes; clamd's are one short line
# "Not looked at whole", which clamd tells like a find where it has been told to (AlertExceedsMax).
_NOT_WHOLE = "Heuristics.Limits.Exceeded"
_FOUND = re.compile(r"stream: (\S+) FOUND")
_CLEAN = "stream: OK"
_KEY = "ZHIHENG_SCANNER_URL"

State = Literal["clean", "infected", "not_scanned"]
Address = tuple[str, int] | str  # host and port, or the path of a socket


class ScannerUnavailable(Exception):
    """There is no verdict; `reason` says why, without anything of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Scan:
    """What a scanner found: the name of what it found, and its own version with that of its signatures."""

    state: State
    signature: str | None
    engine: str | None


class Scanner(Protocol):
    """Looks through one file. Takes its time and blocks; asking twice is harmless."""

    def scan(self, path: Path) -> Scan:
        """Raises ScannerUnavailable, and OSError where the file itself cannot be read."""
        ...


class NoScanner:
    """Where none is configured."""

    def scan(self, path: Path) -> Scan:
        return Scan("not_scanned", None, None)


class ClamdScanner:
    """ClamAV's daemon at `tcp://host:port` or `unix:///path`, a connection for each question.

    The file is sent (INSTREAM), so that the daemon needs neither our folders nor our account. `timeout` is in seconds and
    for one file, from the first connection to the verdict. Raises ValueError for another address.
    """

    def __init__(self, address: str, timeout: float) -> None:
        self._address = _parsed(address)
        self._timeout = timeout

    def scan(self, path: Path) -> Scan:
        """Raises ScannerUnavailable, and OSError where the file itself cannot be read."""
        until = time.monotonic() + self._timeout
        with path.open("rb") as file:
            with _Connection(self._address, until) as connection:
                connection.send(b"zVERSION\0")
                engine = _version(connection.reply())
            with _Connection(self._address, until) as connection:
                connection.send(b"zINSTREAM\0")
                while chunk := file.read(CHUNK):
                    connection.send(struct.pack("!I", len(chunk)) + chunk)
                connection.send(struct.pack("!I", 0))
                return _verdict(connection.reply(), engine)


def open_scanner(settings: Settings) -> Scanner:
    """The scanner that ZHIHENG_SCANNER_URL names, NoScanner where it names none. Raises ConfigurationError."""
    if not settings.scanner_url:
        return NoScanner()
    try:
        return ClamdScanner(settings.scanner_url, settings.scanner_timeout)
    except ValueError as error:
        raise ConfigurationError(f"{_KEY}: {error}") from None


class _Connection:
    """One connection until a moment of the monotonic clock. All its errors are ScannerUnavailable."""

    def __init__(self, address: Address, until: float) -> None:
        self._until = until
        try:
            self._socket = _connected(address, self._left())
        except OSError as error:
            raise ScannerUnavailable(f"not reached: {type(error).__name__}") from error

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """All of it. The daemon may have hung up on us, and then has mostly said why."""
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except TimeoutError as error:
            raise ScannerUnavailable("timed out") from error
        except OSError as error:
            raise ScannerUnavailable(f"cut off: {self.reply()}") from error

    def reply(self) -> str:
        """One reply, whole: it ends with a zero byte, and nothing comes after it."""
        found = bytearray()
        while not found.endswith(b"\0"):
            try:
                self._socket.settimeout(self._left())
                come = self._socket.recv(LONGEST_REPLY)
            except TimeoutError as error:
                raise ScannerUnavailable("timed out") from error
            except OSError as error:
                raise ScannerUnavailable("cut off") from error
            if not come:
                raise ScannerUnavailable(f"cut off: {_readable(found)}" if found else "cut off")
            found += come
            if len(found) > LONGEST_REPLY:
                raise ScannerUnavailable("the reply is too long")
        if found.count(0) != 1:
            raise ScannerUnavailable("more than one reply")
        return _readable(found[:-1])

    def _left(self) -> float:
        """Seconds; never 0, which would mean not to wait and not to block."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise ScannerUnavailable("timed out")
        return left


def _connected(address: Address, timeout: float) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, timeout)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.settimeout(timeout)
        found.connect(address)
    except BaseException:
        found.close()
        raise
    return found


def _readable(reply: bytes | bytearray) -> str:
    text = reply.decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _version(reply: str) -> str:
    """Which engine with which signatures, as it names itself: `ClamAV 1.4.3/27800/Mon …`."""
    if not reply.startswith("ClamAV "):
        raise ScannerUnavailable(f"no version: {reply}")
    return reply


def _verdict(reply: str, engine: str) -> Scan:
    if reply == _CLEAN:
        return Scan("clean", None, engine)
    found = _FOUND.fullmatch(reply)
    if found is None:
        raise ScannerUnavailable(f"no verdict: {reply}")
    if found[1].startswith(_NOT_WHOLE):
        raise ScannerUnavailable(f"not looked at whole: {found[1]}")
    return Scan("infected", found[1], engine)


def _parsed(address: str) -> Address:
    url = urlsplit(address)
    if url.query or url.fragment or url.username is not None:
        raise ValueError("neither ?, # nor @ has a meaning in it")
    if url.scheme == "tcp" and url.hostname and url.port and url.path in {"", "/"}:
        return url.hostname, url.port
    path = unquote(url.path)
    if url.scheme == "unix" and not url.netloc and Path(path).is_absolute() and path != "/":
        return path
    raise ValueError("neither tcp://host:port nor unix:///socket")
