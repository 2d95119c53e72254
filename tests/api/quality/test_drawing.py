"""Which closed tickets are looked at: never too few, the same for whoever draws again, everybody who was not content."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from api.quality import drawing, reviews
from api.quality.tables import sample_table
from routing.hours import SHANGHAI
from routing.tables import ticket_event_table, ticket_status_table, ticket_table

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
NEXT_MORNING = NOON + timedelta(hours=20)


@given(st.sets(st.integers(0, 10**6), max_size=400), st.integers(5, 100))
def test_the_lot_is_never_less_than_the_share_and_never_more_than_one_over(numbers: set[int], percent: int) -> None:
    drawn = drawing.lot([f"WH{n}" for n in numbers], DAY, percent)
    assert len(numbers) * percent / 100 <= len(drawn) < len(numbers) * percent / 100 + 1
    assert len(set(drawn)) == len(drawn)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=60, unique=True), st.randoms())
def test_the_lot_does_not_depend_on_the_order_or_on_who_draws(numbers: list[int], random: Any) -> None:
    names = [f"WH{n}" for n in numbers]
    shuffled = random.sample(names, len(names))
    assert drawing.lot(names, DAY, 20) == drawing.lot([*shuffled, *shuffled], DAY, 20)


def test_another_day_draws_others() -> None:
    names = [f"WH{n}" for n in range(500)]
    assert drawing.lot(names, DAY, 5) != drawing.lot(names, DAY + timedelta(days=1), 5)


def a_ticket(engine: Engine, number: str, *happened: tuple[str, datetime, dict]) -> None:
    """A ticket with events as they are stored; only what the draw reads is told of it."""
    with engine.begin() as connection:
        connection.execute(
            insert(ticket_table).values(
                number=number, conversation_id=number, matter="wages", body_id="b", consent_version="1",
                consented_at=NOON, story={}, opened_at=NOON,
            )
        )  # fmt: skip
        columns = {column.name: column for column in ticket_status_table.columns}
        status = {
            "ticket": number, "sequence": 1, "state": "closed", "body_id": "b", "owner": "", "first_responder": "wang",
            "reminded": False, "told_overdue": False, "callback_due": False, "urgent": False, "matter": "wages",
            "area": "", "opened_at": NOON, "changed_at": NOON,
        }  # fmt: skip
        for name, column in columns.items():  # counters other parts keep beside it
            if name not in status and not column.nullable and column.server_default is None:
                status[name] = column.type.python_type()
        connection.execute(insert(ticket_status_table).values(status))
        for sequence, (kind, at, details) in enumerate(happened, 1):
            connection.execute(
                insert(ticket_event_table).values(
                    ticket=number, sequence=sequence, kind=kind, visible_to="citizen", text="", at=at,
                    by_party="citizen", by_id="", by_name="", details=details, text_hash="", hash="",
                )
            )  # fmt: skip


def sampled(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.ticket: row.why for row in connection.execute(select(sample_table))}


def test_a_day_is_drawn_once_and_only_when_it_is_over(engine: Engine) -> None:
    with engine.begin() as connection:
        assert drawing.next_day(connection, NOON) is None  # no ticket at all
    for n in range(30):
        a_ticket(engine, f"WH-{n:02}", ("confirmed", NOON, {}))
    with engine.begin() as connection:
        assert drawing.next_day(connection, NOON) is None
        assert drawing.next_day(connection, NEXT_MORNING) == DAY
        made = drawing.draw(connection, DAY, 5, NEXT_MORNING)
        assert drawing.next_day(connection, NEXT_MORNING) is None
    assert (made.closed, made.drawn) == (30, 2)
    assert set(sampled(engine)) == set(drawing.lot([f"WH-{n:02}" for n in range(30)], DAY, 5))


def test_everybody_who_was_not_content_is_in_the_sample(engine: Engine) -> None:
    for n in range(40):
        level = 2 if n % 10 == 0 else 4
        a_ticket(engine, f"WH-{n:02}", ("closed", NOON, {}), ("rated", NOON, {"level": level}))
    with engine.begin() as connection:
        made = drawing.draw(connection, DAY, 5, NEXT_MORNING)
    assert made.dissatisfied == 4
    found = sampled(engine)
    assert [number for number, why in found.items() if why == "dissatisfied"] == ["WH-00", "WH-10", "WH-20", "WH-30"]


def test_a_bad_rating_on_a_later_day_moves_a_drawn_ticket_to_the_front(engine: Engine) -> None:
    a_ticket(engine, "WH-1", ("closed", NOON, {}), ("rated", NEXT_MORNING, {"level": 1}))
    with engine.begin() as connection:
        drawing.draw(connection, DAY, 5, NEXT_MORNING)
    assert sampled(engine) == {"WH-1": "lot"}
    with engine.begin() as connection:
        drawing.draw(connection, DAY + timedelta(days=1), 5, NEXT_MORNING + timedelta(days=1))
    assert sampled(engine) == {"WH-1": "dissatisfied"}


def test_a_day_without_a_closed_ticket_is_a_draw_of_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        made = drawing.draw(connection, DAY, 5, NEXT_MORNING)
        covered = reviews.coverage(connection, DAY, DAY)
    assert (made.closed, made.drawn, covered.sampled) == (0, 0, 0)


def test_what_was_closed_just_before_and_after_midnight_in_the_city_counts_to_its_own_day(engine: Engine) -> None:
    midnight = datetime(2026, 11, 24, tzinfo=SHANGHAI)
    a_ticket(engine, "WH-before", ("closed", midnight - timedelta(seconds=1), {}))
    a_ticket(engine, "WH-after", ("closed", midnight, {}))
    with engine.begin() as connection:
        assert drawing.draw(connection, DAY, 100, NEXT_MORNING).closed == 1
    assert sampled(engine) == {"WH-before": "lot"}


@pytest.mark.parametrize("percent", [5, 100])
def test_who_was_looked_at_already_is_not_asked_for_again(engine: Engine, percent: int) -> None:
    a_ticket(engine, "WH-1", ("closed", NOON, {}), ("closed", NEXT_MORNING, {}))
    with engine.begin() as connection:
        drawing.draw(connection, DAY, percent, NEXT_MORNING)
        answers = dict.fromkeys(reviews.QUESTIONS, "yes")
        reviews.answer(connection, "WH-1", answers, "", 1, "班长", NEXT_MORNING)
        drawing.draw(connection, DAY + timedelta(days=1), percent, NEXT_MORNING + timedelta(days=1))
        assert reviews.search(connection, "open", why=None, matter="", offset=0, limit=9) == ([], 0)
