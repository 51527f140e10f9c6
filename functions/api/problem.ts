import { CorruptRecord, InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { FIELD, issueWords } from './issue-words.ts';

/** What goes wrong with a request, by the name in its `type`. The title says what it is, the detail how to mend it. */
const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Your roles do not allow this' },
  challenge: { status: 403, title: 'The password alone is not enough' },
  'not-found': { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'Somebody else was first' },
  'key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'not-now': { status: 409, title: 'It cannot be done as things are' },
  outdated: { status: 412, title: 'It was changed meanwhile' },
  expired: { status: 410, title: 'It is too late for this' },
  'changed-meanwhile': { status: 412, title: 'It was changed meanwhile' },
  'too-large': { status: 413, title: 'The request is too large' },
  'revision-needed': { status: 428, title: 'Say which revision you saw' },
  unsupported: { status: 415, title: 'The body cannot be read in this form' },
  unavailable: { status: 503, title: 'Not available at the moment' },
  'broken-record': { status: 500, title: 'A stored record cannot be read' },
  internal: { status: 500, title: 'Something is broken here' },
} as const;
export type ProblemKind = keyof typeof PROBLEMS;

/** Problem details of RFC 9457. `errors` names each wrong field. */
export const ProblemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), problem: z.string() })).optional(),
  /** Of a sign-in that needs more than a password: what POST /api/auth/challenge takes. */
  challenge: z
    .object({ name: z.enum(['NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA']), session: z.string() })
    .optional(),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;

/** What the details of some problems have beside the rest. */
export type MoreDetails = Pick<ProblemDetails, 'errors' | 'challenge'>;

export function problem(kind: ProblemKind, detail: string, more: MoreDetails = {}): Response {
  const { status, title } = PROBLEMS[kind];
  const body: ProblemDetails = {
    type: `urn:selfheal:problem:${kind}`,
    title,
    status,
    detail,
    ...more,
  };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (kind === 'unauthenticated') headers.set('www-authenticate', 'Bearer');
  if (kind === 'unavailable') headers.set('retry-after', '5');
  return new Response(JSON.stringify(body), { status, headers });
}

/** Ends a request with problem details. The detail is shown to the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly more: MoreDetails;
  constructor(kind: ProblemKind, detail: string, more: MoreDetails = {}) {
    super(detail);
    this.kind = kind;
    this.more = more;
  }
}

/** The answer to a request that does not fit its schema: each wrong field by name. */
export function invalidRequest({ issues }: z.core.$ZodError, where: string, given: unknown): Response {
  const all = issues.slice(0, 20).map((issue) => {
    const field = [where, ...issue.path.map(String)].join('.');
    const unknown = unknownNames(issue, where) ?? unknownWords(issue, given);
    const words = unknown ?? missingWords(issue, given);
    return { field, problem: words, sentence: unknown ?? sentenceOf(field, words) };
  });
  const errors = all.map(({ field, problem: what }) => ({ field, problem: what }));
  return problem('invalid-request', all.map(({ sentence }) => sentence).join(' '), { errors });
}

z.config({ customError: issueWords });

/** Words of a schema's own (`Must be the etag of what you read`) also say that there is no value at all. */
function missingWords({ message, path }: z.core.$ZodIssue, given: unknown): string {
  const isMissing = path.length > 0 && path.reduce<unknown>(childOf, given) === undefined;
  return isMissing && message.startsWith('Must be ') ? `is missing: it must be ${message.slice(8)}` : message;
}

const sentenceOf = (field: string, words: string): string =>
  /^(?:is missing:|must be) /.test(words) ? `${field} ${words}.` : `${field}: ${words}.`;

/** That a name is not known, with the nearest one; null for every other fault. */
function unknownNames({ code, message }: z.core.$ZodIssue, where: string): string | null {
  if (code !== 'unrecognized_keys' || !message.startsWith(`There is no ${FIELD} `)) return null;
  return where === 'query' ? message.replaceAll(`There is no ${FIELD} `, 'There is no parameter ') : message;
}

/** That a value is none of a list, with the one that was most likely meant; null for every other fault. */
function unknownWords(issue: z.core.$ZodIssue, given: unknown): string | null {
  if (issue.code !== 'invalid_value') return null;
  const value = issue.path.reduce<unknown>(
    // A list with commas is one text in a query.
    (from, key) => (typeof from === 'string' && typeof key === 'number' ? from.split(',')[key] : childOf(from, key)),
    given,
  );
  const options = issue.values.map(String);
  if (typeof value !== 'string' || options.length < 2) return null;
  const noun = issue.path.findLast((key) => typeof key === 'string') ?? 'value';
  return unknownValue(
    String(noun)
      .replaceAll(/(?=[A-Z])/g, ' ')
      .toLowerCase(),
    value,
    options,
  );
}

const childOf = (from: unknown, key: PropertyKey): unknown =>
  typeof from === 'object' && from !== null && Object.hasOwn(from, key) ? Reflect.get(from, key) : undefined;

/** The answer to an error: what a caller can mend in words, anything else without details. */
export function problemOf(error: unknown): Response {
  if (error instanceof Problem) return problem(error.kind, error.message, error.more);
  // Hono's own, of a body that is not JSON.
  if (error instanceof HTTPException && error.status < 500)
    return problem('invalid-request', `${error.message}. Send a JSON object.`);
  if (error instanceof InvalidInput) return problem('invalid-request', error.message);
  if (error instanceof Retryable) return problem('unavailable', 'Try again in a moment.');
  if (error instanceof CorruptRecord) return problem('broken-record', error.message);
  return problem('internal', 'It was logged. Try again; if it happens again, look at the log of the function "api".');
}

export function notFound(context: Context): Response {
  return problem(
    'not-found',
    `${context.req.method} ${context.req.path} is no route of this API. /api/openapi.json lists them.`,
  );
}
