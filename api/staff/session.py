"""Signing in and out of the workbench."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.dependencies import STAFF_COOKIE, ServiceIn, requires
from api.errors import ApiError, Problem
from api.staff import accounts, audit, sessions
from api.staff.roles import Role, Staff
from api.staff.sign_in import decide
from api.wiring import Service

SECOND_FACTOR = "urn:yibotong:second-factor"  # the password is right, a code is wanted too
NO_NUL = r"^[^\x00]*$"  # PostgreSQL refuses the character in texts

router = APIRouter(prefix="/api/v1/staff", responses={code: {"model": Problem} for code in (401, 403, 422, 429)})
Me = Annotated[Staff, requires()]


class Input(BaseModel):
    """Base of what the workbench sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class SignInInput(Input):
    username: str = Field(min_length=1, max_length=60, pattern=NO_NUL)
    password: str = Field(min_length=1, max_length=accounts.LONGEST_PASSWORD)
    code: str = Field("", max_length=12)  # of the second factor, when the account has one


class StaffView(BaseModel):
    id: int
    username: str
    name: str
    roles: list[Role]
    areas: list[str]
    bodies: list[str]
    skills: list[str]
    second_factor: bool
    temporary_password: bool


@router.post("/session", status_code=201)
def sign_in(input_: SignInInput, request: Request, response: Response, service: ServiceIn) -> StaffView:
    """Sign in; sets the session's cookie. Open to everyone; tries are limited by account and by address."""
    if not service.sign_ins.hit(address_of(request)):
        raise ApiError(429, "太频繁了", "登录试得太多了，请过一小时再试。")
    now = service.now()
    with service.engine.connect() as connection:
        fits = accounts.password_fits(connection, input_.username, input_.password)
    with service.writing.begin() as connection:
        answer = decide(connection, service.secrets, input_.username, input_.code, now, password_fits=fits)
        staff = let_in(connection, service, answer.staff_id, request, response) if answer.staff_id else None
    if staff:
        return view(staff)
    if answer.wants_code:
        raise ApiError(401, "还要动态码", "请再填手机验证器上的六位动态码。", type=SECOND_FACTOR)
    raise ApiError(401, "登录不成功", "账号、密码或动态码不对，或者账号被锁了。连错五次要等十五分钟。")


@router.get("/session")
def who_am_i(me: Me) -> StaffView:
    """Who is signed in; needs a session."""
    return view(me)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, service: ServiceIn) -> None:
    """Sign out. Open to everyone; does nothing without a session."""
    with service.writing.begin() as connection:
        sessions.end(connection, request.cookies.get(STAFF_COOKIE, ""))
    response.delete_cookie(STAFF_COOKIE)


def let_in(
    connection: Connection, service: Service, staff_id: int, request: Request, response: Response, way: str = "password"
) -> Staff:
    """Begin a session and set its cookie; `way` is how they proved who they are, for the trail."""
    now = service.now()
    agent = request.headers.get("user-agent", "")
    token = sessions.begin(connection, staff_id, now, address=address_of(request), user_agent=agent)
    staff = accounts.find(connection, staff_id).staff
    audit.record(connection, staff, "staff.sign_in", "staff", staff.username, now, after={"way": way})
    response.set_cookie(
        STAFF_COOKIE,
        token,
        max_age=int(sessions.LONGEST.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return staff


def address_of(request: Request) -> str:
    """The caller's address."""
    return request.client.host if request.client else ""


def view(staff: Staff) -> StaffView:
    """A member of staff as they are shown."""
    return StaffView(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=sorted(staff.roles),
        areas=sorted(staff.areas),
        bodies=sorted(staff.bodies),
        skills=sorted(staff.skills),
        second_factor=staff.second_factor,
        temporary_password=staff.temporary_password,
    )
