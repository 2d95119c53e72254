"""Notices to citizens: where they want them, the outbox, every attempt."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_12_notices"
down_revision = "2026_11_24_11_appointments"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "notice_contact",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("ticket", sa.String(30), nullable=False, index=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("consent_version", sa.String(40), nullable=False),
        sa.Column("agreed_at", moment, nullable=False),
        sa.Column("failed_at", moment),
        sa.Column("error", sa.String(200), nullable=False),
        sa.UniqueConstraint("ticket", "channel"),
    )
    op.create_table(
        "notice_watch",
        sa.Column("ticket", sa.String(30), primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("ticket", sa.String(30), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(10)),
        sa.Column("tried", sa.JSON, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("sent_at", moment),
        sa.UniqueConstraint("ticket", "sequence"),
        sa.Index("notice_due", "state", "next_at"),
    )
    op.create_table(
        "notice_sending",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("notice", sa.Integer, sa.ForeignKey("notice.id"), nullable=False, index=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    for table in ("notice_sending", "notice", "notice_watch", "notice_contact"):
        op.drop_table(table)
