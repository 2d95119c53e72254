"""Files that come with a ticket: taken in while they are sent, kept under random names, given out again.

They lie in the data folder under `files/`, outside of what is served, encrypted (`sealed_files`). First the content is on the
disk, then the database says so: after a crash in between a file nobody knows of is left, which `sweep` removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO
from urllib.parse import quote

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect

from api.config import Settings
from api.errors import ApiError, bad_field
from api.privacy.erasure import was_erased
from api.tickets import file_kinds, sealed_files
from api.tickets.file_kinds import Kind, RefusedFileError
from api.tickets.sealed_files import Content, DamagedFileError
from api.wiring import Service
from bot import ticket_wording
from routing import attachments, ticket_thread
from routing.attachments import Attachment, UnknownFileError
from routing.ticket_events import CITIZEN_SELF, Actor, Audience, Party, event
from routing.ticket_state import allowed
from routing.tickets import Ticket

log = logging.getLogger("yibotong.files")
MEGABYTE = 1024 * 1024
LEFT_OVER_S = 3600  # a file this old that no ticket knows of was left by a crash


def _nothing(_connection: Connection) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Sending:
    """A file on its way. `target` reads the ticket and as whom it is added, in the transaction that adds it; `record` writes
    there what else is to be kept of it. `name` is the sender's, `key` names the sending."""

    target: Callable[[Connection], tuple[Ticket, Actor]]
    name: str
    key: str
    visible_to: Audience | None = None
    record: Callable[[Connection], None] = _nothing


class FileView(BaseModel):
    """One file of a ticket. `sequence` is the event that brought it; `size` is in bytes."""

    id: str
    name: str
    media_type: str
    kind_name: str
    size: int
    sha256: str
    at: datetime
    party: Party
    by: str
    visible_to: Audience
    sequence: int


class FileLimits(BaseModel):
    """What can be added: how large, how many more, and the formats as a file chooser takes them."""

    most_mb: int
    more: int
    accept: str
    text: str


def views(
    service: Service, ticket: Ticket, audience: Audience, party: Party
) -> tuple[list[FileView], FileLimits | None]:
    """The files this audience may see, and what this party may add; None when it may not now."""
    with service.engine.connect() as connection:
        found = attachments.shown(connection, ticket.number, ticket.events, audience)
        more = service.settings.files_per_ticket - attachments.count(connection, ticket.number)
    shown = [
        FileView(
            id=one.file.id,
            name=one.file.name,
            media_type=one.file.media_type,
            kind_name=Kind(one.file.media_type, "").name,
            size=one.file.size,
            sha256=one.file.sha256,
            at=one.event.at,
            party=one.event.by.party,
            by=one.event.by.name,
            visible_to=one.event.visible_to,
            sequence=one.sequence,
        )
        for one in found
    ]
    may_add = more > 0 and "attached" in allowed(ticket.progress, party)
    return shown, limits(service.settings, more) if may_add else None


def limits(settings: Settings, more: int) -> FileLimits:
    """What can be added when there is room for `more`."""
    text = f"一个最大 {settings.file_mb} MB，还能加 {more} 个。{file_kinds.KINDS_TAKEN}"
    return FileLimits(most_mb=settings.file_mb, more=more, accept=file_kinds.ACCEPT, text=text)


async def take_in(service: Service, request: Request, sending: Sending) -> None:
    """Take the request's body as a file and add it to a ticket; the same key again adds nothing more.

    413 as soon as more came than may, 422 for what is not taken, 409 when the ticket takes none now, 503 when the disk does not.
    """
    most = service.settings.file_mb * MEGABYTE
    try:
        folder = _folder(service)
        with tempfile.TemporaryFile(dir=folder) as incoming:  # without a name: gone with the process, whatever happens
            await _receive(request, incoming, most)
            await run_in_threadpool(_keep, service, incoming, sending)
    except ClientDisconnect:
        raise ApiError(400, "没有传完", "文件没有传完，请再传一次。") from None
    except OSError as error:
        log.error("file_not_stored", extra={"cause": type(error).__name__, "errno": error.errno})  # noqa: TRY400
        raise ApiError(503, "暂时存不下", "系统暂时存不下文件，请过一会儿再传。文件还在您手机或电脑里。") from None


def given_out(service: Service, file: Attachment) -> StreamingResponse:
    """The content, to be saved and never to be run by the browser; 410 when it is not on the disk any more, or damaged."""
    pieces = _content(service, file)
    try:
        first = next(pieces, b"")
    except (OSError, DamagedFileError) as error:
        log.error("file_missing", extra={"file": file.id, "cause": type(error).__name__})  # noqa: TRY400
        raise ApiError(410, "文件不在了", "这个文件已经不在了，请让传的人再传一次。") from None
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Length": str(file.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(chain([first], pieces), media_type=file.media_type, headers=headers)


def damaged(service: Service, connection: Connection, number: str) -> list[int]:
    """Numbers of the events whose file is away or is not what came; empty when all is well."""
    wrong: list[int] = []
    if was_erased(connection, number):
        return wrong
    thread = ticket_thread.events_of(connection, number)
    there = attachments.of_ticket(connection, number)
    taken_back = {e.details.file for e in thread if e.kind == "detached"}
    for sequence, happened in enumerate(thread, 1):
        if happened.kind != "attached" or not happened.text:  # without a text it was erased, and its file with it
            continue
        file = there.get(happened.details.file)
        if file is None and happened.details.file in taken_back:
            continue
        if file is None or _hash(service, file) != happened.details.file_hash:
            wrong.append(sequence)
    return wrong


def take_back(service: Service, number: str, file_id: str) -> None:
    """The citizen takes back a file they added: it is gone from the disk and from every page, and the thread says that it was
    there (its hash too) and who may have seen it. Again it changes nothing; `UnknownFileError` for what is not theirs."""
    key = f"detached:{file_id}"
    with service.writing.begin() as connection:
        ticket_thread.hold(connection, number)
        if not ticket_thread.knows(connection, number, key):
            thread = ticket_thread.events_of(connection, number)
            shown = attachments.shown(connection, number, thread, "citizen")
            mine = {one.file.id: one for one in shown if one.event.by.party == "citizen"}
            if file_id not in mine:
                raise UnknownFileError(file_id)
            file = mine[file_id].file
            bodies = attachments.bodies_with(thread, file_id)
            seen = ticket_wording.SEEN_BY_BODIES.format(bodies="、".join(bodies))
            text = ticket_wording.FILE_GONE.format(name=file.name)
            text += seen if bodies else ticket_wording.UNSEEN_BY_BODIES
            told = ticket_wording.EVENT_TEXT["detached"].format(text=text)
            gone = event("detached", told, service.now(), CITIZEN_SELF, file=file_id, file_hash=file.sha256)
            ticket_thread.append(connection, service.promises, number, gone, key=key)
            attachments.remove(connection, file_id)
    # Not before it is written down; what a crash leaves here cannot be read without its key, and goes with `sweep`.
    _path(service, file_id).unlink(missing_ok=True)


def sweep(service: Service) -> int:
    """Remove files that no ticket knows of, once they are an hour old; returns how many."""
    with service.engine.connect() as connection:
        known = attachments.ids(connection)
    old = time.time() - LEFT_OVER_S
    left = [path for path in _folder(service).iterdir() if path.name not in known and path.stat().st_mtime < old]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


async def _receive(request: Request, incoming: IO[bytes], most: int) -> None:
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > most:
            raise too_large(most)
        await run_in_threadpool(incoming.write, chunk)
    await run_in_threadpool(incoming.flush)


def too_large(most: int) -> ApiError:
    """413 for a file over `most` bytes."""
    return ApiError(413, "文件太大", f"这个文件超过 {most // MEGABYTE} MB，传不了。照片请缩小，录音和视频请剪短。")


def _keep(service: Service, incoming: IO[bytes], sending: Sending) -> None:
    path = _path(service, secrets.token_hex(16))
    with contextlib.ExitStack() as undo:
        undo.callback(path.unlink, missing_ok=True)
        try:
            with tempfile.TemporaryFile(dir=path.parent) as kept:
                kind = file_kinds.keep(incoming, kept)
                key = sealed_files.new_key()
                content = sealed_files.seal(kept, path, key)
            name, hidden = file_kinds.clean_name(sending.name, kind), service.secrets.hide(key.hex())
            added = _add(service, path.name, name, kind, content, hidden, sending)
        except RefusedFileError as refused:
            raise bad_field("file", str(refused)) from None
        except DBAPIError as error:
            if error.connection_invalidated:  # it may have been committed all the same; `sweep` removes it if not
                undo.pop_all()
            raise
        if added:
            undo.pop_all()


def _add(
    service: Service, file_id: str, name: str, kind: Kind, content: Content, key: bytes | None, sending: Sending
) -> bool:
    """Whether the file is the ticket's now; False when the same was added before."""
    with service.writing.begin() as connection:
        ticket, by = sending.target(connection)
        ticket_thread.hold(connection, ticket.number)
        if ticket_thread.knows(connection, ticket.number, sending.key):
            return False
        if attachments.count(connection, ticket.number) >= service.settings.files_per_ticket:
            raise bad_field("file", f"一件最多 {service.settings.files_per_ticket} 个文件，已经满了。")
        happened = event(
            "attached",
            f"传来{kind.name}：{name}",
            service.now(),
            by,
            visible_to=sending.visible_to,
            file=file_id,
            file_hash=content.sha256,
        )
        ticket_thread.append(connection, service.promises, ticket.number, happened, key=sending.key)
        file = Attachment(file_id, ticket.number, name, kind.media_type, content.size, content.sha256, key)
        attachments.add(connection, file)
        sending.record(connection)
        return True


def _folder(service: Service) -> Path:
    folder = service.settings.data_dir / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(service: Service, file_id: str) -> Path:
    return _folder(service) / file_id


def _content(service: Service, file: Attachment) -> Iterator[bytes]:
    path = _path(service, file.id)
    if file.key is not None:
        yield from sealed_files.content(path, bytes.fromhex(service.secrets.show(file.key)))
        return
    with path.open("rb") as plain:
        while piece := plain.read(MEGABYTE):
            yield piece


def _hash(service: Service, file: Attachment) -> str:
    """Of what can be read; empty when it is away or damaged."""
    digest = hashlib.sha256()
    try:
        for piece in _content(service, file):
            digest.update(piece)
    except (OSError, DamagedFileError):
        return ""
    return digest.hexdigest()
