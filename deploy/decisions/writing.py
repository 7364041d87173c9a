"""Files of comparisons and letters, each written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from deploy.decisions.phrases import View
from deploy.decisions.reading import Result
from deploy.decisions.report import as_data, report
from deploy.decisions.sheets import sheets
from shared.documents import markdown, workbook


def write(path: Path, data: bytes) -> Path:
    """Write a file whole; whoever reads it meanwhile sees the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(data)
    os.replace(beside, path)
    return path


def write_comparison(folder: Path, view: View, results: tuple[Result, Result]) -> list[Path]:
    """`<scenario>.<A>-vs-<B>` as Markdown, XLSX and JSON; the files know no day but the results' own."""
    made_on = max((day for day in (result.last_day for result in results) if day), default=None)
    document = report(view, made_on)
    name = f"{view.comparison.scenario}.{view.names.a.id}-vs-{view.names.b.id}"
    data = json.dumps(as_data(view), ensure_ascii=False, indent=1) + "\n"
    contents = {
        "md": markdown.write(document).encode(),
        "xlsx": workbook.write(document.name, sheets(view), made_on),
        "json": data.encode(),
    }
    return [write(folder / f"{name}.{ending}", content) for ending, content in contents.items()]
