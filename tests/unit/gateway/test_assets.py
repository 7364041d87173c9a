"""Styles and scripts: served whole, kept for ever under their digest, and nothing besides them."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.gateway.app import problem_response
from services.gateway.portal.assets import Assets
from shared.config import ConfigurationError, Settings
from shared.problems import Problem

CSS, JS = b"body{color:#1a1a1a}" * 20, b"let a=1;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "axe.min.js").write_bytes(JS)
    (tmp_path / "served" / "portal.css").write_bytes(CSS)
    (tmp_path / "served" / "portal.css.gz").write_bytes(gzip.compress(CSS))
    (tmp_path / "served" / "portal.js").write_bytes(JS)
    files = {
        "portal.css": {"sha256": sha256(CSS).hexdigest(), "bytes": len(CSS), "gzip": 1},
        "portal.js": {"sha256": sha256(JS).hexdigest(), "bytes": len(JS)},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"files": files}))
    return tmp_path


def _assets(folder: Path | str) -> Assets:
    return Assets.of(Settings(gateway_assets=str(folder)))


def _url(assets: Assets, name: str) -> str:
    url = assets.url(name)
    assert url is not None
    return url


def _client(assets: Assets) -> FlaskClient:
    app = Flask("test", static_folder=None)
    app.register_error_handler(Problem, problem_response)
    assets.add_to(app)
    return app.test_client()


def test_a_file_comes_with_its_type_and_is_kept_for_a_year(folder: Path) -> None:
    """Its address never means another file, so nobody asks again."""
    assets = _assets(folder)
    answer = _client(assets).get(_url(assets, "portal.css"))
    assert (answer.status_code, answer.data) == (200, CSS)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Vary"] == "Accept-Encoding"
    script = _client(assets).get(_url(assets, "portal.js"))
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip, deflate, br", True), ("*", True), ("", False), ("gzip;q=0", False), ("br", False)],
)
def test_it_is_packed_for_those_who_unpack(folder: Path, accepted: str, packed: bool) -> None:
    """As it was packed at the build, with an ETag of its own; `Vary` keeps a proxy from mixing the two up."""
    assets = _assets(folder)
    url, headers = _url(assets, "portal.css"), {"Accept-Encoding": accepted}
    answer = _client(assets).get(url, headers=headers)
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(answer.data) if packed else answer.data) == CSS
    assert answer.headers["Vary"] == "Accept-Encoding"
    again = _client(assets).get(url, headers=headers | {"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_that_was_not_packed_is_sent_as_it_is(folder: Path) -> None:
    """It would have been larger."""
    assets = _assets(folder)
    answer = _client(assets).get(_url(assets, "portal.js"), headers={"Accept-Encoding": "gzip"})
    assert (answer.data, "Content-Encoding" in answer.headers) == (JS, False)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/0123456789abcdef/portal.css", "/assets/{digest}/manifest.json", "/assets/{digest}/axe.min.js",
        "/assets/{digest}/portal.css.gz", "/assets/{digest}/..%2Fmanifest.json", "/assets/{digest}/", "/assets/",
        "/assets/{digest}/tests/axe.min.js", "/assets/{digest}/%00",
    ],
)  # fmt: skip
def test_nothing_else_is_there(folder: Path, path: str) -> None:
    """Not the manifest, not what tests use, not a file of another build, nothing outside the folder."""
    assets = _assets(folder)
    assert _client(assets).get(path.format(digest=assets.digest)).status_code == 404


def test_another_file_moves_all_addresses(folder: Path) -> None:
    """A page of the new build never gets a script of the old one."""
    before = _assets(folder)
    described = json.loads((folder / "manifest.json").read_text())
    (folder / "served" / "portal.js").write_bytes(JS + JS)
    described["files"]["portal.js"]["sha256"] = sha256(JS + JS).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(described))
    assert before.url("portal.css") != _assets(folder).url("portal.css")


def test_without_a_build_pages_do_without(folder: Path) -> None:
    """No address is made up, and none answers."""
    assets = _assets("")
    assert assets.url("portal.css") is None
    assert _client(assets).get(f"/assets/{assets.digest}/portal.css").status_code == 404
    assert _assets(folder).url("portal.png") is None


@pytest.mark.parametrize("harm", ["no manifest", "no file", "another file", "no list", "no gzip"])
def test_half_a_build_stops_the_start(folder: Path, harm: str) -> None:
    """What was named is to be there and as it was built."""
    if harm == "no manifest":
        (folder / "manifest.json").unlink()
    elif harm == "no file":
        (folder / "served" / "portal.css").unlink()
    elif harm == "another file":
        (folder / "served" / "portal.css").write_bytes(b"body{display:none}")
    elif harm == "no list":
        (folder / "manifest.json").write_text("[]")
    else:
        (folder / "served" / "portal.css.gz").unlink()
    with pytest.raises(ConfigurationError, match=r"ZHIHENG_GATEWAY_ASSETS.*no complete build"):
        _assets(folder)
