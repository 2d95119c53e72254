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
    SmallInteger,
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
    # In the order of the desk's list, so that its first page needs no sorting of all that is open.
    Index("routing_ticket_status_pressing", text("(due_on IS NULL)"), "due_on", text("urgent DESC"), "ticket"),
    Index("routing_ticket_status_area", "area", "state", "owner"),
    Index("routing_ticket_status_state", "state", "opened_at"),
    Index("routing_ticket_status_matter", "matter", "opened_at"),
)

# What each ticket adds to the figures (`routing.tallies`), kept in the same transaction as its status. Days are the city's.
ticket_tally_table = Table(
    "routing_ticket_tally",
    metadata,
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), primary_key=True),
    Column("matter", String(60), nullable=False),
    Column("area", String(40), nullable=False),
    Column("body_id", String(120), nullable=False),  # who has it, or who is to have it
    Column("opened_on", Date, nullable=False),
    Column("week", Date, nullable=False),  # its Monday
    Column("month", Date, nullable=False),  # its first day
    Column("first", SmallInteger, nullable=False),  # 1: no repeat of an earlier one
    Column("counted", SmallInteger, nullable=False),  # 0: withdrawn or merged away
    Column("again_7", SmallInteger, nullable=False),
    Column("again_30", SmallInteger, nullable=False),
    Column("unsettled", SmallInteger, nullable=False),
    Column("closed", SmallInteger, nullable=False),
    Column("sent", SmallInteger, nullable=False),
    Column("returned", SmallInteger, nullable=False),
    Column("body_said", SmallInteger, nullable=False),
    Column("body_changed", SmallInteger, nullable=False),
    Column("kept", SmallInteger, nullable=False),
    Column("broken", SmallInteger, nullable=False),
    Column("confirmed", SmallInteger, nullable=False),
    Column("rated", SmallInteger, nullable=False),
    Column("satisfied", SmallInteger, nullable=False),
    Column("dissatisfied", SmallInteger, nullable=False),
    Column("called_back", SmallInteger, nullable=False),
    Column("first_response_by", Date),
    Column("acceptance_by", Date),
    Column("answer_by", Date),
    Column("callback_by", Date),
    Column("callback_window_by", Date),
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

# What was sent along with a ticket. The content lies in the data folder under the id; who added it, when, and who may see it
# says the event that names it.
attachment_table = Table(
    "routing_attachment",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), nullable=False, index=True),
    Column("name", String(120), nullable=False),  # cleaned, as it is shown
    Column("media_type", String(100), nullable=False),  # found in the content
    Column("size", Integer, nullable=False),  # bytes as kept
    Column("sha256", String(64), nullable=False),
    Column("key", LargeBinary),  # its content's own, encrypted; None: from before there were keys, it lies open
)

# A complaint about those who give legal services: whom it is about, beside its ticket.
complaint_table = Table(
    "routing_complaint",
    metadata,
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), primary_key=True),
    Column("target", String(30), nullable=False),  # an id of complaints.yml
    Column("about", LargeBinary),  # person or institution as told; encrypted
    Column("about_ticket", String(30), nullable=False),  # the ticket it arose from, empty for none
    Column("key", String(100), unique=True),  # named by whoever sent it: the same again makes no second one
)

# Who must not learn of a ticket, as its events say; for lists.
recusal_table = Table(
    "routing_recusal",
    metadata,
    Column("ticket", String(30), ForeignKey("routing_ticket.number"), primary_key=True),
    Column("party", String(10), primary_key=True),  # staff, body
    Column("id", String(120), primary_key=True),  # a username or a body's id
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
