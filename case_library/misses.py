"""Questions that were not answered well, and what they have in common. Callers commit.

Texts are redacted (`case_library.redact.redact`) before they are stored.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from case_library.case import Case
from case_library.tables import miss_table

Kind = Literal["unsure", "unresolved", "edited"]  # low confidence, 没解决, changed by an agent before it was sent
State = Literal["open", "taken", "dismissed"]
Reason = Literal["other_question", "not_understood", "did_not_work", "wrong", "other"]  # why 没解决
REASONS: dict[Reason, str] = {
    "other_question": "不是我问的",
    "not_understood": "看不懂",
    "did_not_work": "照做了没用",
    "wrong": "说得不对",
    "other": "别的原因",
}
LONGEST = 1_000  # characters kept of a question
KEPT_FOR = timedelta(days=180)
CLUSTERED = 3_000  # the newest; 3,000 take a second
TREND = timedelta(days=7)
SAMPLE = 6
LONGEST_TITLE = 30
# Average distance of centred vectors up to which questions belong together. Chosen among 26 settings on the questions of
# 120 sample cases: adjusted Rand index against the cases 0.267 (the best had 0.269), homogeneity by matter 0.865 (0.809).
TOGETHER = 0.75


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was not answered well. `reason` is a `Reason` or empty; `before` and `after` are an agent's edit."""

    id: int
    at: datetime
    kind: Kind
    text: str
    reason: str
    matter: str
    confidence: float
    case_id: str
    before: str
    after: str
    state: State
    taken_by: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Misses that mean much the same, newest first. `trend` is how many came in the last week less those of the week before.

    `sample` are those nearest to the middle; `matter` is the one most of them were understood as.
    """

    misses: tuple[Miss, ...]
    sample: tuple[str, ...]
    matter: str
    this_week: int
    trend: int

    @property
    def size(self) -> int:
        """How many questions."""
        return len(self.misses)


def record(
    connection: Connection,
    kind: Kind,
    text: str,
    now: datetime,
    *,
    matter: str = "",
    confidence: float = 0.0,
    case_id: str = "",
    before: str = "",
    after: str = "",
    conversation: str = "",
) -> int:
    """Keep a miss; texts must be redacted already. Returns its id.

    Of `conversation` only a hash is kept, for `give_reason`: from a miss nobody finds the way to who said it.
    """
    values = {
        "at": now,
        "kind": kind,
        "text": text[:LONGEST],
        "reason": "",
        "matter": matter,
        "confidence": confidence,
        "case_id": case_id,
        "before": before[:LONGEST],
        "after": after[:LONGEST],
        "state": "open",
        "taken_by": "",
        "source": _hash(conversation) if conversation else "",
    }
    return connection.execute(insert(miss_table).values(values).returning(miss_table.c.id)).scalar_one()


def give_reason(connection: Connection, conversation: str, reason: Reason) -> bool:
    """Why the answer that was last rejected in a conversation did not help; the last word counts. False: none was."""
    where = (miss_table.c.source == _hash(conversation), miss_table.c.kind == "unresolved")
    newest = connection.execute(select(func.max(miss_table.c.id)).where(*where)).scalar()
    if newest is None:
        return False
    connection.execute(update(miss_table).where(miss_table.c.id == newest).values(reason=reason))
    return True


def open_misses(connection: Connection, now: datetime, kind: Kind | None = None) -> list[Miss]:
    """Misses nobody has dealt with, newest first."""
    query = select(miss_table).where(miss_table.c.state == "open", miss_table.c.at > now - KEPT_FOR)
    if kind:
        query = query.where(miss_table.c.kind == kind)
    return [_miss(row) for row in connection.execute(query.order_by(miss_table.c.id.desc()).limit(CLUSTERED))]


def search(
    connection: Connection, *, state: State = "open", kind: Kind | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[Miss], int]:
    """Misses one by one, newest first, and how many there are."""
    query = select(miss_table).where(miss_table.c.state == state)
    if kind:
        query = query.where(miss_table.c.kind == kind)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(miss_table.c.id.desc()).offset(offset).limit(limit))
    return [_miss(row) for row in rows], total


def take(connection: Connection, ids: Iterable[int], case_id: str) -> int:
    """Note that a case is made from these misses; returns how many were still open."""
    return _settle(connection, ids, state="taken", taken_by=case_id)


def dismiss(connection: Connection, ids: Iterable[int]) -> int:
    """Note that these need nothing; returns how many were still open."""
    return _settle(connection, ids, state="dismissed", taken_by="")


def clusters(misses: Sequence[Miss], vectors: np.ndarray, centre: np.ndarray, now: datetime) -> list[Cluster]:
    """Misses by meaning, the largest first. `vectors` has a row for each, `centre` is the mean of the library's questions."""
    if not misses:
        return []
    moved = vectors - centre
    moved /= np.linalg.norm(moved, axis=1, keepdims=True) + 1e-9
    labels = np.zeros(len(misses), np.int64)
    if len(misses) > 1:
        together = AgglomerativeClustering(
            n_clusters=None, metric="cosine", linkage="average", distance_threshold=TOGETHER
        )
        labels = together.fit_predict(moved)
    found = []
    for label in range(labels.max() + 1):
        places = np.flatnonzero(labels == label)
        middle = moved[places].mean(axis=0)
        nearest = places[np.argsort(-(moved[places] @ middle), kind="stable")]
        members = [misses[place] for place in places]
        week = [miss for miss in members if miss.at > now - TREND]
        week_before = [miss for miss in members if now - 2 * TREND < miss.at <= now - TREND]
        matters = Counter(miss.matter for miss in members if miss.matter)
        found.append(
            Cluster(
                misses=tuple(sorted(members, key=lambda miss: -miss.id)),
                sample=tuple(dict.fromkeys(misses[place].text for place in nearest))[:SAMPLE],
                matter=matters.most_common(1)[0][0] if matters else "",
                this_week=len(week),
                trend=len(week) - len(week_before),
            )
        )
    return sorted(found, key=lambda cluster: (-cluster.size, -cluster.trend, -cluster.misses[0].id))


def skeleton(cluster: Cluster, near: Sequence[Case], matters: frozenset[str]) -> Case:
    """A case to start from: the citizens' questions; statutes and bodies of the nearest cases of the same matter.

    Facts and answer are empty: only a person can write them.
    """
    own = [case for case in near if case.matter == cluster.matter]
    matter = cluster.matter if cluster.matter in matters else (near[0].matter if near else "")
    like = own or [case for case in near if case.matter == matter]
    questions = tuple(dict.fromkeys(text.replace("\n", " ") for text in (*cluster.sample, *_texts(cluster))))[:12]
    return Case(
        id="new.case",
        matter=matter,
        title=questions[0][:LONGEST_TITLE],
        questions=questions,
        facts="",
        answer="",
        settles="",
        steps=(),
        bring=(),
        time_limits=(),
        statutes=tuple(dict.fromkeys(ref for case in like[:2] for ref in case.statutes))[:6],
        other_sources=(),
        handled_by=tuple(dict.fromkeys(code for case in like[:1] for code in case.handled_by)),
        status="draft",
        note="",
    )


def _texts(cluster: Cluster) -> list[str]:
    return [miss.text for miss in cluster.misses]


def forget(connection: Connection, conversations: Sequence[str]) -> None:
    """Delete what was noted of these conversations: somebody wants it erased."""
    connection.execute(delete(miss_table).where(miss_table.c.source.in_([_hash(one) for one in conversations])))


def _hash(conversation: str) -> str:
    return hashlib.sha256(conversation.encode()).hexdigest()


def _settle(connection: Connection, ids: Iterable[int], **values: str) -> int:
    where = (miss_table.c.id.in_(list(ids)), miss_table.c.state == "open")
    return connection.execute(update(miss_table).where(*where).values(**values)).rowcount


def _miss(row: Row) -> Miss:
    return Miss(**{name: getattr(row, name) for name in Miss.__dataclass_fields__})
