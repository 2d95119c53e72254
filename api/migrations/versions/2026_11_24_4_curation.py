"""Versions of cases, misses, hit tests."""

revision = "2026_11_24_4_curation"
down_revision = "2026_11_24_3_tickets"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
