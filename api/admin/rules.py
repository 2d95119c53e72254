"""The rules over HTTP: read, check a draft as it is written, prove it, publish it, go back; and what-if."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from api import guidance, hit_test_runs
from api.admin.rule_views import (
    AnswersView,
    RouteView,
    RuleFault,
    RuleFile,
    RuleRow,
    RulesDraft,
    RulesFiles,
    RulesProof,
    RulesPublication,
    RulesUseView,
    RulesVersionView,
    RulesView,
    answers_view,
    condition_text,
    proof_view,
    version_view,
)
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
from case_library.hit_tests import Hit
from routing import rule_versions
from routing.errors import BadDataFileError
from routing.inquiry import Facts, Inquiry
from routing.load import load_gold
from routing.proof import Proof, Ruling, prove

Curator = Annotated[Staff, requires(Role.CURATOR)]
Reviewer = Annotated[Staff, requires(Role.REVIEWER)]
Either = Annotated[Staff, requires(Role.CURATOR, Role.REVIEWER)]
Number = RowId
HELD_OUT = PROJECT / "nlu_data" / "held_out"
RECENT = 500  # conversations that a draft is run over
router = APIRouter(
    prefix="/api/v1/admin",
    tags=["rules"],
    responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422)},
)


@router.get("/rules")
def rules_in_use(_me: Either, service: ServiceIn) -> RulesView:
    """Versions and what is in use; needs a curator or a reviewer."""
    with service.engine.connect() as connection:
        use = rule_versions.last_use(connection)
        number = use.number if use else None
        return RulesView(
            in_use=number,
            versions=[version_view(version, number) for version in rule_versions.versions(connection)],
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
                when=[condition_text(condition) for condition in rule.when],
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


@router.get("/rules/answers")
def answers_in_use(_me: Either, service: ServiceIn) -> AnswersView:
    """Thresholds and synonyms in use, as a form shows them; needs a curator or a reviewer."""
    return answers_view(service.parts.rules.tuning)


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
    proof, hits = _prove(service, draft.files)
    return proof_view(proof, hits, service)


@router.post("/rules/drafts", status_code=201)
def save_draft(me: Curator, service: ServiceIn, draft: RulesDraft) -> RulesVersionView:
    """Keep a draft as a version that can be published; it must load. Needs a curator."""
    files = {**_files_of(service, None), **draft.files}
    proof, hits = _prove(service, draft.files)
    now = service.now()
    with service.writing.begin() as connection:
        summary = {"losses": len(proof.losses) + len(_worse(hits)), "moved": len(proof.moved)}
        number = rule_versions.add_version(connection, draft.title, files, summary, me.id, me.name, now)
        audit.record(
            connection, me, "rules.drafted", "rules", str(number), now, after={"title": draft.title, **summary}
        )
        return version_view(rule_versions.version(connection, number), None)


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
    proof, hits = _prove(service, version.files, whole=True)
    if proof.losses and not reason:
        names = "、".join(change.id for change in proof.losses[:5])
        raise bad_field("reason", f"有 {len(proof.losses)} 个标准问题会指错（{names}），要发布请写明理由。")
    if (worse := _worse(hits)) and not reason:
        texts = "、".join(f"「{hit.text[:20]}」" for hit in worse[:3])
        raise bad_field("reason", f"有 {len(worse)} 个问题会答得更差（{texts}），要发布请写明理由。")
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
            after={"number": number, "losses": [change.id for change in proof.losses], "worse": len(worse)},
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


def _prove(service: Service, files: dict[str, str], *, whole: bool = False) -> tuple[Proof, list[Hit] | None]:
    """What a draft changes: of destinations, and of answers where thresholds or synonyms differ."""
    try:
        after = _load(service, files, whole=whole)
    except BadDataFileError as error:
        texts = [f"{fault.file} 第 {fault.line} 行：{fault.message}" for fault in _faults(error)]
        fields = tuple(FieldProblem(field="files", message=text) for text in texts)
        raise ApiError(422, "规则有错", "；".join(texts[:3]), fields) from error
    before = Ruling(service.parts.rules, service.guidance.cues)
    gold = load_gold(service.matters.by_code, routing_data(service.settings))
    others = [*_held_out(before), *_recent(service)]
    proof = prove(before, after, gold, others, service.parts.directory, service.now())
    if after.rules.tuning == before.rules.tuning:
        return proof, None
    return proof, hit_test_runs.prove_tuning(service, after.rules.tuning)


def _worse(hits: list[Hit] | None) -> list[Hit]:
    return [hit for hit in hits or () if hit.change == "worse"]


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
