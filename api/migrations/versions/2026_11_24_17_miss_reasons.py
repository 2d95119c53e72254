"""Which conversation a rejected answer stood in; the text of articles that cases cite, to notice when it changes."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_17_miss_reasons"
down_revision = "2026_11_24_16_key_rotation"


def upgrade() -> None:
    op.add_column("case_library_miss", sa.Column("source", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_case_library_miss_source", "case_library_miss", ["source"])
    op.create_table(
        "case_library_cited_article",
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("case_library_article_change", sa.Column("before", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("case_library_article_change", "before")
    op.drop_table("case_library_cited_article")
    op.drop_index("ix_case_library_miss_source", "case_library_miss")
    op.drop_column("case_library_miss", "source")
