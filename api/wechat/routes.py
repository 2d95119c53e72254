"""The address WeChat delivers to (服务器配置)."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.dependencies import ServiceIn
from api.errors import ApiError
from api.wechat import incoming as messages
from api.wechat.channel import Channel
from api.wechat.crypto import ForgedMessageError, MessageCipher, is_signed, signature
from api.wechat.incoming import Incoming
from api.wiring import Service

ANSWER_LIMIT_S = 4.5  # WeChat waits five seconds, then delivers again, three times in all
NOTHING = "success"  # tells WeChat not to deliver again

router = APIRouter(prefix="/wechat", include_in_schema=False)
Word = Annotated[str, Query(max_length=200)]


@router.get("")
def verify(
    service: ServiceIn, sign: Annotated[str, Query(alias="signature")], timestamp: Word, nonce: Word, echostr: Word
) -> PlainTextResponse:
    """WeChat's check of this address; needs its signature."""
    _check(service, sign, timestamp, nonce)
    return PlainTextResponse(echostr)


@router.post("")
async def receive(
    request: Request,
    service: ServiceIn,
    background: BackgroundTasks,
    timestamp: Word,
    nonce: Word,
    sign: Annotated[str, Query(alias="signature", max_length=200)] = "",
    msg_signature: Word = "",
) -> Response:
    """One delivery; needs WeChat's signature. Answered within 4.5 seconds, or later by a message of its own."""
    try:
        body = await request.body()
    except ClientDisconnect:
        return PlainTextResponse(NOTHING)  # it hung up before it had said anything, and delivers again
    incoming = _read(service, body, sign, msg_signature, timestamp, nonce)
    channel = Channel(service, service.wechat, service.settings.public_url)
    making = asyncio.ensure_future(run_in_threadpool(channel.answer, incoming))
    try:
        answer = await asyncio.wait_for(asyncio.shield(making), ANSWER_LIMIT_S)
    except TimeoutError:
        background.add_task(_send_when_made, channel, incoming, making)
        return PlainTextResponse(NOTHING, background=background)
    first = await run_in_threadpool(channel.answer_at_once, incoming, answer)
    if len(answer) > 1:
        background.add_task(channel.send_rest, incoming, answer)
    if first is None:
        return PlainTextResponse(NOTHING, background=background)
    xml = messages.passive_reply(incoming, first, int(service.now().timestamp()))
    if msg_signature:
        xml = _sealed(service, xml, timestamp, nonce)
    return Response(xml, media_type="application/xml", background=background)


async def _send_when_made(channel: Channel, incoming: Incoming, making: asyncio.Future[tuple[str, ...]]) -> None:
    await run_in_threadpool(channel.send_rest, incoming, await making)


def _read(service: Service, body: bytes, sign: str, msg_signature: str, timestamp: str, nonce: str) -> Incoming:
    if msg_signature:
        encrypted = messages.read_xml(body).get("Encrypt", "")
        _check(service, msg_signature, timestamp, nonce, encrypted)
        return messages.read_message(_cipher(service).decrypt(encrypted))
    _check(service, sign, timestamp, nonce)
    if service.settings.wechat_aes_key:  # an account set to encrypted mode takes nothing in plain text
        raise ForgedMessageError("not encrypted")
    return messages.read_message(body)


def _check(service: Service, given: str, *signed: str) -> None:
    token = service.settings.wechat_token.get_secret_value()
    if not token:
        raise ApiError(404, "没有找到", "没有开通微信公众号。")
    if not is_signed(given, token, *signed):
        raise ForgedMessageError("wrong signature")


def _sealed(service: Service, xml: str, timestamp: str, nonce: str) -> str:
    encrypted = _cipher(service).encrypt(xml)
    sign = signature(service.settings.wechat_token.get_secret_value(), timestamp, nonce, encrypted)
    return messages.sealed(encrypted, sign, timestamp, nonce)


def _cipher(service: Service) -> MessageCipher:
    settings = service.settings
    return MessageCipher(settings.wechat_aes_key.get_secret_value(), settings.wechat_app_id)
