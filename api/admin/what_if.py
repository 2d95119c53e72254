"""What-if: an inquiry in, the decision with its account out. Nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.dependencies import ServiceIn, requires
from api.errors import Problem, bad_field
from api.staff.roles import Role, Staff
from api.triage import FACTS, record, understand
from api.wiring import Service
from case_library.case import CaseMatch
from routing.decide import decide
from routing.decision import Decision, Used
from routing.explain import explain
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry, Need

Asker = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER, Role.AGENT, Role.SUPERVISOR)]
OLDEST = 120  # years
router = APIRouter(
    prefix="/api/v1/admin", tags=["rules"], responses={code: {"model": Problem} for code in (401, 403, 422)}
)


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WhatIfInput(Input):
    """A text to be understood, or a matter with facts; what is given beside a text replaces what was understood."""

    text: str = Field("", max_length=2000)
    matter: str = Field("", max_length=60)
    need: Need | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    danger: str = Field("", pattern=r"^(E\d\d)?$")
    unresolved: bool = False
    at: datetime | None = None


class MatterName(BaseModel):
    code: str
    name: str


class UsedView(BaseModel):
    name: str
    value: str


class StepView(BaseModel):
    code: str
    text: str
    source: str
    used: list[UsedView]
    said: list[str]


class OtherwiseView(BaseModel):
    code: str
    text: str
    body_name: str
    changes: list[UsedView]


class WhatIf(BaseModel):
    """A decision with its account, three times: for the citizen, the agent, the audit trail."""

    matter: str
    matter_name: str
    need: str
    outcome: str
    body_type: str
    body_name: str
    alternatives: list[str]
    ask: str
    remarks: list[str]
    record: dict[str, Any]
    steps: list[StepView]
    otherwise: OtherwiseView | None
    citizen: str
    agent: str
    audit: str


@router.get("/what-if/matters")
def what_if_matters(_me: Asker, service: ServiceIn) -> list[MatterName]:
    """Matters to choose from; needs an agent, a supervisor, a curator or a reviewer."""
    return [MatterName(code=matter.code, name=matter.name) for matter in service.matters.by_code.values()]


@router.post("/what-if")
def what_if(_me: Asker, service: ServiceIn, given: WhatIfInput) -> WhatIf:
    """Where an inquiry would go and why; nothing is kept. Needs an agent, a supervisor, a curator or a reviewer."""
    now = given.at or service.now()
    if now.tzinfo is None:
        raise bad_field("at", "时间要带时区，例如 2026-11-24T10:00:00+08:00")
    parts = service.parts
    inquiry, matches, decision = _judged(given, service, now)
    told = explain(inquiry, decision, parts.rules, parts.directory, service.guidance.cues)
    other = told.otherwise
    return WhatIf(
        matter=inquiry.matter,
        matter_name=service.matters.name(inquiry.matter),
        need=inquiry.need,
        outcome=decision.outcome,
        body_type=decision.body_type,
        body_name=decision.body.name,
        alternatives=[parts.directory.type_name(code) for code in decision.alternatives],
        ask=decision.ask.text if decision.ask else "",
        remarks=list(decision.remarks),
        record=record(inquiry, matches, decision),
        steps=[
            StepView(code=step.code, text=step.text, source=step.source, used=_used(step.used), said=list(step.said))
            for step in told.steps
        ],
        otherwise=OtherwiseView(
            code=other.code, text=other.text, body_name=other.body_name, changes=_used(other.changes)
        )
        if other
        else None,
        citizen=told.citizen,
        agent=told.agent,
        audit=told.audit,
    )


def _judged(given: WhatIfInput, service: Service, now: datetime) -> tuple[Inquiry, tuple[CaseMatch, ...], Decision]:
    """Understand the text, put what was given over it, and decide."""
    parts = service.parts
    if given.matter and given.matter not in (*service.matters.by_code, UNCLEAR, OUT_OF_SCOPE):
        raise bad_field("matter", "没有这个事项")
    if not (given.text.strip() or given.matter):
        raise bad_field("text", "请写一句话，或者选一个事项")
    try:
        facts = FACTS.validate_python(given.facts)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise bad_field("facts", f"情况写得不对：{where}") from error
    if facts.age is not None and not 0 <= facts.age <= OLDEST:
        raise bad_field("facts", f"年龄要在 0 到 {OLDEST} 岁之间")
    if given.text.strip():
        inquiry, matches, _ = understand(given.text, given.facts, parts, now, given.matter or None)
    else:
        inquiry, matches = Inquiry("", given.matter, facts=facts), ()
    inquiry = replace(inquiry, need=given.need or inquiry.need, danger=given.danger or inquiry.danger)
    return inquiry, matches, decide(inquiry, matches, parts.directory, parts.rules, now, unresolved=given.unresolved)


def _used(used: tuple[Used, ...]) -> list[UsedView]:
    return [UsedView(name=item.name, value=item.value) for item in used]
