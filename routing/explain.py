"""Why this body: rules in order, what each used, and what would have led elsewhere. One text for each reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.cues import Cues
from routing.decision import Decision, Otherwise, Used
from routing.directory import Directory
from routing.inquiry import Facts, Inquiry
from routing.plan import Plan, make_plan
from routing.questions import is_told
from routing.rules import Condition, Rules

YES, NO = "是", "不是"
_NEEDS = {
    "consult": "咨询",
    "apply": "要办",
    "complain": "投诉",
    "status": "问进度",
    "human": "找人工",
    "other": "其他",
}
_PRIVATE = ("date", "age", "amount_yuan", "outside", "on_behalf_of")  # named in the audit trail without the value
_CHOSEN = ("stages", "counterparts")  # parts of a condition that one fact of the same name in the singular fulfils


@dataclass(frozen=True, slots=True)
class Step:
    """A rule that took part. `used` is what it went by; `said` the citizen's own words for it, where there are any."""

    code: str
    text: str
    source: str
    used: tuple[Used, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The same account three times: plain for the citizen, full for the agent, and as codes for the audit trail."""

    steps: tuple[Step, ...]
    otherwise: Otherwise | None
    citizen: str
    agent: str
    audit: str


def explain(inquiry: Inquiry, decision: Decision, rules: Rules, directory: Directory, cues: Cues) -> Explanation:
    """Account for a decision that was made about this inquiry."""
    urgent = frozenset(_states(decision))
    route = rules.routes.get(inquiry.matter)
    by_code = {rule.code: rule for rule in route.rules} if route else {}
    steps = []
    for reason in decision.reasons:
        rule = by_code.get(reason.code)
        used = used_by(rule.when, inquiry, urgent) if rule else ()
        said = tuple(dict.fromkeys(filter(None, (cues.words(item.name, inquiry.text) for item in used))))
        steps.append(Step(reason.code, reason.text, reason.source, used, said))
    return Explanation(
        steps=tuple(steps),
        otherwise=decision.otherwise,
        citizen=_for_citizen(steps, decision),
        agent=_for_agent(steps, decision, inquiry, directory),
        audit=_for_audit(steps, decision, inquiry),
    )


def used_by(when: tuple[Condition, ...], inquiry: Inquiry, urgent: frozenset[str]) -> tuple[Used, ...]:
    """What the first condition that holds went by."""
    flags = dict(inquiry.facts.flags)
    held = next((condition for condition in when if condition.holds(inquiry, flags, urgent)), None)
    return tuple(_parts(held, inquiry)) if held else ()


def _parts(condition: Condition, inquiry: Inquiry) -> Iterator[Used]:
    facts = inquiry.facts
    yield from (Used(name, YES if value else NO) for name, value in condition.flags)
    if condition.stages:
        yield Used("stage", facts.stage or "")
    if condition.needs:
        yield Used("need", _NEEDS[inquiry.need])
    if condition.counterparts:
        yield Used("counterpart", facts.counterpart or "")
    yield from (Used("group", group) for group in facts.groups if group in condition.groups)
    yield from (Used("date", f"{d.event} {d.day}") for d in facts.dates if d.event in condition.events)
    yield from (Used("deadline", state) for state in condition.deadlines)
    if condition.age_from is not None or condition.age_to is not None:
        yield Used("age", str(facts.age))
    if condition.amount_from is not None or condition.amount_to is not None:
        yield Used("amount_yuan", f"{facts.amount_yuan:.0f}" if facts.amount_yuan is not None else "")
    if condition.outside is not None:
        yield Used("outside", facts.outside or NO)
    if condition.on_behalf is not None:
        yield Used("on_behalf_of", facts.on_behalf_of or NO)


def nearest_other(inquiry: Inquiry, plan: Plan, rules: Rules, directory: Directory) -> Otherwise | None:
    """The rule that would lead to another body with the fewest facts changed, those that the route asks before others;
    the earlier one between equals."""
    route = rules.routes.get(inquiry.matter)
    applied = {rule.code for rule in plan.applied}
    asked = {rules.questions[id_].fact for id_ in route.ask} if route else set()
    best: Otherwise | None = None
    for rule in route.rules if route else ():
        if not rule.bodies or rule.code in applied:
            continue
        for condition in rule.when:
            facts, changes = _with(inquiry.facts, condition)
            askable = all(name in asked and not is_told(inquiry.facts, name) for name in map(_fact, changes))
            if not changes or (best and (not askable, len(changes)) >= (not best.askable, len(best.changes))):
                continue
            there = make_plan(replace(inquiry, facts=facts), rules, frozenset(condition.deadlines))
            if there.leading is rule and there.bodies[0] != plan.bodies[0]:
                body_type = there.bodies[0]
                best = Otherwise(
                    rule.code, rule.reason.text, body_type, directory.type_name(body_type), changes, askable
                )
    return best


def _with(facts: Facts, condition: Condition) -> tuple[Facts, tuple[Used, ...]]:
    """The facts made to fulfil a condition, and what had to change. Nothing where only age, amount or need would do."""
    flags, changes = dict(facts.flags), []
    for name, value in (*condition.flags, *((name, False) for name in condition.without if flags.get(name))):
        if flags.get(name) is not value:
            flags[name] = value
            changes.append(Used(name, YES if value else NO))
    changed = replace(facts, flags=tuple(flags.items()))
    for part in _CHOSEN:
        values, name = getattr(condition, part), part.removesuffix("s")
        if values and getattr(facts, name) not in values:
            changed = replace(changed, **{name: values[0]})
            changes.append(Used(name, values[0]))
    if condition.groups and set(condition.groups).isdisjoint(facts.groups):
        changed = replace(changed, groups=(*facts.groups, condition.groups[0]))
        changes.append(Used("group", condition.groups[0]))
    changes += [Used("deadline", state) for state in condition.deadlines]
    return changed, tuple(changes)


def _fact(used: Used) -> str:
    """The name that a question gives to this fact."""
    return f"group_{used.value}" if used.name == "group" else used.name


def _states(decision: Decision) -> Iterator[str]:
    for deadline in decision.deadlines:
        if deadline.days_left is not None:
            yield "passed" if deadline.days_left < 0 else "near" if deadline.days_left <= 7 else "later"


def otherwise_text(otherwise: Otherwise) -> str:
    """The nearest other outcome as it is told to a citizen."""
    return f"换一种情形就不同：{otherwise.text.rstrip('。')}——那就找{otherwise.body_name}。"


def _for_citizen(steps: list[Step], decision: Decision) -> str:
    lines = []
    for step in steps:
        because = "您说到" + "、".join(f"「{words}」" for words in step.said) + "。" if step.said else ""
        lines.append(because + step.text)
    if decision.otherwise and decision.otherwise.askable:
        lines.append(otherwise_text(decision.otherwise))
    return "\n".join(dict.fromkeys(lines))


def _for_agent(steps: list[Step], decision: Decision, inquiry: Inquiry, directory: Directory) -> str:
    lines = [f"事项 {inquiry.matter}，{_NEEDS[inquiry.need]}，结果 {decision.outcome}，先找 {decision.body.name}"]
    for number, step in enumerate(steps, 1):
        used = "；".join(f"{item.name}={item.value}" for item in step.used) or "没有别的情况时"
        said = "（原话：" + "、".join(step.said) + "）" if step.said else ""
        lines.append(f"{number}. {step.code}：{step.text} 用到：{used}{said}。依据：{step.source}")
    if decision.alternatives:
        lines.append("其次：" + "、".join(directory.type_name(code) for code in decision.alternatives))
    if decision.otherwise:
        change = "；".join(f"{item.name}={item.value}" for item in decision.otherwise.changes)
        lines.append(f"最近的另一种结果：{change} → {decision.otherwise.body_name}（{decision.otherwise.code}）")
    if decision.ask:
        lines.append(f"还要问：{decision.ask.text}")
    return "\n".join(lines)


def _for_audit(steps: list[Step], decision: Decision, inquiry: Inquiry) -> str:
    """Codes only: nothing of what a citizen said."""
    used = [f"{step.code}[{','.join(_code(item) for item in step.used)}]" for step in steps]
    parts = {
        "matter": inquiry.matter,
        "need": inquiry.need,
        "danger": inquiry.danger or "-",
        "outcome": decision.outcome,
        "body": decision.body.id,
        "rules": " > ".join(used),
        "passed": ",".join(f"{p.body_id}:{p.why}" for p in decision.passed) or "-",
        "otherwise": decision.otherwise.code if decision.otherwise else "-",
    }
    return " ".join(f"{name}={value}" for name, value in parts.items())


def _code(used: Used) -> str:
    return used.name if used.name in _PRIVATE else f"{used.name}={used.value}"
