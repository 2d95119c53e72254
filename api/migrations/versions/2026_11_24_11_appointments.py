"""Appointments and callbacks at agreed times; how many people a place takes. Indexes for the desk's list of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_11_appointments"
down_revision = "2026_11_24_10_complaints"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "routing_capacity",
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("body_id", sa.String(120), primary_key=True),
        sa.Column("places", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("set_by", sa.String(60), nullable=False),
        sa.Column("set_at", moment, nullable=False),
    )
    op.create_table(
        "routing_appointment",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("body_id", sa.String(120), nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("place", sa.Integer),
        sa.Column("active", sa.String(50), unique=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made_by", sa.String(20), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.UniqueConstraint("kind", "body_id", "starts_at", "place"),
        sa.Index("routing_appointment_day", "kind", "state", "starts_at"),
    )
    order = [sa.text("(due_on IS NULL)"), "due_on", sa.text("urgent DESC"), "ticket"]
    op.create_index("routing_ticket_status_pressing", "routing_ticket_status", order)
    op.create_index("routing_ticket_status_area", "routing_ticket_status", ["area", "state", "owner"])


def downgrade() -> None:
    op.drop_index("routing_ticket_status_area", "routing_ticket_status")
    op.drop_index("routing_ticket_status_pressing", "routing_ticket_status")
    op.drop_table("routing_appointment")
    op.drop_table("routing_capacity")
