"""The picture of the states in the README is the one the table gives."""

from __future__ import annotations

from pathlib import Path

from routing.ticket_picture import picture
from routing.ticket_state import STATE_NAMES

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_states_as_the_table_has_them() -> None:
    pictures = [block.partition("\n```")[0] for block in README.read_text(encoding="utf-8").split("```mermaid\n")[1:]]
    shown = next(block for block in pictures if block.startswith("stateDiagram"))
    assert shown == picture(), "put the output of `yibotong ticket-states` into the README"


def test_every_state_is_in_the_picture_and_reached() -> None:
    drawn = picture()
    for state in set(STATE_NAMES) - {"new"}:
        assert f"{state}: {STATE_NAMES[state]}" in drawn
        assert f"--> {state}" in drawn
