"""What everybody may read: whole months, with definitions, and nothing of which somebody could be recognised."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.figures import DEFINITIONS, FEW

FIGURES = "/api/v1/figures"
MARCH = datetime(2022, 3, 7, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # far from other tests' tickets


@pytest.fixture
def april(service, monkeypatch) -> None:
    monkeypatch.setattr(service, "now", lambda: datetime(2022, 4, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))


def test_everybody_reads_what_was_promised_and_kept_of_groups_that_are_large_enough(client, keep_ticket, april) -> None:
    for _ in range(FEW):
        keep_ticket("good", area="青山区", opened=MARCH)
    keep_ticket("good", area="蔡甸区", opened=MARCH)
    keep_ticket("good", area="青山区", opened=MARCH.replace(month=4))  # its month is not over
    seen = client.get(FIGURES, params={"by": "area"}).json()
    assert (seen["first"], seen["last"], seen["few"]) == ("2021-04-01", "2022-03-31", FEW)
    assert [d["id"] for d in seen["definitions"]] == ["tickets", *DEFINITIONS]
    groups = {group["name"]: group for group in seen["groups"]}
    assert "蔡甸区" not in groups
    assert groups["青山区"]["tickets"] == FEW
    assert groups["青山区"]["rates"]["one_call"] == 1.0
    assert groups["青山区"]["rates"]["satisfied"] is None  # nobody rated it
    assert seen["total"]["tickets"] >= FEW + 1


def test_it_is_counted_once_a_day(client, keep_ticket, april) -> None:
    before = client.get(FIGURES, params={"by": "matter"}).json()
    keep_ticket("good", matter="divorce", opened=MARCH)
    assert client.get(FIGURES, params={"by": "matter"}).json() == before


@pytest.mark.parametrize("by", ["month", "body", "matter"])
def test_other_groups(client, april, by: str) -> None:
    assert client.get(FIGURES, params={"by": by}).status_code == 200


def test_another_grouping_is_refused(client) -> None:
    assert client.get(FIGURES, params={"by": "phone"}).status_code == 422
