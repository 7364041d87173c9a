"""`python -m services.intake.inspection`: one request as a line of JSON on stdin, one report as JSON on stdout.

It binds itself before it opens the file. Whatever goes wrong ends it with another code than 0; the parent judges that.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from services.intake.inspection.report import Limits

_DESCRIPTORS = 64  # open files: the upload, its unpacked members, fonts, libraries


def confine(limits: Limits) -> None:
    """Holds this process to its limits for good: the hard limits are lowered with the soft ones."""
    for which, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]  # where the machine allows less, that holds
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (bound, bound))


def main() -> None:
    """Nothing but the report reaches stdout: what a library prints goes to stderr."""
    answer = os.dup(1)
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())
    limits = Limits(**request["limits"])
    confine(limits)
    from services.intake.inspection.examine import examine  # libraries for strangers' files, bound already

    report = examine(
        Path(request["path"]), request["name"], request["allowed"], Path(request["previews"]), limits
    )
    with os.fdopen(answer, "wb") as out:
        out.write(json.dumps(report.as_dict()).encode())


if __name__ == "__main__":
    main()
