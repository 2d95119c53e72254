import { describe, expect, it } from 'vitest';
import { GROUPS, landing, mayOpen, menuFor, pageAt, PAGES, selectedIn } from '../../src/staff/pages';
import { ROLE_NAMES, type Me, type Role } from '../../src/staff/roles';

const somebody = (changes: Partial<Me> = {}): Me => ({
  id: 1,
  username: 'wang',
  name: '王五',
  roles: [],
  areas: [],
  bodies: [],
  skills: [],
  second_factor: false,
  temporary_password: false,
  ...changes,
});
const paths = (me: Me) => menuFor(me, true).map((item) => item!.key as string);
const allRoles = Object.keys(ROLE_NAMES) as Role[];

describe('the list of pages', () => {
  it('names each path once, below the root, and each group is known', () => {
    expect(new Set(PAGES.map(({ path }) => path)).size).toBe(PAGES.length);
    for (const { path, group, title, roles } of PAGES) {
      expect(path).toMatch(/^(\/[a-z0-9-]+|\/:[a-z]+)+$/);
      expect(GROUPS).toContain(group);
      expect(title).not.toBe('');
      for (const role of roles) expect(allRoles).toContain(role);
    }
  });

  it('answers each path with its own page, not with one that stands before it', () => {
    for (const page of PAGES) expect(pageAt(page.path.replace(/:[a-z]+/g, 'x'))?.page.path).toBe(page.path);
    expect(pageAt('/no-such-page')).toBeNull();
  });
});

describe('the menu', () => {
  it.each(allRoles)('holds for %s only what the role may open, and begins with a page they may open', (role) => {
    const me = somebody({ roles: [role] });
    for (const path of paths(me)) expect(mayOpen(me, pageAt(path)!.page)).toBe(true);
    expect(paths(me)[0]).toBe(landing(me));
  });

  it('keeps administration and trail apart', () => {
    expect(paths(somebody({ roles: ['administrator'] }))).toContain('/accounts');
    expect(paths(somebody({ roles: ['administrator'] }))).not.toContain('/audit');
    expect(paths(somebody({ roles: ['auditor'] }))).toContain('/audit');
    expect(paths(somebody({ roles: ['auditor'] }))).not.toContain('/accounts');
  });

  it('shows the same pages in groups when it is wide', () => {
    const me = somebody({ roles: allRoles });
    const grouped = menuFor(me, false).flatMap((group) => (group as { children: { key: string }[] }).children);
    expect(grouped.map(({ key }) => key)).toEqual(paths(me));
  });

  it('lights the entry above a page that is not in it', () => {
    const me = somebody({ roles: allRoles });
    expect(selectedIn(me, '/audit/12')).toBe('/audit');
    expect(selectedIn(me, '/auditors')).toBe('');
  });
});

it('with a password that others know only the own account opens', () => {
  const me = somebody({ roles: allRoles, temporary_password: true });
  expect(paths(me)).toEqual(['/account']);
  expect(landing(me)).toBe('/account');
});
