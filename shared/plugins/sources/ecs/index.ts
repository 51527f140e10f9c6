import * as z from 'zod';
import {
  type AwsChange,
  type AwsEvent,
  type AwsReading,
  consolePage,
  defineAwsEvents,
  nameInArn,
} from '../common/aws-events.ts';

const Task = z.object({
  clusterArn: z.string().max(2000),
  taskArn: z.string().max(2000),
  group: z.string().max(300).nullish(),
  lastStatus: z.string().max(40),
  stopCode: z.string().max(60).nullish(),
  stoppedReason: z.string().nullish(),
  taskDefinitionArn: z.string().max(2000).nullish(),
  containers: z
    .array(
      z.object({
        name: z.string().max(300).nullish(),
        exitCode: z.number().nullish(),
        reason: z.string().nullish(),
      }),
    )
    .default([]),
});
type Task = z.infer<typeof Task>;

/** Of deployments and of actions of a service; the service is in `resources`. */
const ServiceEvent = z.object({
  eventName: z.string().max(100),
  reason: z.string().nullish(),
  deploymentId: z.string().max(200).nullish(),
});
type ServiceEvent = z.infer<typeof ServiceEvent>;

/** ECS developer guide, "Amazon ECS events": stopped tasks, deployments, and services that are steady again. */
export const ecs = defineAwsEvents({
  id: 'ecs',
  title: 'ECS tasks that stopped, and deployments of services',
  pattern: {
    source: ['aws.ecs'],
    detailType: ['ECS Task State Change', 'ECS Deployment State Change', 'ECS Service Action'],
    detail: {
      $or: [
        { lastStatus: ['STOPPED'] },
        {
          eventName: [
            'SERVICE_DEPLOYMENT_IN_PROGRESS',
            'SERVICE_DEPLOYMENT_FAILED',
            'SERVICE_DEPLOYMENT_COMPLETED',
            'SERVICE_STEADY_STATE',
          ],
        },
      ],
    },
  },
  detail: z.union([Task, ServiceEvent]),
  read({ detail, ...event }) {
    return 'taskArn' in detail ? readTask({ ...event, detail }) : readService({ ...event, detail });
  },
});

/** Stops that somebody or something asked for. A health check that failed is told of in the reason alone. */
const WANTED: ReadonlySet<string> = new Set(['UserInitiated', 'ServiceSchedulerInitiated']);
const UNHEALTHY = /health check/i;

function readTask({ detail, region }: AwsEvent<Task>): AwsReading {
  const { lastStatus, stopCode, stoppedReason, containers } = detail;
  if (lastStatus !== 'STOPPED') return { ignored: 'task-not-stopped' };
  if (stopCode === 'SpotInterruption' || stopCode === 'TerminationNotice') return { ignored: 'task-interrupted' };
  const unhealthy = UNHEALTHY.test(stoppedReason ?? '');
  if (WANTED.has(stopCode ?? '') && !unhealthy) return { ignored: 'task-stopped-on-purpose' };
  const [kind, name] = groupOf(detail);
  const cluster = nameInArn(detail.clusterArn);
  const isBroken = containers.some(({ exitCode, reason }) => (exitCode ?? 0) !== 0 || Boolean(reason));
  // A task of no service that ends well has done its work.
  if (stopCode === 'EssentialContainerExited' && !isBroken && kind === 'family')
    return settled(`ecs/${cluster}/${name}`, `Task ${name} ended without an error`, region, cluster);
  const task = detail.taskArn.split('/').at(-1) ?? '';
  const neverStarted = stopCode === 'TaskFailedToStart';
  return {
    state: 'firing',
    severity: neverStarted ? 'high' : 'medium',
    resource: `ecs/${cluster}/${name}`,
    title: `A task of ${name} ${neverStarted ? 'could not start' : unhealthy ? 'failed its health check' : 'stopped by itself'}`,
    text: [
      `Task ${task} of ${cluster}: ${stopCode ?? 'stopped'}`,
      stoppedReason,
      ...containers.map(({ name: container, exitCode, reason }) =>
        exitCode || reason
          ? `Container ${container ?? ''}: ${[exitCode === null || exitCode === undefined ? '' : `exit code ${exitCode}`, reason].filter(Boolean).join(', ')}`
          : null,
      ),
      detail.taskDefinitionArn && `Task definition: ${nameInArn(detail.taskDefinitionArn)}`,
    ],
    url: consolePage(region, `ecs/v2/clusters/${encodeURIComponent(cluster)}/tasks/${encodeURIComponent(task)}`),
  };
}

/** `service:checkout` or `family:nightly-report`. */
function groupOf({ group, taskDefinitionArn }: Task): readonly [string, string] {
  const [, kind, name] = /^(service|family):(.+)$/.exec(group ?? '') ?? [];
  if (kind !== undefined && name !== undefined) return [kind, name];
  return ['family', nameInArn(taskDefinitionArn ?? '').split(':')[0] || 'tasks'];
}

function readService({
  detail: { eventName, reason, deploymentId },
  resources,
  region,
}: AwsEvent<ServiceEvent>): AwsReading {
  // `arn:aws:ecs:<region>:<account>:service/<cluster>/<service>`
  const [cluster = '', service = ''] = nameInArn(resources[0] ?? '').split('/');
  if (service === '') return { ignored: 'service-not-named' } as const;
  const resource = `ecs/${cluster}/${service}`;
  const url = consolePage(
    region,
    `ecs/v2/clusters/${encodeURIComponent(cluster)}/services/${encodeURIComponent(service)}/deployments`,
  );
  const change = (state: AwsChange['state']) =>
    ({
      id: `${resource}@${deploymentId ?? ''}`,
      kind: 'deployment',
      resource,
      title: `Deployment ${deploymentId ?? ''} of ${service} in ${cluster}`,
      state,
      url,
    }) as const;
  switch (eventName) {
    case 'SERVICE_DEPLOYMENT_IN_PROGRESS':
      return { change: change('started') };
    case 'SERVICE_DEPLOYMENT_COMPLETED':
      return {
        ...settled(resource, `Deployment of ${service} completed`, region, cluster),
        change: change('done'),
      } as const;
    case 'SERVICE_STEADY_STATE':
      return settled(resource, `Service ${service} is steady`, region, cluster);
    case 'SERVICE_DEPLOYMENT_FAILED':
      return {
        state: 'firing',
        severity: 'high',
        resource,
        title: `Deployment of ${service} failed`,
        text: [`Deployment ${deploymentId ?? ''} of ${service} in ${cluster} failed`, reason],
        url,
        change: change('failed'),
      } as const;
    default:
      return { ignored: 'service-event-other' } as const;
  }
}

function settled(resource: string, title: string, region: string, cluster: string) {
  const url = consolePage(region, `ecs/v2/clusters/${encodeURIComponent(cluster)}/services`);
  return { state: 'resolved', severity: 'medium', resource, title, text: [], url } as const;
}
