"""What endpoints ask for: the service, the citizen's token, a member of staff with a role."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.requests import HTTPConnection

from api.errors import ApiError
from api.staff import sessions
from api.staff.roles import Role, Staff
from api.wiring import Service

STAFF_COOKIE = "yibotong_staff"
_SAME_SITE = {"same-origin", "none", ""}  # "": a browser that does not send it, or a program


def _service(connection: HTTPConnection) -> Service:
    return connection.app.state.service


def _token(authorization: Annotated[str, Header(max_length=200)] = "") -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiError(401, "缺少凭证", "请重新打开页面，再开始对话。")
    return token.strip()


ServiceIn = Annotated[Service, Depends(_service)]
TokenIn = Annotated[str, Depends(_token)]


def requires(*roles: Role) -> Any:
    """A dependency that gives the `Staff` signed in, who must hold one of `roles` (any role when none is named).

    401 without a session, 403 without the role, from another site's page, or while a temporary password is still to be
    changed. Roles are read anew at each call, so that one taken away works at once; a WebSocket asks `still_may` again.
    """

    def signed_in(connection: HTTPConnection, service: ServiceIn) -> Staff:
        # The cookie is SameSite=Strict; this holds where a browser ignores that.
        if connection.headers.get("sec-fetch-site", "") not in _SAME_SITE:
            raise ApiError(403, "没有权限", "请从工作台页面操作。")
        token = connection.cookies.get(STAFF_COOKIE, "")
        now = service.now()
        with service.engine.connect() as database:
            staff = sessions.staff_of_session(database, token, now)
            stale = staff is not None and sessions.is_stale(database, token, now)
        if staff is None:
            raise ApiError(401, "请先登录", "登录已失效，请重新登录。没有保存的内容还在本机。")
        if stale:
            with service.writing.begin() as database:
                sessions.touch(database, token, now)
        if roles and staff.temporary_password:
            raise ApiError(403, "请先改密码", "这个密码是别人设的，请先在「我的账号」里换成自己的。")
        if roles and not staff.may(*roles):
            raise ApiError(403, "没有权限", "您的账号没有这项权限，请联系管理员。")
        return staff

    signed_in.roles = roles  # type: ignore[attr-defined]  # read by the guard test
    return Depends(signed_in)


def still_may(service: Service, connection: HTTPConnection, *roles: Role) -> bool:
    """Whether the one signed in on a long connection still is, and still holds one of `roles`. Ask before each act."""
    with service.engine.connect() as database:
        staff = sessions.staff_of_session(database, connection.cookies.get(STAFF_COOKIE, ""), service.now())
    return staff is not None and staff.may(*roles)
