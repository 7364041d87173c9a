"""demo: play the sample cycles through a stack of one's own and show what came of them; --keep leaves one to look around in."""

from __future__ import annotations

import argparse
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

from deploy.local import assets, install, state
from deploy.local.commands.down import stop
from deploy.local.commands.rehearse import play
from deploy.local.commands.up import launch, prepare
from deploy.local.processes import NotStarted
from deploy.local.services import ROOT
from deploy.local.stack import CLOCK, DEMO_MARK
from deploy.local.terminal import Progress, fail
from shared.clock import TravelledClock

HELP = "演示：从申报到发放走一遍 · the sample cycles, from the call to the money"
FAILED = 1


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", help="where results go (default: beside the environment)")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave a stack with real cycles at different stages, and an account for each role",
    )
    parser.add_argument("--accounts", action="store_true", help="show the accounts of the demo that is kept")
    parser.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD",
        help="move the clock of the demo that is kept on to the morning of a later day",
    )  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1", help="with --keep: address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="with --keep: port of the portal and the API")


def run(options: argparse.Namespace) -> int:
    if options.accounts:
        return _show(state.demo_folder())
    if options.keep:
        return _keep(options)
    if options.day:
        return _travel(state.demo_folder(), options.day)
    files = sorted((ROOT / "deploy" / "samples").glob("*.yaml"))
    if not files:
        return fail("deploy/samples holds no sample")
    assets.hand_on(Progress())
    return play(files, Path(options.out).absolute() if options.out else state.home() / "demo")


def _keep(options: argparse.Namespace) -> int:
    """A fresh stack, the script played in it, and who may sign in."""
    from deploy.demo import accounts, world

    folder = state.demo_folder()
    if state.running(folder) is not None:
        print("演示已在运行 · the demo is running already")
        return _show(folder)
    say, began = Progress(), time.monotonic()
    try:
        _clear(folder)
        prepare("sqlite", say)
        install.ensure(install.CHINESE_FONTS, say)
        assets.hand_on(say)
        found = launch(folder, _chosen(options), say)
        say(f"系统就绪，开始布置 · the stack is ready, its people come in: {found.gateway_url}")
        town = world.play(found.gateway_url, found.stubs_url, folder, say)
    except NotStarted as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        stop(folder)
        raise
    except Exception as problem:  # noqa: BLE001 - whatever stops the story, the stack is ended and the reason told
        stop(folder)
        return fail(f"演示没有布置成 · the demo was not made: {problem}", FAILED)
    accounts.keep_pages(folder, town.pages)
    accounts.keep(folder, town.passwords())
    say(f"演示就绪 · ready after {time.monotonic() - began:.0f} s")
    return _show(folder)


def _travel(folder: Path, to: date) -> int:
    """To a later day: notices end, deadlines pass, reminders go out, and who was signed in signs in anew."""
    if state.running(folder) is None or not (folder / DEMO_MARK).exists():
        return fail("没有保留的演示 · no demo is kept: ./zhiheng demo --keep", FAILED)
    clock = TravelledClock(folder / CLOCK)
    try:
        clock.travel(to)
    except ValueError:
        now = f"{clock.now():%Y-%m-%d %H:%M}"
        return fail(f"时钟只能往后拨，现在是 {now} · the clock goes forward only; it is {now}", FAILED)
    print(f"演示时钟已拨到 · the demo's clock stands at {clock.now():%Y-%m-%d %H:%M}")
    return 0


def _chosen(options: argparse.Namespace) -> dict[str, Any]:
    """How the stack is to be."""
    from deploy.demo import world

    return {
        "demo": True,
        "travels": world.first_day().isoformat(),
        "http_host": options.host,
        "http_port": options.port,
        "extra": world.SETTINGS,
    }


def _clear(folder: Path) -> None:
    """Take away the demo before. Raises NotStarted where the folder is none of a demo."""
    if not folder.exists():
        return
    if not (folder / DEMO_MARK).exists() and any(folder.iterdir()):
        raise NotStarted(f"{folder} 不是演示数据，不予清除 · holds no demo and is left alone")
    shutil.rmtree(folder)


def _show(folder: Path) -> int:
    """The address, the accounts, the day: of the demo that was kept."""
    from deploy.demo import accounts, cast, identity

    passwords, found = accounts.kept(folder), state.running(folder)
    if found is not None and passwords is None:
        return fail(
            "演示正在布置，或没有布置完 · it is being made, or was left half made: wait, or ./zhiheng down",
            FAILED,
        )
    if passwords is None or found is None:
        return fail("没有保留的演示 · no demo is kept: ./zhiheng demo --keep", FAILED)
    print(accounts.shown(cast.people(), passwords))
    print(identity.shown())
    print()
    print(f"地址 · address: {found.gateway_url}")
    vote = accounts.vote_page(folder)
    if vote is not None:
        print(
            f"公众投票 · the public votes: {found.gateway_url}{vote}   "
            "（不用账号，身份任选 · no account needed: choose whom you are）"
        )
    print(
        f"演示时钟从 {cast.script().today} 起走，人和单位均为虚构，不得用于正式评审 · "
        "the demo's clock goes on from that day; everybody is invented; never for production"
    )
    print("再看账号 · accounts again: ./zhiheng demo --accounts   停止 · stop: ./zhiheng down")
    return 0
