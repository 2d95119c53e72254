"""Two linear maps that bring citizens' questions and articles of law nearer to each other.

Learnt by contrast on the project's own writing (`data/statute_questions.tsv` and the questions of the seed cases with
the articles they cite) on top of frozen vectors: minutes of training, 0.6 MB, nothing to add at search but two small
matrix products.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

log = logging.getLogger("yibotong.case_library")

ADAPTER_FILE = Path(__file__).parent / "data" / "statute_adapter.npz"
# Chosen on the tuning half of STARD among four strengths of the pull to the identity, with and without the second map.
STEPS = 150
BATCH = 192
CASE_SHARE = 0.3  # of a batch that are questions of cases; the rest are questions written for one article
LEARNING_RATE = 1e-3
DROPOUT = 0.1
PULL = 1.0  # to the identity: without it what the encoder knows of other laws is forgotten
SHARPNESS = 30.0  # of the softmax over all articles, at the start


@dataclass(frozen=True, slots=True)
class Adapter:
    """Maps for the two sides, (dimensions, dimensions) each."""

    question: np.ndarray
    article: np.ndarray

    def questions(self, vectors: np.ndarray) -> np.ndarray:
        """Unit vectors of questions in the learnt space."""
        return _unit(vectors @ self.question)

    def articles(self, vectors: np.ndarray) -> np.ndarray:
        """Unit vectors of articles in the learnt space."""
        return _unit(vectors @ self.article)


def identity(dimensions: int) -> Adapter:
    """Changes nothing: for an encoder the maps were not learnt for."""
    return Adapter(np.eye(dimensions, dtype=np.float32), np.eye(dimensions, dtype=np.float32))


def read_adapter(model_name: str, dimensions: int, path: Path = ADAPTER_FILE) -> Adapter:
    """The maps learnt for this encoder; the identity when there are none or the file is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["model"]) == model_name:
                return Adapter(kept["question"].astype(np.float32), kept["article"].astype(np.float32))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        log.warning("statute_adapter_damaged", extra={"file": path.name, "cause": str(error)})
    return identity(dimensions)


def write_adapter(adapter: Adapter, model_name: str, path: Path = ADAPTER_FILE) -> None:
    """Keep the maps as 16-bit numbers."""
    halves = {"question": adapter.question.astype(np.float16), "article": adapter.article.astype(np.float16)}
    np.savez_compressed(path, model=np.array(model_name), **halves)


def train(
    articles: np.ndarray, written: Sequence[tuple[np.ndarray, int]], cases: Sequence[tuple[np.ndarray, Sequence[int]]]
) -> Adapter:
    """Learn the maps; the same input gives the same maps.

    `written` are vectors of questions with the row of the article each was written for, `cases` vectors of a case's
    questions with the rows it cites.
    """
    import torch  # seconds to import, and only this command trains

    torch.manual_seed(0)
    rows = [(row,) for _, row in written] + [tuple(cited) for _, cited in cases]
    questions = torch.from_numpy(np.stack([vector for vector, _ in (*written, *cases)]))
    of_articles = torch.from_numpy(articles)
    eye = torch.eye(articles.shape[1])
    question, article = eye.clone().requires_grad_(), eye.clone().requires_grad_()
    sharpness = torch.tensor(np.log(SHARPNESS), dtype=torch.float32, requires_grad=True)
    optimizer = torch.optim.Adam([question, article, sharpness], lr=LEARNING_RATE)
    of_cases = int(BATCH * CASE_SHARE) if cases else 0
    for _ in range(STEPS):
        picked = torch.cat(
            [
                torch.randint(0, len(written), (BATCH - of_cases,)),
                torch.randint(len(written), len(rows), (of_cases,)) if of_cases else torch.empty(0, dtype=torch.int64),
            ]
        )
        asked = torch.nn.functional.dropout(questions[picked], DROPOUT)
        asked = torch.nn.functional.normalize(asked @ question, dim=1)
        places = torch.nn.functional.normalize(of_articles @ article, dim=1)
        chances = torch.log_softmax(torch.exp(sharpness) * asked @ places.T, dim=1)
        loss = -torch.stack([chances[i, list(rows[n])].mean() for i, n in enumerate(picked.tolist())]).mean()
        loss = loss + PULL * (((question - eye) ** 2).sum() + ((article - eye) ** 2).sum()) / len(eye)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Adapter(question.detach().numpy(), article.detach().numpy())


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
