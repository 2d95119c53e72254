"""What the editor says of a text while it is written: faults, citations, personal data, neighbours."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from api.admin.case_views import (
    CaseFields,
    CaseId,
    FaultView,
    Input,
    NeighbourView,
    fault_views,
    neighbour_view,
    to_case,
)
from api.dependencies import ServiceIn, requires
from api.errors import Problem
from api.staff.roles import Role, Staff
from case_library.check import faults_of, shown_text
from case_library.neighbours import LibraryTexts
from case_library.personal import Personal, find_personal

Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["cases"],
    responses={code: {"model": Problem} for code in (401, 403, 422)},
)


class CitationView(BaseModel):
    field: str
    said: str
    id: str | None
    in_force: bool
    text: str | None


class PersonalView(BaseModel):
    field: str
    said: str
    kind: str
    instead: str


class CaseCheckInput(Input):
    id: CaseId | None = None
    case: CaseFields


class CaseCheck(BaseModel):
    faults: list[FaultView]
    citations: list[CitationView]
    personal: list[PersonalView]
    neighbours: list[NeighbourView]


@router.post("/case-checks")
def check_case(input_: CaseCheckInput, _me: Either, service: ServiceIn) -> CaseCheck:
    """What is wrong with a text, its citations, personal data in it, its neighbours; needs a curator or a reviewer."""
    parts, today = service.parts, service.now().date()
    case = to_case(input_.case, input_.id or "new.case", "", parts.statutes)
    texts = {**shown_text(case), "questions": "\n".join(case.questions)}
    citations = [
        CitationView(
            field=field,
            said=citation.said,
            id=citation.article.id if citation.article else None,
            in_force=citation.in_force,
            text=citation.article.text if citation.article else None,
        )
        for field, text in {**texts, "statutes": "\n".join(input_.case.statutes)}.items()
        for citation in parts.statutes.cite(text, today)
    ]
    found: list[tuple[str, Personal]] = [(field, one) for field, text in texts.items() for one in find_personal(text)]
    return CaseCheck(
        faults=fault_views(faults_of(case, service.known, today)),
        citations=citations,
        personal=[PersonalView(field=field, said=one.said, kind=one.kind, instead=one.instead) for field, one in found],
        neighbours=[neighbour_view(one) for one in LibraryTexts(parts.index.cases, parts.encoder).nearest(case)],
    )
