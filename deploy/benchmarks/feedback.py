"""Feedback reports as files: what DOCX and PDF of a cycle's reports take, and what gathering and checking them takes.

    python -m deploy.benchmarks.feedback [--reports 500] [--jobs 1]

Baselines in the same run: the same PDF without its radar, one of the same text as bare paragraphs, and the text alone. Cold: a
process of its own and one report, as somebody waits for it after a start.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import version
from typing import Any, NamedTuple

from services.gateway import feedback_pages
from services.review.feedback import merging, shown
from services.review.feedback.identities import Known, Needle
from services.review.feedback.merging import Said
from shared.documents import Document, Paragraph, Part, Radar, pdf, word
from shared.procedure import Cycle, Entrant
from shared.rulebooks import library
from shared.rulebooks.criteria import THOUSANDTHS, CriteriaTree

_SEED = 20_231
_READERS = 3
_WORDS = (
    "方法", "成体系", "覆盖主要部门", "数据", "趋势", "与标杆对比", "改进", "尚未展开", "责任清楚", "周期短", "按计划评价",
    "缺少依据", "顾客", "供方", "员工", "创新", "结果保持上升", "需要补充三年数据",
)  # fmt: skip
_DAY = datetime(2025, 9, 1, tzinfo=UTC).date()


class _Row(NamedTuple):
    figures: dict[str, Any]
    texts: dict[str, Any]


def _said(pick: random.Random, tree: CriteriaTree) -> Said:
    """Three reviewers, of each item one strength and one or two improvements, of 20 to 60 characters."""

    def line() -> str:
        return "，".join(pick.choices(_WORDS, k=pick.randint(4, 10)))

    keys = [leaf.key for leaf in tree.leaves for _ in range(_READERS)]
    return Said(
        marks={leaf.key: Fraction(pick.randrange(20, 90, 5) * THOUSANDTHS) for leaf in tree.leaves},
        strengths=[(key, line()) for key in keys],
        improvements=[(key, "\n".join(line() for _ in range(pick.randint(1, 2)))) for key in keys],
        summary=line() + "。" + line(),
    )


def made_up(number: int) -> tuple[list[dict[str, Any]], float]:
    """The replies that the gateway gets, and the seconds that merging took."""
    book = library().get("changning-2023")
    tree = book.criteria_for("organization", None)
    assert tree is not None
    pick = random.Random(_SEED)
    given = [_said(pick, tree) for _ in range(number)]
    cycle = Cycle("c1", book, 2025, _DAY, _DAY, None, rehearsal=False)
    begun = time.perf_counter()
    rows = [_Row(merging.figures(tree, [each]), merging.texts(tree, [each])) for each in given]
    merged = time.perf_counter() - begun
    replies = []
    for place, row in enumerate(rows, start=1):
        entrant = Entrant(
            f"a{place}", place, {"name": f"示例单位{place}", "kind": "organization", "category": None}
        )
        reply = shown.report(cycle, entrant, row, _DAY, version=1)
        replies.append({**reply, "made_on": _DAY.isoformat()})
    return replies, merged


def texts_of(reply: Mapping[str, Any]) -> list[str]:
    """Every text of a report."""
    return [text for _, text in shown.fields({name: reply[name] for name in ("summary", "points")})]


def without_radar(reply: Mapping[str, Any]) -> Document:
    """The same document, its picture left out."""
    document = feedback_pages.report(reply)
    (part,) = document.parts
    blocks = tuple(block for block in part.blocks if not isinstance(block, Radar))
    return Document(
        document.name, (Part(part.language, part.title, blocks, part.subtitle),), "", document.made_on
    )


def bare(reply: Mapping[str, Any]) -> Document:
    """The same words as paragraphs, without headings, tables, picture."""
    blocks = tuple(Paragraph(text) for text in texts_of(reply) if text)
    return Document("bare", (Part("zh", "bare", blocks),), "", _DAY)


def plain(reply: Mapping[str, Any]) -> bytes:
    """The words alone."""
    return "\n".join(texts_of(reply)).encode("utf-8")


def searched(replies: Sequence[Mapping[str, Any]], names: int) -> float:
    """Seconds to look all reports through for so many experts with their accounts and employers; the index is in it."""
    begun = time.perf_counter()
    pick = random.Random(_SEED)
    letters = [chr(pick.randrange(0x4E00, 0x9FA5)) for _ in range(3000)]
    needles = [Needle("name", "".join(pick.choices(letters, k=3))) for _ in range(names)]
    needles += [Needle("account", f"expert-{n}") for n in range(names)]
    needles += [Needle("employer", "".join(pick.choices(letters, k=9)) + "有限公司") for _ in range(names)]
    known = Known(needles)
    dossier = {"name": "示例单位", "uscc": "91310105MAXY50013E"}
    assert not any(shown.warnings(known, dossier, reply) for reply in replies)
    return time.perf_counter() - begun


def pages(content: bytes) -> int:
    """How many pages a PDF has."""
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


def _timed(
    replies: Sequence[Mapping[str, Any]], make: Callable[[Mapping[str, Any]], bytes], jobs: int
) -> tuple[float, list[bytes]]:
    begun = time.perf_counter()
    if jobs == 1:
        made = [make(reply) for reply in replies]
    else:
        with ThreadPoolExecutor(jobs) as pool:
            made = list(pool.map(make, replies))
    return time.perf_counter() - begun, made


def _cold(form: str) -> float:
    """Seconds of a process that makes one report, its start included."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", __spec__.name, "--one", form], check=True)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1, help="reports made beside each other, in threads")
    parser.add_argument("--one", choices=("docx", "pdf"))
    given = parser.parse_args()
    makers: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
        "pdf": lambda reply: pdf.write(feedback_pages.report(reply)),
        "docx": lambda reply: word.write(feedback_pages.report(reply)),
        "pdf without radar": lambda reply: pdf.write(without_radar(reply)),
        "docx without radar": lambda reply: word.write(without_radar(reply)),
        "pdf, bare paragraphs": lambda reply: pdf.write(bare(reply)),
        "plain text": plain,
    }
    if given.one:
        replies, _ = made_up(1)
        makers[given.one](replies[0])
        return
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, typst {version('typst')}, "
        f"python-docx {version('python-docx')}; load {os.getloadavg()[0]:.1f}; {given.jobs} at a time"
    )
    replies, merged = made_up(given.reports)
    print(f"merging {given.reports} reports of {_READERS} sheets: {merged:.2f} s")
    print(f"looking them through for 1,000 experts: {searched(replies, 1000):.2f} s")
    for maker in makers.values():
        maker(replies[0])  # libraries and fonts are loaded
    number = 0
    for name, maker in makers.items():
        took, made = _timed(replies, maker, given.jobs)
        if name == "pdf":
            number = sum(pages(content) for content in made)
            print(f"{number} pages, {number / len(made):.1f} each")
        size = sum(map(len, made)) / len(made) / 1024
        print(f"{name:22} {took:7.1f} s  {number / took:8.0f} pages/s  {size:6.0f} KiB each")
    for form in ("pdf", "docx"):
        print(f"one {form} from a cold start: {_cold(form):.1f} s")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
