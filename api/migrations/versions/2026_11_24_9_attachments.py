"""Photos and files that come with tickets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_9_attachments"
down_revision = "2026_11_24_8_exchange"


def upgrade() -> None:
    op.create_table(
        "routing_attachment",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ticket", sa.String(30), sa.ForeignKey("routing_ticket.number"), nullable=False, index=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("routing_attachment")
