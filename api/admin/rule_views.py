"""The rules as they are shown to staff, and what comes in."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.admin.proofs import FoundView, hit_view
from api.wiring import Service
from case_library import hit_tests
from case_library.hit_tests import Hit
from case_library.tuning import Tuning
from routing import tuning_file
from routing.proof import Change, Proof
from routing.rule_versions import RulesVersion
from routing.rules import Condition

MOST_SHOWN = 100  # inquiries that would go elsewhere
LONGEST_FILE = 100_000  # characters; the largest today has 62,000


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RulesFiles(Input):
    """The files that differ from those in use, by name; a file that is left out stays as it is in use."""

    files: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST_FILE)]] = Field(min_length=1, max_length=30)


class RulesDraft(RulesFiles):
    title: str = Field(min_length=2, max_length=200)


class RulesPublication(Input):
    reason: str = Field("", max_length=500)


class RuleFault(BaseModel):
    file: str
    line: int
    message: str


class RuleFile(BaseModel):
    name: str
    text: str


class RulesUseView(BaseModel):
    number: int | None
    who: str
    reason: str
    at: str


class RulesChange(BaseModel):
    id: str
    matter: str
    matter_name: str
    before: str
    before_name: str
    after: str
    after_name: str
    codes: list[str]


class AnswerChange(BaseModel):
    """A question that would be answered otherwise; `change` is better, worse or changed (nobody said what is right)."""

    text: str
    source: str  # gold, held_out, recent
    change: str
    before: FoundView
    before_name: str  # the case shown and the body, in words
    after: FoundView
    after_name: str


class AnswersProof(BaseModel):
    """What other thresholds or synonyms change: questions run, and those that would be answered otherwise."""

    questions: int
    better: int
    worse: int
    changed: int
    bodies_changed: int
    shown: list[AnswerChange]


class RulesProof(BaseModel):
    """What a draft changes. `answers` only where thresholds or synonyms differ."""

    gold: int
    right_before: int
    right_after: int
    losses: list[RulesChange]
    gains: list[RulesChange]
    others: int
    moved: int
    shown: list[RulesChange]
    answers: AnswersProof | None


class Threshold(BaseModel):
    """A number of answers.yml with what may be entered."""

    name: str
    label: str
    help: str
    value: float
    least: float
    most: float


class SynonymView(BaseModel):
    said: str
    means: list[str]


class AnswersView(BaseModel):
    """Thresholds and synonyms in use; a draft of them is the file `file` like every other."""

    file: str
    thresholds: list[Threshold]
    synonyms: list[SynonymView]


class RulesVersionView(BaseModel):
    number: int
    title: str
    author: str
    at: str
    in_use: bool
    files: list[str]
    losses: int
    moved: int


class RulesView(BaseModel):
    """Which rules decide, every version, and every time one was put in use."""

    in_use: int | None
    versions: list[RulesVersionView]
    uses: list[RulesUseView]
    files: list[str]


class RuleRow(BaseModel):
    """A rule as a row of the decision table."""

    code: str
    when: list[str]
    bodies: list[str]
    never: list[str]
    text: str
    source: str


class RouteView(BaseModel):
    matter: str
    matter_name: str
    group: str
    ask: list[str]
    rules: list[RuleRow]


def answers_proof(hits: list[Hit], service: Service) -> AnswersProof:
    titles = {case.id: case.title for case in service.parts.index.cases}

    def named(found: FoundView) -> str:
        answer = f"《{titles.get(found.answer, found.answer)}》" if found.answer else "不用案例答"
        return f"{answer}，{service.parts.directory.type_name(found.body_type)}"

    counts = hit_tests.figures(hits)
    order = {"worse": 0, "better": 1, "changed": 2}
    changed = sorted((hit for hit in hits if hit.change in order), key=lambda hit: order[hit.change])
    return AnswersProof(
        questions=len(hits),
        better=counts.better,
        worse=counts.worse,
        changed=counts.answers_changed,
        bodies_changed=counts.bodies_changed,
        shown=[
            AnswerChange(
                text=view.text,
                source=view.source,
                change=view.change,
                before=view.before,
                before_name=named(view.before),
                after=view.after,
                after_name=named(view.after),
            )
            for view in map(hit_view, changed[:MOST_SHOWN])
        ],
    )


THRESHOLDS = {
    "fits_from": ("多像才算答得上", "案例里最像的问法至少这么像，才拿它来答；调高答得少、更稳，调低答得多、容易答偏。"),
    "unclear_below": ("多没把握就不猜", "最像的事项还不到这个把握，就请市民再说细一点，或转人工。"),
    "also_above": ("多像就算也说到了", "另一个事项到了这个把握，就当市民也说到了它。"),
    "unsure_below": ("多没把握就记下来", "把握不到这个数的问题，进「没答好的问题」。"),
}


def answers_view(tuning: Tuning) -> AnswersView:
    return AnswersView(
        file=tuning_file.FILE,
        thresholds=[
            Threshold(name=name, label=label, help=help_, value=getattr(tuning, name), least=bounds[0], most=bounds[1])
            for name, (label, help_) in THRESHOLDS.items()
            for bounds in [tuning_file.BOUNDS[name]]
        ],
        synonyms=[SynonymView(said=synonym.said, means=list(synonym.means)) for synonym in tuning.synonyms],
    )


def proof_view(proof: Proof, hits: list[Hit] | None, service: Service) -> RulesProof:
    return RulesProof(
        gold=proof.gold,
        right_before=proof.right_before,
        right_after=proof.right_after,
        losses=[change_view(change, service) for change in proof.losses],
        gains=[change_view(change, service) for change in proof.gains],
        others=proof.others,
        moved=len(proof.moved),
        shown=[change_view(change, service) for change in proof.moved[:MOST_SHOWN]],
        answers=None if hits is None else answers_proof(hits, service),
    )


def change_view(change: Change, service: Service) -> RulesChange:
    name = service.parts.directory.type_name
    return RulesChange(
        id=change.id,
        matter=change.matter,
        matter_name=service.matters.name(change.matter),
        before=change.before,
        before_name=name(change.before),
        after=change.after,
        after_name=name(change.after),
        codes=list(change.codes),
    )


def version_view(version: RulesVersion, in_use: int | None) -> RulesVersionView:
    return RulesVersionView(
        number=version.number,
        title=version.title,
        author=version.author,
        at=version.at.isoformat(),
        in_use=version.number == in_use,
        files=sorted(version.files),
        losses=version.proof["losses"],
        moved=version.proof["moved"],
    )


def condition_text(condition: Condition) -> str:
    """A condition on one line, in the words of the file."""
    parts = [name if value else f"不是 {name}" for name, value in condition.flags]
    parts += [f"没有 {name}" for name in condition.without]
    for field in fields(condition):
        value = getattr(condition, field.name)
        if field.name not in ("flags", "without") and value not in ((), None):
            parts.append(f"{field.name}={'/'.join(value) if isinstance(value, tuple) else value}")
    return "，".join(parts)
