import { redactName } from '@selfheal/redaction/redact.ts';
import type { ExecutorSize } from '#shared/domain/incident/executor-size.ts';
import type { SparkApplication } from '#shared/domain/incident/job.ts';
import { sparkSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { boundObjection, RESIZE_SPARK_EXECUTORS } from '#shared/plugins/actions/resize-spark-executors/index.ts';
import { governed } from '../policy/governed.ts';
import type { Objection } from './find-target.ts';
import { requestAboutJob, type UnknownJob } from './request-about-job.ts';
import {
  earlierRequest,
  type RequestActionDeps,
  type Requester,
  type RequestOutcome,
  requestIdOf,
} from './request-action.ts';

export interface ResizeOrder {
  /** Name of the application; null: the only one whose executors may be resized. */
  readonly application: string | null;
  readonly size: ExecutorSize;
  readonly reason: string | null;
}

/** Opens an incident for new executor settings that somebody asks for: see `requestAction`. It always asks a person. */
export async function requestExecutorSize(
  { application: named, size, reason }: ResizeOrder,
  requester: Requester,
  given: RequestActionDeps,
): Promise<RequestOutcome | UnknownJob> {
  const requestId = requestIdOf(requester);
  const earlier = await earlierRequest(requestId, given);
  if (earlier !== null) return earlier;
  const deps = await governed(given);
  const { configuration } = deps;
  const application = named ?? onlyApplication(configuration.jobs.spark);
  if (typeof application !== 'string') return application;
  const source = sparkSourceOf(configuration.jobs, application);
  const plugin = actionOf(RESIZE_SPARK_EXECUTORS, deps.actions);
  const service = configuration.services.find(({ id }) => id === source?.service);
  if (source?.executors === undefined || plugin === null || service === undefined)
    return { kind: 'unknown', reason: notConnected(`the application ${redactName(application, 200)}`) };
  const tooLarge = boundObjection(size, source.executors);
  if (tooLarge !== null) return { kind: 'refused', reason: `${tooLarge}: jobs.spark of selfheal.json bounds it.` };
  const job: SparkApplication = { kind: 'spark-application', endpoint: source.endpoint, application };
  const request = { plugin, service, job, place: 'it', reason, requestId, executors: size };
  return await requestAboutJob(request, requester, deps);
}

/** The one application whose executors may be resized, by its whole name; otherwise why there is no such one. */
function onlyApplication(
  spark: RequestActionDeps['configuration']['jobs']['spark'],
): string | UnknownJob | Extract<Objection, { kind: 'invalid' }> {
  const names = spark.flatMap(({ executors, applications }) => (executors === undefined ? [] : applications));
  const [only, ...others] = names;
  if (only === undefined) return { kind: 'unknown', reason: notConnected('an application') };
  if (others.length === 0 && !only.endsWith('*')) return only;
  return {
    kind: 'invalid',
    field: 'application',
    problem: `Name the application: ${names.join(', ')} may be resized.`,
  };
}

const notConnected = (what: string): string =>
  `No Spark is connected in which the executors of ${what} may be resized: list it in jobs.spark of selfheal.json with "executors". Other remedies are a playbook of your own.`;
