"""Files lie encrypted, each under a key of its own; those of before have none and stay readable as they lie. Room for what an
SMS gateway reports afterwards. Callbacks at an agreed time count among the promises (`yibotong jobs --rederive` for old tickets)."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_19_sealed_files"
down_revision = "2026_11_24_18_tallies"


def upgrade() -> None:
    with op.batch_alter_table("routing_attachment") as table:
        table.add_column(sa.Column("key", sa.LargeBinary))
    with op.batch_alter_table("notice_sending") as table:
        table.alter_column("outcome", existing_type=sa.String(10), type_=sa.String(20), existing_nullable=False)
    with op.batch_alter_table("routing_ticket_tally") as table:
        table.add_column(sa.Column("callback_window_by", sa.Date))


def downgrade() -> None:
    with op.batch_alter_table("routing_ticket_tally") as table:
        table.drop_column("callback_window_by")
    op.execute("DELETE FROM notice_sending WHERE outcome IN ('delivered', 'undelivered')")
    with op.batch_alter_table("notice_sending") as table:
        table.alter_column("outcome", existing_type=sa.String(20), type_=sa.String(10), existing_nullable=False)
    with op.batch_alter_table("routing_attachment") as table:
        table.drop_column("key")
