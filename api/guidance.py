"""Directory and rules as they hold now: the files of the installation with what curators changed over them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.entities import Entities
from routing import facts as directory_facts
from routing import rule_versions
from routing.areas import Areas
from routing.cues import Cues
from routing.directory import Directory
from routing.errors import BadDataFileError
from routing.load import load_areas, load_directory
from routing.rules import Rules

if TYPE_CHECKING:
    from api.wiring import Service

log = logging.getLogger("yibotong.guidance")


@dataclass(frozen=True, slots=True)
class GuidanceState:
    """Which facts and which version of the rules: both numbers only grow."""

    fact: int
    use: int


@dataclass(frozen=True, slots=True)
class Guidance:
    """What routing goes by."""

    state: GuidanceState
    directory: Directory
    rules: Rules
    areas: Areas
    cues: Cues


def guidance_state(connection: Connection) -> GuidanceState:
    """What the database holds now."""
    use = rule_versions.last_use(connection)
    return GuidanceState(directory_facts.last_fact(connection), use.id if use else 0)


def read_guidance(connection: Connection, data: Path, matters: Collection[str]) -> Guidance:
    """Load the files and put over them what the database holds. What no longer fits is logged and left out: a version that
    was right when it was published must not keep the service from starting."""
    state = guidance_state(connection)
    areas = load_areas(data)
    directory, problems = directory_facts.over(load_directory(data), directory_facts.current_facts(connection), areas)
    for problem in problems:
        log.error("directory_fact_left_out", extra={"body": problem.file, "cause": problem.message})
    use = rule_versions.last_use(connection)
    files = rule_versions.version(connection, use.number).files if use and use.number else {}
    try:
        rules, cues = rule_versions.load_version(files, data, matters)
    except BadDataFileError as error:
        if not files:
            raise
        log.warning(
            "rules_version_left_out", extra={"number": use.number if use else 0, "cause": str(error.problems[0])}
        )
        rules, cues = rule_versions.load_version({}, data, matters)
    return Guidance(state, directory, rules, areas, cues)


def catch_up(service: Service) -> bool:
    """Take over what was changed since; False when nothing was. Messages under way keep what they began with."""
    with service.catching_up:
        return _catch_up(service)


def _catch_up(service: Service) -> bool:
    from api.wiring import routing_data  # wiring imports this module

    with service.engine.connect() as connection:
        if guidance_state(connection) == service.guidance.state:
            return False
        built = read_guidance(connection, routing_data(service.settings), service.matters.by_code)
    changes: dict[str, object] = {"directory": built.directory, "rules": built.rules}
    understanding = service.parts.understanding
    if built.cues != service.guidance.cues:
        understanding = understanding.with_entities(Entities(built.areas, built.cues))
    if built.rules.tuning != service.guidance.rules.tuning:
        understanding = understanding.with_tuning(built.rules.tuning)
    changes["understanding"] = understanding
    service.change_parts(**changes)
    service.guidance = built
    log.info("guidance_swapped", extra={"fact": built.state.fact, "use": built.state.use})
    return True
