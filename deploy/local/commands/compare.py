"""compare: the same applicants under two rulebooks, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from deploy.local.commands.rehearse import NOT_STARTED, WRONG_FILE, run_player, stack_for_rehearsals
from deploy.local.processes import NotStarted
from deploy.local.temporary import temporary_folder
from deploy.local.terminal import fail, print_faults

HELP = "两部规则对比：谁的结果不同、依据哪条 · one file under two rulebooks: who changes, by which rule"
_LEAST = 3  # two rulebooks and a file


def add(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "zhiheng compare A B FILE… [--out DIR] | zhiheng compare --results R1.json R2.json [--out DIR]"
    )
    parser.add_argument("given", nargs="*", metavar="A B FILE", help="two rulebooks, and rehearsal files")
    parser.add_argument(
        "--results", nargs=2, metavar=("R1.json", "R2.json"), help="compare results that are there already"
    )
    parser.add_argument(
        "--out", default="rehearsals", metavar="DIR", help="where comparisons go (default: rehearsals/)"
    )


def run(options: argparse.Namespace) -> int:
    out = Path(options.out).absolute()
    if options.results and not options.given:
        return _compare([(Path(options.results[0]), Path(options.results[1]))], out)
    if options.results or len(options.given) < _LEAST:
        return fail(
            "请给出两部规则和演练文件，或用 --results 给出两份结果 · two rulebooks and files are needed, or --results",
            WRONG_FILE,
        )
    a, b, *names = options.given
    if a == b:
        return fail(f"须是两部不同的规则 · two different rulebooks are needed: {a}", WRONG_FILE)
    return play([Path(name).absolute() for name in names], (a, b), out)


def play(files: Sequence[Path], rulebooks: tuple[str, str], out: Path) -> int:
    """Check the files under both, play them in one stack, compare: 0, 2 (a file is wrong), 3 (no stack)."""
    from deploy.rehearsal import check

    faults = dict.fromkeys(fault for rulebook in rulebooks for fault in check(files, rulebook))
    print_faults(faults)
    if faults:
        return WRONG_FILE
    try:
        with temporary_folder("compare") as folder, stack_for_rehearsals() as access:
            for rulebook in rulebooks:
                code = run_player(files, access, folder / rulebook, rulebook, quiet=True)
                if code:
                    return code
            return _compare(_kept(folder, rulebooks, out), out)
    except NotStarted as problem:
        return fail(str(problem), NOT_STARTED)


def _kept(folder: Path, rulebooks: tuple[str, str], out: Path) -> list[tuple[Path, Path]]:
    """Both results of each file, moved to where the comparisons go: letters are written from them."""
    from deploy.decisions.writing import write

    pairs = []
    for played in sorted((folder / rulebooks[0]).glob("*.result.json")):
        scenario = played.name.removesuffix(".result.json")
        a, b = (
            write(out / f"{scenario}.{rulebook}.result.json", (folder / rulebook / played.name).read_bytes())
            for rulebook in rulebooks
        )
        pairs.append((a, b))
    return pairs


def _compare(pairs: Sequence[tuple[Path, Path]], out: Path) -> int:
    from deploy.decisions.comparison import NotComparable, Pair, compare
    from deploy.decisions.phrases import View
    from deploy.decisions.reading import read
    from deploy.decisions.terminal import print_comparison
    from deploy.decisions.words import Names
    from deploy.decisions.writing import write_comparison
    from deploy.rehearsal.faults import WrongFile
    from deploy.rehearsal.tables import console
    from shared.rulebooks import library

    try:
        for first, second in pairs:
            a, b = read(first), read(second)
            view = View(compare(a, b), Pair(Names.of(a.rulebook, library()), Names.of(b.rulebook, library())))
            written = write_comparison(out, view, (a, b))
            print_comparison(console(), view, [str(path) for path in written])
    except WrongFile as wrong:
        print_faults(wrong.faults)
        return WRONG_FILE
    except NotComparable as problem:
        return fail(str(problem), WRONG_FILE)
    return 0
