import { Refused } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import type { ApplicationRecord } from '#shared/domain/jobs/spark-diagnosis.ts';
import {
  Application,
  Applications,
  Executors,
  Jobs,
  type Stage,
  Stages,
  TaskSummary,
} from '#shared/domain/jobs/spark-wire.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';

/** One attempt of an application that has ended. */
export interface EndedAttempt {
  readonly id: string;
  readonly name: string;
  /** Absent where the cluster manager knows no attempts. */
  readonly attempt: string | null;
  /** ISO 8601. */
  readonly endedAt: string;
}

/** What is asked of one History Server. Throws `Refused` with words for people, or `Retryable` when there is no answer at the moment. */
export interface SparkReader {
  /** Attempts that ended then or later, in the order of their ends; at most `MAX_APPLICATIONS` applications are looked at. */
  endedSince(from: Date): Promise<EndedAttempt[]>;
  /** All attempts of the application of this id that have ended; null: the server does not know it. */
  endedOf(id: string): Promise<EndedAttempt[] | null>;
  recordOf(attempt: EndedAttempt): Promise<ApplicationRecord>;
}

const TIMEOUT_SECONDS = 10;
const MAX_APPLICATIONS = 100;
/** Stages and executors of a large application. */
const MAX_BYTES = 16_000_000;

/** By the REST API: https://spark.apache.org/docs/latest/monitoring.html#rest-api */
export function makeSparkReader(endpoints: Pick<EndpointCaller, 'read'>, name: string): SparkReader {
  async function answerOf<T extends z.ZodType>(path: string, form: T): Promise<z.output<T> | null> {
    const { status, body } = await endpoints.read(`${name}:/${path}`, TIMEOUT_SECONDS, { maxBytes: MAX_BYTES });
    if (status === 404) return null;
    if (status !== 200) throw new Refused(refusalWords(name, path, status));
    const parsed = form.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Refused(
      `The History Server (${name}) answered GET ${path} with something that is no answer of its REST API.`,
    );
  }
  async function read<T extends z.ZodType>(path: string, form: T): Promise<z.output<T>> {
    const answer = await answerOf(path, form);
    if (answer === null) throw new Refused(refusalWords(name, path, 404));
    return answer;
  }

  return {
    endedSince: async (from) => {
      // The form that the server takes; it has no order and lists the latest first.
      const since = from.toISOString().replace('Z', 'GMT');
      const query = new URLSearchParams({ status: 'completed', minEndDate: since, limit: String(MAX_APPLICATIONS) });
      const found = (await read(`applications?${query}`, Applications)).flatMap(attemptsOf);
      return found.filter(({ endedAt }) => Date.parse(endedAt) >= from.getTime()).toSorted(byEnd);
    },
    endedOf: async (id) => {
      const found = await answerOf(`applications/${encodeURIComponent(id)}`, Application);
      return found === null ? null : attemptsOf(found).toSorted(byEnd);
    },
    recordOf: async ({ id, attempt, name: application }) => {
      const base = `applications/${[id, ...(attempt === null ? [] : [attempt])].map(encodeURIComponent).join('/')}`;
      const [jobs, stages, executors] = await Promise.all([
        read(`${base}/jobs`, Jobs),
        read(`${base}/stages`, Stages),
        read(`${base}/allexecutors`, Executors),
      ]);
      const stage = slowestOf(stages);
      const path = `${base}/stages/${stage?.stageId}/${stage?.attemptId}/taskSummary?quantiles=0.5,1.0`;
      // A stage without a finished task has no summary.
      const summary = stage === undefined ? null : await answerOf(path, TaskSummary);
      return {
        name: application,
        jobs,
        stages,
        executors,
        slowest: stage === undefined || summary === null ? null : { stage, summary },
      };
    },
  };
}

/** The failed stage that ran longest; without a failed one, the longest of all. */
function slowestOf(stages: readonly Stage[]): Stage | undefined {
  const failed = stages.filter(({ status }) => status === 'FAILED');
  const ran = failed.length > 0 ? failed : stages.filter(({ status }) => status === 'COMPLETE');
  return ran.toSorted((a, b) => b.executorRunTime - a.executorRunTime)[0];
}

const attemptsOf = ({ id, name, attempts }: Application): EndedAttempt[] =>
  attempts.flatMap(({ attemptId, completed, endTimeEpoch }) =>
    completed ? [{ id, name, attempt: attemptId ?? null, endedAt: new Date(endTimeEpoch).toISOString() }] : [],
  );
const byEnd = (a: EndedAttempt, b: EndedAttempt): number => a.endedAt.localeCompare(b.endedAt);

function refusalWords(name: string, path: string, status: number): string {
  const what = `The Spark History Server (${name}) answered GET ${path} with ${status}`;
  if (status === 401 || status === 403)
    return `${what}: it does not accept the credentials. Put valid ones into the secret of the endpoint.`;
  if (status === 404)
    return `${what}. Its address must end with /api/v1/, and the application must still be in its log folder.`;
  return `${what}.`;
}
