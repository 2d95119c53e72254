"""What WeChat delivers, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from xml.parsers.expat import ExpatError

import xmltodict

from api.wechat.crypto import ForgedMessageError

Kind = Literal["text", "voice", "image", "location", "link", "video", "event"]
_KINDS = {"text", "voice", "image", "location", "link", "video", "shortvideo", "event"}


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery. `key` is the same each time WeChat delivers it again."""

    key: str
    follower: str  # openid
    account: str
    kind: str
    text: str = ""  # of a text, of a voice as recognised, of a place as named
    event: str = ""  # subscribe, unsubscribe, CLICK …
    event_key: str = ""


def read_xml(body: bytes | str) -> dict[str, str]:
    """The fields of WeChat's XML; entities are refused."""
    try:
        fields = xmltodict.parse(body, disable_entities=True)["xml"]
    except (ExpatError, KeyError, TypeError, ValueError) as error:
        raise ForgedMessageError("not WeChat's XML") from error
    if not isinstance(fields, dict):
        raise ForgedMessageError("not WeChat's XML")
    return {name: value or "" for name, value in fields.items() if value is None or isinstance(value, str)}


def read_message(xml: str | bytes) -> Incoming:
    """The message in the XML; `ForgedMessageError` when its parts are missing."""
    fields = read_xml(xml)
    follower, kind = fields.get("FromUserName", ""), fields.get("MsgType", "")
    if not follower or kind not in _KINDS:
        raise ForgedMessageError("sender or kind is missing")
    # Events have no MsgId; WeChat says to tell them apart by sender and time.
    key = fields.get("MsgId") or f"{follower}-{fields.get('CreateTime', '')}-{fields.get('Event', '')}"
    text = {
        "text": fields.get("Content", ""),
        "voice": fields.get("Recognition", ""),
        "location": fields.get("Label", ""),
    }.get(kind, "")
    return Incoming(
        key=key,
        follower=follower,
        account=fields.get("ToUserName", ""),
        kind=kind,
        text=text.strip(),
        event=fields.get("Event", "").lower(),
        event_key=fields.get("EventKey", ""),
    )


def passive_reply(incoming: Incoming, text: str, seconds: int) -> str:
    """The XML that answers a delivery at once; `seconds` is the time since 1970."""
    fields = {
        "ToUserName": incoming.follower,
        "FromUserName": incoming.account,
        "CreateTime": seconds,
        "MsgType": "text",
        "Content": text,
    }
    return xmltodict.unparse({"xml": fields}, full_document=False)


def sealed(encrypted: str, sign: str, timestamp: str, nonce: str) -> str:
    """The XML around an encrypted answer."""
    fields = {"Encrypt": encrypted, "MsgSignature": sign, "TimeStamp": timestamp, "Nonce": nonce}
    return xmltodict.unparse({"xml": fields}, full_document=False)
