import { redactName } from '@selfheal/redaction/redact.ts';
import type { AirflowTask } from '#shared/domain/incident/job.ts';
import { airflowSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { actionOf } from '#shared/plugins/actions/registry.ts';
import { governed } from '../policy/governed.ts';
import { allowedService } from './allowed-targets.ts';
import { requestAboutJob, type UnknownJob } from './request-about-job.ts';
import {
  earlierRequest,
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
): Promise<RequestOutcome | UnknownJob> {
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
  const job: AirflowTask = { kind: 'airflow-task', endpoint: source.endpoint, dag, run, task, mapIndex: -1 };
  return await requestAboutJob({ plugin, service, job, place: 'this DAG run', reason, requestId }, requester, deps);
}

const notConnected = (dag: string): string =>
  `No Airflow is connected that the DAG ${redactName(dag, 250)} belongs to: list it in jobs.airflow of selfheal.json, and allow its service the playbook ${RETRY}.`;
