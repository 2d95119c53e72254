"""Canned phrases for all, changed in the workbench."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_15_phrases"
down_revision = "2026_11_24_14_site_settings"


def upgrade() -> None:
    op.create_table(
        "desk_central_phrase",
        sa.Column("key", sa.String(30), primary_key=True),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("desk_central_phrase")
