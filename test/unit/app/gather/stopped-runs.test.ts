import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { aGithubTarget, anIncident } from '#test/builders/index.ts';
import { setTime } from '#test/fakes/set-time.ts';
import { aGatherRig } from '../gather-rig.ts';

const { signatures } = await loadSignatures('shared/data', loadRe2Engine);

let world: World;
beforeEach(async () => {
  world = await startWorld({ time: setTime() });
  world.github.addRepository('acme/shop');
});
afterEach(() => world.stop());

type Attempt = Parameters<World['github']['addRun']>[0]['attempts'][0];

/** What is gathered, over the wire, about a run that ended so, and what it is taken for. */
async function gathered(attempt: Attempt) {
  const run = world.github.addRun({ repository: 'acme/shop', attempts: [attempt] });
  const requests: string[] = [];
  world.onExchange(({ service, operation }) => {
    if (service === 'github') requests.push(operation);
  });
  const target = aGithubTarget({ runId: run.id, workflowId: run.workflowId, headSha: run.headSha, pullRequest: null });
  const rig = await aGatherRig({ incident: anIncident({ target }) });
  const codeHost = makeGithubCodeHost({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock: rig.clock });
  const { notes } = await gather(
    { incidentId: rig.incident.id, acceptGaps: false },
    { ...rig, codeHost, archives: makeZipLogArchive() },
  );
  const evidence = await rig.evidence.getEvidence(rig.incident.id);
  if (evidence === null) throw new Error('Nothing was gathered.');
  const text = evidence.sources.flatMap(({ lines }) => lines.map((line) => line.text)).join('\n');
  return { evidence, text, notes, requests, found: classify(evidence, { signatures }) };
}

const OVER_ITS_TIME =
  'The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 6 minutes.';
const LOST = 'The hosted runner: GitHub Actions 12 lost communication with the server.';
const quietLog = [{ name: '0_build.txt', content: '2026-11-23T10:00:00.0000000Z Compiling 14 of 98\n' }];
const passed = { name: 'Set up job', conclusion: 'success' } as const;

describe('a run that GitHub stopped', () => {
  it.each([
    ['over its time, which GitHub shows as cancelled', 'cancelled', 'cancelled', OVER_ITS_TIME],
    ['over its time', 'timed_out', 'timed_out', OVER_ITS_TIME],
    ['cut off from its runner', 'failure', 'failure', LOST],
  ] as const)('is told by what the runner said, for its log says nothing: %s', async (_what, run, job, message) => {
    const jobs = [{ name: 'build', conclusion: job, steps: [passed], runnerSays: [message] }];
    const { text, found, notes } = await gathered({ conclusion: run, jobs, archive: quietLog });
    expect(text).toContain(message);
    expect(found.class).not.toBe('unknown');
    expect(found.verdict).not.toBe('regression');
    expect(notes).toEqual([]);
  });

  it('is told although its log is gone', async () => {
    const jobs = [{ name: 'build', conclusion: 'failure' as const, steps: [passed], runnerSays: [LOST] }];
    const { text, notes } = await gathered({ conclusion: 'failure', jobs, archive: null });
    expect(text).toContain(LOST);
    expect(notes.join(' ')).toContain('The logs could not be read');
  });

  it('is told with the missing right where the token may not read what the runner said', async () => {
    world.github.setPermissions({ actions: 'read' });
    const jobs = [{ name: 'build', conclusion: 'timed_out' as const, steps: [passed], runnerSays: [OVER_ITS_TIME] }];
    const { notes } = await gathered({ conclusion: 'timed_out', jobs, archive: quietLog });
    expect(notes.join(' ')).toContain('the token lacks the permission Checks: read');
  });

  it('costs no request more where a step failed and its log was read', async () => {
    const jobs = [
      { name: 'build', conclusion: 'failure' as const, steps: [{ name: 'Test', conclusion: 'failure' as const }] },
    ];
    const { requests } = await gathered({ conclusion: 'failure', jobs, archive: quietLog });
    expect(requests).not.toContain('checks/list-annotations');
  });
});

describe('a run that never started', () => {
  it('is told as an invalid workflow, and no log is asked for', async () => {
    const { text, found, notes, requests } = await gathered({ conclusion: 'startup_failure', jobs: [], archive: null });
    expect(text).toContain('GitHub started no job of this run');
    expect(found).toMatchObject({ class: 'configuration_errors', verdict: 'regression' });
    expect(notes.join(' ')).not.toMatch(/expired|logs could not be read/);
    expect(requests).not.toContain('actions/download-workflow-run-attempt-logs');
  });
});
