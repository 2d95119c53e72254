"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from api.dependencies import STAFF_COOKIE, ServiceIn
from api.errors import ApiError, Problem, bad_field
from api.staff import accounts, audit, second_factor, sessions
from api.staff.accounts import LONGEST_PASSWORD
from api.staff.administration import SessionView, session_views
from api.staff.roles import Staff
from api.staff.session import Input, Me, StaffView, view
from api.wiring import Service

router = APIRouter(
    prefix="/api/v1/staff/me", responses={code: {"model": Problem} for code in (401, 403, 404, 422, 429)}
)

Password = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD)]


class PasswordInput(Input):
    old: Password
    new: Password


class ProofInput(Input):
    password: Password


class CodeInput(Input):
    code: str = Field(min_length=1, max_length=12)


class SecondFactorOffer(BaseModel):
    """The `otpauth:` address, to be shown as a QR code."""

    uri: str


@router.put("/password")
def change_password(input_: PasswordInput, request: Request, me: Me, service: ServiceIn) -> StaffView:
    """Change one's password; ends all other sessions. Needs a session and the old password."""
    _prove(service, me, input_.old, "old")
    if input_.new == input_.old:
        raise bad_field("new", "新密码和原来的一样。")
    now = service.now()
    with service.writing.begin() as connection:
        accounts.set_password(connection, me.id, input_.new, temporary=False)
        ended = sessions.end_all(connection, me.id, but=request.cookies.get(STAFF_COOKIE, ""))
        audit.record(connection, me, "staff.change_password", "staff", me.username, now, after={"ended": ended})
        return view(accounts.find(connection, me.id).staff)


@router.post("/second-factor")
def offer_second_factor(input_: ProofInput, me: Me, service: ServiceIn) -> SecondFactorOffer:
    """Begin to set up a second factor; needs a session and the password."""
    if me.second_factor:
        raise ApiError(409, "已经开通了", "动态码已经开通。换手机请找管理员先关掉。")
    _prove(service, me, input_.password, "password")
    with service.writing.begin() as connection:
        return SecondFactorOffer(uri=second_factor.offer(connection, service.secrets, me.id, me.username))


@router.put("/second-factor")
def confirm_second_factor(input_: CodeInput, request: Request, me: Me, service: ServiceIn) -> StaffView:
    """Switch the second factor on with a first code; ends all other sessions. Needs a session."""
    now = service.now()
    with service.writing.begin() as connection:
        confirmed = second_factor.confirm(connection, service.secrets, me.id, input_.code, now)
        if confirmed:
            sessions.end_all(connection, me.id, but=request.cookies.get(STAFF_COOKIE, ""))
            audit.record(connection, me, "staff.second_factor", "staff", me.username, now)
        staff = accounts.find(connection, me.id).staff
    if not confirmed:
        raise bad_field("code", "动态码不对。看一下手机的时间准不准，再填一次。")
    return view(staff)


@router.get("/sessions")
def my_sessions(request: Request, me: Me, service: ServiceIn) -> list[SessionView]:
    """Where one is signed in; needs a session."""
    with service.engine.connect() as connection:
        return session_views(connection, me.id, request.cookies.get(STAFF_COOKIE, ""), service.now())


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")], me: Me, service: ServiceIn) -> None:
    """End one of one's own sessions; needs a session."""
    now = service.now()
    with service.writing.begin() as connection:
        if not sessions.end_one(connection, me.id, session_id):
            raise ApiError(404, "没有找到", "这个登录已经结束了。")
        audit.record(connection, me, "staff.end_session", "staff", me.username, now)


def _prove(service: Service, me: Staff, password: str, field: str) -> None:
    """422 when it is not one's password; an open browser must not be a place to guess it."""
    if not service.sign_ins.hit(f"staff {me.id}"):
        raise ApiError(429, "太频繁了", "试得太多了，请过一小时再试。")
    with service.engine.connect() as connection:
        if not accounts.password_fits(connection, me.username, password):
            raise bad_field(field, "密码不对。")
