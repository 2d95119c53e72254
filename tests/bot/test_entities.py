import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entities import Entities
from routing.inquiry import EventDate, Facts, Place
from routing.load import load_areas

TODAY = date(2026, 11, 24)
ENTITIES = Entities(load_areas())
STORY = (
    "我爸六十七岁，在蔡甸的工地上砌墙，9月12号从架子上摔下来把腿摔断了，包工头只给了两千块，"
    "还差医药费三万六，我们已经报警了，厂里说不管"
)


def test_a_whole_story_becomes_facts() -> None:
    facts = ENTITIES.read(STORY, TODAY)
    assert facts.places == (Place(("蔡甸区",), "work", said="蔡甸"),)
    assert facts.outside is None
    assert facts.age == 67
    assert set(facts.groups) == {"elder", "migrant_worker"}
    assert facts.counterpart == "employer"
    assert facts.amount_yuan == 36_000
    assert facts.dates == (EventDate(date(2026, 9, 12), "injured", "day", said="9月12号"),)
    assert facts.stage == "reported"
    assert facts.on_behalf_of == "爸"


def test_what_is_not_told_stays_empty() -> None:
    assert ENTITIES.read("你好", TODAY) == Facts()
    assert ENTITIES.read("", TODAY) == Facts()


def test_yes_no_facts_come_from_the_cues() -> None:
    names = {name for name, _ in ENTITIES.read(STORY, TODAY).flags}
    assert names <= set(ENTITIES._cues.cues)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet=STORY + "年月日号岁万千百元0123456789.,上下前后", max_size=200))
def test_any_text_is_read_without_an_error_and_values_stay_in_range(text: str) -> None:
    facts = ENTITIES.read(text, TODAY)
    assert facts.age is None or 0 <= facts.age <= 120
    assert facts.amount_yuan is None or 10 <= facts.amount_yuan <= 1e12
    assert all(place.options for place in facts.places)


def test_reading_again_gives_the_same_from_any_thread() -> None:
    once = ENTITIES.read(STORY, TODAY)
    with ThreadPoolExecutor(4) as pool:
        assert all(facts == once for facts in pool.map(lambda _: ENTITIES.read(STORY, TODAY), range(40)))


def test_a_message_is_read_in_a_few_milliseconds() -> None:
    def taken_ms() -> float:
        start = time.perf_counter()
        ENTITIES.read(STORY, TODAY)
        return (time.perf_counter() - start) * 1000

    assert median(taken_ms() for _ in range(30)) < 5  # about 1 ms alone; shared machines are slower
