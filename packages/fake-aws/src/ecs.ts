import { isoNow } from '@selfheal/fake-server/world-time.ts';
import { deploymentId } from './deployment-scenarios.ts';
import { type AwsContext, AwsError, epoch, list, type Operation, pageBy, text } from './operation.ts';
import type { EcsDeploymentState, EcsState, TaskDefinitionState } from './state.ts';

function arn({ cloud }: AwsContext, resource: string): string {
  return `arn:aws:ecs:${cloud.region}:${cloud.account}:${resource}`;
}

/** A plain name, or the last part of an ARN. */
const shortName = (value: string) => value.split('/').at(-1) ?? value;

function clusterOf(context: AwsContext, input: Record<string, unknown>): string {
  const name = shortName(text(input.cluster) || 'default');
  if (context.cloud.ecs.all().some((one) => one.cluster === name)) return name;
  throw new AwsError('ClusterNotFoundException', 400, 'Cluster not found.');
}

function taskDefinitionOf(context: AwsContext, name: string): { state: EcsState; task: TaskDefinitionState } {
  const [family, revision] = shortName(name).split(':');
  const state = context.cloud.ecs.all().find((one) => one.family === family);
  const task =
    revision === undefined
      ? state?.taskDefinitions.at(-1)
      : state?.taskDefinitions.find((one) => String(one.revision) === revision);
  if (state === undefined || task === undefined) {
    throw new AwsError('ClientException', 400, 'Unable to describe task definition.');
  }
  return { state, task };
}

const taskArn = (context: AwsContext, state: EcsState, revision: number) =>
  arn(context, `task-definition/${state.family}:${revision}`);

function presentService(context: AwsContext, state: EcsState): object {
  const [primary] = state.deployments;
  const definition = taskArn(context, state, primary?.revision ?? 0);
  return {
    serviceArn: arn(context, `service/${state.cluster}/${state.service}`),
    serviceName: state.service,
    clusterArn: arn(context, `cluster/${state.cluster}`),
    status: 'ACTIVE',
    desiredCount: state.desiredCount,
    runningCount: state.desiredCount,
    pendingCount: 0,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    taskDefinition: definition,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: state.deployments.map((one, index) => presentDeployment(context, state, one, index === 0)),
    loadBalancers: [],
    serviceRegistries: [],
    events: [],
    createdAt: epoch(state.taskDefinitions[0]?.registeredAt ?? isoNow(context.cloud.time)),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    propagateTags: 'NONE',
  };
}

function presentDeployment(context: AwsContext, state: EcsState, one: EcsDeploymentState, primary: boolean): object {
  return {
    id: one.id,
    status: primary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: taskArn(context, state, one.revision),
    desiredCount: state.desiredCount,
    pendingCount: one.completed ? 0 : 1,
    runningCount: one.completed ? state.desiredCount : state.desiredCount - 1,
    failedTasks: 0,
    createdAt: epoch(one.createdAt),
    updatedAt: epoch(one.createdAt),
    launchType: 'FARGATE',
    rolloutState: one.completed ? 'COMPLETED' : 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${one.id} ${one.completed ? 'completed' : 'in progress'}.`,
  };
}

function presentTaskDefinition(context: AwsContext, state: EcsState, task: TaskDefinitionState): object {
  const { account, region } = context.cloud;
  return {
    taskDefinitionArn: taskArn(context, state, task.revision),
    family: state.family,
    revision: task.revision,
    status: 'ACTIVE',
    containerDefinitions: [
      {
        name: state.service,
        image: `${account}.dkr.ecr.${region}.amazonaws.com/${state.service}:${task.revision}`,
        cpu: 256,
        memory: 512,
        essential: true,
        environment: [],
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
      },
    ],
    taskRoleArn: `arn:aws:iam::${account}:role/${state.service}-task`,
    executionRoleArn: `arn:aws:iam::${account}:role/${state.service}-execution`,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    cpu: '256',
    memory: '512',
    volumes: [],
    placementConstraints: [],
    registeredAt: epoch(task.registeredAt),
    registeredBy: `arn:aws:iam::${account}:role/deployer`,
  };
}

const describeServices: Operation = (context, input) => {
  const cluster = clusterOf(context, input);
  const names = list(input.services).map(shortName);
  const found = context.cloud.ecs.all().filter((one) => one.cluster === cluster && names.includes(one.service));
  const missing = names.filter((name) => !found.some((one) => one.service === name));
  return {
    services: found.map((state) => presentService(context, state)),
    failures: missing.map((name) => ({ arn: arn(context, `service/${cluster}/${name}`), reason: 'MISSING' })),
  };
};

const listTaskDefinitions: Operation = (context, input) => {
  const prefix = text(input.familyPrefix);
  const wanted = text(input.status) || 'ACTIVE';
  const arns = context.cloud.ecs
    .all()
    .filter((state) => wanted === 'ACTIVE' && (prefix === '' || state.family === prefix))
    .flatMap((state) => state.taskDefinitions.map(({ revision }) => taskArn(context, state, revision)));
  if (input.sort === 'DESC') arns.reverse();
  const page = pageBy(arns, input.nextToken, Number(input.maxResults ?? 100));
  return { taskDefinitionArns: page.items, ...(page.next === undefined ? {} : { nextToken: page.next }) };
};

const describeTaskDefinition: Operation = (context, input) => {
  const { state, task } = taskDefinitionOf(context, text(input.taskDefinition));
  return { taskDefinition: presentTaskDefinition(context, state, task), tags: [] };
};

function desiredCountOf({ desiredCount }: Record<string, unknown>, state: EcsState): number {
  if (desiredCount === undefined) return state.desiredCount;
  if (Number.isInteger(desiredCount) && (desiredCount as number) >= 0) return desiredCount as number;
  throw new AwsError('InvalidParameterException', 400, 'desiredCount must be a whole number.');
}

const updateService: Operation = (context, input) => {
  const cluster = clusterOf(context, input);
  const state = context.cloud.ecs.get(`${cluster}/${shortName(text(input.service))}`);
  if (state === undefined) throw new AwsError('ServiceNotFoundException', 400, 'Service not found.');
  const [primary] = state.deployments;
  const from = primary?.revision ?? 0;
  const to =
    input.taskDefinition === undefined ? from : taskDefinitionOf(context, text(input.taskDefinition)).task.revision;
  if (to !== from || input.forceNewDeployment === true) {
    const createdAt = isoNow(context.cloud.time);
    const id = deploymentId(`${state.family}:${to}`, createdAt);
    state.deployments = [{ id, revision: to, createdAt, completed: false }, ...state.deployments.slice(0, 1)];
  }
  const count = { from: state.desiredCount, to: desiredCountOf(input, state) };
  state.desiredCount = count.to;
  context.cloud.ecs.put(`${state.cluster}/${state.service}`, state);
  const facts = { from, to, ...(count.to === count.from ? {} : { fromCount: count.from, toCount: count.to }) };
  const isChanged = to !== from || input.forceNewDeployment === true || count.to !== count.from;
  if (isChanged) context.journal.record('ecs.service.updated', `${cluster}/${state.service}`, facts);
  context.deployed(state.service);
  return { service: presentService(context, state) };
};

export const ECS_OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeServices: describeServices,
  ListTaskDefinitions: listTaskDefinitions,
  DescribeTaskDefinition: describeTaskDefinition,
  UpdateService: updateService,
};

/** Completes the roll-out of a service's newest deployment. */
export function finishRollout(state: EcsState): void {
  state.deployments = state.deployments.slice(0, 1).map((one) => ({ ...one, completed: true }));
}
