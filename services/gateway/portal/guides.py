"""指引: what each role does here, in a few steps; shown folded on the role's first page. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.portal.navigation import MENUS
from services.gateway.portal.text import Text
from shared.contracts.operations import (
    ADMIN,
    APPLICANT,
    AUDITOR,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    OPERATOR,
    PUBLIC,
    RECOMMENDER,
    REVIEWER,
)


@dataclass(frozen=True)
class Step:
    """One step, and where it is done, where that is one page for everybody of the role."""

    what: Text
    address: str = ""


_TOLD = Step(
    Text(
        "填写联系方式，有事待办时会通知您", "Give your addresses, so that you are told when something waits"
    ),
    "/me/addresses",
)

GUIDES: dict[str, tuple[Step, ...]] = {
    APPLICANT: (
        Step(
            Text(
                "在首页选择正在受理的奖项，开始申报",
                "Choose an open call on the first page and begin an application",
            ),
            "/",
        ),
        Step(
            Text(
                "按任务清单逐节填写，随时保存，可以邀请同事一起填",
                "Fill it in section by section; save at any time; ask colleagues to join",
            )
        ),
        Step(Text("上传材料，系统逐件说明缺什么", "Send the files; the page says which are missing")),
        Step(
            Text(
                "检查并提交，以最后一个字节到达服务器的时间为准；留好回执号",
                "Check and hand it in: what counts is when the last byte arrives. Keep the receipt",
            )
        ),
        _TOLD,
    ),
    RECOMMENDER: (
        Step(
            Text("名单上最早到期的在前，先打开第一件", "What is due soonest comes first: open the first one")
        ),
        Step(
            Text(
                "看完材料，签署推荐意见，或写明理由退回",
                "Read the dossier, then sign your opinion, or return it with a reason",
            )
        ),
        Step(
            Text(
                "在截止日前签完；逾期会提示联系谁",
                "Sign before the last day; afterwards the page says whom to call",
            )
        ),
        _TOLD,
    ),
    OFFICE: (
        Step(
            Text(
                "先看办公桌：什么卡住了、今天到期什么、下一步依法做什么",
                "Look at the desk: what is blocked, what is due today, which lawful step is next",
            )
        ),
        Step(
            Text(
                "打开一个周期，沿环节线一步一步办；每一步写明依据的条款",
                "Open a cycle and follow its stage line; each step cites its article",
            )
        ),
        Step(
            Text("受理申报，核对资格，组建评审组", "Accept applications, settle eligibility, form the panels")
        ),
        Step(
            Text(
                "公示、通告、决定须由另一人复核，自己起草的不能自己签发",
                "Notices, announcements and decisions take a second person: nobody approves what they wrote",
            )
        ),
        Step(
            Text("外出时把角色委托给同事", "Lend your role to a colleague while you are away"),
            "/me/delegations",
        ),
    ),
    REVIEWER: (
        Step(
            Text(
                "先办理年度利害关系申报，申报前看不到任何材料",
                "Make your yearly declaration of interests: before it you see no dossier",
            ),
            "/review/declaration",
        ),
        Step(
            Text(
                "逐件声明有无利害关系；有的，这一件就不再出现",
                "Declare for each case whether you have an interest; where you have, the case goes away",
            )
        ),
        Step(
            Text(
                "按条款写优点和改进，再选等级和百分比，随时保存",
                "For each item write strengths and improvements, then band and percent; save at any time",
            )
        ),
        Step(
            Text(
                "检查后提交；提交即锁定，只有组长能写明理由退回",
                "Check and hand in; that locks the sheet, and only the leader gives it back, with a reason",
            )
        ),
        _TOLD,
    ),
    MEMBER: (
        Step(
            Text(
                "会前阅读材料，有利害关系的申请回避",
                "Read the papers before the meeting; recuse yourself where you have an interest",
            )
        ),
        Step(Text("到会签到后才能投票", "Only members who are present vote")),
        Step(
            Text(
                "逐名选赞成、反对或弃权，检查后投出，不能更改",
                "Choose for, against or abstain for every candidate, check, and cast: it cannot be changed",
            )
        ),
        Step(
            Text(
                "会后确认会议纪要，或写明理由退回",
                "After the meeting confirm the minutes, or return them with a reason",
            )
        ),
    ),
    CLERK: (
        Step(
            Text(
                "名单上是对您部门的征询，最早到期的在前",
                "The list has the enquiries to your department, what is due soonest first",
            )
        ),
        Step(
            Text(
                "逐件答复；没有记录也要明确选“无记录”，不能留空",
                "Answer each; where there is nothing on record say so: a blank is no answer",
            )
        ),
        Step(
            Text(
                "件数多时下载表格，填好后整批上传",
                "For many at once take the table, fill it in and send it back",
            )
        ),
        _TOLD,
    ),
    FINANCE: (
        Step(
            Text(
                "先核对预算和批准的名单；超预算的会停住并说明原因",
                "Check the budget and the approved list; what is over budget is held, with the reason",
            )
        ),
        Step(Text("核对收款账户，须由另一人确认", "Check the payees; a second person confirms them")),
        Step(
            Text(
                "编制付款批次，另一人审定后导出给银行",
                "Make a batch; a second person decides on it before it goes to the bank",
            )
        ),
        Step(
            Text(
                "导入银行回单，逐笔处理结果不明的付款和应收回的款项",
                "Take the bank's answers in; settle unknown payments and what is to be paid back",
            )
        ),
    ),
    DISCIPLINE: (
        Step(
            Text(
                "最上面是上次登录以来新增的预警、回避、异议和评价，都只读",
                "What is new since you signed in last stands first: alerts, recusals, objections, ratings; all of it to read",
            )
        ),
        Step(Text("打开一条提醒，看它依据的记录", "Open an alert and see the records behind it")),
        Step(
            Text("写下处理意见；需要时导出报告", "Note what came of it; take the report where it is needed")
        ),
    ),
    AUDITOR: (
        Step(
            Text(
                "最上面是最近一次核验的结论和时间；不完整时写明断在哪一条",
                "At the top: what the last check found, and when; where a chain broke",
            )
        ),
        Step(
            Text(
                "按谁、做了什么、什么时候查阅每一步；代办的写明委托人",
                "Read who did what and when; what was done for somebody names whoever lent the role",
            )
        ),
        Step(
            Text(
                "下载记录，可在本机独立核验",
                "Take the records with you; they can be verified without this system",
            )
        ),
    ),
    OPERATOR: (
        Step(
            Text(
                "最上面是没有应答或未就绪的服务，以及从何时起",
                "What is down stands at the top: services that do not answer or are not ready, and since when",
            )
        ),
        Step(
            Text(
                "发不出去的邮件和短信，查明原因后重新发送",
                "Mail and short messages that were given up: find out why, then send them again",
            ),
            "/ops/messages",
        ),
        Step(
            Text(
                "停放的消息查明原因后重放或丢弃，写明理由；这里没有申报内容",
                "Parked messages: find out why, then put each back or throw it away with a reason; nothing of a dossier is here",
            )
        ),
    ),
    ADMIN: (
        Step(
            Text(
                "为每个人建立账号，授予角色；相互排斥的角色不能同时持有",
                "Make an account for each person and give its roles; roles that exclude each other are not held together",
            ),
            "/accounts/new",
        ),
        Step(
            Text(
                "部门经办人和推荐单位要设定所在单位",
                "Clerks and recommending bodies need the body that they act for",
            )
        ),
        Step(
            Text(
                "人员离开时停用账号，登录立即失效",
                "Shut the account of whoever leaves: its sessions end at once",
            )
        ),
        Step(
            Text(
                "手机遗失的，当面核实后重置第二因素，写明理由",
                "For a lost telephone see the person, then reset the second factor and say why",
            )
        ),
        Step(
            Text("部门的程序在“部门接口”登记", "Register programs of agencies on their own page"), "/agencies"
        ),
    ),
}


def guide_at(path: str) -> tuple[Step, ...]:
    """The steps of the role whose first page this is; none on any other page."""
    return next(
        (
            GUIDES[role]
            for role, ways in MENUS.items()
            if role != PUBLIC and role in GUIDES and ways[0].address == path
        ),
        (),
    )
