from datetime import date

import pytest

from routing.areas import Areas
from routing.directory import CITY, ZONE_NOTE, Body, Directory


def a_body(body_id: str = "x", body_type: str = "court", area: str = "洪山区", **fields: object) -> Body:
    return Body(
        id=body_id, type=body_type, name="名", area=area, source="来源", checked_on=date(2026, 11, 24), **fields
    )


def test_the_body_of_the_district_comes_before_that_of_the_city(directory: Directory) -> None:
    assert directory.find("court", "洪山区").name == "武汉市洪山区人民法院"


def test_without_a_district_the_city_wide_entry_is_given(directory: Directory) -> None:
    assert directory.find("court").area == CITY


def test_a_zone_is_not_answered_with_the_district_around_it(directory: Directory) -> None:
    found = directory.find("labor_arbitration", "东湖高新区")
    assert found.area == CITY
    assert found.note == ZONE_NOTE


def test_a_zone_with_a_body_of_its_own_gets_that(directory: Directory) -> None:
    assert directory.find("court", "东湖高新区").name == "武汉东湖新技术开发区人民法院"


def test_an_inactive_body_is_never_given_but_can_be_looked_up() -> None:
    closed = a_body(state="inactive")
    directory = Directory((closed,))
    assert directory.find("court", "洪山区").phone == "12348"
    assert directory.by_id("x") == closed


@pytest.mark.parametrize(
    ("body_type", "phone"), [("court", "12348"), ("gov_hotline_12345", "12345"), ("nonsense", "12348")]
)
def test_an_empty_directory_still_gives_a_number(body_type: str, phone: str) -> None:
    empty = Directory()
    assert empty.find(body_type, "洪山区").phone == phone
    assert [hotline.number for hotline in empty.hotlines(body_type)] == ["12348"]


def test_every_kind_of_body_has_an_entry_for_the_whole_city(directory: Directory) -> None:
    for body_type in directory.types:
        assert directory.find(body_type).type == body_type, body_type


def test_every_phone_is_a_number_of_the_hotline_list(directory: Directory) -> None:
    known = {hotline.number for hotline in directory.numbers}
    for body in directory.bodies:
        for number in (body.phone or "").split(" / "):
            assert not number or number in known, body.id


def test_no_address_and_no_opening_hour_is_claimed_because_none_was_found(directory: Directory) -> None:
    assert [body.id for body in directory.bodies if body.address or body.hours] == []


def test_every_body_says_where_it_comes_from(directory: Directory) -> None:
    assert all(body.source for body in directory.bodies)
    assert all(
        body.note for body in directory.bodies if body.state == "unconfirmed" and not body.phone and body.area != CITY
    )


def test_numbers_that_are_not_certain_say_so(directory: Directory) -> None:
    assert all("请以官方为准" in hotline.note for hotline in directory.numbers if hotline.confidence == "medium")


def test_zones_and_districts_of_bodies_exist(directory: Directory, areas: Areas) -> None:
    known = {area.name for area in areas.areas} | {CITY}
    assert {body.area for body in directory.bodies} <= known


def test_an_unknown_id_gives_nothing(directory: Directory) -> None:
    assert directory.by_id("nobody") is None


def test_a_question_for_the_district_is_worth_it_only_where_bodies_differ(directory: Directory) -> None:
    assert directory.differs_by_area("labor_arbitration")
    assert not directory.differs_by_area("commercial_arbitration")
    assert not directory.differs_by_area("youth_league")
