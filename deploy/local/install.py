"""Finds RabbitMQ, PostgreSQL and what tests and documents need; installs it as root on Debian and Ubuntu, or says how.

What apt would start by itself is kept from starting: a stack runs a node of its own and leaves the machine's alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import broker, postgres
from deploy.local.environment import PATIENT, locked
from deploy.local.processes import NotStarted
from shared.documents import fonts

_POLICY = Path("/usr/sbin/policy-rc.d")
_ONE = Path("/run/zhiheng-install.lock")  # who installs; only root does, on Debian


@dataclass(frozen=True)
class Server:
    """Something that a stack, a test or a document needs from the system's packages."""

    name: str
    package: str
    present: Callable[[], bool]
    advice: str


RABBITMQ = Server(
    "RabbitMQ",
    "rabbitmq-server",
    lambda: broker.find_binaries() is not None,
    "请安装 RabbitMQ ≥ 3.10，或指定现有的消息中间件 · install RabbitMQ 3.10 or later, or name a broker:\n"
    "  Debian / Ubuntu:  apt-get install --no-install-recommends rabbitmq-server\n"
    "  RHEL / openEuler: dnf install rabbitmq-server\n"
    "  container:        docker run -d -p 5672:5672 rabbitmq:4\n"
    "                    ZHIHENG_AMQP_URI=amqp://guest:guest@127.0.0.1:5672/ ./zhiheng …",
)
POSTGRESQL = Server(
    "PostgreSQL",
    "postgresql",
    lambda: postgres.find_binaries() is not None,
    "请安装 PostgreSQL ≥ 14 · install PostgreSQL 14 or later:\n"
    "  Debian / Ubuntu:  apt-get install --no-install-recommends postgresql\n"
    "  RHEL / openEuler: dnf install postgresql-server",
)

CURL = Server(
    "curl",
    "curl",
    lambda: shutil.which("curl") is not None,
    "测试会照 README 用 curl 走一遍，请安装 curl · the tests follow the README with curl: apt-get install curl",
)

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser that the tests of pages drive, None where there is none."""
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def chromium_options() -> dict[str, Any]:
    """How Playwright starts it; root has no sandbox. Raises NotStarted where there is none."""
    path = find_chromium()
    if path is None:
        raise NotStarted(CHROMIUM.advice)
    return {"executable_path": path, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


CHROMIUM = Server(
    "Chromium",
    "chromium",
    lambda: find_chromium() is not None,
    "页面的测试需要 Chromium · the tests of pages need Chromium (or Google Chrome):\n"
    "  Debian:           apt-get install --no-install-recommends chromium\n"
    "  RHEL / openEuler: dnf install chromium",
)

CHINESE_FONTS = Server(
    "中文字体 (Chinese fonts)",
    fonts.PACKAGE,
    lambda: fonts.find() is not None,
    "生成 PDF 需要中文字体，不需要 PDF 的可用 --format docx · PDF needs a Chinese font; DOCX does not (--format docx):\n"
    f"  Debian / Ubuntu:  apt-get install --no-install-recommends {fonts.PACKAGE}\n"
    "  RHEL / openEuler: dnf install google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts",
)


def ensure(server: Server, say: Callable[[str], None]) -> None:
    """See that it is there. Raises NotStarted with what to do."""
    if server.present():
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NotStarted(f"本机没有 {server.name} · {server.name} is not on this machine\n{server.advice}")
    with locked(_ONE):  # of two the first would let the second one's services start when it ends
        if server.present():
            return
        say(f"正在安装 {server.name} · installing {server.name} (apt-get install {server.package})")
        done = _install(apt, server.package)
    if not server.present():
        raise NotStarted(f"apt-get install {server.package} 失败 · failed:\n{done[-1500:]}\n{server.advice}")


def _install(apt: str, package: str) -> str:
    command = [apt, *PATIENT, "install", "-y", "-q", "--no-install-recommends", package]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with _services_stay_down():
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            subprocess.run([apt, "update", "-q"], env=environment, capture_output=True, check=False)
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@contextmanager
def _services_stay_down() -> Iterator[None]:
    """While packages are installed, tell Debian that no service may start (exit code 101 of policy-rc.d)."""
    if _POLICY.exists():
        yield  # the administrator's own policy stands
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)
