"""A story told in English is registered in English words."""

from __future__ import annotations

import itertools
import uuid

import pytest
from starlette.testclient import TestClient

from api.wechat.crypto import signature
from api.wechat.incoming import read_xml
from bot import english_reply

keys = itertools.count(1)
pytestmark = pytest.mark.rasa


def say(client: TestClient, openid: str, text: str) -> str:
    body = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><MsgId>{openid}-{next(keys)}</MsgId><Content><![CDATA[{text}]]></Content></xml>"
    )
    query = {"timestamp": "1", "nonce": "n", "signature": signature("spamtest", "1", "n")}
    return read_xml(client.post("/wechat", params=query, content=body.encode()).text)["Content"]


def test_a_whole_story_is_registered_in_english(plain_client: TestClient) -> None:
    openid = f"en-{uuid.uuid4().hex[:10]}"
    say(plain_client, openid, "My boss has not paid me for three months. I work in a restaurant in Hongshan.")
    asked = say(plain_client, openid, "Register")
    assert asked.startswith(english_reply.CONSENT)
    slip = say(plain_client, openid, "Agree, 13800138000")
    assert slip.startswith("It is sent: ")
    assert "WH20" in slip
