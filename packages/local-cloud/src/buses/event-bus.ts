import { randomUUID } from 'node:crypto';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Database } from '../storage/database.ts';
import { type Attempted, makeOutbox, type OutboxEntry } from '../storage/outbox.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { type JsonObject, listOf, numberOf, objectOf, parseObject, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import type { Delivery, Sender } from './delivery.ts';
import { matchesPattern } from './pattern.ts';
import { targetInput } from './transform.ts';
import { validatePattern } from './validate-pattern.ts';

/** An event in EventBridge's envelope. */
interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

interface TargetDelivery {
  readonly rule: string;
  readonly target: number;
  readonly event: BusEvent;
}

export interface EventBuses {
  /** One answer per entry, as PutEvents gives it. Accepted events are on disk when this returns. */
  putEvents(entries: readonly unknown[]): { FailedEntryCount: number; Entries: object[] };
  /** Puts an event that already has its envelope onto a bus, as AWS services do. */
  publish(busName: string, event: BusEvent): void;
  /** Sends an event to all targets of one rule without matching its pattern. */
  fire(rule: Resource, event: BusEvent): void;
  /** Completes an envelope with the fields that were left out. */
  envelope(fields: JsonObject): BusEvent;
  /** Number of unfinished deliveries. */
  pending(): number;
  resume(): void;
  stop(): void;
}

export interface EventBusOptions {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly delivery: Delivery;
  readonly timeScale: number;
}

const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const MAX_ENTRY_BYTES = 1_048_576;
const MAX_WAIT_SECONDS = 600;

/** EventBridge: rules with patterns, targets with retries and dead-letter queues. Throws for a pattern that AWS would refuse. */
export function makeEventBuses(options: EventBusOptions): EventBuses {
  const { deployment, authorizer } = options;
  const rules = deployment.ofType('AWS::Events::Rule').map(readRule);
  const buses = new Set(['default', ...deployment.ofType('AWS::Events::EventBus').map((bus) => bus.name)]);
  const outbox = makeOutbox<TargetDelivery>(options.database, 'event-delivery', (entry) => attempt(entry));

  const attempt = async (entry: OutboxEntry<TargetDelivery>): Promise<Attempted> => {
    const rule = deployment.byId(entry.content.rule);
    const target = objectOf(listOf(rule?.properties.Targets)[entry.content.target]);
    const arn = textOf(target.Arn);
    if (rule === undefined || arn === undefined) return { kind: 'finished' };
    try {
      const sender = senderOf(rule, textOf(target.RoleArn), authorizer);
      await options.delivery.toArn(arn, targetInput(entry.content.event, target), sender);
      return { kind: 'finished' };
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      const { retries, ageSeconds } = retryPolicy(target);
      const young = Date.now() - entry.acceptedAt < ageSeconds * 1000;
      const hopeless = ['AccessDeniedException', 'ResourceNotFoundException'].includes(error.code);
      if (!hopeless && entry.attempt < retries && young) {
        return {
          kind: 'again',
          afterMs: Math.min(2 ** entry.attempt, MAX_WAIT_SECONDS) * 1000 * options.timeScale,
        };
      }
      await giveUp(rule, target, entry, error);
      return { kind: 'finished' };
    }
  };
  const giveUp = async (rule: Resource, target: JsonObject, entry: OutboxEntry<TargetDelivery>, error: AwsFault) => {
    const deadLetterArn = textOf(objectOf(target.DeadLetterConfig).Arn);
    if (deadLetterArn === undefined) return;
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    const attributes = {
      RULE_ARN: attribute(rule.arn ?? ''),
      TARGET_ARN: attribute(textOf(target.Arn) ?? ''),
      ERROR_CODE: attribute(error.code),
      ERROR_MESSAGE: attribute(error.message),
      RETRY_ATTEMPTS: attribute(String(entry.attempt)),
    };
    const sender: Sender = { kind: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn ?? '' };
    // When the dead-letter queue refuses it as well, AWS drops the event; the authorizer has recorded the denial.
    await options.delivery
      .toArn(deadLetterArn, JSON.stringify(entry.content.event), sender, { attributes })
      .catch(() => undefined);
  };

  const fire = (rule: Resource, event: BusEvent) => {
    for (const target of listOf(rule.properties.Targets).keys()) outbox.add({ rule: rule.id, target, event });
  };
  const publish = (busName: string, event: BusEvent) => {
    const matching = rules.filter(
      (rule) => rule.bus === busName && rule.pattern !== null && matchesPattern(event, rule.pattern),
    );
    for (const { resource } of matching) fire(resource, event);
  };
  const envelope = (fields: JsonObject): BusEvent => ({
    version: '0',
    id: textOf(fields.id) ?? randomUUID(),
    'detail-type': textOf(fields['detail-type']) ?? '',
    source: textOf(fields.source) ?? '',
    account: textOf(fields.account) ?? deployment.account,
    time: textOf(fields.time) ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region: textOf(fields.region) ?? deployment.region,
    resources: textsOf(fields.resources),
    detail: objectOf(fields.detail),
  });
  const put = (raw: unknown) => {
    const entry = objectOf(raw);
    const bus = (textOf(entry.EventBusName) ?? 'default').split('/').pop() ?? 'default';
    const fault = entryFault(entry, bus, buses);
    if (fault !== null) return fault;
    const event = envelope({
      source: entry.Source,
      'detail-type': entry.DetailType,
      detail: parseObject(String(entry.Detail), 'Detail'),
      resources: entry.Resources,
    });
    publish(bus, event);
    return { EventId: event.id };
  };
  return {
    putEvents(entries) {
      const answers = entries.map(put);
      return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
    },
    publish,
    fire,
    envelope,
    pending: outbox.pending,
    resume: outbox.resume,
    stop: outbox.stop,
  };
}

function readRule(resource: Resource) {
  const { properties, id } = resource;
  const pattern = properties.EventPattern;
  if (pattern === undefined || properties.State === 'DISABLED')
    return { resource, bus: busOf(properties), pattern: null };
  try {
    validatePattern(pattern);
  } catch (cause) {
    throw new Error(`${id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return { resource, bus: busOf(properties), pattern };
}

function busOf(properties: JsonObject): string {
  return (textOf(properties.EventBusName) ?? 'default').split('/').pop() ?? 'default';
}

/** A target with a role is called with that role, if EventBridge may assume it; other targets by EventBridge itself. */
function senderOf(rule: Resource, roleArn: string | undefined, authorizer: Authorizer): Sender {
  if (roleArn === undefined) return { kind: 'service', name: 'events.amazonaws.com', sourceArn: rule.arn ?? '' };
  const role = authorizer.role(roleArn);
  if (role === undefined || authorizer.refusedAssumption('events.amazonaws.com', roleArn) !== null) {
    throw new AwsFault('AccessDeniedException', `EventBridge cannot assume the role ${roleArn}.`, 403);
  }
  return { kind: 'role', role };
}

function retryPolicy(target: JsonObject) {
  const policy = objectOf(target.RetryPolicy);
  return {
    retries: numberOf(policy.MaximumRetryAttempts) ?? DEFAULT_RETRIES,
    ageSeconds: numberOf(policy.MaximumEventAgeInSeconds) ?? DEFAULT_AGE_SECONDS,
  };
}

function entryFault(entry: JsonObject, bus: string, buses: ReadonlySet<string>) {
  const fault = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (!buses.has(bus)) return fault('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  if (!entry.Source || !entry.DetailType || !entry.Detail) {
    return fault('InvalidArgument', 'Parameter Source, DetailType or Detail is missing.');
  }
  if (String(entry.Source).startsWith('aws.'))
    return fault('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (Buffer.byteLength(JSON.stringify(entry)) > MAX_ENTRY_BYTES)
    return fault('InvalidArgument', 'The entry is too large.');
  try {
    JSON.parse(String(entry.Detail));
    return null;
  } catch {
    return fault('MalformedDetail', 'Detail is malformed.');
  }
}
