import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { approve } from './support/approving.ts';
import { incidentOfEvent } from './support/aws-event.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
let healer: Healer;
let approver: string;
beforeAll(async () => {
  healer = await openHealer({ base: 'jobs' });
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  approver = await signIn(healer, 'approver@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const NETWORK = [
  '[Container] 2026/11/27 09:41:02 Running command npm ci',
  'npm ERR! code ETIMEDOUT',
  'npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT 104.16.0.35:443',
  '[Container] 2026/11/27 09:41:12 Phase complete: INSTALL State: FAILED',
];
const COMPILER = [
  '[Container] 2026/11/27 09:41:02 Running command npx tsc',
  "src/cart.ts(41,7): error TS2322: Type 'string' is not assignable to type 'number'.",
  '[Container] 2026/11/27 09:41:12 Phase complete: BUILD State: FAILED',
];

/** Sends the event of a failure; gives the id of its incident. */
async function hear(event: { readonly source: string }): Promise<string> {
  await healer.runtime.putEvent(event);
  return incidentOfEvent(event);
}

async function endedWithYes(id: string): Promise<Incident> {
  await approve(healer, id, approver);
  return await healer.ended(id);
}

const linesOf = async (id: string): Promise<string> =>
  JSON.stringify((await healer.evidence.getEvidence(id))?.sources.map(({ lines }) => lines));
const actionsOf = async (id: string) =>
  (await healer.incidents.listActions(id)).map(({ actionId, state, verified }) => ({ actionId, state, verified }));

describe('a failed build of CodeBuild', () => {
  it('becomes an incident diagnosed by its log, is started again once a person agrees, verified by the new build, and told', async () => {
    const { id: build, event } = healer.world.aws.failBuild({ project: 'reports-nightly', log: NETWORK });
    const id = await hear(event);
    const incident = await endedWithYes(id);
    expect(incident).toMatchObject({
      status: 'resolved',
      classification: { class: 'network_connectivity' },
      target: { kind: 'alert', service: 'reports', build: { kind: 'codebuild-build', project: 'reports-nightly' } },
    });
    expect(await linesOf(id)).toContain('connect ETIMEDOUT');
    expect(await actionsOf(id)).toEqual([{ actionId: 'codebuild-retry', state: 'done', verified: 'recovered' }]);
    expect(healer.world.journal.entries({ kind: 'codebuild.build.started' })).toMatchObject([
      { target: 'reports-nightly', facts: { repeats: build } },
    ]);
    expect(JSON.stringify(healer.mailsAbout(id))).toContain('succeeded');
  });

  it('that fails again is left to people, and opens no second incident', async () => {
    const { event } = healer.world.aws.failBuild({ project: 'reports-again', log: NETWORK, again: ['FAILED'] });
    const id = await hear(event);
    expect(await endedWithYes(id)).toMatchObject({ status: 'escalated' });
    await healer.quiet();
    expect(await actionsOf(id)).toEqual([{ actionId: 'codebuild-retry', state: 'done', verified: 'failed' }]);
    expect(healer.world.aws.builds('reports-again')).toHaveLength(2);
  });

  it('is not started again where the change is at fault, nor where its owner does not allow it', async () => {
    const changed = healer.world.aws.failBuild({ project: 'reports-compile', log: COMPILER });
    const unlisted = healer.world.aws.failBuild({ project: 'reports-unlisted', log: NETWORK });
    for (const { event } of [changed, unlisted]) {
      const id = await hear(event);
      expect((await healer.ended(id)).status).toMatch(/^(?:escalated|suggested)$/);
      expect(await actionsOf(id)).toEqual([]);
    }
    expect(healer.world.aws.builds('reports-compile')).toHaveLength(1);
    expect(healer.world.aws.builds('reports-unlisted')).toHaveLength(1);
  });
});

describe('a failed execution of CodePipeline', () => {
  it('is diagnosed by the log of the build that failed, and its stage is retried within the same execution', async () => {
    const failed = { pipeline: 'reports-release', project: 'reports-nightly', log: NETWORK };
    const { execution, event } = healer.world.aws.failPipeline(failed);
    const id = await hear(event);
    expect(await endedWithYes(id)).toMatchObject({
      status: 'resolved',
      classification: { class: 'network_connectivity' },
      target: { service: 'reports', build: { kind: 'pipeline-execution', pipeline: 'reports-release', execution } },
    });
    expect(await actionsOf(id)).toEqual([
      { actionId: 'codepipeline-retry-stage', state: 'done', verified: 'recovered' },
    ]);
    expect(healer.world.journal.entries({ kind: 'codepipeline.stage.retried' })).toMatchObject([
      { target: 'reports-release/Build', facts: { execution } },
    ]);
    expect(JSON.stringify(healer.mailsAbout(id))).toContain('stage Build of reports-release');
  });

  it('is left alone once a later execution has failed in the stage, and where a person refused', async () => {
    const failed = { pipeline: 'reports-hotfix', project: 'reports-nightly', log: NETWORK };
    const { event } = healer.world.aws.failPipeline(failed);
    healer.world.aws.failPipeline(failed);
    const late = await hear(event);
    expect(await endedWithYes(late)).toMatchObject({ status: 'escalated' });
    expect(await actionsOf(late)).toEqual([]);
    expect((await healer.incidents.get(late))?.outcomeReason).toContain(
      'has reached the stage Build of reports-hotfix',
    );
    const refused = healer.world.aws.failPipeline({
      ...{ pipeline: 'reports-approval', project: 'reports-nightly', log: NETWORK },
      action: { category: 'Approval', provider: 'Manual', summary: 'Rejected: network request timed out, ETIMEDOUT' },
    });
    const id = await hear(refused.event);
    await healer.ended(id);
    expect(healer.world.journal.count('codepipeline.stage.retried', 'reports-hotfix/Build')).toBe(0);
    expect(healer.world.journal.count('codepipeline.stage.retried', 'reports-approval/Build')).toBe(0);
  });
});
