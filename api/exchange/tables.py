"""Database schema of the exchange with other systems."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from case_library.moment import Moment

metadata = MetaData()

peer_table = Table(
    "exchange_peer",
    metadata,
    Column("id", String(60), primary_key=True),  # 12345, hongshan-labor
    Column("name", String(120), nullable=False),
    Column("url", String(300), nullable=False),  # where our messages go; empty: the peer asks, we only answer
    Column("secret", LargeBinary, nullable=False),  # encrypted
    Column("bodies", JSON, nullable=False),  # ids of the bodies whose tickets go to it
    Column("may_order", Boolean, nullable=False),  # may send us work orders, as 12345 does
    Column("active", Boolean, nullable=False),
)

# A message seen: the same again within the window is a replay.
nonce_table = Table(
    "exchange_nonce",
    metadata,
    Column("peer", ForeignKey("exchange_peer.id"), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

# A ticket and a peer that must know how it stands. What the peer has not confirmed yet (`sequence` behind the ticket's) is
# the outbox; there is no second list that could fall out of step.
link_table = Table(
    "exchange_link",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("peer", ForeignKey("exchange_peer.id"), nullable=False),
    Column("role", String(10), nullable=False),  # body: has to act on it; origin: the order came from there
    Column("ticket", String(30), index=True),  # None while an order is being made a ticket
    Column("external_id", String(100)),  # the peer's own number
    Column("conversation_id", String(32)),  # of an order
    Column("sequence", Integer, nullable=False),  # last event the peer has confirmed
    Column("attempts", Integer, nullable=False, server_default=text("0")),  # since the last success
    Column("next_at", Moment, nullable=False),
    Column("dead", Boolean, nullable=False),  # given up; people see to it
    Column("ended", Boolean, nullable=False),  # the peer has nothing to do with it any more, and knows
    Column("last_error", String(200), nullable=False),
    UniqueConstraint("peer", "ticket"),
    UniqueConstraint("peer", "external_id"),
)
