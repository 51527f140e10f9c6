import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { renderComment } from '#shared/plugins/notifiers/github-comment/index.ts';
import { aGithubTarget, anIncident, aProposalStory } from '#test/builders/index.ts';
import { setTime } from '#test/fakes/set-time.ts';
import { aGatherRig } from '../gather-rig.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ time: setTime() });
});
afterEach(() => world.stop());

/** A run of the local GitHub with so many failed jobs, gathered over its wire, and the requests that took. */
async function gathered(failedJobs: number) {
  const jobs = Array.from({ length: failedJobs }, (_, at) => ({
    name: `shard ${at}`,
    conclusion: 'failure' as const,
    steps: [{ name: 'Test', conclusion: 'failure' as const }],
  }));
  const archive = jobs.map(({ name }, at) => ({
    name: `${at}_${name}.txt`,
    content: `2026-11-23T10:00:00.0000000Z ##[error]${name} failed: expected 1, got 2\n`,
  }));
  world.github.addRepository('acme/shop');
  const run = world.github.addRun({
    repository: 'acme/shop',
    attempts: [{ conclusion: 'failure', jobs: [...jobs, { name: 'lint', conclusion: 'success' }], archive }],
  });
  const requests: string[] = [];
  world.onExchange(({ service, operation }) => {
    if (service === 'github') requests.push(operation);
  });
  const target = aGithubTarget({ runId: run.id, workflowId: run.workflowId, headSha: run.headSha });
  const rig = await aGatherRig({ incident: anIncident({ target }) });
  const codeHost = makeGithubCodeHost({
    apiUrl: world.githubApiUrl,
    token: async () => 'a-token',
    clock: rig.clock,
  });
  const deps = { ...rig, codeHost, archives: makeZipLogArchive() };
  await gather({ incidentId: rig.incident.id, acceptGaps: false }, deps);
  const evidence = await rig.evidence.getEvidence(rig.incident.id);
  return { evidence, telemetry: await rig.evidence.getTelemetry(rig.incident.id), requests, incident: rig.incident };
}

describe('a run in which 3,000 jobs failed', () => {
  it('is told with all of them counted, and read with a bounded number of requests', async () => {
    const { evidence, telemetry, requests, incident } = await gathered(3_000);
    expect(telemetry?.facts).toMatchObject({ kind: 'run', passedJobs: 1 });
    const ids = telemetry?.facts.kind === 'run' ? telemetry.facts.failedJobIds : [];
    expect(new Set(ids).size).toBe(3_000);
    expect(evidence?.sources).toHaveLength(8);
    expect(evidence?.failedJobs).toBe(3_000);
    const comment = renderComment(aProposalStory({ evidence, incident }));
    expect(comment).toContain('shard 0 and 2999 other jobs');
    expect(comment).toContain('The logs of 2992 of 3000 failed jobs were not read.');
    // A hundred to a page, and nothing for each job.
    const pages = requests.filter((operation) => operation === 'actions/list-jobs-for-workflow-run-attempt');
    expect(pages).toHaveLength(31);
    expect(requests.length).toBeLessThan(50);
  });
});

describe('a run whose failed jobs were all read', () => {
  it.each([
    [1, 'shard 0 failed'],
    [2, 'shard 0 and 1 other job failed'],
    [8, 'shard 0 and 7 other jobs failed'],
    [9, 'shard 0 and 8 other jobs failed'],
  ])('%d: %s', async (failedJobs, words) => {
    const { evidence, incident } = await gathered(failedJobs);
    expect(evidence?.sources).toHaveLength(Math.min(failedJobs, 8));
    expect(evidence?.failedJobs).toBe(failedJobs > 8 ? failedJobs : undefined);
    expect(renderComment(aProposalStory({ evidence, incident }))).toContain(words);
  });
});
