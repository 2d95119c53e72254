"""Promises of the project about itself."""

from __future__ import annotations

import hashlib
import re

from api.app import create_app
from api.config import PROJECT, Settings
from api.contract import openapi_text

# Routes that take no member of staff. Everything else has to ask for one, with roles (`requires`).
OPEN_TO_EVERYONE = re.compile(
    r"/health|/api/v1/meta|/api/v1/figures|/api/v1/complaints/form|/api/v1/conversations|/hsds/.*"
    r"|/open311/v2/(services|requests|requests/\{number\})\.json"
    r"|/api/v1/staff/(session|sign-in-ways|oidc|oidc/callback)"
)
# Whoever holds what the docstring names: a conversation's token, a ticket's query code, a link, a peer's signature.
HOLDERS_ONLY = re.compile(
    r"/api/v1/conversations/\{conversation_id\}(/.*)?|/api/v1/tickets(/.*)?|/wechat|/api/v1/body(/.*)?|/api/v1/calls/(notices|\{call_id\})|/api/v1/exchange/.*|/api/v1/notices/receipts"
)
PROOF = re.compile(r"needs .*\b(token|query code|signature)\b", re.DOTALL)
ANY_ROLE = re.compile(r"/api/v1/staff/(session|me/.*)")  # one's own account


def api_routes() -> list:
    """Every route and WebSocket, without the document that describes them."""

    def refuse():
        raise AssertionError("not started here")

    app = create_app(refuse)
    found, queue = [], list(app.routes)
    while queue:
        route = queue.pop()
        if hasattr(route, "endpoint") and hasattr(route, "dependant"):
            found.append(route)
        queue += list(getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", []))
    return found


def roles_of(dependant) -> list[tuple]:
    """The roles each `requires` in a route's dependencies asks for."""
    own = [dependant.call.roles] if hasattr(dependant.call, "roles") else []
    return own + [roles for below in dependant.dependencies for roles in roles_of(below)]


def test_every_route_declares_who_may_call_it() -> None:
    routes = api_routes()
    assert len(routes) >= 40
    for route in routes:
        told, roles = route.endpoint.__doc__ or "", roles_of(route.dependant)
        if roles:
            assert any(roles) or ANY_ROLE.fullmatch(route.path), f"{route.path}: any member of staff may call it"
            assert "needs" in told.lower(), route.path
        elif OPEN_TO_EVERYONE.fullmatch(route.path):
            assert "Open to everyone" in told, route.path
        else:
            assert HOLDERS_ONLY.fullmatch(route.path), f"{route.path}: neither open, nor for holders, nor `requires`"
            assert PROOF.search(told), route.path


def test_the_pages_types_are_those_of_the_routes() -> None:
    stored = (PROJECT / "api" / "web" / "src" / "staff" / "api" / "schema.sha256").read_text(encoding="utf-8").strip()
    assert stored == hashlib.sha256(openapi_text().encode()).hexdigest(), "run `make types`"


def test_every_setting_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`YIBOTONG_{name.upper()}`" not in readme]
    assert missing == []


def test_lock_files_hold_no_addresses() -> None:
    locks = [*PROJECT.glob("requirements*.lock"), PROJECT / "bot" / "intent_model" / "requirements.lock"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index|--find-links|file:", text), lock.name
    npm = (PROJECT / "api" / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in npm
    assert '"integrity"' in npm


def test_lower_packages_read_no_environment() -> None:
    for package in ("bot", "routing", "case_library"):
        for path in (PROJECT / package).rglob("*.py"):
            if "intent_model" not in path.parts:
                assert not re.search(r"os\.environ\[|getenv", path.read_text(encoding="utf-8")), path
