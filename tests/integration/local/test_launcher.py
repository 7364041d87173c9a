"""./zhiheng itself: from any folder, by a link, with a message where no Python is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from deploy.local.services import ROOT


def _run(*command: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_from_any_folder_through_a_link(tmp_path: Path) -> None:
    """The checkout is found behind links; the folder that one stands in does not matter, nor what lies in it."""
    elsewhere = tmp_path / "else where 中"
    (elsewhere / "shared").mkdir(parents=True)
    (elsewhere / "shared" / "__init__.py").write_text("raise SystemExit('the wrong package')")
    (elsewhere / "zh").symlink_to(ROOT / "zhiheng")
    (elsewhere / "again").symlink_to("zh")
    done = _run(elsewhere / "again", "doctor", cwd=elsewhere)
    assert "RabbitMQ" in done.stdout, done.stderr
    assert done.returncode == 0, done.stdout


def test_without_a_python_it_says_what_to_install(tmp_path: Path) -> None:
    """The message is there before anything of ours runs, and the code is that of a stack that cannot start."""
    for name in ("sh", "dirname", "readlink"):
        (tmp_path / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    done = _run("/bin/sh", ROOT / "zhiheng", "doctor", cwd=tmp_path, PATH=str(tmp_path))
    assert done.returncode == 3
    assert "Python 3.11" in done.stderr
    assert "python3-venv" in done.stderr


def test_an_unknown_command_is_refused_with_the_list(tmp_path: Path) -> None:
    """Code 2, as every command line has it."""
    done = _run(ROOT / "zhiheng", "dance", cwd=tmp_path)
    assert done.returncode == 2
    assert "rehearse" in done.stderr


def test_nothing_runs_means_down_is_done_and_status_says_so(tmp_path: Path) -> None:
    """`down` of nothing is no error; `status` of nothing is code 1."""
    down = _run(ROOT / "zhiheng", "down", cwd=tmp_path, ZHIHENG_STACK="never-started")
    status = _run(ROOT / "zhiheng", "status", cwd=tmp_path, ZHIHENG_STACK="never-started")
    assert down.returncode == 0
    assert status.returncode == 1
    assert "nothing is running" in status.stdout


def test_a_wrong_file_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    """Code 2 with file, place and reason, and no stack for it."""
    wrong = tmp_path / "wrong file.yaml"
    wrong.write_text("scenario: Wrong Name\nversion: 1\n", encoding="utf-8")
    done = _run(ROOT / "zhiheng", "rehearse", wrong.name, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{wrong}:1" in done.stderr
    assert "broker" not in done.stderr
    assert not (tmp_path / "rehearsals").exists()
