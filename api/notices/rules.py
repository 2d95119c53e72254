"""Which events a citizen is told of, and in which words. What somebody wrote is never in a notice: it is read on the page."""

from __future__ import annotations

from datetime import datetime

from bot import appointment_wording
from routing.ticket_events import EventKind, TicketEvent, sees

# {body} is a body's name, {days} working days, {when} an agreed time. Events that are not here lead to no notice.
TOLD: dict[EventKind, str] = {
    "sent": "已转给{body}",
    "accepted": "{body}已受理",
    "asked": "{body}想请您补充情况，补上之前办理的时间先停着",
    "referred_onward": "已转交{body}接着办",
    "decided": "定由{body}办理",
    "extended": "{body}延期{days}个工作日，原因请看工单",
    "answered": "有答复了，请看是不是解决了",
    "reopened": "重新办理",
    "closed": "已办结；没解决，随时可以再办",
    "merged": "已并入您的另一件工单",
    "called_back": "我们给您回过电话",
    "booked": "约好{when}",
    "booking_moved": "约的时间改到{when}",
    "booking_cancelled": "原来约的{when}取消了",
}
TEXT = "【一拨通】工单 {number}：{told}。"
WHERE = "看进度：{link}"
LONGEST_BODY = 40  # characters of a body's name


def notice_text(number: str, event: TicketEvent, link: str) -> str:
    """What is sent for an event; empty when nothing is: of no interest, not for citizens, or done by the citizen."""
    told = TOLD.get(event.kind)
    if told is None or event.by.party == "citizen" or not sees("citizen", event):
        return ""
    details = event.details
    when = ""
    if details.starts:
        starts, ends = datetime.fromisoformat(details.starts), datetime.fromisoformat(details.ends)
        when = appointment_wording.when(starts, ends)
    told = told.format(body=details.body_name[:LONGEST_BODY] or "承办单位", days=details.days, when=when)
    return TEXT.format(number=number, told=told) + (WHERE.format(link=link) if link else "")
