"""The database: engine, migrations."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5_000  # SQLite: how long a writer waits for another before it is told that the database is locked
ROWS_COUNTED = 10_000  # of each index: with a thousand SQLite chooses a worse way for lists of what is overdue


def open_engine(url: str) -> Engine:
    """An engine; with SQLite in WAL mode, every commit flushed to disk (a number that was shown must survive)."""
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True
    )  # errors must not carry citizens' words into the log
    if engine.dialect.name == "sqlite":
        # SQLite keeps no queue: of many writers the unlucky one asks again and again until it is told that the database is
        # locked. Within this process they go in turn: a writer's turn ends when its connection is given back.
        turn = threading.Lock()

        @event.listens_for(engine, "connect")
        def _set_up(connection, _record) -> None:
            connection.isolation_level = None  # the driver must not begin transactions by itself
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A reader that becomes a writer half-way can fail at once; writers therefore take the lock first.
            immediate = connection.get_execution_options().get("writing")
            if immediate and not connection.info.get("turn"):
                connection.info["turn"] = turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

        @event.listens_for(engine, "checkin")
        def _done(_connection, record: ConnectionPoolEntry) -> None:
            if record.info.pop("turn", False):
                turn.release()

    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write."""
    return engine.execution_options(writing=True)


def count_rows(engine: Engine) -> None:
    """Tell SQLite's planner how the tables have grown, which nobody else does; PostgreSQL sees to it by itself. Without it a
    list of open tickets takes three times as long (100,000 tickets: 42 ms, with it 13 ms, for 50 ms of looking every hour)."""
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={ROWS_COUNTED}")
        connection.exec_driver_sql("ANALYZE")


def migrate(engine: Engine) -> None:
    """Bring the schema up to date."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with for_writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
