"""Promises of the project about itself."""

from __future__ import annotations

import re

from api.app import create_app
from api.config import PROJECT, Settings


def api_routes() -> list:
    def refuse():
        raise AssertionError("not started here")

    app = create_app(refuse)
    found, queue = [], list(app.routes)
    while queue:
        route = queue.pop()
        if hasattr(route, "endpoint") and hasattr(route, "methods"):
            found.append(route)
        queue += list(getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", []))
    return found


def test_every_route_declares_who_may_call_it() -> None:
    routes = [r for r in api_routes() if not r.path.endswith("openapi.json")]
    assert len(routes) >= 6
    for route in routes:
        text = route.endpoint.__doc__ or ""
        assert "Open to everyone" in text or "needs" in text, route.path


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
