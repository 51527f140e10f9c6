import * as z from 'zod';
import { AirflowKey, AirflowRunId } from '#shared/domain/incident/job.ts';
import { Problem } from '../problem.ts';
import { type ActionRoutesDeps, incidentOf, NOT_NOW, OPENED, requesterOf } from './actions.ts';
import { jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';

const TaskRetry = z
  .strictObject({ reason: z.string().trim().min(1).max(1000).nullable().default(null) })
  .meta({ id: 'TaskRetry', description: 'Why the task should run again; the body may be left out.' });

const retry = routeFor('operate', {
  method: 'post',
  path: '/api/airflow/dags/{dag}/dagRuns/{run}/taskInstances/{task}/retry',
  tags: ['jobs'],
  summary: 'Ask for one failed Airflow task to run again',
  description:
    'For a DAG that `jobs.airflow` lists, by the playbook airflow-retry-task, on the way of POST /api/actions/execute. A task that has not failed is left alone.',
  request: {
    params: z.strictObject({ dag: AirflowKey, run: AirflowRunId, task: AirflowKey }),
    body: jsonBody(TaskRetry),
  },
  responses: { ...OPENED, ...NOT_FOUND, ...NOT_NOW },
});

export function jobRoutes(deps: ActionRoutesDeps) {
  return makeRoutes().openapi(retry, async (context) => {
    const order = { ...context.req.valid('param'), ...context.req.valid('json') };
    const requester = requesterOf(context.get('caller'), context.get('requestId'), deps);
    const outcome = await (await deps.requests()).retryTask(order, requester);
    if (outcome.kind === 'unknown') throw new Problem('not-found', outcome.reason);
    const incident = incidentOf(outcome);
    return context.json(incident, 202, { location: `/api/incidents/${incident.id}` });
  });
}
