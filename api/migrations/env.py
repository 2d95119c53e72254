"""Alembic runs inside the application, on the connection it is handed (`api.database.migrate`)."""

from alembic import context

import bot.tables
import case_library.tables
import routing.tables
from api.desk import tables as desk_tables
from api.exchange import tables as exchange_tables
from api.notices import tables as notice_tables
from api.open311 import tables as open311_tables
from api.privacy import tables as privacy_tables
from api.quality import tables as quality_tables
from api.staff import tables as staff_tables
from api.training import tables as training_tables
from api.wechat import tables as wechat_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[
        case_library.tables.metadata,
        routing.tables.metadata,
        bot.tables.metadata,
        staff_tables.metadata,
        exchange_tables.metadata,
        open311_tables.metadata,
        desk_tables.metadata,
        quality_tables.metadata,
        privacy_tables.metadata,
        training_tables.metadata,
        wechat_tables.metadata,
        notice_tables.metadata,
    ],
)
with context.begin_transaction():
    context.run_migrations()
