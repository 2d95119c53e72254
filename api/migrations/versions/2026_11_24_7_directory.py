"""Versions of directory facts and rules."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_7_directory"
down_revision = "2026_11_24_6_wechat"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "routing_fact",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("body_id", sa.String(120), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("value", sa.String(500)),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("staff_id", sa.Integer),
        sa.Column("editor", sa.String(60), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_routing_fact_body_id", "routing_fact", ["body_id"])
    op.create_table(
        "routing_rules_version",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("proof", sa.JSON, nullable=False),
        sa.Column("staff_id", sa.Integer),
        sa.Column("author", sa.String(60), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "routing_rules_use",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("routing_rules_version.number")),
        sa.Column("staff_id", sa.Integer),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", moment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("routing_rules_use")
    op.drop_table("routing_rules_version")
    op.drop_table("routing_fact")
