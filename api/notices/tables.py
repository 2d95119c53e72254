"""Database schema of notices."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint

from case_library.moment import Moment

metadata = MetaData()

# Where a ticket's citizen wants to be told. The order in which they were given is the order in which they are tried.
contact_table = Table(
    "notice_contact",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(30), nullable=False, index=True),
    Column("channel", String(10), nullable=False),  # wechat, sms, email
    Column("address", LargeBinary, nullable=False),  # encrypted
    Column("consent_version", String(40), nullable=False),
    Column("agreed_at", Moment, nullable=False),
    Column("failed_at", Moment),  # it cannot be reached there; None while it can
    Column("error", String(200), nullable=False),
    UniqueConstraint("ticket", "channel"),
)

# Up to which event a ticket's thread was looked through for what its citizen is to be told.
watch_table = Table(
    "notice_watch",
    metadata,
    Column("ticket", String(30), primary_key=True),
    Column("sequence", Integer, nullable=False),
)

# The outbox: at most one notice for an event.
notice_table = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(30), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(30), nullable=False),  # of the event
    Column("text", String(300), nullable=False),  # nothing somebody wrote, no name, no phone
    Column(
        "state", String(10), nullable=False
    ),  # waiting, sent, failed (people see to it), dropped (not wanted any more)
    Column("channel", String(10)),  # by which it got through
    Column("tried", JSON, nullable=False),  # channels given up for this notice
    Column("attempts", Integer, nullable=False),  # by the present channel
    Column("next_at", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),
    UniqueConstraint("ticket", "sequence"),
    Index("notice_due", "state", "next_at"),
)

# Every attempt, whatever came of it.
sending_table = Table(
    "notice_sending",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("notice", Integer, ForeignKey("notice.id"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),  # sent, later, refused; told afterwards: delivered, undelivered
    Column("error", String(200), nullable=False),
)
