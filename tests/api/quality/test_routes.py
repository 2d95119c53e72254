"""Quality over HTTP: the job draws, supervisors answer, results are by matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert
from starlette.testclient import TestClient

from api.jobs import JOBS
from api.quality.reviews import QUESTIONS
from api.quality.routes import draw_all
from api.quality.tables import draw_table, sample_table
from api.staff.roles import Role
from api.wiring import Service
from routing.tables import ticket_table

URL = "/api/v1/desk/quality"
YES = dict.fromkeys(QUESTIONS, "yes")


@pytest.fixture(autouse=True)
def nothing_drawn(service: Service) -> Iterator[None]:
    empty(service)
    yield
    empty(service)


def empty(service: Service) -> None:
    with service.writing.begin() as connection:
        connection.execute(delete(sample_table))
        connection.execute(delete(draw_table))


@pytest.fixture
def supervisor(as_staff: Callable[..., TestClient]) -> TestClient:
    return as_staff(Role.SUPERVISOR, name="班长")


def drawn(service: Service, ticket: str, **more: Any) -> None:
    today = service.now().date()
    row = {
        "ticket": ticket, "day": today - timedelta(days=1), "why": "lot", "matter": "wage_arrears",
        "first_responder": "somebody", "answers": {}, "note": "", "reviewer": "",
    }  # fmt: skip
    with service.writing.begin() as connection:
        connection.execute(insert(sample_table).values({**row, **more}))


def put(staff: TestClient, ticket: str, answers: dict[str, str] = YES, version: int = 1, **more: Any) -> Any:
    return staff.put(f"{URL}/sample/{ticket}", json={"answers": answers, "version": version, **more})


def listed(staff: TestClient, **query: Any) -> list[str]:
    return [row["ticket"] for row in staff.get(f"{URL}/sample", params=query).json()["items"]]


def test_the_job_draws_each_day_that_is_over_and_ends(service: Service) -> None:
    draw_all(service, lambda: True)
    assert draw_all(service, lambda: True) == 0
    assert "quality.draw" in {job.name for job in JOBS}


def test_the_unhappy_come_first_and_what_was_looked_at_is_listed_apart(
    service: Service, supervisor: TestClient
) -> None:
    drawn(service, "WH-1")
    drawn(service, "WH-2", why="dissatisfied")
    drawn(service, "WH-3", matter="divorce")
    assert listed(supervisor) == ["WH-2", "WH-1", "WH-3"]
    assert listed(supervisor, matter="divorce") == ["WH-3"]
    done = put(supervisor, "WH-2", note="电话 13800138000 没回")
    assert done.status_code == 200, done.text
    assert "13800138000" not in done.json()["note"]
    assert listed(supervisor) == ["WH-1", "WH-3"]
    assert listed(supervisor, looked="done") == ["WH-2"]


def test_results_are_by_matter_and_say_of_how_much(service: Service, supervisor: TestClient) -> None:
    for n, answer in enumerate(["yes", "yes", "partly", "no", "none"]):
        drawn(service, f"WH-{n}")
        put(supervisor, f"WH-{n}", {**YES, "plain": answer})
    found = supervisor.get(f"{URL}/results").json()
    plain = next(tally for tally in found["tallies"] if tally["question"] == "plain")
    assert (plain["yes"], plain["partly"], plain["no"]) == (2, 1, 1)
    assert (found["sampled"], found["reviewed"]) == (5, 5)
    assert "somebody" not in str(found)
    assert "agent" not in str(sorted(found))


def test_nobody_looks_at_what_they_answered_for_themselves(service: Service, supervisor: TestClient) -> None:
    drawn(service, "WH-1", first_responder=supervisor.username)
    assert supervisor.get(f"{URL}/sample").json()["items"][0]["mine"]
    assert put(supervisor, "WH-1").status_code == 403


def test_whoever_is_there_for_some_districts_looks_at_their_tickets_alone(
    service: Service, as_staff: Callable[..., TestClient]
) -> None:
    now = service.now()
    for number, area in (("WHQ-1", "洪山区"), ("WHQ-2", "武昌区"), ("WHQ-3", "")):
        row = {"number": number, "conversation_id": number, "consent_version": "1", "consented_at": now, "story": {}}
        row |= {"matter": "wage_arrears", "area": area, "body_id": "b1", "opened_at": now}
        with service.writing.begin() as connection:
            connection.execute(insert(ticket_table).values(row))
        drawn(service, number)
    boss = as_staff(Role.SUPERVISOR, areas=frozenset({"洪山区"}))
    assert listed(boss) == ["WHQ-1", "WHQ-3"]
    assert put(boss, "WHQ-1").status_code == 200
    assert put(boss, "WHQ-2").status_code == 404
    assert listed(as_staff(Role.SUPERVISOR)) == ["WHQ-2", "WHQ-3"]
    with service.writing.begin() as connection:
        connection.execute(delete(ticket_table).where(ticket_table.c.number.like("WHQ-%")))


def test_of_two_who_look_at_the_same_ticket_the_second_is_told(
    service: Service, supervisor: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    drawn(service, "WH-1")
    assert put(supervisor, "WH-1").status_code == 200
    refused = put(as_staff(Role.SUPERVISOR), "WH-1", {**YES, "plain": "no"})
    assert refused.status_code == 409
    assert listed(supervisor, looked="done") == ["WH-1"]


@pytest.mark.parametrize(
    "answers",
    [{}, {**YES, "extra": "yes"}, {**YES, "plain": "perhaps"}, {k: v for k, v in YES.items() if k != "plain"}],
)
def test_every_question_is_answered_and_no_other(
    service: Service, supervisor: TestClient, answers: dict[str, str]
) -> None:
    drawn(service, "WH-1")
    assert put(supervisor, "WH-1", answers).status_code == 422


def test_a_ticket_that_was_not_drawn_is_not_there(supervisor: TestClient) -> None:
    assert put(supervisor, "WH-9").status_code == 404


def test_quality_is_for_supervisors(as_staff: Callable[..., TestClient]) -> None:
    for role in set(Role) - {Role.SUPERVISOR}:
        staff = as_staff(role)
        for what in ("questions", "sample", "results"):
            assert staff.get(f"{URL}/{what}").status_code == 403
        assert put(staff, "WH-1").status_code == 403


def test_looking_stands_in_the_trail(
    service: Service, supervisor: TestClient, as_staff: Callable[..., TestClient]
) -> None:
    drawn(service, "WH-trail")
    put(supervisor, "WH-trail")
    rows = as_staff(Role.AUDITOR).get("/api/v1/staff/audit", params={"object_id": "WH-trail"}).json()["items"]
    assert [(row["action"], row["after"]["plain"]) for row in rows] == [("quality.review", "yes")]
