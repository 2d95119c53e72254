"""Signing in with the organisation's own account (OpenID Connect). Who somebody is comes from there; roles stay ours."""

from __future__ import annotations

import hmac
import json
import logging
from dataclasses import asdict
from typing import Annotated

from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Query
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlalchemy import Connection

from api.dependencies import ServiceIn
from api.errors import ApiError, Problem
from api.staff import accounts
from api.staff.errors import UnknownAccountError
from api.staff.oidc_provider import OidcError, Provider, Request, new_request
from api.staff.session import address_of, let_in
from api.wiring import Service

COOKIE = "yibotong_oidc"
COOKIE_S = 600  # how long somebody may take at the provider
PATH = "/api/v1/staff/oidc"
WORKBENCH = "/staff/"
REFUSED = f"{WORKBENCH}?refused=1"

log = logging.getLogger("yibotong.staff")
router = APIRouter(prefix="/api/v1/staff", responses={code: {"model": Problem} for code in (404, 422, 429)})


class SignInWays(BaseModel):
    """Ways to sign in beside account and password; `oidc` is the name of the other, empty when there is none."""

    oidc: str


@router.get("/sign-in-ways")
def sign_in_ways(service: ServiceIn) -> SignInWays:
    """How one can sign in. Open to everyone."""
    return SignInWays(oidc=service.settings.oidc_name if service.oidc else "")


@router.get("/oidc", response_class=RedirectResponse, status_code=303)
def go_to_provider(http: HttpRequest, service: ServiceIn) -> RedirectResponse:
    """Send the browser to the provider. Open to everyone."""
    provider = _provider(service)
    request = new_request()
    try:
        address = provider.authorization_url(request, _redirect_uri(service, http))
    except OidcError as error:
        return _refuse(str(error))
    response = RedirectResponse(address, 303)
    response.set_cookie(
        COOKIE,
        (service.secrets.hide(json.dumps(asdict(request))) or b"").decode(),
        max_age=COOKIE_S,
        path=PATH,
        httponly=True,
        samesite="lax",  # has to come along when the provider sends the browser back
        secure=http.url.scheme == "https",
    )
    return response


@router.get("/oidc/callback", response_class=RedirectResponse, status_code=303)
def come_back(
    http: HttpRequest,
    service: ServiceIn,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> RedirectResponse:
    """Where the provider sends the browser back; begins a session when it has proved who it is. Open to everyone."""
    provider = _provider(service)
    if not service.sign_ins.hit(address_of(http)):
        raise ApiError(429, "太频繁了", "登录试得太多了，请过一小时再试。")
    request = _request(service, http.cookies.get(COOKIE, ""))
    if request is None or not code or not hmac.compare_digest(request.state.encode(), state.encode()):
        return _refuse("no request of ours, or the provider refused")
    try:
        claims = provider.claims(code, request, _redirect_uri(service, http), service.now())
    except OidcError as error:
        return _refuse(str(error))
    claim = service.settings.oidc_claim
    name = claims.get(claim)
    if not isinstance(name, str) or (claim == "email" and claims.get("email_verified") is not True):
        return _refuse(f"no claim {claim}")
    response = RedirectResponse(WORKBENCH, 303)
    with service.writing.begin() as connection:
        staff_id = _account(connection, name)
        if staff_id is not None:
            let_in(connection, service, staff_id, http, response, way="oidc")
    if staff_id is None:
        return _refuse("no active account of that name")
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _account(connection: Connection, name: str) -> int | None:
    try:
        found = accounts.find_by_name(connection, name)
    except UnknownAccountError:
        return None
    return found.staff.id if found.active else None


def _provider(service: Service) -> Provider:
    if service.oidc is None:
        raise ApiError(404, "没有找到", "没有设统一认证。")
    return service.oidc


def _request(service: Service, cookie: str) -> Request | None:
    try:
        return Request(**json.loads(service.secrets.show(cookie.encode())))
    except (InvalidToken, ValueError, TypeError):
        return None


def _redirect_uri(service: Service, http: HttpRequest) -> str:
    base = service.settings.public_url or str(http.base_url)
    return f"{base.rstrip('/')}{PATH}/callback"


def _refuse(why: str) -> RedirectResponse:
    log.warning("oidc_refused", extra={"why": why})
    response = RedirectResponse(REFUSED, 303)
    response.delete_cookie(COOKIE, path=PATH)
    return response
