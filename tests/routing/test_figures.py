"""Figures over tickets: what counts and what does not, tried by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routing.figures import DEFINITIONS, CountedTicket, Figures, count
from routing.load import load_promises
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, TicketEvent, event

START = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
NOW = START + timedelta(days=60)
AGENT = Actor("agent", "li", "李")
PROMISES = load_promises()


def body(name: str) -> Actor:
    return Actor("body", name, name)


def a_counted(*events: tuple[EventKind, Actor, float, dict[str, Any]], **fields: Any) -> CountedTicket:
    """A ticket; each event is kind, causer, days after the opening, details."""
    thread: list[TicketEvent] = [event("opened", "", START, CITIZEN_SELF, need="consult")]
    thread += [event(kind, "", START + timedelta(days=days), by, **details) for kind, by, days, details in events]
    values = {"number": "WH1", "matter": "wage_arrears", "area": "洪山区", "body_id": "b1", "repeat_of": None}
    return CountedTicket(**{**values, "opened_at": START, "events": tuple(thread), **fields})


SENT = ("sent", AGENT, 0.0, {"body": "b1"})
ACCEPTED = ("accepted", body("b1"), 1.0, {})
ANSWERED = ("answered", body("b1"), 3.0, {})
CONFIRMED = ("confirmed", CITIZEN_SELF, 4.0, {})
GOOD = (SENT, ACCEPTED, ANSWERED, CONFIRMED)


def total(*tickets: CountedTicket) -> Figures:
    return count(tickets, PROMISES, NOW, "area")[0]


def test_a_ticket_that_went_well_counts_everywhere() -> None:
    rates = total(a_counted(*GOOD, ("rated", CITIZEN_SELF, 5.0, {"level": 5}))).rates
    good = ("one_call", "first_body", "promises_kept", "resolved", "satisfied", "rated")
    assert all(rates[name].value == 1 for name in good)
    assert all(rates[name].value == 0 for name in ("returned", "repeat_7", "repeat_30"))
    assert rates["callbacks"].value is None
    assert rates["promises_kept"].whole == 3  # first response, acceptance, answer


def test_a_second_contact_counts_against_us_within_thirty_days() -> None:
    again: EventKind = "contacted_again"
    early = total(a_counted(*GOOD, (again, SYSTEM_SELF, 6.0, {}))).rates
    late = total(a_counted(*GOOD, (again, SYSTEM_SELF, 20.0, {}))).rates
    after = total(a_counted(*GOOD, (again, SYSTEM_SELF, 40.0, {}))).rates
    assert [(r["repeat_7"].part, r["repeat_30"].part, r["one_call"].part) for r in (early, late, after)] == [
        (1, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


def test_a_repeat_is_not_counted_as_a_matter_of_its_own() -> None:
    rates = total(a_counted(*GOOD, repeat_of="WH0")).rates
    assert rates["one_call"].whole == rates["repeat_30"].whole == 0
    assert rates["resolved"].whole == 1


def test_not_solved_is_not_one_call() -> None:
    thread = (SENT, ANSWERED, ("not_solved", CITIZEN_SELF, 4.0, {}), ("answered", body("b1"), 5.0, {}))
    rates = total(a_counted(*thread, ("confirmed", CITIZEN_SELF, 6.0, {}))).rates
    assert (rates["one_call"].part, rates["one_call"].whole) == (0, 1)
    assert rates["resolved"].value == 1


def test_silence_is_no_solution() -> None:
    rates = total(a_counted(SENT, ANSWERED, ("closed", SYSTEM_SELF, 12.0, {"reason": "silence"}))).rates
    assert rates["resolved"].value == 0
    assert rates["rated"].value == 0


def test_returned_and_first_body() -> None:
    returned = ("returned", body("b1"), 1.0, {"reason": "not_competent", "better": "unknown"})
    thread = (SENT, returned, ("sent", AGENT, 2.0, {"body": "b2"}), ("accepted", body("b2"), 3.0, {}))
    rates = total(a_counted(*thread), a_counted(*GOOD), a_counted(SENT)).rates
    assert (rates["returned"].part, rates["returned"].whole) == (1, 3)
    assert (rates["first_body"].part, rates["first_body"].whole) == (1, 2)  # the third has not said anything yet


def test_a_promise_that_is_over_counts_while_it_still_runs() -> None:
    rates = total(a_counted(SENT)).rates
    assert (rates["promises_kept"].part, rates["promises_kept"].whole) == (1, 3)


def test_callbacks_after_dissatisfaction() -> None:
    bad = (
        *GOOD,
        ("rated", CITIZEN_SELF, 5.0, {"level": 1}),
        ("callback_due", SYSTEM_SELF, 5.0, {"reason": "dissatisfied"}),
    )
    assert total(a_counted(*bad)).rates["callbacks"].value == 0
    assert total(a_counted(*bad, ("called_back", AGENT, 6.0, {}))).rates["callbacks"].value == 1


def test_withdrawn_and_merged_are_left_out() -> None:
    gone = a_counted(("withdrawn", CITIZEN_SELF, 1.0, {}))
    merged = a_counted(("merged", AGENT, 1.0, {"ticket": "WH2"}))
    assert total(gone, merged).tickets == 0


def test_groups_add_up_and_what_is_not_known_has_a_group() -> None:
    tickets = [a_counted(*GOOD), a_counted(*GOOD, area=""), a_counted(SENT, area="武昌区"), a_counted(SENT)]
    whole, groups = count(tickets, PROMISES, NOW, "area")
    assert [(g.key, g.tickets) for g in groups] == [("洪山区", 2), ("unknown", 1), ("武昌区", 1)]
    assert sum(group.tickets for group in groups) == whole.tickets
    for by in ("matter", "body", "month"):
        assert sum(group.tickets for group in count(tickets, PROMISES, NOW, by)[1]) == 4


def test_every_rate_has_a_definition_and_every_definition_a_rate() -> None:
    assert set(total().rates) | {"tickets"} == set(DEFINITIONS)
    assert all("分母" in text for id_, (_, text) in DEFINITIONS.items() if id_ != "tickets")
