"""The directory in terms of the Human Services Data Specification 3.0 (openreferral.org), with 3.1's capacities.

Each entry of the directory is an organization with one service at one location. What is not known is left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from routing import facts as directory_facts
from routing.directory import UNKNOWN_NOTE, Body, Directory
from routing.hours import SHANGHAI, Part, Schedule

NAMESPACE = uuid.UUID(
    "6f1d3c0e-6a55-5c0b-9d4d-0f5d5b1f2348"
)  # of all ids here: the same entry has the same id for ever
SCHEME = "yibotong"  # of the identifiers that are keys of this directory
CONFIRMED = "confirm"  # the action of a fact that somebody has confirmed
UTC_OFFSET_H = 8  # 3.0 wants a number here; China keeps no summer time
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Row = dict[str, Any]


def uid(kind: str, key: str) -> str:
    """The id of something of this kind."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{key}"))


@dataclass(frozen=True)
class Catalogue:
    """The directory in HSDS terms."""

    directory: Directory
    matters: dict[str, str]

    def organization(self, body: Body, *, full: bool = True) -> Row:
        row = {
            "id": uid("organization", body.id),
            "name": body.name,
            "description": self._does(body) or body.name,
            **({"website": body.website} if body.website else {}),
        }
        if full:
            row |= {
                "phones": self._phones(body),
                "locations": [self.location(body)],
                "organization_identifiers": [self._identifier(body)],
                "attributes": [self._kind(body, "organization", row["id"])],
                "metadata": self._metadata(body, "organization", row["id"]),
            }
        return row

    def service(self, body: Body, *, full: bool = True) -> Row:
        kind = self.directory.types.get(body.type)
        row = {
            "id": uid("service", body.id),
            "organization_id": uid("organization", body.id),
            "name": f"{body.name}：{self.directory.type_name(body.type)}",
            "description": self._does(body),
            "status": "inactive" if body.state == "inactive" else "active",
            "assured_date": body.checked_on.isoformat(),
            "last_modified": modified(body).isoformat(),
            **({"url": body.website} if body.website else {}),
            **({"application_process": kind.say} if kind else {}),
            **({"alert": self._alert(body)} if body.state != "confirmed" else {}),
            **({"eligibility_description": "、".join(body.groups)} if body.groups else {}),
        }
        if full:
            row |= {
                "phones": self._phones(body),
                "schedules": schedules(body, "service_id", row["id"]),
                "service_areas": [self._area(body, row["id"])],
                "service_at_locations": [self.service_at_location(body)],
                "languages": [],
                "organization": {
                    **self.organization(body, full=False),
                    "organization_identifiers": [self._identifier(body)],
                },
                "cost_options": [],
                "required_documents": [],
                "attributes": [self._kind(body, "service", row["id"]), *self._takes(body, row["id"])],
                "metadata": self._metadata(body, "service", row["id"]),
            }
            if body.capacity is not None:  # of 3.1; 3.0 allows further properties
                row["capacities"] = [self._capacity(body, row["id"])]
        return row

    def service_at_location(self, body: Body, *, full: bool = True) -> Row:
        row = {
            "id": uid("service_at_location", body.id),
            "service_id": uid("service", body.id),
            "location_id": uid("location", body.id),
        }
        if full:
            row |= {
                "phones": self._phones(body),
                "schedules": schedules(body, "service_at_location_id", row["id"]),
                "location": self.location(body),
            }
        return row

    def location(self, body: Body) -> Row:
        id_ = uid("location", body.id)
        row: Row = {
            "id": id_,
            "location_type": "physical",
            "name": body.name,
            "description": "" if body.address else f"地址{UNKNOWN_NOTE}",
            "addresses": [],
            "accessibility": [],
            "languages": [],
        }
        if body.address:
            row["addresses"] = [
                {
                    "id": uid("address", body.id),
                    "location_id": id_,
                    "address_1": body.address,
                    "city": "武汉市",
                    "region": body.area,
                    "state_province": "湖北省",
                    "postal_code": "",
                    "country": "CN",
                    "address_type": "physical",
                }
            ]
        return row

    def taxonomies(self) -> list[Row]:
        return [
            {
                "id": uid("taxonomy", "body_type"),
                "name": "承办单位类型",
                "description": "谁来办：法院、司法所、法律援助中心……",
                "version": "1",
            },
            {
                "id": uid("taxonomy", "matter"),
                "name": "事项",
                "description": "办什么事；没有列出事项的服务，这一类单位管的都可以问。",
                "version": "1",
            },
        ]

    def terms(self) -> list[Row]:
        kinds = (("body_type", kind.code, kind.name, kind.does) for kind in self.directory.types.values())
        matters = (("matter", code, name, name) for code, name in self.matters.items())
        return [self._term(*given) for given in (*kinds, *matters)]

    def _term(self, taxonomy: str, code: str, name: str, description: str) -> Row:
        return {
            "id": uid(f"term/{taxonomy}", code),
            "code": code,
            "name": name,
            "description": description,
            "taxonomy": taxonomy,
            "taxonomy_id": uid("taxonomy", taxonomy),
            "language": "zh",
        }

    def _does(self, body: Body) -> str:
        kind = self.directory.types.get(body.type)
        return kind.does if kind else ""

    def _alert(self, body: Body) -> str:
        return "；".join(filter(None, ("已停办" if body.state == "inactive" else UNKNOWN_NOTE, body.note)))

    def _phones(self, body: Body) -> list[Row]:
        numbers = body.phone.split(" / ") if body.phone else []
        return [{"id": uid("phone", f"{body.id}/{number}"), "number": number, "languages": []} for number in numbers]

    def _area(self, body: Body, service_id: str) -> Row:
        return {"id": uid("service_area", body.id), "service_id": service_id, "name": body.area}

    def _kind(self, body: Body, entity: str, link: str) -> Row:
        kind = self.directory.types.get(body.type)
        term = self._term("body_type", body.type, kind.name if kind else body.type, kind.does if kind else "")
        return self._attribute(entity, link, body.type, term)

    def _takes(self, body: Body, service_id: str) -> Iterator[Row]:
        for code in body.matters:
            name = self.matters.get(code, code)
            yield self._attribute("service", service_id, code, self._term("matter", code, name, name))

    @staticmethod
    def _attribute(entity: str, link: str, key: str, term: Row) -> Row:
        return {
            "id": uid("attribute", f"{link}/{key}"),
            "link_id": link,
            "link_entity": entity,
            "taxonomy_term_id": term["id"],
            "taxonomy_term": term,
        }

    @staticmethod
    def _identifier(body: Body) -> Row:
        """The key of the entry, by which another installation knows it again."""
        return {
            "id": uid("identifier", body.id),
            "organization_id": uid("organization", body.id),
            "identifier_scheme": SCHEME,
            "identifier_type": "entry",
            "identifier": body.id,
        }

    def _metadata(self, body: Body, entity: str, link: str) -> list[Row]:
        """Where each fact comes from, and the facts that HSDS has no place for. Who edited them stays inside the service."""
        values = directory_facts.as_row(body)
        return [
            {
                "id": uid("metadata", f"{link}/{name}"),
                "resource_id": link,
                "resource_type": entity,
                "last_action_date": body.fact(name).checked_on.isoformat(),
                "last_action_type": CONFIRMED if body.fact(name).state == "confirmed" else "create",
                "field_name": name,
                "previous_value": "",
                "replacement_value": values[name],
                "updated_by": body.fact(name).source,
            }
            for name in directory_facts.NAMES
            if values[name]
        ]

    @staticmethod
    def _capacity(body: Body, service_id: str) -> Row:
        return {
            "id": uid("service_capacity", body.id),
            "service_id": service_id,
            "unit": {"id": uid("unit", "case"), "name": "件"},
            "available": body.capacity,
            "updated": modified(body).isoformat(),
        }


def modified(body: Body) -> datetime:
    """When the entry was changed or checked last."""
    return body.changed_at or datetime.combine(body.checked_on, time(), SHANGHAI)


def schedules(body: Body, owner: str, owner_id: str) -> list[Row]:
    """Opening hours as weekly schedules. Working days follow the public holidays, which a note says."""
    if body.schedule is None:
        return []
    return [
        {"id": uid("schedule", f"{owner_id}/{index}"), owner: owner_id, "timezone": UTC_OFFSET_H, **part}
        for index, part in enumerate(weekly(body.schedule))
    ]


def weekly(schedule: Schedule) -> Iterator[Row]:
    """The parts of a schedule as weekly rules, a row for each span of hours."""
    for part in schedule.parts:
        for start, end in part.spans:
            yield {
                "freq": "WEEKLY",
                "interval": 1,
                "byday": ",".join(_DAYS[day] for day in _weekdays(part)),
                "opens_at": _clock(start),
                "closes_at": _clock(end),
                "description": ""
                if part.every_day
                else "法定节假日休息" + ("，调休上班" if part.weekdays is None else ""),
                **({"valid_from": part.valid_from.isoformat()} if part.valid_from else {}),
                **({"valid_to": part.valid_to.isoformat()} if part.valid_to else {}),
            }
    for first, last in schedule.closed:
        yield {"valid_from": first.isoformat(), "valid_to": last.isoformat(), "description": "休息"}


def _weekdays(part: Part) -> Sequence[int]:
    return range(7) if part.every_day else sorted(part.weekdays) if part.weekdays is not None else range(5)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}+08:00"
