"""Who a conversation belongs to; calls; suggestions."""

revision = "2026_11_24_5_persons"
down_revision = "2026_11_24_4_curation"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
