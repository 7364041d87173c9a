"""What people do on the pages of a whole Changning cycle (`test_whole_cycle.py`), each at its own, by the hand that is given.

Where many people do the same, some do it here by another hand, and the others by the API.
"""

from __future__ import annotations

import re

from playwright.sync_api import Dialog, Route, expect

from tests.browser.changning import BODY, MATERIALS, USCC, Changning, pdf
from tests.browser.hands import Hand, Keys, Mouse, NoScript, interaction
from tests.end_to_end.intake.conftest import CODES, Person, until

NAME, OTHER = "示例禾京健康管理有限公司", "示例瑞岚医疗器械有限公司"
PASSWORD = "correct horse battery"
By = type[Hand]

# --- applying ----------------------------------------------------------------------------------------------------------------


def an_account(story: Changning) -> Person:
    """The administrator makes an account; whoever it is for signs in."""
    at = story.by(Mouse, story.city.people["admin"])
    at.goto("/accounts/new")
    username = f"hejing.{story.cycle[:8]}"
    at.fill({"用户名": username, "姓名": "周和（示例）", "初始密码": PASSWORD})
    at.choose("角色", "申报人")
    at.press("新建账号")
    at.told("账号已建立")
    who = Person(story.city, "周和（示例）", username, PASSWORD, "applicant")
    story.applicant = who
    return who


def a_draft(story: Changning, who: Person) -> None:
    """An applicant begins an application and fills in its pages."""
    at = story.by(Mouse, who)
    at.goto("/my")
    at.follow(at.page.locator(f"a[href='/my/start/{story.cycle}']"))
    at.choose("申报类型", "组织")
    at.fill({"申报主体名称": NAME, "统一社会信用代码": USCC})
    at.press("开始填写")
    at.told("已建立申报，可以开始填写")
    story.ids[NAME] = at.page.url.rsplit("/", 1)[-1]
    at.follow("主体资格")
    at.fill({"注册或工作地": "上海市长宁区", "开始生产经营日期": "2011-03-28"})
    at.choose("从事生产经营", "是")
    at.press("保存并继续")
    for question in ("资质证照有效", "符合法律法规及政策要求"):
        at.choose(question, "是")
    at.press("保存并继续")
    at.choose("实施首席质量官制度", "是")
    at.fill({"领先指标": "营业收入居全区同行业第 2 位"})
    for number, (year, profit) in enumerate(
        (("2022", "18400000"), ("2023", "21050000"), ("2024", "23900000")), 1
    ):
        row = at.page.get_by_role("group", name=f"利润 {number}", exact=True)
        at.fill({"年度": year, "金额": profit}, within=row)
    at.press("保存")
    at.heads("组织申报")
    expect(at.page.get_by_text("已完成 6 项，共 8 项")).to_be_visible()


def its_files(story: Changning, who: Person) -> None:
    """One PDF by each hand: with script in parts, without it by the form alone; each is looked into and taken."""
    here = f"/my/a/{story.ids[NAME]}/files"
    for hand, title in zip((Mouse, Keys, NoScript), MATERIALS.values(), strict=True):
        at = story.by(hand, who)
        at.goto(here)
        at.attach(f"选择“{title}”的文件", pdf(NAME, title))
        at.press(f"上传 {title}")
        table = at.page.get_by_role("table", name=title)
        expect(table.get_by_role("link", name=f"{title}.pdf", exact=True)).to_be_visible()
        _taken(at, here, title)


def _taken(at: Hand, here: str, title: str) -> None:
    """The file was looked into."""
    table = at.page.get_by_role("table", name=title)

    def taken() -> bool:
        at.goto(here)
        return "检查中" not in table.inner_text()

    until(f"{title} is looked into", taken)
    expect(table).to_contain_text("已收")


def handed_in(story: Changning, who: Person) -> None:
    """The street signs its opinion; the applicant checks, hands in and sees the receipt."""
    application = f"/my/a/{story.ids[NAME]}"
    signing, at = story.by(Mouse, story.body), story.by(Mouse, who)
    at.goto(f"{application}/check")
    expected = at.page.get_by_role("region", name="资格审查预计的结论")
    expect(expected).to_contain_text("推荐部门：无")
    at.goto(f"{application}/recommender")
    at.select("推荐部门", f"{BODY}（街道）")
    at.press("请其推荐")
    signing.goto("/rec")
    signing.goto(f"/rec/a/{story.ids[NAME]}")
    signing.choose("推荐意见", "同意推荐")
    signing.fill({"意见内容": "情况属实，同意推荐。", "签署人姓名": "孙宁"})
    signing.press("签署意见")
    at.goto(f"{application}/check")
    expect(expected).to_contain_text("没有发现")
    at.check("我已核对以上内容")
    at.press("提交申报")
    at.heads("已提交")
    expect(at.page.locator(".govuk-panel__body")).to_contain_text(re.compile("[0-9A-F]{16}"))


def signed_for(story: Changning) -> None:
    """The office signs for it, without script."""
    at = story.by(NoScript, story.office)
    at.goto(f"{story.path}/applications")
    at.follow(at.page.locator(f"a[href$='/a/{story.ids[NAME]}']"))
    at.follow("签收")
    at.press("签收")
    at.told("已签收")


# --- qualifying --------------------------------------------------------------------------------------------------------------


def asked_about(story: Changning) -> None:
    """The clerk says of the first, on the page, that there are no records; a blank is no answer."""
    at = story.by(Mouse, story.clerk)
    at.goto("/dept")
    at.follow(at.page.get_by_role("row", name=NAME).get_by_role("link"))
    at.press("提交答复")
    expect(at.page.get_by_role("alert")).to_contain_text("查询结果")
    at.choose("查询结果", "无记录")
    at.fill({"答复文号": "示例复函 1 号"})
    at.press("提交答复")
    expect(at.page).to_have_url(re.compile("/dept$"))
    story.answer_as_clerk()


def closed(story: Changning, stage: str, title: str) -> None:
    """The office closes a stage on its page, once that waits for nothing any more."""
    state = f"{story.path}/stages/{stage}"
    until(f"{stage} waits for nothing", lambda: not story.office.ok("GET", state)["waiting_for"])
    at = story.by(Mouse, story.office)
    at.goto(f"{story.path}/stages/{stage}")
    at.follow("结束这个阶段")
    at.press(f"结束“{title}”")
    at.told("阶段已结束")


def begun(story: Changning, stage: str, title: str) -> None:
    """The office begins a stage from the cycle's page, which says that it is the next thing to do."""
    at = story.by(Mouse, story.office)
    at.goto(story.path)
    expect(at.page.locator("#standing")).to_contain_text(f"下一步：开始“{title}”")
    at.follow(f"开始 {title}")
    at.press(f"开始“{title}”")
    at.told("阶段已开始")


def qualified(story: Changning) -> None:
    """What the text leaves to people is judged: once of each on its page, then by the API."""
    story.arrive("qualification")
    begun(story, "qualification", "资格审查")
    _judged(story, Keys, NAME)
    _judged(story, NoScript, OTHER)
    story.judge()
    closed(story, "qualification", "资格审查")


def _judged(story: Changning, by: By, name: str) -> None:
    at = story.by(by, story.office)
    at.goto(f"{story.path}/a/{story.ids[name]}")
    at.unfold("符合和不适用的")
    at.follow("作出认定 第十六条（三）")
    at.choose("认定结论", "符合：确认满足该条件")
    at.fill({"理由": "现场核实，持续改进有记录"})
    at.press("作出认定")
    at.told("认定已记录")
    expect(at.page.get_by_role("row", name="第十六条（三）")).to_contain_text("已认定符合")


@interaction("objection")
def objected(story: Changning, by: By, notice: str) -> None:
    """Somebody without an account objects: evidence first; number and code are shown once, and lead back."""
    at = story.anybody(by)
    at.goto(f"/notices/{story.cycle}/{notice}")
    at.follow(f"提出异议 {OTHER}")
    expect(at.page.get_by_role("main")).to_contain_text("匿名的不予受理")
    at.attach("选择一份证据", pdf(f"年报，{by.name}", "证据"))
    at.press("上传")
    at.told("已收下“证据.pdf”")
    at.press("下一步：填写异议")
    at.choose("您以什么身份提出异议", "单位")
    at.fill({"姓名或单位名称": "示例单位", "统一社会信用代码": next(CODES), "联系电话": "021-5555 0100"})
    at.choose("异议事由", "材料或数据不实")
    at.check("我知道异议须实名")
    at.press("提交异议")
    expect(at.page.get_by_role("alert")).to_contain_text("事实和理由")
    at.fill({"事实和理由": "申报的利润与公开年报不一致。"})
    at.choose("您以什么身份提出异议", "单位")
    at.press("提交异议")
    at.heads("异议已提交")
    shown = at.page.get_by_role("main").locator("strong, code")
    receipt, secret = (each.inner_text() for each in shown.all()[:2])
    at.goto("/objections/track")
    at.fill({"异议编号": receipt, "查询码": "wrong"})
    at.press("查询")
    expect(at.page.get_by_role("alert")).to_contain_text("没有查到")
    at.fill({"异议编号": receipt, "查询码": secret})
    at.press("查询")
    at.heads("我的异议")


# --- notices -----------------------------------------------------------------------------------------------------------------

WORDING = {"说明（中文）": "现予公示。", "说明（英文）": "These are announced.", "联系方式": "评审办公室"}


@interaction("notice")
def announced(story: Changning, by: By, notice: str, title: str) -> None:
    """One officer writes a notice, another approves it, the first posts it; everybody reads it without an account."""
    story.arrive(f"notice:{notice}")
    first, second = story.by(by, story.office), story.by(by, story.second)
    here = f"{story.path}/notices/{notice}"
    first.goto(here)
    first.follow("编辑公示稿")
    first.fill(WORDING)
    first.press("保存，等待批准")
    first.told("已保存，须由另一名经办人批准")
    first.goto(f"{here}/new")
    expect(first.page.get_by_role("link", name="今天发布")).to_have_count(0)
    first.goto(f"{here}/approval")
    expect(first.page.get_by_role("main")).to_contain_text("须由另一名经办人批准")
    expect(first.page.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    second.goto(here)
    second.follow("批准公示稿")
    second.press("批准")
    second.told("公示稿已批准")
    first.goto(here)
    first.follow("选择发布日期")
    first.follow("今天发布")
    first.press(f"开始“{title}”")
    first.told("阶段已开始")
    _read_by_anybody(story, by, notice)


@interaction("notice")
def corrected(story: Changning, by: By, notice: str) -> str:
    """A posted notice is put right by a new one, which a second officer approves and thereby posts: what that is called."""
    first, second = story.by(by, story.office), story.by(by, story.second)
    here = f"{story.path}/notices/{notice}"
    first.goto(here)
    first.follow("更正公示")
    first.fill(
        {"说明（中文）": "现予公示，更正联系方式。", "联系方式": "评审办公室二楼", "更正原因": "联系方式有误"}
    )
    first.press("保存，等待批准")
    first.told("更正稿已保存，须由另一名经办人批准")
    second.goto(here)
    second.follow("批准更正公示")
    second.press("批准并发布更正公示")
    second.told("更正公示已发布")
    after = f"{notice}.2"
    _read_by_anybody(story, by, after)
    return after


def _read_by_anybody(story: Changning, by: By, notice: str) -> None:
    public = story.anybody(by)
    public.goto("/")
    public.follow(public.page.locator(f"a[href='/notices/{story.cycle}/{notice}']"))
    expect(public.page.get_by_role("main")).to_contain_text(NAME)


# --- reviewing ---------------------------------------------------------------------------------------------------------------


def drawn(story: Changning, stage: str) -> list[str]:
    """The office prepares a draw, a witness settles it, the office releases the panel: who is on it."""
    office, witness = story.by(Mouse, story.office), story.by(Mouse, story.inspector)
    here = f"{story.path}/panels/{stage}"
    office.goto(here)
    office.follow("准备抽取")
    office.fill({"您的随机文字": "3141", "见证人账号": story.inspector.username})
    office.press("准备抽取")
    office.told("抽取已准备，请见证人见证")
    witness.goto(here)
    witness.follow("见证")
    witness.fill({"您的随机文字": "2718"})
    witness.press("见证并抽取")
    witness.told("已见证，正在抽取")
    release = office.page.get_by_role("link", name="下达", exact=True)

    def there() -> bool:
        office.goto(here)
        return release.is_visible()

    until(f"the panel of {stage} is drawn", there)
    office.follow(release)
    office.press("下达评审组")
    office.told("评审组已下达")
    members = office.page.get_by_role("table", name="成员").get_by_role("rowheader")
    return [name.inner_text() for name in members.all()]


@interaction("recusal")
def accepted(story: Changning, by: By, stage: str, expert: Person) -> None:
    """A reviewer accepts and states on the page that nothing binds it; only then there is a dossier."""
    at = story.by(by, expert)
    sheet = f"/review/{story.cycle}/{stage}/{story.ids[NAME]}/sheet"
    assert not at.goto(sheet)
    at.goto("/review")
    at.follow(f"答复是否接受 {NAME}")
    at.choose("您的答复", "接受")
    at.press("答复")
    at.told("已答复")
    at.follow(f"申明利害关系 {NAME}")
    expect(at.page.locator("input[type=radio]:checked")).to_have_count(0)
    at.press("申明并签名")
    expect(at.page.get_by_role("alert")).to_contain_text("签名")
    for relation in at.page.get_by_role("group").filter(has=at.page.get_by_role("radio")).all():
        at.choose(relation, "否")
    at.fill({"签名": f"专家{expert.name}"})
    at.press("申明并签名")
    at.told("已申明无利害关系")
    assert at.goto(sheet)


@interaction("score")
def scored(story: Changning, by: By, stage: str, expert: Person) -> None:
    """One item by hand; the other items by the API; read over and handed in on the page."""
    at = story.by(by, expert)
    at.goto("/review")
    at.follow(f"评分 {NAME}")
    item = at.page.locator("#item").inner_text().split()[0]
    at.fill(
        {
            "优势": "方法成体系，职责清楚",
            "改进空间": "缺少与标杆的对比",
            "百分比": "70",
            "评分理由": "见自评报告",
        }
    )
    at.press("保存并到下一条")
    at.told("已保存")
    expect(at.page.locator("#total-figure")).not_to_have_text("0")
    assert at.page.locator("#item").inner_text().split()[0] != item
    story.fill_sheet(stage, expert, story.ids[NAME], "70")
    at.follow("检查整张评分表")
    at.press("提交评分表")
    at.told("评分表已提交并锁定")


def kept_by_keys(story: Changning, expert: Person) -> None:
    """A sheet is kept while one writes: Alt+S saves and the total is there at once, Alt+N goes on; one is asked before leaving
    only while something is not saved.
    """
    at = story.by(Keys, expert)
    page, asked = at.page, list[str]()
    words = {"优势": "方法成体系", "改进空间": "缺少对比", "百分比": "60", "评分理由": "见自评报告"}

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    def hold(route: Route) -> None:
        """What saves itself has no answer for now: whether it began before one leaves is a matter of seconds."""
        if "x-partial" not in route.request.headers:
            route.continue_()

    page.on("dialog", leave)
    at.goto("/review")
    at.follow(f"评分 {NAME}")
    before = page.locator("#total-figure").inner_text()
    page.route("**/sheet*", hold)
    at.fill(words)
    at.goto("/review")
    assert asked == ["beforeunload"]
    page.unroute("**/sheet*", hold)
    page.go_back()
    at.fill(words)
    page.keyboard.press("Alt+s")
    expect(page.locator("#saved")).to_contain_text("已保存")
    expect(page.locator("#total-figure")).not_to_have_text(before)
    item = page.locator("#item").inner_text()
    page.keyboard.press("Alt+n")
    expect(page.locator("#item")).not_to_have_text(item)
    at.goto("/review")
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", leave)


def reported(story: Changning, stage: str) -> None:
    """The office writes a stage's report on its page; the others by the API."""
    story.report(stage, [story.ids[OTHER]])
    at = story.by(Mouse, story.office)
    at.goto(f"{story.path}/scores/{stage}/reports")
    at.follow(f"撰写报告 {NAME}")
    at.fill({"综述": "体系完整。", "优势": "战略清楚", "改进空间": "补充对比"})
    at.press("保存报告")
    at.told("报告已保存")


def admitted(story: Changning, stage: str) -> None:
    """The office reads the ranking and settles who enters the next stage."""
    at = story.by(Mouse, story.office)
    at.goto(f"{story.path}/scores/document_review")
    ranks = at.page.get_by_role("table", name="赛道").get_by_role("rowheader")
    expect(ranks).to_have_text([NAME, OTHER])
    at.goto(f"{story.path}/scores/{stage}/admit")
    expect(at.page.locator("input[type=checkbox]:checked")).to_have_count(0)
    for name in (NAME, OTHER):
        at.check(at.page.get_by_role("checkbox", name=name))
    at.press("确定名单")
    at.told("名单已确定")


# --- the committee -----------------------------------------------------------------------------------------------------------


def proposed(story: Changning) -> None:
    """The office proposes a level for each: against the ranks only with a reason; what is mended then is taken."""
    at = story.by(Mouse, story.office)
    first, second = (at.page.locator(f"select[name='level.{story.ids[name]}']") for name in (NAME, OTHER))
    at.goto(f"{story.path}/proposal")
    at.follow("提出或修改建议名单")
    at.select(first, "质量金奖")
    at.select(second, "区长质量奖")
    at.press("保存建议名单")
    expect(at.page.get_by_role("alert")).to_contain_text("偏离排名的理由")
    at.select(first, "区长质量奖")
    at.select(second, "质量金奖")
    at.press("保存建议名单")
    at.told("建议名单已保存")


def called(story: Changning) -> None:
    """The members are called."""
    at = story.by(Mouse, story.office)
    at.goto(f"{story.path}/committee")
    at.follow("召集委员")
    at.fill({"委员": "\n".join(story.members), "主持人": story.members[0]})
    at.press("召集")
    at.told("已召集")


def opened(story: Changning) -> None:
    """The members come, the records are confirmed, the first ballot is opened."""
    at = story.by(Mouse, story.office)
    for member in story.members:
        at.goto(f"{story.path}/committee/attendance")
        at.select(at.page.get_by_role("combobox", name="委员"), member)
        at.choose("事项", "到会")
        at.press("登记（以现在为准）")
        at.told("已登记")
    until("all records are confirmed", lambda: not story.outstanding())
    at.goto(f"{story.path}/committee")
    at.follow("开始审定")
    at.press("开始“评审会审定”")
    at.told("阶段已开始")


@interaction("ballot")
def voted(story: Changning, by: By, member: str) -> None:
    """Nothing is chosen before, all is needed; looked over, cast; the receipt and all later pages tell no choice."""
    at = story.by(by, story.city.person(member, "committee_member"))
    at.goto("/committee")
    at.follow("投票")
    expect(at.page.locator("input[type=radio]:checked")).to_have_count(0)
    at.choose(NAME, "赞成")
    at.press("下一步：核对")
    expect(at.page.get_by_role("alert")).to_contain_text(OTHER)
    for name in (NAME, OTHER):
        at.choose(name, "赞成")
    at.press("下一步：核对")
    expect(at.page.get_by_role("row", name=OTHER)).to_contain_text("赞成")
    at.press("投出")
    expect(at.page.locator(".govuk-panel__body")).to_contain_text("2025年")
    for address in ("", f"/committee/{story.cycle}", "/me"):
        if address:
            at.goto(address)
        assert not re.search("赞成|反对|弃权", at.page.get_by_role("main").inner_text()), address
    at.goto(f"/committee/{story.cycle}/ballot")
    at.told("您已投票")


def counted(story: Changning) -> None:
    """The ballot is closed, minutes are drafted, the chair confirms them, the government's approval is entered."""
    at = story.by(Mouse, story.office)
    at.goto(f"{story.path}/committee")
    at.follow("结束本轮并计票")
    at.press("结束并计票")
    at.told("本轮已结束并计票")
    at.goto(f"{story.path}/committee/minutes")
    at.press("生成草稿")
    at.told("草稿已生成，待主持人确认")
    chair = story.by(Mouse, story.city.people[story.members[0]])
    chair.goto(f"/committee/{story.cycle}/minutes")
    chair.follow("确认这个版本")
    chair.press("确认")
    chair.told("会议纪要已确认")
    at.goto(f"{story.path}/committee/approval")
    at.fill({"批准文件文号": "长府〔2025〕9号", "批准日期": story.city.today().isoformat()})
    at.attach("佐证材料 1", pdf("同意", "批复"))
    at.press("登记")
    at.told("批准已登记")
    closed(story, "committee", "评审会审定")


# --- the award ---------------------------------------------------------------------------------------------------------------


def certified(story: Changning, who: Person) -> None:
    """The office issues certificates; the winner downloads its own, and anybody may read the register."""
    office, at = story.by(Mouse, story.office), story.by(Mouse, who)
    until("the winners are known", lambda: story.office.ok("GET", f"{story.path}/grants")["grants"])
    mine = f"/applications/{story.ids[NAME]}"
    until("intake has heard of it", lambda: story.office.ok("GET", mine)["status"] == "awarded")
    office.goto(f"{story.path}/awards/issue")
    office.press("颁发")
    office.told("证书已颁发")
    at.goto(f"/my/a/{story.ids[NAME]}/award")
    assert at.download("下载证书（PDF）").path().read_bytes().startswith(b"%PDF")
    public = story.anybody(Mouse)
    public.goto("/awards")
    expect(public.page.get_by_role("main")).to_contain_text(NAME)


def paid(story: Changning, who: Person) -> None:
    """The winner enters its account; finance checks it, sets a budget, makes a batch; another person decides on that."""
    maker, checker = (story.by(Mouse, one) for one in story.finance())
    at, here = story.by(Mouse, who), f"/finance/{story.cycle}"
    at.goto(f"/my/a/{story.ids[NAME]}/award")
    at.fill({"户名": NAME, "开户银行": "示例银行示例支行", "账号": "6222000011113333"})
    at.press("提交账户")
    checker.goto(f"{here}/payees")
    checker.follow(checker.page.locator(f"a[href^='{here}/payees/']").first)
    checker.choose("账户与证明一致吗", "是")
    checker.fill({"理由": "与开户证明一致"})
    checker.press("记录核对结果")
    checker.told("核对结果已记录")
    maker.goto(f"{here}/budget")
    maker.check("全年预算")
    maker.fill({"预算年度": "2025", "金额": "2000000", "理由": "预算批复"})
    maker.press("下达预算")
    maker.told("预算已下达")
    story.asked_again("payment")
    story.answer_as_clerk()
    story.paying(dict.fromkeys(story.ids.values(), "computed"))
    maker.goto(f"{here}/batches")
    maker.press("编制批次")
    maker.follow("批次已编制，查看")
    batch = maker.page.url
    expect(maker.page.get_by_role("main")).to_contain_text("伍拾万元整")
    checker.goto(batch)
    checker.choose("是否同意", "是")
    checker.fill({"理由": "已复核"})
    checker.press("作出决定")
    checker.told("决定已记录")
