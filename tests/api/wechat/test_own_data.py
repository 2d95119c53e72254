"""A follower asks what is kept of them and has it erased, in words."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.privacy import own_data as privacy
from api.staff.tables import audit_table
from api.wechat import texts
from api.wechat.crypto import signature
from api.wechat.followers import find_follower
from api.wechat.incoming import read_xml
from api.wechat.own_data import asked_for
from api.wiring import Service
from bot.tables import message_table
from routing import ticket_thread
from routing.ticket_events import Actor, event

TOKEN = "spamtest"
TOLD = "我在洪山区一家火锅店打工，老板五个月没发工资了"
BODY = Actor("supervisor", "s", "督办")
keys = itertools.count(1)
pytestmark = pytest.mark.rasa


@pytest.fixture
def openid() -> str:
    return f"own-{uuid.uuid4().hex[:10]}"


def say(client: TestClient, openid: str, text: str) -> str:
    key = f"own-{openid}-{next(keys)}"
    body = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><MsgId>{key}</MsgId><Content><![CDATA[{text}]]></Content></xml>"
    )
    query = {"timestamp": "1", "nonce": "n", "signature": signature(TOKEN, "1", "n")}
    answer = client.post("/wechat", params=query, content=body.encode())
    assert answer.status_code == 200
    return read_xml(answer.text)["Content"]


def kept(service: Service, openid: str) -> list[str]:
    """What this follower said, as it is stored."""
    with service.engine.connect() as connection:
        follower = find_follower(connection, service.secrets, openid)
        if follower is None:
            return []
        m = message_table.c
        said = select(m.text).where(m.conversation_id == follower.conversation_id)
        return list(connection.execute(said).scalars())


def registered(client: TestClient, openid: str) -> str:
    say(client, openid, TOLD)
    say(client, openid, "登记")
    return say(client, openid, "同意").split("工单号 ")[1].split("，")[0]


def end(service: Service, number: str, now: datetime) -> None:
    for happened in (event("answered", "办了", now, BODY, body="b"), event("closed", "办结", now, BODY)):
        with service.writing.begin() as connection:
            ticket_thread.append(connection, service.promises, number, happened)


@pytest.mark.parametrize("said", ["我的信息", " 我的信息。", "“我的信息”", "「我的信息」"])
def test_the_words_are_known_as_people_send_them(said: str) -> None:
    assert asked_for(said) == texts.MY_DATA


@pytest.mark.parametrize("said", ["中介把我的信息卖给别人了", "删除", "确认删除", "怎么删除我的信息"])
def test_a_trouble_that_only_sounds_like_it_is_none(said: str) -> None:
    assert asked_for(said) is None


def test_who_never_wrote_is_told_that_nothing_is_kept(plain_client: TestClient, account: Service, openid: str) -> None:
    for words in (texts.MY_DATA, texts.ERASE_MY_DATA, texts.ERASE_FOR_SURE):
        assert say(plain_client, openid, words) == texts.NOTHING_HELD
    assert kept(account, openid) == []


def test_what_is_kept_is_told_with_the_way_to_a_copy(plain_client: TestClient, account: Service, openid: str) -> None:
    number = registered(plain_client, openid)
    told = say(plain_client, openid, texts.MY_DATA)
    assert number in told
    assert "#resume=" in told
    assert texts.ERASE_MY_DATA in told
    assert texts.MY_DATA not in kept(account, openid)  # no part of the story


def test_nothing_is_erased_before_it_was_said_in_full(plain_client: TestClient, account: Service, openid: str) -> None:
    say(plain_client, openid, TOLD)
    explained = say(plain_client, openid, texts.ERASE_MY_DATA)
    assert texts.ERASE_FOR_SURE in explained
    assert privacy.STILL_OPEN in explained
    say(plain_client, openid, "确认删除")
    assert TOLD in kept(account, openid)


def test_said_in_full_it_is_gone_on_record_and_the_next_word_begins_anew(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    say(plain_client, openid, TOLD)
    with account.engine.connect() as connection:
        before = find_follower(connection, account.secrets, openid).conversation_id
    assert say(plain_client, openid, texts.ERASE_FOR_SURE) == texts.ERASED
    assert kept(account, openid) == []
    a = audit_table.c
    with account.engine.connect() as connection:
        gone = select(message_table.c.id).where(message_table.c.conversation_id == before)
        assert connection.execute(gone).all() == []
        assert connection.execute(select(a.id).where(a.reason == "持微信号的市民要求")).all()
    say(plain_client, openid, TOLD)
    assert TOLD in kept(account, openid)


def test_a_ticket_under_way_holds_the_erasure_until_it_has_ended(
    plain_client: TestClient, account: Service, openid: str
) -> None:
    number = registered(plain_client, openid)
    assert say(plain_client, openid, texts.ERASE_FOR_SURE) == privacy.STILL_OPEN
    assert TOLD in kept(account, openid)
    end(account, number, account.now())
    assert privacy.KEPT in say(plain_client, openid, texts.ERASE_FOR_SURE)
    assert kept(account, openid) == []


def test_another_follower_cannot_erase_it(plain_client: TestClient, account: Service, openid: str) -> None:
    say(plain_client, openid, TOLD)
    say(plain_client, f"{openid}-other", "房东不退押金怎么办")
    say(plain_client, f"{openid}-other", texts.ERASE_FOR_SURE)
    assert TOLD in kept(account, openid)
