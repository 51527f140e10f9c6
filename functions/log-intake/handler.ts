import { createHash } from 'node:crypto';
import { gunzipSync, inflateSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type AuthenticateDeps, type Authentication, authenticate } from '#shared/app/access/authenticate.ts';
import { type ReceiveDeps, receiveLines } from '#shared/app/log-watch/receive-lines.ts';
import { mayDo } from '#shared/domain/access/caller.ts';
import { readOtlpJson, readOtlpProtobuf } from '#shared/domain/log-watch/wire/otlp.ts';
import { lengthField, varintBytes } from '#shared/domain/log-watch/wire/protobuf.ts';
import type { SentBatch } from '#shared/domain/log-watch/wire/sent-line.ts';
import { readHecEvents, readHecRaw } from '#shared/domain/log-watch/wire/splunk-hec.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface LogIntakeDeps extends ReceiveDeps, Pick<AuthenticateDeps, 'apiKeys' | 'log'> {
  readonly log: Log;
  readonly meter: Meter;
}

type Request = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded' | 'rawPath' | 'rawQueryString'>;
type Answer = APIGatewayProxyStructuredResultV2;

const MIB = 1024 * 1024;
const MAX_SENT = 4 * MIB;
const MAX_UNPACKED = 20 * MIB;
/** A key is looked up once in so long by each instance; a revoked one may send for as long. */
const KNOWN_FOR_MS = 60_000;
const MAX_KNOWN = 100;

/** How senders make their requests smaller. */
const SMALLER =
  'Send smaller requests: in the OpenTelemetry Collector lower send_batch_max_size of the batch processor, in Fluent Bit the size of the input buffer or Flush, in Vector batch.max_bytes.';

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}
class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** What both protocols differ in: how they read a body, and how they say what came of it. */
interface Protocol {
  read(body: Buffer): SentBatch;
  accepted(accepted: number, rejected: number, problem: string | null): Answer;
  refused(status: number, message: string): Answer;
}

/** Handles OTLP/HTTP (`/v1/logs`) and Splunk's HTTP Event Collector (`/services/collector`). */
export function makeHandler(deps: LogIntakeDeps) {
  const known = new Map<string, { readonly until: number; readonly result: Authentication }>();

  async function whoSends(headers: Request['headers']): Promise<Authentication> {
    const credential = /^(?:bearer|splunk) +(sh_[\x21-\x7e]{1,400})$/i.exec(headers.authorization ?? '')?.[1];
    if (credential === undefined)
      return {
        kind: 'refused',
        reason: 'Send an API key: "Authorization: Bearer sh_..." or "Authorization: Splunk sh_...".',
      };
    const now = deps.clock.now().getTime();
    const hash = createHash('sha256').update(credential).digest('base64');
    const remembered = known.get(hash);
    if (remembered !== undefined && remembered.until > now) return remembered.result;
    const result = await authenticate({ authorization: `Bearer ${credential}` }, { ...deps, ...KEYS_ONLY });
    if (known.size >= MAX_KNOWN) known.clear();
    if (result.kind === 'accepted') known.set(hash, { until: now + KNOWN_FOR_MS, result });
    return result;
  }

  return async (event: Request): Promise<Answer> => {
    const protocol = protocolOf(event);
    if (event.rawPath === '/services/collector/health') return json(200, { text: 'HEC is healthy', code: 17 });
    const sender = await whoSends(event.headers);
    if (sender.kind === 'unavailable') return protocol.refused(503, sender.reason);
    if (sender.kind !== 'accepted')
      return protocol.refused(401, sender.kind === 'refused' ? sender.reason : 'Send an API key.');
    if (!mayDo(sender.caller, 'operate'))
      return protocol.refused(403, `The API key ${sender.caller.name} may not send logs: it needs the role operator.`);
    try {
      const body = unpacked(event);
      const { accepted, rejected, problem } = await receiveLines(protocol.read(body), body, deps);
      deps.meter.count('log-lines-received', accepted);
      if (rejected > 0) deps.meter.count('log-lines-rejected', rejected);
      return protocol.accepted(accepted, rejected, problem);
    } catch (error) {
      if (error instanceof TooLarge) return protocol.refused(413, error.message);
      if (error instanceof Unsupported) return protocol.refused(415, error.message);
      if (error instanceof InvalidInput) return protocol.refused(400, error.message);
      throw error;
    }
  };
}

const refuse = async () => ({ kind: 'refused', reason: 'Send an API key.' }) as const;
/** People and workflows sign in elsewhere: here only keys are taken, which `authenticate` recognises by their beginning. */
const KEYS_ONLY = { tokens: { verify: refuse }, workflowTokens: { issuer: '', verify: refuse }, repositories: [] };

function unpacked({ body, headers, isBase64Encoded }: Request): Buffer {
  const sent = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (sent.length > MAX_SENT)
    throw new TooLarge(`The request has ${sent.length} bytes; at most ${MAX_SENT} are taken. ${SMALLER}`);
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  // An HTTP API hands over JSON as text, which compressed bytes do not survive.
  if (!isBase64Encoded && encoding !== 'identity' && encoding !== '')
    throw new Unsupported(
      'Compressed JSON does not pass API Gateway: send application/x-protobuf, compressed or not, or JSON without compression.',
    );
  try {
    if (encoding === 'gzip') return gunzipSync(sent, { maxOutputLength: MAX_UNPACKED });
    if (encoding === 'deflate') return inflateSync(sent, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLarge(`Unpacked, the request has more than ${MAX_UNPACKED} bytes. ${SMALLER}`);
    throw new InvalidInput(`The body is not ${encoding}, as its header Content-Encoding says, or it is cut short.`);
  }
  if (encoding !== 'identity' && encoding !== '')
    throw new Unsupported(`Content-Encoding ${encoding.slice(0, 40)} is not understood: send gzip, deflate or none.`);
  return sent;
}

function protocolOf(event: Request): Protocol {
  if (event.rawPath.startsWith('/services/collector')) return splunk(event);
  const type = (event.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return OTLP_PROTOBUF;
  return type === 'application/json' ? OTLP_JSON : OTLP_OTHER;
}

const json = (statusCode: number, body: unknown): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...(statusCode === 503 ? { 'retry-after': '5' } : {}) },
  body: JSON.stringify(body),
});

/** A refusal is a `google.rpc.Status` (OTLP specification, "Failures"). */
const OTLP_JSON: Protocol = {
  read: (body) => readOtlpJson(body.toString('utf8')),
  accepted: (_accepted, rejected, problem) =>
    json(
      200,
      rejected === 0 ? {} : { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: problem ?? '' } },
    ),
  refused: (status, message) => json(status, { code: 3, message }),
};

const OTLP_OTHER: Protocol = {
  ...OTLP_JSON,
  read: () => {
    throw new Unsupported('Content-Type must be application/x-protobuf or application/json.');
  },
};

const OTLP_PROTOBUF: Protocol = {
  read: readOtlpProtobuf,
  accepted: (_accepted, rejected, problem) =>
    protobuf(
      200,
      rejected === 0
        ? Buffer.alloc(0)
        : lengthField(1, Buffer.concat([Buffer.of(8), varintBytes(rejected), lengthField(2, problem ?? '')])),
    ),
  refused: (status, message) => protobuf(status, Buffer.concat([Buffer.of(8, 3), lengthField(2, message)])),
};

const protobuf = (statusCode: number, body: Buffer): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/x-protobuf', ...(statusCode === 503 ? { 'retry-after': '5' } : {}) },
  body: body.toString('base64'),
  isBase64Encoded: true,
});

/** Codes of Splunk's documentation, "Troubleshoot HTTP Event Collector". */
const HEC_CODE: Readonly<Record<number, number>> = { 400: 6, 401: 2, 403: 4, 413: 27, 503: 9 };

const splunk = ({ rawPath, rawQueryString }: Request): Protocol => ({
  read(body) {
    const text = body.toString('utf8');
    if (!rawPath.startsWith('/services/collector/raw')) return readHecEvents(text);
    const asked = new URLSearchParams(rawQueryString);
    return readHecRaw(text, asked.get('source') ?? asked.get('sourcetype') ?? asked.get('host'));
  },
  accepted: (accepted, rejected, problem) =>
    accepted === 0 && rejected > 0
      ? json(400, { text: problem ?? 'Invalid data format', code: 12 })
      : json(200, { text: 'Success', code: 0 }),
  refused: (status, message) => json(status, { text: message, code: HEC_CODE[status] ?? 8 }),
});
