"""Complaints about those who give legal services, and who must not learn of a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_10_complaints"
down_revision = "2026_11_24_9_attachments"


def upgrade() -> None:
    ticket = sa.ForeignKey("routing_ticket.number")
    op.create_table(
        "routing_complaint",
        sa.Column("ticket", sa.String(30), ticket, primary_key=True),
        sa.Column("target", sa.String(30), nullable=False),
        sa.Column("about", sa.LargeBinary),
        sa.Column("about_ticket", sa.String(30), nullable=False),
        sa.Column("key", sa.String(100), unique=True),
    )
    op.create_table(
        "routing_recusal",
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), primary_key=True),
        sa.Column("party", sa.String(10), primary_key=True),
        sa.Column("id", sa.String(120), primary_key=True),
    )


def downgrade() -> None:
    for table in ("routing_recusal", "routing_complaint"):
        op.drop_table(table)
