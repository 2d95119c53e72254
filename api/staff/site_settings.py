"""Settings that are safe to change while the service runs. Read from the database where they are used, so that every worker
follows at once; what was never changed has the value of the environment or the default. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.config import Settings
from api.staff.errors import StaffError
from api.staff.tables import site_setting_table

LEAST_SAMPLED_PERCENT = 5  # of what was closed, as was promised for quality sampling


class SettingChangedError(StaffError):
    """Somebody else has changed it since it was read."""

    def __init__(self) -> None:
        super().__init__("别人刚刚改过这项设置，请刷新后再改。")


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """All of them. Empty texts say nothing to anybody."""

    opening_notice: str = ""
    opening_notice_english: str = ""
    agent_hours: str = ""
    text_wait_minutes: int = 3
    silent_minutes: int = 5
    sampled_percent: int = LEAST_SAMPLED_PERCENT

    @property
    def text_within(self) -> timedelta:
        """Until when an agent should be there for somebody who writes."""
        return timedelta(minutes=self.text_wait_minutes)

    @property
    def silent_after(self) -> timedelta:
        """How long a citizen's message may stay unanswered before a colleague gets the conversation."""
        return timedelta(minutes=self.silent_minutes)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be entered: the length of a text, or the range of a number."""

    name: str
    help: str
    longest: int = 0
    least: int = 0
    most: int = 0


LIMITS: dict[str, Limits] = {
    "opening_notice": Limits(
        "开头的通知",
        "市民打开页面时看到，接在“这是机器”的说明后面；在微信里，跟在第一次答复后面，改过以后再说一次。"
        "例如节假日安排、系统维护。空着就不显示。",
        longest=200,
    ),
    "opening_notice_english": Limits(
        "开头的通知（英文）",
        "同一件事用英文写一遍，给说英文的人看。空着时，微信里说英文的人看到的是中文的。",
        longest=200,
    ),
    "agent_hours": Limits(
        "人工服务时间", "没有座席在线时，告诉市民什么时候有人。例如：工作日 9:00 到 17:30。空着就不说。", longest=60
    ),
    "text_wait_minutes": Limits("文字对话几分钟内接", "超过就在排队里标红，在班长的现场里报警。", least=1, most=30),
    "silent_minutes": Limits(
        "座席几分钟不回就换人", "市民的话没人回、座席也没在写，对话会放回排队。", least=2, most=30
    ),
    "sampled_percent": Limits(
        "质检抽查百分之几", "已办结的工单里抽多少。不满意的另外全看。", least=LEAST_SAMPLED_PERCENT, most=100
    ),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One setting as it is: version 0 was never changed."""

    name: str
    value: Any
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


def current(connection: Connection, settings: Settings) -> SiteSettings:
    """All settings as they are now."""
    return SiteSettings(**{stored.name: stored.value for stored in every(connection, settings)})


@dataclass(frozen=True, slots=True)
class Opening:
    """What is told to everyone who begins; `since` is when it was last changed, None when it never was."""

    text: str = ""
    english: str = ""
    since: datetime | None = None


def opening(connection: Connection, settings: Settings) -> Opening:
    """The notice at the beginning as it is now."""
    stored = {one.name: one for one in every(connection, settings)}
    both = stored["opening_notice"], stored["opening_notice_english"]
    changed = [one.changed_at for one in both if one.changed_at]
    return Opening(both[0].value, both[1].value, max(changed, default=None))


def every(connection: Connection, settings: Settings) -> list[Stored]:
    """Each setting with who changed it last, in the order of the page."""
    default = SiteSettings(agent_hours=settings.agent_hours)
    rows = {row.name: row for row in connection.execute(select(site_setting_table))}
    return [
        Stored(row.name, row.value, row.version, row.changed_by, row.changed_at)
        if (row := rows.get(field.name))
        else Stored(field.name, getattr(default, field.name))
        for field in fields(SiteSettings)
    ]


def change(connection: Connection, name: str, value: str | int, version: int, who: str, now: datetime) -> None:
    """Set one; `version` is the one that was read (0: never changed). `SettingChangedError` when it is another by now."""
    values = {"value": value, "version": version + 1, "changed_by": who, "changed_at": now}
    c = site_setting_table.c
    if version == 0:
        try:
            with connection.begin_nested():
                connection.execute(insert(site_setting_table).values(name=name, **values))
        except IntegrityError:
            raise SettingChangedError from None
        return
    where = (c.name == name, c.version == version)
    if connection.execute(update(site_setting_table).where(*where).values(**values)).rowcount == 0:
        raise SettingChangedError


def fault(name: str, value: str | int) -> str:
    """Why a value cannot be taken, for the reader; empty when it can."""
    limits = LIMITS[name]
    if limits.longest:
        if not isinstance(value, str):
            return "要填文字。"
        return f"最多 {limits.longest} 个字。" if len(value) > limits.longest else ""
    if not isinstance(value, int):
        return "要填整数。"
    return "" if limits.least <= value <= limits.most else f"要在 {limits.least} 到 {limits.most} 之间。"
