import { describe, expect, it } from 'vitest';
import { mayDo, type Permission, Role, rolesBeyond, rolesOfGroups } from '#shared/domain/access/caller.ts';

const DO: readonly Permission[] = ['read', 'operate', 'approve', 'administer'];

describe('what a role may do', () => {
  it.each([
    { role: 'viewer', read: true, operate: false, approve: false, administer: false },
    { role: 'operator', read: true, operate: true, approve: false, administer: false },
    { role: 'approver', read: true, operate: false, approve: true, administer: false },
    { role: 'admin', read: true, operate: true, approve: true, administer: true },
  ] as const)('$role: read $read, operate $operate, approve $approve, administer $administer', ({ role, ...may }) => {
    expect(Object.fromEntries(DO.map((permission) => [permission, mayDo({ roles: [role] }, permission)]))).toEqual(may);
  });

  it('is nothing without a role', () => {
    expect(DO.filter((permission) => mayDo({ roles: [] }, permission))).toEqual([]);
  });

  it('adds up for every set of roles', () => {
    const sets = Array.from({ length: 16 }, (_, bits) => Role.options.filter((_role, at) => bits & (1 << at)));
    for (const roles of sets) {
      const may = DO.filter((permission) => mayDo({ roles }, permission));
      expect([roles, may]).toEqual([roles, DO.filter((one) => roles.some((role) => mayDo({ roles: [role] }, one)))]);
    }
  });
});

describe('the groups of a person', () => {
  it('that are roles count, each once, in whatever order they come', () => {
    expect(rolesOfGroups(['payments', 'approver', 'viewer', 'approver'])).toEqual(['viewer', 'approver']);
    expect(rolesOfGroups(['Viewer', ' admin', 'admins', '', null, 1, ['admin'], '__proto__'])).toEqual([]);
  });
});

describe('roles beyond those of a caller', () => {
  it.each<[Role[], Role[], Role[]]>([
    [['admin'], ['viewer', 'operator', 'approver', 'admin'], []],
    [['operator'], ['viewer', 'operator'], []],
    [['operator'], ['approver', 'admin'], ['approver', 'admin']],
    [['operator', 'approver'], ['viewer', 'operator', 'approver', 'admin'], ['admin']],
    [[], ['viewer'], ['viewer']],
  ])('of %j asked for %j: %j', (roles, asked, beyond) => {
    expect(rolesBeyond({ roles }, asked)).toEqual(beyond);
  });
});
