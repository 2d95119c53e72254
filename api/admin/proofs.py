"""What publishing a draft would change, and whether it may be published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial

from pydantic import BaseModel
from sqlalchemy import Connection

from api import hit_test_runs
from api.errors import ApiError
from api.wiring import Service
from case_library import hit_tests, store
from case_library.hit_tests import Hit, HitTest
from case_library.versions import CaseRecord

CHANGES_SHOWN = 100
LEAST_REASON = 5  # characters


class FoundView(BaseModel):
    matter: str
    confidence: float
    case_ids: list[str]
    answer: str
    outcome: str
    body_type: str


class HitView(BaseModel):
    number: int
    text: str
    source: str  # gold, held_out, case, recent
    wanted_matter: str
    wanted_cases: list[str]
    wanted_bodies: list[str]
    before: FoundView | None
    after: FoundView
    right: bool | None
    change: str


class FiguresView(BaseModel):
    questions: int
    right: float | None
    matter_right: float | None
    case_first: float | None
    case_recall: float | None
    mean_reciprocal_rank: float | None
    body_right: float | None
    answered: float
    better: int
    worse: int
    answers_changed: int
    bodies_changed: int


class ProofSummary(BaseModel):
    id: int
    state: str  # running, done, failed
    total: int
    done: int
    started_at: datetime
    figures: FiguresView | None
    changes: list[HitView]
    outdated: bool  # what citizens see has changed since


def begin_proof(
    connection: Connection, service: Service, record: CaseRecord, who: str, now: datetime
) -> Callable[[], None]:
    """Note a proof of the draft; the caller commits, then lets what is returned run in the background."""
    number = store.library_number(connection)
    id_ = hit_tests.begin(connection, "proof", record.id, record.revision, number, who, hit_test_runs.NEAREST, now)
    return partial(hit_test_runs.run_proof, service, id_, record.id)


def proof_of(connection: Connection, record: CaseRecord, now: datetime) -> ProofSummary | None:
    """The newest proof of the draft as it is."""
    proof = hit_tests.latest_proof(connection, record.id, record.revision)
    if proof is None:
        return None
    changes, _ = hit_tests.hits(connection, proof.id, limit=CHANGES_SHOWN)
    order = {"worse": 0, "better": 1, "changed": 2}
    changes.sort(key=lambda hit: order.get(hit.change, 3))
    return ProofSummary(
        id=proof.id,
        state=state_of(proof, now),
        total=proof.total,
        done=proof.done,
        started_at=proof.started_at,
        figures=FiguresView(**asdict(proof.figures)) if proof.figures else None,
        changes=[hit_view(hit) for hit in changes],
        outdated=proof.library != store.library_number(connection),
    )


def refuse_regression(proof: ProofSummary | None, reason: str) -> None:
    """409 without a finished proof, or when questions would be answered worse and nobody says why that is accepted."""
    if proof is None or proof.state == "failed":
        raise ApiError(409, "还没有核对", "发布前要先核对会改变什么，请点“重新核对”。")
    if proof.state == "running" or proof.figures is None:
        raise ApiError(409, "正在核对", f"还在核对会改变什么（{proof.done}/{proof.total}），请稍等。")
    if proof.figures.worse and len(reason.strip()) < LEAST_REASON:
        raise ApiError(
            409,
            "有问题会答得更差",
            f"发布后有 {proof.figures.worse} 个问题会答得更差。确实要发布的，请写明理由。",
            type="urn:yibotong:regression",
        )


def hit_view(hit: Hit) -> HitView:
    """A question with what came of it."""
    return HitView(
        number=hit.number,
        text=hit.text,
        source=hit.wanted.source,
        wanted_matter=hit.wanted.matter,
        wanted_cases=list(hit.wanted.case_ids),
        wanted_bodies=list(hit.wanted.bodies),
        before=FoundView(**asdict(hit.before)) if hit.before else None,
        after=FoundView(**asdict(hit.after)),
        right=hit.right,
        change=hit.change,
    )


def state_of(run: HitTest, now: datetime) -> str:
    """Running, done or failed; a run whose process has ended counts as failed."""
    return run.state if run.alive(now) else "failed"
