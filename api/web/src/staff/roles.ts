import type { Schemas } from './api/client';

export type Me = Schemas['StaffView'];
export type Role = Me['roles'][number];

export const ROLE_NAMES: Record<Role, string> = {
  agent: '座席',
  supervisor: '班长',
  body_officer: '承办单位经办人',
  curator: '维护员',
  reviewer: '审核员',
  administrator: '管理员',
  auditor: '审计员',
};

/** Whether one of `roles` is held; an empty list asks for none. */
export function may(me: Me, roles: readonly Role[]): boolean {
  return roles.length === 0 || roles.some((role) => me.roles.includes(role));
}
