"""A second contact about the same trouble: the ticket is found and told, not asked again, and counted as our failure."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from api import known_tickets
from api.staff.roles import Role
from bot import wording
from routing import ledger

WAGES = "我在洪山区一家餐馆打工，老板三个月没发工资了，也没签合同，怎么要回来"
WAGES_AGAIN = "餐馆老板还是不给我发工资，拖了三个多月了"
LOAN = "我借给朋友五万块钱，有借条，到期一年了他不还，怎么办"


class Chat:
    """A conversation of somebody who holds slips."""

    def __init__(self, client: Any, *slips: Any) -> None:
        self.client, self.slips = client, [{"number": slip["number"], "code": slip["query_code"]} for slip in slips]
        opened = client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id, self.headers = opened["id"], {"Authorization": f"Bearer {opened['token']}"}

    def send(self, **what: Any) -> Any:
        body = {"client_id": uuid.uuid4().hex, "known_tickets": self.slips, **what}
        return self.client.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers)

    def say(self, text: str) -> dict[str, Any]:
        return self.send(text=text).json()["reply"]

    def ticket(self) -> dict[str, Any]:
        consent = {"version": wording.CONSENT.version, "agreed": True}
        body = {"conversation_id": self.id, "consent": consent}
        return self.client.post("/api/v1/tickets", json=body, headers=self.headers).json()


@pytest.fixture
def slip(client) -> dict[str, Any]:
    chat = Chat(client)
    chat.say(WAGES)
    return chat.ticket()


@pytest.fixture
def agent(as_staff) -> Any:
    return as_staff(Role.AGENT)


def events(agent: Any, slip: dict[str, Any]) -> list[str]:
    return [e["kind"] for e in agent.get(f"/api/v1/desk/tickets/{slip['number']}").json()["events"]]


def test_the_state_is_told_instead_of_asking_again_and_it_counts(client, slip, agent) -> None:
    reply = Chat(client, slip).say(WAGES_AGAIN)
    assert reply["outcome"] == "ticket"
    assert slip["number"] in reply["text"]
    assert wording.STATE_TEXT["opened"] in reply["text"]
    assert [card["kind"] for card in reply["cards"]] == ["ticket"]
    assert events(agent, slip) == ["opened", "contacted_again"]


def test_what_was_said_goes_into_it(client, slip, agent) -> None:
    chat = Chat(client, slip)
    chat.say(WAGES_AGAIN)
    reply = chat.send(action="same_ticket").json()["reply"]
    assert "也加进去了" in reply["text"]
    assert events(agent, slip) == ["opened", "contacted_again", "citizen_wrote"]
    seen = client.get(f"/api/v1/tickets/{slip['number']}", headers={"X-Query-Code": slip["query_code"]}).json()
    assert seen["events"][-1]["text"] == WAGES_AGAIN
    chat.send(action="same_ticket")  # a second tap adds nothing
    assert len(events(agent, slip)) == 3


def test_one_conversation_counts_once(client, slip, agent) -> None:
    chat = Chat(client, slip)
    for _ in range(3):
        chat.say(WAGES_AGAIN)
    assert events(agent, slip).count("contacted_again") == 1
    Chat(client, slip).say(WAGES_AGAIN)
    assert events(agent, slip).count("contacted_again") == 2


def test_another_thing_is_answered_as_such(client, slip) -> None:
    chat = Chat(client, slip)
    chat.say(WAGES_AGAIN)
    reply = chat.send(action="other_ticket").json()["reply"]
    assert slip["number"] not in str(reply)
    assert reply["outcome"] in ("answered", "ask", "refer")
    assert slip["number"] not in str(chat.say("在洪山区上班"))


def test_one_that_was_closed_is_opened_again(client, slip, agent) -> None:
    address = f"/api/v1/desk/tickets/{slip['number']}/actions"
    answered = {"kind": "answered", "sequence": 1, "key": uuid.uuid4().hex, "text": "办好了"}
    assert agent.post(address, json=answered).status_code == 200
    own = {"headers": {"X-Query-Code": slip["query_code"]}}
    confirmed = {"kind": "confirmed", "key": uuid.uuid4().hex}
    assert client.post(f"/api/v1/tickets/{slip['number']}/actions", json=confirmed, **own).status_code == 200
    chat = Chat(client, slip)
    assert wording.STATE_TEXT["closed"] in chat.say(WAGES_AGAIN)["text"]
    reply = chat.send(action="same_ticket").json()["reply"]
    assert wording.STATE_TEXT["reopened"] in reply["text"]
    assert client.get(f"/api/v1/tickets/{slip['number']}", **own).json()["state"] == "reopened"


@pytest.mark.parametrize(
    "slips",
    [[], [{"number": "{number}", "query_code": "222222"}], [{"number": "WH20261124-999999", "query_code": "{code}"}]],
    ids=["none", "wrong code", "another number"],
)
def test_whoever_cannot_show_that_it_is_theirs_learns_nothing_and_counts_nothing(client, slip, agent, slips) -> None:
    shown = [
        {name: text.format(number=slip["number"], code=slip["query_code"]) for name, text in given.items()}
        for given in slips
    ]
    reply = Chat(client, *shown).say(WAGES_AGAIN)
    assert reply["outcome"] != "ticket"
    assert slip["number"] not in str(reply)
    assert events(agent, slip) == ["opened"]


def test_another_matter_is_not_mixed_up_with_it(client, slip, agent) -> None:
    assert Chat(client, slip).say(LOAN)["outcome"] != "ticket"
    assert events(agent, slip) == ["opened"]


def test_danger_comes_before_any_ticket(client, slip) -> None:
    assert Chat(client, slip).say("老板不给工资还拿刀要砍我，现在就在门口")["outcome"] == "emergency"


def test_a_wechat_account_proves_whose_tickets_they_are(client, service, slip) -> None:
    with service.writing.begin() as connection:
        identity = ledger.Identity("openid", service.secrets.fingerprint("openid:o-known"))
        person = ledger.join(connection, [identity], wording.CONSENT.version, service.now())
        ledger.give_to(connection, slip["number"], person)
        assert known_tickets.of_account(service, connection, "o-known") == [slip["number"]]
        assert known_tickets.of_account(service, connection, "o-stranger") == []


def test_meaning_counts_beside_person_and_matter(service, slip) -> None:
    with service.engine.connect() as connection:
        ticket = known_tickets.tickets.read_ticket(connection, service.secrets, slip["number"])
    encode = service.parts.encoder.encode
    assert known_tickets._near(service, ticket, encode(WAGES_AGAIN))
    assert not known_tickets._near(service, ticket, encode("孩子在学校被同学打了，学校不管"))
