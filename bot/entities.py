"""Facts from the words of a message: places, people, money, dates, the other side and how far things have gone.

Rules and lists only, no model: the same answer every time, and curators can mend it in `nlu_data/lexicon/`. What is not
told stays empty; every part is read for itself and none guesses from another's silence.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot import counterpart_weights
from bot.amounts import read_amount
from bot.counterparts import CounterpartReader
from bot.dates import DateReader
from bot.people import PeopleReader
from bot.phrases import Pipeline
from bot.places import PlaceReader
from bot.stages import StageReader
from routing.areas import Areas
from routing.cues import Cues, read_cues
from routing.inquiry import Facts
from routing.load import load_cues

LEXICON = Path(__file__).parents[1] / "nlu_data" / "lexicon"


class Entities:
    """Reads facts; built once, used by every thread. `cues` are those of the package when left out."""

    def __init__(self, areas: Areas, cues: Cues | None = None, *, lexicon: Path = LEXICON) -> None:
        self._pipeline = Pipeline()
        self._places = PlaceReader(self._pipeline, areas, lexicon)
        self._people = PeopleReader(self._pipeline, lexicon)
        self._counterparts = CounterpartReader(lexicon, counterpart_weights.read())
        self._stages = StageReader(lexicon)
        self._dates = DateReader(lexicon)
        self._cues = load_cues() if cues is None else cues

    def read(self, text: str, today: date) -> Facts:
        """What one normalised text tells. Dates are counted from `today`."""
        doc = self._pipeline.read(text)
        places = self._places.read(text, doc)
        people = self._people.read(text, doc, today)
        concerned = people.asked_for.said if people.asked_for else None
        own_side = [(kin.start, kin.end) for kin in people.kin if kin.said == concerned]
        return Facts(
            places=places.places,
            outside=places.outside,
            age=people.age,
            groups=people.groups,
            counterpart=self._counterparts.read(text, own_side),
            amount_yuan=read_amount(text),
            dates=self._dates.read(text, today),
            stage=self._stages.read(text),
            on_behalf_of=concerned,
            flags=read_cues(text, self._cues),
        )
