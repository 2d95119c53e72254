"""Alembic runs inside the application, on the connection it is handed (`api.database.migrate`)."""

from alembic import context

import bot.tables
import case_library.tables
import routing.tables
from api.staff import tables as staff_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[case_library.tables.metadata, routing.tables.metadata, bot.tables.metadata, staff_tables.metadata],
)
with context.begin_transaction():
    context.run_migrations()
