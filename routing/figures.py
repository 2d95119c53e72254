"""What is counted over tickets, and by which definition: 最多拨一次 as a rate, promises kept, returns, satisfaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, func, or_, select

from routing.complaints import not_recused
from routing.tables import ticket_status_table, ticket_table, ticket_tally_table
from routing.tallies import PROMISED, REPEAT_DAYS

GroupedBy = Literal["area", "matter", "body", "week", "month"]
FigureId = Literal[
    "one_call",
    "repeat_7",
    "repeat_30",
    "returned",
    "first_body",
    "promises_kept",
    "resolved",
    "satisfied",
    "rated",
    "callbacks",
]
FIGURES: tuple[FigureId, ...] = get_args(FigureId)
UNKNOWN = "unknown"  # key of the group of tickets whose area or body is not known
FEW = 20  # of fewer, one ticket moves a rate by more than five points: no rate is shown

_t = ticket_tally_table.c
Count = ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure: its name, what is divided by what, in words and as what each ticket adds to both.

    `higher_is_better` is for reading it; `beside` is the figure without which it should not be read.
    """

    name: str
    text: str
    part: Callable[[date], Count]
    whole: Callable[[date], Count]
    higher_is_better: bool = True
    beside: FigureId | None = None


def _as_int(condition: ColumnElement[bool]) -> Count:
    return case((condition, 1), else_=0)


def _settled(today: date) -> ColumnElement[bool]:
    """Closed, or old enough that whoever would have come again has come."""
    return or_(_t.closed == 1, _t.opened_on <= today - timedelta(days=max(REPEAT_DAYS)))


def _overdue(today: date) -> Count:
    """Promises that still run and are over."""
    days = (f"{clock}_by" for clock in PROMISED)
    first, *others = (_as_int(_t[day] < today) for day in days)
    return sum(others, start=first)


TICKETS = ("工单数", "这段时间登记的工单，不含撤回的和并入别件的。")
# Every figure, in the order in which they are shown; the words stand beside the figure wherever it is shown.
DEFINITIONS: dict[FigureId, Definition] = {
    "one_call": Definition(
        "一次办成率",
        "分子：登记后 30 天内同一个人没有为同一事项再来问，也没有说“没解决”的工单。分母：登记满 30 天或已办结的工单，"
        "不含本身就是重复来访的。认人靠同意关联的电话、微信或同一次对话；认不出的按没有再来算，所以实际可能低一些。",
        part=lambda today: _as_int(and_(_t.first == 1, _t.unsettled == 0, _settled(today))),
        whole=lambda today: _as_int(and_(_t.first == 1, _settled(today))),
    ),
    "repeat_7": Definition(
        "7 天内重复率",
        "分子：登记后 7 天内同一个人为同一事项又来的工单。分母：不是重复来访的工单。",
        part=lambda _: _t.again_7,
        whole=lambda _: _t.first,
        higher_is_better=False,
    ),
    "repeat_30": Definition(
        "30 天内重复率",
        "分子：登记后 30 天内同一个人为同一事项又来的工单。分母：不是重复来访的工单。",
        part=lambda _: _t.again_30,
        whole=lambda _: _t.first,
        higher_is_better=False,
    ),
    "returned": Definition(
        "退回率",
        "分子：至少被一个单位退回一次的工单。分母：转出过的工单。",
        part=lambda _: _t.returned,
        whole=lambda _: _t.sent,
        higher_is_better=False,
    ),
    "first_body": Definition(
        "一次派准率",
        "分子：第一个接到的单位自己受理或答复，没有退回、没有转交、没有被改派的工单。分母：第一个单位已经表态的工单。",
        part=lambda _: _t.body_said - _t.body_changed,
        whole=lambda _: _t.body_said,
    ),
    "promises_kept": Definition(
        "承诺兑现率",
        "分子：按时做到的承诺。分母：已做到的和已超期的承诺（首次回应、受理或退回、答复、回访、约定时间的回电）。",
        part=lambda _: _t.kept,
        whole=lambda today: _t.kept + _t.broken + _overdue(today),
    ),
    "resolved": Definition(
        "解决率",
        "分子：市民确认解决的工单。分母：已办结的工单（没有回音而办结的算在分母里）。",
        part=lambda _: _t.confirmed,
        whole=lambda _: _t.closed,
    ),
    "satisfied": Definition(
        "满意率",
        "分子：评“基本满意”以上的工单。分母：评价过的工单。要和评价率一起看。",
        part=lambda _: _t.satisfied,
        whole=lambda _: _t.rated,
        beside="rated",
    ),
    "rated": Definition(
        "评价率",
        "分子：评价过的工单。分母：已办结的工单。",
        part=lambda _: _t.rated,
        whole=lambda _: _t.closed,
    ),
    "callbacks": Definition(
        "回访率",
        "分子：不满意后已经回访的工单。分母：评“不满意”以下的工单。承诺是百分之百。",
        part=lambda _: _t.called_back,
        whole=lambda _: _t.dissatisfied,
    ),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None when there is nothing to divide by."""
        return self.part / self.whole if self.whole else None

    @property
    def is_few(self) -> bool:
        """Whether the tickets are too few for a rate to say anything."""
        return self.whole < FEW


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group: the number of tickets and the rates by the names of `DEFINITIONS`."""

    key: str
    tickets: int
    rates: dict[FigureId, Rate]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets are counted: opened from `first` to `last`; None is any, `UNKNOWN` is those of which it is not known.

    `within` are the districts that whoever asks is there for; with those of which it is not known. Empty is the whole city.
    """

    first: date
    last: date
    area: str | None = None
    matter: str | None = None
    body: str | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks behind a figure: tickets from which they, or a body they act for, are recused are not shown."""

    username: str
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """A ticket behind a figure: counted in its whole, and `part` of `whole` times in its part."""

    number: str
    matter: str
    area: str
    body_id: str
    opened_on: date
    part: int
    whole: int
    repeat_of: str | None


def figures(connection: Connection, scope: Scope, today: date, by: GroupedBy) -> tuple[Figures, list[Figures]]:
    """The figures of all tickets in scope and of each group: times in their order, others the largest first."""
    columns = {"area": _t.area, "matter": _t.matter, "body": _t.body_id, "week": _t.week, "month": _t.month}
    key = columns[by]
    sums = [func.sum(count(today), type_=Integer) for d in DEFINITIONS.values() for count in (d.part, d.whole)]
    query = select(key, func.count(), *sums).where(*_in_scope(scope)).group_by(key)
    groups = [
        Figures(_key(row[0]), row[1], _rates([int(number) for number in row[2:]])) for row in connection.execute(query)
    ]
    total = Figures(
        "",
        sum(group.tickets for group in groups),
        {
            id_: Rate(sum(group.rates[id_].part for group in groups), sum(group.rates[id_].whole for group in groups))
            for id_ in FIGURES
        },
    )
    if by in ("week", "month"):
        return total, sorted(groups, key=lambda group: group.key)
    return total, sorted(groups, key=lambda group: (-group.tickets, group.key))


def tickets_behind(
    connection: Connection,
    scope: Scope,
    today: date,
    figure: FigureId,
    *,
    reader: Reader,
    in_part: bool | None = None,
    page: int = 1,
    size: int = 50,
) -> tuple[list[Behind], int]:
    """A page of the tickets behind a figure, the newest first, and how many they are: all of its whole, those that are wholly
    in its part, or those that are not. Tickets that the reader may not see are in neither, though they are in the figure."""
    definition = DEFINITIONS[figure]
    part, whole = definition.part(today), definition.whole(today)
    where = [*_in_scope(scope), whole > 0, not_recused(reader.username, reader.bodies)]
    if in_part is not None:
        where.append(part == whole if in_part else part < whole)
    with_status = ticket_tally_table.join(ticket_status_table, ticket_status_table.c.ticket == _t.ticket)
    total = connection.execute(select(func.count()).select_from(with_status).where(*where)).scalar_one()
    query = (
        select(_t.ticket, _t.matter, _t.area, _t.body_id, _t.opened_on, part.label("part"), whole.label("whole"))
        .add_columns(ticket_table.c.repeat_of)
        .select_from(with_status.join(ticket_table, ticket_table.c.number == _t.ticket))
        .where(*where)
        .order_by(_t.opened_on.desc(), _t.ticket.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [Behind(*row) for row in connection.execute(query)], total


def _rates(numbers: list[int]) -> dict[FigureId, Rate]:
    return {id_: Rate(numbers[2 * place], numbers[2 * place + 1]) for place, id_ in enumerate(DEFINITIONS)}


def _key(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value or UNKNOWN


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    where = [_t.counted == 1, _t.opened_on.between(scope.first, scope.last)]
    if scope.within:
        where.append(_t.area.in_((*scope.within, "")))
    for column, wanted in ((_t.area, scope.area), (_t.matter, scope.matter), (_t.body_id, scope.body)):
        if wanted is not None:
            where.append(column == ("" if wanted == UNKNOWN else wanted))
    return where
