"""The public's notices over HTTP: pages and feed, without a script, without a rehearsal, without anybody signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.gateway.portal.frame import POLICY
from services.gateway.portal.public.feed import ATOM, FEED, atom
from shared.contracts import Context
from shared.problems import NotFound
from tests.support.gateway import Bench, InProcess, answered, make_bench
from tests.support.notice_replies import brief, corrected, correcting, posted

pytestmark = pytest.mark.integration

PAGE = "/notices/c1/award"
HOSTILE = "<img src=x onerror=alert(1)>&\u202e\x0b"


def bench_of(folder: Path, replies: Mapping[str, Any], **given: Any) -> Bench:
    """A gateway whose eligibility answers with these."""

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if service == "eligibility" and method in replies:
            assert context.role == "public"
            found: dict[str, Any] = replies[method]
            return found
        if service == "eligibility" and method == "notice":
            raise NotFound("没有这项公示", "no such notice")
        return answered(service, method, data, context)

    return make_bench(folder, InProcess(answer), **given)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return bench_of(tmp_path, {"notice": posted(), "posted_notices": {"notices": [brief()]}})


def test_the_list_leads_to_every_notice(bench: Bench) -> None:
    """With its days and whether it runs; the feed is announced."""
    text = bench.client.get("/notices").get_data(as_text=True)
    for expected in (
        f'href="{PAGE}"',
        "示例奖 2025 年度：拟获奖名单公示",
        "2025-07-07",
        "公示中",
        f'href="{FEED}"',
    ):
        assert expected in text


def test_a_notice_shows_all_that_was_posted(bench: Bench) -> None:
    """List, days, extension, how and where to object, the digest of its content, the paper."""
    answer = bench.client.get(PAGE)
    text = answer.get_data(as_text=True)
    for expected in (
        "示例甲公司", "张三", "一等", "2025-06-30", "2025-07-07", "机房停电", "须实名。",
        "010-00000000", posted()["content_digest"], "/api/v1/cycles/c1/notices/award/notice.pdf",
    ):  # fmt: skip
        assert expected in text
    assert "原定至 2025年7月4日" in re.sub("<[^>]*>", "", text)
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_an_ended_notice_is_marked(tmp_path: Path) -> None:
    """Until it is taken down."""
    over = posted(state="ended", runs=False)
    text = bench_of(tmp_path, {"notice": over}).client.get(PAGE).get_data(as_text=True)
    assert "已结束" in text
    assert "公示中" not in text


def test_a_corrected_notice_leads_to_the_new_one_and_back(tmp_path: Path) -> None:
    """Its content stays readable, and nobody objects to it any more; the new one says what it changes, and why."""
    old = bench_of(tmp_path, {"notice": corrected()}).client.get(PAGE).get_data(as_text=True)
    for expected in ("已更正", f'href="{PAGE}.2"', "示例甲公司", "张三", "2025年7月2日"):
        assert expected in old
    assert "/object/" not in old
    (tmp_path / "new").mkdir()
    bench = bench_of(tmp_path / "new", {"notice": correcting()})
    new = bench.client.get(PAGE + ".2").get_data(as_text=True)
    for expected in ("更正公示", f'href="{PAGE}"', "单位名称有误", "示例甲有限公司", f"{PAGE}.2/object/1"):
        assert expected in new
    english = bench.client.get(PAGE + ".2?lang=en")
    assert english.status_code in {200, 303}


def test_the_feed_tells_of_a_correction() -> None:
    """Two entries with ids of their own, each naming the other; the old one was updated."""
    old = brief(state="corrected", runs=False, corrected_by="award.2", corrected_on="2025-07-02")
    feed = ET.fromstring(atom([brief(notice="award.2", corrects="award"), old], ""))
    entries = feed.findall(f"{{{ATOM}}}entry")
    titles = [_one(entry, "title").text or "" for entry in entries]
    said = [_one(entry, "summary").text or "" for entry in entries]
    assert (titles[0][-6:], titles[1][-5:]) == ("（更正公示）", "（已更正）")
    assert "更正公示 award " in said[0]
    assert "2025-07-02 由公示 award.2 更正" in said[1]
    assert len({_one(entry, "id").text for entry in entries}) == 2


def test_no_page_holds_a_script_or_anything_from_elsewhere(bench: Bench) -> None:
    """Nor a cookie; who is asked for nothing gives nothing away."""
    for path in ("/notices", PAGE):
        answer = bench.client.get(path)
        text = answer.get_data(as_text=True)
        assert not re.search(r"<script|javascript:|\son\w+=|style=|(src|href)=\"(https?:)?//", text)
        assert "Set-Cookie" not in answer.headers


class _Balance(HTMLParser):
    """The elements that are open; whatever is closed was opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "br", "img", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_that_is_opened_is_closed(bench: Bench, tmp_path: Path) -> None:
    """On the list, on a notice, where there is none, and on a refusal."""
    (tmp_path / "empty").mkdir()
    empty = bench_of(tmp_path / "empty", {"posted_notices": {"notices": []}})
    for client, path in ((bench, "/notices"), (bench, PAGE), (empty, "/notices"), (empty, PAGE)):
        found = _Balance()
        found.feed(client.client.get(path).get_data(as_text=True))
        assert found.open == []
    assert "目前没有公示" in empty.client.get("/notices").get_data(as_text=True)


def test_what_applicants_wrote_is_text_and_nothing_else(tmp_path: Path) -> None:
    """A name that is a tag, an ampersand, a control character, a mark that turns the direction of reading."""
    line = {"application_id": "a1", "name": HOSTILE, "level": None, "track": None, "digest": None}
    found = posted(lines=[line], contact=HOSTILE, introduction_zh=HOSTILE)
    replies = {"notice": found, "posted_notices": {"notices": [brief(award_zh=HOSTILE, title_en=HOSTILE)]}}
    bench = bench_of(tmp_path, replies)
    for path in (PAGE, "/notices", FEED):
        text = bench.client.get(path).get_data(as_text=True)
        assert "<img" not in text
        assert "&lt;img" in text
        assert "\u202e" not in text
        assert "\x0b" not in text


def test_a_rehearsals_notice_has_no_page(tmp_path: Path) -> None:
    """The same answer as for one that does not exist."""
    rehearsed = bench_of(tmp_path, {"notice": posted(rehearsal=True)}).client.get(PAGE)
    (tmp_path / "other").mkdir()
    nothing = bench_of(tmp_path / "other", {}).client.get(PAGE)
    assert rehearsed.status_code == nothing.status_code == 404
    assert rehearsed.mimetype == nothing.mimetype == "text/html"

    def told(answer: Any) -> str:
        return re.sub(r"<code>.*</code>", "", answer.get_data(as_text=True))

    assert told(rehearsed) == told(nothing)
    assert "示例甲公司" not in rehearsed.get_data(as_text=True)


def test_whoever_signed_in_or_plays_a_day_sees_what_everybody_sees(bench: Bench) -> None:
    """A page asks as the public, whatever a browser sends along."""
    plain = bench.client.get(PAGE)
    signed_in = bench.client.get(PAGE, headers=bench.headers("award_office"))
    playing = bench.client.get(PAGE, headers={"Zhiheng-Rehearsal-Date": "2025-01-01"})
    assert plain.get_data() == signed_in.get_data() == playing.get_data()


def test_a_service_that_is_away_is_told_on_a_page(tmp_path: Path) -> None:
    """503, to be asked again; not a page of the past."""
    bench = make_bench(tmp_path, InProcess(missing=frozenset({"eligibility"})))
    for path in ("/notices", PAGE, FEED):
        answer = bench.client.get(path)
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert "Retry-After" in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_pages_and_feed_are_not_sent_twice(bench: Bench) -> None:
    """304 for whoever has them."""
    for path in ("/notices", PAGE, FEED):
        first = bench.client.get(path)
        assert first.headers["Cache-Control"] == "no-cache"
        again = bench.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")


# --- the feed, RFC 4287 -------------------------------------------------------------------------------------------


def _one(parent: ET.Element, name: str) -> ET.Element:
    (found,) = parent.findall(f"{{{ATOM}}}{name}")
    return found


def _instant(element: ET.Element) -> datetime:
    found = datetime.fromisoformat(element.text or "")
    assert found.tzinfo is not None
    return found


def test_the_feed_has_what_rfc_4287_asks_of_a_feed_and_of_each_entry(tmp_path: Path) -> None:
    """Exactly one id, title and updated each; an author; links with a host; ids that are unique and do not change."""
    notices = [brief(), brief(notice="first_review", state="ended", changed_at="2025-07-09T10:00:00+08:00")]
    bench = bench_of(tmp_path, {"posted_notices": {"notices": notices}}, public_url="https://award.example/")
    answer = bench.client.get(FEED)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.get_data())
    assert feed.tag == f"{{{ATOM}}}feed"
    for parent in (feed, *feed.findall(f"{{{ATOM}}}entry")):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", _one(parent, "id").text or "")
        assert _one(parent, "title").text
        _instant(_one(parent, "updated"))
    assert _one(_one(feed, "author"), "name").text
    entries = feed.findall(f"{{{ATOM}}}entry")
    ids = {_one(parent, "id").text for parent in (feed, *entries)}
    assert len(ids) == 3
    assert _instant(_one(feed, "updated")) == max(_instant(_one(entry, "updated")) for entry in entries)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{{{ATOM}}}link")}
    assert links == {"self": "https://award.example" + FEED, "alternate": "https://award.example/notices"}
    assert _one(entries[0], "link").get("href") == "https://award.example" + PAGE
    assert {entry.tag for entry in entries[0]} <= {
        f"{{{ATOM}}}{name}" for name in ("id", "title", "published", "updated", "link", "summary")
    }


def test_an_extension_changes_when_an_entry_was_updated_and_not_its_id() -> None:
    """A reader shows it again instead of taking it for another notice."""
    first = ET.fromstring(atom([brief(changed_at="2025-06-30T09:00:00+08:00")], ""))
    later = ET.fromstring(atom([brief()], ""))
    entry, again = _one(first, "entry"), _one(later, "entry")
    assert _one(entry, "id").text == _one(again, "id").text
    assert _instant(_one(entry, "updated")) < _instant(_one(again, "updated"))


def test_a_feed_of_nothing_is_a_feed() -> None:
    """An id, a title and an instant all the same; the same bytes twice."""
    feed = ET.fromstring(atom([], ""))
    assert not feed.findall(f"{{{ATOM}}}entry")
    _instant(_one(feed, "updated"))
    assert atom([], "") == atom([], "")


# --- papers -------------------------------------------------------------------------------------------------------


def test_a_notice_as_a_file_is_made_once_for_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until what it says changes, be it the end of the window alone."""
    made: list[str] = []

    def written(_document: object, form: str) -> bytes:
        made.append(form)
        return f"{len(made)}".encode()

    monkeypatch.setattr("services.gateway.notices.written", written)
    replies = {"notice": posted()}
    bench = bench_of(tmp_path, replies)

    def get(form: str) -> bytes:
        return bench.client.get(f"/api/v1/cycles/c1/notices/award/notice.{form}").data

    assert [get(form) for form in ("pdf", "pdf", "docx", "pdf")] == [b"1", b"1", b"2", b"1"]
    replies["notice"] = {**posted(), "state": "ended"}
    assert get("pdf") == b"3"


def test_a_notice_is_given_as_a_paper(bench: Bench) -> None:
    """PDF and DOCX, to anybody."""
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = bench.client.get(f"/api/v1/cycles/c1/notices/award/notice.{form}")
        assert answer.get_data().startswith(begins)
        assert "attachment" in answer.headers["Content-Disposition"]


def test_a_proof_is_for_those_who_watch(bench: Bench) -> None:
    """Not for the public, nor for an applicant."""
    path = "/api/v1/cycles/c1/notices/award/proof.pdf"
    assert bench.client.get(path).status_code == 401
    assert bench.client.get(path, headers=bench.headers("applicant")).status_code == 403
