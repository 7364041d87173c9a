"""./zhiheng records: a package is checked with nothing but the file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from deploy.local.cli import main
from shared.records.bag import Bag, small

MADE = Bag("package", (small("files/01-证书.pdf", b"%PDF certificate"),), {})


def _pack(path: Path, certificate: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in MADE.tag_files().items():
            archive.writestr(f"package/{name}", content)
        archive.writestr("package/data/files/01-证书.pdf", certificate)


def test_a_package_is_checked_without_a_stack(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Whole ends with 0; one byte changed ends with 1 and names the file; another digest is not the registered one."""
    path = tmp_path / "档案.zip"
    _pack(path, b"%PDF certificate")
    assert main(["records", "verify", str(path), "--digest", MADE.digest]) == 0
    assert MADE.digest in capfd.readouterr().out
    assert main(["records", "verify", str(path), "--digest", "sha256:" + "0" * 64]) == 1
    _pack(path, b"%PDF certificatE")
    capfd.readouterr()
    assert main(["records", "verify", str(path)]) == 1
    assert "data/files/01-证书.pdf" in capfd.readouterr().out


@pytest.mark.parametrize("rest", [[], ["verify"], ["destroy", "x.zip"]])
def test_anything_else_is_told_how_it_is_used(rest: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["records", *rest]) != 0
    out, err = capfd.readouterr()
    assert "records verify FILE.zip" in out + err
