import base64
import json

import httpx2
import numpy as np
import pytest

from bot.errors import IntentModelAwayError
from bot.rasa_client import FAILURES_TO_OPEN, RasaClient


def client(answer) -> RasaClient:
    return RasaClient("http://intent.test", transport=httpx2.MockTransport(answer))


def test_the_whole_ranking_is_read() -> None:
    ranking = [{"name": "wage_arrears", "confidence": 0.75}, {"name": "work_injury", "confidence": 0.25}]
    rasa = client(lambda _request: httpx2.Response(200, json={"intent_ranking": ranking}))
    assert rasa.intents("工资不发") == {"wage_arrears": 0.75, "work_injury": 0.25}


def sent(text: str, vector: np.ndarray | None, **options: bool) -> str:
    texts = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        texts.append(json.loads(request.content)["text"])
        return httpx2.Response(200, json={"intent_ranking": []})

    RasaClient("http://intent.test", transport=httpx2.MockTransport(answer), **options).intents(text, vector)
    return texts[0]


def test_the_vector_goes_behind_the_text_so_that_it_is_not_made_twice() -> None:
    text, _, vector = sent("工资不发", np.arange(4, dtype=np.float32)).partition("\x1f")
    assert text == "工资不发"
    assert np.frombuffer(base64.b64decode(vector), "<f2").tolist() == [0, 1, 2, 3]


def test_a_vector_of_another_model_is_kept_back() -> None:
    assert sent("工资不发", np.zeros(4, np.float32), hands_over_vectors=False) == "工资不发"


def test_nobody_can_write_a_vector_into_a_text() -> None:
    assert sent("工资\x1fAAAA", None) == "工资 AAAA"


@pytest.mark.parametrize(
    "response", [httpx2.Response(500), httpx2.Response(200, text="<html>"), httpx2.Response(200, json={"intent": {}})]
)
def test_an_error_or_nonsense_counts_as_away(response: httpx2.Response) -> None:
    with pytest.raises(IntentModelAwayError):
        client(lambda _request: response).intents("工资")


def test_a_slow_server_counts_as_away() -> None:
    def slow(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("slow")

    with pytest.raises(IntentModelAwayError):
        client(slow).intents("工资")


def test_after_repeated_failures_the_server_is_left_alone() -> None:
    asked = []

    def failing(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(503)

    rasa = client(failing)
    for _ in range(FAILURES_TO_OPEN + 5):
        with pytest.raises(IntentModelAwayError):
            rasa.intents("工资")
    assert len(asked) == FAILURES_TO_OPEN
