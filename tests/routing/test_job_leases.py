"""A repeated job is done by one of many workers, and goes on after the one that had it died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from api.database import for_writing
from routing import job_leases
from routing.tables import job_table

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)


def take(engine: Engine, worker: str, now: datetime = NOW) -> bool:
    with for_writing(engine).begin() as connection:
        return job_leases.take(connection, "sweep", worker, now)


def finish(engine: Engine, worker: str, now: datetime, error: str = "") -> None:
    with for_writing(engine).begin() as connection:
        job_leases.finish(connection, "sweep", worker, now, EVERY, error)


def test_of_many_workers_one_gets_it(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: take(engine, f"w{number}"), range(8)))
    assert sum(taken) == 1


def test_it_is_due_again_only_after_its_time(engine: Engine) -> None:
    assert take(engine, "w1")
    finish(engine, "w1", NOW)
    assert not take(engine, "w2", NOW + EVERY - timedelta(seconds=1))
    assert take(engine, "w2", NOW + EVERY)


def test_a_worker_that_died_loses_its_lease_and_cannot_go_on(engine: Engine) -> None:
    assert take(engine, "dead")
    assert not take(engine, "w2", NOW + job_leases.LEASE - timedelta(seconds=1))
    later = NOW + job_leases.LEASE
    assert take(engine, "w2", later)
    with for_writing(engine).begin() as connection:
        assert not job_leases.extend(connection, "sweep", "dead", later)
        assert job_leases.extend(connection, "sweep", "w2", later)
    finish(engine, "dead", later)  # comes back from the dead: changes nothing
    with engine.connect() as connection:
        assert connection.execute(select(job_table.c.leased_by)).scalar_one() == "w2"


def test_failures_in_a_row_are_counted_until_one_goes_well(engine: Engine) -> None:
    for turn, error in enumerate(["OperationalError", "OperationalError", ""]):
        now = NOW + EVERY * turn
        assert take(engine, "w1", now)
        finish(engine, "w1", now, error)
        with engine.connect() as connection:
            row = connection.execute(select(job_table)).one()
        assert (row.failures, row.last_error) == ((turn + 1, error) if error else (0, ""))
