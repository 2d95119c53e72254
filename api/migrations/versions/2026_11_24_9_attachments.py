"""Stub."""

revision = "2026_11_24_9_attachments"
down_revision = "2026_11_24_8_exchange"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
