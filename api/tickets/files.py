"""Files that come with a ticket: taken in while they are sent, kept under random names, given out again.

They lie in the data folder under `files/`, outside of what is served, readable by the service's own account only. First the
content is on the disk, then the database says so: after a crash in between a file nobody knows of is left, which `sweep`
removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect

from api.errors import ApiError, bad_field
from api.privacy.erasure import was_erased
from api.tickets import file_kinds
from api.tickets.file_kinds import Kind, RefusedFileError
from api.wiring import Service
from routing import attachments, ticket_thread
from routing.attachments import Attachment
from routing.ticket_events import Actor, Audience, Party, event
from routing.ticket_state import allowed
from routing.tickets import Ticket

log = logging.getLogger("yibotong.files")
MEGABYTE = 1024 * 1024
TRIES = 5  # how often a file is added anew when somebody else acted in between
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
    if more <= 0 or "attached" not in allowed(ticket.progress, party):
        return shown, None
    most_mb = service.settings.file_mb
    text = f"一个最大 {most_mb} MB，还能加 {more} 个。{file_kinds.KINDS_TAKEN}"
    return shown, FileLimits(most_mb=most_mb, more=more, accept=file_kinds.ACCEPT, text=text)


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


def given_out(service: Service, file: Attachment) -> FileResponse:
    """The content, to be saved and never to be run by the browser; 410 when it is not on the disk any more."""
    path = _path(service, file.id)
    if not path.is_file():
        log.error("file_missing", extra={"file": file.id})
        raise ApiError(410, "文件不在了", "这个文件已经不在了，请让传的人再传一次。")
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    return FileResponse(path, media_type=file.media_type, filename=file.name, headers=headers)


def damaged(service: Service, connection: Connection, number: str) -> list[int]:
    """Numbers of the events whose file is away or is not what came; empty when all is well."""
    wrong: list[int] = []
    if was_erased(connection, number):
        return wrong
    for sequence, happened in enumerate(ticket_thread.events_of(connection, number), 1):
        if happened.kind == "attached" and happened.text:  # without a text it was erased, and its file with it
            path = _path(service, happened.details.file)
            if not path.is_file() or _hash(path) != happened.details.file_hash:
                wrong.append(sequence)
    return wrong


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
            kind = file_kinds.keep(incoming, path)
            path.chmod(0o600)
            _flush_to_disk(path)
            added = _add(service, path, kind, sending)
        except RefusedFileError as refused:
            raise bad_field("file", str(refused)) from None
        except DBAPIError as error:
            if error.connection_invalidated:  # it may have been committed all the same; `sweep` removes it if not
                undo.pop_all()
            raise
        if added:
            undo.pop_all()


def _add(service: Service, path: Path, kind: Kind, sending: Sending) -> bool:
    """Whether the file is the ticket's now; False when the same was added before."""
    name, size, digest = file_kinds.clean_name(sending.name, kind), path.stat().st_size, _hash(path)
    for _ in range(TRIES):
        with contextlib.suppress(ticket_thread.TicketChangedError), service.writing.begin() as connection:
            ticket, by = sending.target(connection)
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
                file=path.name,
                file_hash=digest,
            )
            ticket_thread.append(connection, service.promises, ticket.number, happened, key=sending.key)
            attachments.add(connection, Attachment(path.name, ticket.number, name, kind.media_type, size, digest))
            sending.record(connection)
            return True
    raise ApiError(503, "暂时办不了", "系统正忙，请再传一次。")


def _folder(service: Service) -> Path:
    folder = service.settings.data_dir / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(service: Service, file_id: str) -> Path:
    return _folder(service) / file_id


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_to_disk(path: Path) -> None:
    """The content, and its name in the folder: an acknowledged file must survive."""
    for target in (path, path.parent):
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
