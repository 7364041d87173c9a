"""The frame of public pages: escaped, without a script, the same bytes for the same values, refusals as pages."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from services.gateway.public import page, shown
from services.gateway.public.frame import POLICY, style_sheet
from shared.problems import NotFound

pytestmark = pytest.mark.unit

HOSTILE = "<script>alert(1)</script>\u202egnp.exe"


@pytest.fixture
def app() -> Flask:
    """An application with one page that shows a title, and one that refuses."""
    made = Flask("pages")

    def fine() -> Response:
        return page(
            "problem.html",
            (HOSTILE, "Title"),
            problem={"detail_zh": "甲", "detail_en": HOSTILE, "request_id": "r"},
        )

    def refused() -> Response:
        raise NotFound("没有", "secret of the house")

    made.add_url_rule("/fine", view_func=shown(fine))
    made.add_url_rule("/refused", view_func=shown(refused))
    return made


def test_whatever_goes_into_a_page_is_escaped(app: Flask) -> None:
    """No tag of a name is a tag of the page, and no letter of it turns the direction of reading."""
    text = app.test_client().get("/fine").get_data(as_text=True)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text


def test_a_page_runs_nothing_and_loads_nothing_from_elsewhere(app: Flask) -> None:
    """The policy forbids scripts, and the page holds none, nor a style of its own."""
    answer = app.test_client().get("/fine")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "script-src" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    for forbidden in ("style=", "http://", "https://", "onclick"):
        assert forbidden not in answer.get_data(as_text=True)
    assert "url(" not in style_sheet()
    assert "@import" not in style_sheet()


def test_whoever_has_a_page_is_told_that_it_is_still_so(app: Flask) -> None:
    """The ETag is that of the bytes: the same one twice, and 304 without a body."""
    client = app.test_client()
    first, second = client.get("/fine"), client.get("/fine")
    assert first.headers["ETag"] == second.headers["ETag"]
    again = client.get("/fine", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.get("/fine", headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_refusal_is_a_page_that_tells_no_secrets(app: Flask) -> None:
    """What does not exist and what is nobody's to see look alike."""
    answer = app.test_client().get("/refused")
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "secret of the house" not in text
    assert "ETag" not in answer.headers


def test_both_languages_stand_in_the_page(app: Flask) -> None:
    """The page is Chinese; what is English says so to whoever reads it aloud."""
    text = app.test_client().get("/refused").get_data(as_text=True)
    assert '<html lang="zh-Hans">' in text
    assert 'lang="en"' in text
