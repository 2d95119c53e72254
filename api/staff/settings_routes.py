"""Settings that are safe to change, in the workbench."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ServiceIn, requires
from api.errors import Problem, bad_field
from api.numbers import RowIdOrZero
from api.staff import audit, site_settings
from api.staff.roles import Role, Staff
from api.staff.site_settings import LIMITS, Stored
from bot.normalize import normalize

router = APIRouter(
    prefix="/api/v1/staff/settings",
    tags=["settings"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)
Administrator = Annotated[Staff, requires(Role.ADMINISTRATOR)]


class SettingView(BaseModel):
    """A setting with what may be entered: a text up to `longest` characters, or a number from `least` to `most`."""

    name: str
    title: str
    help: str
    value: str | int
    longest: int
    least: int
    most: int
    version: int
    changed_by: str
    changed_at: datetime | None


class SettingInput(BaseModel):
    """The new value; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[int, Field(strict=True, ge=0, le=10_000)] | Annotated[str, Field(strict=True, max_length=500)]
    version: RowIdOrZero


@router.get("")
def read_settings(_me: Administrator, service: ServiceIn) -> list[SettingView]:
    """Every setting that can be changed while the service runs; needs the administrator."""
    with service.engine.connect() as connection:
        return [_view(stored) for stored in site_settings.every(connection, service.settings)]


@router.put("/{name}")
def change_setting(name: str, input_: SettingInput, me: Administrator, service: ServiceIn) -> SettingView:
    """Change one, for all workers at once; needs the administrator. 409 when somebody else changed it meanwhile."""
    if name not in LIMITS:
        raise bad_field("name", "没有这项设置。")
    value = normalize(input_.value).strip() if isinstance(input_.value, str) else input_.value
    if fault := site_settings.fault(name, value):
        raise bad_field("value", fault)
    now = service.now()
    with service.writing.begin() as connection:
        before = _find(site_settings.every(connection, service.settings), name)
        site_settings.change(connection, name, value, input_.version, me.name, now)
        audit.record(connection, me, "setting.change", "setting", name, now, before=before.value, after=value)
        return _view(_find(site_settings.every(connection, service.settings), name))


def _find(found: list[Stored], name: str) -> Stored:
    return next(stored for stored in found if stored.name == name)


def _view(stored: Stored) -> SettingView:
    limits = LIMITS[stored.name]
    return SettingView(
        name=stored.name,
        title=limits.name,
        help=limits.help,
        value=stored.value,
        longest=limits.longest,
        least=limits.least,
        most=limits.most,
        version=stored.version,
        changed_by=stored.changed_by,
        changed_at=stored.changed_at,
    )
