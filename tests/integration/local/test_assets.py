"""The pages' styles and scripts are built once, whole or not at all; npm and Sass are made-up programs here."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local import assets
from deploy.local.assets import SETTING, SOURCE, Assets, Tools
from deploy.local.processes import NotStarted

NPM = """
import pathlib, sys
prefix = pathlib.Path(next(word.partition("=")[2] for word in sys.argv if word.startswith("--prefix=")))
with (pathlib.Path(__file__).parent / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if (pathlib.Path(__file__).parent / "down").exists():
    sys.exit("no route to the registry")
for name in (
    "govuk-frontend/dist/govuk/govuk-frontend.min.js", "axe-core/axe.min.js",
    "axe-core/locales/zh_CN.json", "sass/sass.js",
):
    path = prefix / "node_modules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("let a=1;" * 50 + "//# sourceMappingURL=a.map")
"""
NODE = """
import pathlib, sys
pathlib.Path(sys.argv[-1]).write_text("body{color:#1a1a1a}" * 50)
"""


class House:
    """Sources, programs and a home of this test's own."""

    def __init__(self, folder: Path) -> None:
        self.source, self.home, self.programs = folder / "source", folder / "home", folder / "programs"
        (self.source / "scripts").mkdir(parents=True)
        self.programs.mkdir()
        for name, text in (("package.json", "{}"), ("package-lock.json", "{}"), ("portal.scss", "a {}")):
            (self.source / name).write_text(text)
        (self.source / "scripts" / "portal.js").write_text("let b=2;")
        (self.programs / "npm.py").write_text(NPM)
        (self.programs / "node.py").write_text(NODE)
        self.said: list[str] = []

    @property
    def assets(self) -> Assets:
        node, npm = ((sys.executable, str(self.programs / f"{name}.py")) for name in ("node", "npm"))
        return Assets(self.source, self.home, lambda: Tools(node, npm))

    def build(self, *, offline: bool = False) -> Path:
        return self.assets.ensure(self.said.append, offline=offline)

    @property
    def calls(self) -> list[str]:
        path = self.programs / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_everything_is_there_and_described(house: House) -> None:
    """Each served file with its digest and its packed form; what tests use lies apart; nothing of the build stays."""
    folder = house.build()
    files = json.loads((folder / "manifest.json").read_text())["files"]
    assert set(files) == {"portal.css", "portal.js", "govuk-frontend.min.js"}
    for name, said in files.items():
        content = (folder / "served" / name).read_bytes()
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        packed = folder / "served" / f"{name}.gz"
        assert packed.exists() == ("gzip" in said)
        if packed.exists():
            assert gzip.decompress(packed.read_bytes()) == content
    assert "gzip" in files["portal.css"]
    assert "gzip" not in files["portal.js"]  # it would be larger
    assert {path.name for path in (folder / "tests").iterdir()} == {"axe.min.js", "axe.zh_CN.json"}
    assert not (folder / "build").exists()


def test_no_file_names_a_map(house: House) -> None:
    """A browser would ask for it in vain."""
    folder = house.build()
    assert (folder / "served" / "govuk-frontend.min.js").read_text() == "let a=1;" * 50


def test_packages_run_nothing_and_come_from_the_lock(house: House) -> None:
    """`npm ci` takes what is pinned and no other; a package's own scripts are never run."""
    house.build()
    (call,) = house.calls
    assert call.startswith("ci ")
    assert "--ignore-scripts" in call


def test_what_is_complete_is_not_built_again(house: House) -> None:
    """Not even where nothing could be fetched."""
    first = house.build()
    assert house.build(offline=True) == first
    assert len(house.calls) == 1


@pytest.mark.parametrize("name", ["package-lock.json", "portal.scss", "scripts/portal.js"])
def test_other_sources_make_another_folder(house: House, name: str) -> None:
    """Pins, styles and scripts alike; the old folder is left to whoever still serves it."""
    first = house.build()
    (house.source / name).write_text("{} ")
    assert house.build() != first
    assert (first / "complete.json").exists()


def test_a_broken_build_starts_afresh(house: House) -> None:
    """The marker is written last, so half a build is never taken for a whole one."""
    (house.assets.folder / "served").mkdir(parents=True)
    (house.assets.folder / "served" / "left over").touch()
    assert not house.assets.complete
    folder = house.build()
    assert not (folder / "served" / "left over").exists()


def test_two_at_once_build_it_once(house: House) -> None:
    """Whoever comes second waits and finds it."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: house.build(), range(4)))
    assert len(set(found)) == 1
    assert len(house.calls) == 1


def test_offline_says_what_to_do(house: House) -> None:
    """And fetches nothing."""
    with pytest.raises(NotStarted, match=r"ZHIHENG_OFFLINE.*run once with the network"):
        house.build(offline=True)
    assert house.calls == []


def test_a_failure_shows_the_end_of_what_was_said(house: House) -> None:
    """The reason stands in the message, and the next try begins anew."""
    (house.programs / "down").touch()
    with pytest.raises(NotStarted, match="no route to the registry"):
        house.build()
    assert not house.assets.complete
    (house.programs / "down").unlink()
    assert house.build() == house.assets.folder


def test_a_package_without_its_file_is_named(house: House) -> None:
    """Another release may have moved it."""
    (house.programs / "npm.py").write_text(NPM.replace("govuk-frontend.min.js", "frontend.js"))
    with pytest.raises(NotStarted, match=r"govuk-frontend\.min\.js"):
        house.build()


def test_what_a_person_names_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agency may serve a build of its own."""
    monkeypatch.setenv(SETTING, "/srv/assets")
    assets.hand_on(pytest.fail)
    assert os.environ[SETTING] == "/srv/assets"


def test_without_a_build_the_stack_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Pages are then plain, and it is said why."""
    said: list[str] = []
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setenv("ZHIHENG_HOME", str(tmp_path))
    monkeypatch.setenv("ZHIHENG_OFFLINE", "1")
    assets.hand_on(said.append)
    assert SETTING not in os.environ
    assert "ZHIHENG_OFFLINE" in said[0]
    assert "plain" in said[0]


def test_the_lock_holds_every_package_and_no_host() -> None:
    """Each with its digest; where it comes from is the npm configuration's matter, as with an office's own mirror."""
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    packages = {name: said for name, said in lock["packages"].items() if name}
    assert all(said["integrity"].startswith("sha512-") for said in packages.values())
    assert not [name for name, said in packages.items() if "resolved" in said]
    wanted = json.loads((SOURCE / "package.json").read_text())
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_node_is_the_environment_s() -> None:
    """Its npm answers without the machine's."""
    npm = Tools.of_environment().npm
    done = subprocess.run([*npm, "--version"], env={"HOME": "/nonexistent"}, capture_output=True, text=True)
    assert done.stdout.strip().split(".")[0].isdigit(), done.stderr
