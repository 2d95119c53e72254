"""Accounts of staff, kept by administrators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.dependencies import ServiceIn, requires
from api.errors import Problem, bad_field
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.staff import accounts, audit, second_factor, sessions
from api.staff.accounts import Account
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL, Input, StaffView, view
from api.wiring import Service

router = APIRouter(
    prefix="/api/v1/staff",
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
    tags=["accounts"],
)
Administrator = Annotated[Staff, requires(Role.ADMINISTRATOR)]

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")]
Codes = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=500)]
Reason = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Id = RowId


class AccountView(StaffView):
    active: bool
    locked_until: datetime | None
    created_at: datetime
    version: int


class NewAccountInput(Input):
    username: str = Field(pattern=f"^{accounts.USERNAME.pattern}$")
    name: Name
    roles: list[Role] = Field(max_length=len(Role))
    areas: Codes = Field(default_factory=list)
    bodies: Codes = Field(default_factory=list)
    skills: Codes = Field(default_factory=list)


class AccountInput(Input):
    """What is to be changed; what is left out stays. `version` is that of the account as it was read."""

    version: RowId
    name: Name | None = None
    roles: list[Role] | None = Field(None, max_length=len(Role))
    areas: Codes | None = None
    bodies: Codes | None = None
    skills: Codes | None = None
    active: bool | None = None
    reason: Reason = ""


class TemporaryPassword(BaseModel):
    """Told once; the owner has to change it before anything else."""

    account: AccountView
    password: str


class LimitChoice(BaseModel):
    value: str
    label: str


class LimitChoices(BaseModel):
    """What an account can be limited to."""

    areas: list[LimitChoice]
    bodies: list[LimitChoice]
    skills: list[LimitChoice]


class SessionView(BaseModel):
    id: str
    created_at: datetime
    seen_at: datetime
    address: str
    user_agent: str
    current: bool


@router.get("/accounts")
def list_accounts(
    _me: Administrator,
    service: ServiceIn,
    paging: PagingIn,
    *,
    text: Annotated[str, Query(max_length=60, pattern=NO_NUL)] = "",
    role: Role | None = None,
    active: bool | None = None,
) -> Rows[AccountView]:
    """Accounts by user name; needs the administrator."""
    with service.engine.connect() as connection:
        found, total = accounts.listed(
            connection, text=text, role=role, active=active, offset=paging.offset, limit=paging.size
        )
    return Rows(items=[account_view(account) for account in found], total=total)


@router.get("/accounts/choices")
def limit_choices(_me: Administrator, service: ServiceIn) -> LimitChoices:
    """Areas, bodies and skills an account can be limited to; needs the administrator."""
    directory = service.parts.directory
    bodies = sorted(directory.bodies, key=lambda body: (body.area, body.name))
    return LimitChoices(
        areas=[LimitChoice(value=area, label=area) for area in _areas(service)],
        bodies=[LimitChoice(value=body.id, label=f"{body.name}（{body.area}）") for body in bodies],
        skills=[LimitChoice(value=code, label=name) for code, name in service.matters.groups.items()],
    )


@router.post("/accounts", status_code=201)
def create_account(input_: NewAccountInput, me: Administrator, service: ServiceIn) -> TemporaryPassword:
    """A new account with a password that is told once; needs the administrator."""
    _check_limits(service, input_.areas, input_.bodies, input_.skills)
    password, now = accounts.make_password(), service.now()
    with service.writing.begin() as connection:
        staff_id = accounts.add(
            connection,
            input_.username,
            input_.name.strip(),
            password,
            frozenset(input_.roles),
            now,
            areas=frozenset(input_.areas),
            bodies=frozenset(input_.bodies),
            skills=frozenset(input_.skills),
            temporary_password=True,
        )
        account = accounts.find(connection, staff_id)
        _record(connection, me, "staff.create", account, now, after=_told(account))
    return TemporaryPassword(account=account_view(account), password=password)


@router.get("/accounts/{staff_id}")
def read_account(staff_id: Id, _me: Administrator, service: ServiceIn) -> AccountView:
    """One account; needs the administrator."""
    with service.engine.connect() as connection:
        return account_view(accounts.find(connection, staff_id))


@router.patch("/accounts/{staff_id}")
def change_account(staff_id: Id, input_: AccountInput, me: Administrator, service: ServiceIn) -> AccountView:
    """Name, roles, limits, active or not; works at once, also in open sessions. Needs the administrator."""
    _check_limits(service, input_.areas or (), input_.bodies or (), input_.skills or ())
    given = input_.model_dump(exclude={"version", "reason"}, exclude_none=True)
    changes = {key: frozenset(value) if isinstance(value, list) else value for key, value in given.items()}
    now = service.now()
    with service.writing.begin() as connection:
        before = accounts.find(connection, staff_id)
        accounts.change(connection, staff_id, input_.version, changes)
        if input_.active is False:
            sessions.end_all(connection, staff_id)
        after = accounts.find(connection, staff_id)
        old, new = _told(before), _told(after)
        changed = [key for key in new if old[key] != new[key]]
        _record(
            connection,
            me,
            "staff.change",
            after,
            now,
            before={key: old[key] for key in changed},
            after={key: new[key] for key in changed},
            reason=input_.reason,
        )
    return account_view(after)


@router.post("/accounts/{staff_id}/password")
def reset_password(staff_id: Id, me: Administrator, service: ServiceIn) -> TemporaryPassword:
    """A new password that is told once; ends the lockout and all sessions. Needs the administrator."""
    password, now = accounts.make_password(), service.now()
    with service.writing.begin() as connection:
        accounts.set_password(connection, staff_id, password, temporary=True)
        sessions.end_all(connection, staff_id)
        account = accounts.find(connection, staff_id)
        _record(connection, me, "staff.reset_password", account, now)
    return TemporaryPassword(account=account_view(account), password=password)


@router.delete("/accounts/{staff_id}/second-factor")
def remove_second_factor(staff_id: Id, me: Administrator, service: ServiceIn) -> AccountView:
    """Switch somebody's second factor off (a lost phone) and end all sessions; needs the administrator."""
    now = service.now()
    with service.writing.begin() as connection:
        account = accounts.find(connection, staff_id)
        second_factor.remove(connection, staff_id)
        sessions.end_all(connection, staff_id)
        _record(connection, me, "staff.remove_second_factor", account, now)
        return account_view(accounts.find(connection, staff_id))


@router.get("/accounts/{staff_id}/sessions")
def list_sessions(staff_id: Id, _me: Administrator, service: ServiceIn) -> list[SessionView]:
    """Where somebody is signed in; needs the administrator."""
    with service.engine.connect() as connection:
        accounts.find(connection, staff_id)
        return session_views(connection, staff_id, "", service.now())


@router.delete("/accounts/{staff_id}/sessions", status_code=204)
def end_sessions(staff_id: Id, me: Administrator, service: ServiceIn) -> None:
    """Sign somebody out everywhere; needs the administrator."""
    now = service.now()
    with service.writing.begin() as connection:
        account = accounts.find(connection, staff_id)
        ended = sessions.end_all(connection, staff_id)
        _record(connection, me, "staff.end_sessions", account, now, after={"ended": ended})


def account_view(account: Account) -> AccountView:
    """An account as it is shown."""
    return AccountView(
        **view(account.staff).model_dump(),
        active=account.active,
        locked_until=account.locked_until,
        created_at=account.created_at,
        version=account.version,
    )


def session_views(connection: Connection, staff_id: int, token: str, now: datetime) -> list[SessionView]:
    """Somebody's open sessions; `token` is that of the one who asks."""
    current = sessions.session_id(token)
    return [
        SessionView(
            id=session.id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            address=session.address,
            user_agent=session.user_agent,
            current=session.id == current,
        )
        for session in sessions.of_staff(connection, staff_id, now)
    ]


def _told(account: Account) -> dict[str, Any]:
    """What the trail keeps of an account."""
    return view(account.staff).model_dump(mode="json", exclude={"id", "username"}) | {"active": account.active}


def _record(connection: Connection, me: Staff, action: str, account: Account, now: datetime, **more: Any) -> None:
    audit.record(connection, me, action, "staff", account.staff.username, now, **more)


def _areas(service: Service) -> list[str]:
    return sorted({body.area for body in service.parts.directory.bodies} | set(service.parts.directory.zones))


def _check_limits(service: Service, areas: Iterable[str], bodies: Iterable[str], skills: Iterable[str]) -> None:
    """422 for an area, body or skill that does not exist: such a limit would shut somebody out unseen."""
    known = {
        "areas": (areas, set(_areas(service))),
        "bodies": (bodies, {body.id for body in service.parts.directory.bodies}),
        "skills": (skills, set(service.matters.groups)),
    }
    for field, (given, exists) in known.items():
        for value in given:
            if value not in exists:
                raise bad_field(field, f"没有「{value}」这一项。")
