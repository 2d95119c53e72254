"""Questions that were not answered well: in clusters, and from a cluster to a case."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.admin.case_views import CaseFields, Input, fields_of
from api.dependencies import ServiceIn, requires
from api.errors import Problem
from api.numbers import RowId
from api.paging import PagingIn, Rows
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service
from case_library import misses
from case_library.misses import Cluster, Kind, Miss, State

CLUSTERS_SHOWN = 100
Curator = Annotated[Staff, requires(Role.CURATOR)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
router = APIRouter(
    prefix="/api/v1/admin", tags=["misses"], responses={code: {"model": Problem} for code in (401, 403, 422)}
)


class ClusterView(BaseModel):
    miss_ids: list[int]
    size: int
    this_week: int
    trend: int
    matter: str
    matter_name: str
    sample: list[str]
    kinds: dict[str, int]
    reasons: dict[str, int]  # what citizens said was wrong with the answer, in words, the most frequent first
    newest_at: datetime
    skeleton: CaseFields
    nearest_case_id: str
    nearest_title: str


class ClustersView(BaseModel):
    clusters: list[ClusterView]
    misses: int


class MissView(BaseModel):
    id: int
    at: datetime
    kind: Kind
    text: str
    reason: str
    matter_name: str
    confidence: float
    case_id: str
    before: str
    after: str
    state: State
    taken_by: str


class MissIds(Input):
    miss_ids: list[RowId] = Field(min_length=1, max_length=3000)
    reason: str = Field("", max_length=200)


@router.get("/miss-clusters")
def miss_clusters(_me: Either, service: ServiceIn, kind: Kind | None = None) -> ClustersView:
    """What was not answered well, by meaning, the largest first; needs a curator or a reviewer."""
    now = service.now()
    with service.engine.connect() as connection:
        found = misses.open_misses(connection, now, kind)
    parts = service.parts
    library = parts.encoder.encode_all([q for case in parts.index.cases for q in case.questions])
    vectors = parts.encoder.encode_all([miss.text for miss in found])
    centre = library.mean(axis=0) if len(library) else np.zeros(parts.encoder.dimensions, np.float32)
    clusters = misses.clusters(found, vectors, centre, now)[:CLUSTERS_SHOWN]
    return ClustersView(clusters=[_cluster(service, cluster) for cluster in clusters], misses=len(found))


@router.get("/misses")
def list_misses(
    _me: Either,
    service: ServiceIn,
    paging: PagingIn,
    state: Annotated[State, Query()] = "open",
    kind: Kind | None = None,
) -> Rows[MissView]:
    """What was not answered well, one by one; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        found, total = misses.search(connection, state=state, kind=kind, offset=paging.offset, limit=paging.size)
    return Rows(items=[_miss(service, miss) for miss in found], total=total)


@router.post("/misses/dismiss", status_code=204)
def dismiss(input_: MissIds, me: Curator, service: ServiceIn) -> None:
    """Take questions that need nothing off the list; needs a curator."""
    now = service.now()
    with service.writing.begin() as connection:
        count = misses.dismiss(connection, input_.miss_ids)
        ids = ",".join(map(str, input_.miss_ids))[:120]
        audit.record(connection, me, "miss.dismiss", "miss", ids, now, after={"count": count}, reason=input_.reason)


def _cluster(service: Service, cluster: Cluster) -> ClusterView:
    parts = service.parts
    vector = parts.encoder.encode(cluster.sample[0])
    near = [hit.case for hit in parts.index.search(cluster.sample[0], vector, k=5)]
    case = misses.skeleton(cluster, near, frozenset(service.matters.by_code))
    kinds = [miss.kind for miss in cluster.misses]
    return ClusterView(
        miss_ids=[miss.id for miss in cluster.misses],
        size=cluster.size,
        this_week=cluster.this_week,
        trend=cluster.trend,
        matter=cluster.matter,
        matter_name=service.matters.name(cluster.matter) if cluster.matter else "",
        sample=list(cluster.sample),
        kinds={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        reasons=dict(Counter(_reason(miss) for miss in cluster.misses if miss.reason).most_common()),
        newest_at=cluster.misses[0].at,
        skeleton=fields_of(case),
        nearest_case_id=near[0].id if near else "",
        nearest_title=near[0].title if near else "",
    )


def _miss(service: Service, miss: Miss) -> MissView:
    values = {name: getattr(miss, name) for name in MissView.model_fields if name != "matter_name"}
    values |= {"reason": _reason(miss), "matter_name": service.matters.name(miss.matter) if miss.matter else ""}
    return MissView(**values)


def _reason(miss: Miss) -> str:
    """In words; a reason this version does not know stands as it is."""
    return misses.REASONS.get(miss.reason, miss.reason)
