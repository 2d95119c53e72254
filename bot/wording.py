"""Every sentence the bot says by itself. Facts in answers come from cases, statutes, the directory and the rules."""

from __future__ import annotations

from datetime import date

from bot.reply import ConsentText

CONSENT = ConsentText(
    version="2026-11-24",
    text=(
        "我同意把上面说的经过，连同我填的姓名和电话，交给承办单位办理这件事。只用于办理和回访，不作别的用途。"
        "不填姓名和电话也能登记，凭工单号和查询码来查。"
    ),
)
NOTICE = "我是机器，给的是一般信息，不是律师意见。随时可以转人工。"
EXAMPLES = (
    "公司两个月没发工资，怎么要回来",
    "房东不退押金怎么办",
    "想离婚，对方不同意",
    "楼上漏水，物业不管",
    "收到法院传票，该做什么",
    "想申请免费律师",
)

GREETING = "有什么麻烦，用平常话说给我听就行。说得越具体，指得越准。"
THANKS = "不客气。还有别的事，接着说。"
RESOLVED = "好。以后再有事，随时来问。"
NOTHING_TO_REPEAT = "您还没问过事情。把遇到的麻烦说一说，我来看怎么办。"
ABUSE = "事情没办好，着急是常情。您把最要紧的一件事说给我，或者直接转人工。"
EMPTY = "没看到文字。请用一两句话说说遇到了什么事。"
NOT_ABOUT_A_QUESTION = "请把事情说一说：谁、什么时候、出了什么事。我再告诉您怎么办、找谁。"
NEW_STORY = "好，换一件事。请说说是什么麻烦。"
UNSURE = "这件事我没有把握，不想说错耽误您。可以再说具体一点，也可以直接转人工。"
OUT_OF_SCOPE = "这个不是法律上的事，我帮不上。政务和生活上的事可以打 12345。"
HANDOFF = "好，给您转人工。"
HANDOFF_IN_TIME = "时间要紧，先看下面的日子。这件事请人工接着办。"
HANDOFF_HOW = "现在就想找人说，请打 12348。也可以留个电话，我们登记后由人工回您。"
ASK_TICKET_NUMBER = "请点“查工单”，填工单号和查询码，就能看到办到哪一步。"
SAFE_NOW = "安全了就好。后面的事我接着帮您。"
SENT = ("您说的经过", "问清的情况", "看过的案例和法条", "为什么找这个单位")

REFER_FIRST = "这件事由{body}来办。"
REFER_UNRESOLVED = "没解决就往下走：这件事由{body}来办。"
REFER_OUTSIDE = "事情在{place}，要由{place}那边受理，武汉办不了。请打当地的 12348 问。"
TICKET_OPENED = "已登记，由座席转给{body}。不用再从头讲。"
TICKET_NEXT = "按我们的承诺，最晚{day}有人受理；没消息由我们去催，不用您催。"
TICKET_OPENED_EVENT = "已登记，由 12348 人工座席转给{body}。"
STATE_TEXT = {"opened": "已登记，等座席转出"}
# Until a body is connected (exchange of work orders), a person of the service passes the ticket on.
UNCONNECTED = "工单先到 12348 人工座席，由座席转给承办单位。"

BUTTON_SOLVED = "解决了"
BUTTON_UNSOLVED = "没解决"
BUTTON_REFER = "帮我转过去"
BUTTON_HUMAN = "转人工"
BUTTON_SAFE = "我现在安全了"

# How a tap is shown in the conversation.
ACTION_TEXT = {
    "unresolved": BUTTON_UNSOLVED,
    "human": BUTTON_HUMAN,
    "resolved": BUTTON_SOLVED,
    "refer": BUTTON_REFER,
    "safe_now": BUTTON_SAFE,
}

WEEKDAYS = "一二三四五六日"


def day(value: date) -> str:
    """11 月 27 日（周五）, as dates are said to citizens."""
    return f"{value.month} 月 {value.day} 日（周{WEEKDAYS[value.weekday()]}）"
