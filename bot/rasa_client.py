"""The intent model over HTTP: Rasa's `POST /model/parse` on loopback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import httpx2
from circuitbreaker import CircuitBreaker, CircuitBreakerError

from bot.errors import IntentModelAwayError

TIMEOUT_S = 0.4  # a parse takes 20 to 50 ms; beyond this the nearest utterances answer instead
FAILURES_TO_OPEN = 3
REST_S = 10  # how long a failing server is left alone


class IntentModel(Protocol):
    """Probabilities of intents (matters and dialogue acts) for a text; raises `IntentModelAwayError`."""

    def intents(self, text: str) -> dict[str, float]: ...


class RasaClient:
    """`IntentModel` over a Rasa server. Thread-safe; a failing server is left alone for a while (circuit breaker)."""

    def __init__(
        self, url: str, *, timeout_s: float = TIMEOUT_S, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._client = httpx2.Client(base_url=url, timeout=timeout_s, transport=transport)
        breaker = CircuitBreaker(FAILURES_TO_OPEN, REST_S, IntentModelAwayError, name=f"rasa {url}")
        self._guarded: Callable[[str], dict[str, float]] = breaker(self._parse)

    def intents(self, text: str) -> dict[str, float]:
        """Every intent with its probability (they sum to about 1)."""
        try:
            return self._guarded(text)
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

    def intents(self, _text: str) -> dict[str, float]:
        """Never answers."""
        raise IntentModelAwayError("no intent model configured")
