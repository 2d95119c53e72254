from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from case_library.moment import Moment

metadata = MetaData()
table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("at", Moment))


def test_a_moment_comes_back_the_same_whatever_its_zone() -> None:
    engine = create_engine("sqlite://")
    moment = datetime(2026, 11, 24, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(table).values(at=moment))
        stored = connection.execute(select(table.c.at)).scalar_one()
        later = connection.execute(select(table.c.id).where(table.c.at > moment - timedelta(minutes=1))).all()
        with pytest.raises(StatementError):
            connection.execute(insert(table).values(at=datetime(2026, 1, 1)))  # noqa: DTZ001
    engine.dispose()
    assert stored == moment
    assert stored.tzinfo is UTC
    assert len(later) == 1
