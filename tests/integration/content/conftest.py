"""Places where contents are kept: a folder, and a bucket on a server of its own. Each test gets an empty one of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest

from shared.content import ContentStore
from shared.content.base import content_key
from shared.content.folder import FolderStore
from shared.content.s3 import S3Store, bucket
from tests.support.s3 import S3Server


class Place(ABC):
    """What a test may see and do behind the store's back."""

    @abstractmethod
    def open(self) -> ContentStore:
        """The store as one more process has it."""

    @abstractmethod
    def all_keys(self) -> list[str]:
        """All that is kept, in order: content, parts, what is coming in."""

    @abstractmethod
    def written(self, digest: str) -> object:
        """Another value after each time that something is written under the digest."""

    @abstractmethod
    def put(self, digest: str, data: bytes) -> None:
        """Put bytes under a digest that is not theirs."""

    @abstractmethod
    def leftovers(self) -> int:
        """What no list of keys shows and takes up room all the same."""


@dataclass
class Folder(Place):
    root: Path

    def open(self) -> ContentStore:
        return FolderStore(self.root)

    def all_keys(self) -> list[str]:
        files = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.root).as_posix() for path in files)

    def written(self, digest: str) -> object:
        found = (self.root / content_key(digest)).stat()
        return found.st_ino, found.st_mtime_ns

    def put(self, digest: str, data: bytes) -> None:
        (self.root / content_key(digest)).write_bytes(data)

    def leftovers(self) -> int:
        return sum(1 for path in (self.root / "parts").iterdir() if path.is_dir() and not any(path.iterdir()))


@dataclass
class Bucket(Place):
    server: S3Server
    name: str

    def open(self) -> ContentStore:
        return S3Store(self.server.access(self.name))

    def all_keys(self) -> list[str]:
        keys = self.server.keys(self.name)
        assert all(key.startswith("the/prefix/") for key in keys)
        return sorted(key.removeprefix("the/prefix/") for key in keys)

    def written(self, digest: str) -> object:
        return self.server.versions(self.name, f"the/prefix/{content_key(digest)}")

    def put(self, digest: str, data: bytes) -> None:
        obstore.put(bucket(self.server.access(self.name)), content_key(digest), data)

    def leftovers(self) -> int:
        return self.server.unfinished(self.name)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """For the session. Not to be killed."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    try:
        yield server.start()
    finally:
        server.end()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place; the test runs once on each kind."""
    if request.param == "folder":
        return Folder(tmp_path / "kept" / "contents")
    server: S3Server = request.getfixturevalue("s3")
    return Bucket(server, server.new_bucket())


@pytest.fixture
def store(place: Place) -> ContentStore:
    return place.open()
