"""Many questions at once: what they hit, how good that is, what differs from before. Callers commit.

A hit test runs the questions of a file; a proof runs those a change of a case could touch, before and after it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from case_library.errors import CaseLibraryError
from case_library.tables import gold_table, hit_test_row_table, hit_test_table

RECALL_AT = 5
ENOUGH_AT = 3  # a wanted case further down is hardly read
SILENT_FOR = timedelta(minutes=2)  # after which a run that says nothing has died with its process

Change = Literal["new", "same", "changed", "better", "worse"]
State = Literal["running", "done", "failed"]
Kind = Literal["file", "proof"]


class UnknownHitTestError(CaseLibraryError):
    """There is no such run."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is right for a question; empty: nobody said."""

    matter: str = ""
    case_ids: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    source: str = ""  # gold, held_out, case, recent, or empty

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said about what is right."""
        return not (self.matter or self.case_ids or self.bodies)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to run."""

    text: str
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question. `answer` is the case that is shown, empty when none fits; `case_ids` best first."""

    matter: str
    confidence: float
    case_ids: tuple[str, ...]
    answer: str
    outcome: str
    body_type: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One question with what came of it, and what came of it before (None: never run)."""

    number: int
    text: str
    wanted: Wanted
    after: Found
    before: Found | None = None

    @property
    def right(self) -> bool | None:
        """Whether everything that is wanted came; None when nothing is."""
        return is_right(self.after, self.wanted)

    @property
    def change(self) -> Change:
        """What differs from before: `better` and `worse` only where it is known what is right."""
        if self.before is None:
            return "new"
        was, now = is_right(self.before, self.wanted), self.right
        if was is not None and was != now:
            return "better" if now else "worse"
        same = (self.before.answer, self.before.outcome, self.before.body_type) == (
            self.after.answer,
            self.after.outcome,
            self.after.body_type,
        )
        return "same" if same else "changed"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares 0 to 1, None where no question says what is right.

    `answered` is the share with a case shown. `answers_changed` and `bodies_changed` compare with before.
    """

    questions: int
    right: float | None
    matter_right: float | None
    case_first: float | None
    case_recall: float | None
    mean_reciprocal_rank: float | None
    body_right: float | None
    answered: float
    better: int
    worse: int
    answers_changed: int
    bodies_changed: int


@dataclass(frozen=True, slots=True)
class HitTest:
    """A run. `alive` is False when its process ended before it was done."""

    id: int
    kind: Kind
    name: str
    revision: int
    library: int
    who: str
    started_at: datetime
    moved_at: datetime
    state: State
    total: int
    done: int
    figures: Figures | None

    def alive(self, now: datetime) -> bool:
        """Whether it is done or still moves."""
        return self.state != "running" or now - self.moved_at < SILENT_FOR


_FIGURES, _HIT = TypeAdapter(Figures), TypeAdapter(Found)
_WANTED = TypeAdapter(Wanted)


def is_right(found: Found, wanted: Wanted) -> bool | None:
    """Whether everything that is wanted came; None when nothing is."""
    if wanted.is_empty:
        return None
    return (
        (not wanted.matter or found.matter == wanted.matter)
        and (not wanted.case_ids or not set(wanted.case_ids).isdisjoint(found.case_ids[:ENOUGH_AT]))
        and (not wanted.bodies or found.body_type in wanted.bodies)
    )


def figures(hits: Sequence[Hit]) -> Figures:
    """The figures of a run."""
    ranks = [_rank(hit) for hit in hits if hit.wanted.case_ids]
    both = [hit for hit in hits if hit.before]
    return Figures(
        questions=len(hits),
        right=_share(hit.right for hit in hits if hit.right is not None),
        matter_right=_share(hit.after.matter == hit.wanted.matter for hit in hits if hit.wanted.matter),
        case_first=_share(rank == 1 for rank in ranks),
        case_recall=_share(0 < rank <= RECALL_AT for rank in ranks),
        mean_reciprocal_rank=sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else None,
        body_right=_share(hit.after.body_type in hit.wanted.bodies for hit in hits if hit.wanted.bodies),
        answered=_share(bool(hit.after.answer) for hit in hits) or 0.0,
        better=sum(hit.change == "better" for hit in hits),
        worse=sum(hit.change == "worse" for hit in hits),
        answers_changed=sum(hit.before.answer != hit.after.answer for hit in both),
        bodies_changed=sum(hit.before.body_type != hit.after.body_type for hit in both),
    )


def begin(
    connection: Connection, kind: Kind, name: str, revision: int, library: int, who: str, total: int, now: datetime
) -> int:
    """Note that a run begins; returns its id."""
    values = {
        "kind": kind,
        "name": name[:200],
        "revision": revision,
        "library": library,
        "who": who,
        "started_at": now,
        "moved_at": now,
        "state": "running",
        "total": total,
        "done": 0,
        "figures": {},
    }
    return connection.execute(insert(hit_test_table).values(values).returning(hit_test_table.c.id)).scalar_one()


def move(connection: Connection, id_: int, done: int, total: int, now: datetime) -> None:
    """Note how far a run is."""
    connection.execute(
        update(hit_test_table).where(hit_test_table.c.id == id_).values(done=done, total=total, moved_at=now)
    )


def fail(connection: Connection, id_: int, now: datetime) -> None:
    """Note that a run could not be finished."""
    connection.execute(update(hit_test_table).where(hit_test_table.c.id == id_).values(state="failed", moved_at=now))


def finish(
    connection: Connection, id_: int, hits: Sequence[Hit], kept: Sequence[Hit], total: int, now: datetime
) -> None:
    """Store the figures over `hits` and the rows `kept`; `total` questions were looked at."""
    if kept:
        connection.execute(insert(hit_test_row_table), [_values(id_, hit) for hit in kept])
    values = {"state": "done", "done": total, "total": total, "figures": asdict(figures(hits)), "moved_at": now}
    connection.execute(update(hit_test_table).where(hit_test_table.c.id == id_).values(values))


def find(connection: Connection, id_: int) -> HitTest:
    """A run; `UnknownHitTestError`."""
    row = connection.execute(select(hit_test_table).where(hit_test_table.c.id == id_)).one_or_none()
    if row is None:
        raise UnknownHitTestError(f"no hit test {id_}")
    return _hit_test(row)


def search(connection: Connection, kind: Kind, *, offset: int = 0, limit: int = 50) -> tuple[list[HitTest], int]:
    """Runs of a kind, newest first, and how many there are."""
    query = select(hit_test_table).where(hit_test_table.c.kind == kind)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(hit_test_table.c.id.desc()).offset(offset).limit(limit))
    return [_hit_test(row) for row in rows], total


def latest_proof(connection: Connection, case_id: str, revision: int) -> HitTest | None:
    """The newest proof of a case at a revision."""
    query = select(hit_test_table).where(
        hit_test_table.c.kind == "proof", hit_test_table.c.name == case_id, hit_test_table.c.revision == revision
    )
    row = connection.execute(query.order_by(hit_test_table.c.id.desc()).limit(1)).one_or_none()
    return _hit_test(row) if row else None


def previous(connection: Connection, id_: int, name: str) -> dict[str, Found]:
    """What came of each question the last time a file of this name was run; empty when it was not."""
    where = (
        hit_test_table.c.kind == "file",
        hit_test_table.c.name == name[:200],
        hit_test_table.c.state == "done",
        hit_test_table.c.id < id_,
    )
    last = connection.execute(select(func.max(hit_test_table.c.id)).where(*where)).scalar()
    query = select(hit_test_row_table.c.text, hit_test_row_table.c.after).where(
        hit_test_row_table.c.hit_test_id == last
    )
    return {text: _HIT.validate_python(after) for text, after in connection.execute(query)} if last else {}


def hits(
    connection: Connection,
    id_: int,
    *,
    change: Change | None = None,
    wrong: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Hit], int]:
    """Rows of a run, in order, and how many there are; `wrong` keeps those known not to be right."""
    query = select(hit_test_row_table).where(hit_test_row_table.c.hit_test_id == id_)
    if change:
        query = query.where(hit_test_row_table.c.change == change)
    if wrong:
        query = query.where(hit_test_row_table.c.right.is_(False))
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(hit_test_row_table.c.number).offset(offset).limit(limit))
    return [_hit(row) for row in rows], total


def gold(connection: Connection) -> list[Question]:
    """Questions whose right answer curators have settled."""
    return [
        Question(row.text, Wanted(row.matter, tuple(row.case_ids), tuple(row.bodies), "gold"))
        for row in connection.execute(select(gold_table).order_by(gold_table.c.id))
    ]


def still_there(questions: Iterable[Question], in_use: Container[str]) -> list[Question]:
    """Questions without the cases that are no longer in use; one that then says nothing of what is right is left out."""
    found = []
    for question in questions:
        ids = tuple(id_ for id_ in question.wanted.case_ids if id_ in in_use)
        wanted = replace(question.wanted, case_ids=ids)
        if not wanted.is_empty:
            found.append(replace(question, wanted=wanted))
    return found


def add_gold(connection: Connection, questions: Iterable[Question], who: str, now: datetime) -> int:
    """Add settled questions; one with the same text is replaced. Returns how many were new."""
    new = 0
    for question in questions:
        values = {
            "matter": question.wanted.matter,
            "case_ids": list(question.wanted.case_ids),
            "bodies": list(question.wanted.bodies),
            "who": who,
            "at": now,
        }
        where = gold_table.c.text == question.text[:1000]
        if not connection.execute(update(gold_table).where(where).values(values)).rowcount:
            connection.execute(insert(gold_table).values(text=question.text[:1000], **values))
            new += 1
    return new


def _rank(hit: Hit) -> int:
    """Place of the first wanted case, from 1; 0 when none came."""
    places = (place for place, id_ in enumerate(hit.after.case_ids, 1) if id_ in hit.wanted.case_ids)
    return next(places, 0)


def _share(values: Iterable[bool | None]) -> float | None:
    values = list(values)
    return sum(map(bool, values)) / len(values) if values else None


def _values(id_: int, hit: Hit) -> dict:
    return {
        "hit_test_id": id_,
        "number": hit.number,
        "text": hit.text,
        "wanted": _WANTED.dump_python(hit.wanted, mode="json"),
        "before": _HIT.dump_python(hit.before, mode="json") if hit.before else None,
        "after": _HIT.dump_python(hit.after, mode="json"),
        "right": hit.right,
        "change": hit.change,
    }


def _hit(row: Row) -> Hit:
    return Hit(
        row.number,
        row.text,
        _WANTED.validate_python(row.wanted),
        _HIT.validate_python(row.after),
        _HIT.validate_python(row.before) if row.before else None,
    )


def _hit_test(row: Row) -> HitTest:
    values = {name: getattr(row, name) for name in HitTest.__dataclass_fields__ if name != "figures"}
    return HitTest(**values, figures=_FIGURES.validate_python(row.figures) if row.figures else None)
