"""Figures over tickets: what counts and what does not, tried by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, create_engine, delete, insert, select, update

from routing import tables, tallies, ticket_thread
from routing.figures import DEFINITIONS, FEW, FIGURES, UNKNOWN, Figures, Rate, Reader, Scope, figures, tickets_behind
from routing.load import load_promises
from routing.promises import day_of
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, TicketEvent, event
from routing.ticket_state import follow

START = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
TODAY = day_of(START + timedelta(days=60))
EVER = Scope(date(2026, 1, 1), date(2027, 12, 31))
AGENT = Actor("agent", "li", "李")
PROMISES = load_promises()
BOSS = Reader("boss")
Step = tuple[EventKind, Actor, float, dict[str, Any]]


def body(name: str) -> Actor:
    return Actor("body", name, name)


@dataclass(frozen=True)
class Counted:
    """A ticket to be counted."""

    events: tuple[TicketEvent, ...]
    fields: dict[str, Any] = field(default_factory=dict)


def a_counted(*steps: Step, opened: datetime = START, **fields: Any) -> Counted:
    """A ticket; each step is kind, causer, days after the opening, details."""
    thread = [event("opened", "", opened, CITIZEN_SELF, need="consult")]
    thread += [event(kind, "", opened + timedelta(days=days), by, **details) for kind, by, days, details in steps]
    values = {"matter": "wage_arrears", "area": "洪山区", "body_id": "b1", "repeat_of": None, "opened_at": opened}
    return Counted(tuple(thread), {**values, **fields})


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def total(connection: Connection):
    """The figures of these tickets, and of no others."""

    def count(*tickets: Counted) -> Figures:
        keep(connection, *tickets)
        return figures(connection, EVER, TODAY, "area")[0]

    return count


def keep(connection: Connection, *tickets: Counted) -> None:
    connection.execute(delete(tables.ticket_tally_table))
    connection.execute(delete(tables.ticket_status_table))
    connection.execute(delete(tables.ticket_table))
    for place, ticket in enumerate(tickets):
        number = f"WH{place}"
        row = {"number": number, "conversation_id": "c", "consent_version": "1", "consented_at": START, "story": {}}
        connection.execute(insert(tables.ticket_table).values(**row, **ticket.fields))
        progress = follow(ticket.events)
        clocks = PROMISES.clocks_of(progress, ticket.events)
        tallies.write(connection, number, progress, ticket.events, clocks)
        status = ticket_thread.status_of(clocks, progress, ticket.events)
        head = {name: ticket.fields[name] for name in ("matter", "area", "opened_at")}
        connection.execute(insert(tables.ticket_status_table).values(ticket=number, **head, **status))


SENT = ("sent", AGENT, 0.0, {"body": "b1"})
ACCEPTED = ("accepted", body("b1"), 1.0, {})
ANSWERED = ("answered", body("b1"), 3.0, {})
ANSWERED_BY_B2 = ("answered", body("b2"), 1.0, {})
CONFIRMED = ("confirmed", CITIZEN_SELF, 4.0, {})
GOOD = (SENT, ACCEPTED, ANSWERED, CONFIRMED)


def test_a_ticket_that_went_well_counts_everywhere(total) -> None:
    rates = total(a_counted(*GOOD, ("rated", CITIZEN_SELF, 5.0, {"level": 5}))).rates
    good = ("one_call", "first_body", "promises_kept", "resolved", "satisfied", "rated")
    assert all(rates[name].value == 1 for name in good)
    assert all(rates[name].value == 0 for name in ("returned", "repeat_7", "repeat_30"))
    assert rates["callbacks"].value is None
    assert rates["promises_kept"].whole == 3  # first response, acceptance, answer


def test_a_second_contact_counts_against_us_within_thirty_days(total) -> None:
    again: EventKind = "contacted_again"
    early = total(a_counted(*GOOD, (again, SYSTEM_SELF, 6.0, {}))).rates
    late = total(a_counted(*GOOD, (again, SYSTEM_SELF, 20.0, {}))).rates
    after = total(a_counted(*GOOD, (again, SYSTEM_SELF, 40.0, {}))).rates
    assert [(r["repeat_7"].part, r["repeat_30"].part, r["one_call"].part) for r in (early, late, after)] == [
        (1, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


def test_a_repeat_is_not_counted_as_a_matter_of_its_own(total) -> None:
    rates = total(a_counted(*GOOD, repeat_of="WH0")).rates
    assert rates["one_call"].whole == rates["repeat_30"].whole == 0
    assert rates["resolved"].whole == 1


def test_not_solved_is_not_one_call(total) -> None:
    thread = (SENT, ANSWERED, ("not_solved", CITIZEN_SELF, 4.0, {}), ("answered", body("b1"), 5.0, {}))
    rates = total(a_counted(*thread, ("confirmed", CITIZEN_SELF, 6.0, {}))).rates
    assert (rates["one_call"].part, rates["one_call"].whole) == (0, 1)
    assert rates["resolved"].value == 1


def test_silence_is_no_solution(total) -> None:
    rates = total(a_counted(SENT, ANSWERED, ("closed", SYSTEM_SELF, 12.0, {"reason": "silence"}))).rates
    assert rates["resolved"].value == 0
    assert rates["rated"].value == 0


def test_returned_and_first_body(total) -> None:
    returned = ("returned", body("b1"), 1.0, {"reason": "not_competent", "better": "unknown"})
    thread = (SENT, returned, ("sent", AGENT, 2.0, {"body": "b2"}), ("accepted", body("b2"), 3.0, {}))
    rates = total(a_counted(*thread), a_counted(*GOOD), a_counted(SENT)).rates
    assert (rates["returned"].part, rates["returned"].whole) == (1, 3)
    assert (rates["first_body"].part, rates["first_body"].whole) == (1, 2)  # the third has not said anything yet


def test_a_promise_that_is_over_counts_while_it_still_runs(total) -> None:
    rates = total(a_counted(SENT)).rates
    assert (rates["promises_kept"].part, rates["promises_kept"].whole) == (1, 3)


def test_callbacks_after_dissatisfaction(total) -> None:
    bad = (
        *GOOD,
        ("rated", CITIZEN_SELF, 5.0, {"level": 1}),
        ("callback_due", SYSTEM_SELF, 5.0, {"reason": "dissatisfied"}),
    )
    assert total(a_counted(*bad)).rates["callbacks"].value == 0
    assert total(a_counted(*bad, ("called_back", AGENT, 6.0, {}))).rates["callbacks"].value == 1


def test_withdrawn_and_merged_are_left_out(total) -> None:
    gone = a_counted(("withdrawn", CITIZEN_SELF, 1.0, {}))
    merged = a_counted(("merged", AGENT, 1.0, {"ticket": "WH2"}))
    assert total(gone, merged).tickets == 0


def test_groups_add_up_and_what_is_not_known_has_a_group(connection) -> None:
    keep(connection, a_counted(*GOOD), a_counted(*GOOD, area=""), a_counted(SENT, area="武昌区"), a_counted(SENT))
    whole, groups = figures(connection, EVER, TODAY, "area")
    assert [(g.key, g.tickets) for g in groups] == [("洪山区", 2), (UNKNOWN, 1), ("武昌区", 1)]
    for by in ("area", "matter", "body", "week", "month"):
        seen, groups = figures(connection, EVER, TODAY, by)
        assert seen == whole
        assert sum(group.tickets for group in groups) == whole.tickets == 4
    one = figures(
        connection, Scope(EVER.first, EVER.last, area="洪山区", matter="wage_arrears", body="b1"), TODAY, "area"
    )
    assert one[0].tickets == 2
    assert figures(connection, Scope(EVER.first, EVER.last, area=UNKNOWN), TODAY, "area")[0].tickets == 1


def test_times_come_in_their_order_and_days_are_the_citys(connection) -> None:
    late = START.replace(month=10, day=31, hour=23, minute=30)  # a Saturday; in Greenwich still the afternoon
    after_midnight = late + timedelta(hours=1)
    keep(connection, a_counted(SENT), a_counted(SENT, opened=late), a_counted(SENT, opened=after_midnight))
    months = figures(connection, EVER, TODAY, "month")[1]
    assert [(g.key, g.tickets) for g in months] == [("2026-10-01", 1), ("2026-11-01", 2)]
    weeks = figures(connection, EVER, TODAY, "week")[1]
    assert [(g.key, g.tickets) for g in weeks] == [("2026-10-26", 2), ("2026-11-02", 1)]


def test_nothing_counted_is_no_rate_and_few_are_said_to_be_few(total) -> None:
    none = total()
    assert none.tickets == 0
    assert all(rate.value is None and rate.is_few for rate in none.rates.values())
    assert not Rate(1, FEW).is_few


def test_the_tickets_behind_a_figure_are_those_it_counts(connection) -> None:
    slow = (
        SENT,
        ("accepted", body("b1"), 20.0, {}),
        ("answered", body("b1"), 21.0, {}),
        ("closed", SYSTEM_SELF, 40.0, {}),
    )
    keep(
        connection, a_counted(*GOOD), a_counted(*slow), a_counted(SENT), a_counted(("withdrawn", CITIZEN_SELF, 1.0, {}))
    )
    whole = figures(connection, EVER, TODAY, "area")[0]
    for figure in FIGURES:
        behind, count = tickets_behind(connection, EVER, TODAY, figure, reader=BOSS)
        assert sum(ticket.part for ticket in behind) == whole.rates[figure].part
        assert sum(ticket.whole for ticket in behind) == whole.rates[figure].whole
        inside, outside = (
            tickets_behind(connection, EVER, TODAY, figure, reader=BOSS, in_part=is_in)[1] for is_in in (True, False)
        )
        assert inside + outside == count == len(behind)
    kept, _ = tickets_behind(connection, EVER, TODAY, "promises_kept", reader=BOSS, in_part=True)
    broken, _ = tickets_behind(connection, EVER, TODAY, "promises_kept", reader=BOSS, in_part=False)
    assert [ticket.number for ticket in kept] == ["WH0"]
    assert [(ticket.number, ticket.part, ticket.whole) for ticket in broken] == [("WH2", 1, 3), ("WH1", 1, 3)]
    assert [t.number for t in tickets_behind(connection, EVER, TODAY, "returned", reader=BOSS, page=2, size=1)[0]] == [
        "WH1"
    ]


def test_whoever_is_recused_does_not_see_a_ticket_behind_a_figure_and_another_district_is_not_counted(
    connection,
) -> None:
    keep(connection, a_counted(SENT), a_counted(SENT, area="武昌区"), a_counted(SENT, area=""), a_counted(SENT))
    recused = {"ticket": "WH0", "party": "staff", "id": "boss"}, {"ticket": "WH3", "party": "body", "id": "b9"}
    connection.execute(insert(tables.recusal_table), list(recused))
    seen = {
        reader: [ticket.number for ticket in tickets_behind(connection, EVER, TODAY, "returned", reader=reader)[0]]
        for reader in (BOSS, Reader("li", bodies=("b9",)))
    }
    assert list(seen.values()) == [["WH3", "WH2", "WH1"], ["WH2", "WH1", "WH0"]]
    assert figures(connection, EVER, TODAY, "area")[0].rates["returned"].whole == 4
    of_district = replace(EVER, within=("武昌区",))
    total, groups = figures(connection, of_district, TODAY, "area")
    assert (total.rates["returned"].whole, sorted(group.key for group in groups)) == (2, ["unknown", "武昌区"])
    behind, count = tickets_behind(connection, of_district, TODAY, "returned", reader=Reader("li"))
    assert ([ticket.number for ticket in behind], count) == (["WH2", "WH1"], 2)


def test_a_promise_is_broken_from_the_day_after_its_last(connection) -> None:
    keep(connection, a_counted(SENT))
    row = connection.execute(select(tables.ticket_tally_table)).one()
    on_the_day, after = (
        figures(connection, EVER, row.acceptance_by + timedelta(days=days), "area")[0].rates["promises_kept"]
        for days in (0, 1)
    )
    assert (on_the_day.whole, after.whole) == (1, 2)  # the first response was kept when it was sent


def test_the_tally_follows_every_event_and_can_be_made_anew(engine: Engine) -> None:
    """The table is what `append` keeps; on both databases."""
    opened = event("opened", "", START, CITIZEN_SELF, need="consult")
    row = {"number": "WH1", "conversation_id": "c", "consent_version": "1", "consented_at": START, "story": {}}
    row |= {"matter": "wage_arrears", "area": "洪山区", "body_id": "b1", "opened_at": START}
    t = tables.ticket_tally_table
    with engine.begin() as connection:
        connection.execute(insert(tables.ticket_table).values(**row))
        ticket_thread.begin(connection, PROMISES, "WH1", opened, matter="wage_arrears", area="洪山区")
        for kind, by, days, details in (("sent", AGENT, 0.1, {"body": "b2"}), ANSWERED_BY_B2, CONFIRMED):
            step = event(kind, "", START + timedelta(days=days), by, **details)
            ticket_thread.append(connection, PROMISES, "WH1", step)
        seen = figures(connection, EVER, TODAY, "body")[1]
        assert [(g.key, g.rates["resolved"].part, g.rates["promises_kept"].value) for g in seen] == [("b2", 1, 1.0)]
        kept = connection.execute(select(t)).one()
        connection.execute(update(t).values(kept=7))
        assert ticket_thread.rederive(connection, PROMISES) == 1
        assert ticket_thread.rederive(connection, PROMISES) == 0
        assert connection.execute(select(t)).one() == kept
        connection.execute(delete(t))
        assert ticket_thread.fill_tallies(connection, PROMISES) == 1
        assert ticket_thread.fill_tallies(connection, PROMISES) == 0
        assert connection.execute(select(t)).one() == kept


def test_every_rate_has_a_definition_and_every_definition_a_rate(total) -> None:
    assert tuple(total().rates) == tuple(DEFINITIONS) == FIGURES
    assert all("分母" in definition.text for definition in DEFINITIONS.values())


def test_a_callback_at_an_agreed_time_is_a_promise_unless_it_was_moved_or_cancelled_in_time(total) -> None:
    agreed = {"booking": "callback", "ends": (START + timedelta(days=2)).isoformat()}
    booked, cancelled = ("booked", CITIZEN_SELF, 1.0, agreed), ("booking_cancelled", CITIZEN_SELF, 1.5, agreed)

    def promises(*steps: Step) -> tuple[int, int]:
        rate = total(a_counted(SENT, ("accepted", body("b1"), 0.5, {}), *steps)).rates["promises_kept"]
        return rate.part, rate.whole

    part, whole = promises()
    assert promises(booked, ("called_back", AGENT, 2.0, {})) == (part + 1, whole + 1)
    assert promises(booked, ("called_back", AGENT, 3.0, {})) == (part, whole + 1)
    assert promises(booked) == (part, whole + 1)  # the day is over
    assert promises(booked, cancelled) == (part, whole)
    moved = ("booking_moved", CITIZEN_SELF, 1.5, {**agreed, "ends": (START + timedelta(days=4)).isoformat()})
    assert promises(booked, moved, ("called_back", AGENT, 4.0, {})) == (part + 1, whole + 1)
