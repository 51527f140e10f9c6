import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { byteMutations, type JsonMutation, jsonMutation, mutatedBytes, mutatedJson } from './json-mutations.ts';

const EVENTS = join(import.meta.dirname, '../../../events');

function samplesIn(folder: string): { name: string; content: unknown }[] {
  const directory = join(EVENTS, folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, content: JSON.parse(readFileSync(join(directory, name), 'utf8')) as unknown }));
}

export interface GithubSample {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The samples of `events/github`. */
export const GITHUB_SAMPLES: readonly GithubSample[] = samplesIn('github').map(({ name, content }) => ({
  name,
  ...(content as Omit<GithubSample, 'name'>),
}));
/** The samples of `events/cloudwatch`. */
export const CLOUDWATCH_SAMPLES: readonly unknown[] = samplesIn('cloudwatch').map(({ content }) => content);

export const SECRETS = { current: 'a-secret-for-tests', previous: 'the-secret-before' };

const SIGNINGS = ['current', 'previous', 'wrong', 'missing', 'cut', 'of-another-body', 'sha1', 'odd'] as const;
type Signing = (typeof SIGNINGS)[number];

/** A delivery as the HTTP API hands it over, with what is known of how it was made. */
export interface Delivery {
  readonly signing: Signing;
  readonly source: string;
  readonly bytes: Buffer;
  readonly untouched: boolean;
  readonly event: {
    readonly body: string;
    readonly isBase64Encoded: boolean;
    readonly headers: Record<string, string>;
    readonly pathParameters: { source: string };
  };
}

const hmac = (bytes: Buffer, secret: string, algorithm = 'sha256') =>
  `${algorithm}=${createHmac(algorithm, secret).update(bytes).digest('hex')}`;

function signatureOf(bytes: Buffer, signing: Signing): Record<string, string> {
  const name = 'X-Hub-Signature-256';
  switch (signing) {
    case 'current':
    case 'previous':
      return { [name]: hmac(bytes, SECRETS[signing]) };
    case 'wrong':
      return { [name]: hmac(bytes, 'guessed') };
    case 'cut':
      return { [name]: hmac(bytes, SECRETS.current).slice(0, -1) };
    case 'of-another-body':
      return { [name]: hmac(Buffer.concat([bytes, Buffer.from(' ')]), SECRETS.current) };
    case 'sha1':
      return { 'X-Hub-Signature': hmac(bytes, SECRETS.current, 'sha1') };
    case 'odd':
      return { [name]: `sha256=${'\u00e9'.repeat(64)}` };
    case 'missing':
      return {};
    default:
      return signing satisfies never;
  }
}

/** Header changes: a value, or null for a header that is missing. */
const headerChanges: fc.Arbitrary<Record<string, string | null>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        'content-type': fc.constantFrom(
          null,
          '',
          'text/plain',
          'application/x-www-form-urlencoded',
          'application/json; charset=utf-8',
          'APPLICATION/JSON',
          'application/jsonp',
        ),
        'x-github-event': fc.constantFrom(null, '', 'workflow_run', 'ping', '__proto__', 'Workflow_Run'),
        'x-github-delivery': fc.oneof(
          fc.constantFrom(null, '', ' ', '__proto__', 'x'.repeat(201)),
          fc.string({ maxLength: 210 }),
        ),
        constructor: fc.constant('x'),
      },
      { requiredKeys: [] },
    ),
  },
);

const anyCase = fc.constantFrom<(name: string) => string>(
  (name) => name,
  (name) => name.toUpperCase(),
);

/** Fields of either kind of event that are read: half of the changes are made to these alone. */
const FIELDS_READ: readonly string[] = [
  ...['action', 'id', 'name', 'display_title', 'conclusion', 'event', 'head_branch', 'head_sha', 'head_repository'],
  ...['workflow_id', 'run_attempt', 'updated_at', 'actor', 'login', 'pull_requests', 'number', 'base', 'repo'],
  ...['repository', 'full_name', 'default_branch', 'installation', 'workflow_run', 'detail', 'alarmName', 'state'],
  ...['previousState', 'value', 'reason', 'timestamp', 'resources', 'account', 'region', 'time', 'source', 'target'],
  ...['alarmArn', 'changedAt', 'occurredAt', 'deliveryId', 'kind', 'version', 'tainted', 'title', 'branch'],
];

/** Which fields are changed: only those that are read, or any. */
export const changedFields = fc.constantFrom(FIELDS_READ, null);

interface Parts {
  readonly sample: GithubSample;
  readonly fields: readonly string[] | null;
  readonly mutations: readonly JsonMutation[];
  readonly bytes: Parameters<typeof mutatedBytes>[1];
  readonly signing: Signing;
  readonly changes: Record<string, string | null>;
  readonly base64: boolean;
  readonly source: string;
  readonly spelling: (name: string) => string;
}

function deliveryOf(parts: Parts): Delivery {
  const { sample, mutations, base64, source, signing, changes, spelling } = parts;
  const mutated = mutatedBytes(Buffer.from(mutatedJson(sample.body, mutations, parts.fields)), parts.bytes);
  // What is no UTF-8 can only come as Base64.
  const isBase64Encoded = base64 || !Buffer.from(mutated.toString('utf8')).equals(mutated);
  const headers = Object.entries({ ...sample.headers, ...changes }).filter(([, value]) => value !== null);
  return {
    signing,
    source,
    bytes: mutated,
    untouched: mutations.length + parts.bytes.length + Object.keys(changes).length === 0,
    event: {
      body: mutated.toString(isBase64Encoded ? 'base64' : 'utf8'),
      isBase64Encoded,
      headers: {
        ...Object.fromEntries(headers.map(([name, value]) => [spelling(name), value ?? ''])),
        ...signatureOf(mutated, signing),
      },
      pathParameters: { source },
    },
  };
}

/** Deliveries made of the samples: changed in body, headers and signature, or not at all. */
export function delivery(): fc.Arbitrary<Delivery> {
  return fc
    .record<Parts>({
      sample: fc.constantFrom(...GITHUB_SAMPLES),
      fields: changedFields,
      mutations: fc.array(jsonMutation(), { maxLength: 4 }),
      bytes: byteMutations(),
      signing: fc.oneof(
        { weight: 4, arbitrary: fc.constant('current' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...SIGNINGS) },
      ),
      changes: headerChanges,
      base64: fc.boolean(),
      source: fc.oneof(
        { weight: 12, arbitrary: fc.constant('github') },
        { weight: 1, arbitrary: fc.constantFrom('', 'GitHub', '__proto__', 'cloudwatch', '../github') },
      ),
      spelling: anyCase,
    })
    .map(deliveryOf);
}

/** What people may word to be taken for something else. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 2_000 }),
  fc.constantFrom(
    '"run_attempt":7',
    'acme/other',
    '\u202emain',
    '!',
    'OK -> ALARM',
    '{"repository":{"full_name":"acme/other"}}',
    '16000000999',
  ),
);
