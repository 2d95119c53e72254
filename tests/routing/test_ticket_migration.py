"""Tickets of before there were threads keep working: same number, same story, a chain that holds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from alembic import command
from alembic.config import Config
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, select, text

from api.database import MIGRATIONS, for_writing, open_engine
from routing import ticket_thread
from routing.load import load_promises
from routing.tables import ticket_status_table
from routing.ticket_events import Actor, event
from routing.tickets import Secrets, read_ticket

BEFORE = "2026_11_24_2_staff"
STORY = {
    "transcript": [{"who": "citizen", "text": "老板不发工资", "at": "2026-11-20T10:00:00+08:00"}],
    "facts": {},
    "matter": "wage_arrears",
    "also": [],
    "need": "consult",
    "cases_shown": [],
    "statutes_shown": [],
    "decision": {"body": {"id": "b1", "area": "洪山区"}},
    "note": "",
}
OLD_TICKET = text(
    "INSERT INTO routing_ticket (number, conversation_id, matter, body_id, phone, consent_version, consented_at, story, "
    "opened_at) VALUES ('WH20261120-000001', 'c1', 'wage_arrears', 'b1', :phone, '1', :at, :story, :at)"
)
OLD_EVENT = text(
    "INSERT INTO routing_ticket_event (ticket, sequence, kind, visible_to, text, at) "
    "VALUES ('WH20261120-000001', :sequence, :kind, 'citizen', :text, :at)"
)


def upgrade(engine, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with for_writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def carried_over(engine) -> None:
    secrets, promises = Secrets(Fernet.generate_key()), load_promises()
    upgrade(engine, BEFORE)
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    moment = at if engine.dialect.name == "postgresql" else "2026-11-20 02:00:00.000000"  # as its driver keeps it
    with for_writing(engine).begin() as connection:
        ticket = {"phone": secrets.hide("+8613800138000"), "at": moment, "story": json.dumps(STORY)}
        connection.execute(OLD_TICKET, ticket)
        for sequence, kind in enumerate(("opened", "added"), 1):
            connection.execute(OLD_EVENT, {"sequence": sequence, "kind": kind, "text": f"{kind}！", "at": moment})
    upgrade(engine, "head")
    with for_writing(engine).begin() as connection:
        ticket = read_ticket(connection, secrets, "WH20261120-000001")
        assert (ticket.state, ticket.area, ticket.contact.phone) == ("opened", "洪山区", "+8613800138000")
        assert [e.text for e in ticket.events] == ["opened！", "added！"]
        assert ticket.events[0].at == at
        assert ticket_thread.verify(connection, ticket.number) == []
        due = connection.execute(select(ticket_status_table.c.due_on)).scalar_one()
        assert due == date(2026, 11, 23)
        assert ticket_thread.fill_tallies(connection, promises) == 1  # as every start does
        assert ticket_thread.rederive(connection, promises) == 0
        sent = event("sent", "转出", at, Actor("agent", "li", "李"), body="b1", body_name="甲")
        assert ticket_thread.append(connection, promises, ticket.number, sent).sequence == 3


def test_tickets_of_before_are_carried_over_on_sqlite(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    carried_over(engine)
    engine.dispose()


def test_tickets_of_before_are_carried_over_on_postgresql(postgresql_url) -> None:
    server = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE old_tickets"))
    server.dispose()
    engine = open_engine(postgresql_url.replace("/postgres", "/old_tickets"))
    carried_over(engine)
    engine.dispose()
