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
from bot.needs import Needs
from bot.rasa_client import IntentModel
from bot.utterances import NearestUtterances
from routing.inquiry import OUT_OF_SCOPE, UNCLEAR, Inquiry, MatterGuess

log = logging.getLogger("yibotong.bot")

# Dialogue acts that tell of no trouble at all; the others may belong to one that was told before.
WITHOUT_TROUBLE = (OUT_OF_SCOPE, "abuse", "greeting", "thanks")
RANKED = 10  # guesses kept of the ranking
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True, slots=True)
class Combination:
    """How the signals make one probability: softmax(model * ln p_model + nearest * ln p_nearest).

    The two weights (and `alone`, for the nearest utterances while the model is away) are the ones with the least log
    loss on labelled real questions; the README says which. So the confidence is calibrated, and a best matter with less
    than `unclear_below` is named `unclear`: of such guesses fewer than half were right. A further matter with
    `also_above` or more counts as told too.
    """

    model: float = 1.07
    nearest: float = 0.58
    alone: float = 2.7
    unclear_below: float = 0.2
    also_above: float = 0.2


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
    ) -> None:
        self._model = model
        self._utterances = utterances
        self._entities = entities
        self._sense = sense
        self._needs = needs
        self._matters = matters
        self._combination = combination or Combination()

    def understand(self, text: str, vector: np.ndarray, today: date) -> Reading:
        """Read one normalised, masked text. Danger comes first and does not depend on the intent model."""
        alarm = self._sense.read(text, vector)
        probabilities = self.intents(text, vector)
        acts = {intent: p for intent, p in probabilities.items() if intent not in self._matters}
        matters = {intent: p for intent, p in probabilities.items() if intent in self._matters}
        act, act_confidence = max(acts.items(), key=lambda item: item[1], default=(None, 0.0))
        # The matter's confidence is that of the matter given that it is one at all.
        total = sum(matters.values()) or 1.0
        ranking = tuple(
            MatterGuess(code, p / total) for code, p in sorted(matters.items(), key=lambda item: -item[1])[:RANKED]
        )
        best = ranking[0]
        is_act = act is not None and act_confidence > sum(matters.values())
        if is_act:
            matter = OUT_OF_SCOPE if act in WITHOUT_TROUBLE else UNCLEAR
        else:
            matter = best.matter if best.confidence >= self._combination.unclear_below else UNCLEAR
        also = tuple(g.matter for g in ranking if g.matter != matter and g.confidence >= self._combination.also_above)
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

    def nearest(self, vector: np.ndarray) -> dict[str, float]:
        """Probabilities by the nearest utterances alone."""
        return self._utterances.probabilities(vector)

    def intents(self, text: str, vector: np.ndarray) -> dict[str, float]:
        """Calibrated probability of every intent; by the nearest utterances alone while the model is away."""
        nearest = self._utterances.probabilities(vector)
        try:
            model = self._model.intents(text)
        except IntentModelAwayError as away:
            log.warning("intent_model_away", extra={"cause": str(away)})
            return combine(nearest, None, self._combination)
        return combine(nearest, model, self._combination)


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


def _log(probability: float) -> float:
    return math.log(max(probability, LEAST_PROBABILITY))
