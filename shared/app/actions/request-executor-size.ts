import { redactName } from '@selfheal/redaction/redact.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import type { ExecutorSize } from '#shared/domain/incident/executor-size.ts';
import type { SparkApplication } from '#shared/domain/incident/job.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import { sparkSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { boundObjection, RESIZE_SPARK_EXECUTORS } from '#shared/plugins/actions/resize-spark-executors/index.ts';
import { governed } from '../policy/governed.ts';
import { type Objection, objectionNow, openIncidentOn } from './find-target.ts';
import {
  earlierRequest,
  openRequest,
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
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** Opens an incident for new executor settings that somebody asks for: see `requestAction`. It always asks a person. */
export async function requestExecutorSize(
  { application: named, size, reason }: ResizeOrder,
  requester: Requester,
  given: RequestActionDeps,
): Promise<RequestOutcome | Unknown> {
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
  const denied = await objectionNow(plugin, deps);
  if (denied !== null) return denied;
  const job: SparkApplication = { kind: 'spark-application', endpoint: source.endpoint, application };
  const target: ReportTarget = {
    kind: 'report',
    reportId: requestId,
    service: service.id,
    repository: null,
    severity: service.criticality,
    reportedBy: requester.by,
    reportedAt: deps.clock.now().toISOString(),
    simulated: false,
    job,
  };
  const mode = modeOf(configuration, target);
  if (mode !== 'act')
    return { kind: 'refused', reason: `The mode here is ${mode}, so Selfheal changes nothing. It has to be act.` };
  const busy = await openIncidentOn(target, deps);
  if (busy !== null)
    return {
      kind: 'refused',
      reason: `Incident ${busy} is working on it: follow that one, or ask again when it has ended.`,
    };
  const title = redactName(`${plugin.title}: ${application}`, 300);
  const tainted = { title, branch: null, branchKey: null, reason: null };
  const order = { to: null, incident: null, reason, requestId, executors: size };
  return await openRequest(
    { kind: 'found', plugin, subject: { source: 'report', target, tainted } },
    order,
    requester,
    deps,
  );
}

/** The one application whose executors may be resized, by its whole name; otherwise why there is no such one. */
function onlyApplication(
  spark: RequestActionDeps['configuration']['jobs']['spark'],
): string | Unknown | Extract<Objection, { kind: 'invalid' }> {
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
