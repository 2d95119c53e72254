"""What the groups of the figures are called."""

from __future__ import annotations

from datetime import date

from api.wiring import Service
from routing.directory import CITY
from routing.figures import UNKNOWN, GroupedBy


def group_name(service: Service, by: GroupedBy, key: str) -> str:
    """A group's name for people."""
    if key in ("", UNKNOWN):
        return "不清楚"
    match by:
        case "matter":
            return service.matters.name(key)
        case "body":
            body = service.parts.directory.by_id(key)
            return body.name if body else key
        case "week":
            monday = date.fromisoformat(key)
            return f"{monday.year} 年 {monday.month} 月 {monday.day} 日起一周"
        case "month":
            month = date.fromisoformat(key)
            return f"{month.year} 年 {month.month} 月"
        case "area":
            return f"{CITY}（市级单位）" if key == CITY else key
