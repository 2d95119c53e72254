import pytest

from routing.areas import Areas, street_names


def test_all_districts_and_streets_of_the_city_are_there(areas: Areas) -> None:
    assert sum(area.kind == "district" for area in areas.areas) == 13
    assert sum(area.kind == "zone" for area in areas.areas) == 5
    assert len(areas.streets) == 193


@pytest.mark.parametrize("name", ["李集街道", "李集", "武昌", "汉口", "汉阳", "光谷", "常青", "南湖"])
def test_a_name_that_means_several_places_keeps_them_all(areas: Areas, name: str) -> None:
    assert len(areas.names()[name]) > 1


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("汉口北", "黄陂区"),
        ("沌口", "武汉经开区"),
        ("武昌区", "武昌区"),
        ("常青花园", "东西湖区"),
        ("古田街道", "硚口区"),
        ("硚口", "硚口区"),
    ],
)
def test_a_name_that_means_one_place_gives_it(areas: Areas, name: str, area: str) -> None:
    assert areas.names()[name] == (area,)


def test_longer_names_come_first_so_that_hankou_north_is_not_taken_for_hankou(areas: Areas) -> None:
    names = list(areas.names())
    assert names.index("汉口北") < names.index("汉口")
    assert [len(name) for name in names] == sorted((len(name) for name in names), reverse=True)


def test_a_street_run_by_a_zone_counts_for_both_because_competence_is_not_verified(areas: Areas) -> None:
    assert areas.names()["佛祖岭街道"] == ("东湖高新区", "江夏区")


def test_the_bare_stem_of_a_street_is_not_a_name() -> None:
    assert "劳动" not in street_names("劳动街道")
    assert "民族街" in street_names("民族街街道")


def test_every_named_area_exists(areas: Areas) -> None:
    known = {area.name for area in areas.areas}
    assert {name for options in areas.names().values() for name in options} <= known
    assert areas.area("洪山区") is not None
    assert areas.area("不存在区") is None
