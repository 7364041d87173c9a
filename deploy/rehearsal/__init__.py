"""演练: plays award cycles from files through the running system, at the gateway's public API, as the roles would."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deploy.rehearsal.faults import FileFault


def check(files: Sequence[Path | str], rulebook: str | None = None) -> list[FileFault]:
    """What is wrong with files, before a stack is started for them; empty where all can be played."""
    from deploy.rehearsal.checked import check_all
    from deploy.rehearsal.faults import WrongFile

    try:
        check_all(files, rulebook)
    except WrongFile as wrong:
        return list(wrong.faults)
    return []
