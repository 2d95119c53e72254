"""Staff accounts, sessions, the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_2_staff"
down_revision = "2026_11_24_first"

# The audit trail is only added to, whatever the code above it does.
REFUSE = {
    "sqlite": [
        f"""
        CREATE TRIGGER staff_audit_no_{what} BEFORE {what} ON staff_audit {when}
        BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END
        """
        for what, when in (
            ("update", ""),
            ("delete", ""),
            # INSERT OR REPLACE deletes without asking the trigger above.
            ("insert", "WHEN EXISTS (SELECT 1 FROM staff_audit WHERE id = NEW.id)"),
        )
    ],
    "postgresql": [
        """
        CREATE FUNCTION staff_audit_refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$
        """,
        """
        CREATE TRIGGER staff_audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON staff_audit
        FOR EACH STATEMENT EXECUTE FUNCTION staff_audit_refuse()
        """,
    ],
}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("username", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("temporary_password", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("areas", sa.JSON, nullable=False),
        sa.Column("bodies", sa.JSON, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_offered", sa.LargeBinary),
        sa.Column("totp_last_step", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("locked_until", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff_member.id"), nullable=False, index=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("address", sa.String(64), nullable=False, server_default=""),
        sa.Column("user_agent", sa.String(200), nullable=False, server_default=""),
    )
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("staff_id", sa.Integer),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(120), nullable=False, index=True),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    for statement in REFUSE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in ("staff_audit", "staff_session", "staff_member"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION staff_audit_refuse()")
