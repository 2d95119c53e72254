"""A library of its own, two curators and a reviewer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.config import Settings
from api.staff import accounts
from api.staff.roles import Role
from api.wiring import Service, build_service
from bot.rasa_client import RasaClient

PASSWORD = "lampen zwiebel orkan 7"  # of test accounts
STAFF = {
    "bian": frozenset({Role.CURATOR}),
    "xie": frozenset({Role.CURATOR}),
    "shen": frozenset({Role.REVIEWER}),
    "both": frozenset({Role.CURATOR, Role.REVIEWER}),
    "agent": frozenset({Role.AGENT}),
}


@pytest.fixture(scope="module")
def library_service(settings: Settings, intent_model: RasaClient, tmp_path_factory: Any) -> Iterator[Service]:
    database: Path = tmp_path_factory.mktemp("curation") / "yibotong.sqlite3"
    built = build_service(settings.model_copy(update={"database_url": f"sqlite:///{database}"}), intent_model)
    with built.writing.begin() as connection:
        for username, roles in STAFF.items():
            accounts.add(connection, username, username, PASSWORD, roles, built.now())
    yield built
    built.engine.dispose()


@pytest.fixture(scope="module")
def desks(library_service: Service) -> Iterator[dict[str, TestClient]]:
    """A signed-in client for each of `STAFF`, and `citizen`."""
    app = create_app(lambda: library_service)
    with TestClient(app, raise_server_exceptions=False) as citizen:
        clients = {"citizen": citizen}
        for username in STAFF:
            clients[username] = TestClient(app, raise_server_exceptions=False)
            signed_in = clients[username].post(
                "/api/v1/staff/session", json={"username": username, "password": PASSWORD}
            )
            assert signed_in.status_code == 201, signed_in.text
        yield clients


def a_text(**changes: Any) -> dict[str, Any]:
    """A case as the editor sends it; about something no sample case is about."""
    return {
        "matter": "consumer_goods_food",
        "title": "买的盆栽到家就枯了",
        "questions": [
            "网上买的绿萝盆栽收到三天就枯死了，商家不管怎么办",
            "花店卖给我的发财树根都是烂的，能退钱吗",
            "直播间买的多肉到手全化水了找谁赔",
            "卖家说植物不退不换合不合法",
            "花了八百块买的兰花是假苗怎么维权",
        ],
        "facts": "小周在网上花八百元买了一盆兰花，收到时根已烂，三天后枯死。",
        "answer": "可以要求退货退款，先留好照片和订单。",
        "settles": "看收货时是不是已经有病；但如果是养护不当，就不一样。",
        "steps": ["拍照，留好订单和聊天记录。", "找商家或平台要求退款。", "不退的，打 12315 投诉。"],
        "bring": ["订单截图", "收货时的照片"],
        "time_limits": [],
        "statutes": ["消费者权益保护法第二十四条"],
        "other_sources": [],
        "handled_by": ["market_supervision"],
        **changes,
    }


@pytest.fixture
def text() -> Any:
    return a_text


@pytest.fixture
def until() -> Any:
    def wait(found: Any, seconds: float = 60) -> Any:
        """What `found` gives once it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := found():
                return value
            time.sleep(0.05)
        raise AssertionError("waited in vain")

    return wait
