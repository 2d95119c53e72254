"""Clocks: a pure function of events and calendar, tried over random threads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import is_working_day
from routing.errors import BadDataFileError
from routing.load import DATA_DIR, load_promises
from routing.promises import CLOCKS, Clock, ClockName, running
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, EventKind, TicketEvent, event
from routing.ticket_state import ENDED, OutOfOrderError, allowed, follow

SHANGHAI = ZoneInfo("Asia/Shanghai")
AGENT, BOSS = Actor("agent", "li", "李"), Actor("supervisor", "zhao", "赵")
BODY, BODY2 = Actor("body", "b1", "甲"), Actor("body", "b2", "乙")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
PROMISES = load_promises()


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=SHANGHAI)


def opened(moment: datetime, **details: Any) -> TicketEvent:
    return event("opened", "", moment, CITIZEN_SELF, **{"need": "consult", **details})


def sent(moment: datetime, body: str = "b1") -> TicketEvent:
    return event("sent", "", moment, AGENT, body=body)


def clock(events: list[TicketEvent], name: ClockName) -> Clock:
    """The latest of this name."""
    return [found for found in PROMISES.clocks(events) if found.promise.clock == name][-1]


def test_the_day_it_starts_does_not_count_and_weekends_do_not() -> None:
    events = [opened(at("2026-11-26")), sent(at("2026-11-26"))]  # a Thursday
    assert clock(events, "acceptance").due_on == date(2026, 11, 30)  # Monday
    assert clock(events, "answer").due_on == date(2026, 12, 3)


def test_right_across_the_spring_festival_with_its_shifted_working_days() -> None:
    # 2026: rest from Sunday 15 to Monday 23 February; Saturdays 14 and 28 February are worked (国办发明电〔2025〕7号).
    events = [opened(at("2026-02-12")), sent(at("2026-02-12"))]
    assert clock(events, "acceptance").due_on == date(2026, 2, 14)
    answer = clock(events, "answer")
    assert answer.due_on == date(2026, 2, 26)
    assert answer.used_days(at("2026-02-23", "23:59")) == 2  # Friday 13 and the worked Saturday 14
    assert answer.used_days(at("2026-02-24", "00:00")) == 3


def test_midnight_belongs_to_the_day_that_begins() -> None:
    late = [opened(at("2026-11-24", "23:59")), sent(at("2026-11-24", "23:59"))]
    early = [opened(at("2026-11-25", "00:00")), sent(at("2026-11-25", "00:00"))]
    assert clock(late, "acceptance").due_on == date(2026, 11, 26)
    assert clock(early, "acceptance").due_on == date(2026, 11, 27)
    running_out = clock(late, "acceptance")
    assert not running_out.is_overdue(at("2026-11-26", "23:59"))
    assert running_out.is_overdue(at("2026-11-27", "00:00"))


def test_urgent_on_a_rest_day_is_due_on_the_next_working_day() -> None:
    events = [opened(at("2026-11-28"), urgent=True)]  # a Saturday
    assert clock(events, "first_response").due_on == date(2026, 11, 30)


def test_it_starts_when_sent_and_not_when_accepted() -> None:
    events = [opened(TUESDAY), sent(TUESDAY)]
    due = clock(events, "answer").due_on
    events.append(event("accepted", "", TUESDAY + timedelta(days=2), BODY))
    assert clock(events, "answer").due_on == due
    assert clock(events, "acceptance").is_kept()


def test_it_stands_still_only_while_the_citizen_is_asked() -> None:
    events = [opened(TUESDAY), sent(TUESDAY), event("accepted", "", TUESDAY, BODY)]
    due = clock(events, "answer").due_on
    events.append(event("asked", "哪天？", TUESDAY + timedelta(days=1), BODY))
    standing = clock(events, "answer")
    assert standing.paused
    assert standing.due_on is None
    assert standing.used_days(TUESDAY + timedelta(days=60)) == 1
    events.append(event("citizen_wrote", "周一", TUESDAY + timedelta(days=8), CITIZEN_SELF))  # Wednesday 2 December
    assert due == date(2026, 12, 1)
    assert clock(events, "answer").due_on == date(2026, 12, 8)


@pytest.mark.parametrize("kind", ["citizen_wrote", "note", "reminder", "contacted_again"])
def test_thanks_and_talk_change_no_clock(kind: EventKind) -> None:
    by = CITIZEN_SELF if kind in ("citizen_wrote", "contacted_again") else AGENT
    events = [opened(TUESDAY), sent(TUESDAY)]
    before = PROMISES.clocks(events)
    assert PROMISES.clocks([*events, event(kind, "谢谢", TUESDAY + timedelta(days=1), by)]) == before
    events += [event("answered", "好了", TUESDAY, BODY), event("confirmed", "", TUESDAY, CITIZEN_SELF)]
    assert running(PROMISES.clocks(events)) == ()
    after = PROMISES.clocks([*events, event("citizen_wrote", "谢谢", TUESDAY + timedelta(days=1), CITIZEN_SELF)])
    assert after == PROMISES.clocks(events)


def test_an_extension_lengthens_the_answer_once_and_no_longer_than_allowed() -> None:
    events = [opened(TUESDAY), sent(TUESDAY), event("accepted", "", TUESDAY, BODY)]
    short = [*events, event("extended", "", TUESDAY, BODY, days=3, reason="等材料")]
    long = [*events, event("extended", "", TUESDAY, BODY, days=60, reason="等材料")]
    assert clock(short, "answer").due_on == date(2026, 12, 4)
    assert clock(long, "answer").due_on == date(2026, 12, 15)  # 5 and 10 working days
    assert clock(long, "answer").extended


def test_the_next_body_gets_the_whole_time_and_reopening_begins_anew() -> None:
    returned = event("returned", "", at("2026-11-25"), BODY, reason="other", better="unknown")
    events = [opened(TUESDAY), sent(TUESDAY), returned, sent(at("2026-11-30"), "b2")]
    assert clock(events, "answer").due_on == date(2026, 12, 7)
    assert clock(events[:3], "redirect").due_on == date(2026, 11, 26)
    events += [
        event("answered", "", at("2026-12-01"), BODY2),
        event("not_solved", "", at("2026-12-10"), CITIZEN_SELF),
    ]
    assert clock(events, "answer").due_on == date(2026, 12, 17)
    assert clock(events, "answer").is_kept() is None


def test_merging_ends_every_clock() -> None:
    events = [opened(TUESDAY), sent(TUESDAY), event("merged", "", TUESDAY, AGENT, ticket="WH2")]
    assert running(PROMISES.clocks(events)) == ()


def test_a_callback_runs_after_closing_until_somebody_called() -> None:
    events = [
        opened(TUESDAY),
        sent(TUESDAY),
        event("answered", "", TUESDAY, BODY),
        event("confirmed", "", TUESDAY, CITIZEN_SELF),
    ]
    events += [event("callback_due", "", TUESDAY, SYSTEM_SELF)]
    assert clock(events, "callback").is_overdue(at("2026-11-26"))
    events += [event("called_back", "", TUESDAY + timedelta(hours=2), AGENT)]
    assert clock(events, "callback").is_kept()


def test_a_callback_at_an_agreed_time_is_due_on_its_day_and_moves_with_it() -> None:
    def booked(kind: EventKind, day: str) -> TicketEvent:
        return event(kind, "", TUESDAY, CITIZEN_SELF, booking="callback", ends=at(day, "11:00").isoformat())

    events = [opened(TUESDAY), booked("booked", "2026-11-26")]
    assert clock(events, "callback_window").due_on == date(2026, 11, 26)
    events.append(booked("booking_moved", "2026-11-28"))  # a Saturday
    assert clock(events, "callback_window").due_on == date(2026, 11, 28)
    assert clock(events, "callback_window").is_overdue(at("2026-11-29"))
    events.append(event("called_back", "", at("2026-11-27"), AGENT))
    assert clock(events, "callback_window").is_kept()


def test_a_cancelled_callback_is_not_owed_but_one_that_was_promised_stays() -> None:
    window = {"booking": "callback", "ends": at("2026-11-26").isoformat()}
    events = [
        opened(TUESDAY),
        event("callback_due", "", TUESDAY, SYSTEM_SELF),
        event("booked", "", TUESDAY, CITIZEN_SELF, **window),
        event("booking_cancelled", "", TUESDAY, CITIZEN_SELF, **window),
    ]
    progress = follow(events)
    assert (progress.callback_due, progress.callback_asked) == (True, False)
    assert [c.promise.clock for c in running(PROMISES.clocks(events))] == ["first_response", "callback"]


def test_the_promises_hold_the_figures_of_the_plan() -> None:
    normal = {name: PROMISES.find(name, "consult", urgent=False) for name in CLOCKS}
    assert normal["acceptance"].working_days == 2
    assert (normal["answer"].working_days, normal["answer"].extension_days) == (5, 10)
    assert all(promise.source for promise in PROMISES.rows)


def test_a_table_with_a_hole_is_refused(tmp_path) -> None:
    text = (DATA_DIR / "promises.yml").read_text(encoding="utf-8").replace("clock: callback\n", "clock: calback\n")
    (tmp_path / "promises.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDataFileError) as refused:
        load_promises(tmp_path)
    assert len(refused.value.problems) == 2  # the misspelt clock, and the one that has no promise now


ACTORS = [CITIZEN_SELF, AGENT, BOSS, SYSTEM_SELF, BODY, BODY2]
# Two turns of the year, 春节 and 国庆 with 调休.
STARTS = st.datetimes(datetime(2025, 12, 1), datetime(2026, 12, 31))  # noqa: DTZ001


@st.composite
def threads(draw: st.DrawFn) -> list[TicketEvent]:
    """Threads that can be, up to 25 events long, with pauses of up to nine days."""
    moment = draw(STARTS).replace(tzinfo=SHANGHAI)
    events = [opened(moment, urgent=draw(st.booleans()), need=draw(st.sampled_from(["consult", "status", "complain"])))]
    for _ in range(draw(st.integers(0, 25))):
        progress = follow(events)
        tries = [(kind, by) for by in ACTORS for kind in allowed(progress, by.party)]
        kind, by = draw(st.sampled_from(tries))
        moment += timedelta(minutes=draw(st.integers(0, 9 * 24 * 60)))
        details = {"body": draw(st.sampled_from(["b1", "b2"])), "reason": "other", "better": "unknown", "days": 7}
        details |= {"booking": "callback", "ends": (moment + timedelta(days=draw(st.integers(0, 9)))).isoformat()}
        happened = event(kind, "", moment, by, ticket="WH2", person="li", level=2, **details)
        try:
            follow([*events, happened])
        except OutOfOrderError:
            continue
        events.append(happened)
    return events


@settings(deadline=None)  # nothing here is about time taken
@given(threads(), st.lists(st.integers(0, 60 * 24 * 60), min_size=2, max_size=6))
def test_clocks_are_never_negative_never_run_backwards_and_never_after_the_end(
    events: list[TicketEvent], minutes: list[int]
) -> None:
    progress = follow(events)
    moments = sorted(events[0].at + timedelta(minutes=m) for m in minutes)
    for found in PROMISES.clocks(events):
        used = [found.used_days(moment) for moment in moments]
        assert used == sorted(used)
        assert used[0] >= 0
        if found.stopped_at is not None:
            assert found.used_days(found.stopped_at) == found.used_days(found.stopped_at + timedelta(days=400))
            assert not found.is_overdue(found.stopped_at + timedelta(days=400))
        if progress.state in ENDED and not found.promise.clock.startswith("callback"):
            assert found.stopped_at is not None
        if found.due_on is not None:
            assert (
                is_working_day(found.due_on) or found.promise.clock == "callback_window"
            )  # on the day that was agreed
            assert found.due_on >= found.started_at.astimezone(SHANGHAI).date()


@settings(deadline=None)  # nothing here is about time taken
@given(threads())
def test_events_to_come_change_no_clock_that_was_stopped(events: list[TicketEvent]) -> None:
    for length in range(1, len(events)):
        stopped = [c for c in PROMISES.clocks(events[:length]) if c.stopped_at]
        assert set(stopped) <= set(PROMISES.clocks(events)), length


@settings(deadline=None)  # nothing here is about time taken
@given(threads())
def test_kept_is_the_same_as_used_no_more_than_promised(events: list[TicketEvent]) -> None:
    for found in PROMISES.clocks(events):
        if found.stopped_at is None or found.promise.working_days == 0 or found.extended:
            continue
        # On a day off after the last day no further working day is used up, and it is too late all the same.
        if is_working_day(found.stopped_at.astimezone(SHANGHAI).date()):
            assert found.is_kept() == (found.used_days(found.stopped_at) <= found.promise.working_days)
        elif found.is_kept():
            assert found.used_days(found.stopped_at) <= found.promise.working_days
