import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Caller } from '#shared/domain/access/caller.ts';
import { idempotencyKeyOf, type KeptAnswer, type RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import type { WorkflowRunCaller } from '#shared/domain/access/workflow-run-caller.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import { Problem } from './problem.ts';

export interface Idempotency {
  readonly repeatedRequests: RepeatedRequests;
  readonly clock: Clock;
}

interface Variables {
  readonly caller: Caller;
  readonly workflowRun?: WorkflowRunCaller;
  readonly idempotency: Idempotency;
  /** Set by a route whose answer holds a secret, which must not be stored. */
  holdsSecret?: true;
  /** 32 hexadecimal digits: the same for every try of a request with an `Idempotency-Key`; not set without one. */
  requestId?: string;
}
type Sent = Context<{ Variables: Variables }>;

/** Longer than the function may run. */
const BUSY_SECONDS = 30;
/** A record of DynamoDB holds 400 KB. */
const MAX_KEPT_LENGTH = 100_000;
/** A request with another one of these is another request. */
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const;
/** Beside the body, what of an answer is kept. */
const KEPT_HEADERS = ['location', 'etag'] as const;

/**
 * Does the requests of a caller with the same `Idempotency-Key` once within a day. A repetition gets the first answer, with `idempotent-replayed: true`;
 * while the first one is at work 409. A request that differs in method, address, query, conditions or content gets 422. An answer that is no
 * success is not kept: the next one is done. Without the header nothing happens.
 */
export function idempotent() {
  return createMiddleware<{ Variables: Variables }>(async (context, next) => {
    const header = context.req.header('idempotency-key');
    if (header === undefined) return await next();
    const key = idempotencyKeyOf(header);
    if (key === null) {
      throw new Problem('invalid-request', 'Idempotency-Key: send 1 to 200 visible ASCII characters, such as a UUID.');
    }
    const { repeatedRequests, clock } = context.get('idempotency');
    const name = `${senderOf(context)}#${digestOf(key)}`;
    const now = clock.now();
    const begunAt = now.toISOString();
    const tried = await repeatedRequests.begin(name, {
      version: 1,
      id: digestOf(canonicalJson([name, begunAt]), 32),
      fingerprint: await fingerprintOf(context),
      begunAt,
      busyUntil: new Date(now.getTime() + BUSY_SECONDS * 1000).toISOString(),
      answer: null,
    });
    if (tried.kind === 'earlier') return await replay(context, tried.request);
    const { id } = tried.request;
    if (id !== undefined) context.set('requestId', id);
    await next();
    if (context.res.ok) await repeatedRequests.finish(name, begunAt, await answerOf(context));
    else await repeatedRequests.abandon(name, begunAt);
    return;
  });
}

/** By id: names may be shared and change. */
function senderOf(context: Sent): string {
  const run = context.get('workflowRun');
  if (run !== undefined) return `run:${run.repository.toLowerCase()}`;
  const { kind, id } = context.get('caller');
  return `${kind}:${id}`;
}

async function fingerprintOf({ req }: Sent): Promise<string> {
  const { pathname, search } = new URL(req.url);
  const conditions = CONDITIONS.map((header) => req.header(header)?.trim() ?? null);
  const contentType = req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null;
  return digestOf(canonicalJson([req.method, pathname, search, conditions, contentType, await req.text()]));
}

/** As records without an id have it. */
async function oldFingerprintOf({ req }: Sent): Promise<string> {
  return digestOf(JSON.stringify([req.method, req.path, await req.text()]));
}

async function replay(context: Sent, { id, fingerprint, answer }: RepeatedRequest): Promise<Response> {
  if (fingerprint !== (await (id === undefined ? oldFingerprintOf : fingerprintOf)(context))) {
    throw new Problem(
      'key-reused',
      'A request with this key had another address, condition or content. Use a new key for each request.',
    );
  }
  if (answer === null) {
    throw new Problem(
      'conflict',
      `The first request with this key is still at work. Try again in ${BUSY_SECONDS} seconds.`,
    );
  }
  const { status, contentType, body, headers = {} } = answer;
  if (body === null) {
    throw new Problem(
      'conflict',
      `This was done before, with status ${status}; its answer is not kept. Read what it made instead.`,
    );
  }
  return new Response(body, {
    status,
    headers: { ...headers, 'content-type': contentType, 'idempotent-replayed': 'true' },
  });
}

async function answerOf({ res, var: { holdsSecret } }: Sent): Promise<KeptAnswer> {
  const body = await res.clone().text();
  const isKept = holdsSecret === undefined && body.length <= MAX_KEPT_LENGTH;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = res.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    status: res.status,
    contentType: res.headers.get('content-type') ?? 'application/json',
    body: isKept ? body : null,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  };
}
