"""Errors as RFC 9457 problem details. The only place that maps a package's errors to HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException

from api.exchange.signing import UnsignedError
from api.proof import ProofNeededError
from api.staff.errors import (
    ChangedMeanwhileError,
    LastAdministratorError,
    StaffError,
    UnknownAccountError,
    UsernameTakenError,
)
from api.staff.site_settings import SettingChangedError
from api.wechat.crypto import ForgedMessageError
from bot.errors import ConversationExpiredError, UnknownConversationError
from routing.appointment_store import SlotTakenError
from routing.attachments import UnknownFileError
from routing.body_links import UnknownLinkError
from routing.rule_versions import UnknownRulesVersionError
from routing.ticket_state import OutOfOrderError
from routing.ticket_thread import TicketChangedError
from routing.tickets import UnknownTicketError

log = logging.getLogger("yibotong.api")
MEDIA_TYPE = "application/problem+json"
# Kinds of 409 that a page must tell apart.
CHANGED_MEANWHILE = "urn:yibotong:changed-meanwhile"
OUT_OF_ORDER = "urn:yibotong:out-of-order"
SLOT_TAKEN = "urn:yibotong:slot-taken"
PROOF_NEEDED = "urn:yibotong:proof-needed"  # of 428


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457; `title` and `detail` can be shown to a citizen."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class ProofProblem(Problem):
    """428: the same request is to be sent again with `challenge.counter` in the header `X-Proof`: see `api/proof.py`."""

    challenge: str


@dataclass
class ApiError(Exception):
    """Raised by endpoints for what is the caller's to repair."""

    status: int
    title: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    type: str = "about:blank"  # a URI where a client must tell this problem from others of its status


def bad_field(field: str, message: str) -> ApiError:
    """422 for one field."""
    return ApiError(422, "填写有误", message, (FieldProblem(field=field, message=message),))


# What a citizen can read about a wrong field, by pydantic's kind of error.
FIELD_MESSAGES = {
    "missing": "没有填",
    "string_too_long": "太长了",
    "string_too_short": "不能空着",
    "json_invalid": "格式不对",
    "extra_forbidden": "多出来的内容",
}
STAFF_STATUSES = {
    UnknownAccountError: (404, "没有找到"),
    UsernameTakenError: (409, "账号重名"),
    LastAdministratorError: (409, "不能这样改"),
    ChangedMeanwhileError: (409, "别人改过了"),
    SettingChangedError: (409, "别人改过了"),
}
STATUS_TITLES = {
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不能这样访问",
    413: "内容太大",
    415: "格式不对",
    429: "太频繁了",
}


def install(app: FastAPI) -> None:
    """Register the handlers."""
    _install_for_tickets(app)
    _install_for_systems_and_staff(app)

    @app.exception_handler(ApiError)
    def _(_request: Request, error: ApiError) -> JSONResponse:
        return answer(
            Problem(
                type=error.type, title=error.title, status=error.status, detail=error.detail, errors=list(error.errors)
            )
        )

    @app.exception_handler(UnknownConversationError)
    def _(_request: Request, _error: UnknownConversationError) -> JSONResponse:
        return answer(Problem(title="没有这次对话", status=404, detail="没有找到这次对话，请重新开始。"))

    @app.exception_handler(ConversationExpiredError)
    def _(_request: Request, _error: ConversationExpiredError) -> JSONResponse:
        return answer(Problem(title="对话已过期", status=410, detail="这次对话时间太久，已经关闭，请重新开始。"))

    @app.exception_handler(RequestValidationError)
    def _(_request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            FieldProblem(
                field=".".join(str(part) for part in item["loc"][1:]) or "body",
                message=FIELD_MESSAGES.get(item["type"], "填写不对"),
            )
            for item in error.errors()
        ]
        return answer(Problem(title="填写有误", status=422, detail="送来的内容格式不对。", errors=errors))

    @app.exception_handler(HTTPException)
    def _(_request: Request, error: HTTPException) -> JSONResponse:
        title = STATUS_TITLES.get(error.status_code, "出错了")
        return answer(Problem(title=title, status=error.status_code, detail=f"{title}。"))

    @app.exception_handler(ProofNeededError)
    def _(_request: Request, error: ProofNeededError) -> JSONResponse:
        detail = "现在来问的太多，没发出去。请过一会儿再发；着急请打 12348，有危险马上打 110。"
        return answer(
            ProofProblem(type=PROOF_NEEDED, title="请再发一次", status=428, detail=detail, challenge=error.challenge)
        )

    @app.exception_handler(OperationalError)
    def _(_request: Request, error: OperationalError) -> JSONResponse:
        # Disk full, database locked or away. Nothing was committed; the client sends the same message again.
        log.error("database_unavailable", extra={"cause": type(error.orig).__name__})
        return answer(Problem(title="暂时办不了", status=503, detail="系统正忙，您的话没有丢，请过一会儿再发一次。"))

    @app.exception_handler(IntegrityError)
    def _(_request: Request, error: IntegrityError) -> JSONResponse:
        # Somebody wrote the same row at the same moment. Nothing of this request was kept.
        log.warning("written_at_once", extra={"cause": type(error.orig).__name__})
        detail = "刚才有人同时做了一样的事，您这一次没有做。请看过最新情况再做一次。"
        return answer(Problem(type=CHANGED_MEANWHILE, title="已经变了", status=409, detail=detail))

    @app.exception_handler(Exception)
    def _(_request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected_error", extra={"cause": type(error).__name__}, exc_info=error)
        return answer(Problem(title="出错了", status=500, detail="系统出错，请过一会儿再试，或拨打 12348。"))


def _install_for_systems_and_staff(app: FastAPI) -> None:
    @app.exception_handler(UnsignedError)
    def _(_request: Request, _error: UnsignedError) -> JSONResponse:
        return answer(Problem(title="签名不对", status=401, detail="签名、时间或系统编号不对，或者这个请求已经用过。"))

    @app.exception_handler(ForgedMessageError)
    def _(_request: Request, _error: ForgedMessageError) -> JSONResponse:
        return answer(Problem(title="没有权限", status=403, detail="签名或内容不对。"))

    @app.exception_handler(StaffError)
    def _(_request: Request, error: StaffError) -> JSONResponse:
        status, title = STAFF_STATUSES.get(type(error), (422, "填写有误"))
        return answer(Problem(title=title, status=status, detail=str(error)))

    @app.exception_handler(UnknownRulesVersionError)
    def _(_request: Request, _error: UnknownRulesVersionError) -> JSONResponse:
        return answer(Problem(title="没有找到", status=404, detail="没有这一版规则。"))


def _install_for_tickets(app: FastAPI) -> None:
    @app.exception_handler(UnknownTicketError)
    def _(_request: Request, _error: UnknownTicketError) -> JSONResponse:
        return answer(Problem(title="没有查到", status=404, detail="工单号或查询码不对，请核对后再试。"))

    @app.exception_handler(UnknownFileError)
    def _(_request: Request, _error: UnknownFileError) -> JSONResponse:
        return answer(Problem(title="没有找到", status=404, detail="没有这个文件。"))

    @app.exception_handler(UnknownLinkError)
    def _(_request: Request, _error: UnknownLinkError) -> JSONResponse:
        return answer(Problem(title="链接无效", status=404, detail="链接不对、已过期或已作废，请找转办的座席要新的。"))

    @app.exception_handler(TicketChangedError)
    def _(_request: Request, _error: TicketChangedError) -> JSONResponse:
        detail = "别人刚刚动过这件工单，您的操作没有做。请看过最新情况再决定。"
        return answer(Problem(type=CHANGED_MEANWHILE, title="已经变了", status=409, detail=detail))

    @app.exception_handler(SlotTakenError)
    def _(_request: Request, _error: SlotTakenError) -> JSONResponse:
        detail = "这个时间刚被别人约走了，请换一个。您原来约的没有变。"
        return answer(Problem(type=SLOT_TAKEN, title="约满了", status=409, detail=detail))

    @app.exception_handler(OutOfOrderError)
    def _(_request: Request, error: OutOfOrderError) -> JSONResponse:
        return answer(Problem(type=OUT_OF_ORDER, title="现在不能这样做", status=409, detail=error.why))


def answer(problem: Problem) -> JSONResponse:
    """The response for a problem."""
    headers = {"Retry-After": "60"} if problem.status == 429 else None
    return JSONResponse(problem.model_dump(), problem.status, media_type=MEDIA_TYPE, headers=headers)
