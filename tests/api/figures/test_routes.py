"""The figures over HTTP: groups, the tickets behind, exports."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from api.staff.roles import Role
from api.staff.tables import audit_table

FIGURES = "/api/v1/desk/figures"
EXPORTS = (f"{FIGURES}/export", f"{FIGURES}/tickets/export")


@pytest.fixture
def month(keep_ticket) -> dict[str, str]:
    """A month with three tickets more, as parameters of a query."""
    keep_ticket("good")
    keep_ticket("returned", area="武昌区", matter="divorce")
    keep_ticket("sent", area="", opened=datetime(2024, 3, 13, 10, 0, tzinfo=UTC))
    return {"first": "2024-03-01", "last": "2024-03-31"}


def test_every_figure_comes_with_its_definition_and_in_groups_that_add_up(as_staff, month) -> None:
    boss = as_staff(Role.SUPERVISOR)
    for by in ("area", "matter", "body", "week", "month"):
        seen = boss.get(FIGURES, params={**month, "by": by}).json()
        assert seen["total"]["tickets"] == sum(group["tickets"] for group in seen["groups"]) >= 3
        assert list(seen["total"]["rates"]) == [definition["id"] for definition in seen["definitions"]]
        assert all("分母" in definition["text"] for definition in seen["definitions"])
    assert [group["name"] for group in seen["groups"]] == ["2024 年 3 月"]
    assert next(d for d in seen["definitions"] if d["id"] == "satisfied")["beside"] == "rated"


def test_too_few_and_unknown_are_shown_as_such(as_staff, month) -> None:
    seen = as_staff(Role.AUDITOR).get(FIGURES, params={**month, "area": "武昌区"}).json()
    returned = seen["total"]["rates"]["returned"]
    assert returned == {"part": returned["whole"], "whole": returned["whole"], "value": 1.0, "few": True}
    assert seen["total"]["rates"]["satisfied"] == {"part": 0, "whole": 0, "value": None, "few": True}
    unknown = as_staff(Role.AUDITOR).get(FIGURES, params={**month, "area": "unknown"}).json()
    assert [(group["key"], group["name"]) for group in unknown["groups"]] == [("unknown", "不清楚")]


def test_one_drills_down_to_the_tickets_behind_a_figure(as_staff, month) -> None:
    boss = as_staff(Role.SUPERVISOR)
    whole = boss.get(FIGURES, params=month).json()["total"]["rates"]["returned"]
    behind = boss.get(f"{FIGURES}/tickets", params={**month, "figure": "returned"}).json()
    assert behind["total"] == whole["whole"]
    returned = boss.get(f"{FIGURES}/tickets", params={**month, "figure": "returned", "counted": True}).json()
    assert returned["total"] == whole["part"]
    assert {ticket["area"] for ticket in returned["items"]} == {"武昌区"}
    page = boss.get(f"{FIGURES}/tickets", params={**month, "figure": "returned", "page": 2, "size": 1}).json()
    assert page["items"] == behind["items"][1:2]


def test_exports_have_part_whole_and_definition_and_no_formula(as_staff, service, keep_ticket, month) -> None:
    evil = '=HYPERLINK("http://example.invalid","点我")'
    keep_ticket("good", area=evil)
    boss = as_staff(Role.ADMINISTRATOR)
    params = {**month, "by": "area"}
    sheet = load_workbook(io.BytesIO(boss.get(EXPORTS[0], params={**params, "format": "xlsx"}).content)).active
    headings = [cell.value for cell in sheet[1]]
    assert headings[:5] == ["区", "工单数", "一次办成率：分子", "一次办成率：分母", "一次办成率（%）"]
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert any("分母：登记满 30 天" in str(row[0].value) for row in sheet)
    text = boss.get(EXPORTS[0], params={**params, "format": "csv"}).text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert ["'" + evil] == [row[0] for row in rows if evil in row[0]]
    assert rows[1][0] == "全部"
    assert rows[1][4] == ""  # too few for a rate

    listed = boss.get(EXPORTS[1], params={**month, "figure": "one_call", "format": "csv"}).text
    assert ",'" + '"' not in listed
    assert listed.splitlines()[0].removeprefix("\ufeff").split(",")[:3] == ["工单号", "登记", "事项"]
    with service.engine.connect() as connection:
        told = connection.execute(
            select(audit_table.c.action, audit_table.c.after).order_by(audit_table.c.id.desc()).limit(3)
        ).all()
    assert [row.action for row in told] == ["figures.export_tickets", "figures.export", "figures.export"]
    assert told[0].after["figure"] == "one_call"


def test_whoever_is_there_for_some_districts_reads_their_figures_alone(as_staff, month) -> None:
    boss = as_staff(Role.SUPERVISOR, areas=frozenset({"洪山区"}))
    seen = boss.get(FIGURES, params=month).json()
    assert seen["within"] == ["洪山区"]
    assert {group["key"] for group in seen["groups"]} == {"洪山区", "unknown"}
    assert seen["total"]["tickets"] == sum(group["tickets"] for group in seen["groups"])
    other = boss.get(FIGURES, params={**month, "area": "武昌区"}).json()
    assert (other["total"]["tickets"], other["groups"]) == (0, [])
    behind = boss.get(f"{FIGURES}/tickets", params={**month, "figure": "returned", "size": 100}).json()
    assert behind["total"] == seen["total"]["rates"]["returned"]["whole"]
    assert {ticket["area"] for ticket in behind["items"]} == {"洪山区", "不清楚"}
    params = {**month, "by": "area", "format": "csv"}
    exported = boss.get(EXPORTS[0], params=params).text
    assert "武昌区" not in exported
    assert "只含洪山区和不清楚在哪个区的" in exported
    assert "武昌区" not in boss.get(EXPORTS[1], params={**params, "figure": "returned"}).text
    refused = boss.get("/api/v1/desk/reports/monthly", params={"month": "2024-03"})
    assert refused.status_code == 403
    assert "全市" in refused.json()["detail"]


def test_auditors_and_administrators_read_the_whole_city_whatever_their_districts(as_staff, month) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        staff = as_staff(Role.SUPERVISOR, role, areas=frozenset({"洪山区"}))
        seen = staff.get(FIGURES, params=month).json()
        assert seen["within"] == []
        assert {"洪山区", "武昌区"} <= {group["key"] for group in seen["groups"]}
        assert staff.get("/api/v1/desk/reports/monthly", params={"month": "2024-03"}).status_code == 200


def test_who_may_see_figures(as_staff) -> None:
    for path in (FIGURES, f"{FIGURES}/tickets?figure=rated", *(f"{path}?figure=rated" for path in EXPORTS)):
        assert as_staff(Role.AUDITOR).get(path).status_code == 200
        for role in (Role.AGENT, Role.BODY_OFFICER, Role.CURATOR):
            assert as_staff(role).get(path).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "2026-12-01", "last": "2026-01-01"},
        {"first": "2020-01-01", "last": "2026-01-01"},
        {"last": "0001-01-01"},
        {"by": "person"},
        {"area": "洪山区\x00"},
        {"matter": "x" * 61},
        {"first": "yesterday"},
    ],
)
def test_what_makes_no_sense_is_refused(as_staff, wrong) -> None:
    assert as_staff(Role.SUPERVISOR).get(FIGURES, params=wrong).status_code == 422
    assert as_staff(Role.SUPERVISOR).get(f"{FIGURES}/tickets", params={"figure": "happiness"}).status_code == 422


def test_the_last_day_there_is_can_be_asked_for(as_staff) -> None:
    seen = as_staff(Role.SUPERVISOR).get(FIGURES, params={"first": "9999-12-31", "last": "9999-12-31"})
    assert seen.status_code == 200
    assert seen.json()["total"]["tickets"] == 0
