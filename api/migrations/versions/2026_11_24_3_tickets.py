"""Tickets as threads of typed events; promises; identities."""

revision = "2026_11_24_3_tickets"
down_revision = "2026_11_24_2_staff"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
