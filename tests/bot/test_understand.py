from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wiring import Service
from bot.consult import consult
from bot.dialogue import Dialogue
from bot.errors import IntentModelAwayError
from bot.message import Message
from bot.rasa_client import NoIntentModel, RasaClient
from bot.reply import AnswerCard, ReferralCard
from bot.understand import Combination, combine

INTENTS = ["wage_arrears", "work_injury", "thanks"]
PROBABILITIES = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(lambda p: dict(zip(INTENTS, p, strict=True)))


@given(PROBABILITIES, st.none() | PROBABILITIES)
def test_two_signals_make_one_distribution(nearest: dict[str, float], model: dict[str, float] | None) -> None:
    combined = combine(nearest, model, Combination())
    assert sum(combined.values()) == pytest.approx(1)
    assert all(0 <= p <= 1 for p in combined.values())


def test_signals_that_agree_are_surer_than_each() -> None:
    one = {"wage_arrears": 0.6, "work_injury": 0.4}
    assert combine(one, one, Combination(model=1, nearest=1))["wage_arrears"] > 0.6


def test_the_served_model_ranks_every_intent(intent_model: RasaClient, service: Service) -> None:
    intents = intent_model.intents("老板拖欠我三个月工资")
    assert set(intents) >= set(service.matters.by_code) | set(service.matters.dialogue_acts)
    assert max(intents, key=intents.__getitem__) == "wage_arrears"
    assert sum(intents.values()) == pytest.approx(1, abs=0.01)


def test_the_served_model_ranks_the_same_with_the_vector_handed_over(
    intent_model: RasaClient, service: Service
) -> None:
    text = "房东不退押金，租期到了"
    own = intent_model.intents(text)
    handed = intent_model.intents(text, service.parts.encoder.encode(text))
    assert handed == pytest.approx(own, abs=0.01)


def test_a_vector_of_the_wrong_length_is_refused_by_the_served_model(intent_model: RasaClient) -> None:
    with pytest.raises(IntentModelAwayError, match=r"400|500"):
        intent_model.intents("房东不退押金", np.zeros(3, np.float32))


def test_the_model_away_changes_the_source_but_not_the_answer(service: Service) -> None:
    with pytest.raises(IntentModelAwayError):
        NoIntentModel().intents("x")
    understanding = service.parts.understanding
    text = "房东不退押金，租期到了"
    vector = service.parts.encoder.encode(text)
    today = service.now().date()
    away = type(understanding).__new__(type(understanding))
    away.__dict__ = {**understanding.__dict__, "_model": NoIntentModel()}
    assert away.understand(text, vector, today).inquiry.matter == "house_rental"


def test_words_that_say_nothing_are_unclear_and_asked_about_or_go_to_a_person(service: Service) -> None:
    outcome = consult(Message("他不肯"), Dialogue(), service.parts, service.now())
    assert outcome.reply.outcome in ("unsure", "talk", "ask")
    assert not any(isinstance(card, ReferralCard | AnswerCard) for card in outcome.reply.cards)
