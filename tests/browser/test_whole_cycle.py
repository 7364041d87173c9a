"""A whole Changning cycle on real pages, each role at its own: from an account to the certificate.

Each kind of act is done once on its page; where many people do the same, the others do it by the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from deploy.demo import reviewing as by_api
from tests.browser.changning import (
    BODY,
    MATERIALS,
    OTHER_USCC,
    USCC,
    Changning,
    by_key,
    choose,
    fill,
    pdf,
    press,
    reach,
    told,
)
from tests.browser.kit import Browsing
from tests.end_to_end.intake.conftest import City, Person, until
from tests.end_to_end.intake.reviewing import enter_experts

NAME, OTHER = "示例禾京健康管理有限公司", "示例瑞岚医疗器械有限公司"
PASSWORD = "correct horse battery"


def an_account(story: Changning) -> Person:
    """The administrator makes an account; whoever it is for signs in."""
    page = story.page(story.city.people["admin"])
    page.goto("/accounts/new")
    username = f"hejing.{story.cycle[:8]}"
    fill(page, {"用户名": username, "姓名": "周和（示例）", "初始密码": PASSWORD})
    page.get_by_role("group", name="角色").get_by_label("申报人", exact=True).check()
    press(page, "新建账号")
    told(page, "账号已建立")
    who = Person(story.city, "周和（示例）", username, PASSWORD, "applicant")
    story.applicant = who
    return who


def a_draft(story: Changning, who: Person) -> Page:
    """An applicant begins an application and fills in its pages."""
    page = story.page(who)
    page.goto("/my")
    page.locator(f"a[href='/my/start/{story.cycle}']").click()
    choose(page, "申报类型", "组织")
    fill(page, {"申报主体名称": NAME, "统一社会信用代码": USCC})
    press(page, "开始填写")
    told(page, "已建立申报，可以开始填写")
    story.ids[NAME] = page.url.rsplit("/", 1)[-1]
    page.get_by_role("link", name="主体资格").click()
    fill(page, {"注册或工作地": "上海市长宁区", "开始生产经营日期": "2011-03-28"})
    choose(page, "从事生产经营", "是")
    press(page, "保存并继续")
    for question in ("资质证照有效", "符合法律法规及政策要求"):
        choose(page, question, "是")
    press(page, "保存并继续")
    choose(page, "实施首席质量官制度", "是")
    fill(page, {"领先指标": "营业收入居全区同行业第 2 位"})
    for number, (year, profit) in enumerate(
        (("2022", "18400000"), ("2023", "21050000"), ("2024", "23900000")), 1
    ):
        row = page.get_by_role("group", name=f"利润 {number}", exact=True)
        row.get_by_label("年度").fill(year)
        row.get_by_label("金额").fill(profit)
    press(page, "保存")
    expect(page.get_by_role("heading", level=1)).to_have_text("组织申报")
    expect(page.get_by_text("已完成 6 项，共 8 项")).to_be_visible()
    return page


def its_files(story: Changning, who: Person) -> None:
    """One PDF with script, the others by the form alone; each is looked into and taken."""
    here = f"/my/a/{story.ids[NAME]}/files"
    for number, (_material, title) in enumerate(MATERIALS.items()):
        page = story.page(who, script=number == 0)
        page.goto(here)
        page.get_by_label(f"选择“{title}”的文件").set_input_files(pdf(NAME, title))
        press(page, f"上传 {title}")
        expect(
            page.get_by_role("table", name=title).get_by_role("link", name=f"{title}.pdf", exact=True)
        ).to_be_visible()
        _taken(page, here, title)


def _taken(page: Page, here: str, title: str) -> None:
    """The file was looked into."""

    def taken() -> bool:
        page.goto(here)
        return "检查中" not in page.get_by_role("table", name=title).inner_text()

    until(f"{title} is looked into", taken)
    expect(page.get_by_role("table", name=title)).to_contain_text("已收")


def handed_in(story: Changning, who: Person) -> None:
    """The street signs its opinion; the applicant checks, hands in and sees the receipt."""
    application = f"/my/a/{story.ids[NAME]}"
    signing, page = story.page(story.body), story.page(who)
    page.goto(f"{application}/check")
    expect(page.get_by_role("region", name="资格审查预计的结论")).to_contain_text("推荐部门：无")
    page.goto(f"{application}/recommender")
    page.get_by_label("推荐部门").select_option(label=f"{BODY}（街道）")
    press(page, "请其推荐")
    signing.goto("/rec")
    signing.goto(f"/rec/a/{story.ids[NAME]}")
    choose(signing, "推荐意见", "同意推荐")
    fill(signing, {"意见内容": "情况属实，同意推荐。", "签署人姓名": "孙宁"})
    press(signing, "签署意见")
    page.goto(f"{application}/check")
    expect(page.get_by_role("region", name="资格审查预计的结论")).to_contain_text("没有发现")
    page.get_by_label("我已核对以上内容").check()
    press(page, "提交申报")
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交")
    expect(page.locator(".govuk-panel__body")).to_contain_text(re.compile("[0-9A-F]{16}"))


def signed_for(story: Changning) -> None:
    """The office signs for it, without script."""
    page = story.page(story.office, script=False)
    page.goto(f"{story.path}/applications")
    page.locator(f"a[href$='/a/{story.ids[NAME]}']").click()
    page.get_by_role("link", name="签收").click()
    press(page, "签收")
    told(page, "已签收")


def asked_about(story: Changning) -> None:
    """The clerk says of the first, on the page, that there are no records; a blank is no answer."""
    page = story.page(story.clerk)
    page.goto("/dept")
    page.get_by_role("row", name=NAME).get_by_role("link").click()
    press(page, "提交答复")
    expect(page.get_by_role("alert")).to_contain_text("查询结果")
    choose(page, "查询结果", "无记录")
    fill(page, {"答复文号": "示例复函 1 号"})
    press(page, "提交答复")
    expect(page).to_have_url(re.compile("/dept$"))
    story.answer_as_clerk()


def closed(story: Changning, stage: str, title: str) -> None:
    """The office closes a stage on its page."""
    page = story.page(story.office)
    page.goto(f"{story.path}/stages/{stage}")
    page.get_by_role("link", name="结束这个阶段").click()
    press(page, f"结束“{title}”")
    told(page, "阶段已结束")


def begun(story: Changning, stage: str, title: str) -> None:
    """The office begins a stage from the cycle's page, which says that it is the next thing to do."""
    page = story.page(story.office)
    page.goto(story.path)
    expect(page.locator("#standing")).to_contain_text(f"下一步：开始“{title}”")
    page.get_by_role("link", name=f"开始 {title}").click()
    press(page, f"开始“{title}”")
    told(page, "阶段已开始")


def qualified(story: Changning) -> None:
    """What the text leaves to people is judged: once on its page, then by the API."""
    story.arrive("qualification")
    begun(story, "qualification", "资格审查")
    page = story.page(story.office)
    page.goto(f"{story.path}/a/{story.ids[NAME]}")
    page.get_by_role("link", name="作出认定 第十六条（三）").click()
    page.get_by_label("符合：确认满足该条件").check()
    fill(page, {"理由": "现场核实，持续改进有记录"})
    press(page, "作出认定")
    told(page, "认定已记录")
    expect(page.get_by_role("row", name="第十六条（三）")).to_contain_text("已认定符合")
    story.judge()
    closed(story, "qualification", "资格审查")


def objected(story: Changning, notice: str) -> None:
    """Somebody without an account and without script objects: evidence first; number and code are shown once, and lead back."""
    page = story.browsing.open(script=False)
    page.goto(f"/notices/{story.cycle}/{notice}")
    page.get_by_role("link", name=f"提出异议 {OTHER}").click()
    expect(page.get_by_role("main")).to_contain_text("匿名的不予受理")
    page.get_by_label("选择一份证据").set_input_files(pdf("年报", "证据"))
    press(page, "上传")
    told(page, "已收下“证据.pdf”")
    page.get_by_role("button", name="下一步").click()
    choose(page, "您以什么身份提出异议", "个人")
    fill(
        page,
        {
            "姓名或单位名称": "王芳芳（示例）",
            "居民身份证号码": "11010519491231002X",
            "联系电话": "021-5555 0100",
        },
    )
    page.get_by_role("group", name="异议事由").get_by_role("radio").first.check()
    page.get_by_label("我知道异议须实名").check()
    press(page, "提交异议")
    expect(page.get_by_role("alert")).to_contain_text("事实和理由")
    fill(page, {"事实和理由": "申报的利润与公开年报不一致。"})
    page.get_by_role("group", name="您以什么身份提出异议").get_by_label("个人", exact=True).check()
    press(page, "提交异议")
    expect(page.get_by_role("heading", level=1)).to_have_text("异议已提交")
    receipt, secret = (
        each.inner_text() for each in page.get_by_role("main").locator("strong, code").all()[:2]
    )
    page.goto("/objections/track")
    fill(page, {"异议编号": receipt, "查询码": "wrong"})
    press(page, "查询")
    expect(page.get_by_role("alert")).to_contain_text("没有查到")
    fill(page, {"异议编号": receipt, "查询码": secret})
    press(page, "查询")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的异议")
    story.refuse_objection()


def drawn(story: Changning, stage: str) -> list[str]:
    """The office prepares a draw, a witness settles it, the office releases the panel: who is on it."""
    office, witness = story.page(story.office), story.page(story.inspector)
    here = f"{story.path}/panels/{stage}"
    office.goto(here)
    office.get_by_role("link", name="准备抽取").click()
    fill(office, {"您的随机文字": "3141", "见证人账号": story.inspector.username})
    press(office, "准备抽取")
    told(office, "抽取已准备，请见证人见证")
    witness.goto(here)
    witness.get_by_role("link", name="见证").click()
    fill(witness, {"您的随机文字": "2718"})
    press(witness, "见证并抽取")
    told(witness, "已见证，正在抽取")

    def there() -> bool:
        office.goto(here)
        return office.get_by_role("link", name="下达", exact=True).is_visible()

    until(f"the panel of {stage} is drawn", there)
    office.get_by_role("link", name="下达", exact=True).click()
    press(office, "下达评审组")
    told(office, "评审组已下达")
    return [
        name.inner_text() for name in office.get_by_role("table", name="成员").get_by_role("rowheader").all()
    ]


def accepted(story: Changning, stage: str, expert: Person) -> None:
    """A reviewer accepts and states on the page that nothing binds it; only then there is a dossier."""
    page = story.page(expert)
    sheet = f"/review/{story.cycle}/{stage}/{story.ids[NAME]}/sheet"
    assert not _opened(page, sheet)
    page.goto("/review")
    page.get_by_role("link", name=f"答复是否接受 {NAME}").click()
    choose(page, "您的答复", "接受")
    press(page, "答复")
    told(page, "已答复")
    page.get_by_role("link", name=f"申明利害关系 {NAME}").click()
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    press(page, "申明并签名")
    expect(page.get_by_role("alert")).to_contain_text("签名")
    for answer in page.get_by_role("group").get_by_label("否", exact=True).all():
        answer.check()
    fill(page, {"签名": f"专家{expert.name}"})
    press(page, "申明并签名")
    told(page, "已申明无利害关系")
    assert _opened(page, sheet)


def _opened(page: Page, address: str) -> bool:
    answer = page.goto(address)
    return answer is not None and answer.ok


def scored(story: Changning, stage: str, expert: Person) -> None:
    """One item by hand; the other items by the API; read over and handed in on the page."""
    page = story.page(expert)
    page.goto("/review")
    page.get_by_role("link", name=f"评分 {NAME}").click()
    item = page.locator("#item").inner_text().split()[0]
    fill(
        page,
        {
            "优势": "方法成体系，职责清楚",
            "改进空间": "缺少与标杆的对比",
            "百分比": "70",
            "评分理由": "见自评报告",
        },
    )
    press(page, "保存并到下一条")
    told(page, "已保存")
    expect(page.locator("#total-figure")).not_to_have_text("0")
    assert page.locator("#item").inner_text().split()[0] != item
    story.fill_sheet(stage, expert, story.ids[NAME], "70")
    page.goto(page.url.partition("/sheet")[0] + "/check")
    press(page, "提交评分表")
    told(page, "评分表已提交并锁定")


def announced(story: Changning, notice: str, title: str) -> None:
    """One officer writes a notice, another approves it, the first posts it; everybody reads it without an account."""
    stage = f"notice:{notice}"
    story.arrive(stage)
    first, second = story.page(story.office), story.page(story.second)
    here = f"{story.path}/notices/{notice}"
    first.goto(here)
    first.get_by_role("link", name="编辑公示稿").click()
    words = {"说明（中文）": "现予公示。", "说明（英文）": "These are announced.", "联系方式": "评审办公室"}
    fill(first, words)
    press(first, "保存，等待批准")
    told(first, "已保存，须由另一名经办人批准")
    first.goto(f"{here}/new")
    expect(first.get_by_role("link", name="今天发布")).to_have_count(0)
    first.goto(f"{here}/approval")
    expect(first.get_by_role("main")).to_contain_text("须由另一名经办人批准")
    expect(first.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    second.goto(f"{here}/approval")
    press(second, "批准")
    told(second, "公示稿已批准")
    first.goto(f"{here}/new")
    by_key(first, first.get_by_role("link", name="今天发布"), "Enter")
    by_key(first, first.get_by_role("button", name=f"开始“{title}”"), "Enter")
    told(first, "阶段已开始")
    public = story.browsing.open()
    public.goto("/")
    public.locator(f"a[href='/notices/{story.cycle}/{notice}']").click()
    expect(public.get_by_role("main")).to_contain_text(NAME)


def proposed(story: Changning) -> None:
    """The office proposes a level for each: against the ranks only with a reason; what is mended then is taken."""
    page = story.page(story.office)
    page.goto(f"{story.path}/proposal")
    page.get_by_role("link", name="提出或修改建议名单").click()
    page.locator(f"select[name='level.{story.ids[NAME]}']").select_option("质量金奖")
    page.locator(f"select[name='level.{story.ids[OTHER]}']").select_option("区长质量奖")
    press(page, "保存建议名单")
    expect(page.get_by_role("alert")).to_contain_text("偏离排名的理由")
    page.locator(f"select[name='level.{story.ids[NAME]}']").select_option("区长质量奖")
    page.locator(f"select[name='level.{story.ids[OTHER]}']").select_option("质量金奖")
    press(page, "保存建议名单")
    told(page, "建议名单已保存")


def called(story: Changning) -> None:
    """The members are called."""
    page = story.page(story.office)
    page.goto(f"{story.path}/committee")
    page.get_by_role("link", name="召集委员").click()
    fill(page, {"委员": "\n".join(story.members), "主持人": story.members[0]})
    press(page, "召集")
    told(page, "已召集")


def opened(story: Changning) -> None:
    """The members come, the records are confirmed, the first ballot is opened."""
    page = story.page(story.office)
    for member in story.members:
        page.goto(f"{story.path}/committee/attendance")
        page.get_by_role("combobox", name="委员").select_option(member)
        page.get_by_role("group", name="事项").get_by_label("到会").check()
        press(page, "登记（以现在为准）")
        told(page, "已登记")
    until("all records are confirmed", lambda: not story.outstanding())
    page.goto(f"{story.path}/committee")
    page.get_by_role("link", name="开始审定").click()
    press(page, "开始“评审会审定”")
    told(page, "阶段已开始")


def scored_by_keys(story: Changning, stage: str, expert: Person) -> None:
    """Another item without a mouse: Alt+S saves and the total is there at once; one is asked before leaving only while
    something is not saved.
    """
    page = story.page(expert)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/review")
    by_key(page, page.get_by_role("link", name=f"评分 {NAME}"), "Enter")
    before = page.locator("#total-figure").inner_text()
    for label, words in (
        ("优势", "方法成体系"),
        ("改进空间", "缺少对比"),
        ("百分比", "60"),
        ("评分理由", "见自评报告"),
    ):
        reach(page, page.get_by_label(label))
        page.keyboard.type(words)
    page.goto("/review")
    assert asked == ["beforeunload"]
    page.go_back()
    for label, words in (
        ("优势", "方法成体系"),
        ("改进空间", "缺少对比"),
        ("百分比", "60"),
        ("评分理由", "见自评报告"),
    ):
        reach(page, page.get_by_label(label))
        page.keyboard.press("Control+A")
        page.keyboard.type(words)
    page.keyboard.press("Alt+s")
    expect(page.locator("#saved")).to_contain_text("已保存")
    expect(page.locator("#total-figure")).not_to_have_text(before)
    item = page.locator("#item").inner_text()
    page.keyboard.press("Alt+n")
    expect(page.locator("#item")).not_to_have_text(item)
    page.goto("/review")
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", leave)


def reported(story: Changning, stage: str) -> None:
    """The office writes a stage's report on its page; the others by the API."""
    story.report(stage, [story.ids[OTHER]])
    page = story.page(story.office)
    page.goto(f"{story.path}/scores/{stage}/reports")
    page.get_by_role("link", name=f"撰写报告 {NAME}").click()
    fill(page, {"综述": "体系完整。", "优势": "战略清楚", "改进空间": "补充对比"})
    press(page, "保存报告")
    told(page, "报告已保存")


def admitted(story: Changning, stage: str) -> None:
    """The office reads the ranking and settles who enters the next stage."""
    page = story.page(story.office)
    page.goto(f"{story.path}/scores/document_review")
    ranks = page.get_by_role("table", name="赛道").get_by_role("rowheader")
    expect(ranks).to_have_text([NAME, OTHER])
    page.goto(f"{story.path}/scores/{stage}/admit")
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(0)
    for name in (NAME, OTHER):
        page.get_by_role("checkbox", name=name).check()
    press(page, "确定名单")
    told(page, "名单已确定")


def voted(story: Changning, member: str, *, script: bool) -> None:
    """Nothing is chosen before, all is needed; looked over, cast; the receipt and all later pages tell no choice.

    With script by keys alone, without it by the mouse.
    """
    page = story.page(story.city.person(member, "committee_member"), script=script)
    page.goto("/committee")
    page.get_by_role("link", name="投票").click()
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.get_by_role("group", name=NAME).get_by_label("赞成").check()
    press(page, "下一步：核对")
    expect(page.get_by_role("alert")).to_contain_text(OTHER)
    other = page.get_by_role("group", name=OTHER).get_by_label("赞成")
    if script:
        by_key(page, other, "Space")
        by_key(page, page.get_by_role("button", name="下一步：核对"), "Enter")
        expect(page.get_by_role("row", name=OTHER)).to_contain_text("赞成")
        by_key(page, page.get_by_role("button", name="投出"), "Enter")
    else:
        page.get_by_role("group", name=NAME).get_by_label("赞成").check()
        other.check()
        press(page, "下一步：核对")
        expect(page.get_by_role("row", name=OTHER)).to_contain_text("赞成")
        press(page, "投出")
    expect(page.locator(".govuk-panel__body")).to_contain_text("2025年")
    for address in ("", f"/committee/{story.cycle}", "/me"):
        if address:
            page.goto(address)
        assert not re.search("赞成|反对|弃权", page.get_by_role("main").inner_text()), address
    page.goto(f"/committee/{story.cycle}/ballot")
    told(page, "您已投票")


def counted(story: Changning) -> None:
    """The ballot is closed, minutes are drafted, the chair confirms them, the government's approval is entered."""
    page = story.page(story.office)
    page.goto(f"{story.path}/committee")
    page.get_by_role("link", name="结束本轮并计票").click()
    press(page, "结束并计票")
    told(page, "本轮已结束并计票")
    page.goto(f"{story.path}/committee/minutes")
    press(page, "生成草稿")
    told(page, "草稿已生成，待主持人确认")
    chair = story.page(story.city.people[story.members[0]])
    chair.goto(f"/committee/{story.cycle}/minutes")
    chair.get_by_role("link", name="确认这个版本").click()
    press(chair, "确认")
    told(chair, "会议纪要已确认")
    page.goto(f"{story.path}/committee/approval")
    fill(page, {"批准文件文号": "长府〔2025〕9号", "批准日期": story.city.today().isoformat()})
    page.get_by_label("佐证材料 1").set_input_files(pdf("同意", "批复"))
    press(page, "登记")
    told(page, "批准已登记")
    closed(story, "committee", "评审会审定")


def certified(story: Changning, who: Person) -> None:
    """The office issues certificates; the winner downloads its own, and anybody may read the register."""
    office, page = story.page(story.office), story.page(who)
    until("the winners are known", lambda: story.office.ok("GET", f"{story.path}/grants")["grants"])
    office.goto(f"{story.path}/awards/issue")
    press(office, "颁发")
    told(office, "证书已颁发")
    page.goto(f"/my/a/{story.ids[NAME]}/award")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证书（PDF）").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    public = story.browsing.open()
    public.goto("/awards")
    expect(public.get_by_role("main")).to_contain_text(NAME)


def paid(story: Changning, who: Person) -> None:
    """The winner enters its account; finance checks it, sets a budget, makes a batch; another person decides on that."""
    maker, checker = (story.page(one) for one in story.finance())
    page, here = story.page(who), f"/finance/{story.cycle}"
    page.goto(f"/my/a/{story.ids[NAME]}/award")
    fill(page, {"户名": NAME, "开户银行": "示例银行示例支行", "账号": "6222000011113333"})
    press(page, "提交账户")
    checker.goto(f"{here}/payees")
    checker.locator(f"a[href^='{here}/payees/']").first.click()
    choose(checker, "账户与证明一致吗", "是")
    fill(checker, {"理由": "与开户证明一致"})
    press(checker, "记录核对结果")
    told(checker, "核对结果已记录")
    maker.goto(f"{here}/budget")
    maker.get_by_label("全年预算").check()
    fill(maker, {"预算年度": "2025", "金额": "2000000", "理由": "预算批复"})
    press(maker, "下达预算")
    told(maker, "预算已下达")
    story.answer_as_clerk()
    story.paying(dict.fromkeys(story.ids.values(), "computed"))
    maker.goto(f"{here}/batches")
    press(maker, "编制批次")
    maker.get_by_role("link", name="批次已编制，查看").click()
    batch = maker.url
    expect(maker.get_by_role("main")).to_contain_text("伍拾万元整")
    checker.goto(batch)
    choose(checker, "是否同意", "是")
    fill(checker, {"理由": "已复核"})
    press(checker, "作出决定")
    told(checker, "决定已记录")


# --- the acts, in their order; each goes on where the one before it ended ----------------------------------------------------

EXPERTS = ["e1", "e2", "e3"]
REVIEWS = ("site_review", "comprehensive")


@pytest.fixture(scope="module")
def story(city: City, chromium: Browser, built: Path) -> Iterator[Changning]:
    """The cycle, with a browser of its own for all acts."""
    browsing = Browsing(chromium, city.stack.gateway_url, built)
    yield Changning.open(city, browsing)
    browsing.close()


@pytest.fixture(autouse=True)
def _nothing_wrong(story: Changning) -> Iterator[None]:
    """No act makes a foreign request, a message of the console, a script's error or a 5xx."""
    yield
    assert story.browsing.wrong == []


def test_applying(story: Changning) -> None:
    """Administrator, applicant, recommending body, office."""
    who = an_account(story)
    a_draft(story, who)
    its_files(story, who)
    handed_in(story, who)
    signed_for(story)
    story.apply(OTHER, OTHER_USCC)
    story.goes_on("applied")


def test_qualifying(story: Changning) -> None:
    """A clerk of a department, the office, the public."""
    story.went_on("applied")
    asked_about(story)
    pending = f"{story.path}/enquiries?state=pending"
    until("all answers are in", lambda: not story.office.ok("GET", pending)["enquiries"])
    story.travel(story.ends("submission") + timedelta(days=1))
    closed(story, "submission", "申报推荐")
    qualified(story)
    announced(story, "qualification", "资格公示")
    objected(story, "qualification")
    story.end("notice:qualification")
    closed(story, "notice:qualification", "资格公示")
    story.goes_on("qualified")


def test_reviewing(story: Changning) -> None:
    """Office, witness, reviewers."""
    story.went_on("qualified")
    enter_experts(story.city, story.cycle, EXPERTS)
    story.arrive("document_review")
    members = drawn(story, "document_review")
    first, second = (story.city.people[name] for name in members[:2])
    accepted(story, "document_review", first)
    begun(story, "document_review", "资料评审")
    scored(story, "document_review", first)
    accepted(story, "document_review", second)
    scored_by_keys(story, "document_review", second)
    percents = {story.ids[NAME]: "70", story.ids[OTHER]: "60"}
    story.review("document_review", members, percents)
    reported(story, "document_review")
    closed(story, "document_review", "资料评审")
    admitted(story, "site_review")
    for stage in REVIEWS:  # what is carried on needs no sheets
        story.arrive(stage)
        seated = by_api.draw(story.city, story.cycle, stage, story.inspector.name)
        story.review(stage, seated if stage == "site_review" else [], percents)
        story.report(stage, story.ids.values())
        story.close(stage)
    story.goes_on("reviewed")


def test_the_committee(story: Changning) -> None:
    """The office proposes, members vote, the chair confirms the minutes."""
    story.went_on("reviewed")
    story.planned("committee")
    story.answer_as_clerk()
    story.settled("committee", dict.fromkeys(story.ids.values(), "confirmed"))
    story.arrive("committee")
    for member in story.members:
        story.city.person(member, "committee_member")
    called(story)
    proposed(story)
    opened(story)
    voted(story, story.members[0], script=True)
    voted(story, story.members[1], script=False)
    story.cast(story.members[2:])
    counted(story)
    story.goes_on("decided")


def test_the_award(story: Changning) -> None:
    """The notice of the winners, certificates, payment."""
    story.went_on("decided")
    story.post("award")
    story.end("notice:award")
    closed(story, "notice:award", "拟获奖名单公示")
    assert story.applicant is not None
    certified(story, story.applicant)
    paid(story, story.applicant)
