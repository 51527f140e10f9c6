import * as z from 'zod';
import type { UnknownJob } from '#shared/app/actions/request-about-job.ts';
import type { RequestOutcome } from '#shared/app/actions/request-action.ts';
import { AirflowKey, AirflowRunId } from '#shared/domain/incident/job.ts';
import { Problem } from '../problem.ts';
import { type ActionRoutesDeps, incidentOf, NOT_NOW, OPENED, requesterOf } from './actions.ts';
import { jsonBody, makeRoutes, NOT_FOUND, routeFor, writtenText } from './contract.ts';

const TaskRetry = z
  .strictObject({ reason: writtenText(1000).nullable().default(null) })
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

const ExecutorResize = z
  .strictObject({
    application: z.string().min(1).max(200).nullable().default(null).meta({
      description: 'Name of the application; may be left out where only one may be resized.',
    }),
    executorMemoryMb: z.number().int().min(512).max(1_048_576).nullable().default(null),
    executorCores: z.number().int().min(1).max(256).nullable().default(null),
    reason: writtenText(1000).nullable().default(null),
  })
  .refine(({ executorMemoryMb: memory, executorCores: cores }) => memory !== null || cores !== null, {
    path: ['executorMemoryMb'],
    message: 'Name executorMemoryMb, executorCores or both',
  })
  .meta({ id: 'ExecutorResize', description: 'New settings of the executors of a Spark application.' });

const resize = routeFor('operate', {
  method: 'post',
  path: '/api/spark/applications/resize',
  tags: ['jobs'],
  summary: 'Ask for other executors of a Spark application',
  description:
    'Writes memory and cores where `jobs.spark` says that they live, within the bounds there, once a person approved. They count from the next submit: a running application ' +
    'keeps its executors.',
  request: { body: jsonBody(ExecutorResize) },
  responses: { ...OPENED, ...NOT_FOUND, ...NOT_NOW },
});

export function jobRoutes(deps: ActionRoutesDeps) {
  return makeRoutes()
    .openapi(retry, async (context) => {
      const order = { ...context.req.valid('param'), ...context.req.valid('json') };
      const requester = requesterOf(context.get('caller'), context.get('requestId'), deps);
      const outcome = await (await deps.requests()).retryTask(order, requester);
      const incident = incidentOf(knownJob(outcome));
      return context.json(incident, 202, { location: `/api/incidents/${incident.id}` });
    })
    .openapi(resize, async (context) => {
      const { application, executorMemoryMb: memoryMb, executorCores: cores, reason } = context.req.valid('json');
      const requester = requesterOf(context.get('caller'), context.get('requestId'), deps);
      const order = { application, size: { memoryMb, cores }, reason };
      const outcome = await (await deps.requests()).resizeExecutors(order, requester);
      const incident = incidentOf(knownJob(outcome));
      return context.json(incident, 202, { location: `/api/incidents/${incident.id}` });
    });
}

function knownJob(outcome: RequestOutcome | UnknownJob): RequestOutcome {
  if (outcome.kind === 'unknown') throw new Problem('not-found', outcome.reason);
  return outcome;
}
