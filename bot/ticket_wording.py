"""What is said of each event on a ticket, to citizen, body and desk alike."""

from __future__ import annotations

from routing.ticket_events import EventKind

# {body} is a body's name, {text} what somebody wrote, {person} a member of staff, {day} a date, {days} working days,
# {what} what happens at a time that was agreed.
EVENT_TEXT: dict[EventKind, str] = {
    "taken": "{person}接手。",
    "requeued": "回到待办，等座席接手。{text}",
    "sent": "已转给{body}，您说的经过和材料清单都发过去了，不用再讲一遍。",
    "seen": "{body}已经看到。",
    "accepted": "{body}已受理。{text}",
    "returned": "{body}退回：{reason}。{text}",
    "referred_onward": "转交给{body}接着办。{text}",
    "decided": "督办裁定由{body}办理，不能再退。{text}",
    "note": "{text}",
    "asked": "{body}想请您补充：{text}",
    "citizen_wrote": "{text}",
    "attached": "{text}",
    "detached": "收回了文件：{text}",
    "recused": "{text}",
    "contacted_again": "同一个人为同一件事又来问了一次。{text}",
    "reminder": "已经催办。{text}",
    "overdue": "已过承诺的{day}（{reason}），交督办。",
    "extended": "{body}延期 {days} 个工作日，原因：{text}",
    "answered": "{body}答复：{text}",
    "confirmed": "市民确认解决了。{text}",
    "not_solved": "市民说没解决，重新办理。{text}",
    "reopened": "重新办理。{text}",
    "merged": "与 {ticket} 是同一件事，并入那一件办理。",
    "absorbed": "{ticket} 并入本件。",
    "withdrawn": "市民撤回。{text}",
    "closed": "办结。{text}",
    "offered": "请{person}接任首问责任人。",
    "handed": "{person}接任首问责任人。",
    "declined": "{person}没有接任首问责任人。",
    "rated": "评价：{reason}。{text}",
    "callback_due": "要回访：{text}",
    "called_back": "已回访市民。{text}",
    "booked": "约好{day}{what}。",
    "booking_moved": "改到{day}{what}。",
    "booking_cancelled": "取消了约好的时间（{day}{what}）。{text}",
}
# What becomes of a file the citizen takes back: gone here, whatever somebody may have of it.
FILE_GONE = "{name}。文件已经删除，这里没有人能再看到。"
UNSEEN_BY_BODIES = "转给单位之前就收回了，没有单位看过。"
SEEN_BY_BODIES = "收回之前{bodies}可能已经看过或者存下，存下的那一份收不回来。"
WRITTEN_DOWN = "（{person}代为登记）"  # what a body or a citizen told a member of staff
DISSATISFIED = "市民评价“{level}”"
