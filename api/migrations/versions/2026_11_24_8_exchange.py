"""Outbox, outside work orders, appointments, uploads."""

revision = "2026_11_24_8_exchange"
down_revision = "2026_11_24_7_directory"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
