"""Quality sampling, labelled questions, trainings begun from the workbench; calls under way are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_13_quality"
down_revision = "2026_11_24_12_notices"

TABLES = ("training_run", "training_label", "quality_sample", "quality_draw")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "quality_draw",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("closed", sa.Integer, nullable=False),
        sa.Column("drawn", sa.Integer, nullable=False),
        sa.Column("dissatisfied", sa.Integer, nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "quality_sample",
        sa.Column("ticket", sa.String(30), primary_key=True),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("matter", sa.String(60), nullable=False, index=True),
        sa.Column("first_responder", sa.String(60), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("reviewer", sa.String(60), nullable=False),
        sa.Column("reviewed_at", moment, index=True),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    )
    op.create_table(
        "training_label",
        sa.Column("text_hash", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("guessed", sa.String(60), nullable=False),
        sa.Column("matter", sa.String(60), nullable=False, index=True),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    )
    op.create_table(
        "training_run",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("labels", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("accuracy", sa.Float),
        sa.Column("before", sa.Float),
        sa.Column("model", sa.String(120), nullable=False, server_default=""),
        sa.Column("message", sa.String(300), nullable=False, server_default=""),
    )
    op.create_index("ix_desk_call_state", "desk_call", ["state"])


def downgrade() -> None:
    op.drop_index("ix_desk_call_state", "desk_call")
    for table in TABLES:
        op.drop_table(table)
