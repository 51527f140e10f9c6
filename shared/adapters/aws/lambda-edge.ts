import { randomUUID } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import { InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import * as z from 'zod';
import { SentRequests } from '#shared/domain/workflow/steps.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { RequestCounter } from './carried-requests.ts';
import { lambdaMeter, logger, metrics, takeGithubRequests } from './lambda-telemetry.ts';
import { loggableError } from './loggable-error.ts';

export { lambdaLog, lambdaMeter } from './lambda-telemetry.ts';

interface Named {
  readonly name: string;
}
export type LambdaHandler<E, R> = (event: E, context: Context) => Promise<R>;

/**
 * A step of the workflow, or a function that another function calls: parses the input (`InvalidInput`), runs, checks the output against its schema, and logs with
 * the incident's id. Errors are rethrown unchanged: Lambda reports their `name` as `errorType`, which the state machine
 * matches.
 */
export function stepFunction<I extends z.ZodType<object>, O extends z.ZodType>(step: {
  readonly config: Named;
  readonly input: I;
  readonly output: O;
  readonly run: (input: z.output<I>, requests: RequestCounter) => Promise<z.output<O>>;
  /** Counts the step's requests to GitHub, also for a failed step. */
  readonly requests?: Pick<IncidentStore, 'countRequests'>;
  /** Whether the step after it stores the requests of this result: then they go along with it as `sent`. */
  readonly handsOn?: (result: z.output<O>) => boolean;
}): LambdaHandler<unknown, z.output<O>> {
  const { name } = step.config;
  return edge(name, async (event: unknown) => {
    const input = step.input.safeParse(event);
    if (!input.success) throw new InvalidInput(`Input of ${name}: ${z.prettifyError(input.error)}`);
    const incidentId = incidentOf(input.data);
    if (incidentId !== null) logger.appendKeys({ incidentId });
    const requests = requestCounter(name, sentIn(input.data));
    let handedOn: SentRequests | null | undefined;
    const result = await step
      .run(input.data, requests)
      .then((done) => {
        if (step.handsOn?.(done)) handedOn = requests.takeOne();
        return done;
      })
      .finally(() => countRequests(requests, incidentId, step.requests));
    const output = step.output.safeParse(handedOn === undefined ? result : { ...(result as object), sent: handedOn });
    if (!output.success)
      throw new Error(`Output of ${name} does not match its schema: ${z.prettifyError(output.error)}`);
    return output.data;
  });
}

/** Null for a function that is called without knowing the incident. */
function incidentOf(input: object): string | null {
  return 'incidentId' in input && typeof input.incidentId === 'string' ? input.incidentId : null;
}

/** What the step before left to this one. */
function sentIn(input: object): SentRequests | null {
  return SentRequests.safeParse('sent' in input ? input.sent : null).data ?? null;
}

/** The requests of one run of a step that are not stored yet, and those that the step before left to it. */
function requestCounter(step: string, handed: SentRequests | null) {
  takeGithubRequests();
  let waiting: readonly SentRequests[] = handed === null ? [] : [handed];
  const own = (): readonly SentRequests[] => {
    const requests = takeGithubRequests();
    return requests === 0 ? [] : [{ step, requests, id: randomUUID() }];
  };
  return {
    take: () => {
      const all = [...waiting, ...own()];
      waiting = [];
      return all;
    },
    giveBack: (sent: readonly SentRequests[]) => {
      waiting = [...waiting, ...sent];
    },
    /** Its own requests alone; null when it sent none. */
    takeOne: (): SentRequests | null => own()[0] ?? null,
  };
}

/** A failed count does not fail the step. */
async function countRequests(
  { take }: RequestCounter,
  incidentId: string | null,
  incidents: Pick<IncidentStore, 'countRequests'> | undefined,
): Promise<void> {
  if (incidents === undefined || incidentId === null) return;
  for (const sent of take()) {
    await incidents.countRequests(incidentId, sent).catch((error: unknown) => {
      logger.warn('Requests to GitHub were not counted', { error: loggableError(error) });
    });
  }
}

/**
 * An HTTP API route (payload format 2.0). Errors are answered without details: `InvalidInput` 400 with its message,
 * `Retryable` 503, anything else 500.
 */
export function httpFunction(route: {
  readonly config: Named;
  readonly run: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
}): LambdaHandler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return edge(route.config.name, async (event: APIGatewayProxyEventV2) => {
    try {
      return await route.run(event);
    } catch (error) {
      logFailedRequest(error);
      if (error instanceof InvalidInput) return answer(400, error.message);
      if (error instanceof Retryable) return answer(503, 'Try again in a moment.', { 'retry-after': '5' });
      return answer(500, 'Internal error. It was logged.');
    }
  });
}

/** Logs an error of a request without what it may quote of it. */
export function logFailedRequest(error: unknown): void {
  logger.error('Request failed', { error: loggableError(error) });
}

/** An SQS batch: each message by itself; failed ones are reported and delivered again, up to the dead-letter queue. */
export function sqsBatchFunction(batch: {
  readonly config: Named;
  readonly run: (body: string, message: SQSRecord) => Promise<void>;
}): LambdaHandler<SQSEvent, SQSBatchResponse> {
  return edge(batch.config.name, async (event: SQSEvent, context: Context) =>
    processPartialResponse(
      event,
      (message: SQSRecord) => runMessage(message, batch.run),
      new BatchProcessor(EventType.SQS),
      {
        context,
        throwOnFullBatchFailure: false,
      },
    ),
  );
}

async function runMessage(message: SQSRecord, run: (body: string, message: SQSRecord) => Promise<void>): Promise<void> {
  try {
    await run(message.body, message);
  } catch (error) {
    logger.error('Message failed and will be redelivered', {
      error: loggableError(error),
      messageId: message.messageId,
    });
    lambdaMeter.count('MessageFailed');
    throw error;
  }
}

/** A scheduled function; an error is retried by Lambda and ends in the dead-letter queue. */
export function scheduledFunction(schedule: {
  readonly config: Named;
  readonly run: () => Promise<unknown>;
}): LambdaHandler<unknown, null> {
  return edge(schedule.config.name, async () => {
    await schedule.run();
    return null;
  });
}

/** A function that another service calls without waiting for it; an error is retried by Lambda and ends in the dead-letter queue. */
export function eventFunction<R = void>(called: {
  readonly config: Named;
  readonly run: (event: unknown) => Promise<R>;
}): LambdaHandler<unknown, R | null> {
  return edge(called.config.name, async (event: unknown) => (await called.run(event)) ?? null);
}

/** Shared by all functions: log context, metrics flushed at the end, cold starts counted, failures logged once. */
function edge<E, R>(name: string, run: (event: E, context: Context) => Promise<R>): LambdaHandler<E, R> {
  const handler = middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(writeMetrics)
    .onError(({ error }) => {
      logger.error('Function failed', { error: loggableError(error), function: name });
    })
    .handler(run as never);
  return handler as unknown as LambdaHandler<E, R>;
}

const flushMetrics = () => {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
};

/** Unlike the middleware of Powertools, it logs no warning for each invocation that counted nothing. */
const writeMetrics: MiddlewareObj = {
  before: ({ context }) => metrics.captureColdStartMetric(context.functionName),
  after: flushMetrics,
  onError: flushMetrics,
};

function answer(
  statusCode: number,
  message: string,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message }),
  };
}
