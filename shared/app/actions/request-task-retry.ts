import { redactName } from '@selfheal/redaction/redact.ts';
import { modeOf } from '#shared/domain/configuration/scope.ts';
import { type AirflowTask, jobWords } from '#shared/domain/incident/job.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import { airflowSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { governed } from '../policy/governed.ts';
import { allowedService } from './allowed-targets.ts';
import { objectionNow, openIncidentOn } from './find-target.ts';
import {
  earlierRequest,
  openRequest,
  type RequestActionDeps,
  type Requester,
  type RequestOutcome,
  requestIdOf,
} from './request-action.ts';

/** One task of a DAG run, as somebody names it. */
export type TaskOrder = Pick<AirflowTask, 'dag' | 'run' | 'task'> & { readonly reason: string | null };

/** The playbook that runs one failed task again. */
const RETRY = 'airflow-retry-task';

/**
 * Opens an incident for the retry of one failed Airflow task that somebody asks for: see `requestAction`. Whether the task exists and has failed is read
 * from Airflow by the guard, right before the effect.
 */
export async function requestTaskRetry(
  { dag, run, task, reason }: TaskOrder,
  requester: Requester,
  given: RequestActionDeps,
): Promise<RequestOutcome | { readonly kind: 'unknown'; readonly reason: string }> {
  const requestId = requestIdOf(requester);
  const earlier = await earlierRequest(requestId, given);
  if (earlier !== null) return earlier;
  const deps = await governed(given);
  const { configuration } = deps;
  const source = airflowSourceOf(configuration.jobs, dag);
  const service = configuration.services.find(({ id }) => id === source?.service);
  if (source === null || service === undefined) return { kind: 'unknown', reason: notConnected(dag) };
  const plugin = actionOf(RETRY, deps.actions);
  if (plugin === null || allowedService(plugin, service, configuration) === null)
    return {
      kind: 'refused',
      reason: `The service ${service.id} does not allow the playbook ${RETRY}: add it to its "playbooks" in selfheal.json.`,
    };
  const denied = await objectionNow(plugin, deps);
  if (denied !== null) return denied;
  const job: AirflowTask = { kind: 'airflow-task', endpoint: source.endpoint, dag, run, task, mapIndex: -1 };
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
      reason: `Incident ${busy} is working on this DAG run: follow that one, or ask again when it has ended.`,
    };
  const title = redactName(`${plugin.title}: ${jobWords(job)}`, 300);
  const tainted = { title, branch: null, branchKey: null, reason: null };
  const order = { to: null, incident: null, reason, requestId };
  return await openRequest(
    { kind: 'found', plugin, subject: { source: 'report', target, tainted } },
    order,
    requester,
    deps,
  );
}

const notConnected = (dag: string): string =>
  `No Airflow is connected that the DAG ${redactName(dag, 250)} belongs to: list it in jobs.airflow of selfheal.json, and allow its service the playbook ${RETRY}.`;
