"""The intent model over HTTP: Rasa's `POST /model/parse` on loopback."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Protocol

import httpx2
import numpy as np
from circuitbreaker import CircuitBreaker, CircuitBreakerError

from bot.errors import IntentModelAwayError

TIMEOUT_S = 0.4  # a parse takes 10 to 50 ms; beyond this the nearest utterances answer instead
FAILURES_TO_OPEN = 3
# Behind it follows the sentence vector, which the application has made already (see `components/dense.py`).
VECTOR_MARK = "\x1f"
REST_S = 10  # how long a failing server is left alone


class IntentModel(Protocol):
    """Probabilities of intents (matters and dialogue acts) for a text and its sentence vector, where there is one already;
    raises `IntentModelAwayError`."""

    def intents(self, text: str, vector: np.ndarray | None = None) -> dict[str, float]: ...


class RasaClient:
    """`IntentModel` over a Rasa server. Thread-safe; a failing server is left alone for a while (circuit breaker)."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = TIMEOUT_S,
        hands_over_vectors: bool = True,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """`hands_over_vectors` only where they are of the model that the intent model was trained with."""
        self._hands_over_vectors = hands_over_vectors
        self._client = httpx2.Client(base_url=url, timeout=timeout_s, transport=transport)
        breaker = CircuitBreaker(FAILURES_TO_OPEN, REST_S, IntentModelAwayError, name=f"rasa {url}")
        self._guarded: Callable[[str], dict[str, float]] = breaker(self._parse)

    def intents(self, text: str, vector: np.ndarray | None = None) -> dict[str, float]:
        """Every intent with its probability (they sum to about 1)."""
        told = text.replace(VECTOR_MARK, " ")
        if vector is not None and self._hands_over_vectors:
            told += VECTOR_MARK + base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")
        try:
            return self._guarded(told)
        except CircuitBreakerError as error:
            raise IntentModelAwayError(str(error)) from error

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _parse(self, text: str) -> dict[str, float]:
        try:
            answer = self._client.post("/model/parse", json={"text": text})
            answer.raise_for_status()
            return {row["name"]: float(row["confidence"]) for row in answer.json()["intent_ranking"]}
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise IntentModelAwayError(f"Rasa: {error!r}") from error


class NoIntentModel:
    """Stands in where there is no server: always away, so the nearest utterances answer."""

    def intents(self, _text: str, _vector: np.ndarray | None = None) -> dict[str, float]:
        """Never answers."""
        raise IntentModelAwayError("no intent model configured")
