"""An S3 server of another make: moto's, in a process of its own, on a port that it finds itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import requests

from deploy.local.processes import poll
from shared.content.s3 import Access

ACCESS_KEY, SECRET = "a key of the tests", "a secret of the tests"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]+")
_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass
class S3Server:
    """Keeps everything in memory and checks no signature. Its log is in `folder`."""

    folder: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> S3Server:
        """Returns when it says where it listens."""
        log = self.folder / "s3.log"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ZHIHENG_")}
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                env=environment | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )
        for _ in poll(120):
            if found := _ADDRESS.search(log.read_text(encoding="utf-8")):
                self.url = found[0]
                return self
            assert self.process.poll() is None, log.read_text(encoding="utf-8")
        raise AssertionError(log.read_text(encoding="utf-8"))

    def end(self) -> None:
        """Whether or not it runs still."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)

    def new_bucket(self) -> str:
        """A bucket that keeps every version, so that nothing is written twice unseen."""
        name = f"bucket-{uuid4().hex}"
        requests.put(f"{self.url}/{name}", timeout=30).raise_for_status()
        on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        requests.put(f"{self.url}/{name}?versioning", data=on, timeout=30).raise_for_status()
        return name

    def access(self, bucket: str, prefix: str = "the/prefix", **values: float) -> Access:
        """What a store needs to know to get at the bucket."""
        return Access(bucket, prefix, self.url, "us-east-1", ACCESS_KEY, SECRET, **values)

    def keys(self, bucket: str) -> list[str]:
        """All keys, with their prefix."""
        return [entry.findtext(f"{_SPACE}Key", "") for entry in self._listed(bucket, "", "Contents")]

    def versions(self, bucket: str, key: str) -> list[str]:
        """The versions of one object, latest first."""
        found = self._listed(bucket, f"versions&prefix={key}", "Version")
        return [entry.findtext(f"{_SPACE}VersionId", "") for entry in found]

    def unfinished(self, bucket: str) -> int:
        """How many uploads in parts were begun, and neither ended nor taken back."""
        return len(self._listed(bucket, "uploads", "Upload"))

    def _listed(self, bucket: str, query: str, name: str) -> list[ET.Element]:
        answer = requests.get(f"{self.url}/{bucket}?{query}", timeout=30)
        answer.raise_for_status()
        return ET.fromstring(answer.content).findall(f"{_SPACE}{name}")
