"""Routes of telephone calls: the switchboard's notices, what is said as it is said, the caller's earlier tickets."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request, WebSocket, WebSocketDisconnect
from fastapi.requests import HTTPConnection
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api import talk
from api.dependencies import ServiceIn, still_may
from api.desk import calls, hands, suggestions, views
from api.desk.calls import Call, Notice
from api.desk.routes import Agent, Input, _call_agent
from api.errors import ApiError, Problem
from api.staff import accounts
from api.staff.errors import UnknownAccountError
from api.staff.roles import Role, Staff
from api.wiring import Service
from bot import conversations, presence, wording
from bot.conversations import Conversation, Exchange
from bot.message import Choice
from bot.normalize import normalize, readable
from case_library.redact import mask
from routing import tickets
from routing.tickets import UnknownTicketError

log = logging.getLogger("yibotong.api")
router = APIRouter(
    prefix="/api/v1/calls", tags=["calls"], responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422, 429)}
)
