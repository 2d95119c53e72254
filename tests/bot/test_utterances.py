"""Classification by the nearest utterances, over sentences whose vectors are angles."""

import numpy as np
import pytest

from bot.utterances import SAME_WORDS, NearestUtterances


class Angles:
    """Sentences are degrees: "40" is the unit vector at that angle."""

    dimensions = 2

    def encode(self, text: str) -> np.ndarray:
        angle = np.radians(float(text))
        return np.array([np.cos(angle), np.sin(angle)], np.float32)

    def encode_all(self, texts: list[str]) -> np.ndarray:
        return np.stack([self.encode(text) for text in texts])


NEAR = NearestUtterances([("wages", "0"), ("rent", "26"), ("rent", "27"), ("rent", "28")], Angles())


def test_several_near_ones_outweigh_one_nearer() -> None:
    told = NEAR.probabilities(Angles().encode("12.5"))
    assert 0.5 < told["rent"] < 1
    assert sum(told.values()) == pytest.approx(1)


def test_what_was_said_before_in_the_same_words_is_decided_by_that_alone() -> None:
    degrees = np.degrees(np.arccos(SAME_WORDS))
    assert NEAR.probabilities(Angles().encode(str(-degrees + 0.1))) == {"rent": 0, "wages": 1}
    assert NEAR.probabilities(Angles().encode(str(-degrees - 0.1)))["rent"] > 0


def test_the_same_words_in_two_matters_share() -> None:
    shared = NearestUtterances([("wages", "0"), ("rent", "0"), ("leave", "90")], Angles())
    assert shared.probabilities(Angles().encode("0")) == {"leave": 0, "rent": 0.5, "wages": 0.5}
