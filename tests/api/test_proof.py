"""A proof of work under attack, and none in normal times."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api import proof
from api.app import create_app
from api.config import Settings
from api.errors import PROOF_NEEDED
from api.proof import BITS, Pressure, challenge, check, network_of, zero_bits
from api.wiring import Service
from bot.tables import conversation_table
from routing.tickets import Secrets

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRETS = Secrets(Fernet.generate_key())
SUBJECT, ADDRESS = "conversation message", "192.0.2.7"


def worked(asked: str, bits: int | None = None) -> str:
    """What an honest page sends back; with `bits` after other work than was asked."""
    wanted = int(asked.split(".")[2]) if bits is None else bits
    begun = hashlib.sha256(f"{asked}.".encode())
    for counter in itertools.count():
        digest = begun.copy()
        digest.update(str(counter).encode())
        found = zero_bits(digest.digest())
        if found >= wanted if bits is None else found == wanted:
            return f"{asked}.{counter}"
    raise AssertionError


def holds(given_: str, *, subject: str = SUBJECT, address: str = ADDRESS, after: timedelta = timedelta()) -> bool:
    return check(SECRETS, given_, subject, address, NOW + after) is not None


@pytest.fixture(scope="module")
def good() -> str:
    return worked(challenge(SECRETS, SUBJECT, ADDRESS, NOW))


def test_work_that_was_done_holds_until_its_time_is_over(good: str) -> None:
    assert holds(good)
    assert holds(good, after=proof.VALID_FOR)
    assert not holds(good, after=proof.VALID_FOR + timedelta(seconds=1))


def test_it_holds_for_one_request_from_one_address(good: str) -> None:
    assert not holds(good, subject="conversation another")
    assert not holds(good, address="192.0.2.8")


def test_one_made_with_another_key_does_not_hold(good: str) -> None:
    assert check(Secrets(Fernet.generate_key()), good, SUBJECT, ADDRESS, NOW) is None


def test_less_work_does_not_hold() -> None:
    assert not holds(worked(challenge(SECRETS, SUBJECT, ADDRESS, NOW), bits=BITS - 1))


@pytest.mark.parametrize(("part", "value"), [(0, "99999999999"), (1, "0" * 24), (2, "0"), (2, "1"), (3, "0" * 32)])
def test_a_challenge_that_was_changed_does_not_hold(good: str, part: int, value: str) -> None:
    parts = good.split(".")[:4]
    parts[part] = value
    changed = ".".join(parts)
    assert not holds(f"{changed}.0" if part == 2 else worked(changed))


@given(st.text(max_size=250) | st.from_regex(r"[0-9.\-+a-f]{0,80}"))
def test_anything_else_is_refused_and_does_no_harm(said: str) -> None:
    assert not holds(said)


def test_zero_bits_are_counted_from_the_left() -> None:
    assert [zero_bits(bytes(case)) for case in ([0x80, 0], [1, 0], [0, 0x10], [0, 0])] == [0, 7, 11, 16]


def test_half_an_ipv6_address_is_one_address_and_a_mapped_one_is_its_own() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::9") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") != network_of("192.0.2.8")
    assert network_of("testclient") == "testclient"


def test_one_address_alone_is_late_before_everybody_is() -> None:
    pressure = Pressure(everybody=10, one_address=3)
    assert [pressure.is_high("192.0.2.1") for _ in range(50)] == [False] * 3 + [True] * 47
    assert not pressure.is_high("192.0.2.2")  # the flood counted no further than its own limit


def test_many_addresses_together_are_late_for_everybody() -> None:
    pressure = Pressure(everybody=10, one_address=3)
    assert not any(pressure.is_high(f"192.0.2.{last}") for last in range(10))
    assert pressure.is_high("198.51.100.1")


def test_terminals_are_never_asked_and_no_limit_is_none() -> None:
    pressure = Pressure(1, 1, [ip_network("192.0.2.0/28"), ip_network("2001:db8::/32")])
    assert not any(pressure.is_high(terminal) for terminal in ("192.0.2.3", "2001:db8::7") for _ in range(9))
    assert [pressure.is_high("192.0.2.99") for _ in range(2)] == [False, True]
    assert not any(Pressure(0, 0).is_high("192.0.2.99") for _ in range(9))


def test_what_is_no_network_is_refused_at_the_start() -> None:
    assert Settings(proof_exempt="192.0.2.0/24  2001:db8::1").proof_exempt
    with pytest.raises(ValidationError):
        Settings(proof_exempt="大厅")


# ---- over HTTP ----


@dataclass
class Flooded:
    """A service of which two workers run, both already late for everybody."""

    service: Service
    workers: list[TestClient]

    def begin(self, worker: int = 0, proof: str = "") -> Any:
        headers = {"X-Proof": proof} if proof else {}
        return self.workers[worker].post("/api/v1/conversations", json={"channel": "web"}, headers=headers)

    def opened(self) -> tuple[str, dict[str, str]]:
        begun = self.begin(proof=worked(self.begin().json()["challenge"])).json()
        return f"/api/v1/conversations/{begun['id']}/messages", {"Authorization": f"Bearer {begun['token']}"}

    def count(self) -> int:
        with self.service.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(conversation_table)).scalar_one()


class Late(Pressure):
    """Later than any limit, whatever the clock says."""

    def is_high(self, address: str) -> bool:
        return True


@pytest.fixture
def flooded(service: Service) -> Iterator[Flooded]:
    workers = []
    for _ in range(2):
        own = replace(service, pressure=Late(1, 1))
        app = create_app(lambda own=own: own)
        app.state.service = own  # not entered: leaving would end the engine that all tests share
        workers.append(TestClient(app, raise_server_exceptions=False))
    return Flooded(service, workers)


def test_in_normal_times_nobody_is_asked(client: TestClient) -> None:
    assert client.post("/api/v1/conversations", json={"channel": "web"}).status_code == 201


def test_under_attack_the_same_request_goes_through_with_a_proof(flooded: Flooded) -> None:
    asked = flooded.begin()
    assert (asked.status_code, asked.headers["content-type"]) == (428, "application/problem+json")
    assert asked.json()["type"] == PROOF_NEEDED
    assert "110" in asked.json()["detail"]
    made = worked(asked.json()["challenge"])
    assert flooded.begin(worker=1, proof=made).status_code == 201  # any worker can check it


def test_a_proof_begins_one_conversation_on_whatever_worker(flooded: Flooded) -> None:
    made = worked(flooded.begin().json()["challenge"])
    before = flooded.count()
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda number: flooded.begin(number % 2, made).status_code, range(6)))
    assert statuses == [201, 428, 428, 428, 428, 428]
    assert flooded.count() == before + 1
    again = flooded.begin(proof=made)
    assert worked(again.json()["challenge"]) != made


def test_a_message_needs_a_proof_of_its_own_and_with_it_is_still_answered_once(flooded: Flooded) -> None:
    path, headers = flooded.opened()
    message = {"client_id": str(uuid.uuid4()), "text": "房东不退押金怎么办"}
    asked = flooded.workers[0].post(path, json=message, headers=headers)
    assert asked.status_code == 428
    with_proof = {**headers, "X-Proof": worked(asked.json()["challenge"])}
    answers = [worker.post(path, json=message, headers=with_proof) for worker in flooded.workers]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    other = {**message, "client_id": str(uuid.uuid4())}
    assert flooded.workers[0].post(path, json=other, headers=with_proof).status_code == 428


@pytest.mark.parametrize("given_", ["x", "1.2.3.4.5", "." * 4, "9" * 150, "1764000000.00.0.00.0", "é"])
def test_a_forged_proof_gets_a_new_challenge(flooded: Flooded, given_: str) -> None:
    answer = flooded.workers[0].post("/api/v1/conversations", json={}, headers={"X-Proof": given_.encode()})
    assert answer.status_code == 428
    assert answer.json()["challenge"]


def test_one_that_is_too_long_is_refused(flooded: Flooded) -> None:
    assert flooded.begin(proof="1" * 300).status_code == 422


def test_what_is_no_conversation_or_message_is_never_asked(flooded: Flooded) -> None:
    assert flooded.workers[0].get("/api/v1/meta").status_code == 200
