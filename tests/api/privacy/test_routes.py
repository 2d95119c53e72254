"""One's own data: taken along, erased, and gone by itself when its time is over."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, select
from starlette.testclient import TestClient

import bot.tables
from api.app import create_app
from api.database import for_writing
from api.dependencies import STAFF_COOKIE
from api.notices import contacts
from api.privacy.retention import enforce
from api.privacy.tables import erasure_table
from api.staff import accounts, sessions
from api.staff.roles import Role
from api.staff.tables import audit_table
from api.wiring import Service, Tries
from bot import wording
from routing import ticket_thread, tickets
from routing.ticket_events import CITIZEN_SELF, Actor, event

TOLD = "我在洪山区一家餐馆打工，老板三个月没发工资了"
NAME, PHONE = "王小梅", "13812345678"
AGENT = Actor("agent", "a", "座席")
BODY = Actor("supervisor", "s", "督办")
_numbers = itertools.count(1)


@dataclass
class Place:
    """A service with a database and a clock of its own."""

    service: Service
    client: TestClient
    clock: list[datetime]

    def later(self, days: int) -> None:
        self.clock[0] += timedelta(days=days)

    def staff(self, role: Role) -> TestClient:
        with self.service.writing.begin() as connection:
            name = f"s{next(_numbers)}"
            staff_id = accounts.add(connection, name, name, "correct horse battery", frozenset({role}), self.clock[0])
            token = sessions.begin(connection, staff_id, self.clock[0])
        return TestClient(self.client.app, raise_server_exceptions=False, cookies={STAFF_COOKIE: token})

    def told(self, text: str = TOLD) -> Told:
        opened = self.client.post("/api/v1/conversations", json={"channel": "web"}).json()
        told = Told(self, opened["id"], {"Authorization": f"Bearer {opened['token']}"})
        message = {"client_id": str(uuid.uuid4()), "text": text}
        assert self.client.post(f"{told.path}/messages", json=message, headers=told.headers).status_code == 200
        return told

    def words(self) -> str:
        """Everything the database holds, as one text; what is encrypted is decrypted."""
        metadata = MetaData()
        metadata.reflect(self.service.engine)
        found: list[str] = []
        with self.service.engine.connect() as connection:
            for table in metadata.tables.values():
                for row in connection.execute(select(table)):
                    found += [
                        self.service.secrets.show(v) if isinstance(v, bytes) else str(v) for v in row if v is not None
                    ]
        return "\n".join(found)

    def audited(self) -> list[Any]:
        with self.service.engine.connect() as connection:
            return list(connection.execute(select(audit_table).where(audit_table.c.kind == "person")).all())


@dataclass
class Told:
    """A conversation, and its ticket once it was handed over."""

    place: Place
    conversation_id: str
    headers: dict[str, str]
    number: str = ""
    code: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.conversation_id}"

    def handed_over(self) -> Told:
        body = {
            "conversation_id": self.conversation_id,
            "consent": {"version": wording.CONSENT.version, "agreed": True},
            "name": NAME,
            "phone": PHONE,
            "note": "老板姓赵钱孙",
        }
        made = self.place.client.post("/api/v1/tickets", json=body, headers=self.headers)
        assert made.status_code == 201, made.text
        self.number, self.code = made.json()["number"], {"X-Query-Code": made.json()["query_code"]}
        with self.place.service.writing.begin() as connection:
            s = self.place.service
            contacts.register(connection, s.secrets, self.number, "sms", PHONE, "1", self.place.clock[0])
        return self

    def ended(self) -> Told:
        for happened in (
            event("answered", "单位说的秘密答复", self.place.clock[0], BODY, body="b"),
            event("closed", "办结", self.place.clock[0], BODY),
        ):
            with self.place.service.writing.begin() as connection:
                ticket_thread.append(connection, self.place.service.promises, self.number, happened)
        return self

    def copy(self) -> Any:
        return self.place.client.get(f"/api/v1/tickets/{self.number}/my-data", headers=self.code)

    def erase(self, **body: Any) -> Any:
        return self.place.client.post(
            f"/api/v1/tickets/{self.number}/erase", json={"agreed": True, **body}, headers=self.code
        )


@pytest.fixture
def place(service: Service, engine: Engine) -> Iterator[Place]:
    clock = [service.now()]
    own = replace(
        service,
        engine=engine,
        writing=for_writing(engine),
        now=lambda: clock[0],
        code_tries=Tries(10),
        openings=Tries(1000),
    )
    with TestClient(create_app(lambda: own), raise_server_exceptions=False) as client:
        yield Place(own, client, clock)


def run(place: Place) -> int:
    return enforce(place.service, lambda: True)


def test_a_copy_holds_what_was_told_and_masks_name_and_phone(place: Place) -> None:
    told = place.told().handed_over()
    copied = told.copy()
    assert copied.status_code == 200, copied.text
    ticket = copied.json()["tickets"][0]
    assert TOLD in str(copied.json()["conversations"])
    assert ticket["note"] == "老板姓赵钱孙"
    assert (ticket["name"], ticket["phone"]) == ("王**", "138****5678")
    assert PHONE not in copied.text
    assert (
        place.client.get(f"/api/v1/tickets/{told.number}/my-data", headers={"X-Query-Code": "AAAAAA"}).status_code
        == 404
    )
    own = place.client.get(f"{told.path}/my-data", headers=told.headers).json()
    assert own["tickets"][0]["number"] == told.number


def test_what_was_erased_is_nowhere_and_the_chain_still_holds(place: Place) -> None:
    told = place.told().handed_over().ended()
    assert PHONE[-8:] in place.words()
    erased = told.erase()
    assert erased.status_code == 200, erased.text
    assert erased.json()["tickets"] == [told.number]
    assert erased.json()["remarks"]
    left = place.words()
    for word in (TOLD, NAME, PHONE[-8:], "赵钱孙", "秘密答复", "餐馆打工"):
        assert word not in left, word
    with place.service.engine.connect() as connection:
        assert ticket_thread.verify(connection, told.number) == []
        assert tickets.read_ticket(connection, place.service.secrets, told.number).state == "closed"
    seen = place.client.get(f"/api/v1/tickets/{told.number}", headers=told.code)
    assert seen.status_code == 200, seen.text
    assert told.copy().json()["tickets"][0]["erased"] is True
    assert place.client.get(told.path, headers=told.headers).status_code == 404
    assert [row.action for row in place.audited()] == ["person.erase"]
    assert told.erase().status_code == 200  # again does nothing more
    desk = place.staff(Role.SUPERVISOR).get(f"/api/v1/desk/tickets/{told.number}")
    assert desk.status_code == 200, desk.text
    assert place.staff(Role.SUPERVISOR).get(f"/api/v1/desk/tickets/{told.number}/chain").json() == []


def test_an_open_ticket_is_not_erased_by_its_citizen(place: Place) -> None:
    told = place.told().handed_over()
    refused = told.erase()
    assert refused.status_code == 409
    assert "还在办" in refused.json()["detail"]
    assert place.client.post(f"{told.path}/erase", json={"agreed": True}, headers=told.headers).status_code == 409
    assert PHONE[-8:] in place.words()


@pytest.mark.parametrize("body", [{}, {"agreed": False}, {"agreed": True, "more": 1}])
def test_erasing_has_to_be_said(place: Place, body: dict[str, Any]) -> None:
    told = place.told()
    assert place.client.post(f"{told.path}/erase", json=body, headers=told.headers).status_code == 422


def test_a_conversation_without_a_ticket_is_erased_by_whoever_holds_it(place: Place) -> None:
    told, other = place.told(), place.told("房东不退押金三千块，怎么办")
    wrong = place.client.post(f"{told.path}/erase", json={"agreed": True}, headers=other.headers)
    assert wrong.status_code == 404
    assert (
        place.client.post(f"{told.path}/erase", json={"agreed": True}, headers=told.headers).json()["conversations"]
        == 1
    )
    left = place.words()
    assert TOLD not in left
    assert "押金三千块" in left


def test_a_conversation_somebody_of_the_staff_has_is_not_erased_under_their_hands(place: Place) -> None:
    told = place.told()
    place.client.post(f"{told.path}/messages", json={"client_id": "human", "action": "human"}, headers=told.headers)
    assert place.client.post(f"{told.path}/erase", json={"agreed": True}, headers=told.headers).status_code == 409


def test_an_administrator_gives_and_erases_everything_of_a_person_on_record(place: Place) -> None:
    first, second = place.told().handed_over().ended(), place.told("房东不退押金三千块，怎么办").handed_over()
    administrator = place.staff(Role.ADMINISTRATOR)
    who = {"ticket": first.number, "whole_person": True, "reason": "本人带身份证到窗口"}
    copied = administrator.post("/api/v1/admin/persons/copy", json=who)
    assert copied.status_code == 200, copied.text
    assert [ticket["phone"][-11:] for ticket in copied.json()["tickets"]] == [PHONE, PHONE]
    erased = administrator.post("/api/v1/admin/persons/erase", json={**who, "agreed": True}).json()
    assert (erased["tickets"], erased["kept"]) == ([first.number], [second.number])
    assert "还在办" in erased["remarks"][-1]
    assert [(row.action, row.reason) for row in place.audited()] == [
        ("person.copy", who["reason"]),
        ("person.erase", who["reason"]),
    ]
    assert NAME not in str([row._mapping for row in place.audited()])
    with place.service.engine.connect() as connection:
        assert tickets.read_ticket(connection, place.service.secrets, second.number).contact.name == NAME


def test_only_an_administrator_may(place: Place) -> None:
    told = place.told().handed_over()
    who = {"ticket": told.number, "reason": "想看看", "agreed": True}
    assert place.staff(Role.AGENT).post("/api/v1/admin/persons/erase", json=who).status_code == 403
    unknown = {"ticket": "WH20200101-000001", "reason": "想看看", "agreed": True}
    assert place.staff(Role.ADMINISTRATOR).post("/api/v1/admin/persons/erase", json=unknown).status_code == 404


def test_the_job_erases_contact_and_content_when_their_time_is_over(place: Place) -> None:
    told, open_ = place.told().handed_over().ended(), place.told("房东不退押金三千块，怎么办").handed_over()
    settings = place.service.settings
    assert run(place) == 0
    place.later(settings.contact_days + 1)
    assert run(place) > 0
    with place.service.engine.connect() as connection:
        ticket = tickets.read_ticket(connection, place.service.secrets, told.number)
        assert (ticket.contact.name, ticket.contact.phone) == ("", "")
        assert ticket.story.note  # what was told is kept longer
        assert contacts.contacts_of(connection, place.service.secrets, told.number) == []
    place.later(settings.ticket_days - settings.contact_days)
    run(place)
    assert run(place) == 0
    left = place.words()
    assert TOLD not in left
    with place.service.engine.connect() as connection:
        assert ticket_thread.verify(connection, told.number) == []
        # What is not settled is kept however long it takes.
        still = tickets.read_ticket(connection, place.service.secrets, open_.number)
        assert (still.contact.name, still.story.note) == (NAME, "老板姓赵钱孙")
        whys = set(connection.execute(select(erasure_table.c.why)).scalars())
    assert whys == {"retention"}


def test_expired_conversations_go_with_the_job(place: Place) -> None:
    place.told("房东不退押金三千块，怎么办")
    place.later(place.service.settings.conversation_days + 1)
    run(place)
    with place.service.engine.connect() as connection:
        assert connection.execute(select(bot.tables.message_table)).all() == []


def test_what_a_follower_or_a_body_wrote_after_erasure_is_kept_again(place: Place) -> None:
    told = place.told().handed_over().ended()
    told.erase()
    again = event("not_solved", "还是没给", place.clock[0], CITIZEN_SELF)
    with place.service.writing.begin() as connection:
        ticket_thread.append(connection, place.service.promises, told.number, again)
        assert ticket_thread.verify(connection, told.number) == []
    assert told.copy().json()["tickets"][0]["events"][-1]["text"] == "还是没给"


# Tables that hold something of one ticket or conversation: emptied by an erasure, or nothing personal in them.
EMPTIED = {
    "bot_message", "bot_presence", "desk_invitation", "desk_suggestion", "desk_wrap_up", "desk_call", "notice",
    "notice_contact", "notice_watch", "open311_publication", "quality_sample", "routing_attachment", "routing_body_link",
    "routing_complaint", "routing_ticket", "routing_ticket_event", "wechat_follower",
}  # fmt: skip
NOTHING_PERSONAL = {
    "exchange_link", "privacy_erasure", "routing_appointment", "routing_recusal", "routing_ticket_status",
    "routing_ticket_tally",
}  # fmt: skip


def test_no_table_about_a_ticket_or_a_conversation_is_forgotten(engine: Engine) -> None:
    metadata = MetaData()
    metadata.reflect(engine)
    about = {
        name for name, table in metadata.tables.items() if {"ticket", "conversation_id"} & set(table.columns.keys())
    }
    assert about == EMPTIED | NOTHING_PERSONAL
