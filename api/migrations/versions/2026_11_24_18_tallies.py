"""What each ticket adds to the figures, so that counting reads no threads. Filled for older tickets at the next start."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_18_tallies"
down_revision = "2026_11_24_17_miss_reasons"

COUNTS = (
    "first", "counted", "again_7", "again_30", "unsettled", "closed", "sent", "returned", "body_said", "body_changed", "kept",
    "broken", "confirmed", "rated", "satisfied", "dissatisfied", "called_back",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "routing_ticket_tally",
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), primary_key=True),
        sa.Column("matter", sa.String(60), nullable=False),
        sa.Column("area", sa.String(40), nullable=False),
        sa.Column("body_id", sa.String(120), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        *(sa.Column(name, sa.SmallInteger, nullable=False) for name in COUNTS),
        sa.Column("first_response_by", sa.Date),
        sa.Column("acceptance_by", sa.Date),
        sa.Column("answer_by", sa.Date),
        sa.Column("callback_by", sa.Date),
    )


def downgrade() -> None:
    op.drop_table("routing_ticket_tally")
