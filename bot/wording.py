"""Every sentence the bot says by itself. Facts in answers come from cases, statutes, the directory and the rules."""

from __future__ import annotations

from datetime import date

from bot.reply import ConsentText
from routing.tickets import Relation

CONSENT = ConsentText(
    version="2026-11-24",
    text=(
        "我同意把上面说的经过，连同我填的姓名和电话，交给承办单位办理这件事。只用于办理和回访，不作别的用途。"
        "不填姓名和电话也能登记，凭工单号和查询码来查。"
    ),
)
# What somebody who acts for another person confirms; kept with the ticket as it was shown.
HELPER_CONSENT: dict[Relation, str] = {
    **dict.fromkeys(("family", "friend", "grid_worker"), "他本人知道这件事，也同意我替他办。"),
    "guardian": "他自己做不了主，我作为监护人替他办。",
}
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
# While somebody waits for a person, and while a person has the conversation.
QUEUED_NEXT = "您排第一位。座席接起来会在这里跟您说；可以接着打字，座席都看得到。"
QUEUED_BEHIND = "前面还有 {ahead} 位。座席接起来会在这里跟您说；可以接着打字，座席都看得到。"
QUEUED_NOBODY = "现在没有座席在线。{hours}您说的都记下了，座席一上线就能看到。"
QUEUED_HOURS = "座席工作时间：{hours}。"
QUEUED_CALLBACK = "不想等，可以留个电话，由人工回您。着急请打 12348。"
STILL_QUEUED = "已经在排队了。"
AGENT_HERE = "座席{agent}正在为您办，直接在这里说就行。"
AGENT_TOOK = "座席{agent}来了。前面说的都看得到，不用再讲一遍。"
AGENT_CHANGED = "由座席{agent}接着为您办。前面说的都看得到，不用再讲一遍。"
BODY_JOINED = "座席{agent}请来了{body}的{name}，三方一起谈。对方看得到这次对话。"
BODY_LEFT = "{body}的{name}先离开了，座席接着为您办。"
AGENT_LOST = "座席{agent}那边断了线。已经帮您排回队里，按原来的时间算，请稍等。"
AGENT_SILENT = "座席{agent}一时没能回您。已经帮您排回队里，按原来的时间算，请稍等。"
AGENT_RELEASED = "这件事换一位座席接着办，请稍等。前面说的都留着。"
AGENT_LEFT = "座席{agent}这边说完了。再有问题接着问我，想找人随时点“转人工”。"
STOPPED_WAITING = "好，不排队了，接着问我。想找人随时点“转人工”。"
HANDOFF_IN_TIME = "时间要紧，先看下面的日子。这件事请人工接着办。"
HANDOFF_HOW = "现在就想找人说，请打 12348。也可以留个电话，我们登记后由人工回您。"
ASK_TICKET_NUMBER = "请点“查工单”，填工单号和查询码，就能看到办到哪一步。"
ASK_IF_SAFE = "您或身边的人现在有危险吗？有的话，先打 110；有人受伤打 120。"
SAFE_NOW = "安全了就好。后面的事我接着帮您。"
SENT = ("您说的经过", "问清的情况", "看过的案例和法条", "为什么找这个单位")

REFER_FIRST = "这件事由{body}来办。"
REFER_UNRESOLVED = "没解决就往下走：这件事由{body}来办。"
REFER_OUTSIDE = "事情在{place}，要由{place}那边受理，武汉办不了。请打当地的 12348 问。"
TICKET_OPENED = "已登记，由座席转给{body}。不用再从头讲。"
TICKET_OPENED_EVENT = "已登记，由 12348 人工座席转给{body}。"
STATE_TEXT = {
    "opened": "已登记，等座席转出",
    "sent": "已转出，等单位受理",
    "accepted": "单位已受理，正在办",
    "asked": "单位在等您补充情况",
    "returned": "单位退回了，我们正在改派",
    "disputed": "两个单位都说不归它管，由督办来定",
    "answered": "单位已答复，等您看过",
    "reopened": "您说没解决，正在重新办",
    "closed": "已办结",
    "withdrawn": "您已撤回",
    "merged": "已并入您的另一件工单",
}
TICKET_AGAIN = "这件事您已经登记过，不用再讲一遍。现在：{state}。您刚才说的也加进去了。"
# What happens next, by state; {day} is the last day of the promise that runs.
NEXT_STEP = {
    "opened": "最晚{day}由座席转出或给您回话；没消息由我们去催，不用您催。",
    "sent": "最晚{day}有单位受理；没消息由我们去催，不用您催。",
    "accepted": "最晚{day}答复您；没消息由我们去催，不用您催。",
    "asked": "请把单位问的情况补上。补上之前，办理的时间先停着。",
    "returned": "最晚{day}改派到合适的单位，不用您再讲一遍。",
    "disputed": "最晚{day}由督办定下归谁办，定了就不能再推。",
    "answered": "请看答复。解决了就点“解决了”，没解决就点“没解决”，还由原来的人接着办。{day}前没有回音，先按办结处理。",
    "reopened": "最晚{day}再答复您；还是原来的人负责。",
    "closed": "请给这次办理打个分。以后又没解决，点“没解决”，不用重新讲。",
    "withdrawn": "您撤回了。以后还需要，随时再来。",
    "merged": "这件和您的另一件是同一件事，请看那一件。",
}
SERVICE_NAME = "12348 人工座席"
NO_DAY = "按承诺的时间"
OVERDUE = "已经过了承诺的{day}，是我们没做到。督办的人已经看到，正在催。"
# Until a body is connected (exchange of work orders), a person of the service passes the ticket on.
UNCONNECTED = "工单先到 12348 人工座席，由座席转给承办单位。"

COMPLAINT = "可以投诉，投诉的人和单位看不到这件。填一下投诉谁、出了什么事，由管他的单位来查。"
COMPLAINT_OPENED = "投诉已登记，由没有牵连的座席转给{body}。被投诉的人和单位看不到，也不能办。"
COMPLAINT_OPENED_EVENT = "投诉已登记，由 12348 人工座席转给{body}。"

# Which matter is meant, and the others that were told.
WHICH_OF_GROUP = "听起来是“{group}”这一类的事，是哪一种我还拿不准。像下面哪一个？"
WHICH_MATTER = "是哪一种事，我还拿不准，不想猜。像下面哪一个？"
WHICH_WHY = "不一样的事，办法和找的地方也不一样"
NONE_OFFERED = "都不像，说不清"
NONE_OF_THESE = "好。请再说细一点：跟谁、出了什么事、您想要什么。也可以直接转人工。"
TOLD_TOO = "您的话里可能还有：{matters}。想看哪一件，点下面的按钮。"
BUTTON_ALSO = "也看看：{matter}"
BUTTON_BACK = "回到：{matter}"
# A piece added to what was told.
NOTED = "记下了：{what}。"
NOTED_ALL = "记下了，和前面说的放在一起。"
PUT_RIGHT = "改过来了：{what}。"
BODY_STAYS = "办法不变，还是找{body}。"
BODY_CHANGES = "这样一来，要先找{body}。"
WHERE = "找{body}。怎么去、带什么，看下面。"
BRING = "带上：{papers}。"
NOT_IN_CASE = "这一点要看具体情况，我手里没有准数，不乱说。可以问{body}，也可以转人工。"

TICKET_KNOWN = "这件事您登记过（{number}），不用再讲一遍。现在：{state}。"
BUTTON_SAME_TICKET = "是这件，把刚才说的加进去"
BUTTON_OTHER_TICKET = "不是这件事"
BUTTON_SOLVED = "解决了"
BUTTON_UNSOLVED = "没解决"
BUTTON_REFER = "帮我转过去"
BUTTON_HUMAN = "转人工"
BUTTON_SAFE = "我现在安全了"
BUTTON_STOP_WAITING = "不等了，接着问机器"

# How a tap is shown in the conversation.
ACTION_TEXT = {
    "unresolved": BUTTON_UNSOLVED,
    "human": BUTTON_HUMAN,
    "resolved": BUTTON_SOLVED,
    "refer": BUTTON_REFER,
    "safe_now": BUTTON_SAFE,
    "stop_waiting": BUTTON_STOP_WAITING,
    "same_ticket": BUTTON_SAME_TICKET,
    "other_ticket": BUTTON_OTHER_TICKET,
}

WEEKDAYS = "一二三四五六日"


def day(value: date) -> str:
    """11 月 27 日（周五）, as dates are said to citizens."""
    return f"{value.month} 月 {value.day} 日（周{WEEKDAYS[value.weekday()]}）"
