"""Work that comes by itself: run by a thread beside the pages, or once by `yibotong jobs`.

With several workers one of them does each job at a time (`routing.job_leases`). A job survives a crash: what it had done is
committed piece by piece, each piece is named so that it is not done twice, and its lease runs out.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from api.appointments.booking import settle
from api.database import count_rows
from api.exchange.sending import send_all
from api.notices.sending import send_all as send_notices
from api.privacy.retention import enforce
from api.quality.routes import draw_all
from api.wechat.pushing import push_lines
from api.wiring import Service
from routing import job_leases, ticket_list, ticket_thread
from routing.calendar import add_working_days
from routing.errors import RoutingError
from routing.escalation import escalate
from routing.promises import DUE_SOON_DAYS, day_of

log = logging.getLogger("yibotong.api")
LOOK_EVERY_S = 2
MOST_AT_ONCE = 500  # tickets between two looks at the lease
TOGETHER = 20  # tickets in one transaction: nobody else waits for longer than a moment


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often. `run` gives how much it did; where it is not `wanted`, it is never due."""

    name: str
    every: timedelta
    run: Callable[[Service, Callable[[], bool]], int]
    wanted: Callable[[Service], bool] = lambda _: True


def escalate_all(service: Service, is_mine: Callable[[], bool]) -> int:
    """Remind, tell supervisors, return to the queue, close what nobody answered to: a few tickets in one transaction, so that
    the disk is waited for once, and each of them whole or not at all."""
    count = 0
    seen: set[str] = set()
    while is_mine():
        now = service.now()
        today = day_of(now)
        with service.engine.connect() as connection:
            soon = add_working_days(today, DUE_SOON_DAYS)
            numbers = ticket_list.to_escalate(connection, today, soon, MOST_AT_ONCE + len(seen))
        fresh = [number for number in numbers if number not in seen]
        if not fresh:
            break
        seen.update(fresh)
        for first in range(0, len(fresh), TOGETHER):
            with service.writing.begin() as connection:
                together = fresh[first : first + TOGETHER]
                ticket_thread.hold(connection, *together)
                for number in together:
                    count += _escalate_one(service, connection, number, now)
    return count


def _escalate_one(service: Service, connection: Connection, number: str, now: datetime) -> int:
    try:
        with connection.begin_nested():
            added = escalate(connection, service.promises, number, now)
            if "closed" in added:
                progress = ticket_thread.progress_of(connection, number)
                settle(service, connection, number, "closed", progress, now)
    except RoutingError as fault:  # a thread that does not hold must not keep back all the others
        log.error("ticket_not_escalated", extra={"cause": f"{number} {type(fault).__name__}"})  # noqa: TRY400
        return 0
    return len(added)


def _count_rows(service: Service, _is_mine: Callable[[], bool]) -> int:
    count_rows(service.engine)
    return 1


JOBS: tuple[Job, ...] = (
    Job("database.count", timedelta(hours=1), _count_rows, lambda service: service.engine.dialect.name == "sqlite"),
    Job("tickets.escalate", timedelta(minutes=5), escalate_all),
    Job("quality.draw", timedelta(hours=1), draw_all),
    Job("exchange.send", timedelta(seconds=20), send_all),
    Job("notices.send", timedelta(seconds=20), send_notices, lambda service: bool(service.notices)),
    Job("privacy.retention", timedelta(hours=1), enforce),
    Job("wechat.lines", timedelta(seconds=2), push_lines, lambda service: bool(service.settings.wechat_token)),
)


def run_due(service: Service, worker: str, jobs: tuple[Job, ...] = JOBS) -> dict[str, int]:
    """Do the jobs whose time has come and that nobody else is at; what each did, by name."""
    done = {}
    for job in jobs:
        if not job.wanted(service):
            continue
        with service.writing.begin() as connection:
            if not job_leases.take(connection, job.name, worker, service.now()):
                continue
        error = ""
        try:
            done[job.name] = job.run(service, _lease(service, job, worker))
        except (SQLAlchemyError, RoutingError) as failure:
            error = type(failure).__name__
            log.error("job_failed", extra={"cause": f"{job.name} {error}"})  # noqa: TRY400  (no citizen's words in the log)
        with service.writing.begin() as connection:
            job_leases.finish(connection, job.name, worker, service.now(), job.every, error)
    return done


def _lease(service: Service, job: Job, worker: str) -> Callable[[], bool]:
    def is_mine() -> bool:
        with service.writing.begin() as connection:
            return job_leases.extend(connection, job.name, worker, service.now())

    return is_mine


def worker_name() -> str:
    """This process among all workers."""
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


class JobRunner:
    """A thread that looks for due jobs until it is stopped."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the piece of work at hand."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        worker = worker_name()
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                run_due(self._service, worker)
            except SQLAlchemyError as error:  # the database is away: look again later
                log.warning("jobs_wait", extra={"cause": type(error).__name__})
