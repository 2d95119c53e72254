"""The directory as open data: Human Services Data Specification 3.0 (openreferral.org), with 3.1's capacities.

Made from the directory that decides, at each call; there is no second source. Each entry of the directory is an
organization with one service at one location. What is not known is left out.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.dependencies import ServiceIn
from api.errors import ApiError
from routing.directory import UNKNOWN_NOTE, Body, Directory
from routing.hours import SHANGHAI, Part, Schedule

VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/en/3.0/"
NAMESPACE = uuid.UUID(
    "6f1d3c0e-6a55-5c0b-9d4d-0f5d5b1f2348"
)  # of all ids here: the same entry has the same id for ever
LARGEST_PAGE = 200
UTC_OFFSET_H = 8  # 3.0 wants a number here; China keeps no summer time
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
router = APIRouter(prefix="/hsds", tags=["hsds"])

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
                "organization_identifiers": [],
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
                "organization": self.organization(body, full=False),
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

    def _metadata(self, body: Body, entity: str, link: str) -> list[Row]:
        """Where each fact comes from. Who edited it stays inside the service."""
        names = ("name", *(name for name in ("address", "phone", "hours", "website") if getattr(body, name)))
        return [
            {
                "id": uid("metadata", f"{link}/{name}"),
                "resource_id": link,
                "resource_type": entity,
                "last_action_date": body.fact(name).checked_on.isoformat(),
                "last_action_type": "confirm" if body.fact(name).state == "confirmed" else "create",
                "field_name": name,
                "previous_value": "",
                "replacement_value": getattr(body, name),
                "updated_by": body.fact(name).source,
            }
            for name in names
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
        for index, part in enumerate(_weekly(body.schedule))
    ]


def _weekly(schedule: Schedule) -> Iterator[Row]:
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


# ---------------------------------------------------------------- over HTTP


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list, and in which form."""

    number: int
    size: int
    form: Literal["json", "ndjson"]

    def answer(self, rows: Sequence[Any], show: Callable[[Any], Row]) -> Response:
        """The page asked for; as ndjson everything, a line each."""
        if self.form == "ndjson":
            lines = (json.dumps(show(row), ensure_ascii=False) + "\n" for row in rows)
            return StreamingResponse(lines, media_type="application/x-ndjson")
        total = max(1, -(-len(rows) // self.size))
        shown = rows[(self.number - 1) * self.size : self.number * self.size]
        return JSONResponse(
            {
                "total_items": len(rows),
                "total_pages": total,
                "page_number": self.number,
                "size": len(shown),
                "first_page": self.number == 1,
                "last_page": self.number >= total,
                "empty": not shown,
                "contents": [show(row) for row in shown],
            }
        )


def _page(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
    form: Annotated[Literal["json", "ndjson"], Query(alias="format")] = "json",
) -> Page:
    return Page(page, per_page, form)


def _catalogue(service: ServiceIn) -> Catalogue:
    names = {code: matter.name for code, matter in service.matters.by_code.items()}
    return Catalogue(service.parts.directory, names)


PageIn = Annotated[Page, Depends(_page)]
CatalogueIn = Annotated[Catalogue, Depends(_catalogue)]
SearchIn = Annotated[str, Query(max_length=100)]
IdIn = Annotated[uuid.UUID, Path()]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of services is narrowed by."""

    search: str
    taxonomy_term_id: str
    taxonomy_id: str
    organization_id: str
    modified_after: datetime | None

    def keeps(self, body: Body) -> bool:
        after = self.modified_after
        if after is not None and after.tzinfo is None:
            after = after.replace(tzinfo=SHANGHAI)
        terms = (uid("term/body_type", body.type), *(uid("term/matter", code) for code in body.matters))
        return (
            self.search in f"{body.name} {body.area}"
            and (not self.taxonomy_term_id or self.taxonomy_term_id in terms)
            and (not self.taxonomy_id or self.taxonomy_id in _taxonomies(body))
            and (not self.organization_id or self.organization_id == uid("organization", body.id))
            and (after is None or modified(body) >= after)
        )


def _taxonomies(body: Body) -> Iterable[str]:
    return (uid("taxonomy", "body_type"), *((uid("taxonomy", "matter"),) if body.matters else ()))


def _filter(
    search: SearchIn = "",
    taxonomy_term_id: Annotated[str, Query(max_length=36)] = "",
    taxonomy_id: Annotated[str, Query(max_length=36)] = "",
    organization_id: Annotated[str, Query(max_length=36)] = "",
    modified_after: datetime | None = None,
) -> Filter:
    return Filter(search, taxonomy_term_id, taxonomy_id, organization_id, modified_after)


FilterIn = Annotated[Filter, Depends(_filter)]


def _one(directory: Directory, kind: str, id_: uuid.UUID) -> Body:
    found = next((body for body in directory.bodies if uid(kind, body.id) == str(id_)), None)
    if found is None:
        raise ApiError(404, "没有找到", "信息库里没有这一条。")
    return found


@router.get("/")
def about(request: Request) -> JSONResponse:
    """Which version of HSDS this is. Open to everyone."""
    address = str(request.url_for("services").replace(path="/api/openapi.json", query=""))
    return JSONResponse({"version": VERSION, "profile": PROFILE, "openapi_url": address})


@router.get("/services")
def services(
    catalogue: CatalogueIn, wanted: FilterIn, page: PageIn, *, minimal: bool = False, full: bool = False
) -> Response:
    """Services, a page at a time. Open to everyone."""
    kept = [body for body in catalogue.directory.bodies if wanted.keeps(body)]
    if minimal:
        return page.answer(
            kept, lambda body: {"id": uid("service", body.id), "last_modified": modified(body).isoformat()}
        )
    return page.answer(kept, lambda body: catalogue.service(body, full=full))


@router.get("/services/{id_}")
def one_service(catalogue: CatalogueIn, id_: IdIn) -> JSONResponse:
    """One service with everything known of it. Open to everyone."""
    return JSONResponse(catalogue.service(_one(catalogue.directory, "service", id_)))


@router.get("/organizations")
def organizations(catalogue: CatalogueIn, page: PageIn, search: SearchIn = "", *, full: bool = False) -> Response:
    """Organizations, a page at a time. Open to everyone."""
    kept = [body for body in catalogue.directory.bodies if search in f"{body.name} {body.area}"]
    return page.answer(kept, lambda body: catalogue.organization(body, full=full))


@router.get("/organizations/{id_}")
def one_organization(catalogue: CatalogueIn, id_: IdIn, *, full_service: bool = False) -> JSONResponse:
    """One organization with its service. Open to everyone."""
    body = _one(catalogue.directory, "organization", id_)
    service = catalogue.service(body) if full_service else {"id": uid("service", body.id)}
    return JSONResponse({**catalogue.organization(body), "services": [service]})


@router.get("/service_at_locations")
def service_at_locations(catalogue: CatalogueIn, wanted: FilterIn, page: PageIn, *, full: bool = False) -> Response:
    """Services at their locations, a page at a time. Open to everyone."""
    kept = [body for body in catalogue.directory.bodies if wanted.keeps(body)]
    return page.answer(kept, lambda body: catalogue.service_at_location(body, full=full))


@router.get("/service_at_locations/{id_}")
def one_service_at_location(catalogue: CatalogueIn, id_: IdIn) -> JSONResponse:
    """One service at its location. Open to everyone."""
    return JSONResponse(catalogue.service_at_location(_one(catalogue.directory, "service_at_location", id_)))


@router.get("/taxonomies")
def taxonomies(catalogue: CatalogueIn, page: PageIn, search: SearchIn = "") -> Response:
    """The two lists that services are sorted by. Open to everyone."""
    return page.answer([row for row in catalogue.taxonomies() if search in row["name"]], lambda row: row)


@router.get("/taxonomies/{id_}")
def one_taxonomy(catalogue: CatalogueIn, id_: IdIn) -> JSONResponse:
    """One of the two lists. Open to everyone."""
    return JSONResponse(_row(catalogue.taxonomies(), id_))


@router.get("/taxonomy_terms")
def taxonomy_terms(
    catalogue: CatalogueIn,
    page: PageIn,
    search: SearchIn = "",
    taxonomy_id: Annotated[str, Query(max_length=36)] = "",
) -> Response:
    """Kinds of bodies and matters. Open to everyone."""
    kept = [
        row
        for row in catalogue.terms()
        if search in row["name"] and (not taxonomy_id or row["taxonomy_id"] == taxonomy_id)
    ]
    return page.answer(kept, lambda row: row)


@router.get("/taxonomy_terms/{id_}")
def one_term(catalogue: CatalogueIn, id_: IdIn) -> JSONResponse:
    """One kind of body or matter. Open to everyone."""
    return JSONResponse(_row(catalogue.terms(), id_))


def _row(rows: Iterable[Row], id_: uuid.UUID) -> Row:
    found = next((row for row in rows if row["id"] == str(id_)), None)
    if found is None:
        raise ApiError(404, "没有找到", "没有这一条。")
    return found
