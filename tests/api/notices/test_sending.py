"""From an event to a notice: with consent only, once, at decent hours, tried again, by the next contact when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from api.config import Settings
from api.notices import contacts, outbox
from api.notices.quiet import read_quiet_hours
from api.notices.rules import TOLD
from api.notices.senders import MailServer, SmsGateway
from api.notices.sending import send_all
from api.notices.tables import contact_table, notice_table, sending_table, watch_table
from api.staff.roles import Role
from api.wiring import Service
from bot import notice_wording
from routing.hours import SHANGHAI
from routing.ticket_events import KINDS
from tests.api.notices.conftest import SECRET, GatewayTwin, MailTwin

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)
CONSENT = {"version": notice_wording.CONSENT.version, "agreed": True}


@pytest.fixture
def connected(
    service: Service, gateway: GatewayTwin, mailbox: MailTwin, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    senders = {
        "sms": SmsGateway(gateway.url, SECRET, lambda: datetime.now(UTC), timeout_s=5),
        "email": MailServer("127.0.0.1", mailbox.port, "news@legal.example", security="none", timeout_s=5),
    }
    monkeypatch.setattr(service, "notices", senders)
    yield service
    with service.writing.begin() as connection:
        for table in (sending_table, notice_table, watch_table, contact_table):
            connection.execute(table.delete())


def at(service: Service, moment: datetime = NOON) -> Service:
    """The same service at another time."""
    return replace(service, now=lambda: moment)


def register(ticket: Any, channel: str, address: str = "") -> Any:
    path = f"/api/v1/tickets/{ticket.number}/notices/{channel}"
    body = {"address": address, "consent": CONSENT}
    return ticket.client.put(path, json=body, headers={"X-Query-Code": ticket.code})


@pytest.fixture
def told(a_ticket: Callable[..., Any], connected: Service, as_staff: Callable[..., Any]) -> Any:
    """A ticket whose citizen wants SMS, and mails where that fails."""
    ticket = a_ticket(phone="13811112222")
    assert register(ticket, "sms").status_code == 200
    assert register(ticket, "email", "wang@example.com").status_code == 200
    return ticket


def notices(service: Service) -> list[Any]:
    with service.engine.connect() as connection:
        return list(connection.execute(select(notice_table).order_by(notice_table.c.id)))


def sendings(service: Service) -> list[tuple[str, str]]:
    with service.engine.connect() as connection:
        return [(row.channel, row.outcome) for row in connection.execute(select(sending_table))]


def test_every_kind_that_is_told_is_one_that_citizens_see() -> None:
    assert {kind for kind in TOLD if KINDS[kind].visible_to != "citizen"} == set()


def test_an_answer_is_told_once_and_holds_nothing_that_was_written(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="王先生欠您三万元")
    for _ in range(3):
        send_all(at(connected))
    (sms,) = gateway.got
    assert sms["to"] == "+8613811112222"
    assert told.number in sms["text"]
    assert "王先生" not in sms["text"]
    assert told.code not in sms["text"]
    assert sendings(connected) == [("sms", "sent")]


def test_without_a_contact_nothing_is_sent(a_ticket, connected, gateway, mailbox, as_staff) -> None:
    a_ticket(phone="13811112222").done(as_staff(Role.AGENT), "answered", text="好了")
    assert send_all(at(connected)) == 0
    assert (gateway.got, mailbox.got, notices(connected)) == ([], [], [])


def test_what_was_before_and_what_the_citizen_does_is_not_told(a_ticket, connected, gateway, as_staff) -> None:
    ticket = a_ticket(phone="13811112222")
    ticket.done(as_staff(Role.AGENT), "answered", text="好了")
    register(ticket, "sms")
    ticket.citizen("confirmed")
    send_all(at(connected))
    assert gateway.got == []


def test_a_note_of_the_desk_is_not_told(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "note", text="内部备注", visible_to="agents")
    send_all(at(connected))
    assert gateway.got == []


def test_whoever_takes_it_back_is_told_nothing_more(told, connected, gateway, mailbox, as_staff) -> None:
    agent = as_staff(Role.AGENT)
    told.done(agent, "answered", text="好了")
    with connected.writing.begin() as connection:
        outbox.collect(connection, "", NOON, 10)
    for channel in ("sms", "email"):
        path = f"/api/v1/tickets/{told.number}/notices/{channel}"
        assert told.client.delete(path, headers={"X-Query-Code": told.code}).status_code == 200
    send_all(at(connected))
    assert (gateway.got, mailbox.got) == ([], [])
    assert [notice.state for notice in notices(connected)] == ["dropped"]


def test_nobody_is_disturbed_at_night_and_it_comes_in_the_morning(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    send_all(at(connected, NOON.replace(hour=23)))
    send_all(at(connected, NOON.replace(day=26, hour=7, minute=59)))
    assert gateway.got == []
    send_all(at(connected, NOON.replace(day=26, hour=8)))
    assert len(gateway.got) == 1


def test_a_gateway_that_fails_is_tried_again_later_each_time(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    gateway.statuses = [503, 503]
    send_all(at(connected))
    send_all(at(connected, NOON + timedelta(seconds=30)))  # too early
    assert sendings(connected) == [("sms", "later")]
    send_all(at(connected, NOON + timedelta(minutes=1)))
    send_all(at(connected, NOON + timedelta(minutes=2)))  # too early: twice as long now
    assert len(sendings(connected)) == 2
    send_all(at(connected, NOON + timedelta(minutes=3)))
    assert sendings(connected) == [("sms", "later"), ("sms", "later"), ("sms", "sent")]


def test_a_number_that_cannot_be_reached_is_marked_and_the_next_contact_taken(
    told, connected, gateway, mailbox, as_staff
) -> None:
    agent = as_staff(Role.AGENT)
    told.done(agent, "answered", text="好了")
    gateway.statuses = [422]
    for minute in range(2):
        send_all(at(connected, NOON + timedelta(minutes=minute)))
    assert sendings(connected) == [("sms", "refused"), ("email", "sent")]
    assert told.number in mailbox.got[0].get_content()
    seen = told.client.get(f"/api/v1/tickets/{told.number}/notices", headers={"X-Query-Code": told.code}).json()
    assert {c["channel"]: c["failed"] for c in seen["channels"]} == {"sms": True, "email": False}
    told.done(agent, "reopened")
    send_all(at(connected, NOON + timedelta(minutes=5)))
    assert sendings(connected)[2:] == [("email", "sent")]  # the number is not tried again
    register(told, "sms", "13911113333")
    told.done(agent, "answered", text="又好了")
    send_all(at(connected, NOON + timedelta(minutes=6)))
    assert [sms["to"] for sms in gateway.got] == ["+8613911113333"]


def test_a_gateway_that_stays_away_gives_way_to_the_next_contact_without_blaming_the_number(
    told, connected, gateway, mailbox, as_staff
) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    gateway.statuses = [503] * outbox.MOST_ATTEMPTS
    for minute in range(65):
        send_all(at(connected, NOON + timedelta(minutes=minute)))
    assert sendings(connected) == [*[("sms", "later")] * outbox.MOST_ATTEMPTS, ("email", "sent")]
    with connected.engine.connect() as connection:
        assert not any(c.failed for c in contacts.contacts_of(connection, connected.secrets, told.number))


def test_where_nobody_can_be_reached_a_supervisor_sees_it_and_tries_again(
    told, connected, gateway, mailbox, as_staff
) -> None:
    boss = as_staff(Role.SUPERVISOR)
    told.done(boss, "answered", text="好了")
    gateway.statuses, mailbox.answers = [422], ["550 gone"]
    for minute in range(3):
        send_all(at(connected, NOON + timedelta(minutes=minute)))
    listed = boss.get("/api/v1/admin/notices", params={"state": "failed", "ticket": told.number}).json()
    (row,) = listed["items"]
    assert [(s["channel"], s["outcome"], s["error"]) for s in row["sendings"]] == [
        ("sms", "refused", "HTTP 422"),
        ("email", "refused", "SMTP 550"),
    ]
    register(told, "sms", "13911113333")
    assert boss.post(f"/api/v1/admin/notices/{row['id']}/retry").status_code == 204
    assert boss.post(f"/api/v1/admin/notices/{row['id']}/retry").status_code == 404
    send_all(connected if not _is_night(connected) else at(connected, connected.now() + timedelta(hours=12)))
    assert [sms["to"] for sms in gateway.got] == ["+8613911113333"]


def _is_night(service: Service) -> bool:
    return read_quiet_hours("21:00-08:00").holds(service.now())


def test_four_workers_at_once_send_each_notice_once(told, connected, gateway, as_staff) -> None:
    agent = as_staff(Role.AGENT)
    for _ in range(3):
        told.done(agent, "answered", text="好了")
        told.done(agent, "reopened")
    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(lambda _: send_all(at(connected)), range(4)))
    assert sent == len(gateway.got) == 6
    assert len({sms["id"] for sms in gateway.got}) == 6


def test_after_a_crash_it_goes_out_again_with_the_same_id(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    with connected.writing.begin() as connection:
        outbox.collect(connection, "", NOON, 10)
        (taken,) = outbox.claim(connection, NOON, 10)  # a worker that took it, and died before it wrote what came of it
    assert send_all(at(connected)) == 0
    assert send_all(at(connected, NOON + outbox.LEASE)) == 1
    assert gateway.got[0]["id"] == f"yibotong-notice-{taken.id}"


def test_addresses_are_stored_encrypted_and_shown_in_part_only(told, connected) -> None:
    with connected.engine.connect() as connection:
        stored = connection.execute(select(contact_table.c.address)).scalars().all()
    assert all(b"13811112222" not in value and b"wang" not in value for value in stored)
    seen = told.client.get(f"/api/v1/tickets/{told.number}/notices", headers={"X-Query-Code": told.code}).json()
    assert [c["address"] for c in seen["channels"]] == ["尾号 2222", "w***@example.com"]


@pytest.mark.parametrize(
    ("channel", "address", "field"),
    [
        ("sms", "12", "phone"),
        ("email", "", "address"),
        ("email", "no mailbox", "address"),
        ("email", "a@b.cn\nBcc: x@y.cn", "address"),
        ("wechat", "", "channel"),
    ],
)
def test_a_bad_address_is_named(a_ticket, connected, channel: str, address: str, field: str) -> None:
    refused = register(a_ticket(), channel, address)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_nothing_is_kept_without_the_present_consent_or_the_right_code(a_ticket, connected) -> None:
    ticket = a_ticket(phone="13811112222")
    path = f"/api/v1/tickets/{ticket.number}/notices/sms"
    for consent in ({"version": "1", "agreed": True}, {"version": CONSENT["version"], "agreed": False}):
        body = {"address": "", "consent": consent}
        assert ticket.client.put(path, json=body, headers={"X-Query-Code": ticket.code}).status_code == 422
    ticket.code = "222222"
    assert register(ticket, "sms").status_code == 404
    with connected.engine.connect() as connection:
        assert connection.execute(select(contact_table)).all() == []


def test_where_nothing_is_connected_no_way_is_offered(a_ticket, service) -> None:
    ticket = a_ticket()
    seen = ticket.client.get(f"/api/v1/tickets/{ticket.number}/notices", headers={"X-Query-Code": ticket.code}).json()
    assert seen["channels"] == []


@pytest.mark.parametrize(("hour", "is_quiet"), [(20, False), (21, True), (0, True), (7, True), (8, False)])
def test_quiet_hours_go_over_midnight(hour: int, is_quiet: bool) -> None:
    assert read_quiet_hours("21:00-08:00").holds(NOON.replace(hour=hour)) == is_quiet


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_hours": "9-21"},
        {"sms_url": "http://127.0.0.1/"},
        {"sms_secret": "xyz"},
        {"smtp_host": "mail.example"},
        {"wechat_notice_fields": "thing2"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def receipt(ticket: Any, twin: GatewayTwin, notice: int, state: str, **other: Any) -> Any:
    """As the gateway reports it, signed by it."""
    headers, body = twin.receipt(f"yibotong-notice-{notice}", other.pop("to", "+8613811112222"), state, **other)
    return ticket.client.post("/api/v1/notices/receipts", content=body, headers=headers)


@pytest.fixture
def delivered(told, connected, gateway, as_staff) -> int:
    """The id of a notice that the gateway took."""
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    send_all(at(connected))
    return notices(connected)[-1].id


def failed(ticket: Any) -> dict[str, bool]:
    seen = ticket.client.get(f"/api/v1/tickets/{ticket.number}/notices", headers={"X-Query-Code": ticket.code}).json()
    return {contact["channel"]: contact["failed"] for contact in seen["channels"]}


def test_an_sms_that_never_arrived_marks_the_number_and_goes_by_the_next_contact_however_often_it_is_told(
    told, connected, gateway, mailbox, delivered
) -> None:
    for _ in range(3):
        assert receipt(told, gateway, delivered, "undelivered", error="UNDELIV").status_code == 204
    assert failed(told) == {"sms": True, "email": False}
    for minute in range(3):
        send_all(at(connected, NOON + timedelta(minutes=minute)))
    assert len(gateway.got) == len(mailbox.got) == 1
    assert sendings(connected) == [("sms", "sent"), ("sms", "undelivered"), ("email", "sent")]
    assert receipt(told, gateway, delivered, "undelivered").status_code == 204  # late, and once more
    send_all(at(connected, NOON + timedelta(minutes=9)))
    assert len(mailbox.got) == 1
    assert [notice.state for notice in notices(connected)] == ["sent"]


def test_an_sms_that_arrived_stays_sent_and_outweighs_whatever_else_is_told_of_it(
    told, connected, gateway, mailbox, delivered
) -> None:
    for state in ("delivered", "undelivered", "delivered"):
        assert receipt(told, gateway, delivered, state).status_code == 204
    send_all(at(connected, NOON + timedelta(minutes=1)))
    assert (mailbox.got, failed(told)["sms"]) == ([], False)


def test_delivered_after_undelivered_takes_the_mark_away(told, gateway, delivered) -> None:
    receipt(told, gateway, delivered, "undelivered")
    receipt(told, gateway, delivered, "delivered")
    assert failed(told)["sms"] is False


def test_a_number_given_since_is_not_blamed_for_the_one_before(told, gateway, delivered) -> None:
    register(told, "sms", "13911113333")
    receipt(told, gateway, delivered, "undelivered")
    assert failed(told)["sms"] is False


def test_a_report_on_what_is_not_written_down_yet_has_to_come_again(told, connected, gateway, as_staff) -> None:
    told.done(as_staff(Role.AGENT), "answered", text="好了")
    with connected.writing.begin() as connection:
        outbox.collect(connection, "", NOON, 10)
        (taken,) = outbox.claim(connection, NOON, 10)
    assert receipt(told, gateway, taken.id, "undelivered").status_code == 409
    assert failed(told)["sms"] is False


def test_forged_late_and_unknown_reports_change_nothing(told, connected, gateway, delivered, monkeypatch) -> None:
    assert receipt(told, gateway, delivered, "undelivered", secret="cd" * 32).status_code == 401
    late = datetime.now(UTC) - timedelta(minutes=6)
    assert receipt(told, gateway, delivered, "undelivered", now=late).status_code == 401
    assert receipt(told, gateway, delivered + 1000, "undelivered").status_code == 404
    assert receipt(told, gateway, delivered, "perhaps").status_code == 422
    assert told.client.post("/api/v1/notices/receipts", content=b"{}").status_code == 422
    monkeypatch.setattr(connected, "notices", {})
    assert receipt(told, gateway, delivered, "undelivered").status_code == 401
    assert sendings(connected) == [("sms", "sent")]
