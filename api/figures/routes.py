"""The figures over tickets, each with its definition and the tickets behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from api.dependencies import ServiceIn, requires
from api.errors import ApiError, Problem, bad_field
from api.figures.names import group_name
from api.paging import PagingIn, Rows
from api.spreadsheets import CSV, XLSX, attachment, csv_text, workbook
from api.staff import audit
from api.staff.roles import Role, Staff
from api.staff.session import NO_NUL
from api.tickets.desk import areas_of
from api.wiring import Service
from routing import figures
from routing.figures import DEFINITIONS, FEW, FIGURES, TICKETS, FigureId, Figures, GroupedBy, Rate, Scope
from routing.promises import day_of

router = APIRouter(prefix="/api/v1/desk/figures", responses={code: {"model": Problem} for code in (401, 403, 422)})
Reader = Annotated[Staff, requires(Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)]
LONGEST = timedelta(days=2 * 366)
DEFAULT = timedelta(days=90)
MOST_GROUPS = 100  # the largest are shown; the export has all
MOST_EXPORTED = 50_000  # tickets behind a figure
EARLIEST = date(2000, 1, 1)


class DefinitionView(BaseModel):
    """What a figure is called, what is divided by what, and which figure has to be read with it."""

    id: str
    name: str
    text: str
    higher_is_better: bool
    beside: str | None


class RateView(BaseModel):
    """So many of so many; `value` from 0 to 1, None when there is nothing to divide by. Of `few` no rate should be shown."""

    part: int
    whole: int
    value: float | None
    few: bool


class GroupView(BaseModel):
    """The figures of one group, by the ids of the definitions."""

    key: str
    name: str
    tickets: int
    rates: dict[FigureId, RateView]


class TicketFiguresView(BaseModel):
    """All figures of a time: the whole and its groups. Times come in order, others the largest first; `left_out` smaller
    groups are not listed, but count in the whole. Fewer than `few` are too few for a rate. `within` are the reader's districts:
    only these are counted, with tickets of which it is not known; empty is the whole city."""

    first: date
    last: date
    by: GroupedBy
    within: list[str]
    few: int
    tickets: DefinitionView
    definitions: list[DefinitionView]
    total: GroupView
    groups: list[GroupView]
    left_out: int


class BehindView(BaseModel):
    """A ticket behind a figure: `part` of `whole` (promises can be several, all else is 0 or 1 of 1)."""

    number: str
    matter_name: str
    area: str
    body_name: str
    opened_on: date
    part: int
    whole: int
    repeat_of: str | None


def _scope(
    me: Reader,
    service: ServiceIn,
    first: date | None = None,
    last: date | None = None,
    area: Annotated[str | None, Query(max_length=40, pattern=NO_NUL)] = None,
    matter: Annotated[str | None, Query(max_length=60, pattern=NO_NUL)] = None,
    body: Annotated[str | None, Query(max_length=120, pattern=NO_NUL)] = None,
) -> Scope:
    last = last or day_of(service.now())
    if last < EARLIEST:
        raise bad_field("last", "日子太早了。")
    first = first or last - DEFAULT
    if not timedelta() <= last - first <= LONGEST:
        raise bad_field("first", "开始的日子要在结束之前，最多两年。")
    return Scope(first, last, area or None, matter or None, body or None, districts_of(me))


ScopeIn = Annotated[Scope, Depends(_scope)]


@router.get("")
def read_figures(_me: Reader, service: ServiceIn, scope: ScopeIn, by: GroupedBy = "area") -> TicketFiguresView:
    """Figures of the tickets opened from `first` to `last` (the last 90 days when left out), in groups, narrowed by district,
    matter or body (`unknown` for those of which it is not known); needs a supervisor (of their districts alone, where their account
    has some), an auditor or an administrator."""
    with service.engine.connect() as connection:
        total, groups = figures.figures(connection, scope, day_of(service.now()), by)
    shown = groups if by in ("week", "month") else groups[:MOST_GROUPS]
    return TicketFiguresView(
        first=scope.first,
        last=scope.last,
        by=by,
        within=list(scope.within),
        few=FEW,
        tickets=DefinitionView(id="tickets", name=TICKETS[0], text=TICKETS[1], higher_is_better=True, beside=None),
        definitions=[
            DefinitionView(id=id_, name=d.name, text=d.text, higher_is_better=d.higher_is_better, beside=d.beside)
            for id_, d in DEFINITIONS.items()
        ],
        total=_group(total, "全部"),
        groups=[_group(group, group_name(service, by, group.key)) for group in shown],
        left_out=len(groups) - len(shown),
    )


@router.get("/tickets")
def list_behind(
    me: Reader, service: ServiceIn, scope: ScopeIn, paging: PagingIn, figure: FigureId, *, counted: bool | None = None
) -> Rows[BehindView]:
    """The tickets behind a figure, the newest first: with `counted` those in its part alone, or those in its whole that are
    not; those from which the reader is recused are left out. Needs a supervisor (of their districts alone), an auditor or an
    administrator."""
    with service.engine.connect() as connection:
        found, total = figures.tickets_behind(
            connection,
            scope,
            day_of(service.now()),
            figure,
            reader=_reader(me),
            in_part=counted,
            page=paging.page,
            size=paging.size,
        )
    return Rows(items=[_behind(service, ticket) for ticket in found], total=total)


@router.get("/export", response_class=Response)
def export_figures(
    me: Reader,
    service: ServiceIn,
    scope: ScopeIn,
    by: GroupedBy = "area",
    form: Annotated[Literal["xlsx", "csv"], Query(alias="format")] = "xlsx",
) -> Response:
    """All groups with part, whole and rate of every figure, and the definitions below, as XLSX or CSV in which nothing is a
    formula; recorded. Needs a supervisor (of their districts alone), an auditor or an administrator."""
    now = service.now()
    with service.engine.connect() as connection:
        total, groups = figures.figures(connection, scope, day_of(now), by)
    columns = {"name": _BY_NAMES[by], "tickets": TICKETS[0]}
    for id_, definition in DEFINITIONS.items():
        columns |= {
            f"{id_}.part": f"{definition.name}：分子",
            f"{id_}.whole": f"{definition.name}：分母",
            f"{id_}.rate": f"{definition.name}（%）",
        }
    rows = [_line("全部", total), *(_line(group_name(service, by, group.key), group) for group in groups)]
    where = f"只含{'、'.join(scope.within)}和不清楚在哪个区的。" if scope.within else ""
    rows += [{"name": ""}, {"name": f"{scope.first} 至 {scope.last} 登记的工单。{where}分母不到 {FEW} 的不算成率。"}]
    rows += [{"name": f"{TICKETS[0]}：{TICKETS[1]}"}, *({"name": f"{d.name}：{d.text}"} for d in DEFINITIONS.values())]
    _record(service, me, "figures.export", scope, {"by": by, "format": form})
    name = f"figures-{scope.first:%Y%m%d}-{scope.last:%Y%m%d}-{by}.{form}"
    return _file(rows, columns, form, name)


@router.get("/tickets/export", response_class=Response)
def export_behind(
    me: Reader,
    service: ServiceIn,
    scope: ScopeIn,
    figure: FigureId,
    *,
    counted: bool | None = None,
    form: Annotated[Literal["xlsx", "csv"], Query(alias="format")] = "xlsx",
) -> Response:
    """The tickets behind a figure as XLSX or CSV in which nothing is a formula; recorded. Needs a supervisor (of their districts
    alone), an auditor or an administrator."""
    with service.engine.connect() as connection:
        found, total = figures.tickets_behind(
            connection,
            scope,
            day_of(service.now()),
            figure,
            reader=_reader(me),
            in_part=counted,
            size=MOST_EXPORTED,
        )
    if total > MOST_EXPORTED:
        raise ApiError(422, "太多了", f"有 {total} 件，一次最多导出 {MOST_EXPORTED} 件。请把时间范围缩小。")
    rows = [_behind(service, ticket).model_dump() for ticket in found]
    _record(service, me, "figures.export_tickets", scope, {"figure": figure, "rows": total, "format": form})
    return _file(rows, _BEHIND, form, f"tickets-{figure}-{scope.first:%Y%m%d}-{scope.last:%Y%m%d}.{form}")


_BY_NAMES: dict[GroupedBy, str] = {"area": "区", "matter": "事项", "body": "单位", "week": "周", "month": "月"}
_BEHIND = {
    "number": "工单号",
    "opened_on": "登记",
    "matter_name": "事项",
    "area": "区",
    "body_name": "单位",
    "part": "算进分子",
    "whole": "算进分母",
    "repeat_of": "重复的是",
}


def districts_of(me: Staff) -> tuple[str, ...]:
    """The districts whose figures somebody reads; empty is the whole city, as for auditors and administrators."""
    return () if me.may(Role.AUDITOR, Role.ADMINISTRATOR) else areas_of(me)


def _reader(me: Staff) -> figures.Reader:
    return figures.Reader(me.username, tuple(sorted(me.bodies)))


def _group(group: Figures, name: str) -> GroupView:
    return GroupView(
        key=group.key,
        name=name,
        tickets=group.tickets,
        rates={
            id_: RateView(part=rate.part, whole=rate.whole, value=rate.value, few=rate.is_few)
            for id_, rate in group.rates.items()
        },
    )


def _behind(service: Service, ticket: figures.Behind) -> BehindView:
    return BehindView(
        number=ticket.number,
        matter_name=service.matters.name(ticket.matter),
        area=ticket.area or group_name(service, "area", figures.UNKNOWN),
        body_name=group_name(service, "body", ticket.body_id),
        opened_on=ticket.opened_on,
        part=ticket.part,
        whole=ticket.whole,
        repeat_of=ticket.repeat_of,
    )


def _line(name: str, group: Figures) -> dict[str, Any]:
    line: dict[str, Any] = {"name": name, "tickets": group.tickets}
    for id_ in FIGURES:
        rate = group.rates[id_]
        line |= {f"{id_}.part": rate.part, f"{id_}.whole": rate.whole, f"{id_}.rate": _percent(rate)}
    return line


def _percent(rate: Rate) -> float | None:
    return None if rate.value is None or rate.is_few else round(100 * rate.value, 1)


def _file(rows: list[dict[str, Any]], columns: dict[str, str], form: str, name: str) -> Response:
    if form == "csv":
        return attachment(csv_text(rows, columns), CSV, name)
    return attachment(workbook(rows, columns, "指标"), XLSX, name)


def _record(service: Service, me: Staff, action: str, scope: Scope, told: dict[str, Any]) -> None:
    limits = {"area": scope.area, "matter": scope.matter, "body": scope.body}
    after = {"first": scope.first.isoformat(), "last": scope.last.isoformat(), **told}
    after |= {name: value for name, value in limits.items() if value}
    with service.writing.begin() as connection:
        audit.record(connection, me, action, "figures", "", service.now(), after=after)
