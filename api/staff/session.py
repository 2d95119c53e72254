"""Signing in and out of the workbench."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import STAFF_COOKIE, ServiceIn, requires
from api.errors import ApiError, Problem
from api.staff import accounts, audit
from api.staff.roles import Role, Staff

router = APIRouter(prefix="/api/v1/staff", responses={code: {"model": Problem} for code in (401, 403, 422, 429)})
Me = Annotated[Staff, requires()]


class SignInInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)


class StaffView(BaseModel):
    id: int
    username: str
    name: str
    roles: list[Role]
    areas: list[str]
    bodies: list[str]
    skills: list[str]


@router.post("/session", status_code=201)
def sign_in(input_: SignInInput, request: Request, response: Response, service: ServiceIn) -> StaffView:
    """Sign in; sets the session's cookie. Open to everyone; tries are limited by account and by address."""
    address = request.client.host if request.client else ""
    if not service.sign_ins.hit(address):
        raise ApiError(429, "太频繁了", "登录试得太多了，请过一小时再试。")
    now = service.now()
    with service.writing.begin() as connection:
        token = accounts.sign_in(connection, input_.username, input_.password, now)
        staff = accounts.staff_of_session(connection, token, now) if token else None
        if staff:
            audit.record(connection, staff, "staff.sign_in", "staff", staff.username, now)
    if staff is None or token is None:
        raise ApiError(401, "登录不成功", "账号或密码不对，或者账号被锁了。连错五次要等十五分钟。")
    response.set_cookie(
        STAFF_COOKIE,
        token,
        max_age=accounts.SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _view(staff)


@router.get("/session")
def who_am_i(me: Me) -> StaffView:
    """Who is signed in; needs a session."""
    return _view(me)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, service: ServiceIn) -> None:
    """Sign out; needs nothing, and does nothing without a session."""
    with service.writing.begin() as connection:
        accounts.sign_out(connection, request.cookies.get(STAFF_COOKIE, ""))
    response.delete_cookie(STAFF_COOKIE)


def _view(staff: Staff) -> StaffView:
    return StaffView(
        id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=sorted(staff.roles),
        areas=sorted(staff.areas),
        bodies=sorted(staff.bodies),
        skills=sorted(staff.skills),
    )
