"""The directory as HSDS: every answer validates against the specification's schemas."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from starlette.testclient import TestClient

from api.hsds.catalogue import Catalogue
from routing.directory import Body, Directory
from routing.hours import read_hours
from routing.load import load_directory

# The schemas are CC BY-SA, so the project holds no copy of them.


@pytest.fixture(scope="module")
def valid(shared: Path) -> Callable[[str, Any], None]:
    """Complains when an answer does not fit a schema of the specification."""
    schemas = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (shared / "hsds").glob("*.json")}
    registry = Registry().with_resources(
        [(f"{name}.json", Resource.opaque(schema)) for name, schema in schemas.items()]
    )

    def check(name: str, answer: Any) -> None:
        validator = Draft202012Validator(
            schemas[name], registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        problems = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(answer)]
        assert problems == []

    return check


def get(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/hsds{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_entry_point_names_version_profile_and_description(client: TestClient) -> None:
    about = get(client, "/")
    assert about["version"] == "3.0"
    assert about["openapi_url"].endswith("/api/openapi.json")


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/services", "service"),
        ("/organizations", "organization"),
        ("/service_at_locations", "service_at_location"),
        ("/taxonomies", "taxonomy"),
        ("/taxonomy_terms", "taxonomy_term"),
    ],
)
def test_every_row_of_every_list_and_each_by_its_id_validates(
    client: TestClient, valid, path: str, schema: str
) -> None:
    number, total = 1, None
    while True:
        page = get(client, path, page=number, per_page=200, **({"full": True} if "tax" not in path else {}))
        total = total or page["total_items"]
        assert page["total_items"] == total
        for row in page["contents"]:
            valid(schema, row)
        if page["last_page"]:
            break
        number += 1
    one = page["contents"][-1]
    valid(schema, get(client, f"{path}/{one['id']}"))


def test_a_place_with_hours_address_and_capacity_validates(valid) -> None:
    hours = "工作日 09:00-12:00 14:00-17:00；2026-07-01..2026-08-31 周六 09:00-12:00；休 2026-12-01"
    body = Body(
        "a", "court", "某法院", "洪山区", "示例", date(2026, 11, 24), "confirmed", "某路 1 号", "027-12345678",
        hours, "https://example.org/", schedule=read_hours(hours), capacity=3, matters=("house_sale",),
    )  # fmt: skip
    catalogue = Catalogue(Directory((body,), load_directory().types), {"house_sale": "买房卖房"})
    service = catalogue.service(body)
    valid("service", service)
    valid("organization", catalogue.organization(body))
    assert [(s["byday"], s["opens_at"], s["closes_at"]) for s in service["schedules"][:2]] == [
        ("MO,TU,WE,TH,FR", "09:00+08:00", "12:00+08:00"),
        ("MO,TU,WE,TH,FR", "14:00+08:00", "17:00+08:00"),
    ]
    assert service["capacities"][0]["available"] == 3
    assert catalogue.service(replace(body, state="inactive"))["status"] == "inactive"


def test_what_is_not_known_is_left_out_and_said(client: TestClient) -> None:
    page = get(client, "/services", search="江岸区公共法律服务中心", full=True)
    assert page["total_items"] == 1
    service = page["contents"][0]
    assert (service["phones"], service["schedules"]) == ([], [])
    assert service["service_at_locations"][0]["location"]["addresses"] == []
    assert "未核实" in service["alert"]


def test_pages_do_not_overlap_and_end(client: TestClient) -> None:
    first, second = (get(client, "/services", page=number, per_page=10) for number in (1, 2))
    ids = [row["id"] for page in (first, second) for row in page["contents"]]
    assert len(set(ids)) == 20
    assert (first["first_page"], first["last_page"]) == (True, False)
    beyond = get(client, "/services", page=9999)
    assert (beyond["empty"], beyond["contents"]) == (True, [])


def test_only_what_changed_since_is_given(client: TestClient) -> None:
    assert get(client, "/services", modified_after="2026-11-01T00:00:00+08:00")["total_items"] > 100
    assert get(client, "/services", modified_after="2199-01-01T00:00:00Z")["total_items"] == 0
    assert client.get("/hsds/services", params={"modified_after": "yesterday"}).status_code == 422


def test_services_are_found_by_kind_and_by_organization(client: TestClient) -> None:
    court = next(row for row in get(client, "/taxonomy_terms", per_page=200)["contents"] if row["code"] == "court")
    found = get(client, "/services", taxonomy_term_id=court["id"], full=True)
    assert found["total_items"] >= 13
    one = found["contents"][0]
    by_organization = get(client, "/services", organization_id=one["organization_id"])
    assert [row["id"] for row in by_organization["contents"]] == [one["id"]]
    assert get(client, f"/organizations/{one['organization_id']}", full_service=True)["services"][0]["id"] == one["id"]


def test_minimal_rows_and_lines_of_json_are_offered(client: TestClient) -> None:
    assert set(get(client, "/services", minimal=True)["contents"][0]) == {"id", "last_modified"}
    lines = client.get("/hsds/services", params={"format": "ndjson"}).text.splitlines()
    assert len(lines) == get(client, "/services")["total_items"]
    assert json.loads(lines[0])["status"] == "active"


@pytest.mark.parametrize("path", ["/services/x", "/organizations/1", "/services?page=0", "/services?per_page=9999"])
def test_malformed_requests_are_told_apart(client: TestClient, path: str) -> None:
    assert client.get(f"/hsds{path}").status_code == 422


def test_an_unknown_id_is_not_found(client: TestClient) -> None:
    for kind in ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"):
        assert client.get(f"/hsds/{kind}/00000000-0000-0000-0000-000000000000").status_code == 404
