"""Errors as RFC 9457 problem details. The only place that maps a package's errors to HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from bot.errors import ConversationExpiredError, UnknownConversationError
from routing.tickets import UnknownTicketError

log = logging.getLogger("yibotong.api")
MEDIA_TYPE = "application/problem+json"


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


@dataclass
class ApiError(Exception):
    """Raised by endpoints for what is the caller's to repair."""

    status: int
    title: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()


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

    @app.exception_handler(ApiError)
    def _(_request: Request, error: ApiError) -> JSONResponse:
        return answer(Problem(title=error.title, status=error.status, detail=error.detail, errors=list(error.errors)))

    @app.exception_handler(UnknownConversationError)
    def _(_request: Request, _error: UnknownConversationError) -> JSONResponse:
        return answer(Problem(title="没有这次对话", status=404, detail="没有找到这次对话，请重新开始。"))

    @app.exception_handler(ConversationExpiredError)
    def _(_request: Request, _error: ConversationExpiredError) -> JSONResponse:
        return answer(Problem(title="对话已过期", status=410, detail="这次对话时间太久，已经关闭，请重新开始。"))

    @app.exception_handler(UnknownTicketError)
    def _(_request: Request, _error: UnknownTicketError) -> JSONResponse:
        return answer(Problem(title="没有查到", status=404, detail="工单号或查询码不对，请核对后再试。"))

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

    @app.exception_handler(OperationalError)
    def _(_request: Request, error: OperationalError) -> JSONResponse:
        # Disk full, database locked or away. Nothing was committed; the client sends the same message again.
        log.error("database_unavailable", extra={"cause": type(error.orig).__name__})
        return answer(Problem(title="暂时办不了", status=503, detail="系统正忙，您的话没有丢，请过一会儿再发一次。"))

    @app.exception_handler(Exception)
    def _(_request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected_error", extra={"cause": type(error).__name__}, exc_info=error)
        return answer(Problem(title="出错了", status=500, detail="系统出错，请过一会儿再试，或拨打 12348。"))


def answer(problem: Problem) -> JSONResponse:
    """The response for a problem."""
    headers = {"Retry-After": "60"} if problem.status == 429 else None
    return JSONResponse(problem.model_dump(), problem.status, media_type=MEDIA_TYPE, headers=headers)
