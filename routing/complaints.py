"""Complaints about those who give legal services and about this service: who is competent, and who must not learn of it.

A complaint is a ticket of its own kind (`NEED`), with promises of its own. Whoever is complained about is recused: the ticket
cannot be sent to them, is not shown to them and cannot be acted on by them. That is said by events (`recused`), so that it is
in the chain; the tables here serve lists and what is told of the complaint. Callers commit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select

from routing import ticket_thread
from routing.basis import parse_statute, statute_name
from routing.datafile import Problems, Row, read_yaml
from routing.directory import CITY, Body, Directory
from routing.inquiry import Inquiry
from routing.promises import Promises
from routing.tables import complaint_table, recusal_table, ticket_status_table
from routing.ticket_events import Actor, event
from routing.ticket_state import Progress
from routing.tickets import Secrets

MATTER = "legal_service_complaint"
# Whoever wants to complain in one of these complains about those who give the service.
SERVICES = frozenset({MATTER, "legal_aid_application", "notary_service", "forensic_appraisal", "peoples_mediation"})
NEED = "service_complaint"  # of its ticket: the promises of complaints hold, not those of other tickets
AUTHORITY = "judicial_bureau"
OTHERWISE = "gov_hotline_12345"  # when the authority itself is complained about: the city's own switchboard
SERVICE, UNKNOWN_TARGET = "service", "unknown"  # targets the code treats in a way of their own
RECUSED = "回避：{name}与投诉有牵连，看不到也不能办理。"
Party = Literal["staff", "body"]
# Said of this service it is a complaint, whatever matter the rest of it was taken for.
ABOUT_US = re.compile(r"(投诉|举报)(一下)?(你们|12348|这个(平台|热线|系统)|(你们)?的?(座席|坐席|客服|接线员|话务员))")
_SHORTEST_NAME = 4  # characters of a name that is looked for in a text


@dataclass(frozen=True, slots=True)
class Target:
    """Whom one can complain about. `ours` says that no article on file names the authority."""

    id: str
    name: str
    words: tuple[str, ...]
    level: Literal["district", "city"]
    text: str
    basis: tuple[str, ...]
    source: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is known of a complaint beside its ticket. `about` is the person or institution as told; `about_ticket` the ticket
    it arose from, empty for none."""

    target: str
    about: str
    about_ticket: str


def read_targets(path: Path, problems: Problems) -> tuple[Target, ...]:
    """The rows of complaints.yml."""
    top = read_yaml(path, problems)
    targets = tuple(_target(row) for row in top.rows("targets"))
    top.done()
    for needed in {SERVICE, UNKNOWN_TARGET} - {target.id for target in targets}:
        problems.add(path.name, 1, f"target '{needed}' is missing")
    return targets


def _target(row: Row) -> Target:
    cited = [(said, parse_statute(said)) for said in row.texts("basis", ())]
    for said, read in cited:
        if read is None:
            row.bad(f"'{said}' is no statute and article")
    target = Target(
        id=row.text("id"),
        name=row.text("name"),
        words=row.texts("words", ()),
        level=row.choice("level", ("district", "city")),
        text=row.text("text"),
        basis=tuple(statute_name(*read) for _, read in cited if read),
        source=row.text("source"),
        ours=row.flag("ours"),
    )
    row.done()
    return target


def is_complaint(inquiry: Inquiry) -> bool:
    """Whether somebody who gives legal services is complained about; not judges, who have ways of their own."""
    if ABOUT_US.search(inquiry.text):
        return True
    return inquiry.matter in SERVICES and inquiry.need == "complain" and not inquiry.facts.flag("judge_misconduct")


def target_of(text: str, targets: Sequence[Target]) -> Target:
    """Whom a text complains about; the target 'unknown' when it does not say."""
    said = (target for target in targets if any(word in text for word in target.words))
    return next(said, next(target for target in targets if target.id == UNKNOWN_TARGET))


def named_bodies(text: str, directory: Directory) -> tuple[str, ...]:
    """Ids of the bodies whose full name stands in the text."""
    return tuple(b.id for b in directory.bodies if len(b.name) >= _SHORTEST_NAME and b.name in text)


def competent(target: Target, area: str, directory: Directory, recused: Collection[str] = ()) -> tuple[Body, ...]:
    """The bodies that may take such a complaint, best first; never empty, never one that is recused."""
    places = (area, CITY) if target.level == "district" and area else (CITY,)
    found = [directory.find(AUTHORITY, place) for place in places]
    found.append(directory.find(OTHERWISE, CITY))
    return tuple({body.id: body for body in reversed(found) if body.id not in recused}.values())[::-1]


def save(connection: Connection, secrets: Secrets, ticket: str, complaint: Complaint, key: str) -> None:
    """Keep what is known of a complaint; `key` names its sending."""
    connection.execute(
        insert(complaint_table).values(
            ticket=ticket,
            target=complaint.target,
            about=secrets.hide(complaint.about),
            about_ticket=complaint.about_ticket,
            key=key or None,
        )
    )


def ticket_of_key(connection: Connection, key: str) -> str | None:
    """The ticket that was made of this sending already."""
    return connection.execute(select(complaint_table.c.ticket).where(complaint_table.c.key == key)).scalar()


def find(connection: Connection, secrets: Secrets, ticket: str) -> Complaint | None:
    """What is known of a complaint; None when the ticket is none."""
    row = connection.execute(select(complaint_table).where(complaint_table.c.ticket == ticket)).one_or_none()
    return Complaint(row.target, secrets.show(row.about), row.about_ticket) if row else None


def recuse(
    connection: Connection,
    promises: Promises,
    ticket: str,
    party: Party,
    who: tuple[str, str],
    by: Actor,
    now: datetime,
) -> Progress:
    """Keep a body (id and name) or a member of staff (username and name) away from a ticket, from now on and for good.

    A body that has the ticket loses it: it comes back to the desk.
    """
    id_, name = who
    ticket_thread.hold(connection, ticket)
    progress = ticket_thread.progress_of(connection, ticket)
    if id_ in (progress.recused_staff if party == "staff" else progress.recused_bodies):
        return progress
    details = {"person": id_} if party == "staff" else {"body": id_, "body_name": name}
    text = RECUSED.format(name=name)
    progress = ticket_thread.append(connection, promises, ticket, event("recused", text, now, by, **details))
    connection.execute(insert(recusal_table).values(ticket=ticket, party=party, id=id_))
    return progress


def is_recused(progress: Progress, username: str, bodies: Collection[str] = ()) -> bool:
    """Whether this member of staff, or a body they act for, is complained about."""
    return username in progress.recused_staff or not set(bodies).isdisjoint(progress.recused_bodies)


def not_recused(
    username: str, bodies: Collection[str] = (), ticket: ColumnElement[str] = ticket_status_table.c.ticket
) -> ColumnElement[bool]:
    """The same for lists of tickets, as a condition over the column that holds their number."""
    r = recusal_table.c
    is_meant = or_(and_(r.party == "staff", r.id == username), and_(r.party == "body", r.id.in_(bodies)))
    return ~exists().where(r.ticket == ticket, is_meant)
