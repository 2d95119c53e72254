"""Whom one can complain about, who is competent, and who is kept away."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from case_library.statutes import Statutes
from routing import complaints
from routing.complaints import NEED, competent, named_bodies, read_targets, target_of
from routing.datafile import Problems
from routing.inquiry import Facts, Inquiry
from routing.load import load_complaint_targets, load_directory, load_promises
from routing.ticket_events import CITIZEN_SELF, SYSTEM_SELF, Actor, event
from routing.ticket_state import OutOfOrderError, Progress, step

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AGENT = Actor("agent", "li", "李座席")
TARGETS = {target.id: target for target in load_complaint_targets()}
DIRECTORY = load_directory()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("律师收了两万什么都没做", "lawyer"),
        ("法援律师从来不接电话", "legal_aid"),
        ("公证处乱收费", "notary"),
        ("鉴定人收了对方的钱", "forensic"),
        ("调解员骂我", "mediator"),
        ("法律服务所的人收钱不办事", "grassroots"),
        ("12348 态度太差", "service"),
        ("座席骂人", "service"),
        ("我要投诉", "unknown"),
    ],
)
def test_the_words_say_whom_it_is_about(text: str, target: str) -> None:
    assert target_of(text, tuple(TARGETS.values())).id == target


@pytest.mark.parametrize(
    ("matter", "need", "text", "is_one"),
    [
        ("legal_service_complaint", "complain", "律师不办事", True),
        ("legal_service_complaint", "status", "我投诉的有结果吗", False),
        ("notary_service", "complain", "投诉公证处", True),
        ("notary_service", "consult", "公证要带什么", False),
        ("petition_supervision", "complain", "投诉你们12348", True),
        ("consumer_quality", "complain", "投诉商家", False),
    ],
)
def test_what_is_a_complaint(matter: str, need: str, text: str, is_one: bool) -> None:
    assert complaints.is_complaint(Inquiry(text=text, matter=matter, need=need)) is is_one


def test_judges_have_ways_of_their_own() -> None:
    facts = Facts(flags=(("judge_misconduct", True),))
    told = Inquiry(text="法官偏袒", matter="legal_service_complaint", need="complain", facts=facts)
    assert not complaints.is_complaint(told)


@pytest.mark.parametrize(
    ("target", "area", "body"),
    [
        ("lawyer", "洪山区", "洪山区司法局"),
        ("legal_aid", "江汉区", "江汉区司法局"),
        ("mediator", "武昌区", "武昌区司法局"),
        ("grassroots", "黄陂区", "黄陂区司法局"),
        ("lawyer", "", "武汉市司法局"),
        ("lawyer", "东湖高新区", "武汉市司法局"),  # which district is competent for a zone is not verified
        ("notary", "洪山区", "武汉市司法局"),
        ("forensic", "洪山区", "武汉市司法局"),
        ("service", "", "武汉市司法局"),
        ("unknown", "洪山区", "武汉市司法局"),
    ],
)
def test_the_competent_authority_by_whom_it_is_about(target: str, area: str, body: str) -> None:
    assert competent(TARGETS[target], area, DIRECTORY)[0].name == body


@pytest.mark.parametrize("target", sorted(TARGETS))
@pytest.mark.parametrize("recused", [("洪山区司法局",), ("洪山区司法局", "武汉市司法局")])
def test_whoever_is_complained_about_never_gets_it_and_somebody_always_does(target, recused) -> None:
    ids = {body.id for body in DIRECTORY.bodies if body.name in recused}
    found = competent(TARGETS[target], "洪山区", DIRECTORY, ids)
    assert found
    assert ids.isdisjoint(body.id for body in found)


def test_every_cited_article_holds_and_what_is_ours_says_so() -> None:
    statutes = Statutes()
    for target in TARGETS.values():
        for article in target.basis:
            (found,) = statutes.cite(f"《{article.partition('第')[0]}》第{article.partition('第')[2]}", NOW.date())
            assert found.in_force, article
        assert target.source
        if target.ours:
            assert target.basis == ()


def test_a_body_whose_name_is_told_is_known() -> None:
    named = named_bodies("我投诉洪山区司法局的人", DIRECTORY)
    assert [DIRECTORY.by_id(id_).name for id_ in named] == ["洪山区司法局"]
    assert named_bodies("某公证处", DIRECTORY) == ()


def test_a_wrong_file_is_refused_with_file_and_line(tmp_path) -> None:
    path = tmp_path / "complaints.yml"
    path.write_text(
        "targets:\n- {id: x, name: 某人, words: [], level: planet, text: 某, source: 某, basis: [民法典], nonsense: 1}\n",
        encoding="utf-8",
    )
    problems = Problems()
    read_targets(path, problems)
    told = " ".join(map(str, problems.found))
    for part in ("complaints.yml:2", "level", "民法典", "nonsense", "'service' is missing", "'unknown' is missing"):
        assert part in told


def test_a_complaint_has_promises_of_its_own_with_their_source() -> None:
    promises = load_promises()
    answer = promises.find("answer", NEED, urgent=False)
    assert (answer.id, answer.working_days, answer.extension_days) == ("answer_complaint", 5, 10)
    assert "自己的承诺" in answer.source
    assert promises.find("first_response", NEED, urgent=False).id == "first_response_complaint"
    assert promises.find("answer", "complain", urgent=False).id == "answer"  # of a shop, say


class Thread:
    """A ticket that grows minute by minute."""

    def __init__(self) -> None:
        self.progress, self.at = Progress(), NOW
        self.add("opened", CITIZEN_SELF, need=NEED)

    def add(self, kind, by, **details) -> Progress:
        self.at += timedelta(minutes=1)
        self.progress = step(self.progress, event(kind, kind, self.at, by, **details))
        return self.progress


def test_whoever_is_kept_away_can_neither_be_sent_it_nor_act() -> None:
    thread = Thread()
    thread.add("recused", SYSTEM_SELF, body="b1", body_name="某处")
    thread.add("recused", SYSTEM_SELF, person="li")
    for kind, by, details in (
        ("sent", Actor("agent", "wang"), {"body": "b1"}),
        ("decided", Actor("supervisor", "zhao"), {"body": "b1"}),
        ("taken", AGENT, {"person": "li"}),
        ("taken", Actor("supervisor", "zhao"), {"person": "li"}),
        ("note", AGENT, {}),
        ("answered", AGENT, {}),
    ):
        with pytest.raises(OutOfOrderError):
            thread.add(kind, by, **details)
    thread.add("sent", Actor("agent", "wang"), body="b2")
    with pytest.raises(OutOfOrderError):
        thread.add("referred_onward", Actor("body", "b2"), body="b1")


def test_a_body_that_has_it_loses_it_and_an_agent_what_was_theirs() -> None:
    thread = Thread()
    thread.add("taken", AGENT, person="li")
    thread.add("sent", AGENT, body="b1")
    after = thread.add("recused", Actor("supervisor", "zhao"), body="b1")
    assert (after.state, after.body, after.waits_for) == ("returned", "", "agent")
    after = thread.add("recused", Actor("supervisor", "zhao"), person="li")
    assert (after.owner, after.first_responder) == ("", "")
    assert complaints.is_recused(after, "li")
    assert complaints.is_recused(after, "wang", {"b1"})
    assert not complaints.is_recused(after, "wang", {"b2"})
