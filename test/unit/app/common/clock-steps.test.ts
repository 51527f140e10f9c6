import { describe, expect, it } from 'vitest';
import { decideApproval } from '#shared/app/approve/approval.ts';
import { requestApproval } from '#shared/app/approve/request.ts';
import { ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { reconcile } from '#shared/app/upkeep/reconcile.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { breakerScopeOf } from '#shared/domain/policy/guard-rules.ts';
import { ApprovalAnswer } from '#shared/domain/workflow/steps.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { aConfiguration, anIncident } from '#test/builders/index.ts';
import {
  makeMemoryEscalationChains,
  makeMemoryMailer,
  makeMemorySignalQueue,
  makeMemoryWorkflowEngine,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { aGrantedRig } from '../granted-rig.ts';
import { anIngestRig, failure, idOf } from '../ingest-rig.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const DAY = 24 * 60 * 60 * 1000;
const STEPS = [
  ['forward', DAY],
  ['backward', -DAY],
] as const;
const approver = { token_use: 'id', sub: 'subject-1', 'cognito:username': 'approver-1', 'custom:github': 'octo-lead' };

describe.each(STEPS)('the clock steps a day %s between intake and workflow', (_direction, step) => {
  it('a delivery that comes again is the same, and its incident has one execution', async () => {
    const { deps, clock, workflow, incidents } = anIngestRig();
    const signal = failure();
    expect(await ingestSignal(signal, deps)).toBe('opened');
    clock.advance(step);
    expect(await ingestSignal(signal, deps)).toBe('duplicate-delivery');
    expect(await ingestSignal({ ...signal, deliveryId: 'delivery-2' }, deps)).not.toBe('opened');
    expect(workflow.started).toEqual([`${idOf(signal)}-1`]);
    expect(await incidents.get(idOf(signal))).toMatchObject({ status: 'open', attempt: 1 });
  });

  it('an incident whose intake died before its execution began is started by the next delivery', async () => {
    const { deps, clock, workflow } = anIngestRig();
    const signal = failure();
    const start = async () => {
      throw new Error('killed');
    };
    await expect(ingestSignal(signal, { ...deps, workflow: { start } })).rejects.toThrow('killed');
    clock.advance(step);
    await ingestSignal(signal, deps);
    expect(workflow.started).toEqual([`${idOf(signal)}-1`]);
  });

  it('the place of an incident stays taken while it is open', async () => {
    const { deps, clock, workflow } = anIngestRig();
    await ingestSignal(failure({ runId: 1001 }), deps);
    clock.advance(step);
    expect(await ingestSignal(failure({ runId: 1002 }, 'delivery-2'), deps)).toBe('occurrence');
    expect(workflow.started).toHaveLength(1);
  });

  it('the reconciler finds an incident that lost its workflow after its usual time, and starts it once', async () => {
    const { deps, clock, incidents, control } = anIngestRig();
    const workflow = makeMemoryWorkflowEngine();
    await incidents.create(anIncident({ updatedAt: clock.now().toISOString() }));
    const rounds = {
      ...deps,
      control,
      incidents,
      workflow,
      chains: makeMemoryEscalationChains(),
      queue: makeMemorySignalQueue(),
      mailer: makeMemoryMailer(),
      notifiers: NOTIFIERS,
      meter: makeRecordingMeter(),
      configuration: aConfiguration(),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    clock.advance(step);
    for (let minutes = 0; minutes <= 15; minutes += 5) {
      await reconcile(rounds);
      clock.advance(5 * 60_000);
    }
    expect(workflow.started).toHaveLength(1);
  });
});

/** A plan that waits for its approval. */
async function anAskingRig() {
  const rig = await aRemedyRig({ confidence: 0.7 });
  const { digest } = await makePlan({ incidentId: rig.incident.id, tried: [], held: false }, rig.deps);
  const place = { incidentId: rig.incident.id, digest: digest as string };
  await requestApproval({ ...place, taskToken: 'token-1', expiresInSeconds: 3600 }, rig.deps);
  return { ...rig, place };
}

describe('the clock steps a day while an approval waits', () => {
  it('forward: it has expired, and nothing may be done with it', async () => {
    const { deps, place, clock } = await anAskingRig();
    clock.advance(DAY);
    expect(await decideApproval(place, 'approved', approver, deps)).toEqual({ kind: 'expired' });
    expect(deps.workflow.answers).toEqual([]);
    expect(await guard(place, deps)).toMatchObject({ next: 'suggest', lease: null });
  });

  it('forward and back again: it can be decided once', async () => {
    const { deps, place, clock } = await anAskingRig();
    clock.advance(DAY);
    await decideApproval(place, 'approved', approver, deps);
    clock.advance(-DAY);
    expect(await decideApproval(place, 'approved', approver, deps)).toEqual({ kind: 'answered' });
    expect(await decideApproval(place, 'rejected', approver, deps)).toMatchObject({ kind: 'decided-before' });
    expect(deps.workflow.answers).toHaveLength(1);
  });

  it('backward: a decision that the workflow does not wait for any more is too late, and is never carried out', async () => {
    const { deps, place, clock } = await anAskingRig();
    clock.advance(-DAY);
    const workflow = { ...deps.workflow, answer: async () => 'expired' as const };
    expect(await decideApproval(place, 'approved', approver, { ...deps, workflow })).toEqual({ kind: 'expired' });
    expect(await guard(place, deps)).toMatchObject({ next: 'suggest', lease: null });
    clock.advance(2 * DAY);
    expect(await guard(place, deps)).toMatchObject({ next: 'suggest', lease: null });
  });

  it.each(STEPS)(
    '%s, after it was approved: the same decision again is one, and is for the same plan',
    async (_, step) => {
      const { deps, place, clock } = await anAskingRig();
      await decideApproval(place, 'approved', approver, deps);
      clock.advance(step);
      await decideApproval(place, 'approved', approver, deps);
      const digests = deps.workflow.answers.map(({ output }) => ApprovalAnswer.parse(output).digest);
      expect(new Set(digests)).toEqual(new Set([place.digest]));
      expect(await decideApproval(place, 'rejected', approver, deps)).toMatchObject({ kind: 'decided-before' });
    },
  );
});

describe('the clock steps between the guard and the effect', () => {
  it.each(STEPS)('a day %s: the lease is over, and nothing is done', async (_direction, step) => {
    const { deps, input, clock, record, calls } = await countingRig();
    clock.advance(step);
    expect(await act(input, deps)).toMatchObject({ state: 'refused', summary: expect.stringContaining('lease') });
    expect(calls.execute).toBe(0);
    expect(await record()).toMatchObject({ state: 'refused' });
  });

  it('five minutes backward: it is done once, however often the step is repeated', async () => {
    const { deps, input, clock, calls } = await countingRig();
    clock.advance(-5 * 60_000);
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(await act(input, deps)).toMatchObject({ state: 'done' });
    expect(calls.execute).toBe(1);
  });
});

/** A granted plan whose execution is counted, and whose effect shows only when it is told to. */
async function countingRig() {
  const rig = await aGrantedRig();
  const calls = { execute: 0, hidden: false, dies: false };
  const actions = rig.deps.actions.map((plugin) => ({
    ...plugin,
    observe: async (...given: Parameters<typeof plugin.observe>) =>
      calls.hidden ? ({ kind: 'not-started' } as const) : plugin.observe(...given),
    execute: async (...given: Parameters<typeof plugin.execute>) => {
      calls.execute += 1;
      const receipt = await plugin.execute(...given);
      if (calls.dies) throw new Killed('killed');
      return receipt;
    },
  }));
  return { ...rig, calls, deps: { ...rig.deps, actions } };
}
class Killed extends Error {}

describe.each(STEPS)('the clock steps a day %s between an intent and its observation', (_direction, step) => {
  it.each([false, true])('nothing is requested a second time; the effect is hidden meanwhile: %s', async (hidden) => {
    const { deps, input, clock, record, calls } = await countingRig();
    // Killed after the effect and before anything was noted of it.
    calls.dies = true;
    const commitAction: typeof deps.incidents.commitAction = async (incidentId, digest, change) => {
      if (calls.dies && change.state !== undefined) throw new Killed('killed');
      await deps.incidents.commitAction(incidentId, digest, change);
    };
    await expect(act(input, { ...deps, incidents: { ...deps.incidents, commitAction } })).rejects.toThrow('killed');
    expect(await record()).toMatchObject({ state: 'intended' });
    calls.dies = false;
    calls.hidden = hidden;
    clock.advance(step);
    await act(input, deps).catch((error: unknown) => expect(error).toMatchObject({ name: 'Retryable' }));
    calls.hidden = false;
    await act(input, deps);
    expect(calls.execute).toBe(1);
  });
});

describe('the clock steps a day while a target is leased', () => {
  const lease = async (holder: string, deps: Awaited<ReturnType<typeof aGrantedRig>>['deps'], action: string) =>
    deps.control.acquireLease(action, holder, 60, deps.clock.now());

  it('forward: the next incident gets it, and whoever held it before does not hold it any more', async () => {
    const { deps, clock } = await aRemedyRig();
    const first = await lease('one', deps, 'target');
    clock.advance(DAY);
    expect(await lease('two', deps, 'target')).not.toBeNull();
    clock.advance(-DAY);
    expect(await deps.control.holdsLease('target', first?.id ?? '', clock.now())).toBe(false);
  });

  it('backward: it counts as expired at once, for whoever held it, too', async () => {
    const { deps, clock } = await aRemedyRig();
    const first = await lease('one', deps, 'target');
    clock.advance(-DAY);
    expect(await deps.control.holdsLease('target', first?.id ?? '', clock.now())).toBe(false);
    expect(await lease('two', deps, 'target')).not.toBeNull();
    clock.advance(DAY);
    expect(await deps.control.holdsLease('target', first?.id ?? '', clock.now())).toBe(false);
  });

  it('a few seconds backward: nobody else gets it before it is given back', async () => {
    const { deps, clock } = await aRemedyRig();
    const first = await lease('one', deps, 'target');
    clock.advance(-5000);
    expect(await deps.control.holdsLease('target', first?.id ?? '', clock.now())).toBe(true);
    expect(await lease('two', deps, 'target')).toBeNull();
    await deps.control.releaseLease('target', first?.id ?? '');
    expect(await lease('two', deps, 'target')).not.toBeNull();
  });
});

describe('the clock was ahead when actions failed', () => {
  const failing = async (aheadMilliseconds: number) => {
    const { deps, incident } = await aRemedyRig();
    const { digest } = await makePlan({ incidentId: incident.id, tried: [], held: false }, deps);
    const place = { incidentId: incident.id, digest: digest as string };
    const action = (await deps.incidents.getPlan(place.incidentId, place.digest)) as BoundAction;
    const at = new Date(deps.clock.now().getTime() + aheadMilliseconds);
    for (const key of ['one', 'two', 'three']) await deps.control.addFailure(breakerScopeOf(action), key, at);
    return await guard(place, deps);
  };

  it('a day: the circuit breaker does not wait until the clock has caught up', async () => {
    expect(await failing(DAY)).toMatchObject({ next: 'act' });
  });

  it('by less than the window of the breaker: it is open', async () => {
    for (const ahead of [0, 5000, 30 * 60_000]) {
      expect(await failing(ahead)).toMatchObject({
        next: 'suggest',
        reasons: [expect.stringContaining('circuit breaker is open: 3 failures')],
      });
    }
  });
});

describe('the clock steps a day within an hourly budget', () => {
  it('no hour gives more than its budget, however often the clock comes back to it', async () => {
    const { deps, clock } = await aRemedyRig();
    const takers = new Map<string, Set<string>>();
    const take = async (key: string) => {
      const hour = clock.now().toISOString().slice(0, 13);
      const end = new Date(Date.parse(`${hour}:00:00.000Z`) + 3_600_000);
      if (!(await deps.control.takeFromLimit('everything', hour, key, 2, end))) return;
      takers.set(hour, new Set([...(takers.get(hour) ?? []), key]));
    };
    for (let round = 0; round < 4; round += 1) {
      for (const step of [DAY, -DAY]) {
        await take(`one-${round}-${step}`);
        await take('repeated');
        clock.advance(step);
      }
    }
    // The repeated one came second each time and takes its unit once.
    expect([...takers.values()].map(({ size }) => size)).toEqual([2, 2]);
  });
});
