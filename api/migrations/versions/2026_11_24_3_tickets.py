"""Tickets as threads of typed events; promises; identities."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from routing.calendar import add_working_days
from routing.ticket_thread import chain

revision = "2026_11_24_3_tickets"
down_revision = "2026_11_24_2_staff"

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "ticket events are only ever added"
UNCHANGED = (
    "id", "ticket", "sequence", "kind", "visible_to", "at", "by_party", "by_id", "by_name", "details", "key", "text_hash",
    "hash",
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    old_tickets = connection.execute(sa.text("SELECT * FROM routing_ticket")).mappings().all()
    old_events = (
        connection.execute(sa.text("SELECT * FROM routing_ticket_event ORDER BY ticket, sequence")).mappings().all()
    )
    op.drop_table("routing_ticket_event")
    op.drop_table("routing_ticket")
    ticket = op.create_table(
        "routing_ticket",
        sa.Column("number", sa.String(30), primary_key=True),
        sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("body_id", sa.String(120), nullable=False, index=True),
        sa.Column("area", sa.String(40), nullable=False, server_default=""),
        sa.Column("name", sa.LargeBinary),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("consent_version", sa.String(40), nullable=False),
        sa.Column("consented_at", MOMENT, nullable=False),
        sa.Column("story", sa.JSON, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("person_id", sa.String(32), index=True),
        sa.Column("repeat_of", sa.String(30)),
        sa.Index("routing_ticket_conversation_matter", "conversation_id", "matter"),
    )
    event = op.create_table(
        "routing_ticket_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), nullable=False, index=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("visible_to", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_party", sa.String(20), nullable=False),
        sa.Column("by_id", sa.String(120), nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("key", sa.String(100)),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("ticket", "sequence"),
        sa.UniqueConstraint("ticket", "key"),
    )
    status = op.create_table(
        "routing_ticket_status",
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("waits_for", sa.String(20)),
        sa.Column("body_id", sa.String(120), nullable=False, index=True),
        sa.Column("owner", sa.String(60), nullable=False, index=True),
        sa.Column("first_responder", sa.String(60), nullable=False, index=True),
        sa.Column("clock", sa.String(30)),
        sa.Column("due_on", sa.Date, index=True),
        sa.Column("reminded", sa.Boolean, nullable=False),
        sa.Column("told_overdue", sa.Boolean, nullable=False),
        sa.Column("callback_due", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("area", sa.String(40), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False, index=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Index("routing_ticket_status_waiting", "waits_for", "due_on"),
        sa.Index("routing_ticket_status_state", "state", "opened_at"),
        sa.Index("routing_ticket_status_matter", "matter", "opened_at"),
    )
    _carry_over(connection, old_tickets, old_events, ticket, event, status)
    _refuse_changes(connection)
    op.create_table(
        "routing_body_link",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), nullable=False, index=True),
        sa.Column("body_id", sa.String(120), nullable=False),
        sa.Column("body_name", sa.String(120), nullable=False),
        sa.Column("made_by", sa.String(60), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
    )
    op.create_table(
        "routing_identity",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(32), nullable=False, index=True),
        sa.Column("consent_version", sa.String(40), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
    )
    op.create_table(
        "routing_job",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("leased_by", sa.String(80)),
        sa.Column("leased_until", MOMENT),
        sa.Column("last_done_at", MOMENT),
        sa.Column("last_error", sa.String(200), nullable=False, server_default=""),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    raise NotImplementedError("the chained threads can't be brought back into the old form")


def _carry_over(connection, old_tickets, old_events, ticket, event, status) -> None:
    """Tickets of before: their events get a causer, a hash and a status."""
    # Raw rows hold what the driver gave: SQLite's moments and JSON as text.
    for row in old_tickets:
        values = {name: _read(ticket.c[name].type, row[name]) for name in row}
        area = (values["story"].get("decision", {}).get("body") or {}).get("area", "")
        connection.execute(ticket.insert().values(**values, area=area))
        thread = [
            {
                "sequence": old["sequence"],
                "kind": old["kind"],
                "visible_to": old["visible_to"],
                "text": old["text"],
                "at": _aware(_read(event.c.at.type, old["at"])),
                "by_party": "citizen",
                "by_id": "",
                "by_name": "市民",
                "details": {},
                "key": None,
            }
            for old in old_events
            if old["ticket"] == row["number"]
        ]
        for line in chain(row["number"], thread):
            connection.execute(event.insert().values(ticket=row["number"], **line))
        connection.execute(
            status.insert().values(
                ticket=row["number"],
                sequence=len(thread),
                state="opened",
                waits_for="agent",
                body_id="",
                owner="",
                first_responder="",
                clock="first_response",
                due_on=add_working_days(values["opened_at"].date(), 1),
                reminded=False,
                told_overdue=False,
                callback_due=False,
                urgent=False,
                matter=values["matter"],
                area=area,
                opened_at=values["opened_at"],
                changed_at=thread[-1]["at"] if thread else values["opened_at"],
            )
        )


def _read(type_, value):
    if isinstance(value, str) and isinstance(type_, sa.JSON):
        return json.loads(value)
    if isinstance(value, str) and isinstance(type_, sa.DateTime):
        return _aware(datetime.fromisoformat(value))
    return value


def _aware(value):
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _refuse_changes(connection) -> None:
    """Rows are only ever added, whoever holds the database; one exception: the text may be emptied (erasure)."""
    if connection.dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in UNCHANGED)
        op.execute(
            "CREATE TRIGGER routing_ticket_event_kept BEFORE UPDATE ON routing_ticket_event "
            f"WHEN NOT (NEW.text = '' AND {same}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        op.execute(
            "CREATE TRIGGER routing_ticket_event_stays BEFORE DELETE ON routing_ticket_event "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    same = " AND ".join(f"NEW.{name}::text IS NOT DISTINCT FROM OLD.{name}::text" for name in UNCHANGED)
    op.execute(
        "CREATE FUNCTION routing_ticket_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' AND NEW.text = '' AND {same} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER routing_ticket_event_kept BEFORE UPDATE OR DELETE ON routing_ticket_event "
        "FOR EACH ROW EXECUTE FUNCTION routing_ticket_event_kept()"
    )
