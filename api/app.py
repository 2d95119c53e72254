"""The web application: routes, pages, headers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api import bodies, citizen, errors
from api.admin import case_checks, case_files, case_list, cases, directory, hit_tests, misses, rules, what_if
from api.admin import errors as curation_errors
from api.appointments import citizen as own_bookings
from api.appointments import desk as booking_desk
from api.config import PROJECT
from api.desk import call_routes, joint_routes, phrase_routes, wall
from api.desk import routes as desk
from api.desk.sweep import Sweeper
from api.errors import Problem
from api.exchange import administration as exchange_administration
from api.exchange import routes as exchange
from api.figures import published, report_routes
from api.figures import routes as figures
from api.hsds import routes as hsds_routes
from api.jobs import JobRunner
from api.library import LibraryFollower
from api.notices import routes as notice_routes
from api.open311 import routes as open311
from api.privacy import routes as privacy
from api.quality import routes as quality
from api.seats import routes as seats
from api.staff import administration, my_account, oidc, session, settings_routes, trail
from api.tickets import citizen as own_ticket
from api.tickets import complaint_routes, file_routes, files
from api.tickets import desk as ticket_desk
from api.training import routes as training
from api.wechat import routes as wechat
from api.wiring import Service

PAGES = PROJECT / "api" / "web" / "dist"
LARGEST_BODY_BYTES = 128 * 1024  # 20,000 characters of JSON-escaped Chinese
LARGEST_FILE_BYTES = 20 * 1024 * 1024
FILES = (
    "/api/v1/admin/case-imports",
    "/api/v1/admin/hit-tests",
    "/api/v1/admin/directory/import",
    "/api/v1/admin/directory/import-hsds",
)  # where staff send files
TICKET_FILES = re.compile(r"/api/v1/(tickets/[^/]+|desk/tickets/[^/]+|body)/files")
EMBEDDED = ("/embed/", "/embed/index.html")  # the only pages another site may frame
# ChatUI sets inline styles on elements; scripts come from our own files only. Slips are drawn as data: pictures.
CONTENT_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors {ancestors}; form-action 'self'"
)
SECURITY_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Speaking instead of writing needs the microphone; nothing needs the rest.
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


def create_app(make_service: Callable[[], Service]) -> FastAPI:
    """The application; `make_service` is called when it starts, not before."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = make_service()
        app.state.service.live.start()
        files.sweep(app.state.service)
        sweeper = Sweeper(app.state.service)
        sweeper.start()
        follower = LibraryFollower(app.state.service)
        follower.start()
        jobs = JobRunner(app.state.service) if app.state.service.settings.run_jobs else None
        if jobs:
            jobs.start()
        yield
        follower.stop()
        sweeper.stop()
        if jobs:
            jobs.stop()
        app.state.service.live.stop()
        app.state.service.engine.dispose()

    app = FastAPI(
        title="一拨通", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    errors.install(app)
    curation_errors.install(app)
    for router in (
        citizen.router,
        wechat.router,
        session.router,
        administration.router,
        my_account.router,
        trail.router,
        settings_routes.router,
        oidc.router,
        desk.router,
        joint_routes.router,
        wall.router,
        phrase_routes.router,
        quality.router,
        training.router,
        call_routes.router,
        own_ticket.router,
        own_bookings.router,
        notice_routes.router,
        booking_desk.router,
        ticket_desk.router,
        figures.router,
        published.router,
        report_routes.router,
        seats.router,
        file_routes.router,
        complaint_routes.router,
        privacy.router,
        bodies.router,
        exchange.router,
        exchange_administration.router,
        open311.router,
        hsds_routes.router,
        case_list.router,
        case_checks.router,
        cases.router,
        case_files.router,
        misses.router,
        hit_tests.router,
        directory.router,
        rules.router,
        what_if.router,
    ):
        app.include_router(router)

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        """Whether the service answers. Open to everyone; tells nothing else."""
        return {"status": "ok"}

    if PAGES.is_dir():
        # The pages alone: answers of the interface carry secrets beside what people write, which must not be compressed together.
        app.mount("/", GZipMiddleware(StaticFiles(directory=PAGES, html=True), minimum_size=1000), name="pages")
    app.add_middleware(_Guard)
    return app


class _Guard:
    """Refuses bodies that are too large before they are read, and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        # Built files carry a hash in their name; everything else may change at any time.
        cache = "max-age=31536000, immutable" if scope["path"].startswith("/assets/") else "no-cache"
        if scope["path"].startswith("/api/"):
            cache = "no-store"  # personal: a shared terminal must not keep it

        allowed = scope["app"].state.service.settings.embed_origins if scope["path"] in EMBEDDED else ""
        policy = CONTENT_POLICY.format(ancestors=allowed or "'none'")

        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = {**SECURITY_HEADERS, "Content-Security-Policy": policy, "Cache-Control": cache}
                extra = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        length = Request(scope).headers.get("content-length", "0")
        largest = _largest(scope)
        if not length.isdigit() or int(length) > largest:
            too_large = Problem(title="内容太大", status=413, detail=_too_large(scope, largest))
            response: JSONResponse = errors.answer(too_large)
            await response(scope, receive, with_headers)
            return
        # Whoever takes a ticket's file counts while reading, and can say what is wrong.
        body = receive if TICKET_FILES.fullmatch(scope["path"]) else _limited(receive, largest)
        await self._app(scope, body, with_headers)


def _largest(scope: Scope) -> int:
    if TICKET_FILES.fullmatch(scope["path"]):
        return scope["app"].state.service.settings.file_mb * files.MEGABYTE
    return LARGEST_FILE_BYTES if scope["path"] in FILES else LARGEST_BODY_BYTES


def _too_large(scope: Scope, largest: int) -> str:
    is_file = TICKET_FILES.fullmatch(scope["path"])
    return files.too_large(largest).detail if is_file else "一次发的内容太多，请分几次发。"


def _limited(receive: Receive, largest: int) -> Receive:
    """Stops reading a body that was sent without a length once it is too large."""
    seen = 0

    async def read() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            return {"type": "http.disconnect"}
        return message

    return read
