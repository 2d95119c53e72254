"""What was erased of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_16_key_rotation"
down_revision = "2026_11_24_15_phrases"


def upgrade() -> None:
    op.create_table(
        "privacy_erasure",
        sa.Column("ticket", sa.String(30), primary_key=True),
        sa.Column("what", sa.String(10), primary_key=True),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("privacy_erasure")
