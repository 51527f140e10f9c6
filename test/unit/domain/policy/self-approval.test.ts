import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relationOf } from '#shared/domain/access/identity.ts';
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

describe('who may approve what is done about a pipeline of GitLab', () => {
  const PEOPLE = { author: 'ann-gl', lastPusher: 'ann-gl', requester: 'ann-gl', triggeredBy: 'ann-gl' };
  const pipeline: RunTarget = {
    ...aGithubTarget({ actor: 'ann-gl', people: { ...PEOPLE, accountIds: [11] } }),
    host: 'gitlab',
    repository: 'gitlab:acme/shop',
  };
  const judged = (github: string | null, identity: readonly string[]) =>
    judgeSelfApproval(
      { names: ['approver-1'], github, identity },
      { target: pipeline, ...planned('rerun-failed-jobs') },
      { selfApproval: false },
    );

  it('is nobody whose GitLab account is not known: a GitHub login tells nothing about it', () => {
    for (const identity of [['github:ann'], ['github:ann', 'github-id:11'], ['user:u-1', 'gitlab-id:12']])
      expect(judged('ann', identity)).toMatchObject({
        kind: 'objection',
        reason: expect.stringMatching(/no GitLab login.*--gitlab.*custom:gitlab/s),
      });
  });

  it('is not who is behind it, by user name or by the number of an account that was renamed', () => {
    for (const identity of [['gitlab:Ann-GL'], ['gitlab:ann-before', 'gitlab-id:11']])
      expect(judged('ann', identity)).toMatchObject({
        kind: 'objection',
        reason: expect.stringContaining('somebody else'),
      });
  });

  it('is somebody else of GitLab, whether GitHub knows them or not, even with the number of another host', () => {
    for (const github of [null, 'eve'])
      expect(judged(github, ['gitlab:eve-gl', 'gitlab-id:12', 'github-id:11'])).toEqual({
        kind: 'may-approve',
        roles: [],
      });
  });

  it('is none of the logins of somebody whom a token names otherwise than an administrator linked them', () => {
    expect(judged('ann', ['gitlab:ann', 'gitlab:ann-gl'])).toMatchObject({
      kind: 'objection',
      reason: expect.stringContaining('somebody else'),
    });
    const onGithub = { target, ...planned('rerun-failed-jobs') };
    const twice = { names: ['u-1'], github: 'annie', identity: ['github:annie', 'github:ann'] };
    expect(judgeSelfApproval(twice, onGithub, { selfApproval: false })).toMatchObject({
      kind: 'objection',
      reason: expect.stringContaining('somebody else'),
    });
  });

  it('is nobody on a host whose accounts are linked to nobody', () => {
    const elsewhere = { ...pipeline, host: 'fake-forge', repository: 'fake-forge:acme/shop' };
    const answer = judgeSelfApproval(
      { names: ['eve'], github: 'eve', identity: ['github:eve', 'gitlab:eve'] },
      { target: elsewhere, ...planned('rerun-failed-jobs') },
      { selfApproval: true },
    );
    expect(answer).toMatchObject({ kind: 'objection', reason: expect.stringContaining('fake-forge') });
  });

  it('tells two people apart by their accounts on one host only', () => {
    expect(relationOf(['gitlab:ann'], ['github:ann'])).toBe('unknown');
    expect(relationOf(['gitlab:ann'], ['gitlab:eve'])).toBe('different');
    expect(relationOf(['gitlab-id:1', 'gitlab:ann'], ['gitlab-id:2', 'gitlab:ann'])).toBe('different');
    expect(relationOf(['gitlab-id:1'], ['github-id:1'])).toBe('unknown');
    expect(relationOf(['gitlab-id:1', 'gitlab:ann'], ['gitlab:eve'])).toBe('unknown');
  });
});
