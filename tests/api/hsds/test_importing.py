"""HSDS read in: what was exported changes nothing, what differs is told fact by fact, hostile files are refused."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.hsds import importing
from api.hsds.catalogue import Catalogue, weekly
from api.hsds.documents import ScheduleRow, read_hours_of
from api.hsds.importing import UnreadableHsdsError, compare, read_file
from routing.areas import Areas
from routing.directory import Body, Directory, Fact
from routing.hours import read_hours
from routing.load import load_areas, load_directory

TODAY = date(2026, 11, 24)
HOURS = "工作日 09:00-12:00 14:00-17:00；2026-07-01..2026-08-31 周六 09:00-12:00；每天 22:00-24:00；休 2026-12-01..2026-12-02"
FOREIGN = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.fixture(scope="module")
def areas() -> Areas:
    return load_areas()


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory()


def a_court(**changes: Any) -> Body:
    given: dict[str, Any] = {
        "id": "hongshan-court-2", "type": "court", "name": "某法院", "area": "洪山区", "source": "示例",
        "checked_on": date(2026, 11, 1), "state": "confirmed", "address": "某路 1 号", "phone": "027-12345678 / 12368",
        "hours": HOURS, "schedule": read_hours(HOURS), "website": "https://example.org/", "note": "问过了",
        "matters": ("house_sale",), "groups": ("elder",), "capacity": 3, "valid_from": date(2026, 1, 1),
        "facts": (Fact("phone", "打电话", date(2026, 11, 20), "confirmed"),),
    }  # fmt: skip
    return Body(**{**given, **changes})


def catalogue(directory: Directory, *bodies: Body) -> Catalogue:
    return Catalogue(replace(directory, bodies=(*directory.bodies, *bodies)), {"house_sale": "买房卖房"})


def differences(rows: list[Any], known: Catalogue, areas: Areas, source: str = "") -> tuple[dict[str, dict], list[str]]:
    changes, faults = compare(rows, known, areas, TODAY, source)
    told = [f"{fault.row} {fault.problem.file} {fault.problem.message}" for fault in faults]
    return {change.found[0].body_id: {fact.name: fact for fact in change.found} for change in changes}, told


def as_file(value: Any, name: str = "hsds.json") -> list[Any]:
    return read_file(json.dumps(value, ensure_ascii=False).encode(), name)


def test_what_was_exported_changes_nothing_in_any_shape(directory: Directory, areas: Areas) -> None:
    known = catalogue(directory, a_court())
    services = [known.service(body) for body in known.directory.bodies]
    organizations = [known.organization(body) for body in known.directory.bodies]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in services).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("services.ndjson", lines)
        package.writestr("organizations.json", json.dumps({"contents": organizations}))
        package.writestr("readme.txt", "no rows")
    for rows in (
        as_file({"contents": services, "total_pages": 1}),
        as_file(organizations),
        as_file({"services": services, "organizations": organizations}),
        read_file(lines, "services.ndjson"),
        read_file(packed.getvalue(), "all.zip"),
        as_file([known.service(body, full=False) for body in known.directory.bodies]),
    ):
        assert differences(rows, known, areas) == ({}, [])


def test_an_entry_that_is_not_there_comes_back_whole_with_the_source_of_each_fact(
    directory: Directory, areas: Areas
) -> None:
    court = a_court()
    row = catalogue(directory, court).service(court)
    found, told = differences([row], catalogue(directory), areas)
    assert told == []
    facts = found["hongshan-court-2"]
    assert {name: fact.value for name, fact in facts.items() if fact.value} == {
        "type": "court", "name": "某法院", "area": "洪山区", "address": "某路 1 号", "phone": "027-12345678 / 12368",
        "hours": HOURS, "website": "https://example.org/", "state": "confirmed", "note": "问过了",
        "matters": "house_sale", "groups": "elder", "capacity": "3", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert (facts["phone"].source, facts["phone"].checked_on, facts["phone"].state) == (
        "打电话", date(2026, 11, 20), "confirmed",
    )  # fmt: skip
    assert (facts["address"].source, facts["address"].checked_on) == ("示例", date(2026, 11, 1))


def test_only_what_differs_is_a_change_and_a_later_check_of_the_same_is_one(directory: Directory, areas: Areas) -> None:
    known = catalogue(directory, a_court())
    row = known.service(a_court(address="某路 2 号", checked_on=date(2026, 11, 2)))
    found, told = differences([row], known, areas)
    assert told == []
    assert found["hongshan-court-2"]["address"].value == "某路 2 号"
    assert found["hongshan-court-2"]["name"].checked_on == date(2026, 11, 2)
    assert "phone" not in found["hongshan-court-2"]
    earlier = known.service(a_court(phone="12368", facts=(Fact("phone", "旧网页", date(2026, 1, 1), "unconfirmed"),)))
    found, told = differences([earlier], known, areas)
    assert (found, len(told)) == ({}, 1)
    assert "was checked later, on 2026-11-20" in told[0]


def a_foreign_service(**changes: Any) -> dict[str, Any]:
    term = {"id": FOREIGN, "code": "court", "name": "法院", "description": "", "taxonomy": "body_type"}
    return {
        "id": FOREIGN, "name": "立案", "status": "active", "assured_date": "2026-11-20",
        "organization": {"id": FOREIGN, "name": "某某法庭", "description": ""},
        "phones": [{"id": FOREIGN, "number": "027-87654321"}],
        "schedules": [{"id": FOREIGN, "freq": "WEEKLY", "byday": "MO,TU,WE", "opens_at": "09:00", "closes_at": "17:00:00"}],
        "service_areas": [{"id": FOREIGN, "name": "洪山区"}],
        "service_at_locations": [{"id": FOREIGN, "location": {"id": FOREIGN, "addresses": [
            {"address_1": "某路 3 号", "city": "武汉市", "region": "洪山区"}]}}],
        "attributes": [{"id": FOREIGN, "taxonomy_term": term}],
        **changes,
    }  # fmt: skip


def test_a_file_of_somebody_else_is_taken_with_the_source_that_is_given(directory: Directory, areas: Areas) -> None:
    found, told = differences([a_foreign_service()], catalogue(directory), areas, "法院发来的名单")
    assert told == []
    facts = found[f"hsds-{FOREIGN}"]
    assert {name: fact.value for name, fact in facts.items()} == {
        "name": "某某法庭", "type": "court", "area": "洪山区", "phone": "027-87654321", "address": "某路 3 号",
        "hours": "周一至周三 09:00-17:00",
    }  # fmt: skip
    assert {(fact.source, fact.checked_on, fact.state) for fact in facts.values()} == {
        ("法院发来的名单", date(2026, 11, 20), "unconfirmed")
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"assured_date": None}, "does not say when it was checked"),
        ({"assured_date": "2027-01-01"}, "checked in the future"),
        ({"phones": [{"number": "八七六五"}]}, "not a phone number"),
        ({"phones": [{"number": 12348}]}, "'phones.0.number'"),
        ({"phones": "12348"}, "'phones'"),
        ({"phones": [{"number": "1"}] * 1000}, "'phones'"),
        ({"id": "../../etc"}, "'id'"),
        ({"name": None}, "'name'"),
        ({"organization": {"id": FOREIGN, "name": "长" * 600, "description": ""}}, "is too long"),
        ({"organization": {"id": FOREIGN, "name": "某\x00法庭", "description": ""}}, "unreadable characters"),
        ({"service_areas": [{"name": "火星区"}]}, "unknown area"),
        ({"service_areas": [{"name": "洪山区"}, {"name": "江夏区"}]}, "serves 2 areas"),
        ({"attributes": []}, "type is needed for a new entry"),
        ({"schedules": [{"freq": "MONTHLY", "bymonthday": "1"}]}, "only weekly schedules"),
        ({"schedules": [{"freq": "WEEKLY", "byday": "XX", "opens_at": "09:00", "closes_at": "10:00"}]}, "no weekday"),
        ({"schedules": [{"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00Z", "closes_at": "10:00"}]}, "is no time"),
        ({"metadata": [{"field_name": "name"}]}, "'metadata.0."),
    ],
)
def test_a_faulty_row_is_named_and_why(directory: Directory, areas: Areas, changes: dict[str, Any], told: str) -> None:
    rows = [catalogue(directory).service(directory.bodies[0]), a_foreign_service(**changes)]
    found, faults = differences(rows, catalogue(directory), areas, "名单")
    assert found == {}
    assert faults
    assert all(fault.startswith("2 ") for fault in faults)
    assert any(told in fault for fault in faults), faults


def test_a_row_without_a_source_and_a_row_that_comes_twice_are_faults(directory: Directory, areas: Areas) -> None:
    _, told = differences([a_foreign_service()], catalogue(directory), areas)
    assert all("has no source" in fault for fault in told)
    _, told = differences([a_foreign_service(), a_foreign_service()], catalogue(directory), areas, "名单")
    assert told == [f"2  'hsds-{FOREIGN}' is already in row 1"]
    _, told = differences([None, 1, "x", []], catalogue(directory), areas)
    assert [fault[:1] for fault in told] == ["1", "2", "3", "4"]


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(f"{name}.json", content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"{}", "a.xml", "只能导入"),
        (b"", "a.json", "没有服务"),
        (b"[]", "a.json", "没有服务"),
        (b"\xff\xfe", "a.json", "UTF-8"),
        (b"{", "a.json", "JSON"),
        (b"[" * 100_000, "a.json", "太深"),
        (b'{"id":' * 100_000, "a.json", "太深"),
        (b'[{"id": 1' + b"0" * 10_000 + b"}]", "a.json", "JSON"),
        (b'{"id": "a", "id": "b"}', "a.json", "写了两次"),
        (b"[" + b"1," * importing.MOST_ROWS + b"1]", "a.json", "超过"),
        (b"PK nonsense", "a.zip", "zip"),
        (zipped(a=b"["), "a.zip", "JSON"),
        (zipped(**{f"m{number}": b"[]" for number in range(importing.MOST_FILES + 1)}), "a.zip", "太多或太大"),
        (zipped(a=b" " * (importing.LARGEST_UNPACKED_BYTES + 1)), "a.zip", "太多或太大"),
    ],
)
def test_a_file_that_is_no_hsds_is_refused_in_words(content: bytes, name: str, told: str) -> None:
    with pytest.raises(UnreadableHsdsError, match=told):
        read_file(content, name)


@pytest.mark.parametrize(
    "hours",
    [
        "工作日 09:00-12:00 14:00-17:00",
        "每天 00:00-24:00",
        "周六、周日 09:00-12:00",
        "周一至周日 08:00-20:00",
        "2026-07-01..2026-08-31 周一至周五 09:00-12:00；工作日 09:00-17:00；休 2026-10-01..2026-10-07",
        "每天 20:00-02:00",
    ],
)
def test_hours_come_back_as_they_were_written(hours: str) -> None:
    rows = [ScheduleRow.model_validate(row) for row in weekly(read_hours(hours))]
    assert set(read_hours_of(rows).split("；")) == set(hours.split("；"))


@settings(max_examples=200, deadline=None)
@given(
    row=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "name", "organization", "phones", "metadata", "schedules", "attributes", "number"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_a_row_is_it_is_read_or_named(directory: Directory, areas: Areas, row: Any) -> None:
    changes, faults = compare([row], catalogue(directory), areas, TODAY)
    assert not changes
    assert faults
