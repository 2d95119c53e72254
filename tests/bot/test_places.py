import pytest

from bot.entities import LEXICON
from bot.phrases import Pipeline
from bot.places import PlaceReader, PlacesRead
from routing.load import load_areas

PIPELINE = Pipeline()
READER = PlaceReader(PIPELINE, load_areas(), LEXICON)


def read(text: str) -> PlacesRead:
    return READER.read(text, PIPELINE.read(text))


def told(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(place.options, place.role) for place in read(text).places]


def test_home_and_work_are_kept_apart() -> None:
    assert told("屋里住光谷佛祖岭，厂在沌口，两个月没发工资了") == [
        (("东湖高新区",), "home"),
        (("武汉经开区",), "work"),
    ]


def test_a_street_found_in_two_districts_must_be_asked() -> None:
    (place,) = read("我屋里在李集街道").places
    assert place.options == ("黄陂区", "新洲区")
    assert place.street == "李集街道"
    assert place.role == "home"


def test_the_longest_name_wins() -> None:
    assert told("在汉口北盘了个门面卖童装，市场监管要罚我") == [(("黄陂区",), "event")]


def test_a_part_of_the_city_is_ambiguous() -> None:
    ((options, role),) = told("武昌那边的房子天花板渗水")
    assert "武昌区" in options
    assert len(options) > 1
    assert role == "property"


def test_a_name_of_a_street_and_of_an_estate_is_ambiguous() -> None:
    assert told("常青这边小区的物业不管事") == [(("江汉区", "东西湖区"), "property")]


def test_a_functional_zone_is_an_area_of_its_own() -> None:
    assert told("我在东湖风景区摆摊被城管收了东西") == [(("东湖风景区",), "event")]


def test_a_community_found_in_several_districts_must_be_asked() -> None:
    ((options, _),) = told("三合社区有两家扯皮")
    assert {"江岸区", "新洲区", "蔡甸区", "黄陂区"} <= set(options)


def test_two_names_together_mean_where_both_can_be() -> None:
    assert told("我住新洲区三合社区") == [(("新洲区",), "home")]
    assert told("汉阳王家湾那家店骗人")[0][0] == ("汉阳区",)


def test_misheard_names_are_understood() -> None:
    assert told("我在乔口区上班")[0][0] == ("硚口区",)


@pytest.mark.parametrize("text", ["我在汉口银行贷的款", "关东煮里吃出虫子", "在洪山广场跳舞摔了"])
def test_a_name_inside_another_name_is_no_place(text: str) -> None:
    assert told(text) == []


def test_a_later_exact_mention_replaces_the_vague_one() -> None:
    assert told("我住武昌，就是武昌区水果湖街道")[0][0] == ("武昌区",)


@pytest.mark.parametrize(
    ("text", "area", "street"),
    [
        ("我住保成社区", "江岸区", "大智街道"),
        ("我住江岸区保成社区", "江岸区", "大智街道"),
        ("我家在黄陂区三合村", "黄陂区", "王家河街道"),
        ("我住三合村", None, None),
    ],
)
def test_a_community_leads_to_its_street_where_only_one_can_be_meant(
    text: str, area: str | None, street: str | None
) -> None:
    (place,) = read(text).places
    assert (place.options[0] if len(place.options) == 1 else None) == area
    assert place.street == street


def test_the_other_side_s_place_is_not_ours() -> None:
    assert told("对方住在江夏，我住青山") == [(("江夏区",), "counterpart"), (("青山区",), "home")]


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("户口虽然在武汉，人在东莞打工，老板跑了", "东莞"),
        ("公司在杭州，把我辞退了", "杭州"),
        ("浙江一家企业差我货款", "浙江"),
        ("在黄石买的房子烂尾", "黄石"),
        ("广东省佛山市的工地上干活", "佛山"),
        ("成都高新区的公司拖欠工资", "成都"),
        ("我弟在重庆被判了两年", "重庆"),
    ],
)
def test_the_deciding_thing_beyond_the_city_is_outside(text: str, outside: str) -> None:
    assert read(text).outside == outside


@pytest.mark.parametrize(
    "text",
    [
        "我是河南人，在武汉打工",
        "老家四川的",
        "从荆州过来看病",
        "他在广州打工，欠我两万",
        "姐姐嫁到孝感去了",
        "总部在北京，我在光谷上班",
        "在南京路上摔了一跤",
        "普通化妆品过敏",
        "我们都很平安",
    ],
)
def test_hometowns_journeys_and_lookalikes_are_not_outside(text: str) -> None:
    assert read(text).outside is None


def test_a_zone_of_another_city_is_not_ours() -> None:
    assert read("成都高新区的公司拖欠工资").places == ()


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("我表弟在外地打工被工头打成重伤", "外地"),
        ("我的卡被外地公安冻结了", None),
        ("营业执照被吊销，我人在外地打工没收到通知", None),
        ("缓刑期间想去外地打工", None),
        ("合同约定到外地仲裁", None),
    ],
)
def test_elsewhere_without_a_name_decides_only_where_something_happened(text: str, outside: str | None) -> None:
    assert read(text).outside == outside
