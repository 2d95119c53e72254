"""Tickets of a time of their own, far from those of other tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from api.wiring import Service
from routing import ticket_thread
from routing.tables import ticket_table
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, event

START = datetime(2024, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
_ACTORS = {
    "agent": Actor("agent", "li", "李"),
    "body": Actor("body", "b1", "单位"),
    "citizen": CITIZEN_SELF,
    "system": SYSTEM_SELF,
}
_numbers = itertools.count(1)
_SENT = ("sent", "agent", 0.0, {"body": "b1"})
_GOOD = (_SENT, ("accepted", "body", 0.1, {}), ("answered", "body", 1.0, {}), ("confirmed", "citizen", 2.0, {}))
_COURSES = {
    "sent": (_SENT,),
    "good": _GOOD,
    "returned": (_SENT, ("returned", "body", 0.1, {"reason": "not_competent", "better": "unknown"})),
    "dissatisfied": (
        *_GOOD,
        ("rated", "citizen", 3.0, {"level": 1}),
        ("callback_due", "system", 3.0, {"reason": "dissatisfied"}),
    ),
}


@pytest.fixture
def keep_ticket(service: Service) -> Callable[..., str]:
    """`keep_ticket("good", opened=…, **columns)`: a ticket with a thread as the product writes it; gives its number."""

    def keep(course: str, *, opened: datetime = START, need: str = "consult", **fields: Any) -> str:
        number = f"WHT{next(_numbers):06d}"
        row = {"number": number, "conversation_id": number, "consent_version": "1", "consented_at": opened}
        row |= {"matter": "wage_arrears", "area": "洪山区", "body_id": "b1", "opened_at": opened, "story": {}, **fields}
        opening = event("opened", "", opened, CITIZEN_SELF, need=need)
        with service.writing.begin() as connection:
            connection.execute(insert(ticket_table).values(**row))
            ticket_thread.begin(connection, service.promises, number, opening, matter=row["matter"], area=row["area"])
            for kind, who, days, details in _COURSES[course]:
                step = event(kind, "", opened + timedelta(days=days), _ACTORS[who], **details)
                ticket_thread.append(connection, service.promises, number, step)
        return number

    return keep
