import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { act } from '#shared/app/act.ts';
import { actionPorts } from '#shared/app/act-ports.ts';
import { guard } from '#shared/app/guard.ts';
import { makePlan } from '#shared/app/plan.ts';
import { verify } from '#shared/app/verify.ts';
import { aGithubTarget, anActionRecord, aTelemetry, someRunFacts } from '#test/builders/index.ts';
import { aRemedyRig } from './remedy-rig.ts';

const HOUR = 3_600_000;
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

/** A run of the local GitHub that was run again and hangs since, as seen three hours later. */
async function aHangingRun() {
  const { runId, run } = world.samples.failRun('transient', { deliver: 'none', rerunMs: 24 * HOUR });
  world.github.rerunByHand(runId);
  const target = aGithubTarget({ runId, workflowId: run.workflowId, headSha: run.headSha });
  const rig = await aRemedyRig({ incident: { target } });
  rig.clock.set(new Date(Date.now() + 3 * HOUR));
  // Waiting takes the clock on at once and the local GitHub a moment.
  const sleep = async (milliseconds: number) => {
    rig.clock.advance(milliseconds);
    await setTimeout(20);
  };
  const clock = { now: rig.clock.now, sleep };
  const codeHost = makeGithubCodeHost({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock });
  const facts = someRunFacts({ usualSeconds: [170, 240, 200] });
  await rig.deps.evidence.putTelemetry(rig.incident.id, aTelemetry({ facts }));
  await rig.deps.incidents.intend(anActionRecord({ state: 'done', verified: 'failed' }));
  const deps = { ...rig.deps, codeHost, ports: actionPorts({ codeHost, clock }), clock };
  return { runId, deps, incidentId: rig.incident.id, tried: ['rerun-failed-jobs'] };
}

describe('a run that was run again', () => {
  it('and waits for a runner is not taken for one that hangs', async () => {
    const { runId, deps, incidentId, tried } = await aHangingRun();
    await expect.poll(() => deps.codeHost.getRun('acme/shop', runId)).toMatchObject({ status: 'queued' });
    expect(await makePlan({ incidentId, tried }, deps)).toMatchObject({ decision: 'suggest' });
  });
});

describe('a run that hangs while it works', () => {
  it('is cancelled once and verified, also when the answer to the cancellation was lost', async () => {
    const { runId, deps, incidentId, tried } = await aHangingRun();
    const attempt = world.github.run(runId)?.attempts[1];
    if (attempt !== undefined) attempt.status = 'in_progress';
    const plan = await makePlan({ incidentId, tried }, deps);
    expect(plan).toMatchObject({ decision: 'act', actionId: 'cancel-stuck-run' });
    const place = { incidentId, digest: plan.digest ?? '' };
    const { lease } = await guard(place, deps);
    world.faults.inject('actions/cancel-workflow-run', { kind: 'reset', when: 'after' });
    expect(await act({ ...place, lease: lease ?? '' }, deps)).toMatchObject({ state: 'done' });
    expect(await act({ ...place, lease: lease ?? '' }, deps)).toMatchObject({ state: 'done' });
    expect(world.journal.count('github.run.cancelled', `acme/shop/runs/${runId}`)).toBe(1);
    expect(await verify({ ...place, poll: 0 }, deps)).toMatchObject({ state: 'advanced' });
    expect(await makePlan({ incidentId, tried: [...tried, 'cancel-stuck-run'] }, deps)).toMatchObject({
      decision: 'suggest',
      reasons: expect.arrayContaining([`Cancelled attempt 2 of run ${runId}, which hung.`]),
    });
  });
});
