"""What the README shows works as it is written."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from deploy.local.services import ROOT
from tests.end_to_end.rehearsals.conftest import Rehearsal

pytestmark = pytest.mark.e2e


def _block(readme: Path, heading: str) -> str:
    found = re.search(
        rf"^## {heading}$.*?^```sh\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.M | re.S
    )
    assert found is not None, heading
    return found.group(1)


@pytest.mark.parametrize(
    ("name", "heading"), [("README.md", "A cycle by hand"), ("README.zh.md", "用 curl 走一遍")]
)
def test_the_cycle_by_hand(rehearsal: Rehearsal, name: str, heading: str) -> None:
    """The curl commands, copied from the README into a shell, end with the award, its grant and an intact audit log."""
    stack = rehearsal.stack
    script = _block(ROOT / name, heading)
    script = script.replace("http://127.0.0.1:8080", stack.gateway_url)
    password = stack.secrets.rehearser_password.read_text(encoding="utf-8").strip()
    script = re.sub(r"\$\(cat [^)]*rehearser-password\)", lambda found: password, script)
    done = subprocess.run(
        ["bash", "-eu"], input=script, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    honours, grants, audit = (json.loads(line) for line in done.stdout.strip().splitlines()[-3:])
    assert [line["level"] for line in honours["honours"]] == ["区长质量奖"]
    assert [line["amount_fen"] for line in grants["grants"]] == [50_000_000]
    assert audit["intact"]
