import * as z from 'zod';

/** What a group of the user pool or an API key makes somebody; each is a group of the user pool of the same name. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin']);
export type Role = z.infer<typeof Role>;

/**
 * `read`: see incidents, reports and settings. `operate`: change the course of an incident. `approve`: decide about plans, within the limits
 * of the approval itself. `administer`: change who may do what, and what stops everything.
 */
export type Permission = 'read' | 'operate' | 'approve' | 'administer';

/** The roles of somebody add up. */
export const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate'],
  approver: ['read', 'approve'],
  admin: ['read', 'operate', 'approve', 'administer'],
};

/** Somebody as records name them: the id stays when the name changes. */
export const Actor = z.strictObject({
  kind: z.enum(['person', 'key']),
  id: z.string().min(1),
  name: z.string().min(1),
});
export type Actor = z.infer<typeof Actor>;

/** Who sent a request, as `authenticate` found out. */
export interface Caller extends Readonly<Actor> {
  /** Somebody who signed in at the user pool, or a program with an API key. */
  readonly kind: Actor['kind'];
  /** Of a person the user pool's unchangeable `sub`, of a key its id. */
  readonly id: string;
  /** For people who read about it: of a person the verified e-mail address or else the user name. */
  readonly name: string;
  /** Empty for a person in no group that is a role. */
  readonly roles: readonly Role[];
  /** Of a person: the verified claims of the ID token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Of a key: who created it. */
  readonly createdBy?: Actor;
}

/** True when one of the caller's roles gives the permission. Without a role nobody may do anything. */
export function mayDo({ roles }: Pick<Caller, 'roles'>, permission: Permission): boolean {
  return roles.some((role) => PERMISSIONS[role].includes(permission));
}

export const actorOf = ({ kind, id, name }: Caller): Actor => ({ kind, id, name });

const MAX_CALLER_NAME = 200;

/** A caller in the words of records that keep one line about who did something. */
export const nameOfCaller = ({ kind, name }: Pick<Caller, 'kind' | 'name'>): string =>
  (kind === 'key' ? `API key ${name}` : name).slice(0, MAX_CALLER_NAME);

/** The roles among the groups of a person; other groups give nothing. Upper and lower case differ, as in the user pool. */
export function rolesOfGroups(groups: readonly unknown[]): Role[] {
  return Role.options.filter((role) => groups.includes(role));
}

/** Those of `roles` that give a permission which the caller has not. */
export function rolesBeyond(caller: Pick<Caller, 'roles'>, roles: readonly Role[]): Role[] {
  return roles.filter((role) => !PERMISSIONS[role].every((permission) => mayDo(caller, permission)));
}
