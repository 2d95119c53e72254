"""Database schema of tickets."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from case_library.moment import Moment

metadata = MetaData()

ticket_table = Table(
    "routing_ticket",
    metadata,
    Column("number", String(30), primary_key=True),  # WH20261124-000123
    Column("conversation_id", String(64), nullable=False, index=True),
    Column("matter", String(60), nullable=False),
    Column(
        "body_id", String(120), nullable=False, index=True
    ),  # where the decision sends it; who has it is in the status
    Column("area", String(40), nullable=False, server_default=""),  # district of that body; empty: not known
    Column("name", LargeBinary),  # encrypted, None for anonymous
    Column("phone", LargeBinary),  # encrypted, None for anonymous
    Column("consent_version", String(40), nullable=False),
    Column("consented_at", Moment, nullable=False),
    Column("story", JSON, nullable=False),  # the fields of `Story`
    Column("opened_at", Moment, nullable=False),
    Column("person_id", String(32), index=True),  # whose it is, where that is known
    Column("repeat_of", String(30)),  # an earlier ticket of the same person on the same matter
    Index("routing_ticket_conversation_matter", "conversation_id", "matter"),
)

# What happened to a ticket, in order. Rows are only ever added (triggers refuse the rest; a text may be emptied when a
# person is erased). Each row holds the hash of the one before and of its own content.
ticket_event_table = Table(
    "routing_ticket_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("visible_to", String(20), nullable=False),  # citizen, body, agents, internal
    Column("text", Text, nullable=False),  # masked
    Column("at", Moment, nullable=False),
    Column("by_party", String(20), nullable=False),
    Column("by_id", String(120), nullable=False),
    Column("by_name", String(120), nullable=False),
    Column("details", JSON, nullable=False),  # the filled fields of `Details`
    Column("key", String(100)),  # named by whoever sent it: the same again is not added again
    Column("text_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("ticket", "sequence"),
    UniqueConstraint("ticket", "key"),
)

# Where each ticket stands, derived from its events in the transaction that adds one; for lists; `yibotong jobs
# --rederive` makes it anew. Its `sequence` decides who of two writers was first.
ticket_status_table = Table(
    "routing_ticket_status",
    metadata,
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("waits_for", String(20)),  # None: nobody has to act
    Column("body_id", String(120), nullable=False, index=True),  # who has it now, empty for none
    Column("owner", String(60), nullable=False, index=True),
    Column("first_responder", String(60), nullable=False, index=True),
    Column("clock", String(30)),  # the promise that ends first
    Column("due_on", Date, index=True),
    Column("reminded", Boolean, nullable=False),  # of that promise, before its last day
    Column("told_overdue", Boolean, nullable=False),  # after it
    Column("callback_due", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("matter", String(60), nullable=False),
    Column("area", String(40), nullable=False),
    Column("opened_at", Moment, nullable=False, index=True),
    Column("changed_at", Moment, nullable=False),
    Index("routing_ticket_status_waiting", "waits_for", "due_on"),
    Index("routing_ticket_status_state", "state", "opened_at"),
    Index("routing_ticket_status_matter", "matter", "opened_at"),
)

# A link by which a body without a system of its own acts on one ticket; the token is kept only as a hash.
body_link_table = Table(
    "routing_body_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), nullable=False, index=True),
    Column("body_id", String(120), nullable=False),
    Column("body_name", String(120), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

# By what somebody is known (a phone, an openid, a conversation), as a fingerprint; joined to one person by consent.
identity_table = Table(
    "routing_identity",
    metadata,
    Column("kind", String(20), primary_key=True),  # phone, openid, conversation
    Column("fingerprint", String(64), primary_key=True),
    Column("person_id", String(32), nullable=False, index=True),
    Column("consent_version", String(40), nullable=False),
    Column("joined_at", Moment, nullable=False),
)

# Work that is done once every so often by whichever worker comes first. A lease that ran out means that a worker died.
job_table = Table(
    "routing_job",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("next_at", Moment, nullable=False),
    Column("leased_by", String(80)),
    Column("leased_until", Moment),
    Column("last_done_at", Moment),
    Column("last_error", String(200), nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default=text("0")),  # in a row
)

ticket_counter_table = Table(
    "routing_ticket_counter",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
