import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { outputOf, type Stage } from '#apps/local/stage.ts';
import { call, marshalledFields } from '#lab/drills/records.ts';
import { listingKeysOf } from '#shared/adapters/aws/dynamo-incident-keys.ts';
import { Incident, type IncidentStatus } from '#shared/domain/incident/incident.ts';
import type { Row } from './row.ts';
import { viewerToken, withSampleStage } from './sample-stage.ts';
import type { ApiTimes, LoadFigures } from './time-api.ts';
import type { ListTimes } from './time-lists.ts';

/** Incidents in the table; fewer for a short round: `BENCH_INCIDENTS=5000`. */
const STORED = Number(process.env.BENCH_INCIDENTS ?? 100_000);
/** A machine that stores slower than this is too busy to measure on. */
const MAX_FILL_SECONDS = 900;
const DAYS = 180;
const REPOSITORIES = 40;
const ALARMS = 20;
const MAX_MILLISECONDS = 60;
/** DynamoDB takes 25 items per call. */
const AT_ONCE = 25;
const CALLS_IN_FLIGHT = 8;
const TIMER = fileURLToPath(new URL('./time-lists.ts', import.meta.url));
const API_TIMER = fileURLToPath(new URL('./time-api.ts', import.meta.url));

/** Lists and single incidents of a table of 100,000: from the stores, through the gateway of the local runtime, and through the API. */
export function listRows(outDir: string): Promise<Row[]> {
  return withSampleStage(join(outDir, 'lists'), async (stage) => {
    const table = outputOf(stage.runtime, 'IncidentsTableName');
    const access = { endpoint: stage.runtime.endpoint, adminKey: stage.adminKey };
    const now = new Date();
    const filled = performance.now();
    await storeIncidents(access, table, STORED, now);
    const seconds = ((performance.now() - filled) / 1000).toFixed(0);
    const { stdout } = await promisify(execFile)(process.execPath, [TIMER, table, now.toISOString()], {
      maxBuffer: 1 << 26,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: access.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: access.adminKey,
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    });
    return [...rowsOf(JSON.parse(stdout) as ListTimes, seconds), ...(await apiRows(stage))];
  });
}

/** The same through the API, asked by a process of its own. */
async function apiRows(stage: Stage): Promise<Row[]> {
  const { runtime } = stage;
  const token = await viewerToken(stage);
  const { stdout } = await promisify(execFile)(process.execPath, [API_TIMER, runtime.endpoint, token], {
    maxBuffer: 1 << 26,
  });
  const { list, show, health, lists, flood } = JSON.parse(stdout) as ApiTimes;
  return [
    {
      measure: `the same through the API: GET /api/incidents, GET /api/incidents/{id} at ${STORED} stored: p50/p99`,
      goal: `p99 ${MAX_MILLISECONDS} ms`,
      measured: `${figures(list)}, ${figures(show)} ms`,
      met: Math.max(quantile(list, 0.99), quantile(show, 0.99)) <= MAX_MILLISECONDS,
    },
    loadRow('GET /api/health', health),
    loadRow('GET /api/incidents', lists),
    {
      measure: `GET /api/incidents at ${flood.rate} a second for ${flood.seconds} s, above its limit of 200`,
      goal: 'served or 429, nothing else',
      measured: answersOf(flood),
      met: Object.keys(flood.answers).sort().join() === '200,429',
    },
  ];
}

function loadRow(route: string, load: LoadFigures): Row {
  return {
    measure: `${route} at ${load.rate} a second for ${load.seconds} s`,
    goal: 'no error',
    measured: `${answersOf(load)}; p50/p99 ${load.p50}/${load.p99} ms`,
    met: Object.keys(load.answers).join() === '200',
  };
}

const answersOf = ({ answers }: LoadFigures): string =>
  Object.entries(answers)
    .map(([status, count]) => `${count} x ${status}`)
    .join(', ');

function rowsOf({ 'no filter': plain = [], show = [], ...filtered }: ListTimes, fillSeconds: string): Row[] {
  const worst = Math.max(...Object.values(filtered).map((times) => quantile(times, 0.99)));
  const each = Object.entries(filtered).map(([name, times]) => `${name} ${figures(times)}`);
  return [
    {
      measure: `incident list (pages of 50, newest first), show at ${STORED} stored: p50/p99`,
      goal: `p99 ${MAX_MILLISECONDS} ms`,
      measured: `${figures(plain)}, ${figures(show)} ms (stored in ${fillSeconds} s)`,
      met: Math.max(quantile(plain, 0.99), quantile(show, 0.99)) <= MAX_MILLISECONDS,
    },
    {
      measure: 'the same with filters: p50/p99 in ms',
      goal: `p99 ${MAX_MILLISECONDS} ms`,
      measured: each.join('; '),
      met: worst <= MAX_MILLISECONDS,
    },
  ];
}

export function quantile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? Number.NaN;
}

const figures = (times: readonly number[]): string =>
  `${quantile(times, 0.5).toFixed(0)}/${quantile(times, 0.99).toFixed(0)}`;

/** Stores made-up incidents of half a year, evenly spread, past the product's own code. */
export async function storeIncidents(
  access: { readonly endpoint: string; readonly adminKey: string },
  table: string,
  count: number,
  now = new Date(),
): Promise<void> {
  let at = 0;
  const began = performance.now();
  const writer = async () => {
    while (at < count) {
      if (performance.now() - began > MAX_FILL_SECONDS * 1000)
        throw new Error(`Only ${at} of ${count} incidents were stored in ${MAX_FILL_SECONDS} s.`);
      const first = at;
      at += AT_ONCE;
      const requests = Array.from({ length: AT_ONCE }, (_, index) => {
        const incident = madeIncident(first + index, count, now);
        const item = { pk: `INC#${incident.id}`, sk: 'META', ...incident, ...listingKeysOf(incident) };
        return { PutRequest: { Item: marshalledFields(item) } };
      });
      await call(access, 'BatchWriteItem', { RequestItems: { [table]: requests } });
    }
  };
  await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, writer));
}

const CLASSES = FailureClass.options;

/** One in five is of an alarm; seven in ten resolved, one in a thousand open. Without the key of the index `open`, so that nothing is done about them. */
function madeIncident(number: number, count: number, now: Date): Incident {
  const hash = digestOf(String(number), 24);
  const chance = (slot: number, below: number): number => Number.parseInt(hash.slice(slot, slot + 6), 16) % below;
  const openedAt = new Date(now.getTime() - (number / count) * DAYS * 24 * 3600 * 1000).toISOString();
  const isAlarm = chance(0, 5) === 0;
  return Incident.parse({
    version: 1,
    id: `${isAlarm ? 'cw' : 'gh'}-${hash}`,
    status: statusOf(chance(6, 1000)),
    target: isAlarm ? alarmTarget(chance(12, ALARMS), openedAt) : runTarget(chance(12, REPOSITORIES), number),
    intakeKey: digestOf(hash, 40),
    tainted: { title: 'CI', branch: 'main', branchKey: digestOf('main', 40), reason: null },
    source: isAlarm ? 'cloudwatch' : 'github',
    attempt: 1,
    occurrences: 1,
    runAttempt: 1,
    reopened: false,
    restarts: 0,
    recurrence: null,
    parentId: null,
    classification: {
      class: CLASSES[chance(18, CLASSES.length)],
      verdict: 'unknown',
      confidence: 0.8,
      alternatives: [],
      signature: null,
      fingerprint: hash.slice(0, 16),
      evidence: ['L1', 'L2', 'L3'],
    },
    outcomeReason: 'The failed jobs passed when they ran again.',
    openedAt,
    updatedAt: openedAt,
    // One without is given a number when it is first listed, which takes longer than the list.
    number: count - number,
  });
}

function statusOf(perMille: number): IncidentStatus {
  if (perMille === 0) return 'open';
  if (perMille < 50) return 'escalated';
  if (perMille < 150) return 'suggested';
  return perMille < 300 ? 'healed' : 'resolved';
}

const alarmTarget = (alarm: number, changedAt: string) => ({
  kind: 'alarm',
  alarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm-${alarm}`,
  account: '123456789012',
  region: 'us-east-1',
  changedAt,
});

const runTarget = (repository: number, runId: number) => ({
  kind: 'run',
  host: 'github',
  installationId: 1,
  repository: `acme/repository-${repository}`,
  repositoryId: repository,
  workflowId: 1,
  runId,
  runAttempt: 1,
  headSha: digestOf(String(runId), 40),
  event: 'push',
  pullRequest: null,
  onDefaultBranch: true,
  actor: 'octo-dev',
});
