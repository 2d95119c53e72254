"""The monthly assessment report (考核评估): what is counted, in the order of the city's evaluation, and what is not known.

The order is that of 武汉市公共法律服务三年实施方案（2023—2025年）保障措施（三）: platforms, quality of service, complaints; special
groups after 主要任务第 5 条. The report holds words and numbers only; `report_html` and `report_pdf` give it a form.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from sqlalchemy import Connection, func, select

from api.desk.queue import CALL_WITHIN
from api.desk.tables import call_table
from api.figures.names import group_name
from api.wiring import Service
from bot.tables import conversation_table
from case_library.tables import case_event_table
from routing import figures
from routing.directory import CONTACT, FRESH_DAYS
from routing.figures import DEFINITIONS, FEW, TICKETS, FigureId, Figures, Rate, Scope
from routing.inquiry import Group
from routing.promises import SHANGHAI, day_of
from routing.tables import complaint_table, ticket_event_table, ticket_status_table, ticket_table, ticket_tally_table
from routing.ticket_events import RETURN_REASONS

BASIS = "武汉市《加快推进武汉现代公共法律服务体系建设三年实施方案（2023—2025年）》保障措施（三）加强考核评估"
IN_TABLES: tuple[FigureId, ...] = ("one_call", "first_body", "promises_kept", "resolved", "satisfied", "rated")
MOST_ROWS = 20  # of a table; the smaller groups are one row
CHANNELS = {"web": "网页", "kiosk": "自助终端", "wechat": "微信公众号", "phone": "电话"}
GROUPS: dict[Group, str] = {
    "elder": "老年人",
    "minor": "未成年人",
    "disabled": "残疾人",
    "migrant_worker": "进城务工人员",
    "veteran": "退役军人",
    "military_family": "军人家属",
    "low_income": "低收入的人",
    "pregnant": "怀孕、哺乳的人",
    "woman": "妇女",
    "violence_victim": "受家暴、虐待的人",
    "foreigner": "外国人",
}
FACT_NAMES = {"phone": "电话", "address": "地址", "hours": "办公时间", "website": "网站"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `unknown` says what belongs here and is not known."""

    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One month. `is_over` is whether the month has ended; `made_at` is when it was counted."""

    month: str
    made_at: str
    basis: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]


def monthly(service: Service, connection: Connection, month: date, now: datetime) -> Report:
    """The report on the month that `month` lies in, as things stand now."""
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    scope = Scope(first, last)
    today = day_of(now)
    notes = [
        "本报告只数本系统里有记录的事。别的热线、窗口和单位自己登记的，不在这里。",
        f"分母不到 {FEW} 的写“太少”，不算成率：差一件就差 5 个百分点以上。没有数据的写明没有，不估计。",
        "每项指标的算法写在表里，和工作台“指标”页用的是同一个。",
    ]
    if today <= last:
        notes.insert(0, f"这个月还没过完，数到 {_day(today)} 为止。")
    elif today < last + timedelta(days=30):
        notes.insert(0, "这个月登记的工单还没有都满 30 天，一次办成率和重复率以后还会变。")
    return Report(
        month=f"{first.year} 年 {first.month} 月",
        made_at=f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        basis=BASIS,
        notes=tuple(notes),
        sections=(
            _platform(service, connection, scope, now),
            _quality(service, connection, scope, today),
            _complaints(service, connection, scope, today),
            _special_groups(connection, scope, today),
        ),
    )


def _platform(service: Service, connection: Connection, scope: Scope, now: datetime) -> Section:
    start, end = _moments(scope)
    bodies = [body for body in service.parts.directory.bodies if body.exists(day_of(now))]
    known = [
        (f"{FACT_NAMES[name]}已知", _share(sum(getattr(body, name) is not None for body in bodies), len(bodies)))
        for name in CONTACT
    ]
    stale = sum(body.stale(day_of(now)) for body in bodies)
    published = connection.execute(
        select(func.count())
        .select_from(case_event_table)
        .where(case_event_table.c.kind == "published", case_event_table.c.at >= start, case_event_table.c.at < end)
    ).scalar_one()
    calls, unknown = _calls(connection, start, end)
    talks, no_talks = _conversations(service, connection, start, end, now)
    return Section(
        "一、平台",
        (
            f"案例库：正在用的典型案例 {len(service.parts.index.cases)} 个，本月发布或更新 {published} 次。",
            f"信息库：在用的单位和站点 {len(bodies)} 个，其中 {stale} 个有超过 {FRESH_DAYS} 天没有核对的内容。",
        ),
        (
            calls,
            talks,
            Table("信息库（现在）", ("项目", "个数"), (("在用的单位和站点", str(len(bodies))), *known)),
        ),
        (*unknown, *no_talks, "实体平台的接待量、人员、星级评定不在本系统里，要由各站点另报。"),
    )


def _calls(connection: Connection, start: datetime, end: datetime) -> tuple[Table, tuple[str, ...]]:
    c = call_table.c
    if not connection.execute(select(c.id).limit(1)).first():
        return Table("热线", (), ()), ("没有接入电话交换机，或者还没有来过电话：接通率、等待时间都没有数。",)
    rows = connection.execute(select(c.began_at, c.answered_at).where(c.began_at >= start, c.began_at < end)).all()
    waits = sorted(row.answered_at - row.began_at for row in rows if row.answered_at)
    quick = sum(wait <= CALL_WITHIN for wait in waits)
    seconds = int(CALL_WITHIN.total_seconds())
    table = Table(
        "热线",
        ("项目", "本月"),
        (
            ("来电", str(len(rows))),
            ("接通", _rate(Rate(len(waits), len(rows)))),
            (f"{seconds} 秒内接通", _rate(Rate(quick, len(rows)))),
            ("接通的等待，中间的一个", f"{waits[len(waits) // 2].total_seconds():.0f} 秒" if waits else "没有数据"),
        ),
    )
    return table, ()


def _conversations(
    service: Service, connection: Connection, start: datetime, end: datetime, now: datetime
) -> tuple[Table, tuple[str, ...]]:
    kept = timedelta(days=service.settings.conversation_days)
    if start < now - kept:
        why = f"对话保存 {kept.days} 天就删，{_day(day_of(now - kept))} 以前的网上咨询已经数不出来。"
        return Table("网上咨询", (), ()), (why,)
    c = conversation_table.c
    rows = connection.execute(
        select(c.channel, func.count()).where(c.created_at >= start, c.created_at < end).group_by(c.channel)
    )
    counts = sorted(((CHANNELS.get(channel, channel), count) for channel, count in rows), key=lambda row: -row[1])
    return Table("咨询次数，按渠道", ("渠道", "次数"), tuple((name, str(count)) for name, count in counts)), ()


def _quality(service: Service, connection: Connection, scope: Scope, today: date) -> Section:
    before_last = scope.first - timedelta(days=1)
    before = Scope(before_last.replace(day=1), before_last)
    total, areas = figures.figures(connection, scope, today, "area")
    earlier, _ = figures.figures(connection, before, today, "area")
    _, matters = figures.figures(connection, scope, today, "matter")
    _, bodies = figures.figures(connection, scope, today, "body")
    month_before = f"{before.first.month} 月"
    compared = [(TICKETS[0], str(total.tickets), str(earlier.tickets), TICKETS[1])]
    compared += [(d.name, _rate(total.rates[id_]), _rate(earlier.rates[id_]), d.text) for id_, d in DEFINITIONS.items()]
    s, t = ticket_status_table.c, ticket_tally_table.c
    answered_for = connection.execute(
        select(func.count())
        .select_from(ticket_tally_table.join(ticket_status_table, s.ticket == t.ticket))
        .where(t.counted == 1, t.opened_on.between(scope.first, scope.last), s.first_responder != "")
    ).scalar_one()
    return Section(
        "二、服务质量",
        (
            f"首问负责：本月 {total.tickets} 件工单里，有首问责任人的 {_rate(Rate(answered_for, total.tickets))}。",
            _callbacks(total.rates["callbacks"]),
        ),
        (
            Table("指标", ("指标", "本月", month_before, "怎么算"), tuple(compared)),
            _by("各区", "区", areas, [group_name(service, "area", group.key) for group in areas]),
            _by("各事项", "事项", matters, [group_name(service, "matter", group.key) for group in matters]),
            _by("各单位", "单位", bodies, [group_name(service, "body", group.key) for group in bodies]),
            _returns(connection, scope),
        ),
        (
            "没有关联身份的人再来，系统认不出来，重复率可能比实际低。",
            "没有评价的人满不满意，不知道；满意率要和评价率一起看。",
        ),
    )


def _callbacks(rate: Rate) -> str:
    if not rate.whole:
        return "服务承诺：本月没有评“不满意”以下的工单，不需要回访。"
    return f"服务承诺：评“不满意”以下的 {rate.whole} 件，已回访 {rate.part} 件；承诺是全部回访。"


def _returns(connection: Connection, scope: Scope) -> Table:
    e, t = ticket_event_table.c, ticket_tally_table.c
    reason = e.details["reason"].as_string()
    rows = connection.execute(
        select(reason, func.count())
        .select_from(ticket_event_table.join(ticket_tally_table, e.ticket == t.ticket))
        .where(e.kind == "returned", t.counted == 1, t.opened_on.between(scope.first, scope.last))
        .group_by(reason)
    )
    counts = Counter({RETURN_REASONS.get(code, "没有写明"): count for code, count in rows})
    return Table("退回的原因", ("原因", "次数"), tuple((name, str(count)) for name, count in counts.most_common()))


def _complaints(service: Service, connection: Connection, scope: Scope, today: date) -> Section:
    told = _sums(connection, scope, today)
    complaints = [one for one in told if one.target]
    names = {target.id: target.name for target in service.parts.complaint_targets}
    targets = [_sum(id_, [one for one in complaints if one.target == id_]) for id_ in names]
    shown = [group for group in targets if group.tickets]
    others = sum(one.need == "complain" and not one.target for one in told)
    return Section(
        "三、投诉受理、处理和反馈",
        (
            f"本月登记的对法律服务机构、人员和本服务的投诉 {len(complaints)} 件，都转给主管部门，被投诉的一方看不到也不能办。",
            f"另有 {others} 件是市民对别的单位或个人的投诉举报，已在服务质量里一起统计。",
        ),
        (_by("投诉谁", "投诉的对象", shown, [names[group.key] for group in shown]),) if shown else (),
        ("各行业协会和主管部门自己收到的投诉、查处结果不在本系统里。",),
    )


def _special_groups(connection: Connection, scope: Scope, today: date) -> Section:
    told = _sums(connection, scope, today)
    groups = [_sum(group, [one for one in told if group in one.groups]) for group in get_args(Group)]
    shown = [group for group in groups if group.tickets]
    nobody = sum(not one.groups for one in told)
    return Section(
        "四、特殊群体",
        (
            f"本月 {len(told)} 件工单里，{len(told) - nobody} 件的市民属于下面的群体；一个人可以属于几个。",
            "是市民自己说的，或从话里听出来的。没有说的不追问，不算进来，所以实际更多。",
        ),
        (_by("各群体", "群体", shown, [GROUPS[group.key] for group in shown]),) if shown else (),
        ("法律援助的审批结果、免费遗嘱公证的办理数由法律援助中心和公证处掌握，不在本系统里。",),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What one ticket's story says, whom it complains about (empty: no complaint), and what it adds to the figures."""

    need: str
    target: str
    groups: tuple[str, ...]
    rates: dict[FigureId, Rate]


def _sums(connection: Connection, scope: Scope, today: date) -> list[_Told]:
    t, story = ticket_tally_table.c, ticket_table.c.story
    counts = [count(today) for id_ in IN_TABLES for count in (DEFINITIONS[id_].part, DEFINITIONS[id_].whole)]
    rows = connection.execute(
        select(story["need"].as_string(), complaint_table.c.target, story[("facts", "groups")].as_json(), *counts)
        .select_from(
            ticket_tally_table.join(ticket_table, ticket_table.c.number == t.ticket).outerjoin(
                complaint_table, complaint_table.c.ticket == t.ticket
            )
        )
        .where(t.counted == 1, t.opened_on.between(scope.first, scope.last))
    )
    return [
        _Told(
            row[0] or "",
            row[1] or "",
            tuple(row[2] or ()),
            {id_: Rate(row[3 + 2 * place], row[4 + 2 * place]) for place, id_ in enumerate(IN_TABLES)},
        )
        for row in rows
    ]


def _sum(key: str, told: list[_Told]) -> Figures:
    return Figures(
        key,
        len(told),
        {
            id_: Rate(sum(one.rates[id_].part for one in told), sum(one.rates[id_].whole for one in told))
            for id_ in IN_TABLES
        },
    )


def _by(title: str, what: str, groups: list[Figures], names: list[str]) -> Table:
    columns = (what, TICKETS[0], *(DEFINITIONS[id_].name for id_ in IN_TABLES))
    rows = [
        (name, str(group.tickets), *(_rate(group.rates[id_]) for id_ in IN_TABLES))
        for name, group in zip(names, groups, strict=True)
    ]
    if len(rows) > MOST_ROWS:
        rest = groups[MOST_ROWS:]
        sums = {
            id_: Rate(sum(group.rates[id_].part for group in rest), sum(group.rates[id_].whole for group in rest))
            for id_ in IN_TABLES
        }
        line = (
            f"其余 {len(rest)} 个",
            str(sum(group.tickets for group in rest)),
            *(_rate(sums[id_]) for id_ in IN_TABLES),
        )
        rows = [*rows[:MOST_ROWS], line]
    return Table(title, columns, tuple(rows))


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "没有数据"
    counts = f"{rate.part}/{rate.whole}"
    return f"太少（{counts}）" if rate.is_few else f"{100 * rate.value:.1f}%（{counts}）"


def _share(part: int, whole: int) -> str:
    return f"{part}（{100 * part / whole:.0f}%）" if whole else "0"


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _moments(scope: Scope) -> tuple[datetime, datetime]:
    begin = datetime(scope.first.year, scope.first.month, scope.first.day, tzinfo=SHANGHAI)
    after = scope.last + timedelta(days=1)
    return begin, datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)
