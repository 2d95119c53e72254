"""Short conversations that say what each message is, how many are taken rightly, and the weights of `bot.going_on`.

`python -m tests.benchmarks.going_on [port]` prints both halves and fits the weights on the choosing half; it needs a served
intent model.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from api.config import PROJECT, Settings
from api.wiring import build_service, local_now
from bot import turns
from bot.consult import Parts
from bot.dialogue import Dialogue, from_json, to_json
from bot.going_on import TOOLS, Signals, signals
from bot.message import Message
from bot.rasa_client import RasaClient
from tests.benchmarks.table import Table

FOLDER = PROJECT / "tests" / "conversations"
CHOOSING, KEPT = FOLDER / "choosing.txt", FOLDER / "kept.txt"
ANY = "*"  # any matter is right
FURTHER_ON = 7  # the second story of a crossed conversation is that of the conversation so many later, or the next one

Mark = Literal[">", "+", "*", "~", ".", "!"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message: what it is (see the head of choosing.txt), matters that may be named, and those that must be."""

    mark: Mark
    text: str
    matters: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A message and how it was taken: `way` when the story went on, began, or stayed as it should, `matter` when it was named."""

    line: Line
    dialogue: Dialogue
    way: bool
    matter: bool

    @property
    def right(self) -> bool:
        """Both."""
        return self.way and self.matter


def read(path: Path) -> list[tuple[Line, ...]]:
    """The conversations of a file."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    lines = ([_line(row) for row in block.splitlines() if row and not row.startswith("#")] for block in blocks)
    return [tuple(block) for block in lines if block]


def crossed(conversations: Sequence[tuple[Line, ...]], groups: Mapping[str, str]) -> list[tuple[Line, ...]]:
    """Two stories of different groups one after the other without a word between: the second is another trouble.

    What is asked for in any trouble (a lawyer, an appraisal) could as well belong to the first and is left out.
    """
    result = []
    for number, one in enumerate(conversations):
        of_one = {groups.get(code) for line in one for code in line.matters}
        for step in range(FURTHER_ON, len(conversations)):
            other = conversations[(number + step) % len(conversations)][0]
            strange = ANY in (*one[0].matters, *other.matters) or not TOOLS.isdisjoint(other.matters)
            if not strange and of_one.isdisjoint(groups.get(code) for code in other.matters):
                told = [line for line in one if line.mark in ">+"][: 1 + number % 3]
                result.append((*told, Line("*", other.text, other.matters, other.named)))
                break
    return result


def replay(conversation: Sequence[Line], parts: Parts, today: date) -> Iterator[Taken]:
    """How each message is taken after those before it, as the product does."""
    dialogue, expected = Dialogue(), (ANY,)
    for line in conversation:
        before = dialogue
        turn = turns.read(Message(line.text), dialogue, parts, today)
        dialogue = from_json(to_json(turn.dialogue))
        if line.matters:
            expected = line.matters
        yield Taken(line, dialogue, _way(line, before, dialogue), _matter(line, dialogue, expected))


def _line(row: str) -> Line:
    text, _, codes = row[1:].partition("|")
    names = codes.split()
    named = tuple(name[1:] for name in names if name.startswith("&"))
    return Line(row[0], text.strip(), tuple(name for name in names if not name.startswith("&")), named)


def _way(line: Line, before: Dialogue, after: Dialogue) -> bool:
    first = before.story[:1]
    match line.mark:
        case "+":
            return len(after.story) > len(before.story) and after.story[:1] == (first or (line.text,))
        case "!":
            return after.danger is not None and len(after.story) > len(before.story) and after.story[:1] == first
        case "*":
            return bool(first) and first[0] not in after.story
        case "~":
            return len(after.story) > 0 and after.story != (line.text,)
        case ".":
            return after == before
    return after.story == (line.text,)


def _matter(line: Line, after: Dialogue, expected: tuple[str, ...]) -> bool:
    if line.mark in ".!" or ANY in expected or (line.mark == "*" and not line.matters):
        return True
    return after.matter in expected and set(line.named) <= {after.matter, *after.also}


def examples(conversations: Sequence[tuple[Line, ...]], parts: Parts) -> tuple[np.ndarray, np.ndarray]:
    """What `bot.going_on` sees of every message after the first, and whether it goes on. Each story is read as if all
    before it had been taken rightly."""
    groups = {code: matter.group for code, matter in parts.matters.by_code.items()}
    rows, targets = [], []
    for one in conversations:
        told: list[str] = []
        for line in one:
            if told and line.mark in "+*" and (line.matters or line.mark == "+"):
                about = parts.understanding.ranking(told[0], parts.encoder.encode(told[0]))
                vector = parts.encoder.encode(line.text)
                alone, closeness = parts.understanding.ranking(line.text, vector), parts.understanding.closeness(vector)
                rows.append(astuple(signals(line.text, alone, told, about[0].matter, about, groups, closeness)))
                targets.append(line.mark == "+")
            told = [line.text] if line.mark in ">*" else [*told, line.text]
    return np.array(rows, float), np.array(targets)


def table(parts: Parts, today: date) -> Table:
    """Both halves as taken."""
    result = Table("messages after the first, taken rightly", ("conversations", "messages", "way", "matter", "both"))
    groups = {code: matter.group for code, matter in parts.matters.by_code.items()}
    for path in (CHOOSING, KEPT):
        for name, told in ((path.stem, read(path)), (f"{path.stem}, crossed", crossed(read(path), groups))):
            taken = [t for one in told for t in replay(one, parts, today) if t.line.mark != ">"]
            shares = (
                np.mean([t.way for t in taken]),
                np.mean([t.matter for t in taken]),
                np.mean([t.right for t in taken]),
            )
            result.add(name, str(len(taken)), *(f"{share:.3f}" for share in shares))
    return result


def fit(parts: Parts) -> Table:
    """The weights that the choosing half gives, and how they do in ten-fold cross-validation."""
    groups = {code: matter.group for code, matter in parts.matters.by_code.items()}
    told = read(CHOOSING)
    seen, goes_on = examples([*told, *crossed(told, groups)], parts)
    model = LogisticRegression(max_iter=5000)
    folded = cross_val_predict(model, seen, goes_on, cv=10)
    model.fit(seen, goes_on)
    result = Table(
        f"weights of bot.going_on ({np.mean(folded == goes_on):.3f} right in ten folds)", ("signal", "weight")
    )
    result.add("constant", f"{model.intercept_[0]:.2f}")
    for field, weight in zip(fields(Signals), model.coef_[0], strict=True):
        result.add(field.name, f"{weight:.2f}")
    return result


def main(port: int) -> None:
    """Print both tables."""
    service = build_service(Settings(run_jobs=False), RasaClient(f"http://127.0.0.1:{port}", timeout_s=20))
    sys.stdout.write(f"{table(service.parts, local_now().date())}\n\n{fit(service.parts)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else Settings().rasa_port)
