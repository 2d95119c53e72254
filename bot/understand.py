"""From a text to what it is about: `understand` turns words into an `Inquiry`."""

from __future__ import annotations

import copy
import logging
import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.danger_sense import DangerSense
from bot.entities import Entities
from bot.errors import IntentModelAwayError
from bot.matter_words import MatterWords
from bot.needs import Needs
from bot.office_words import OfficeWords
from bot.rasa_client import IntentModel
from bot.utterances import NearestUtterances
from case_library.tuning import Tuning
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Facts, Inquiry, MatterGuess

log = logging.getLogger("yibotong.bot")

# Dialogue acts that tell of no trouble at all; the others may belong to one that was told before.
WITHOUT_TROUBLE = (OUT_OF_SCOPE, "abuse", "greeting", "thanks")
RANKED = 10  # guesses kept of the ranking
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True, slots=True)
class Combination:
    """How the signals make one probability: softmax(model * ln p_model + nearest * ln p_nearest).

    The two weights (and `alone`, for the nearest utterances while the model is away) are the ones with the least log
    loss on labelled real questions; the README says which. So the confidence is calibrated. Words of offices' everyday
    affairs are weighed last (`bot.office_words`).
    """

    model: float = 1.07
    nearest: float = 0.58
    alone: float = 2.7


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as read: what it is about, or which dialogue act it is (then `act` is given).

    `uneasy` when it may tell of danger, though not surely enough to say nothing else.
    """

    inquiry: Inquiry
    act: str | None
    uneasy: bool = False


class Understanding:
    """The parts that understand; built once, used by every thread."""

    def __init__(
        self,
        *,
        model: IntentModel,
        utterances: NearestUtterances,
        entities: Entities,
        sense: DangerSense,
        needs: Needs,
        matters: frozenset[str],
        combination: Combination | None = None,
        words: MatterWords | None = None,
    ) -> None:
        self._model = model
        self._utterances = utterances
        self._entities = entities
        self._sense = sense
        self._needs = needs
        self._matters = matters
        self._combination = combination or Combination()
        self._tuning = Tuning()
        self._words = words or MatterWords()
        self._offices = OfficeWords()

    def understand(self, text: str, vector: np.ndarray, today: date) -> Reading:
        """Read one normalised, masked text. Danger comes first and does not depend on the intent model."""
        alarm = self._sense.read(text, vector)
        probabilities = self.intents(text, vector)
        acts = {intent: p for intent, p in probabilities.items() if intent not in self._matters}
        matters = {intent: p for intent, p in probabilities.items() if intent in self._matters}
        act, act_confidence = max(acts.items(), key=lambda item: item[1], default=(None, 0.0))
        total = sum(matters.values())
        ranking = _ranked(matters)
        is_act = act is not None and act_confidence > total
        of_act = OUT_OF_SCOPE if act in WITHOUT_TROUBLE else UNCLEAR
        matter = of_act if is_act else self.matter_of(ranking)
        also = self.also(ranking, matter)
        if not is_act and matter != UNCLEAR:
            also = tuple(dict.fromkeys((*also, *(code for code in self.named(text) if code != matter))))
        facts = self._entities.read(text, today)
        need = "human" if is_act and act == "human" else self._needs.read(text, matter)
        inquiry = Inquiry(
            text=text,
            matter=matter,
            need=need,
            facts=facts,
            ranking=ranking,
            also=also,
            danger=alarm.rule,
        )
        return Reading(inquiry, act if is_act and act != OUT_OF_SCOPE else None, uneasy=alarm.uneasy)

    def ranking(self, text: str, vector: np.ndarray) -> tuple[MatterGuess, ...]:
        """The matters of a text, best first, given that it is about one."""
        return _ranked({code: p for code, p in self.intents(text, vector).items() if code in self._matters})

    def also(self, ranking: tuple[MatterGuess, ...], matter: str) -> tuple[str, ...]:
        """What counts as told beside `matter`, by how likely it is."""
        likely = (guess for guess in ranking if guess.confidence >= self._tuning.also_above)
        return tuple(guess.matter for guess in likely if guess.matter != matter)

    def matter_of(self, ranking: tuple[MatterGuess, ...]) -> str:
        """The best matter, or `unclear` where even that is too unsure."""
        return ranking[0].matter if ranking[0].confidence >= self._tuning.unclear_below else UNCLEAR

    def named(self, text: str) -> tuple[str, ...]:
        """Matters that the text names by their own words."""
        return tuple(code for code in self._words.read(text) if code in self._matters)

    def facts(self, text: str, today: date) -> Facts:
        """What one text tells of facts."""
        return self._entities.read(text, today)

    def with_utterances(self, utterances: NearestUtterances) -> Understanding:
        """The same parts with other nearest utterances: the library's questions have changed."""
        other = copy.copy(self)
        other._utterances = utterances  # noqa: SLF001
        return other

    def with_entities(self, entities: Entities) -> Understanding:
        """The same parts reading other facts: the rules' cues have changed."""
        other = copy.copy(self)
        other._entities = entities  # noqa: SLF001
        return other

    def with_tuning(self, tuning: Tuning) -> Understanding:
        """The same parts with other thresholds."""
        other = copy.copy(self)
        other._tuning = tuning  # noqa: SLF001
        return other

    def nearest(self, vector: np.ndarray) -> dict[str, float]:
        """Probabilities by the nearest utterances alone."""
        return self._utterances.probabilities(vector)

    def closeness(self, vector: np.ndarray) -> float:
        """Cosine to the nearest training utterance."""
        return self._utterances.neighbours(vector, 1)[0][2]

    def intents(self, text: str, vector: np.ndarray) -> dict[str, float]:
        """Calibrated probability of every intent; by the nearest utterances alone while the model is away."""
        nearest = self._utterances.probabilities(vector)
        try:
            model = self._model.intents(text, vector)
        except IntentModelAwayError as away:
            log.warning("intent_model_away", extra={"cause": str(away)})
            model = None
        return self._offices.weigh(text, combine(nearest, model, self._combination))


def combine(nearest: dict[str, float], model: dict[str, float] | None, weights: Combination) -> dict[str, float]:
    """One distribution out of two; see `Combination`."""
    names = sorted({*nearest, *(model or {})})
    if model is None:
        logits = [weights.alone * _log(nearest.get(name, 0.0)) for name in names]
    else:
        logits = [
            weights.model * _log(model.get(name, 0.0)) + weights.nearest * _log(nearest.get(name, 0.0))
            for name in names
        ]
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    total = sum(powers)
    return {name: power / total for name, power in zip(names, powers, strict=True)}


def _ranked(matters: dict[str, float]) -> tuple[MatterGuess, ...]:
    """The best of them; a matter's confidence is that of the matter given that it is one at all."""
    total = sum(matters.values()) or 1.0
    best = sorted(matters.items(), key=lambda item: -item[1])[:RANKED]
    return tuple(MatterGuess(code, p / total) for code, p in best)


def _log(probability: float) -> float:
    return math.log(max(probability, LEAST_PROBABILITY))
