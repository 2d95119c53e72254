"""Settings an administrator changes while the service runs."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_14_site_settings"
down_revision = "2026_11_24_13_quality"


def upgrade() -> None:
    op.create_table(
        "site_setting",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("site_setting")
