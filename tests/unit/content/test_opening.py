"""Which store the settings name, and which settings name none."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.config import ConfigurationError, Settings
from shared.content import open_store
from shared.content.folder import FolderStore
from shared.content.s3 import Access, bucket

pytestmark = pytest.mark.unit

KEYS = {"content_s3_access_key": "key", "content_s3_secret": "hush"}


def test_a_folder_is_named_by_its_path(tmp_path: Path) -> None:
    """Percent signs are those of an address."""
    store = open_store(Settings(content_url=f"{(tmp_path / '材料 1').as_uri()}"))
    assert isinstance(store, FolderStore)
    assert (tmp_path / "材料 1" / "content").is_dir()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/contents",
        "file:contents",
        "file://contents/here",
        "file:///",
        "file:///srv/../etc",
        "file:///srv?x=1",
        "ftp://host/contents",
        "s3://",
        "s3://B/x",
        "s3://bucket/../x",
        "s3://bucket/a//b",
        "s3://key:secret@bucket/x",
        "s3://bucket/x#y",
    ],
)
def test_what_names_no_place_stops_the_start(url: str) -> None:
    """By the key that the operator has to mend."""
    with pytest.raises(ConfigurationError, match="ZHIHENG_CONTENT_URL"):
        open_store(Settings(content_url=url, **KEYS))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"content_s3_secret": ""}, "SECRET"),
        ({"content_s3_access_key": ""}, "ACCESS_KEY"),
        ({"content_s3_region": ""}, "REGION"),
        ({"content_s3_endpoint": "minio:9000"}, "ENDPOINT"),
        ({"content_s3_endpoint": "ftp://minio"}, "ENDPOINT"),
        ({"content_s3_addressing": "virtual"}, "ENDPOINT"),
    ],
)
def test_a_bucket_that_could_not_be_reached_stops_the_start(changed: dict[str, str], key: str) -> None:
    """Keys are never looked for anywhere else."""
    with pytest.raises(ConfigurationError, match=f"ZHIHENG_CONTENT_S3_{key}"):
        open_store(Settings(content_url="s3://bucket/prefix", **(KEYS | changed)))


def test_addressing_is_one_of_two() -> None:
    """A misspelt one is no silent default."""
    with pytest.raises(ConfigurationError, match="ZHIHENG_CONTENT_S3_ADDRESSING"):
        Settings(content_s3_addressing="paths")


@pytest.mark.parametrize(
    ("addressing", "address"),
    [("path", "https://s3.example.cn:9000"), ("virtual", "https://bucket.s3.example.cn:9000")],
)
def test_the_bucket_is_named_where_the_server_looks_for_it(addressing: str, address: str) -> None:
    """In the path, or in the host's name."""
    access = Access("bucket", "", "https://s3.example.cn:9000/", "cn-1", "key", "hush", addressing)
    opened = bucket(access)
    assert address in opened.config.values()
    assert opened.config["virtual_hosted_style_request"] == str(addressing == "virtual").lower()
    assert opened.client_options is not None
    assert opened.client_options["allow_http"] == "false"


def test_a_secret_is_in_no_repr() -> None:
    """Neither of what is asked for nor of what is opened."""
    access = Access("bucket", "", "", "cn-1", "key", "hush")
    assert "hush" not in repr(access)
    assert "hush" not in repr(bucket(access))
    assert "hush" not in repr(bucket(access).config)
