"""The accounts of a demo: kept for their owner alone, shown in both languages, nowhere in the repository."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deploy.demo import accounts, cast
from deploy.local.processes import NotStarted
from deploy.local.stack import DEMO_MARK, Stack, StackOptions

pytestmark = pytest.mark.unit

PEOPLE = cast.people()
PASSWORDS = {name: f"word-of-{name}" for name in PEOPLE.accounts}


def test_the_table_shows_everybody_with_role_password_and_what_waits() -> None:
    """A heading, a rule, and one line for each account."""
    lines = accounts.shown(PEOPLE, PASSWORDS).splitlines()
    assert len(lines) == 2 + len(PEOPLE.accounts)
    for line, (name, account) in zip(lines[2:], PEOPLE.accounts.items(), strict=True):
        zh, en = PEOPLE.titles[account.role]
        for part in (zh, en, name, PASSWORDS[name], account.waits_zh, account.waits_en):
            assert part in line


def test_passwords_are_kept_for_their_owner(tmp_path: Path) -> None:
    """Written with mode 0600, read back as they were; nothing is found where nothing was kept or the file is another."""
    assert accounts.kept(tmp_path) is None
    accounts.keep(tmp_path, PASSWORDS)
    assert stat.S_IMODE((tmp_path / accounts.FILE).stat().st_mode) == 0o600
    assert accounts.kept(tmp_path) == PASSWORDS
    (tmp_path / accounts.FILE).write_text('{"office": 1}', encoding="utf-8")
    assert accounts.kept(tmp_path) is None


def test_no_password_stands_in_the_data() -> None:
    """They are made at each demo."""
    for file in cast.HERE.iterdir():
        if file.suffix in {".yaml", ".json"}:
            assert "password:" not in file.read_text(encoding="utf-8")


def test_a_demo_and_a_real_stack_never_share_a_folder(tmp_path: Path) -> None:
    """Accounts that were shown are good for nothing but a demo, and a demo takes nobody's data."""
    demo, real = tmp_path / "demo", tmp_path / "real"
    demo.mkdir()
    (demo / DEMO_MARK).touch()
    with pytest.raises(NotStarted, match="demo"):
        Stack(demo).start()
    (real / "secrets").mkdir(parents=True)
    with pytest.raises(NotStarted, match="demo"):
        Stack(real, StackOptions(demo=True)).start()
    assert sorted(path.name for path in (*demo.iterdir(), *real.iterdir())) == [DEMO_MARK, "secrets"]
