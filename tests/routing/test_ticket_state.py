"""The table of transitions: who may do what when, and where it leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.ticket_events import CITIZEN_SELF, KINDS, SYSTEM_SELF, Actor, EventKind, TicketEvent, event, sees
from routing.ticket_state import (
    ENDED,
    OPEN,
    STATE_NAMES,
    TRANSITIONS,
    WAITS_FOR,
    OutOfOrderError,
    Progress,
    allowed,
    follow,
    step,
)

START = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AGENT, OTHER = Actor("agent", "li", "李座席"), Actor("agent", "wang", "王座席")
BOSS = Actor("supervisor", "zhao", "赵督办")


def body(name: str = "b1") -> Actor:
    return Actor("body", name, name)


class Thread:
    """A thread that grows by one minute and one event at a time."""

    def __init__(self) -> None:
        self.events: list[TicketEvent] = []
        self.progress = Progress()
        self.add("opened", CITIZEN_SELF, need="consult")

    def add(self, kind: EventKind, by: Actor, **details: Any) -> Progress:
        at = START + timedelta(minutes=len(self.events))
        happened = event(kind, kind, at, by, **details)
        self.progress = step(self.progress, happened)
        self.events.append(happened)
        return self.progress

    def returned(self, by: str) -> Progress:
        return self.add("returned", body(by), reason="not_competent", better="unknown")


@pytest.fixture
def thread() -> Thread:
    return Thread()


def test_the_body_has_it_from_the_moment_it_is_sent(thread: Thread) -> None:
    assert thread.progress.waits_for == "agent"
    sent = thread.add("sent", AGENT, body="b1")
    assert (sent.state, sent.waits_for, sent.body) == ("sent", "body", "b1")
    assert sent.first_responder == "li"


def test_a_second_return_goes_to_the_coordinator_whose_decision_binds(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    assert thread.returned("b1").state == "returned"
    thread.add("sent", AGENT, body="b2")
    disputed = thread.returned("b2")
    assert (disputed.state, disputed.waits_for) == ("disputed", "supervisor")
    with pytest.raises(OutOfOrderError, match="这一步不能由这一方来做"):
        thread.add("decided", AGENT, body="b1")
    thread.add("decided", BOSS, body="b1")
    for kind in ("returned", "referred_onward"):
        with pytest.raises(OutOfOrderError, match="裁定"):
            thread.add(kind, body("b1"), reason="other", better="unknown", body="b3")
    assert thread.add("accepted", body("b1")).state == "accepted"


def test_a_body_that_returned_it_does_not_get_it_again_but_by_decision(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    thread.returned("b1")
    with pytest.raises(OutOfOrderError, match="已经退回过"):
        thread.add("sent", AGENT, body="b1")


def test_a_body_passes_it_on_but_not_in_a_circle(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    onward = thread.add("referred_onward", body("b1"), body="b2")
    assert (onward.state, onward.body) == ("sent", "b2")
    with pytest.raises(OutOfOrderError, match="已经办过"):
        thread.add("referred_onward", body("b2"), body="b1")


def test_another_body_can_do_nothing(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    with pytest.raises(OutOfOrderError, match="不在您的单位"):
        thread.add("accepted", body("b2"))


def test_an_answer_waits_for_the_citizen_and_not_solved_reaches_the_same_body_and_first_responder(
    thread: Thread,
) -> None:
    thread.add("sent", AGENT, body="b1")
    thread.add("accepted", body("b1"))
    assert thread.add("answered", body("b1")).waits_for == "citizen"
    again = thread.add("not_solved", CITIZEN_SELF)
    assert (again.state, again.body, again.first_responder, again.waits_for) == ("reopened", "b1", "li", "body")


def test_not_solved_after_closing_opens_it_again(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    thread.add("answered", body("b1"))
    assert not thread.add("confirmed", CITIZEN_SELF).is_open
    thread.add("rated", CITIZEN_SELF, level=1)
    again = thread.add("not_solved", CITIZEN_SELF)
    assert again.is_open
    assert again.rating == 0


def test_an_answer_of_the_desk_that_is_not_enough_comes_back_to_the_desk(thread: Thread) -> None:
    thread.add("taken", AGENT, person="li")
    thread.add("answered", AGENT)
    again = thread.add("not_solved", CITIZEN_SELF)
    assert (again.waits_for, again.owner) == ("agent", "li")
    assert thread.add("sent", AGENT, body="b1").state == "sent"


def test_thanks_changes_no_state(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    thread.add("answered", body("b1"))
    thread.add("confirmed", CITIZEN_SELF)
    assert thread.add("citizen_wrote", CITIZEN_SELF).state == "closed"


def test_handing_over_needs_the_others_yes(thread: Thread) -> None:
    thread.add("taken", AGENT, person="li")
    with pytest.raises(OutOfOrderError, match="没有请您"):
        thread.add("handed", OTHER)
    with pytest.raises(OutOfOrderError, match="只有首问责任人"):
        thread.add("offered", OTHER, person="wang")
    assert thread.add("offered", AGENT, person="wang").first_responder == "li"
    with pytest.raises(OutOfOrderError):
        thread.add("handed", AGENT)
    assert thread.add("handed", OTHER).first_responder == "wang"


def test_one_extension_with_a_reason(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    thread.add("accepted", body("b1"))
    with pytest.raises(OutOfOrderError, match="原因"):
        thread.add("extended", body("b1"), days=5)
    thread.add("extended", body("b1"), days=5, reason="等鉴定")
    with pytest.raises(OutOfOrderError, match="已经延期过"):
        thread.add("extended", body("b1"), days=5, reason="还要等")


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("accepted", body("b1")),
        ("answered", body("b1")),
        ("confirmed", CITIZEN_SELF),
        ("rated", CITIZEN_SELF),
        ("opened", CITIZEN_SELF),
        ("decided", BOSS),
        ("closed", AGENT),
    ],
)
def test_out_of_order_is_refused_in_words(thread: Thread, kind: EventKind, by: Actor) -> None:
    with pytest.raises(OutOfOrderError) as refused:
        thread.add(kind, by, level=3, body="b1")
    assert refused.value.why
    assert thread.progress.sequence == 1


def test_time_does_not_run_backwards(thread: Thread) -> None:
    early = event("note", "早了", START - timedelta(days=1), AGENT)
    with pytest.raises(OutOfOrderError, match="时间"):
        step(thread.progress, early)


def test_a_return_names_its_reason_and_a_better_body_or_that_it_is_unknown(thread: Thread) -> None:
    thread.add("sent", AGENT, body="b1")
    for details in ({}, {"reason": "not_competent"}, {"better": "unknown"}, {"reason": "because", "better": "b2"}):
        with pytest.raises(OutOfOrderError, match="退回要写明"):
            thread.add("returned", body("b1"), **details)


def test_who_sees_what() -> None:
    note = event("note", "内部", START, AGENT, visible_to="agents")
    assert [sees(audience, note) for audience in ("citizen", "body", "agents", "internal")] == [
        False,
        False,
        True,
        True,
    ]
    assert sees("citizen", event("sent", "转出", START, AGENT))


def test_every_kind_has_a_row_and_every_state_a_name_and_somebody_to_act_until_it_ended() -> None:
    assert {row.kind for row in TRANSITIONS} == set(KINDS)
    assert set(STATE_NAMES) == set(WAITS_FOR)
    assert all(WAITS_FOR[state] for state in OPEN)
    assert all(WAITS_FOR[state] is None for state in ENDED)


def test_every_open_state_has_a_way_out_for_whoever_must_act() -> None:
    leading = {(state, row.kind) for row in TRANSITIONS if row.to for state in row.from_}
    for state in OPEN:
        party = WAITS_FOR[state]
        assert any(party in KINDS[kind].by for from_, kind in leading if from_ == state), state


ACTORS = [CITIZEN_SELF, AGENT, OTHER, BOSS, SYSTEM_SELF, body("b1"), body("b2")]


@settings(deadline=None)  # nothing here is about time taken
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(ACTORS), st.sampled_from(["b1", "b2"])), max_size=40
    )
)
def test_whatever_is_tried_the_ticket_stays_sound(tries: list[tuple[EventKind, Actor, str]]) -> None:
    thread = Thread()
    for kind, by, to in tries:
        before = thread.progress
        try:
            thread.add(
                kind,
                by,
                body=to,
                reason="other",
                better="unknown",
                days=3,
                person="li",
                level=2,
                ticket="WH1",
                file="f1",
                file_hash="h1",
            )
        except OutOfOrderError:
            assert thread.progress == before
            continue
        progress = thread.progress
        assert kind in allowed(before, by.party)
        assert progress.body or progress.waits_for != "body"
        assert (progress.waits_for is None) == (progress.state in ENDED)
        assert all(
            earlier.until == later.since for earlier, later in zip(progress.spells, progress.spells[1:], strict=False)
        )
        assert progress.spells[-1].until is None
    assert follow(thread.events) == thread.progress
