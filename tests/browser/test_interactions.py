"""What is done again and again on real pages, by mouse, by keys alone and without script: drafts that keep themselves, uploads,
why one would not qualify, a cycle that is watched, a deadline in words, a dossier as one file and on paper.

Recusal, score, ballot, objection and notice are acts of the whole cycle (`test_whole_cycle.py`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import APIResponse, FilePayload, Locator, Request, Route, expect
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject

from deploy.demo.papers import as_pdf
from services.gateway.portal.applicant.dossier import AUTOSAVE
from services.gateway.portal.sessions import COOKIE
from tests.browser.changning import RULEBOOK, Changning
from tests.browser.hands import HANDS, OFTEN, Hand, Keys, NoScript, interaction, missing
from tests.browser.kit import Browsing
from tests.browser.paper import Paper
from tests.end_to_end.intake.conftest import CODES, City, Dossier, until

BY_EACH = pytest.mark.parametrize("by", HANDS, ids=[hand.name for hand in HANDS])
NAME, HANDED_IN = "示例松坞物业服务有限公司", "示例云岫医疗器械有限公司"
By = type[Hand]
H = TypeVar("H", bound=Hand)
LARGE = 6_000_000  # bytes of a file
SLOW, CRAWLING = (
    1_500_000,
    150_000,
)  # bytes a second; the latter leaves more time than anybody needs to cancel
Pace = Callable[[int], None]


@pytest.fixture(scope="module")
def opened(city: City) -> tuple[str, Dossier]:
    """A cycle and a draft in it."""
    cycle = city.open_cycle(RULEBOOK, days=14)
    who = city.person("drafting", "applicant")
    return cycle, Dossier(city, cycle, who, NAME)


@pytest.fixture
def story(city: City, browsing: Browsing, opened: tuple[str, Dossier]) -> Changning:
    return Changning(city, opened[0], browsing)


@pytest.fixture
def draft(opened: tuple[str, Dossier]) -> Dossier:
    return opened[1]


def _at(by: type[H], story: Changning, draft: Dossier, page: str) -> H:
    """Whoever drafts, at one of the draft's pages."""
    at = story.by(by, draft.who)
    at.goto(f"/my/a/{draft.id}{page}")
    return at


# --- 1 draft -----------------------------------------------------------------------------------------------------------------


def test_a_draft_saves_itself_and_outlives_a_broken_line(
    story: Changning, draft: Dossier, browsing: Browsing
) -> None:
    """What was typed is saved without a button; without a line it says so, keeps the form, and saves it afterwards."""
    at = _at(Keys, story, draft, "/s/standing")
    place, said = at.page.get_by_label("注册或工作地"), at.page.locator("#saved")
    at.write(place, "上海市长宁区")
    expect(said).to_contain_text(re.compile(r"已保存 \d{1,2}:\d\d"))
    at.page.context.set_offline(True)
    at.write(place, "上海市长宁区仙霞路")
    expect(said).to_contain_text("未保存：网络中断")
    expect(place).to_have_value("上海市长宁区仙霞路")
    at.page.context.set_offline(False)
    expect(said).to_contain_text(re.compile(r"已保存 \d{1,2}:\d\d"))
    at.page.reload()
    expect(place).to_have_value("上海市长宁区仙霞路")
    browsing.watches.clear()  # the console tells of requests that were not answered


def test_a_button_waits_for_what_saves_itself(story: Changning, draft: Dossier) -> None:
    """What was typed while it was on its way is saved, and nobody reads that somebody else had changed it."""
    at = _at(Keys, story, draft, "/s/standing")
    place = at.page.get_by_label("注册或工作地")
    saved: list[tuple[Route, APIResponse]] = []

    def late(route: Route) -> None:
        """The gateway has it, and the page has no answer yet."""
        if AUTOSAVE.lower() in route.request.headers:
            saved.append((route, route.fetch()))
        else:
            route.continue_()

    at.page.route("**/s/standing", late)
    at.write(place, "上海市")
    while not saved:
        at.page.evaluate("0")
    at.write(place, "上海市长宁区愚园路")
    at.press("保存并继续", stays=True)
    ((route, answer),) = saved
    route.fulfill(response=answer)
    at.heads("守法和资质")
    at.page.unroute("**/s/standing", late)
    at.page.go_back()
    at.page.reload()
    expect(place).to_have_value("上海市长宁区愚园路")


@BY_EACH
def test_a_session_that_is_lost_costs_nothing(story: Changning, draft: Dossier, by: By) -> None:
    """Sign in, and the same page with the same input is there; it is saved with the next press."""
    at = _at(by, story, draft, "/s/standing")
    begun = at.page.get_by_label("开始生产经营日期")
    day = f"2012-04-1{HANDS.index(by)}"
    at.write(begun, day)
    at.page.context.clear_cookies(name=COOKIE)
    at.press("保存并继续")
    at.fill({"用户名": draft.who.username})
    at.write(at.page.get_by_label("密码", exact=True), draft.who.password)
    at.press("登录")
    at.heads("主体资格")
    expect(begun).to_have_value(day)
    at.press("保存并继续")
    at.heads("守法和资质")
    at.page.go_back()
    at.page.reload()
    expect(begun).to_have_value(day)


@BY_EACH
@interaction("draft")
def test_what_is_wrong_is_kept_and_judged_later(story: Changning, draft: Dossier, by: By) -> None:
    """A day that is none is saved; only the check names it, with a way to its field."""
    at = story.by(by, draft.who)
    at.goto("/my")
    at.follow(f"继续填写 {NAME}")
    at.follow("主体资格")
    begun = at.page.get_by_label("开始生产经营日期")
    at.write(begun, "去年春天")
    at.press("保存")
    at.follow("检查并提交")
    blocks = at.page.get_by_role("region", name="提交前必须改正")
    expect(blocks).to_contain_text("开始生产经营日期")
    expect(at.page.get_by_role("button", name="提交申报")).to_have_count(0)
    at.follow(blocks.get_by_role("link").first)
    expect(begun).to_have_value("去年春天")
    at.write(begun, "2012-04-18")
    at.press("保存")
    at.heads("组织申报")


# --- 2 upload ----------------------------------------------------------------------------------------------------------------


def _large(title: str) -> FilePayload:
    """A good PDF of some megabytes."""
    writer = PdfWriter(clone_from=io.BytesIO(as_pdf(title, "示例")))
    filling = DecodedStreamObject()
    filling.set_data(b"0123456789abcdef" * (LARGE // 16))
    writer._add_object(filling)
    out = io.BytesIO()
    writer.write(out)
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


@pytest.fixture
def slow(story: Changning, draft: Dossier) -> Iterator[tuple[Keys, Pace]]:
    """The materials on a slow line, and how slow it is from now on."""
    at = _at(Keys, story, draft, "/files")
    line = at.page.context.new_cdp_session(at.page)
    line.send("Network.enable")

    def pace(upload: int) -> None:
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload},
        )

    pace(CRAWLING)
    yield at, pace
    line.detach()


def test_an_upload_tells_how_far_it_is_is_cancelled_and_goes_on_after_a_break(
    slow: tuple[Keys, Pace], browsing: Browsing
) -> None:
    """On a slow line: many steps, a cancelled one leaves nothing, one that is cut off goes on where it was; by keys, for whom a
    cancelled upload may not be a trap.
    """
    at, pace = slow
    form = at.page.locator("form[data-material=self_assessment]")
    status, cancel = form.get_by_role("status"), form.get_by_role("button", name="取消上传")
    at.attach("选择“自我评价报告”的文件", _large("自我评价报告"))
    at.press("上传 自我评价报告", stays=True)
    expect(status).to_contain_text(re.compile(r"上传中 [1-9]\d* %"))
    at.press(cancel, stays=True)
    expect(status).to_have_text("已取消")
    expect(cancel).to_be_hidden()
    pace(SLOW)
    steps = at.page.evaluate_handle(
        """one => {
            const seen = new Set();
            new MutationObserver(() => seen.add(one.textContent)).observe(one, {childList: true, subtree: true});
            window.addEventListener("pagehide", () => sessionStorage.setItem("steps", seen.size));
            return seen;
        }""",
        status.element_handle(),
    )
    assert steps is not None
    sent: list[str] = []  # where each part began

    def cut(route: Route) -> None:
        """Behind the first part the line is broken."""
        behind = route.request.headers.get("upload-offset", "0") != "0"
        if route.request.method == "HEAD" or behind:
            route.abort("connectionreset")
        else:
            route.continue_()

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(request.headers["upload-offset"])

    at.page.route("**/*", cut)
    at.page.on("request", note)
    at.press("上传 自我评价报告", stays=True)
    expect(status).to_have_text("上传中断，已收到的部分保留着")
    assert (sent[0], set(sent[1:])) == ("0", {"4194304"})
    at.page.unroute("**/*", cut)
    sent.clear()
    at.press("继续上传")
    assert sent == ["4194304"]
    assert at.page.evaluate("() => Number(sessionStorage.getItem('steps'))") > 20
    names = at.page.get_by_role("table", name="自我评价报告").get_by_role("rowheader")
    expect(names).to_have_text(["自我评价报告.pdf"])
    for watch in browsing.watches:  # the console tells of the parts that were cut off
        watch.wrong = [each for each in watch.wrong if "ERR_CONNECTION_RESET" not in each]


PROOFS = ("选择“证实性材料”的文件", "上传 证实性材料")


def _refused(at: Hand, file: FilePayload | str) -> str:
    """Upload something; what is said beside its field."""
    field, button = PROOFS
    at.attach(field, file)
    at.press(button, stays=at.script)
    if at.script:
        why = at.page.locator("form[data-material=proofs] [role=status].govuk-error-message")
    else:
        why = at.page.locator("#file-proofs-error")
    expect(why).to_be_visible()
    return why.inner_text()


@BY_EACH
@interaction("upload")
def test_what_is_not_taken_is_said(story: Changning, draft: Dossier, tmp_path: Path, by: By) -> None:
    """Too large (with script before a byte is sent), empty, of another kind, twice the same: each in words, at its field."""
    at = story.by(by, draft.who)
    at.goto(f"/my/a/{draft.id}")
    at.follow("材料", exact=True)
    with (tmp_path / "large.pdf").open("wb") as large:
        large.truncate(60_000_000)
    sent: list[str] = []
    at.page.on("request", lambda request: sent.append(request.method))
    assert "50" in _refused(at, str(tmp_path / "large.pdf"))
    assert ("POST" in sent) is not by.script
    empty: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b""}
    assert "空" in _refused(at, empty)
    program: FilePayload = {
        "name": "a.exe",
        "mimeType": "application/octet-stream",
        "buffer": b"MZ" + bytes(200),
    }
    assert ("类型" if by.script else "只接收") in _refused(at, program)
    once: FilePayload = {
        "name": f"{by.name}.pdf",
        "mimeType": "application/pdf",
        "buffer": as_pdf("证实性材料", by.name),
    }
    field, button = PROOFS
    at.attach(field, once)
    at.press(button)
    taken = at.page.get_by_role("table", name="证实性材料").get_by_role("row", name=f"{by.name}.pdf")
    expect(taken).to_have_count(1)
    at.goto(f"/my/a/{draft.id}/files")
    assert "完全相同" in _refused(at, once)
    at.goto(f"/my/a/{draft.id}/files")
    at.follow(f"移除 {by.name}.pdf")
    at.press("移除")
    expect(taken).to_have_count(0)


def test_a_program_under_another_name_is_returned(story: Changning, draft: Dossier) -> None:
    """Its content is looked at: what is no PDF comes back, with the reason beside it."""
    at = _at(NoScript, story, draft, "/files")
    disguised: FilePayload = {
        "name": "b.pdf",
        "mimeType": "application/pdf",
        "buffer": b"MZ\x90\x00" + bytes(range(256)) * 20,
    }
    at.attach("选择“申报表”的文件", disguised)
    at.press("上传 申报表")
    at.told("b.pdf")

    def said() -> str | None:
        at.goto(f"/my/a/{draft.id}/files")
        row = at.page.get_by_role("row", name="b.pdf")
        return None if "检查中" in row.inner_text() else row.inner_text()

    assert "退回" in until("it is looked into", said)


# --- 3 why one would not qualify ---------------------------------------------------------------------------------------------


@BY_EACH
@interaction("why")
def test_why_one_would_not_qualify_is_said(story: Changning, draft: Dossier, by: By) -> None:
    """On the draft and without an account: what is not met with its article, what is met folded away, and a way to mend it."""
    at = _at(by, story, draft, "")
    at.follow("守法和资质")
    at.choose("资质证照有效", "否")
    at.press("保存")
    at.follow("逐条核对申报条件")
    _is_said(at)
    at.follow("核对“守法和资质”", within=_fails(at))
    at.heads("守法和资质")
    at.choose("资质证照有效", "是")
    at.press("保存")

    at = story.anybody(by)
    at.goto(f"/rules/{RULEBOOK}")
    at.follow("预检")
    at.choose("谁申报", "组织")
    at.press("下一步")
    asked = at.page.get_by_role("group", name="资质证照有效")
    last = at.page.get_by_role("button", name="看结果")
    while not last.is_visible():
        if asked.is_visible():
            at.choose("资质证照有效", "否")
        at.press("下一步")
    at.press("看结果")
    at.heads("预检结果")
    _is_said(at)
    at.press(_fails(at).get_by_role("button").first)
    expect(asked.get_by_label("否", exact=True)).to_be_checked()


def _fails(at: Hand) -> Locator:
    """The one condition that is not met."""
    return at.page.get_by_role("region", name="不符合").locator(".zh-finding").filter(has_text="证照")


def _is_said(at: Hand) -> None:
    expect(_fails(at)).to_contain_text(re.compile("第.+条"))
    at.unfold("符合和不适用的")


# --- 9, 10 watching, deadline -------------------------------------------------------------------------------------------------


@BY_EACH
@interaction("deadline")
def test_a_deadline_is_told_in_words(story: Changning, draft: Dossier, by: By) -> None:
    """The day, and how many working days are left; where files are sent, what counts, and by which clock."""
    at = story.by(by, draft.who)
    at.goto("/my")
    at.follow(f"继续填写 {NAME}")
    left = re.compile(r"截止：\d{4}年\d{1,2}月\d{1,2}日\s*还有 \d+ 个工作日")
    expect(at.page.get_by_role("main")).to_contain_text(left)
    at.follow("材料", exact=True)
    expect(at.page.get_by_role("main")).to_contain_text(left)
    expect(at.page.get_by_role("main")).to_contain_text("以最后一个字节到达的时间为准")


@BY_EACH
@interaction("watch")
def test_an_officer_watches_a_cycle(story: Changning, by: By) -> None:
    """From the desk to one sentence of what comes next, above the line of stages; each stage leads to its own page and back."""
    at = story.by(by, story.office)
    at.goto("/office")
    at.follow(at.page.get_by_role("main").locator(f"a[href='{story.path}']").first)
    standing = at.page.locator("#standing")
    expect(standing).to_contain_text("下一步")
    expect(standing).to_contain_text("第二十条")
    now = standing.locator("[aria-current=step]")
    expect(now).to_contain_text("申报推荐")
    at.follow("申报推荐", exact=True, within=now)
    at.heads("申报推荐")
    expect(at.page.get_by_role("main")).to_contain_text("进入的申报")
    at.follow(at.page.get_by_role("navigation", name="本周期").locator(f"a[href='{story.path}']"))
    expect(standing).to_contain_text("下一步")


# --- 11, 12 the dossier as a file and on paper -------------------------------------------------------------------------------


@BY_EACH
@interaction("dossier")
def test_a_dossier_is_one_file(story: Changning, by: By) -> None:
    """The office takes the whole of it as a ZIP with Chinese names and a list of digests."""
    done = _handed_in(story)
    at = story.by(by, story.office)
    at.goto(f"{story.path}/applications")
    at.follow(at.page.locator(f"a[href$='/a/{done.id}']"))
    names = zipfile.ZipFile(at.download("下载全部卷宗（ZIP）").path()).namelist()
    assert any("自我评价报告" in name for name in names), names
    assert "索引.csv" in names


@BY_EACH
@interaction("print")
def test_a_page_is_printed_and_a_paper_of_record_is_fetched(story: Changning, by: By) -> None:
    """The browser's own command prints a page, without menus and whatever script there is; a paper of record is a link."""
    done = _handed_in(story)
    at = story.by(by, done.who)
    at.goto("/my")
    at.follow(at.page.get_by_role("row", name=HANDED_IN).get_by_role("link"))
    at.follow("回执")
    paper = Paper.of(at.page)
    assert paper.embedded
    assert "已提交" in "".join(paper.texts)
    assert "退出" not in "".join(paper.texts)
    at.goto(f"/my/a/{done.id}")
    assert at.download("下载申报表").path().read_bytes().startswith(b"PK")


def _handed_in(story: Changning) -> Dossier:
    """An application that was handed in, the same for all tests of the cycle."""
    known: dict[str, Dossier] = story.city.__dict__.setdefault("_of_interactions", {})
    if story.cycle not in known:
        known[story.cycle] = story.apply(HANDED_IN, next(CODES))
    return known[story.cycle]


def test_each_was_done_by_each_hand() -> None:
    """What needs no cycle that is far on was done by mouse, by keys and without script."""
    assert missing(OFTEN) == []
