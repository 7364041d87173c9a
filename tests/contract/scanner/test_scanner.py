"""The malware scanner: a verdict is whole, in time and the scanner's own, or there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.intake.inspection.scanner import (
    ClamdScanner,
    NoScanner,
    Scan,
    ScannerUnavailable,
    open_scanner,
)
from shared.config import ConfigurationError, Settings
from tests.support.clamd import EICAR, SIGNATURE, VERSION, FakeClamd

LONG = 60.0  # seconds, for verdicts that come
SHORT = 0.3  # seconds, for those that never do

Clamd = Callable[..., FakeClamd]


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    """Starts a daemon; the test runs once on each transport."""
    with ExitStack() as stack:

        def start(**values: Any) -> FakeClamd:
            found = FakeClamd(request.param, tmp_path, **values).start()
            stack.callback(found.end)
            return found

        yield start


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def make(data: bytes) -> Path:
        path = tmp_path / "申报表.pdf"
        path.write_bytes(data)
        return path

    return make


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 300_000])
def test_a_clean_file_is_sent_whole(clamd: Clamd, file: Callable[[bytes], Path], size: int) -> None:
    """And the verdict says which engine with which signatures gave it."""
    daemon = clamd()
    data = bytes(range(256)) * (size // 256 + 1)
    assert ClamdScanner(daemon.url, LONG).scan(file(data[:size])) == Scan("clean", None, VERSION)
    assert daemon.received == [data[:size]]


@pytest.mark.parametrize("before", [0, 65_536 - 30, 200_000])
def test_an_infected_file_is_told_by_what_was_found(
    clamd: Clamd, file: Callable[[bytes], Path], before: int
) -> None:
    """Wherever in the file it stands, also over the edge of two chunks."""
    found = ClamdScanner(clamd().url, LONG).scan(file(b"x" * before + EICAR))
    assert found == Scan("infected", SIGNATURE, VERSION)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("cut off", "cut off"),
        ("half a reply", "cut off: stream: OK"),
        ("two replies", "more than one reply"),
        ("endless reply", "too long"),
    ],
)
def test_half_a_conversation_is_no_verdict(
    clamd: Clamd, file: Callable[[bytes], Path], fault: str, reason: str
) -> None:
    """Not even where the half that came reads like one."""
    with pytest.raises(ScannerUnavailable, match=reason):
        ClamdScanner(clamd(fault=fault).url, LONG).scan(file(b"clean"))


@pytest.mark.parametrize("fault", ["silent", "trickles"])
def test_silence_is_no_verdict(clamd: Clamd, file: Callable[[bytes], Path], fault: str) -> None:
    """The time is that of the whole scan: a byte now and then gives no more of it."""
    with pytest.raises(ScannerUnavailable, match="timed out"):
        ClamdScanner(clamd(fault=fault).url, SHORT).scan(file(b"clean"))


@pytest.mark.parametrize("size", [11, 100_000, 20_000_000])
def test_a_file_above_the_daemons_limit_is_not_clean(
    clamd: Clamd, file: Callable[[bytes], Path], size: int
) -> None:
    """Whether it hangs up after we have sent all or in the middle; the file was not looked at."""
    daemon = clamd(limit=10)
    with pytest.raises(ScannerUnavailable, match=r"size limit exceeded|cut off"):
        ClamdScanner(daemon.url, LONG).scan(file(b"x" * size))
    assert daemon.received == []


def test_a_daemon_that_hangs_up_early_gives_no_verdict(clamd: Clamd, file: Callable[[bytes], Path]) -> None:
    """Its disk may be full."""
    with pytest.raises(ScannerUnavailable, match=r"temporary file|cut off"):
        ClamdScanner(clamd(fault="hangs up early").url, LONG).scan(file(b"x" * 20_000_000))


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "stream: ERROR",
        "INSTREAM size limit exceeded. ERROR",
        "stream: Can't allocate memory ERROR",
        "stream: ok",
        "stream: OK ",
        "stream: OK\nstream: Worm FOUND",
        "1: stream: OK",
        "other: OK",
        "stream:  FOUND",
        "stream: FOUND",
        "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
        "UNKNOWN COMMAND",
    ],
)
def test_whatever_else_it_says_is_no_verdict(clamd: Clamd, file: Callable[[bytes], Path], reply: str) -> None:
    """Clean and infected have one form each; not looked at whole is neither."""
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(clamd(replies={b"zINSTREAM": reply}).url, LONG).scan(file(b"clean"))


@pytest.mark.parametrize("reply", ["", "UNKNOWN COMMAND", "stream: OK"])
def test_who_does_not_say_what_it_is_is_not_asked(
    clamd: Clamd, file: Callable[[bytes], Path], reply: str
) -> None:
    """A verdict without its engine could not be told from another's later."""
    daemon = clamd(replies={b"zVERSION": reply})
    with pytest.raises(ScannerUnavailable, match="version"):
        ClamdScanner(daemon.url, LONG).scan(file(b"clean"))
    assert daemon.received == []


def test_a_daemon_that_is_not_there_is_unavailable(clamd: Clamd, file: Callable[[bytes], Path]) -> None:
    """And the same scanner asks it again once it is."""
    daemon = clamd()
    daemon.end()
    with pytest.raises(ScannerUnavailable, match="not reached"):
        ClamdScanner(daemon.url, LONG).scan(file(b"clean"))


def test_what_a_reply_holds_does_not_get_into_a_log_as_it_is(
    clamd: Clamd, file: Callable[[bytes], Path]
) -> None:
    """Neither lines nor colours of somebody else's."""
    daemon = clamd(replies={b"zINSTREAM": "broken\n\x1b[31mFOUND"})
    with pytest.raises(ScannerUnavailable) as error:
        ClamdScanner(daemon.url, LONG).scan(file(b"clean"))
    assert error.value.reason.isprintable()


def test_a_file_that_is_gone_is_the_callers_matter(clamd: Clamd, tmp_path: Path) -> None:
    """It is no fault of the scanner's, and asking again would not help."""
    with pytest.raises(FileNotFoundError):
        ClamdScanner(clamd().url, LONG).scan(tmp_path / "gone")


def test_without_a_scanner_nothing_is_clean(file: Callable[[bytes], Path]) -> None:
    """Also not what is plainly harmless."""
    assert open_scanner(Settings()).scan(file(b"clean")) == Scan("not_scanned", None, None)
    assert isinstance(open_scanner(Settings()), NoScanner)


def test_the_settings_name_the_daemon(clamd: Clamd, file: Callable[[bytes], Path]) -> None:
    """With the time that a scan may take."""
    scanner = open_scanner(Settings(scanner_url=clamd().url, scanner_timeout=LONG))
    assert scanner.scan(file(EICAR)).state == "infected"


@pytest.mark.parametrize(
    "address",
    [
        "clamd",
        "http://host:3310",
        "tcp://host",
        "tcp://:3310",
        "tcp://host:0",
        "tcp://host:99999",
        "tcp://host:3310/path",
        "tcp://user@host:3310",
        "unix://clamd.ctl",
        "unix://host/clamd.ctl",
        "unix:///",
        "unix:///clamd.ctl?x",
    ],
)
def test_what_names_no_daemon_stops_the_start(address: str) -> None:
    """A misspelt address is never the same as none."""
    with pytest.raises(ConfigurationError, match="ZHIHENG_SCANNER_URL"):
        open_scanner(Settings(scanner_url=address))
