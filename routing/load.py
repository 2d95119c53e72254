"""Loads the data files of this package, checked: a bad file raises `BadDataFileError` with every problem found.

The files are read once by whoever wires the application together; everything handed out is immutable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from routing import tuning_file
from routing.areas import Areas
from routing.complaints import Target, read_targets
from routing.cues import Cues
from routing.datafile import Problems
from routing.decision import Question
from routing.directory import Directory
from routing.directory_files import read_areas, read_cue_file, read_directory
from routing.promises import Promises, read_promises
from routing.proof import GoldInquiry
from routing.route_files import Known, read_aid, read_gold, read_limits, read_questions, read_routes
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


def load_promises(data_dir: Path = DATA_DIR) -> Promises:
    """What is promised to citizens; the packaged table where an imported folder holds none."""
    problems = Problems()
    own = data_dir / "promises.yml"
    promises = read_promises(own if own.exists() else DATA_DIR / "promises.yml", problems)
    problems.check()
    return promises


def load_complaint_targets(data_dir: Path = DATA_DIR) -> tuple[Target, ...]:
    """Whom one can complain about; the packaged table where an imported folder holds none."""
    problems = Problems()
    own = data_dir / "complaints.yml"
    targets = read_targets(own if own.exists() else DATA_DIR / "complaints.yml", problems)
    problems.check()
    return targets


def load_rules(
    matters: Collection[str], data_dir: Path = DATA_DIR, in_force: Callable[[str, str], bool] | None = None
) -> Rules:
    """Routes, questions, time limits and grounds of legal aid. `matters` are all codes of `nlu_data/matters.yml`.

    Refused are, among others: a matter without a route, a rule without a legal basis, an unknown body type, flag,
    question or key, a code that appears twice, a rule that another always hides, a body type without a body. With
    `in_force` (law, article) a statute that no longer holds is refused too; whoever starts the service leaves it out,
    so that a law that ends tonight does not keep the service from starting tomorrow.
    """
    problems = Problems()
    known, questions = _read_known(matters, data_dir, problems, in_force)
    routes = read_routes(sorted((data_dir / "routes").glob("*.yml")), questions, known, problems)
    limits = read_limits(data_dir, known, problems)
    grounds, eases = read_aid(data_dir, known, problems)
    own = data_dir / tuning_file.FILE  # an imported folder of before holds none
    tuning = tuning_file.read_tuning(own if own.exists() else DATA_DIR / tuning_file.FILE, problems)
    problems.check()
    return Rules(
        routes=routes.routes,
        general=routes.general,
        dangers=routes.dangers,
        questions=questions,
        areas_to_offer=tuple(area.name for area in load_areas(data_dir).areas),
        limits=limits,
        aid_grounds=grounds,
        aid_eases=eases,
        statutes=tuple(dict.fromkeys(known.statutes)),
        tuning=tuning,
    )


def load_gold(matters: Collection[str], data_dir: Path = DATA_DIR) -> tuple[GoldInquiry, ...]:
    """Inquiries that every change of the rules is proved against."""
    problems = Problems()
    known, _ = _read_known(matters, data_dir, problems, None)
    gold = read_gold(data_dir, known, problems)
    problems.check()
    return gold


def _read_known(
    matters: Collection[str], data_dir: Path, problems: Problems, in_force: Callable[[str, str], bool] | None
) -> tuple[Known, Mapping[str, Question]]:
    """What rules may refer to, and the questions."""
    directory = read_directory(data_dir, read_areas(data_dir, problems), problems)
    cues = read_cue_file(data_dir, problems)
    questions = read_questions(data_dir, problems)
    problems.check()  # what follows refers to these; going on would bury the cause under hundreds of echoes
    asked = {question.fact for question in questions.values()}
    known = Known(
        matters=frozenset(matters),
        body_types=frozenset(directory.types),
        flags=frozenset(cues.cues) | asked,
        staffed=frozenset(body.type for body in directory.bodies),
        in_force=in_force,
    )
    return known, questions
