"""Loads the data files of this package, checked: a bad file raises `BadDataFileError` with every problem found.

The files are read once by whoever wires the application together; everything handed out is immutable.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from routing.areas import Areas
from routing.cues import Cues
from routing.datafile import Problems
from routing.directory import Directory
from routing.directory_files import read_areas, read_cue_file, read_directory
from routing.route_files import Known, read_aid_grounds, read_limits, read_questions, read_routes
from routing.rules import Rules

DATA_DIR = Path(__file__).parent / "data"


def load_areas(data_dir: Path = DATA_DIR) -> Areas:
    """Districts, zones, named places and streets."""
    problems = Problems()
    areas = read_areas(data_dir, problems)
    problems.check()
    return areas


def load_directory(data_dir: Path = DATA_DIR) -> Directory:
    """Bodies, kinds of bodies and hotlines."""
    problems = Problems()
    directory = read_directory(data_dir, read_areas(data_dir, problems), problems)
    problems.check()
    return directory


def load_cues(data_dir: Path = DATA_DIR) -> Cues:
    """Patterns that read yes/no facts from words."""
    problems = Problems()
    cues = read_cue_file(data_dir, problems)
    problems.check()
    return cues


def load_rules(matters: Collection[str], data_dir: Path = DATA_DIR) -> Rules:
    """Routes, questions, time limits and grounds of legal aid. `matters` are all codes of `nlu_data/matters.yml`.

    Refused are, among others: a matter without a route, a rule without a legal basis, an unknown body type, flag,
    question or key, and a code that appears twice.
    """
    problems = Problems()
    areas = read_areas(data_dir, problems)
    directory = read_directory(data_dir, areas, problems)
    cues = read_cue_file(data_dir, problems)
    questions = read_questions(data_dir, problems)
    problems.check()  # what follows refers to these; going on would bury the cause under hundreds of echoes
    asked = {question.fact for question in questions.values()}
    known = Known(frozenset(matters), frozenset(directory.types), frozenset(cues.cues) | asked, [])
    routes = read_routes(sorted((data_dir / "routes").glob("*.yml")), questions, known, problems)
    limits = read_limits(data_dir, known, problems)
    grounds = read_aid_grounds(data_dir, known, problems)
    problems.check()
    return Rules(
        routes=routes.routes,
        general=routes.general,
        dangers=routes.dangers,
        questions=questions,
        areas_to_offer=tuple(area.name for area in areas.areas),
        limits=limits,
        aid_grounds=grounds,
        statutes=tuple(dict.fromkeys(known.statutes)),
    )
