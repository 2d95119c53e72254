"""What endpoints ask for: the service, the citizen's token, a member of staff with a role."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.requests import HTTPConnection

from api.errors import ApiError
from api.staff import accounts
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

    401 without a session, 403 without the role or from another site's page. Roles are read anew at each call, so that one
    taken away works at once. Works for HTTP routes and WebSockets.
    """

    def signed_in(connection: HTTPConnection, service: ServiceIn) -> Staff:
        # The cookie is SameSite=Strict; this holds where a browser ignores that.
        if connection.headers.get("sec-fetch-site", "") not in _SAME_SITE:
            raise ApiError(403, "没有权限", "请从工作台页面操作。")
        now = service.now()
        with service.engine.connect() as database:
            staff = accounts.staff_of_session(database, connection.cookies.get(STAFF_COOKIE, ""), now)
        if staff is None:
            raise ApiError(401, "请先登录", "登录已失效，请重新登录。没有保存的内容还在本机。")
        if roles and not staff.may(*roles):
            raise ApiError(403, "没有权限", "您的账号没有这项权限，请联系管理员。")
        return staff

    signed_in.roles = roles  # type: ignore[attr-defined]  # read by the guard test
    return Depends(signed_in)
