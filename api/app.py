"""The web application: routes, pages, headers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api import citizen, errors
from api.config import PROJECT
from api.errors import Problem
from api.staff import session
from api.wiring import Service

PAGES = PROJECT / "api" / "web" / "dist"
LARGEST_BODY_BYTES = 128 * 1024  # 20,000 characters of JSON-escaped Chinese
SECURITY_HEADERS = {
    # ChatUI sets inline styles on elements; scripts come from our own files only.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(make_service: Callable[[], Service]) -> FastAPI:
    """The application; `make_service` is called when it starts, not before."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = make_service()
        yield
        app.state.service.engine.dispose()

    app = FastAPI(
        title="一拨通", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    errors.install(app)
    for router in (citizen.router, session.router):
        app.include_router(router)

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        """Whether the service answers. Open to everyone; tells nothing else."""
        return {"status": "ok"}

    if PAGES.is_dir():
        app.mount("/", StaticFiles(directory=PAGES, html=True), name="pages")
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

        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = {**SECURITY_HEADERS, "Cache-Control": cache}
                extra = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        length = Request(scope).headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            too_large = Problem(title="内容太大", status=413, detail="一次发的内容太多，请分几次发。")
            response: JSONResponse = errors.answer(too_large)
            await response(scope, receive, with_headers)
            return
        await self._app(scope, _limited(receive), with_headers)


def _limited(receive: Receive) -> Receive:
    """Stops reading a body that was sent without a length once it is too large."""
    seen = 0

    async def read() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY_BYTES:
            return {"type": "http.disconnect"}
        return message

    return read
