"""What an applicant does again and again on real pages, with script and without: drafts that keep themselves, uploads, a deadline
in words, a dossier on paper and as one file; and an officer who watches a cycle.

Recusal, score, ballot, objection and notice are acts of the whole cycle (`test_whole_cycle.py`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject

from deploy.demo.papers import as_pdf
from services.gateway.portal.sessions import COOKIE
from tests.browser.changning import Changning, press, told
from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, Dossier, until

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
WAYS = "从事生产经营"
LARGE, SLOW = 6_000_000, 1_500_000  # bytes of a file; bytes a second


@pytest.fixture(scope="module")
def opened(city: City) -> tuple[str, Dossier]:
    """A cycle and a draft in it."""
    cycle = city.open_cycle("changning-2023", days=14)
    who = city.person("drafting", "applicant")
    return cycle, Dossier(city, cycle, who, "示例松坞物业服务有限公司")


@pytest.fixture
def story(city: City, browsing: Browsing, opened: tuple[str, Dossier]) -> Changning:
    return Changning(city, opened[0], browsing)


@pytest.fixture
def draft(opened: tuple[str, Dossier]) -> Dossier:
    return opened[1]


def _at(story: Changning, draft: Dossier, page: str, *, script: bool = True) -> Page:
    shown = story.page(draft.who, script=script)
    shown.goto(f"/my/a/{draft.id}{page}")
    return shown


# --- 1 draft -----------------------------------------------------------------------------------------------------------------


def test_a_draft_saves_itself_and_outlives_a_broken_line(
    story: Changning, draft: Dossier, browsing: Browsing
) -> None:
    """What was typed is saved without a button; without a line it says so, keeps the form, and saves it afterwards."""
    page = _at(story, draft, "/s/standing")
    place, said = page.get_by_label("注册或工作地"), page.locator("#saved")
    place.fill("上海市长宁区")
    expect(said).to_contain_text(re.compile(r"已保存 \d{1,2}:\d\d"))
    page.context.set_offline(True)
    place.fill("上海市长宁区仙霞路")
    expect(said).to_contain_text("未保存：网络中断")
    expect(place).to_have_value("上海市长宁区仙霞路")
    page.context.set_offline(False)
    expect(said).to_contain_text(re.compile(r"已保存 \d{1,2}:\d\d"))
    page.reload()
    expect(place).to_have_value("上海市长宁区仙霞路")
    browsing.watches.clear()  # the console tells of requests that were not answered


@SCRIPT
def test_a_session_that_is_lost_costs_nothing(story: Changning, draft: Dossier, script: bool) -> None:
    """Sign in, and the same page with the same input is there; it is saved with the next press."""
    page = _at(story, draft, "/s/standing", script=script)
    day = f"2012-04-1{int(script)}"
    page.get_by_label("开始生产经营日期").fill(day)
    page.context.clear_cookies(name=COOKIE)
    press(page, "保存并继续")
    page.get_by_label("用户名").fill(draft.who.username)
    page.get_by_label("密码", exact=True).fill(draft.who.password)
    press(page, "登录")
    expect(page.get_by_role("heading", level=1)).to_have_text("主体资格")
    expect(page.get_by_label("开始生产经营日期")).to_have_value(day)
    press(page, "保存并继续")
    expect(page.get_by_role("heading", level=1)).to_have_text("守法和资质")
    page.go_back()
    page.reload()
    expect(page.get_by_label("开始生产经营日期")).to_have_value(day)


@SCRIPT
def test_what_is_wrong_is_kept_and_judged_later(story: Changning, draft: Dossier, script: bool) -> None:
    """A day that is none is saved; only the check names it, with a way to its field."""
    page = _at(story, draft, "/s/standing", script=script)
    page.get_by_label("开始生产经营日期").fill("去年春天")
    press(page, "保存")
    page.goto(f"/my/a/{draft.id}/check")
    blocks = page.get_by_role("region", name="提交前必须改正")
    expect(blocks).to_contain_text("开始生产经营日期")
    expect(page.get_by_role("button", name="提交申报")).to_have_count(0)
    blocks.get_by_role("link").first.click()
    expect(page.get_by_label("开始生产经营日期")).to_have_value("去年春天")
    page.get_by_label("开始生产经营日期").fill("2012-04-18")
    press(page, "保存")
    expect(page.get_by_role("heading", level=1)).to_have_text("组织申报")


# --- 2 upload ----------------------------------------------------------------------------------------------------------------


def _large(title: str) -> dict[str, object]:
    """A good PDF of some megabytes."""
    writer = PdfWriter(clone_from=io.BytesIO(as_pdf(title, "示例")))
    filling = DecodedStreamObject()
    filling.set_data(b"0123456789abcdef" * (LARGE // 16))
    writer._add_object(filling)
    out = io.BytesIO()
    writer.write(out)
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


@pytest.fixture
def slow(story: Changning, draft: Dossier) -> Iterator[Page]:
    """The materials on a slow line; what the form says is written down on the page."""
    page = _at(story, draft, "/files")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW},
    )
    yield page
    line.detach()


def test_an_upload_tells_how_far_it_is_and_can_be_cancelled(slow: Page, draft: Dossier) -> None:
    """On a slow line: many steps, a cancelled one leaves nothing, the next one arrives."""
    form = slow.locator("form[data-material=self_assessment]")
    status = form.get_by_role("status")
    form.locator("input[type=file]").set_input_files(_large("自我评价报告"))
    press(slow, "上传 自我评价报告")
    expect(status).to_contain_text(re.compile(r"上传中 [1-9]\d* %"))
    form.get_by_role("button", name="取消上传").click()
    expect(status).to_have_text("已取消")
    expect(form.get_by_role("button", name="取消上传")).to_be_hidden()
    steps = slow.evaluate_handle(
        """one => {
            const seen = new Set();
            new MutationObserver(() => seen.add(one.textContent)).observe(one, {childList: true, subtree: true});
            window.addEventListener("pagehide", () => sessionStorage.setItem("steps", seen.size));
            return seen;
        }""",
        status.element_handle(),
    )
    assert steps is not None
    with slow.expect_navigation():
        press(slow, "上传 自我评价报告")
    assert slow.evaluate("() => Number(sessionStorage.getItem('steps'))") > 20
    names = slow.get_by_role("table", name="自我评价报告").get_by_role("rowheader")
    expect(names).to_have_text(["自我评价报告.pdf"])


def _refused(page: Page, material: str, file: object, *, script: bool) -> str:
    """Upload something; what is said beside its field."""
    form = page.locator(f"form[data-material={material}]")
    form.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    form.locator("button").first.click()
    if script:
        why = form.locator("[role=status].govuk-error-message")
    else:
        why = page.locator(f"#file-{material}-error")
    expect(why).to_be_visible()
    return why.inner_text()


@SCRIPT
def test_what_is_not_taken_is_said(story: Changning, draft: Dossier, tmp_path: Path, script: bool) -> None:
    """Too large (with script before a byte is sent), empty, of another kind, twice the same: each in words, at its field."""
    page = _at(story, draft, "/files", script=script)
    with (tmp_path / "large.pdf").open("wb") as large:
        large.truncate(60_000_000)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    assert "50" in _refused(page, "proofs", tmp_path / "large.pdf", script=script)
    assert ("POST" in sent) is not script
    empty = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b""}
    assert "空" in _refused(page, "proofs", empty, script=script)
    program = {"name": "a.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" + bytes(200)}
    assert ("类型" if script else "只接收") in _refused(page, "proofs", program, script=script)
    once = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": as_pdf("证实性材料", str(script))}
    form = page.locator("form[data-material=proofs]")
    form.locator("input[type=file]").set_input_files(once)  # type: ignore[arg-type]
    form.locator("button").first.click()
    expect(page.get_by_role("table", name="证实性材料").get_by_role("row")).not_to_have_count(0)
    page.goto(f"/my/a/{draft.id}/files")
    assert "完全相同" in _refused(page, "proofs", once, script=script)


def test_a_program_under_another_name_is_returned(story: Changning, draft: Dossier) -> None:
    """Its content is looked at: what is no PDF comes back, with the reason beside it."""
    page = _at(story, draft, "/files", script=False)
    disguised = {
        "name": "b.pdf",
        "mimeType": "application/pdf",
        "buffer": b"MZ\x90\x00" + bytes(range(256)) * 20,
    }
    form = page.locator("form[data-material=application_form]")
    form.locator("input[type=file]").set_input_files(disguised)  # type: ignore[arg-type]
    form.locator("button").first.click()
    told(page, "b.pdf")

    def said() -> str | None:
        page.goto(f"/my/a/{draft.id}/files")
        row = page.get_by_role("row", name="b.pdf")
        return None if "检查中" in row.inner_text() else row.inner_text()

    assert "退回" in until("it is looked into", said)


# --- 9, 10 watching, deadline -------------------------------------------------------------------------------------------------


@SCRIPT
def test_a_deadline_is_told_in_words(story: Changning, draft: Dossier, script: bool) -> None:
    """The day, and how many working days are left."""
    page = _at(story, draft, "", script=script)
    expect(page.get_by_role("main")).to_contain_text(
        re.compile(r"截止：\d{4}年\d{1,2}月\d{1,2}日\s*还有 \d+ 个工作日")
    )


@SCRIPT
def test_an_officer_watches_a_cycle(story: Changning, script: bool) -> None:
    """One sentence of what comes next above the line of stages; with script it is asked for again by itself."""
    page = story.page(story.office, script=script)
    page.goto(story.path)
    expect(page.locator("#standing")).to_contain_text("下一步")
    expect(page.locator("#standing")).to_contain_text("第二十条")


# --- 11, 12 the dossier as a file and on paper -------------------------------------------------------------------------------


@SCRIPT
def test_a_dossier_is_one_file_and_is_printed(story: Changning, draft: Dossier, script: bool) -> None:
    """The office takes the whole of it as a ZIP with Chinese names and a list of digests; a page prints without menus."""
    done = _handed_in(story)
    page = story.page(story.office, script=script)
    page.goto(f"{story.path}/a/{done.id}")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载全部卷宗（ZIP）").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert any("自我评价报告" in name for name in names), names
    if script:
        text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
        assert "申报表" in text
        assert "退出" not in text


def _handed_in(story: Changning) -> Dossier:
    """An application that was handed in, the same for all tests of the cycle."""
    known: dict[str, Dossier] = story.city.__dict__.setdefault("_of_interactions", {})
    if story.cycle not in known:
        known[story.cycle] = story.apply("示例瑞岚医疗器械有限公司", "91310105MAXY90023E")
    return known[story.cycle]
