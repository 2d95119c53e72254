"""The directory as open data, made from the directory that decides, at each call; there is no second source."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.dependencies import ServiceIn
from api.errors import ApiError
from api.hsds.catalogue import Catalogue, Row, modified, uid
from routing.directory import Body, Directory
from routing.hours import SHANGHAI

VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/en/3.0/"
LARGEST_PAGE = 200
router = APIRouter(prefix="/hsds", tags=["hsds"])


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
