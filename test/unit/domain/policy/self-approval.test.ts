import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { judgeSelfApproval } from '#shared/domain/policy/self-approval.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aGithubTarget, anAlarmTarget, somePeople } from '#test/builders/index.ts';

const ROLES = ['author', 'lastPusher', 'requester', 'triggeredBy'] as const;
const FOUR = { author: 'ann', lastPusher: 'ben', requester: 'cleo', triggeredBy: 'dan' } as const;
const target = aGithubTarget({ actor: 'cleo', people: FOUR });
const as = (login: string) => ({ names: [login], github: login });
const GITHUB_ACTIONS = ACTIONS.filter(({ family }) => family === 'github').map(({ id }) => id);
/** An action as its plan seals it. */
const planned = (actionId: string) => ({
  selfApproval: ACTIONS.find(({ id }) => id === actionId)?.selfApproval ?? false,
});
const CODE = ['sandbox-fix', 'try-fix', 'fix-pull-request'];
const ONE_PERSON = ['rerun-failed-jobs', 'rerun-workflow-run', 'revert-pull-request'];

describe('who may approve what is done about a run', () => {
  it.each(GITHUB_ACTIONS.flatMap((actionId) => ROLES.map((role) => [role, actionId] as const)))(
    'is not the %s, for %s, however the name is written',
    (role, actionId) => {
      for (const login of [FOUR[role], FOUR[role].toUpperCase()]) {
        const judged = judgeSelfApproval(as(login), { target, ...planned(actionId) }, { selfApproval: false });
        expect(judged).toMatchObject({ kind: 'objection', reason: expect.stringContaining('somebody else') });
      }
    },
  );

  it.each(GITHUB_ACTIONS)('is, for %s, a person of the team who has nothing to do with it', (actionId) => {
    for (const selfApproval of [false, true])
      expect(judgeSelfApproval(as('eve'), { target, ...planned(actionId) }, { selfApproval })).toEqual({
        kind: 'may-approve',
        roles: [],
      });
  });

  it('is a team of one only for re-runs and reverts where the deployment says so, and its roles are named', () => {
    const allowed = GITHUB_ACTIONS.filter((actionId) =>
      ROLES.every(
        (role) =>
          judgeSelfApproval(as(FOUR[role]), { target, ...planned(actionId) }, { selfApproval: true }).kind ===
          'may-approve',
      ),
    );
    expect(allowed.sort()).toEqual(ONE_PERSON.sort());
    const alone = aGithubTarget({ actor: 'ann', people: somePeople({ author: 'ann', lastPusher: 'ann' }) });
    const judged = judgeSelfApproval(
      as('Ann'),
      { target: alone, ...planned('rerun-failed-jobs') },
      { selfApproval: true },
    );
    expect(judged).toEqual({ kind: 'may-approve', roles: ['author', 'lastPusher'] });
  });

  it('is nobody for anything that writes code which is not there yet', () => {
    for (const actionId of [...CODE, 'open-issue', 'quarantine-flaky-test', 'cancel-stuck-run', 'a-new-action'])
      expect(planned(actionId).selfApproval).toBe(false);
  });

  const UNKNOWN: readonly [string, RunTarget][] = [
    ['the actor is not known', { ...target, actor: null }],
    ['nobody asked GitHub who is behind it', aGithubTarget({ actor: 'cleo' })],
    ...ROLES.map((role): [string, RunTarget] => [
      `GitHub does not name the ${role}`,
      { ...target, people: { ...FOUR, [role]: null } },
    ]),
  ];
  it.each(UNKNOWN)('is nobody where %s, whatever is deployed', (_what, unknown) => {
    for (const selfApproval of [false, true]) {
      const judged = judgeSelfApproval(
        as('eve'),
        { target: unknown, ...planned('rerun-failed-jobs') },
        { selfApproval },
      );
      expect(judged).toMatchObject({ kind: 'objection', reason: expect.stringContaining('GitHub does not say who') });
    }
  });

  it('is nobody whose GitHub login is not written down: they could be behind it', () => {
    const judged = judgeSelfApproval(
      { names: ['approver-1'], github: null },
      { target, ...planned('rerun-failed-jobs') },
      { selfApproval: true },
    );
    expect(judged).toMatchObject({ kind: 'objection', reason: expect.stringContaining('custom:github') });
  });

  it('is anybody for an alarm, which has no author', () => {
    const alarm = { target: anAlarmTarget(), ...planned('rollback-lambda-alias') };
    expect(judgeSelfApproval({ names: ['approver-1'], github: null }, alarm, { selfApproval: false })).toEqual({
      kind: 'may-approve',
      roles: [],
    });
  });

  it('is never one of the four for what changes code, by whatever names and settings', () => {
    const login = fc.constantFrom('ann', 'Ben', 'CLEO', 'dan', 'eve');
    fc.assert(
      fc.property(
        fc.record({ author: login, lastPusher: login, requester: login, triggeredBy: login }),
        fc.array(login, { minLength: 1, maxLength: 3 }),
        fc.option(login, { nil: null }),
        fc.constantFrom(...CODE),
        fc.boolean(),
        (people, names, github, actionId, selfApproval) => {
          const run = aGithubTarget({ actor: people.requester, people });
          const judged = judgeSelfApproval({ names, github }, { target: run, ...planned(actionId) }, { selfApproval });
          const mine = new Set([...names, github ?? ''].map((name) => name.toLowerCase()));
          if (Object.values(people).some((one) => mine.has(one.toLowerCase()))) expect(judged.kind).toBe('objection');
        },
      ),
    );
  });
});
