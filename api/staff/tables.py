"""Database schema of staff accounts and the audit trail."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, false, text

from case_library.moment import Moment

metadata = MetaData()

staff_table = Table(
    "staff_member",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("name", String(60), nullable=False),  # as colleagues and citizens see it
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column(
        "temporary_password", Boolean, nullable=False, server_default=false()
    ),  # chosen by somebody else: change it first
    Column("roles", JSON, nullable=False),  # values of `Role`
    Column("areas", JSON, nullable=False),  # district codes; empty means the whole city
    Column("bodies", JSON, nullable=False),  # body ids a body officer acts for
    Column("skills", JSON, nullable=False),  # matter groups an agent takes; empty means all
    Column("totp_secret", LargeBinary),  # encrypted; None while no second factor is set up
    Column("totp_offered", LargeBinary),  # encrypted; shown to be set up, not yet confirmed by a code
    Column("totp_last_step", Integer, nullable=False, server_default=text("0")),  # a code is good for one use
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),  # wrong passwords since the last right one
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),  # grows with each change by an administrator
)

session_table = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff_member.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("user_agent", String(200), nullable=False, server_default=""),
)

# Who did what to what (审计). Rows are only ever added; a trigger refuses all else.
audit_table = Table(
    "staff_audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("staff_id", Integer),  # None: a command on the machine, or a job
    Column("who", String(60), nullable=False),
    Column("action", String(60), nullable=False),  # case.publish, ticket.send, staff.roles …
    Column("kind", String(40), nullable=False),  # what was changed: case, ticket, staff, rule …
    Column("object_id", String(120), nullable=False, index=True),
    Column("before", JSON),
    Column("after", JSON),
    Column("reason", String(500), nullable=False),
)

# What an administrator changes while the service runs; every worker reads it where it is used.
site_setting_table = Table(
    "site_setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_by", String(60), nullable=False),
    Column("changed_at", Moment, nullable=False),
)
