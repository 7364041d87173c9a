"""test: lint, types, walls, then every test. `./zhiheng test unit -k name` plays a part of them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local import assets, install
from deploy.local.processes import NotStarted
from deploy.local.services import ROOT
from deploy.local.terminal import Progress, fail, table

HELP = "检查与测试 · lint, types and every test"
# A kind is a folder: another one's tests are not even read. Whole stacks first, by the number of their tests the longest
# files would come last.
KINDS = {
    "unit": "tests/unit",
    "contract": "tests/contract",
    "properties": "tests/properties",
    "e2e": "tests/end_to_end",
    "browser": "tests/browser",
    "faults": "tests/faults",
    "integration": "tests/integration",
}
_LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
NO_SERVERS = ("unit", "contract", "properties")
WITH_PAGES = ("", "e2e", "browser")  # "": everything
WITH_A_BROWSER = ("", "browser")
QUICK = tuple(KINDS[kind] for kind in NO_SERVERS)
THE_REST = tuple(folder for kind, folder in KINDS.items() if kind not in NO_SERVERS)
# A file's tests stay together, a folder's where tests/conftest.py says so: they share servers and stacks. More workers would
# each start servers of their own.
_MOST_WORKERS = 4
_NO_TESTS = 5  # pytest's exit code where nothing was collected


@dataclass(frozen=True)
class Step:
    """One check: what it is called and how it is run."""

    name: str
    command: tuple[str, ...]


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


STATIC = (
    Step("ruff check", _python("-m", "ruff", "check", "--no-cache", ".")),
    Step("ruff format", _python("-m", "ruff", "format", "--no-cache", "--check", ".")),
    Step("mypy", _python("-m", "mypy")),
    Step("import-linter", _python("-c", _LINT_IMPORTS, "--no-cache")),
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "rest",
        nargs="*",
        metavar="[KIND] [pytest options]",
        help=f"one of {', '.join(KINDS)}, a path, or any option of pytest; with none: everything",
    )


def run(options: argparse.Namespace) -> int:
    say = Progress()
    rest = list(options.rest)
    kind = rest.pop(0) if rest and rest[0] in KINDS else ""
    try:
        if kind not in NO_SERVERS:
            install.ensure(install.RABBITMQ, say)
            install.ensure(install.POSTGRESQL, say)
            install.ensure(install.CURL, say)
            install.ensure(install.CHINESE_FONTS, say)
        if kind in WITH_A_BROWSER:
            install.ensure(install.CHROMIUM, say)
        if kind in WITH_PAGES:
            assets.here(say)
    except NotStarted as problem:
        return fail(str(problem))
    if kind or rest:
        return _pytest([*([KINDS[kind]] if kind else []), *(rest or _side_by_side())])
    return _everything(say)


def _everything(say: Progress) -> int:
    """All checks; every one runs even where an earlier one failed. What reads the code runs beside the quick tests: it keeps
    one processor busy, and they leave gaps.
    """
    say(f"{', '.join(step.name for step in STATIC)}, pip-audit; pytest: {', '.join(NO_SERVERS)}")
    with ThreadPoolExecutor(1) as beside:
        checking = beside.submit(_static)
        quick = _pytest(["-q", *QUICK, *_side_by_side()])
        results, said = checking.result()
    failed = [result[0] for result in results if result[1].startswith("FAILED")]
    if said:
        print(said, flush=True)
    print(table(("检查 check", "结果 result", "用时 time"), results), flush=True)
    if quick not in {0, _NO_TESTS}:
        return quick
    say("pytest: 其余 · the rest")
    code = _pytest([*THE_REST, *_side_by_side()])
    if failed:
        return fail(f"检查未通过 · checks failed: {', '.join(failed)}", code or 1)
    return code


def _static() -> tuple[list[tuple[str, str, str]], str]:
    """What each check found and how long it took, and the words of those that failed."""
    results, said = [], ""
    for step in STATIC:
        began = time.monotonic()
        done = subprocess.run(
            step.command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False
        )
        ok = done.returncode == 0
        said += "" if ok else done.stdout + done.stderr
        found = "ok" if ok else f"FAILED ({done.returncode})"
        results.append((step.name, found, f"{time.monotonic() - began:.0f} s"))
    audited, more = _audit()
    return [*results, audited], said + more


def _side_by_side() -> list[str]:
    """A worker for each processor; the tests' servers have ports and folders of their own."""
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    return ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"] if workers > 1 else []


def _pytest(arguments: Sequence[str]) -> int:
    return _run(_python("-m", "pytest", *arguments))


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    """Tools keep their caches in our own folder: the checkout may be read-only."""
    cache = Path(os.environ.get("ZHIHENG_HOME", ROOT / ".zhiheng")) / "cache"
    return {
        **os.environ,
        "MYPY_CACHE_DIR": str(cache / "mypy"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
    }


def _audit() -> tuple[tuple[str, str, str], str]:
    """Known holes in the pinned packages; says so where the network does not answer, which is no failure."""
    began = time.monotonic()
    command = _python(
        "-m", "pip_audit", "--require-hashes", "--disable-pip", "--no-deps", "--progress-spinner", "off"
    )
    done = subprocess.run(
        [*command, "--requirement", "requirements.lock", "--timeout", "10"],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = f"{time.monotonic() - began:.0f} s"
    said = done.stdout + done.stderr
    if "Found " in said and "vulnerabilit" in said:
        return ("pip-audit", "FAILED (known vulnerabilities)", seconds), done.stdout
    if done.returncode == 0 and "could not be audited" not in said:
        return ("pip-audit", "ok", seconds), ""
    return ("pip-audit", "not run: no advisories to be had from here", seconds), ""
