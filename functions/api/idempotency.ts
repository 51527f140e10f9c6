import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Caller } from '#shared/domain/access/caller.ts';
import type { KeptAnswer, RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import { digestOf } from '#shared/kernel/digest.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import type { Clock } from '#shared/ports/time.ts';
import { Problem } from './problem.ts';

export interface Idempotency {
  readonly repeatedRequests: RepeatedRequests;
  readonly clock: Clock;
}

interface Variables {
  readonly caller: Caller;
  readonly idempotency: Idempotency;
  /** Set by a route whose answer holds a secret, which must not be stored. */
  holdsSecret?: true;
}

const KEY = /^[\x21-\x7e]{1,200}$/;
/** Longer than the function may run. */
const BUSY_SECONDS = 30;
/** A record of DynamoDB holds 400 KB. */
const MAX_KEPT_LENGTH = 100_000;

/**
 * Does the requests of a caller with the same `Idempotency-Key` once. A repetition gets the first answer, with `idempotent-replayed: true`; while the
 * first one is at work 409, and with another content 422. An answer that is no success is not kept: the next one is done. Without the header
 * nothing happens.
 */
export function idempotent() {
  return createMiddleware<{ Variables: Variables }>(async (context, next) => {
    const key = context.req.header('idempotency-key');
    if (key === undefined) return await next();
    if (!KEY.test(key)) {
      throw new Problem('invalid-request', 'Idempotency-Key: send 1 to 200 visible ASCII characters, such as a UUID.');
    }
    const { repeatedRequests, clock } = context.get('idempotency');
    const { kind, id } = context.get('caller');
    const name = `${kind}:${id}#${digestOf(key)}`;
    const now = clock.now();
    const request: RepeatedRequest = {
      version: 1,
      fingerprint: digestOf(JSON.stringify([context.req.method, context.req.path, await context.req.text()])),
      begunAt: now.toISOString(),
      busyUntil: new Date(now.getTime() + BUSY_SECONDS * 1000).toISOString(),
      answer: null,
    };
    const earlier = await repeatedRequests.begin(name, request);
    if (earlier !== null) return replay(earlier, request);
    await next();
    if (context.res.ok) await repeatedRequests.finish(name, request.begunAt, await answerOf(context));
    else await repeatedRequests.abandon(name, request.begunAt);
    return;
  });
}

function replay({ fingerprint, answer }: RepeatedRequest, request: RepeatedRequest): Response {
  if (fingerprint !== request.fingerprint) {
    throw new Problem(
      'key-reused',
      'A request with this key had another path or content. Use a new key for each request.',
    );
  }
  if (answer === null) {
    throw new Problem(
      'conflict',
      `The first request with this key is still at work. Try again in ${BUSY_SECONDS} seconds.`,
    );
  }
  const { status, contentType, body } = answer;
  if (body === null) {
    throw new Problem(
      'conflict',
      `This was done before, with status ${status}; its answer is not kept. Read what it made instead.`,
    );
  }
  return new Response(body, { status, headers: { 'content-type': contentType, 'idempotent-replayed': 'true' } });
}

async function answerOf({ res, var: { holdsSecret } }: Context<{ Variables: Variables }>): Promise<KeptAnswer> {
  const body = await res.clone().text();
  const isKept = holdsSecret === undefined && body.length <= MAX_KEPT_LENGTH;
  return {
    status: res.status,
    contentType: res.headers.get('content-type') ?? 'application/json',
    body: isKept ? body : null,
  };
}
