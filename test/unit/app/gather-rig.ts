import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { rawTextOf } from '@selfheal/kernel/text/raw-text.ts';
import { archivedJobName, jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import type { LineRules } from '@selfheal/log-reading/logs/line-rules.ts';
import { gather } from '#shared/app/gather/gather.ts';
import type { BuildReader } from '#shared/ports/builds.ts';
import type { CodeHost, Job, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import { aConfiguration, anIncident, aService, redactedText } from '#test/builders/index.ts';
import {
  fakeAlarms,
  fakeBuilds,
  fakeClock,
  fakeCodeHost,
  fakeDeployments,
  fakeResources,
  fakeServiceLogs,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeRecordingLog,
} from '#test/fakes/index.ts';
import { MemoryChangeStore } from '#test/fakes/memory-change-store.ts';

/** The incident's run as GitHub shows it. */
export const aRun = (change: Partial<Run> = {}): Run => ({
  id: 1001,
  attempt: 1,
  status: 'completed',
  conclusion: 'failure',
  url: 'https://github.example/acme/shop/actions/runs/1001',
  workflowId: 77,
  headSha: 'a'.repeat(40),
  createdAt: '2026-11-21T11:50:00Z',
  startedAt: '2026-11-21T11:50:00Z',
  updatedAt: '2026-11-21T11:53:00Z',
  baseBranch: new RawRef('feature/basket'),
  fromFork: false,
  ...change,
});

export const JOBS: Job[] = [
  {
    id: 1,
    name: jobNameOf('build'),
    conclusion: 'failure',
    url: 'https://github.example/job/1',
    failedStep: redactedText('compile'),
  },
  { id: 2, name: jobNameOf('lint'), conclusion: 'success', url: null, failedStep: null },
];

/** An archive of these logs by job name. */
export const archiveOf = (logs: Record<string, string>, notes: string[] = []): LogArchiveReader => ({
  async read(_bytes, open) {
    const read = [];
    for (const [name, text] of Object.entries(logs)) {
      const job = archivedJobName(name);
      const receive = open({ job });
      receive?.(rawTextOf(text));
      if (receive) read.push({ job, bytes: text.length, truncated: false });
    }
    return { logs: read, notes };
  },
});

/** Everything that is gathered from: a failed run with two jobs, and an alarm that is programmed by the test. */
export async function aGatherRig(
  change: {
    codeHost?: Partial<CodeHost>;
    archives?: LogArchiveReader;
    incident?: ReturnType<typeof anIncident>;
    lineRules?: LineRules | null;
    service?: ReturnType<typeof aService>;
    builds?: BuildReader;
  } = {},
) {
  const clock = fakeClock();
  const incidents = makeMemoryIncidentStore(clock);
  const evidence = makeMemoryEvidenceStore();
  const incident = change.incident ?? anIncident();
  await incidents.create(incident);
  const codeHost = fakeCodeHost({
    getRun: async () => aRun(),
    listJobs: async () => JOBS,
    downloadLogs: async () => ({ kind: 'archive', bytes: new Uint8Array(4) }),
    hasNewerRun: async () => false,
    listDefaultBranchRuns: async () => [aRun({ id: 900, conclusion: 'success' }), aRun()],
    listCommitRuns: async () => [aRun()],
    ...change.codeHost,
  });
  const alarms = fakeAlarms();
  const deployments = fakeDeployments();
  const resources = fakeResources();
  const builds = change.builds ?? fakeBuilds();
  const serviceLogs = fakeServiceLogs();
  const deps = {
    incidents,
    evidence,
    codeHost,
    lineRules: change.lineRules ?? null,
    archives: change.archives ?? archiveOf({ build: 'ok\nerror: it broke\n', lint: 'fine\n' }),
    alarms,
    deployments,
    resources,
    serviceLogs,
    builds,
    changes: new MemoryChangeStore(),
    configuration: aConfiguration({ services: [change.service ?? aService()] }),
    clock,
    log: makeRecordingLog(),
  };
  const run = (acceptGaps = false) => gather({ incidentId: incident.id, acceptGaps }, deps);
  return { ...deps, incident, run };
}
