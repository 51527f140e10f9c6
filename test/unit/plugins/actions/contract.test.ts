import { describe, expect, it } from 'vitest';
import { candidatesFor } from '#shared/app/plan/context.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { listCandidates } from '#shared/domain/plan/candidates.ts';
import { isChangeable } from '#shared/domain/plan/target-key.ts';
import { type ActionPlugin, NO_GRANTS } from '#shared/plugins/actions/contract.ts';
import { ACTIONS, actionOf } from '#shared/plugins/actions/registry.ts';
import { aConfiguration, aGithubTarget } from '#test/builders/index.ts';
import { anActionWorld, fittingContext } from './action-world.ts';
import { missingGrants } from './needed-rights.ts';

/** Actions whose effect is all that there is to see. */
const AT_ONCE: ReadonlySet<string> = new Set([
  'cancel-stuck-run',
  'fix-pull-request',
  'revert-pull-request',
  'open-issue',
  'quarantine-flaky-test',
]);

/** Actions that do their part and leave the rest to others. */
const ADVANCES: ReadonlySet<string> = new Set([
  'sandbox-fix',
  'try-fix',
  'fix-pull-request',
  'revert-pull-request',
  'open-issue',
  'quarantine-flaky-test',
]);

/** Actions whose undo stops what is under way; what is done stays. */
const STOPS: ReadonlySet<string> = new Set(['refresh-instances']);

/** The proposal of the fitting context, read back as a plan's parameters would be. */
function fitting(action: ActionPlugin): unknown {
  const [proposal] = action.propose(fittingContext(action.family, action.id));
  return action.parameters.parse(JSON.parse(JSON.stringify(proposal?.parameters)));
}
const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};

describe('the registry of actions', () => {
  it('finds an action by its id and nothing by another', () => {
    expect(actionOf('rerun-failed-jobs')?.family).toBe('github');
    for (const id of ['', 'constructor', 'rerun-failed-jobs ']) expect(actionOf(id)).toBeNull();
  });
});

describe.each(ACTIONS.map((action) => [action.id, action] as const))('%s', (_id, action) => {
  it('has a sample that fits its parameters, strictly', () => {
    expect(action.parameters.parse(action.sample)).toEqual(action.sample);
    expect(action.parameters.safeParse({ ...(action.sample as object), more: 1 }).success).toBe(false);
  });

  it('says in plain words what happens to what', () => {
    expect(action.describe(action.sample)).toMatch(/^[A-Z].{20,}\.$/s);
    expect(action.title).not.toBe('');
  });

  it('names the changed thing the same way each time', () => {
    expect(action.targetKey(action.sample)).toBe(action.targetKey(structuredClone(action.sample)));
    expect(action.targetKey(action.sample)).toMatch(/^[a-z]+:[^/]+\/.+$/);
  });

  it('proposes purely: frozen facts, equal answers, valid parameters of the own target', () => {
    const context = freeze(fittingContext(action.family, action.id));
    const [proposal, ...rest] = action.propose(context);
    expect(rest).toEqual([]);
    expect(action.propose(context)).toEqual([proposal]);
    const parameters = action.parameters.parse(proposal?.parameters);
    const { target, service, classification } = context;
    expect(isChangeable(action.targetKey(parameters), target, service, classification.fingerprint)).toBe(true);
    expect(proposal?.confidence).toBeGreaterThan(0);
    expect(proposal?.confidence).toBeLessThanOrEqual(1);
  });

  it('[C21] proposes nothing for a target it does not know', () => {
    const foreign = fittingContext(action.family === 'github' ? 'lambda' : 'github');
    expect(action.propose(foreign)).toEqual([]);
    expect(
      action.propose({
        ...fittingContext(action.family),
        target: { kind: 'storm', startedAt: '2026-11-21T12:00:00Z' },
      }),
    ).toEqual([]);
  });

  it('names exact actions and, where the service knows any, exact resources', () => {
    const { execute, observe, undo } = action.grants(fittingContext(action.family).configuration);
    for (const grant of [...execute, ...observe, ...undo]) {
      expect(grant.actions.length).toBeGreaterThan(0);
      for (const name of grant.actions) expect(name).toMatch(/^[a-z-]+:[A-Z][A-Za-z]+$/);
      for (const resource of grant.resources) {
        if (resource !== '*') expect(resource).toMatch(/^arn:(aws|\$\{Partition\}):[a-z]+:/);
      }
    }
    for (const grant of execute) expect(grant.resources).not.toContain('*');
    expect(action.grants(aConfiguration())).toEqual({ execute: [], observe: [], undo: [] });
  });

  it('declares a grant for every call that it makes', async () => {
    expect(await missingGrants(action)).toEqual([]);
  });

  it('has a schedule of whole seconds', () => {
    const { intervalSeconds, maxPolls } = action.schedule(aConfiguration());
    expect(intervalSeconds).toBeGreaterThanOrEqual(1);
    expect(maxPolls).toBeGreaterThanOrEqual(1);
  });

  it('sees that it is not started, then that it happened, with a receipt that is as good', async () => {
    const { ports, state } = anActionWorld(action.id);
    const parameters = fitting(action);
    expect(await action.observe(parameters, ports)).toEqual({ kind: 'not-started' });
    const receipt = await action.execute(parameters, ports);
    expect(state.effects).toHaveLength(action.id === 'revert-pull-request' ? 2 : 1);
    const observation = await action.observe(parameters, ports);
    expect(observation).toMatchObject({ kind: 'happened', receipt: { facts: receipt.facts } });
    expect(receipt.summary).not.toBe('');
  });

  it('sees by itself that the cause is gone, and then does not fit any more', async () => {
    const { ports, heal } = anActionWorld(action.id);
    heal();
    expect((await action.observe(fitting(action), ports)).kind).toBe('superseded');
  });

  it('is pending until the target recovers', async () => {
    const { ports, heal } = anActionWorld(action.id);
    const parameters = fitting(action);
    const receipt = await action.execute(parameters, ports);
    const { target, configuration } = fittingContext(action.family, action.id);
    const look = () => action.verify(parameters, receipt, { ports, target, configuration, poll: 0 });
    if (!AT_ONCE.has(action.id)) expect((await look()).state).toBe('pending');
    heal();
    expect((await look()).state).toBe(ADVANCES.has(action.id) ? 'advanced' : 'recovered');
  });

  const { undo } = action;
  it.skipIf(undo === undefined)('restores the previous state, once, however often it is asked', async () => {
    const { ports, state } = anActionWorld(action.id);
    const before = structuredClone([state.alias.currentVersion, state.ecs.currentTaskDefinition, state.resources]);
    const parameters = fitting(action);
    const receipt = await action.execute(parameters, ports);
    expect(await undo?.(parameters, receipt, ports)).not.toBe('');
    await undo?.(parameters, receipt, ports);
    const after = [state.alias.currentVersion, state.ecs.currentTaskDefinition, state.resources];
    if (!STOPS.has(action.id)) expect(after).toEqual(before);
    expect(state.effects).toHaveLength(2);
  });

  it('is listed as a candidate under its own id', () => {
    const candidates = candidatesFor(fittingContext(action.family, action.id), ACTIONS);
    expect(candidates.map(({ label }) => label)).toEqual([action.id]);
  });
});

describe('an action without a grant that it needs', () => {
  const AWS = ACTIONS.filter(({ family }) => family !== 'github');

  it.each(AWS)('is reported by its name: $id', async (action) => {
    const missing = await missingGrants({ ...action, grants: () => NO_GRANTS });
    expect(missing.length).toBeGreaterThan(0);
    for (const words of missing) expect(words).toMatch(new RegExp(`^${action.id} needs \\w+:\\w+ to `));
  });

  it('is reported for each right alone, also when only its undo lacks it', async () => {
    const alias = actionOf('rollback-lambda-alias') as ActionPlugin;
    const withoutUndo = { ...alias, grants: (of: Configuration) => ({ ...alias.grants(of), undo: [] }) };
    expect(await missingGrants(withoutUndo)).toContain(
      'rollback-lambda-alias needs lambda:UpdateAlias to undo and does not declare it',
    );
  });
});

describe('listing candidates', () => {
  it('[D29] puts the surest first, then the least risky, and names the target of several of one action', () => {
    const made = (id: string, risk: ActionPlugin['risk'], ...confidences: number[]) => ({
      ...(actionOf('rerun-failed-jobs') as ActionPlugin),
      id,
      risk,
      propose: () =>
        confidences.map((confidence, at) => ({
          parameters: { repository: 'acme/shop', runId: Math.min(at, 1) + 1, attempt: 1 },
          confidence,
          reason: '',
        })),
    });
    const actions = [made('a', 'high', 0.9), made('b', 'low', 0.9, 0.95, 0.5)];
    const listed = listCandidates({ ...fittingContext('github'), target: aGithubTarget() }, actions);
    expect(listed.map(({ label }) => label)).toEqual(['b@github:acme/shop/run/2', 'b@github:acme/shop/run/1', 'a']);
  });

  it('refuses a proposal whose parameters do not fit their own schema', () => {
    const broken = {
      ...(actionOf('rerun-failed-jobs') as ActionPlugin),
      propose: () => [{ parameters: { runId: 'x' }, confidence: 1, reason: '' }],
    };
    expect(() => listCandidates(fittingContext('github'), [broken])).toThrow();
  });
});
