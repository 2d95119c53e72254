"""The state machine as a picture (Mermaid), made from the table of transitions."""

from __future__ import annotations

from routing.ticket_events import KINDS
from routing.ticket_state import ENDED, OPEN, STATE_NAMES, TRANSITIONS, WAITS_FOR, State, Transition

PARTIES = {"citizen": "市民", "body": "单位", "agent": "座席", "supervisor": "督办", None: "无"}
# Conditions as they read on an arrow.
WHEN = {
    "first return": "第一次",
    "further return": "再次",
    "not bound": "未经裁定",
    "no body has it": "没有单位在办",
    "a body has it": "有单位在办",
    "by a supervisor": "只能督办",
}


TOGETHER = "还没办完"


def picture() -> str:
    """A Mermaid state diagram: every state with who must act next, every event that leads to another state.

    An event that ends a ticket from (nearly) every open state is drawn once, from the box around them.
    """
    lines = ["stateDiagram-v2", "  direction TB", f'  state "{TOGETHER}" as open {{']
    lines += [f"    {state}: {STATE_NAMES[state]} · 等{PARTIES[WAITS_FOR[state]]}" for state in _ordered(OPEN)]
    inner, outer = [], []
    for row in TRANSITIONS:
        if row.to is None:
            continue
        if row.from_ >= OPEN - {"answered"} and row.to in ENDED:
            outer.append(f"  open --> {row.to}: {_label(row)}")
            continue
        for state in _ordered(row.from_):
            arrow = f"{'[*]' if state == 'new' else state} --> {row.to}: {_label(row)}"
            inside = state in OPEN and row.to in OPEN
            (inner if inside else outer).append(("    " if inside else "  ") + arrow)
    lines += [*_together(inner), "  }"]
    lines += [f"  {state}: {STATE_NAMES[state]}" for state in _ordered(ENDED)]
    return "\n".join([*lines, *_together(outer)])


def _label(row: Transition) -> str:
    when = WHEN.get(row.when, "")
    return KINDS[row.kind].name + (f"（{when}）" if when else "")


def _ordered(states: frozenset[State]) -> list[State]:
    return [state for state in STATE_NAMES if state in states]


def _together(arrows: list[str]) -> list[str]:
    """One arrow for all events that lead the same way."""
    ways: dict[str, list[str]] = {}
    for arrow in arrows:
        way, _, label = arrow.partition(": ")
        ways.setdefault(way, []).append(label)
    return [f"{way}: {'、'.join(dict.fromkeys(labels))}" for way, labels in ways.items()]
