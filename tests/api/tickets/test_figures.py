"""The figures over HTTP."""

from __future__ import annotations

from api.staff.roles import Role


def test_figures_come_with_their_definitions_and_in_groups(as_staff, a_ticket) -> None:
    boss = as_staff(Role.SUPERVISOR)
    ticket = a_ticket()
    ticket.done(boss, "answered", text="好了")
    ticket.citizen("confirmed")
    for by in ("area", "matter", "body", "month"):
        seen = boss.get("/api/v1/desk/figures", params={"by": by}).json()
        assert seen["total"]["tickets"] == sum(group["tickets"] for group in seen["groups"]) >= 1
        assert set(seen["total"]["rates"]) | {"tickets"} == {definition["id"] for definition in seen["definitions"]}
    assert seen["total"]["rates"]["resolved"]["part"] >= 1
    backwards = boss.get("/api/v1/desk/figures", params={"first": "2026-12-01", "last": "2026-01-01"})
    assert backwards.status_code == 422
    assert as_staff(Role.AGENT).get("/api/v1/desk/figures").status_code == 403
