"""The rules over HTTP: read, check a draft as it is written, prove it, publish it, go back; and what-if."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api import guidance
from api.config import PROJECT
from api.dependencies import ServiceIn, requires
from api.errors import ApiError, FieldProblem, Problem, bad_field
from api.numbers import RowId
from api.staff import audit
from api.staff.roles import Role, Staff
from api.wiring import Service, routing_data
from bot import conversations
from bot.compose import inquiry_of
from bot.utterances import read_utterances
from routing import rule_versions
from routing.errors import BadDataFileError
from routing.inquiry import Facts, Inquiry
from routing.load import load_gold
from routing.proof import Change, Proof, Ruling, prove
from routing.rule_versions import RulesVersion
from routing.rules import Condition

Curator = Annotated[Staff, requires(Role.CURATOR)]
Reviewer = Annotated[Staff, requires(Role.REVIEWER)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
Number = RowId
HELD_OUT = PROJECT / "nlu_data" / "held_out"
RECENT = 500  # conversations that a draft is run over
MOST_SHOWN = 100  # inquiries that would go elsewhere
LONGEST_FILE = 100_000  # characters; the largest today has 62,000
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["rules"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)


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


class RulesProof(BaseModel):
    """What a draft changes."""

    gold: int
    right_before: int
    right_after: int
    losses: list[RulesChange]
    gains: list[RulesChange]
    others: int
    moved: int
    shown: list[RulesChange]


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


@router.get("/rules")
def rules_in_use(_me: Either, service: ServiceIn) -> RulesView:
    """Versions and what is in use; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        use = rule_versions.last_use(connection)
        number = use.number if use else None
        return RulesView(
            in_use=number,
            versions=[_version_view(version, number) for version in rule_versions.versions(connection)],
            uses=[
                RulesUseView(number=use.number, who=use.who, reason=use.reason, at=use.at.isoformat())
                for use in rule_versions.uses(connection)
            ],
            files=list(rule_versions.file_names(routing_data(service.settings))),
        )


@router.get("/rules/table")
def decision_table(_me: Either, service: ServiceIn) -> list[RouteView]:
    """The rules in use as a table, route by route; needs a curator or a reviewer."""
    name = service.parts.directory.type_name
    views = []
    for route in service.parts.rules.routes.values():
        usual = RuleRow(
            code=route.reason.code,
            when=[],
            bodies=[name(code) for code in route.bodies],
            never=[name(code) for code in route.never],
            text=route.reason.text,
            source=route.reason.source,
        )
        rows = [
            RuleRow(
                code=rule.code,
                when=[_condition_text(condition) for condition in rule.when],
                bodies=[name(code) for code in rule.bodies],
                never=[name(code) for code in rule.never],
                text=rule.reason.text,
                source=rule.reason.source,
            )
            for rule in route.rules
        ]
        matter = service.matters.by_code.get(route.matter)
        views.append(
            RouteView(
                matter=route.matter,
                matter_name=service.matters.name(route.matter),
                group=matter.group if matter else "",
                ask=[service.parts.rules.questions[code].text for code in route.ask],
                rules=[*rows, usual],
            )
        )
    return views


@router.get("/rules/files")
def rule_files(_me: Either, service: ServiceIn, version: RowId | None = None) -> list[RuleFile]:
    """The files of a version, of those in use when none is named; needs a curator or a reviewer."""
    files = _files_of(service, version)
    return [
        RuleFile(name=name, text=text)
        for name, text in rule_versions.read_files(routing_data(service.settings), files).items()
    ]


@router.post("/rules/check")
def check_draft(_me: Curator, service: ServiceIn, draft: RulesFiles) -> list[RuleFault]:
    """What is wrong with a draft, by file and line; nothing when it can be proved. Needs a curator."""
    try:
        _load(service, draft.files)
    except BadDataFileError as error:
        return _faults(error)
    return []


@router.post("/rules/prove")
def prove_draft(_me: Curator, service: ServiceIn, draft: RulesFiles) -> RulesProof:
    """Run a draft over the gold inquiries, the held-out questions and recent conversations. Needs a curator."""
    return _proof_view(_prove(service, draft.files), service)


@router.post("/rules/drafts", status_code=201)
def save_draft(me: Curator, service: ServiceIn, draft: RulesDraft) -> RulesVersionView:
    """Keep a draft as a version that can be published; it must load. Needs a curator."""
    files = {**_files_of(service, None), **draft.files}
    proof = _prove(service, draft.files)
    now = service.now()
    with service.writing.begin() as connection:
        summary = {"losses": len(proof.losses), "moved": len(proof.moved)}
        number = rule_versions.add_version(connection, draft.title, files, summary, me.id, me.name, now)
        audit.record(
            connection, me, "rules.drafted", "rules", str(number), now, after={"title": draft.title, **summary}
        )
        return _version_view(rule_versions.version(connection, number), None)


@router.post("/rules/installed/publish")
def publish_installed(me: Reviewer, service: ServiceIn, given: RulesPublication) -> RulesView:
    """Go back to the files as installed; needs a reviewer."""
    now = service.now()
    with service.writing.begin() as connection:
        before = rule_versions.last_use(connection)
        rule_versions.put_in_use(connection, None, me.id, me.name, given.reason.strip(), now)
        audit.record(
            connection,
            me,
            "rules.published",
            "rules",
            "installed",
            now,
            before={"number": before.number if before else None},
            after={"number": None},
            reason=given.reason.strip(),
        )
    guidance.catch_up(service)
    return rules_in_use(me, service)


@router.post("/rules/{number}/publish")
def publish(me: Reviewer, service: ServiceIn, number: Number, given: RulesPublication) -> RulesView:
    """Put a version in use, or an older one back; another person than its author must do it. Needs a reviewer.

    It is proved anew against what is in use. A gold inquiry that would go wrong needs a reason, which is recorded.
    """
    with service.engine.connect() as connection:
        version = rule_versions.version(connection, number)
    if version.staff_id == me.id:
        raise ApiError(409, "现在不能这样做", "规则要由另一个人来发布，不能自己写自己发。")
    reason = given.reason.strip()
    proof = _prove(service, version.files, whole=True)
    if proof.losses and not reason:
        names = "、".join(change.id for change in proof.losses[:5])
        raise bad_field("reason", f"有 {len(proof.losses)} 个标准问题会指错（{names}），要发布请写明理由。")
    now = service.now()
    with service.writing.begin() as connection:
        before = rule_versions.last_use(connection)
        rule_versions.put_in_use(connection, number, me.id, me.name, reason, now)
        audit.record(
            connection,
            me,
            "rules.published",
            "rules",
            str(number),
            now,
            before={"number": before.number if before else None},
            after={"number": number, "losses": [change.id for change in proof.losses]},
            reason=reason,
        )
    guidance.catch_up(service)
    return rules_in_use(me, service)


def _in_force(service: Service) -> Any:
    today = service.now().date()
    return lambda law, article: service.parts.statutes.article(law, article, today) is not None


def _files_of(service: Service, number: int | None) -> dict[str, str]:
    """The files of a version that differ from those installed; of the version in use when none is named."""
    with service.engine.connect() as connection:
        if number is None:
            use = rule_versions.last_use(connection)
            number = use.number if use else None
        return dict(rule_versions.version(connection, number).files) if number else {}


def _load(service: Service, files: dict[str, str], *, whole: bool = False) -> Ruling:
    """The rules with these files over those in use, or over those installed when they are a `whole` version."""
    data = routing_data(service.settings)
    unknown = sorted(set(files) - set(rule_versions.file_names(data)))
    if unknown:
        raise bad_field("files", f"没有这个规则文件：{'、'.join(unknown)}")
    over = files if whole else {**_files_of(service, None), **files}
    return Ruling(*rule_versions.load_version(over, data, service.matters.by_code, _in_force(service)))


def _prove(service: Service, files: dict[str, str], *, whole: bool = False) -> Proof:
    try:
        after = _load(service, files, whole=whole)
    except BadDataFileError as error:
        texts = [f"{fault.file} 第 {fault.line} 行：{fault.message}" for fault in _faults(error)]
        fields = tuple(FieldProblem(field="files", message=text) for text in texts)
        raise ApiError(422, "规则有错", "；".join(texts[:3]), fields) from error
    before = Ruling(service.parts.rules, service.guidance.cues)
    gold = load_gold(service.matters.by_code, routing_data(service.settings))
    others = [*_held_out(before), *_recent(service)]
    return prove(before, after, gold, others, service.parts.directory, service.now())


def _held_out(ruling: Ruling) -> list[tuple[str, Inquiry]]:
    """The questions kept apart for measuring, with the matter they are about."""
    told = [(matter, text) for matter, text in read_utterances(HELD_OUT) if matter in ruling.rules.routes]
    return [
        (f"held-out.{number}", Inquiry(text, matter, facts=Facts(flags=ruling.cues.read(text))))
        for number, (matter, text) in enumerate(told, 1)
    ]


def _recent(service: Service) -> list[tuple[str, Inquiry]]:
    """What citizens asked lately, as it was understood; their words were masked before they were kept."""
    with service.engine.connect() as connection:
        dialogues = conversations.latest_dialogues(connection, RECENT)
    return [(f"conversation.{number}", inquiry_of(dialogue)) for number, dialogue in enumerate(dialogues, 1)]


def _faults(error: BadDataFileError) -> list[RuleFault]:
    return [RuleFault(file=problem.file, line=problem.line, message=problem.message) for problem in error.problems]


def _proof_view(proof: Proof, service: Service) -> RulesProof:
    return RulesProof(
        gold=proof.gold,
        right_before=proof.right_before,
        right_after=proof.right_after,
        losses=[_change_view(change, service) for change in proof.losses],
        gains=[_change_view(change, service) for change in proof.gains],
        others=proof.others,
        moved=len(proof.moved),
        shown=[_change_view(change, service) for change in proof.moved[:MOST_SHOWN]],
    )


def _change_view(change: Change, service: Service) -> RulesChange:
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


def _version_view(version: RulesVersion, in_use: int | None) -> RulesVersionView:
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


def _condition_text(condition: Condition) -> str:
    """A condition on one line, in the words of the file."""
    parts = [name if value else f"不是 {name}" for name, value in condition.flags]
    parts += [f"没有 {name}" for name in condition.without]
    for field in fields(condition):
        value = getattr(condition, field.name)
        if field.name not in ("flags", "without") and value not in ((), None):
            parts.append(f"{field.name}={'/'.join(value) if isinstance(value, tuple) else value}")
    return "，".join(parts)
