import { makeCollection } from '@selfheal/fake-server/collection.ts';
import { serviceBelow, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';
import { present } from '@selfheal/kernel/present.ts';

const SPARK_PREFIX = '/spark-history/api/v1';

/** An application that has ended. What is left out stands for one that ended well. */
export interface ApplicationSpec {
  readonly id: string;
  readonly name: string;
  /** Status of its one job. */
  readonly status?: 'SUCCEEDED' | 'FAILED';
  readonly stage?: {
    readonly status: 'COMPLETE' | 'FAILED';
    readonly failureReason?: string;
    /** Run times of its tasks in milliseconds: half of them, and the longest. */
    readonly taskTimes?: readonly [half: number, longest: number];
  };
  readonly executors?: readonly { readonly id: string; readonly removeReason?: string; readonly gcShare?: number }[];
}

export interface SparkControl {
  addApplication(spec: ApplicationSpec): void;
  /** The server is away until it is told that it is back. */
  setAway(isAway: boolean): void;
}

interface Stored extends ApplicationSpec {
  readonly endedAt: number;
}

/** A fake of the part of a Spark History Server's REST API that is read: https://spark.apache.org/docs/latest/monitoring.html#rest-api */
export function makeLocalSpark({ dataDir, now }: { readonly dataDir: string | undefined; readonly now: () => number }) {
  const applications = makeCollection<Stored>(dataDir, 'spark/applications');
  const state = { isAway: false };

  function answer(request: WireRequest): WireResponse {
    if (state.isAway) return text(503, 'Service Unavailable');
    if (request.method !== 'GET') return text(405, 'Method Not Allowed');
    const [kind, id, ...rest] = request.path.slice(SPARK_PREFIX.length).split('/').slice(1).map(decodeURIComponent);
    if (kind !== 'applications') return text(404, 'Not Found');
    if (id === undefined) return list(request.query);
    const found = applications.get(id);
    // As the server words it, in plain text.
    return found === undefined ? text(404, `unknown app ${id}`) : ofApplication(found, rest, request.query);
  }

  function list(query: URLSearchParams): WireResponse {
    const from = dateOf(query.get('minEndDate'));
    if (Number.isNaN(from)) return text(400, `Couldn't parse date: ${query.get('minEndDate')}`);
    const status = query.getAll('status');
    const fitting = applications
      .all()
      .filter(({ endedAt }) => endedAt >= from && (status.length === 0 || status.includes('completed')))
      .toSorted((a, b) => b.endedAt - a.endedAt);
    return json(fitting.slice(0, Number(query.get('limit') ?? Number.POSITIVE_INFINITY)).map(applicationAnswer));
  }

  return {
    service: serviceBelow(SPARK_PREFIX, {
      service: 'spark',
      perform: answer,
      fail: (status) => text(status, 'The server failed.'),
    }),
    control: {
      addApplication: (spec) => applications.put(spec.id, { ...spec, endedAt: now() }),
      setAway: (isAway) => {
        state.isAway = isAway;
      },
    } satisfies SparkControl as SparkControl,
  };
}

/** `2026-11-27T02:00:00.000GMT` or a day, as the server reads dates; the beginning of time where none is named. */
function dateOf(given: string | null): number {
  if (given === null) return 0;
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}\.\d{3}GMT)?$/.test(given)) return Number.NaN;
  return Date.parse(given.replace('GMT', 'Z'));
}

function ofApplication(app: Stored, path: readonly string[], query: URLSearchParams): WireResponse {
  const [what, stage, attempt, summary] = path;
  const { status = 'SUCCEEDED' } = app;
  if (what === undefined) return json(applicationAnswer(app));
  if (what === 'jobs')
    return json([
      {
        jobId: 0,
        name: 'save at Report.scala:41',
        status,
        stageIds: [3],
        numTasks: 200,
        numFailedTasks: status === 'FAILED' ? 4 : 0,
      },
    ]);
  if (what === 'stages' && stage === undefined) return json([stageAnswer(app)]);
  if (what === 'stages' && stage === '3' && attempt === '0' && summary === 'taskSummary')
    return taskSummary(app, query);
  if (what === 'allexecutors') return json(executorsAnswer(app));
  return text(404, `unknown path ${path.join('/')}`);
}

function applicationAnswer({ id, name, endedAt }: Stored) {
  const duration = 3_600_000;
  const at = (epoch: number): string => new Date(epoch).toISOString().replace('Z', 'GMT');
  return {
    id,
    name,
    attempts: [
      {
        startTime: at(endedAt - duration),
        endTime: at(endedAt),
        lastUpdated: at(endedAt),
        duration,
        sparkUser: 'reports',
        completed: true,
        appSparkVersion: '4.0.1',
        startTimeEpoch: endedAt - duration,
        endTimeEpoch: endedAt,
        lastUpdatedEpoch: endedAt,
      },
    ],
  };
}

function stageAnswer({ stage = { status: 'COMPLETE' } }: Stored) {
  const { status, failureReason, taskTimes: [half, longest] = [1000, 2000] } = stage;
  return {
    status,
    stageId: 3,
    attemptId: 0,
    numTasks: 200,
    numFailedTasks: status === 'FAILED' ? 4 : 0,
    executorRunTime: 200 * half + longest,
    memoryBytesSpilled: 0,
    diskBytesSpilled: 0,
    name: 'join at Report.scala:37',
    details: '',
    ...present({ failureReason }),
  };
}

function taskSummary({ stage }: Stored, query: URLSearchParams): WireResponse {
  const quantiles = (query.get('quantiles') ?? '0.05,0.25,0.5,0.75,0.95').split(',').map(Number);
  const [half, longest] = stage?.taskTimes ?? [1000, 2000];
  const executorRunTime = quantiles.map((quantile) => (quantile >= 1 ? longest : half));
  return json({ quantiles, executorRunTime, jvmGcTime: quantiles.map(() => 10) });
}

const executorsAnswer = ({ executors = [] }: Stored) =>
  [{ id: 'driver' }, { id: '1' }, ...executors].map((one: NonNullable<ApplicationSpec['executors']>[number]) => ({
    id: one.id,
    hostPort: `10.0.0.${one.id.length}:4040`,
    isActive: one.removeReason === undefined,
    totalCores: 2,
    failedTasks: 0,
    totalDuration: 100_000,
    totalGCTime: Math.round(100_000 * (one.gcShare ?? 0.01)),
    ...present({ removeReason: one.removeReason }),
  }));

const json = (body: unknown): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const text = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body,
});
