import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ApiDeps } from './base.ts';
import { problem } from './problem.ts';
import { makeRouter } from './router.ts';
import { REVISION_HEADER } from './routes/contract.ts';

/** Of every answer that has no other: nothing may be kept, framed or guessed. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** No request of this API is larger, but those that carry logs or documents. */
const MAX_BODY_BYTES = 100_000;
/** Three million bytes of a log are read within seconds; a Lambda function takes no event of more than six. */
const MAX_LARGE_BODY_BYTES = 3_000_000;
const CARRY_MUCH =
  /^\/api\/(?:analyze|predict|search|recommend|incidents|logs\/(?:analyze|patterns)|repositories\/[^/]+\/[^/]+\/quality\/[^/]+)\/?$/;

/** An event of the HTTP API (payload format 2.0) as a request, and the response as its answer. */
export function makeHandler(deps: ApiDeps) {
  const route = makeRouter(deps);
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { method } = event.requestContext.http;
    const begunAt = deps.clock.now().getTime();
    const { form, canonical, ...own } = await ownForm(event);
    const request = requestOf({ ...event, ...own });
    const response =
      form?.kind === 'refused'
        ? problem('not-found', form.reason)
        : request instanceof Response
          ? request
          : await route(request);
    const given = await response.text();
    const isMore = response.ok && form?.kind === 'translated' && form.answer !== undefined;
    const body = isMore ? JSON.stringify(form.answer?.(JSON.parse(given))) : given;
    const link = canonical === null ? {} : { link: `<${asciiPath(canonical)}>; rel="canonical"` };
    const headers = { ...HEADERS, ...Object.fromEntries(response.headers), ...link };
    const answer =
      READS.has(method) && response.ok
        ? unlessKnown(
            event.headers['if-none-match'],
            { statusCode: response.status, headers, body },
            { begunAt, endedAt: deps.clock.now().getTime() },
          )
        : { statusCode: response.status, headers, body };
    return method === 'HEAD' ? { ...answer, body: '' } : answer;
  };
}

/** A decoded path as a header may hold it (RFC 8288): a header with another character breaks the whole answer. */
const asciiPath = (path: string): string => path.toWellFormed().replaceAll(/[^!-~]|[<>"\\^`{|}]/gu, encodeURIComponent);

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Paths at which bodies of other forms are taken, too. */
const OTHER_FORMS =
  /^\/api\/(?:recommend|incident|logs\/(?:analyze|patterns)|actions\/execute|applications\/[^/]+\/scale|auth\/login|spark\/.+|airflow\/.+)$/;

/**
 * The request in the API's own form, and the path of that form where the request came in another one: without `/api`, with a slash at the end, or
 * with a body of another form (`document-forms.ts`, which is loaded for these alone).
 */
async function ownForm({ rawPath, headers, body, isBase64Encoded, requestContext }: APIGatewayProxyEventV2) {
  const isWhole = rawPath.startsWith('/api/');
  const path = `${isWhole ? '' : '/api'}${rawPath}`.replace(/(?<=[^/])\/$/, '');
  const canonical = path === rawPath ? null : path;
  const unchanged = { rawPath: path, form: null, canonical };
  if (requestContext.http.method !== 'POST' || !OTHER_FORMS.test(path)) return unchanged;
  const isForeign = (body ?? '') !== '' && !JSON_TYPE.test(headers['content-type'] ?? '');
  if (isForeign) return unchanged;
  const { translateForm } = await import('./document-forms.ts');
  const form = translateForm(path, Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString());
  if (form === null) return unchanged;
  if (form.kind === 'refused') return { ...unchanged, form };
  return {
    rawPath: form.path,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(form.body),
    isBase64Encoded: false,
    form,
    canonical: form.path,
  };
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * A client that polls sends `If-None-Match` with the `ETag` that it saw, and gets 304 while nothing has changed (RFC 9110, section 13.1.2). Hashed
 * at once, and an incident's tag begins with its revision, so that it serves for `If-Match`, too: a body is a few thousand bytes, for which a promise from a pool of threads, as Hono's own middleware uses it, costs more than the hash.
 */
function unlessKnown(
  known: string | undefined,
  answer: { statusCode: number; headers: Record<string, string>; body: string },
  request: RequestTime,
): APIGatewayProxyStructuredResultV2 {
  const { [REVISION_HEADER]: revision, ...shown } = answer.headers;
  const hash = () => createHash('sha1').update(withoutRequestTime(answer.body, request)).digest('hex');
  const etag = shown.etag ?? (revision === undefined ? `"${hash()}"` : `"${revision}-${hash()}"`);
  const tags: readonly string[] = known?.match(/"[^"]*"/g) ?? [];
  const isKnown = known?.trim() === '*' || tags.includes(etag.replace(/^W\//, ''));
  const headers = { ...shown, etag };
  if (!isKnown) return { ...answer, headers };
  const { 'content-type': _, ...kept } = headers as Record<string, string>;
  return { statusCode: 304, headers: kept, body: '' };
}

/** Milliseconds since the epoch. */
interface RequestTime {
  readonly begunAt: number;
  readonly endedAt: number;
}
const INSTANT = /"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z"/g;
const DAY_MILLISECONDS = 24 * 3_600_000;

/** The body without the instants that say when it was asked for, or whole days before: they change although nothing has changed. */
function withoutRequestTime(body: string, { begunAt, endedAt }: RequestTime): string {
  return body.replace(INSTANT, (text) => {
    const age = endedAt - Date.parse(text.slice(1, -1));
    return age >= 0 && age % DAY_MILLISECONDS <= endedAt - begunAt ? '""' : text;
  });
}

/** The request, or the answer to one that cannot be one. */
function requestOf(event: APIGatewayProxyEventV2): Request | Response {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = event;
  const { method } = requestContext.http;
  const content = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  const maxBytes = CARRY_MUCH.test(rawPath) ? MAX_LARGE_BODY_BYTES : MAX_BODY_BYTES;
  if (content.length > maxBytes) return problem('too-large', `Send at most ${maxBytes} bytes.`);
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (encoding !== 'identity')
    return problem('unsupported', `Send the body as it is: content-encoding ${encoding} is not read here.`);
  if (!isUtf8(content)) return problem('invalid-request', 'The body is not valid UTF-8.');
  const url = `https://${requestContext.domainName}${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
  const takesBody = !READS.has(method) && method !== 'DELETE';
  // Nothing at all has no form of its own.
  const form = takesBody && content.length === 0 ? { 'content-type': 'application/json' } : {};
  const given = Object.entries({ ...headers, ...form }).filter(
    (header): header is [string, string] => header[1] !== undefined,
  );
  if (takesBody && content.length > 0 && !JSON_TYPE.test(headers['content-type'] ?? ''))
    return problem('unsupported', 'The body is read as JSON only: send the header content-type: application/json.');
  try {
    // HEAD is GET without the body, which `makeHandler` leaves out.
    return new Request(url, {
      method: method === 'HEAD' ? 'GET' : method,
      headers: given,
      // Nothing is an object without fields, so that the route says which ones are missing.
      ...(takesBody ? { body: content.length === 0 ? '{}' : content } : {}),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return problem('invalid-request', 'The method or a header of the request is not one of HTTP.');
  }
}
