import { join } from 'node:path';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { anEvidence } from '#test/builders/index.ts';

const { signatures } = await loadSignatures(join(import.meta.dirname, '../../../../shared/data'));

function judge(...texts: string[]) {
  const evidence = anEvidence({ texts });
  const classification = classify(evidence, { signatures });
  return {
    classification,
    diagnosis: diagnoseByRules({
      evidence,
      classification,
      signatures,
      knowledge: null,
      preExisting: null,
      note: null,
    }),
  };
}

/** Wordings the requirements name, with the class each must get. */
const ROWS: readonly (readonly [row: string, wanted: FailureClass, ...wordings: string[]])[] = [
  [
    'A43',
    'runtime_exceptions',
    'RuntimeError: Event loop is closed',
    "RuntimeWarning: coroutine 'fetch' was never awaited",
  ],
  [
    'A44',
    'service_unavailability',
    'psycopg2.OperationalError: connection to server at "db", port 5432 failed: Connection refused',
  ],
  ['A45', 'service_unavailability', 'neo4j.exceptions.ServiceUnavailable: Connection refused'],
  [
    'A46',
    'service_unavailability',
    'redis.exceptions.ConnectionError: Error 111 connecting to cache:6379. Connection refused.',
  ],
  ['A47', 'runtime_exceptions', 'pydantic_core._pydantic_core.ValidationError: 1 validation error for Order'],
  [
    'A48',
    'vulnerability_blocking',
    '>> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True',
  ],
  ['A49', 'compliance_violations', 'Found verified result'],
  ['A50', 'vulnerability_blocking', 'Total: 3 (HIGH: 2, CRITICAL: 1)'],
  [
    'C26',
    'resource_exhaustion',
    'java.lang.OutOfMemoryError: Java heap space',
    'OutOfMemoryError',
    'Reason: OOMKilled',
    'fork: Cannot allocate memory',
  ],
  ['C27', 'network_connectivity', 'connect: Connection refused', 'Network timeout', 'DNS resolution failed'],
  ['C28', 'access_control_failures', 'Authentication failed', 'Error: Unauthorized', 'Permission denied'],
  [
    'C29',
    'dependency_conflicts',
    "ModuleNotFoundError: No module named 'orders'",
    'ImportError: cannot load orders',
    'Package not found',
  ],
  ['D66', 'resource_exhaustion', 'java.lang.OutOfMemoryError: Java heap space', 'OutOfMemoryError: heap space'],
  ['D67', 'network_connectivity', 'Error: connection timeout after 30 s'],
  ['D68', 'service_unavailability', 'ERROR health check failed for api'],
  ['D69', 'resource_exhaustion', 'write: no space left on device'],
  [
    'D70',
    'resource_exhaustion',
    'Error: connection pool exhausted',
    'FATAL: remaining connection slots are reserved for superusers',
  ],
  ['D71', 'service_unavailability', 'HTTP 503 Service Unavailable', 'GET /orders returned status: 502'],
  ['D72', 'access_control_failures', 'password authentication failed for user "shop"'],
  [
    'D73',
    'service_unavailability',
    'ERROR request to inventory timed out',
    'Error: service timeout after 30s calling inventory',
  ],
  ['D74', 'service_unavailability', 'could not connect to server: Connection refused'],
  ['deadlock', 'timing_dependencies', 'ERROR: deadlock detected'],
  ['collector', 'resource_exhaustion', 'java.lang.OutOfMemoryError: GC overhead limit exceeded'],
  [
    'D77',
    'network_connectivity',
    'read: connection reset by peer',
    'connect: network is unreachable',
    'dial tcp: i/o timeout',
  ],
  ['D75', 'storage_issues', 'ERROR: could not extend file "base/16384/16402": No space left on device'],
  ['D78', 'configuration_errors', 'Error: Missing required environment variable: DATABASE_URL'],
];

describe('wordings that the requirements name', () => {
  it.each(ROWS.flatMap(([row, wanted, ...wordings]) => wordings.map((wording) => [row, wording, wanted] as const)))(
    '[%s] knows %j as %s',
    (_row, wording, wanted) => expect(judge(wording).classification.class).toBe(wanted),
  );

  it('[A51] names the URI as what to check when Neo4j cannot be reached', () => {
    const { diagnosis } = judge('neo4j.exceptions.ServiceUnavailable: Connection refused for bolt://localhost:7687');
    expect(diagnosis.rootCause).toContain('Neo4j could not be reached');
    expect(diagnosis.fix).toContain(
      'Check the URI (scheme `bolt://` or `neo4j://`, host as seen from the job, port 7687)',
    );
  });

  it('[A52] names a valid address for invalid e-mail test data', () => {
    const { diagnosis } = judge('  value is not a valid email address: The part after the @-sign is a reserved name');
    expect(diagnosis.rootCause).toContain('an address that is not a valid e-mail address');
    expect(diagnosis.fix).toContain('user@example.com');
  });

  it.each([
    ['status', 'psql: error: connection to server at "db", port 5432 failed: Connection refused', /[Cc]heck that/],
    [
      'restart',
      'TimeoutError: QueuePool limit of size 2 overflow 0 reached, connection timed out',
      /restart the service/,
    ],
    [
      'network',
      "curl: (7) Failed to connect to db.example.com port 443: Couldn't connect to server",
      /address and port/,
    ],
  ])('[E29] names a concrete step: %s', (_step, line, step) => expect(judge(line).diagnosis.fix).toMatch(step));

  it('says which statement is slow and that locks are waited for', () => {
    const { classification, diagnosis } = judge(
      '{"level":"WARN","message":"Waiting for lock on table entries","waitedMs":6013}',
      '{"level":"ERROR","message":"Statement took longer than 5000 ms","statement":"close_period","ms":8207}',
    );
    expect(classification).toMatchObject({ class: 'resource_exhaustion', signature: 'db-statement-slow' });
    expect(diagnosis.rootCause).toContain('`close_period` (over 5000 ms)');
    expect(diagnosis.rootCause).toContain('sessions wait for a lock on entries');
  });
});

describe('a request that a server answered', () => {
  it.each([
    ['error: failed to download from https://static.example.com/api: the server responded with 404', 'lasts'],
    ['E: Failed to fetch http://archive.example.com/pool/a.deb  404  Not Found [IP: 192.0.2.1 80]', 'lasts'],
    ['Failed to upload artifact: HTTP 413 Payload too large', 'lasts'],
    [
      'E: Failed to fetch http://archive.example.com/pool/a.deb  503  Service Unavailable [IP: 192.0.2.1 80]',
      'may-pass',
    ],
    ['error: failed to download from https://static.example.com/api: the server responded with 429', 'may-pass'],
  ])('lasts where the same request brings the same status: %s', (line, chance) => {
    expect(judge(line).classification.chance).toBe(chance);
  });
});

describe('a download that broke off', () => {
  it.each([
    [
      'npm error code ECONNRESET',
      'npm error network request to https://registry.example.com/left failed, reason: read ECONNRESET',
    ],
    [
      "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example.org', port=443): Read timed out.",
    ],
    [
      '[ERROR] Could not transfer artifact org.example:orders:pom:2.1 from/to central (https://repo.example.org): Connection reset',
    ],
    ['E: Failed to fetch http://archive.example.com/pool/a.deb  503  Service Unavailable [IP: 192.0.2.1 80]'],
    ['Error response from daemon: Get "https://registry.example.com/v2/": net/http: TLS handshake timeout'],
    ["fatal: unable to access 'https://git.example.com/app.git/': Could not resolve host: git.example.com"],
    ['warning: spurious network error (3 tries remaining): [28] Timeout was reached', '  [28] Timeout was reached'],
    ['go: example.com/a@v1.2.0: Get "https://proxy.golang.org/example.com/a/@v/v1.2.0.mod": dial tcp: i/o timeout'],
    ['##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped.'],
  ])('is sure enough to be run again without asking: %s', (...texts) => {
    const { classification } = judge(...texts);
    expect(classification.verdict).toBe('infrastructure');
    expect(classification.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432'],
    ['Error: read ECONNRESET'],
    ['npm error code ERESOLVE'],
    [
      'npm error network request to https://registry.example.com/left failed, reason: read ECONNRESET',
      '✖ adds the prices (0.5ms)',
      '  AssertionError [ERR_ASSERTION]: 3 !== 4',
    ],
  ])('is not, when the log is less clear: %s', (...texts) => {
    const { classification } = judge(...texts);
    expect(classification.verdict === 'infrastructure' && classification.confidence >= 0.85).toBe(false);
  });
});
