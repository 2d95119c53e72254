"""Database schema of the WeChat channel."""

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text

from case_library.moment import Moment

metadata = MetaData()

follower_table = Table(
    "wechat_follower",
    metadata,
    Column("key", String(64), primary_key=True),  # HMAC of the openid
    Column("openid", LargeBinary, nullable=False),  # encrypted: needed to write to them
    Column("conversation_id", String(32), nullable=False, index=True),
    Column("conversation_token", LargeBinary),  # encrypted, for links to the page; None when joined by a ticket's code
    Column("asked_consent", String(40), nullable=False),  # version shown and not yet answered, or ""
    Column("wrote_at", Moment, nullable=False),  # the 48 hours run from here
    Column("sent", Integer, nullable=False),  # customer-service messages since then
    Column("delivered", Integer, nullable=False),  # id of the thread's last message that was sent on
)

# Each delivery, so that one that comes again is answered once.
delivery_table = Table(
    "wechat_delivery",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("taken_at", Moment, nullable=False),
    Column("answer", Text),  # JSON list of texts; None while it is being made
    Column("sent", Integer, nullable=False),  # how many of them went out
    Column(
        "by_service", Boolean, nullable=False
    ),  # the first went out as a customer-service message: too late to answer
)

# One access token for all workers.
token_table = Table(
    "wechat_token",
    metadata,
    Column("app_id", String(40), primary_key=True),
    Column("token", LargeBinary),  # encrypted
    Column("expires_at", Moment, nullable=False),
    Column("fetching_until", Moment, nullable=False),  # another worker is at it
)
