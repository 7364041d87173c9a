"""Makes the Python environment once and hands the command to it. Standard library only: nothing is installed yet.

The environment's folder is named after what is pinned and the Python that it is for, so an update of either makes a new
one and never mends an old one. A marker written last says that it is complete: an interrupted first run starts afresh.
Two at once take turns. Once it is there, nothing here needs the network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_LOCK = "requirements.lock"
TOOLS_LOCK = "requirements-dev.lock"
MARKER = "complete.json"
COMMANDS_WITH_TOOLS = frozenset({"test", "screenshots"})
PATIENT = (
    "-o",
    "DPkg::Lock::Timeout=600",
)  # seconds: a new machine updates itself, and only one may install at a time
NOT_STARTED = 3  # the exit code of a stack that could not be started


class CannotPrepare(Exception):
    """The environment could not be made; the message says what to do."""


def home_folder(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the environment and the data of `up` live: ZHIHENG_HOME, else the checkout, else the user's cache."""
    if environ.get("ZHIHENG_HOME"):
        return Path(environ["ZHIHENG_HOME"]).expanduser().absolute()
    inside = root / ".zhiheng"
    if _writable(inside if inside.exists() else root):
        return inside
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or "/var/tmp") / ".cache")  # noqa: S108
    # Two checkouts must not share the data of their stacks.
    return cache / "zhiheng" / hashlib.sha256(str(root).encode()).hexdigest()[:12]


def _writable(folder: Path) -> bool:
    """Whether a file can really be made there; root may be told no by a read-only file system only."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def digest(*parts: bytes) -> str:
    """A name for these contents, in this order."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@dataclass(frozen=True)
class Environment:
    """The virtual environment for what is pinned now."""

    root: Path
    home: Path

    @property
    def key(self) -> str:
        """Changes with the pins, the Python and the machine."""
        python = f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}"
        return digest((self.root / RUNTIME_LOCK).read_bytes(), python.encode())

    @property
    def folder(self) -> Path:
        return self.home / f"venv-{self.key}"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def _tools_marker(self) -> Path:
        return self.folder / f"tools-{digest((self.root / TOOLS_LOCK).read_bytes())}.json"

    def complete(self, tools: bool) -> bool:
        """Whether everything is installed that the command needs."""
        if not (self.folder / MARKER).exists() or not os.access(self.python, os.X_OK):
            return False
        return not tools or self._tools_marker().exists()

    def ensure(self, tools: bool, offline: bool = False) -> None:
        """Make it, or what is missing of it. Raises CannotPrepare."""
        if self.complete(tools):
            return
        if offline:
            raise CannotPrepare(
                f"ZHIHENG_OFFLINE is set and {self.folder} is not complete: run once with the network"
            )
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(self.home / "environment.lock"):
            if not self.complete(tools=False):
                self._make()
            if tools and not self.complete(tools=True):
                self._install(TOOLS_LOCK, "正在安装测试工具 · installing the test tools")
                mark(self._tools_marker())

    def _make(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        _ensure_venv_module()
        say("首次运行，正在准备环境（约半分钟） · first run: making the environment, about half a minute")
        log = self._log()
        run([sys.executable, "-m", "venv", str(self.folder)], log, "python -m venv")
        self._install(RUNTIME_LOCK, "正在安装依赖 · installing the pinned packages")
        mark(self.folder / MARKER)
        say(f"环境就绪 · ready: {self.folder}")

    def _install(self, lock: str, what: str) -> None:
        say(what)
        command = [
            str(self.python),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
        ]
        command += ["--require-hashes", "--only-binary", ":all:", "--requirement", str(self.root / lock)]
        run(command, self._log(), f"pip install -r {lock}")

    def _log(self) -> Path:
        return self.home / "install.log"


def say(text: str) -> None:
    """To the person at the terminal; standard output stays the command's own."""
    print(f"zhiheng: {text}", file=sys.stderr, flush=True)


def mark(path: Path) -> None:
    """The marker is written last and at once, so that it is there only when everything else is."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({"python": platform.python_version()}), encoding="utf-8")
    temporary.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One at a time; the kernel gives the lock back however its holder ends."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个 zhiheng 正在准备，稍候 · another zhiheng is preparing it: waiting")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str], log: Path, name: str) -> None:
    """Run quietly, its output in the log. Raises CannotPrepare with the log's end."""
    with log.open("ab") as output:
        output.write(f"\n$ {name}\n".encode())
        output.flush()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        end = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
        raise CannotPrepare(f"{name} 失败 · failed with code {done.returncode} (whole log: {log})\n{end}")


def _ensure_venv_module() -> None:
    """Debian keeps ensurepip in a package of its own; as root it is installed, else the message says which."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        pass
    else:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise CannotPrepare(
            f"{sys.executable} 缺少 venv 模块，请安装 {package} · it has no venv module: install {package} as root, "
            f"e.g. apt-get install {package}"
        )
    say(f"正在安装 {package} · installing {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, *PATIENT, "install", "-y", "--no-install-recommends", package]
    if subprocess.run(install, env=environment, stdout=sys.stderr, check=False).returncode != 0:
        subprocess.run([apt, "update"], env=environment, stdout=sys.stderr, check=False)
        if subprocess.run(install, env=environment, stdout=sys.stderr, check=False).returncode != 0:
            raise CannotPrepare(f"apt-get install {package} 失败 · failed")


def command_environment(root: Path, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the command: the checkout's packages and nobody else's, UTF-8 whatever the locale says."""
    kept = {key: value for key, value in environ.items() if not key.startswith("PYTHON")}
    return kept | {
        "PYTHONPATH": str(root),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "ZHIHENG_HOME": str(home),
    }


def main(arguments: Sequence[str]) -> int:
    """Make the environment where it is not there, then become the command: comes back only with a failure."""
    home = home_folder(ROOT, os.environ)
    environment = Environment(ROOT, home)
    tools = bool(arguments) and arguments[0] in COMMANDS_WITH_TOOLS
    try:
        environment.ensure(tools, offline=bool(os.environ.get("ZHIHENG_OFFLINE")))
    except CannotPrepare as problem:
        say(str(problem))
        return NOT_STARTED
    except OSError as problem:
        say(f"{problem.strerror or problem}: {problem.filename or home}")
        return NOT_STARTED
    except KeyboardInterrupt:
        return 130
    python = str(environment.python)
    return _become(python, arguments, home)


def _become(python: str, arguments: Sequence[str], home: Path) -> NoReturn:
    os.execve(  # noqa: S606 - no shell is wanted
        python,
        [python, "-m", "deploy.local.cli", *arguments],
        command_environment(ROOT, home, os.environ),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
