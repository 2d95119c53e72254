"""Who came to a person, read from what the desk and the switchboard left behind; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert

from api.desk.tables import call_table, suggestion_table, wrap_up_table
from api.seats.contacts import Contact, contacts, misses_by_matter
from api.staff.tables import audit_table
from bot.tables import conversation_table, message_table
from case_library import misses

T0 = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
UNTIL = T0 + timedelta(days=1)


def after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def a_conversation(connection: Connection, id_: str, *, channel: str = "web", matter: str | None = None) -> None:
    connection.execute(
        insert(conversation_table).values(
            id=id_,
            token_hash=id_,
            channel=channel,
            state={"matter": matter},
            version=1,
            created_at=T0,
            expires_at=UNTIL,
        )
    )


def said(connection: Connection, conversation: str, minutes: float, outcome: str | None) -> None:
    values = {"conversation_id": conversation, "client_id": f"m{minutes}", "text": "", "at": after(minutes)}
    connection.execute(insert(message_table).values(**values, reply=outcome and {"outcome": outcome}))


def taken(connection: Connection, conversation: str, minutes: float) -> None:
    values: dict[str, Any] = {
        "staff_id": 1,
        "who": "李",
        "kind": "conversation",
        "object_id": conversation,
        "reason": "",
    }
    connection.execute(insert(audit_table).values(**values, action="conversation.take", at=after(minutes)))


def wrapped(connection: Connection, conversation: str, minutes: float) -> None:
    values = {"conversation_id": conversation, "agent_id": 1, "agent_name": "李", "code": "done", "note": ""}
    connection.execute(insert(wrap_up_table).values(**values, at=after(minutes)))


def a_call(connection: Connection, id_: str, began: float, answered: float | None, ended: float | None) -> None:
    moments = {
        name: None if at is None else after(at)
        for name, at in (("began_at", began), ("answered_at", answered), ("ended_at", ended))
    }
    values = {"id": id_, "switchboard_id": id_, "conversation_id": f"of-{id_}", "phone_shown": "", "ticket": ""}
    connection.execute(insert(call_table).values(**values, state="ended", **moments))


def test_a_written_conversation_counts_from_the_queue_to_the_wrap_up(engine: Engine) -> None:
    with engine.begin() as connection:
        a_conversation(connection, "a", matter="wage_arrears")
        said(connection, "a", 0, "answer")
        said(connection, "a", 1, "handoff")
        said(connection, "a", 2, "handoff")  # asks again while waiting
        said(connection, "a", 3, None)
        taken(connection, "a", 4)
        wrapped(connection, "a", 14)
        said(connection, "a", 300, "handoff")  # comes back in the afternoon; nobody takes it
        a_conversation(connection, "danger")  # in danger the answer is no hand-over by name
        said(connection, "danger", 1, "emergency")
        taken(connection, "danger", 2)
        wrapped(connection, "danger", 500)  # left open for hours: says nothing about how long it took
        a_conversation(connection, "b", channel="phone")
        said(connection, "b", 1, "handoff")
        found = contacts(connection, "text", T0, UNTIL)
    assert sorted(found, key=lambda contact: contact.at) == [
        Contact(after(1), "wage_arrears", 600),
        Contact(after(2), "", None),
        Contact(after(300), "wage_arrears", None),
    ]


def test_a_call_counts_with_the_writing_up_after_it(engine: Engine) -> None:
    with engine.begin() as connection:
        a_call(connection, "a", 0, 0.5, 5.5)
        wrapped(connection, "of-a", 7.5)
        a_call(connection, "b", 10, None, 11)  # hung up
        a_call(connection, "c", 20, 21, 24)
        wrapped(connection, "of-c", 90)  # written long after: not part of the call
        a_call(connection, "d", 30, 31, None)  # still spoken
        a_call(connection, "old", -60, -59, -50)
        for matter in ("divorce_dispute", "wage_arrears"):
            connection.execute(
                insert(suggestion_table).values(
                    conversation_id="of-a", client_id=matter, at=T0, question="", matter=matter, confidence=0.9,
                    case_id="", text="", content={}, action="", sent_text="", agent_name="",
                )
            )  # fmt: skip
        found = contacts(connection, "phone", T0, UNTIL)
    assert found == [
        Contact(after(0), "wage_arrears", 420, waited_s=30),
        Contact(after(10), "", None, waited_s=60, left=True),
        Contact(after(20), "", 180, waited_s=60),
        Contact(after(30), "", None, waited_s=60),
    ]


def test_open_misses_are_counted_by_matter(engine: Engine) -> None:
    with engine.begin() as connection:
        first = misses.record(connection, "unsure", "问", T0, matter="wage_arrears")
        misses.record(connection, "unsure", "问", T0, matter="wage_arrears")
        misses.record(connection, "unsure", "问", T0, matter="")
        misses.dismiss(connection, [first])
        assert misses_by_matter(connection) == {"wage_arrears": 1}
