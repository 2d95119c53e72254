"""Stub."""

revision = "2026_11_24_10_complaints"
down_revision = "2026_11_24_9_attachments"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
