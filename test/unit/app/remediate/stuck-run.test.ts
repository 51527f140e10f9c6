import { Retryable } from '@selfheal/kernel/errors.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { act } from '#shared/app/remediate/act.ts';
import { guard } from '#shared/app/remediate/guard.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { verify } from '#shared/app/remediate/verify.ts';
import { aGithubTarget, anActionRecord, aTelemetry, someRunFacts } from '#test/builders/index.ts';
import { type SetTime, setTime } from '#test/fakes/set-time.ts';
import { aRemedyRig } from '../remedy-rig.ts';

const HOUR = 3_600_000;
let time: SetTime;
let world: World;
beforeEach(async () => {
  time = setTime();
  world = await startWorld({ time });
});
afterEach(() => world.stop());

/** A run of the local GitHub that was run again and hangs since, as seen three hours later. */
async function aHangingRun(cancelMs: number) {
  const { runId, run, pullRequest } = world.samples.failRun('transient', {
    deliver: 'none',
    rerunMs: 24 * HOUR,
    cancelMs,
  });
  world.github.rerunByHand(runId);
  const target = aGithubTarget({ runId, workflowId: run.workflowId, headSha: run.headSha, pullRequest });
  const rig = await aRemedyRig({ incident: { target } });
  time.advance(3 * HOUR);
  const clock = { now: () => new Date(time.now()), sleep: async (milliseconds: number) => time.advance(milliseconds) };
  const codeHost = makeGithubCodeHost({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock });
  const facts = someRunFacts({ usualSeconds: [170, 240, 200] });
  await rig.deps.evidence.putTelemetry(rig.incident.id, aTelemetry({ facts }));
  await rig.deps.incidents.intend(anActionRecord({ state: 'done', verified: 'failed' }));
  const deps = { ...rig.deps, codeHost, ports: actionPorts({ codeHost, clock }), clock };
  return { runId, deps, incidentId: rig.incident.id, tried: ['rerun-failed-jobs'] };
}

describe('a run that was run again', () => {
  it('and waits for a runner is not taken for one that hangs', async () => {
    const { runId, deps, incidentId, tried } = await aHangingRun(50);
    expect(await deps.codeHost.getRun('acme/shop', runId)).toMatchObject({ status: 'queued' });
    expect(await makePlan({ incidentId, tried, held: false }, deps)).toMatchObject({ decision: 'suggest' });
  });
});

describe('a run that hangs while it works', () => {
  /** GitHub gives jobs that are cancelled up to five minutes to end. */
  it.each([50, 9_000, 40_000, 300_000])(
    'is cancelled once and verified when the answer was lost and GitHub takes %d ms to end it',
    async (cancelMs) => {
      const { runId, deps, incidentId, tried } = await aHangingRun(cancelMs);
      const attempt = world.github.run(runId)?.attempts[1];
      if (attempt !== undefined) attempt.status = 'in_progress';
      const plan = await makePlan({ incidentId, tried, held: false }, deps);
      expect(plan).toMatchObject({ decision: 'act', actionId: 'cancel-stuck-run' });
      const place = { incidentId, digest: plan.digest ?? '' };
      const { lease } = await guard(place, deps);
      world.faults.inject('actions/cancel-workflow-run', { kind: 'reset', when: 'after' });
      const step = () => act({ ...place, lease: lease ?? '' }, deps);
      expect(await step().catch((error: unknown) => (error instanceof Retryable ? step() : error))).toMatchObject({
        state: 'done',
      });
      expect(await step()).toMatchObject({ state: 'done' });
      expect(world.journal.count('github.run.cancelled', `acme/shop/runs/${runId}`)).toBe(1);
      expect(world.github.run(runId)?.attempts).toHaveLength(2);
      let checked = await verify({ ...place, poll: 0 }, deps);
      for (let poll = 1; checked.state === 'pending'; poll += 1) {
        time.advance(30_000);
        checked = await verify({ ...place, poll }, deps);
      }
      expect(checked).toMatchObject({ state: 'advanced' });
      expect(await makePlan({ incidentId, tried: [...tried, 'cancel-stuck-run'], held: false }, deps)).toMatchObject({
        decision: 'suggest',
        reasons: expect.arrayContaining([`Asked GitHub to cancel attempt 2 of run ${runId}, which hung.`]),
      });
    },
  );
});
