"""Which place is named: the area's, for this matter and person, open now or next."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from routing.decide import decide
from routing.decision import Decision
from routing.directory import CITY, Body, BodyType, Directory, Fact
from routing.hours import SHANGHAI, read_hours
from routing.inquiry import Place
from routing.rules import Rules

MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=SHANGHAI)
COURT = BodyType("court", "法院", "判", "说", "counterpart", "对方住的区")


def a_body(id_: str = "first", hours: str | None = None, **fields: Any) -> Body:
    given = {"type": "court", "name": f"名 {id_}", "area": "洪山区", "source": "示例", "checked_on": date(2026, 11, 24)}
    schedule = read_hours(hours) if hours else None
    return Body(id=id_, hours=hours, schedule=schedule, **{**given, **fields})


@pytest.fixture
def placed(rules: Rules, a_inquiry) -> Callable[..., Decision]:
    """The decision about a contract with a counterpart in 洪山区, among these bodies."""

    def build(
        *bodies: Body, now: datetime = MORNING, places: tuple[Place, ...] | None = None, **fields: Any
    ) -> Decision:
        directory = Directory(bodies, {"court": COURT}, streets={("洪山区", "关山街道"): "420111002"})
        told = (Place(("洪山区",), "counterpart"),) if places is None else places
        return decide(a_inquiry(matter="contract_general", places=told, **fields), (), directory, rules, now)

    return build


def test_a_place_with_unknown_hours_is_named_and_stays_unknown(placed) -> None:
    decision = placed(a_body("first"), a_body("second", "每天 00:00-24:00"))
    assert (decision.body.id, decision.opening, decision.passed) == ("first", None, ())


def test_a_closed_place_gives_way_to_an_open_one_and_says_so(placed) -> None:
    decision = placed(a_body("first", "工作日 09:00-17:00"), a_body("second", "每天 09:00-23:00"), now=NIGHT)
    assert decision.body.id == "second"
    assert [(p.body_id, p.why) for p in decision.passed] == [("first", "closed")]
    assert decision.reasons[-1].code == "place.closed"
    assert "11 月 25 日（周三）9:00才开" in decision.reasons[-1].text


def test_with_nothing_open_the_first_is_named_with_its_next_opening(placed) -> None:
    decision = placed(a_body("first", "工作日 09:00-17:00"), a_body("second"), now=NIGHT)
    assert decision.body.id == "first"
    assert decision.opening is not None
    assert decision.opening.next == datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)


def test_a_full_place_gives_way_to_one_that_has_room(placed) -> None:
    decision = placed(a_body("first", capacity=0), a_body("second"))
    assert decision.body.id == "second"
    assert decision.reasons[-1].code == "place.full"


def test_a_place_that_takes_other_matters_is_not_named(placed) -> None:
    decision = placed(a_body("first", matters=("medical_dispute",)), a_body("second"))
    assert (decision.body.id, decision.passed) == ("second", ())


def test_a_place_for_some_people_is_named_only_to_them(placed) -> None:
    bodies = (a_body("veterans", groups=("veteran",)), a_body("all"))
    assert placed(*bodies).body.id == "all"
    assert placed(*bodies, groups=("veteran",)).body.id == "veterans"


def test_a_place_that_does_not_exist_yet_or_any_more_is_not_named(placed) -> None:
    gone = a_body("gone", valid_to=date(2026, 11, 23))
    coming = a_body("coming", valid_from=date(2026, 11, 25))
    closed = a_body("closed", state="inactive")
    assert placed(gone, coming, closed, a_body("open")).body.id == "open"
    assert placed(gone, coming, closed).body.phone == "12348"


def test_an_open_place_of_the_whole_city_does_not_replace_the_districts(placed) -> None:
    city = a_body("city", "每天 00:00-24:00", area=CITY)
    assert placed(a_body("district", "工作日 09:00-17:00"), city, now=NIGHT).body.id == "district"


def test_the_street_that_was_told_is_named_before_the_district(placed) -> None:
    street = a_body("street", street="420111002")
    told = (Place(("洪山区",), "counterpart", street="关山街道"),)
    assert placed(a_body("district"), street, places=told).body.id == "street"
    assert placed(a_body("district"), street).body.id == "district"


def test_who_names_the_community_is_told_where_its_room_would_be_and_that_it_is_not_known(
    rules: Rules, directory: Directory, a_inquiry
) -> None:
    def decided(said: str, **fields: Any) -> Decision:
        home = Place(("江岸区",), "home", "大智街道", said)
        return decide(a_inquiry(need="apply", places=(home,), **fields), (), directory, rules, MORNING)

    told = decided("江岸区保成社区", matter="elder_support")
    assert (told.body_type, told.body.street) == ("peoples_mediation", "420102002")
    assert [remark for remark in told.remarks if "保成社区的居委会" in remark and "没有" in remark]
    assert not any("居委会" in remark for remark in decided("江岸区", matter="elder_support").remarks)
    assert not any("居委会" in remark for remark in decided("保成社区", matter="domestic_violence").remarks)


def test_a_street_in_two_districts_names_neither(placed) -> None:
    told = (Place(("黄陂区", "新洲区"), "counterpart", street="李集街道"),)
    decision = placed(a_body("district", area="黄陂区"), a_body("city", area=CITY), places=told)
    assert decision.body.id == "city"


def test_every_street_has_its_station_with_nothing_made_up(directory: Directory) -> None:
    found = directory.candidates("judicial_office", "洪山区", "关山街道")[0]
    assert found.name.startswith("关山街道司法所")
    assert (found.address, found.phone, found.hours, found.state) == (None, None, None, "unconfirmed")
    assert directory.candidates("judicial_office", "洪山区")[0].area == CITY
    assert len([body for body in directory.bodies if body.type == "judicial_office" and body.street]) == 193


def test_nothing_of_the_packaged_directory_claims_hours_phone_or_address_it_does_not_know(directory: Directory) -> None:
    short_numbers = {hotline.number for hotline in directory.numbers}
    for body in directory.bodies:
        assert body.address is None, body.id
        assert body.hours is None, body.id
        assert body.phone is None or set(body.phone.split(" / ")) <= short_numbers, body.id


def test_an_entry_not_checked_for_long_says_so_on_the_slip(placed) -> None:
    assert placed(a_body(checked_on=date(2026, 5, 28))).remarks == ()  # 180 days
    old = placed(a_body(checked_on=date(2026, 5, 27))).remarks
    assert old == ("这里的信息是 2026 年 5 月核对的，隔得有点久，去之前先打 12348 问一下。",)


def test_one_old_fact_makes_an_entry_old_and_unknown_facts_do_not() -> None:
    fresh = date(2026, 11, 24)
    phone = Fact("phone", "电话簿", date(2026, 1, 1), "confirmed")
    assert a_body(phone="027-12345678", facts=(phone,)).stale(fresh)
    assert not a_body(facts=(phone,)).stale(fresh)


def test_a_closed_place_says_when_it_opens(placed) -> None:
    remarks = placed(a_body("first", "工作日 09:00-17:00"), now=NIGHT).remarks
    assert remarks == ("现在没开门，11 月 25 日（周三）9:00开。",)


def test_a_place_beyond_the_city_says_what_to_dial_there(decided) -> None:
    assert "在当地拨 12348" in decided(matter="wage_arrears", need="apply", outside="深圳").remarks[0]
