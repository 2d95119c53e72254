"""A second contact is counted as our failure, and nothing is told to whoever has not shown that a ticket is theirs."""

from __future__ import annotations

from typing import Any

from api.staff.roles import Role

OTHER = "我借给朋友五万块钱，有借条，到期一年了他不还，怎么办"


def kinds(ticket: Any, staff: Any) -> list[str]:
    return [event["kind"] for event in ticket.seen(staff).json()["events"]]


def test_whoever_shows_the_code_goes_on_with_the_open_ticket_and_hears_how_it_stands(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    first = a_ticket()
    again = a_ticket(note="老板又拖", known_tickets=[{"number": first.number, "code": first.code}])
    assert (again.number, again.code) == (first.number, first.code)
    assert "不用再讲一遍" in again.reply["text"]
    assert kinds(first, agent) == ["opened", "contacted_again", "citizen_wrote"]
    assert "老板又拖" in first.seen_by_citizen()["events"][-1]["text"]


def test_after_the_end_it_is_opened_again(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    first = a_ticket()
    first.done(agent, "answered", text="好了")
    first.citizen("confirmed")
    again = a_ticket(known_tickets=[{"number": first.number, "code": first.code}])
    assert again.number == first.number
    assert first.seen_by_citizen()["state"] == "reopened"


def test_another_matter_is_another_ticket(a_ticket) -> None:
    first = a_ticket()
    assert a_ticket(OTHER, known_tickets=[{"number": first.number, "code": first.code}]).number != first.number


def test_the_same_phone_counts_as_a_repeat_and_tells_nothing(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    first = a_ticket(phone="13911112222")
    second = a_ticket(phone="139 1111 2222")
    assert second.number != first.number
    assert first.number not in str(second.reply)
    assert second.seen(agent).json()["repeat_of"] == first.number
    assert "contacted_again" in kinds(first, agent)
    assert first.number not in str(second.seen_by_citizen())
    assert second.number not in str(first.seen_by_citizen())


def test_a_wrong_code_for_a_known_ticket_opens_a_new_one(a_ticket) -> None:
    first = a_ticket()
    assert a_ticket(known_tickets=[{"number": first.number, "code": "222222"}]).number != first.number


def test_a_helpers_phone_says_nothing_about_whose_matter_it_is(as_staff, a_ticket) -> None:
    agent = as_staff(Role.AGENT)
    helped = {"for_someone": {"relation": "grid_worker", "agreed": True}, "phone": "13933334444"}
    a_ticket(**helped)
    assert a_ticket(**helped).seen(agent).json()["repeat_of"] is None
