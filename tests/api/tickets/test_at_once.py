"""The same or the like at the same moment: done as often as it should be, and nobody is told that it failed who did nothing wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from api.exchange import links
from api.exchange.peers import Peer, save_peer
from api.exchange.tables import link_table
from api.jobs import escalate_all
from api.notices import contacts
from api.notices.tables import contact_table, watch_table
from api.staff.roles import Role
from api.wiring import Service
from bot import wording
from routing import ledger
from routing.complaints import recuse
from routing.ledger import Identity
from routing.tables import attachment_table, identity_table, recusal_table, ticket_status_table
from routing.ticket_events import Actor
from tests.api.tickets.conftest import new_key

AT_ONCE = 8
_phones = itertools.count(13_700_000_000)


def at_once(do: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(do, range(times)))


def kinds(ticket: Any, staff: Any) -> list[str]:
    return [event["kind"] for event in ticket.seen(staff).json()["events"]]


def test_a_body_whose_return_is_delivered_often_at_once_returns_once_and_is_told_so(
    as_staff, a_ticket, link_holder, service: Service
) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()
    inspection = service.parts.directory.find("labor_inspection", "洪山区").id
    body = link_holder(ticket.done(boss, "sent", body_id=inspection))
    sequence, key = body.look().json()["ticket"]["sequence"], new_key()
    back = {"sequence": sequence, "key": key, "reason": "not_competent", "better": "unknown"}
    answers = at_once(lambda _: body.act("returned", **back))
    assert {answered.status_code for answered in answers} == {200}
    assert kinds(ticket, boss).count("returned") == 1


def test_whatever_a_citizen_writes_at_once_is_kept(as_staff, a_ticket) -> None:
    ticket = a_ticket()
    answers = at_once(lambda number: ticket.citizen("citizen_wrote", text=f"补充第{number}件"))
    assert {answered.status_code for answered in answers} == {200}
    assert kinds(ticket, as_staff(Role.AGENT)).count("citizen_wrote") == AT_ONCE


def test_no_more_files_are_taken_at_once_than_there_is_room_for(a_ticket, service: Service, monkeypatch) -> None:
    monkeypatch.setattr(service.settings, "files_per_ticket", 3)
    ticket = a_ticket()

    def send(number: int) -> int:
        params = {"name": f"{number}.pdf", "key": new_key()}
        headers = {"X-Query-Code": ticket.code}
        path = f"/api/v1/tickets/{ticket.number}/files"
        return ticket.client.post(path, params=params, headers=headers, content=b"%PDF-1.7\n").status_code

    assert sorted(at_once(send)) == [201] * 3 + [422] * (AT_ONCE - 3)
    with service.engine.connect() as connection:
        mine = attachment_table.c.ticket == ticket.number
        assert connection.execute(select(func.count()).select_from(attachment_table).where(mine)).scalar_one() == 3


def test_one_person_who_opens_tickets_from_several_devices_at_once_is_one_person(a_ticket, service: Service) -> None:
    phone = str(next(_phones))
    opened = at_once(lambda _: a_ticket(phone=phone))
    assert len({ticket.number for ticket in opened}) == AT_ONCE
    identity = Identity("phone", service.secrets.fingerprint(f"phone:+86{phone}"))
    with service.engine.connect() as connection:
        assert set(ledger.tickets_of_identity(connection, identity)) == {ticket.number for ticket in opened}
        row = identity_table.c.fingerprint == identity.fingerprint
        assert len(connection.execute(select(identity_table).where(row)).all()) == 1


def test_a_complaint_sent_twice_at_once_is_one_complaint(as_staff, a_ticket, service: Service) -> None:
    ticket = a_ticket()
    complaint = {"key": new_key(), "target": "service", "text": "没有人理我", "area": "洪山区"}
    complaint["consent"] = {"version": wording.CONSENT.version, "agreed": True}
    headers = {"X-Query-Code": ticket.code}
    path = f"/api/v1/tickets/{ticket.number}/complaints"
    answers = at_once(lambda _: ticket.client.post(path, json=complaint, headers=headers))
    assert {answered.status_code for answered in answers} <= {201, 409}
    numbers = {answered.json()["number"] for answered in answers if answered.status_code == 201}
    assert len(numbers) == 1
    assert ticket.client.post(path, json=complaint, headers=headers).json()["number"] in numbers


def test_who_is_kept_away_by_two_at_once_is_kept_away_once(as_staff, a_ticket, service: Service) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()

    def keep_away(_: int) -> None:
        with service.writing.begin() as connection:
            by, who = Actor("agent", "li", "李座席"), ("someone", "某人")
            recuse(connection, service.promises, ticket.number, "staff", who, by, service.now())

    at_once(keep_away)
    assert kinds(ticket, boss).count("recused") == 1
    with service.engine.connect() as connection:
        mine = recusal_table.c.ticket == ticket.number
        assert len(connection.execute(select(recusal_table).where(mine)).all()) == 1


def test_a_contact_registered_by_two_taps_at_once_is_one_contact(a_ticket, service: Service) -> None:
    ticket = a_ticket()

    def register(_: int) -> None:
        with service.writing.begin() as connection:
            contacts.register(connection, service.secrets, ticket.number, "email", "a@b.cn", "1", service.now())

    at_once(register)
    with service.writing.begin() as connection:
        for table in (contact_table, watch_table):
            mine = table.c.ticket == ticket.number
            assert len(connection.execute(select(table).where(mine)).all()) == 1
            connection.execute(table.delete().where(mine))


def test_two_who_note_the_same_order_at_once_make_one_link(service: Service) -> None:
    peer = Peer("at-once", "同时", "", frozenset(), may_order=True)
    with service.writing.begin() as connection:
        save_peer(connection, service.secrets, peer)

    def link(_: int) -> bool:
        with service.writing.begin() as connection:
            return links.add(connection, peer.id, "origin", service.now(), external_id="E1")

    assert sum(at_once(link)) == 1
    with service.writing.begin() as connection:
        connection.execute(link_table.delete().where(link_table.c.peer == peer.id))


def test_workers_who_sweep_at_once_remind_once(as_staff, a_ticket, service: Service, monkeypatch) -> None:
    boss, ticket = as_staff(Role.SUPERVISOR), a_ticket()
    with service.engine.connect() as connection:
        due = connection.execute(
            select(ticket_status_table.c.due_on).where(ticket_status_table.c.ticket == ticket.number)
        ).scalar_one()
    late = service.now().replace(year=due.year, month=due.month, day=due.day)
    with monkeypatch.context() as then:
        then.setattr(service, "now", lambda: late)
        at_once(lambda _: escalate_all(service, lambda: True), 4)
    assert kinds(ticket, boss).count("reminder") == 1
