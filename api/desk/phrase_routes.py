"""Routes of canned phrases: one's own, and those for all agents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.dependencies import ServiceIn, requires
from api.desk import citations, phrases
from api.desk.phrases import Central
from api.desk.routes import Agent, Input
from api.errors import Problem, bad_field
from api.numbers import RowIdOrZero
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot.normalize import normalize
from case_library.redact import mask

router = APIRouter(
    prefix="/api/v1/desk",
    tags=["phrases"],
    responses={code: {"model": Problem} for code in (401, 403, 409, 422)},
)
Keeper = Annotated[Staff, requires(Role.CURATOR, Role.SUPERVISOR)]
KEY = r"^[\w\-]+$"
Key = Annotated[str, Path(min_length=1, max_length=30, pattern=KEY)]


class PhraseInput(Input):
    key: str = Field(min_length=1, max_length=30, pattern=KEY)
    title: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=1000)


class CentralInput(Input):
    """A phrase for all; `version` is the one that was read, 0 for the file's and for a new one."""

    title: str = Field(min_length=1, max_length=60)
    text: str = Field(min_length=1, max_length=1000)
    withdrawn: bool = False
    version: RowIdOrZero


class CentralView(BaseModel):
    """A phrase for all. `faults` are statutes in it that are not in force any more: agents cannot send it."""

    key: str
    title: str
    text: str
    withdrawn: bool
    version: int
    changed_by: str
    changed_at: datetime | None
    faults: list[str]


@router.get("/phrases")
def read_phrases(me: Agent, service: ServiceIn) -> list[phrases.Phrase]:
    """Canned phrases, one's own first; needs the role agent or supervisor."""
    with service.engine.connect() as connection:
        return [*phrases.own(connection, me.id), *phrases.for_all(connection)]


@router.put("/phrases", status_code=204)
def keep_phrase(input_: PhraseInput, me: Agent, service: ServiceIn) -> None:
    """Keep a phrase of one's own, replacing that of the same key; needs the role agent or supervisor."""
    text = _checked(service, input_.text)
    with service.writing.begin() as connection:
        phrases.keep(connection, me.id, input_.key, _title(input_.title), text)


@router.delete("/phrases/{key}", status_code=204)
def drop_phrase(key: Annotated[str, Path(max_length=30)], me: Agent, service: ServiceIn) -> None:
    """Remove a phrase of one's own; needs the role agent or supervisor."""
    with service.writing.begin() as connection:
        phrases.drop(connection, me.id, key)


@router.get("/central-phrases")
def read_central(_me: Keeper, service: ServiceIn) -> list[CentralView]:
    """Phrases for all agents, withdrawn ones too; needs a curator or a supervisor."""
    with service.engine.connect() as connection:
        found = phrases.central(connection)
    return [_view(service, phrase) for phrase in found]


@router.put("/central-phrases/{key}")
def change_central(key: Key, input_: CentralInput, me: Keeper, service: ServiceIn) -> CentralView:
    """Change, add or withdraw a phrase for all agents; needs a curator or a supervisor. A statute that is not in force is
    refused (422), and so is a phrase somebody else has changed since (409)."""
    # A phrase is taken back just because its statute is gone: then the text may stay as it is.
    text = mask(normalize(input_.text)).strip() if input_.withdrawn else _checked(service, input_.text)
    wanted = Central(key, _title(input_.title), text, input_.withdrawn, input_.version)
    now = service.now()
    with service.writing.begin() as connection:
        before = phrases.change_central(connection, wanted, me.name, now)
        audit.record(
            connection, me, "phrase.change", "phrase", key, now, before=before and _told(before), after=_told(wanted)
        )
        changed = next(phrase for phrase in phrases.central(connection) if phrase.key == key)
    return _view(service, changed)


def _checked(service: Service, given: str) -> str:
    text = mask(normalize(given)).strip()
    if not text:
        raise bad_field("text", "还没有写内容。")
    phrases.check(text)
    if faults := citations.faults(service, text):
        raise bad_field("text", "有法条没查到或已失效：" + "、".join(fault.said for fault in faults))
    return text


def _title(given: str) -> str:
    title = mask(normalize(given)).strip()
    if not title:
        raise bad_field("title", "还没有写名称。")
    return title


def _told(phrase: Central) -> dict:
    return {"title": phrase.title, "text": phrase.text, "withdrawn": phrase.withdrawn}


def _view(service: Service, phrase: Central) -> CentralView:
    return CentralView(
        key=phrase.key,
        title=phrase.title,
        text=phrase.text,
        withdrawn=phrase.withdrawn,
        version=phrase.version,
        changed_by=phrase.changed_by,
        changed_at=phrase.changed_at,
        faults=list(dict.fromkeys(fault.said for fault in citations.faults(service, phrase.text))),
    )
