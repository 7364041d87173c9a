"""test: lint, types, walls, then every test. `./zhiheng test unit -k name` plays a part of them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import install
from deploy.local.processes import NotStarted
from deploy.local.services import ROOT
from deploy.local.terminal import Progress, fail, table

HELP = "检查与测试 · lint, types and every test"
KINDS = ("unit", "contract", "properties", "integration", "e2e", "faults", "browser")
_LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
NO_SERVERS = ("unit", "contract", "properties")
QUICK = " or ".join(NO_SERVERS)
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
    except NotStarted as problem:
        return fail(str(problem))
    if kind or rest:
        return _pytest([*(["-m", kind] if kind else []), *(rest or _side_by_side())])
    return _everything(say)


def _everything(say: Progress) -> int:
    """All checks, the quick ones first; every one runs even where an earlier one failed."""
    results: list[tuple[str, str, str]] = []
    for step in STATIC:
        say(step.name)
        began = time.monotonic()
        code = _run(step.command)
        results.append(
            (step.name, "ok" if code == 0 else f"FAILED ({code})", f"{time.monotonic() - began:.0f} s")
        )
    say("pip-audit")
    results.append(_audit())
    failed = any(result.startswith("FAILED") for _, result, _ in results)
    print(table(("检查 check", "结果 result", "用时 time"), results), flush=True)
    say(f"pytest: {', '.join(NO_SERVERS)}")
    quick = _pytest(["-q", "-m", QUICK, *_side_by_side()])
    if quick not in {0, _NO_TESTS}:
        return quick
    say("pytest: 其余 · the rest")
    code = _pytest(["-m", f"not ({QUICK})", *_side_by_side()])
    if failed:
        names = ", ".join(name for name, result, _ in results if result.startswith("FAILED"))
        return fail(f"检查未通过 · checks failed: {names}", code or 1)
    return code


def _side_by_side() -> list[str]:
    """A worker for each processor; the tests' servers have ports and folders of their own."""
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    # In the order of the folders, whole stacks first: by the number of their tests the longest files would come last.
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


def _audit() -> tuple[str, str, str]:
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
        print(done.stdout, flush=True)
        return "pip-audit", "FAILED (known vulnerabilities)", seconds
    if done.returncode == 0 and "could not be audited" not in said:
        return "pip-audit", "ok", seconds
    return "pip-audit", "not run: no advisories to be had from here", seconds
