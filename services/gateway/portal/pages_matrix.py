"""Which page is for whom: `python -m services.gateway.portal.pages_matrix` prints the table of docs/portal.md."""

from __future__ import annotations

import sys

from services.gateway.portal.rooms import ROOMS
from services.gateway.roles import TITLES
from shared.contracts.operations import AGENCY, PUBLIC, ROLES


def matrix() -> str:
    """One line a page in the order of the rooms; what everybody may open is marked for everybody."""
    columns = [role for role in (*ROLES, PUBLIC) if role != AGENCY]
    lines = ["| | " + " | ".join(TITLES[role][0] for role in columns) + " |", "|---|" + ":-:|" * len(columns)]
    for page in (page for room in ROOMS for page in room.pages):
        marks = ["●" if role in page.roles or PUBLIC in page.roles else " " for role in columns]
        rule = page.rule.replace("<", "{").replace(">", "}")
        lines.append(f"| `{' '.join(page.methods)} {rule}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(matrix())
