"""Who a member of staff is, and what a role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do; one person can hold several."""

    AGENT = "agent"  # 座席: talks with citizens, opens and sends tickets
    SUPERVISOR = "supervisor"  # 班长/督办: sees all queues, decides as coordinator
    BODY_OFFICER = "body_officer"  # 承办单位经办人: acts on tickets sent to their bodies
    CURATOR = "curator"  # 案例与信息库维护: drafts cases, directory, rules
    REVIEWER = "reviewer"  # 审核: publishes what another has drafted
    ADMINISTRATOR = "administrator"  # 管理员: accounts and settings
    AUDITOR = "auditor"  # 审计: reads the trail


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody signed in."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    areas: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    second_factor: bool = False
    temporary_password: bool = False

    def may(self, *roles: Role) -> bool:
        """Whether one of these roles is held."""
        return not self.roles.isdisjoint(roles)
