"""The one-call ledger: who is the same person, and which of their tickets a new contact is about. Callers commit.

People are joined by what they consented to give: a phone, an openid, a conversation. A phone proves nothing about who holds
it, so that it joins for counting only; what a ticket says is told to whoever holds its code, its conversation or its openid.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.tables import identity_table, ticket_status_table, ticket_table

SAME_MATTER_WITHIN = timedelta(days=30)
IdentityKind = Literal["phone", "openid", "conversation"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Something a person is known by, as its fingerprint."""

    kind: IdentityKind
    fingerprint: str


def join(connection: Connection, identities: Sequence[Identity], consent_version: str, now: datetime) -> str:
    """The person known by these, who is one from now on; a new one when none of them is known yet."""
    keys = sorted({(identity.kind, identity.fingerprint) for identity in identities})
    known = _known(connection, keys)
    person = known[0].person_id if known else secrets.token_hex(16)
    there = {(row.kind, row.fingerprint) for row in known}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for kind, fingerprint in keys:
        if (kind, fingerprint) not in there:
            fresh = {"kind": kind, "fingerprint": fingerprint, "person_id": person}
            fresh |= {"consent_version": consent_version, "joined_at": now}
            connection.execute(dialect.insert(identity_table).values(fresh).on_conflict_do_nothing())
    known = _known(connection, keys)  # whoever joined one of them in between gave it another person
    person = known[0].person_id
    others = {row.person_id for row in known} - {person}
    if others:
        for table in (identity_table, ticket_table):
            connection.execute(update(table).where(table.c.person_id.in_(others)).values(person_id=person))
    return person


def _known(connection: Connection, keys: Sequence[tuple[str, str]]) -> Sequence[Row]:
    """Those of these that are known, the first joined in front; nobody else joins them until the transaction ends."""
    i = identity_table.c
    query = select(identity_table).where(tuple_(i.kind, i.fingerprint).in_(keys)).order_by(i.kind, i.fingerprint)
    rows = connection.execute(query.with_for_update()).all()
    return sorted(rows, key=lambda row: row.joined_at)


def earlier_ticket(connection: Connection, person_id: str, matter: str, now: datetime) -> str | None:
    """The person's latest ticket on this matter that is open or was opened within 30 days; not one that was withdrawn or
    merged away."""
    t, s = ticket_table.c, ticket_status_table.c
    query = (
        select(t.number)
        .join(ticket_status_table, s.ticket == t.number)
        .where(t.person_id == person_id, t.matter == matter, *_going_on(now))
        .order_by(t.opened_at.desc(), t.number.desc())
    )
    return connection.execute(query).scalars().first()


def same_matters(connection: Connection, numbers: Sequence[str], matter: str, now: datetime) -> list[str]:
    """Of these tickets those that a new contact about this matter may go on with, latest first."""
    t, s = ticket_table.c, ticket_status_table.c
    query = (
        select(t.number)
        .join(ticket_status_table, s.ticket == t.number)
        .where(t.number.in_(numbers), t.matter == matter, *_going_on(now))
        .order_by(t.opened_at.desc(), t.number.desc())
    )
    return list(connection.execute(query).scalars())


def give_to(connection: Connection, number: str, person_id: str) -> None:
    """A ticket whose code somebody showed is theirs; what was known of its owner becomes the same person."""
    t = ticket_table.c
    before = connection.execute(select(t.person_id).where(t.number == number)).scalar_one()
    if before and before != person_id:
        for table in (identity_table, ticket_table):
            connection.execute(update(table).where(table.c.person_id == before).values(person_id=person_id))
    connection.execute(update(ticket_table).where(t.number == number).values(person_id=person_id))


def _going_on(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Open, or opened within 30 days; neither withdrawn nor merged away."""
    t, s = ticket_table.c, ticket_status_table.c
    recent = t.opened_at >= now - SAME_MATTER_WITHIN
    return (s.state.not_in(("withdrawn", "merged")), or_(s.state != "closed", recent))


def tickets_of_person(connection: Connection, person_id: str, but: str) -> list[str]:
    """Numbers of the person's other tickets, latest first; for the desk."""
    query = select(ticket_table.c.number).where(ticket_table.c.person_id == person_id, ticket_table.c.number != but)
    return list(connection.execute(query.order_by(ticket_table.c.opened_at.desc())).scalars())


def tickets_of_identity(connection: Connection, identity: Identity) -> list[str]:
    """Numbers of the tickets of whoever is known by this, latest first; empty for nobody. Only for what proves who it is."""
    i = identity_table.c
    person = select(i.person_id).where(i.kind == identity.kind, i.fingerprint == identity.fingerprint).scalar_subquery()
    query = select(ticket_table.c.number).where(ticket_table.c.person_id == person)
    return list(connection.execute(query.order_by(ticket_table.c.opened_at.desc())).scalars())
