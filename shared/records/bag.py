"""归档包: a bag after BagIt 1.0 (RFC 8493): payload under `data/`, manifests of SHA-256, everything named once. Pure.

The bag is known by the digest of its tag manifest, which covers the manifest of the payload, which covers every file. It is
told before the first byte of the package has been sent, and two bags of the same payload have the same manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

DATA = "data/"
BAGIT, INFO, MANIFEST, TAGS = "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ESCAPED = {"%": "%25", "\n": "%0A", "\r": "%0D"}


@dataclass(frozen=True)
class Payload:
    """One file of a bag: its path under `data/`, SHA-256 in hex, size in bytes, and how its bytes come, when they are wanted."""

    path: str
    sha256: str
    size: int
    read: Callable[[], Iterable[bytes]]


def small(path: str, content: bytes) -> Payload:
    """A file that is held in memory."""
    return Payload(path, hashlib.sha256(content).hexdigest(), len(content), lambda: (content,))


@dataclass(frozen=True)
class Bag:
    """A bag of this name. Raises ValueError for a path that is no plain relative one, or is there twice."""

    name: str
    payloads: tuple[Payload, ...]
    info: Mapping[str, str]

    def __post_init__(self) -> None:
        paths = [payload.path for payload in self.payloads]
        wrong = [path for path in paths if not is_plain(path)]
        if wrong or len(set(paths)) != len(paths):
            raise ValueError(f"no path for a bag: {wrong or 'one is there twice'}")

    def manifest(self) -> bytes:
        """The payload's manifest, by path."""
        return _lines((payload.sha256, DATA + payload.path) for payload in self.payloads)

    def tag_files(self) -> dict[str, bytes]:
        """The four files beside the payload."""
        oxum = f"{sum(payload.size for payload in self.payloads)}.{len(self.payloads)}"
        told = {**self.info, "Payload-Oxum": oxum}
        files = {
            BAGIT: DECLARATION.encode(),
            INFO: "".join(f"{name}: {_one_line(value)}\n" for name, value in told.items()).encode(),
            MANIFEST: self.manifest(),
        }
        named = ((hashlib.sha256(content).hexdigest(), name) for name, content in files.items())
        return {**files, TAGS: _lines(named)}

    @property
    def digest(self) -> str:
        """By which the bag is known."""
        return _named(self.tag_files()[TAGS])

    @property
    def payload_digest(self) -> str:
        """Of the payload's manifest: the same wherever the payload is."""
        return _named(self.manifest())


def is_plain(path: str) -> bool:
    """Whether a path stays inside the bag, on every system."""
    parts = path.split("/")
    return not any(part in {"", ".", ".."} for part in parts) and "\\" not in path and "\0" not in path


def _named(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _lines(named: Iterable[tuple[str, str]]) -> bytes:
    lines = (f"{sha256}  {_escape(path)}\n" for sha256, path in sorted(named, key=lambda each: each[1]))
    return "".join(lines).encode()


def _escape(path: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in path)


def read_manifest(content: bytes) -> Iterator[tuple[str, str]]:
    """SHA-256 and path of each line. Raises ValueError for a line of another form."""
    for line in content.decode("utf-8").removesuffix("\n").split("\n"):
        sha256, space, path = line.partition(" ")
        path = path.lstrip(" ")
        if not space or len(sha256) != 64 or not is_plain(path):
            raise ValueError(f"no line of a manifest: {line[:100]!r}")
        int(sha256, 16)
        for letter, escaped in reversed(_ESCAPED.items()):
            path = path.replace(escaped, letter)
        yield sha256.lower(), path
