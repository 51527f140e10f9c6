import type { Delivery } from '../buses/delivery.ts';
import type { Database } from '../storage/database.ts';
import { type Attempted, makeOutbox, type Outbox, type OutboxEntry } from '../storage/outbox.ts';
import type { Deployment } from '../template/deployment.ts';
import { numberOf, objectOf, textOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import type { FunctionDefinition } from './definition.ts';
import { type Functions, functionName } from './functions.ts';
import type { InvocationResult } from './pool.ts';

interface Accepted {
  /** Name or ARN that the caller gave. */
  readonly target: string;
  readonly event: string;
}

export interface AsyncInvocations {
  /** Accepts the event (JSON text) and stores it on disk before it returns. Throws `AwsFault` when there is no such function. */
  accept(nameOrArn: string, event: string): void;
  /** Number of accepted, unfinished invocations. */
  pending(): number;
  resume(): void;
  stop(): void;
}

/** Lambda waits one minute before the first and two before the second retry (Lambda Developer Guide, "Error handling"). */
const RETRY_SECONDS = [60, 120];
const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;
const THROTTLED_SECONDS = 1;

export interface AsyncOptions {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly functions: Functions;
  readonly delivery: Delivery;
  /** Real seconds per second. */
  readonly timeScale: number;
}

/** Asynchronous invocations with retries; after the last one the event goes to the destination or the dead-letter queue. */
export function makeAsyncInvocations(options: AsyncOptions): AsyncInvocations {
  const { functions, timeScale } = options;
  const outbox: Outbox<Accepted> = makeOutbox(options.database, 'async-invocation', (entry) => attempt(entry));

  const attempt = async (entry: OutboxEntry<Accepted>): Promise<Attempted> => {
    const definition = functions.find(entry.content.target);
    if (definition === undefined) return { kind: 'finished' };
    const { retries, ageSeconds, onFailure, onSuccess } = settingsOf(options.deployment, definition);
    const result = await run(functions, entry.content);
    if (result === 'throttled') return { kind: 'again', afterMs: THROTTLED_SECONDS * 1000 * timeScale };
    const expired = Date.now() - entry.acceptedAt > ageSeconds * 1000;
    if (!result.ok && entry.attempt < retries && !expired) {
      return { kind: 'again', afterMs: (RETRY_SECONDS[entry.attempt] ?? 120) * 1000 * timeScale };
    }
    const record = destinationRecord(definition, entry, result);
    if (result.ok && onSuccess !== null) await send(definition, onSuccess, record);
    if (!result.ok && onFailure !== null) await send(definition, onFailure, record);
    if (!result.ok && definition.deadLetterArn !== null) {
      await send(definition, definition.deadLetterArn, entry.content.event, {
        RequestID: { DataType: 'String', StringValue: result.requestId },
        ErrorCode: { DataType: 'Number', StringValue: '200' },
        ErrorMessage: { DataType: 'String', StringValue: result.error.errorMessage.slice(0, 1024) },
      });
    }
    return { kind: 'finished' };
  };
  const send: (definition: FunctionDefinition, arn: string, text: string, attributes?: object) => Promise<void> =
    async (definition, arn, text, attributes = {}) => {
      // The authorizer has recorded the denial; AWS loses the event as well.
      await options.delivery
        .toArn(arn, text, { kind: 'role', role: definition.role }, { attributes: { ...attributes } as never })
        .catch((error: unknown) => {
          if (!(error instanceof AwsFault)) throw error;
        });
    };

  return {
    accept(nameOrArn, event) {
      if (functions.find(nameOrArn) === undefined) {
        throw new AwsFault('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
      }
      outbox.add({ target: nameOrArn, event });
    },
    pending: outbox.pending,
    resume: outbox.resume,
    stop: outbox.stop,
  };
}

async function run(functions: Functions, { target, event }: Accepted): Promise<InvocationResult | 'throttled'> {
  try {
    return await functions.invoke(target, event);
  } catch (error) {
    if (error instanceof AwsFault && error.code === 'TooManyRequestsException') return 'throttled';
    throw error;
  }
}

function settingsOf(deployment: Deployment, definition: FunctionDefinition) {
  const config = deployment
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((each) => functionName(textOf(each.properties.FunctionName) ?? '') === definition.name);
  const properties = config?.properties ?? {};
  const destinations = objectOf(properties.DestinationConfig);
  return {
    retries: numberOf(properties.MaximumRetryAttempts) ?? DEFAULT_RETRIES,
    ageSeconds: numberOf(properties.MaximumEventAgeInSeconds) ?? DEFAULT_AGE_SECONDS,
    onFailure: textOf(objectOf(destinations.OnFailure).Destination) ?? null,
    onSuccess: textOf(objectOf(destinations.OnSuccess).Destination) ?? null,
  };
}

/** The record that a destination receives (Lambda Developer Guide, "Adding a destination"). */
function destinationRecord(
  definition: FunctionDefinition,
  entry: OutboxEntry<Accepted>,
  result: InvocationResult,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: result.requestId,
      functionArn: `${definition.arn}:$LATEST`,
      condition: result.ok ? 'Success' : 'RetriesExhausted',
      approximateInvokeCount: entry.attempt + 1,
    },
    requestPayload: JSON.parse(entry.content.event),
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(result.ok ? {} : { functionError: 'Unhandled' }),
    },
    responsePayload: result.ok ? JSON.parse(result.payload) : result.error,
  });
}
