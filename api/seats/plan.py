"""From contacts of the past to seats by half hour, and what answering some topics by the machine would free; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import fmean

from api.seats import erlang_a
from api.seats.erlang import seats_for, service_level
from routing.promises import SHANGHAI, day_of

SLOT_S = 1800
SLOTS = 48
# Below these a mean says nothing: a plan needs some days, and handling times of some contacts.
FEWEST_DAYS = 5
FEWEST_CONTACTS = 50
FEWEST_HANDLED = 20
FEWEST_LEFT = 10  # who hung up; of fewer no patience is estimated
FEW_IN_SLOT = 5  # contacts in one half hour, over all days
FEW_OF_MATTER = 5  # handled ones; below, the mean of all matters stands in
TOPICS = 5


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who came to a person: when, about what (empty: not known), and for how many seconds an agent had it, None
    when nobody took it or it is not known. `waited_s` is how long they waited for an agent, None where it is not known;
    `left`: they hung up before there was one."""

    at: datetime
    matter: str
    handled_s: float | None
    waited_s: float | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted: so large a share answered within so many seconds; an agent speaks with `at_once` people at once.
    `patience_s` is how long people wait before they hang up, None: as they did in the past."""

    within_s: float
    level: float
    at_once: int = 1
    patience_s: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Half an hour of such a day. `start` is in minutes after midnight; `a_day` is the mean number of contacts.

    `seats_without` is what would do if the machine answered its share of the chosen topics. `few` says that the half hour
    rests on too few contacts to be relied on. `seats_patience` is what does when it is counted that some hang up (Erlang A),
    `left` the share that then does; None where it is not known how long people wait.
    """

    start: int
    contacts: int
    a_day: float
    handling_s: float
    seats: int
    level: float
    busy: float
    seats_without: int
    few: bool
    seats_patience: int | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter that reaches people: how often, how many hours of agents it takes on a mean day, and how many of its questions
    wait on the list of those that were not answered well."""

    matter: str
    contacts: int
    hours_a_day: float
    misses: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Seats by half hour; `too_few` says what is missing where a plan can't be made, and then there are no slots.

    `left` hung up before they were answered; `patience_s` is how long people wait on average, None when too few hung up.
    """

    days: int
    contacts: int
    handled: int
    handling_s: float | None
    left: int
    patience_s: float | None
    slots: tuple[Slot, ...]
    topics: tuple[Topic, ...]
    chosen: tuple[str, ...]
    too_few: tuple[str, ...]


def plan(
    contacts: Sequence[Contact],
    days: AbstractSet[date],
    aim: Aim,
    misses: Mapping[str, int],
    chosen: Sequence[str] | None,
    share: float,
) -> Plan:
    """The plan for a mean one of `days`, from the contacts of these days.

    `misses` is how many questions on a matter were not answered well. `chosen` are matters of which the machine would answer
    `share`, 0 to 1; None: the `TOPICS` that take most of agents' time among those with misses.
    """
    contacts = [contact for contact in contacts if day_of(contact.at) in days]
    times: dict[str, list[float]] = defaultdict(list)
    for contact in contacts:
        if contact.handled_s is not None:
            times[contact.matter].append(contact.handled_s)
    handled = sum(map(len, times.values()))
    too_few = tuple(
        text.format(has=has, needs=needs)
        for has, needs, text in (
            (len(days), FEWEST_DAYS, "这段时间只有 {has} 天这样的日子，至少要 {needs} 天。"),
            (len(contacts), FEWEST_CONTACTS, "只有 {has} 次，至少要 {needs} 次才看得出什么时候人多。"),
            (handled, FEWEST_HANDLED, "知道座席用了多久的只有 {has} 次，至少要 {needs} 次。"),
        )
        if has < needs
    )
    mean = fmean(time for of_matter in times.values() for time in of_matter) if handled else None
    left = sum(contact.left for contact in contacts)
    patience_s = aim.patience_s
    if patience_s is None and left >= FEWEST_LEFT:
        patience_s = erlang_a.mean_patience(sum(contact.waited_s or 0 for contact in contacts), left)
    if too_few or mean is None:
        return Plan(len(days), len(contacts), handled, mean, left, patience_s, (), (), (), too_few)
    takes = {matter: fmean(of_matter) for matter, of_matter in times.items() if len(of_matter) >= FEW_OF_MATTER}
    often = Counter(contact.matter for contact in contacts)
    topics = sorted(
        (
            Topic(matter, count, count * takes.get(matter, mean) / len(days) / 3600, misses[matter])
            for matter, count in often.items()
            if misses.get(matter)
        ),
        key=lambda topic: (-topic.hours_a_day, topic.matter),
    )
    answered = tuple(chosen if chosen is not None else (topic.matter for topic in topics[:TOPICS]))
    counts: list[Counter[str]] = [Counter() for _ in range(SLOTS)]
    for contact in contacts:
        at = contact.at.astimezone(SHANGHAI)
        counts[(at.hour * 60 + at.minute) // 30][contact.matter] += 1
    slots = tuple(
        _slot(
            30 * place, count, len(days), takes, mean, replace(aim, patience_s=patience_s), frozenset(answered), share
        )
        for place, count in enumerate(counts)
    )
    return Plan(len(days), len(contacts), handled, mean, left, patience_s, slots, tuple(topics), answered, ())


def _slot(
    start: int,
    counts: Counter[str],
    days: int,
    takes: Mapping[str, float],
    mean: float,
    aim: Aim,
    answered: frozenset[str],
    share: float,
) -> Slot:
    def load(kept: Mapping[str, float]) -> tuple[float, float]:
        """Erlangs, and seconds that a mean contact takes of a seat."""
        come = sum(kept.values())
        seconds = sum(count * takes.get(matter, mean) for matter, count in kept.items()) / aim.at_once
        return seconds / days / SLOT_S, seconds / come if come else mean / aim.at_once

    erlangs, handling_s = load(counts)
    seats = seats_for(erlangs, handling_s, aim.within_s, aim.level)
    left, left_handling_s = load({m: count * (1 - share * (m in answered)) for m, count in counts.items()})
    total = counts.total()
    with_patience = some_left = None
    if aim.patience_s is not None:
        with_patience = erlang_a.seats_for(erlangs, handling_s, aim.patience_s, aim.within_s, aim.level)
        some_left = erlang_a.shares(erlangs, with_patience, handling_s, aim.patience_s, aim.within_s).left
    return Slot(
        start=start,
        contacts=total,
        a_day=total / days,
        handling_s=handling_s * aim.at_once,
        seats=seats,
        level=service_level(erlangs, seats, handling_s, aim.within_s),
        busy=erlangs / seats if seats else 0.0,
        # Where the topics that are left take longer, the model may ask for more; nobody needs to be added for fewer contacts.
        seats_without=min(seats, seats_for(left, left_handling_s, aim.within_s, aim.level)),
        few=0 < total < FEW_IN_SLOT,
        seats_patience=with_patience,
        left=some_left,
    )
