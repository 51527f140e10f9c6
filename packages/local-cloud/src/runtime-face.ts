import type { DeadLetter, Runtime } from './runtime-contract.ts';
import type { Services } from './services.ts';
import type { Deployment, Resource } from './template/deployment.ts';
import { listOf, objectOf, parseObject, textOf } from './template/json.ts';
import type { GatewayFaults } from './wire/faults.ts';

export interface FaceParts {
  readonly deployment: Deployment;
  readonly services: Services;
  readonly faults: GatewayFaults;
  readonly close: () => Promise<void>;
}

/** The `Runtime` interface over the services of a started runtime. */
export function runtimeFace({ deployment, services, faults, close }: FaceParts): Runtime {
  const { buses, functions, decisions } = services;
  const physicalIds = physicalIdsOf(deployment.resources);
  let closed: Promise<void> | null = null;
  const nameOf = (idOrName: string) =>
    deployment.ofType('AWS::Lambda::Function').find(({ logicalId, id }) => logicalId === idOrName || id === idOrName)
      ?.name ?? idOrName;
  return {
    endpoint: deployment.endpoint,
    outputs: deployment.outputs,
    async putEvent(event) {
      buses.publish('default', buses.envelope(event));
    },
    putLogs: services.logSubscriptions.publish,
    async invoke(functionName, payload) {
      const result = await functions.invoke(nameOf(functionName), JSON.stringify(payload ?? {}));
      return result.ok
        ? { ok: true, payload: JSON.parse(result.payload), error: null }
        : { ok: false, payload: null, error: result.error };
    },
    environmentOf: (functionName) => functions.environmentOf(nameOf(functionName)),
    warm: (functionNames) => functions.warm(functionNames.map(nameOf)),
    schedules: { trigger: services.schedules.trigger },
    mailbox: { list: services.mailbox.list, receive: services.mailbox.receive },
    requestCounts: () => decisions.counts(),
    get decisions() {
      return decisions.all();
    },
    get denials() {
      return decisions.denied();
    },
    faults,
    deadLetters: () => deadLetters(deployment, services),
    executions: () => services.engine.list(),
    resources: () => physicalIds,
    overrideSecret: services.secrets.override,
    createUser: services.userPools.createUser,
    signIn: services.userPools.signIn,
    waitingMessages: () => waitingMessages(services),
    isIdle: () => isIdle(services),
    stop() {
      closed ??= close();
      return closed;
    },
  };
}

function physicalIdsOf(resources: readonly Resource[]): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const { id, logicalId, ref } of resources) {
    ids[id] = ref;
    ids[logicalId] ??= ref;
  }
  return ids;
}

function deadLetters(deployment: Deployment, { queues }: Services): DeadLetter[] {
  const arns = new Set(deployment.resources.flatMap(deadLetterArns));
  return queues.names().flatMap((queue) => {
    if (!arns.has(queues.find(queue)?.arn ?? '')) return [];
    return queues.peek(queue).map(({ id, body, attributes }) => ({
      queue,
      id,
      body,
      attributes: Object.fromEntries(
        Object.entries(attributes).flatMap(([name, { StringValue: value }]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
    }));
  });
}

/** ARNs of the dead-letter queues that a resource names. */
function deadLetterArns({ properties }: Resource): string[] {
  const redrive = properties.RedrivePolicy;
  const policy = typeof redrive === 'string' ? parseObject(redrive, 'RedrivePolicy') : objectOf(redrive);
  const ofTargets = [...listOf(properties.Targets), properties.Target].map(
    (each) => objectOf(objectOf(each).DeadLetterConfig).Arn,
  );
  const onFailure = objectOf(objectOf(properties.DestinationConfig).OnFailure).Destination;
  const own = objectOf(properties.DeadLetterConfig).TargetArn;
  return [policy.deadLetterTargetArn, own, onFailure, ...ofTargets].flatMap((arn) => textOf(arn) ?? []);
}

function waitingMessages({ queues, sources, streamSources }: Services): number {
  const counts = sources.map(({ queue }) => queues.counts(queue));
  const records = streamSources.reduce((sum, source) => sum + source.waiting(), 0);
  return counts.reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, records);
}

function isIdle(services: Services): boolean {
  const { functions, buses, topics, asyncInvocations } = services;
  if (waitingMessages(services) > 0) return false;
  return functions.load() === 0 && buses.pending() + topics.pending() + asyncInvocations.pending() === 0;
}
