import { readdirSync, readFileSync } from 'node:fs';
import { entitiesOf, isIpv6 } from '@selfheal/diagnosis/causality/entities.ts';
import { ENTITY_PATTERNS, type EntityKind } from '@selfheal/diagnosis/causality/entity-patterns.ts';
import { isSummary, stageOf } from '@selfheal/diagnosis/causality/stage.ts';
import { instantOfLine } from '@selfheal/log-reading/logs/instant.ts';
import { severityOf } from '@selfheal/log-reading/logs/severity.ts';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

const LOGS = new URL('../../../fixtures/logs/', import.meta.url);

const named = (line: string, kind: EntityKind): string[] =>
  entitiesOf(line).flatMap((one) => (one.kind === kind ? [one.value] : []));

/** What each line names of a kind, all of it. */
const TABLE: readonly (readonly [id: string, kind: EntityKind, line: string, values: readonly string[]])[] = [
  [
    'C30',
    'timestamp',
    '[2026-11-21T03:04:05Z] renewed until 2026-12-21T03:04:05Z',
    ['2026-11-21T03:04:05.000Z', '2026-12-21T03:04:05.000Z'],
  ],
  ['C30', 'timestamp', 'Nov 21 03:04:05 web1 sshd[123]: closed', ['Nov 21 03:04:05']],
  ['C31', 'ip-address', 'Failed password for root from 203.0.113.9 port 22', ['203.0.113.9']],
  ['C31', 'ip-address', 'dial tcp 10.96.0.1:443: i/o timeout, then 10.96.0.2/24', ['10.96.0.1:443', '10.96.0.2/24']],
  [
    'C31',
    'ip-address',
    'listening on [::1]:8080 and 2001:db8::8a2e:370:7334',
    ['[::1]:8080', '2001:db8::8a2e:370:7334'],
  ],
  ['C31', 'ip-address', 'GET https://192.0.2.7:8443/cart', ['192.0.2.7:8443']],
  ['C31', 'ip-address', 'Chrome version 120.0.6099.109 at 12:34:56, std::vector, 999.1.1.1', []],
  ['C32', 'file', "src/cart.ts(12,5): error TS2304: Cannot find name 'total'.", ['src/cart.ts']],
  ['C32', 'file', '  File "/app/orders/main.py", line 33, in <module>', ['/app/orders/main.py']],
  ['C32', 'file', '    at com.example.Cart.total(Cart.java:42)', ['Cart.java']],
  ['C32', 'file', 'C:\\a\\shop\\src\\Cart.cs(3,4): error CS0246: The type', ['C:/a/shop/src/Cart.cs']],
  [
    'C32',
    'file',
    'open ./conf/app.yaml: no such file, nor /etc/shop/app.yaml',
    ['conf/app.yaml', '/etc/shop/app.yaml'],
  ],
  ['C32', 'file', 'text/html and/or 10/20 at https://example.com/a/b.html', []],
  ['C32', 'file', 'agent/1.2 asked for shard_a/3.tmp of linux/5.15.js', []],
  ['C33', 'error-code', 'npm ERR! code ERESOLVE', ['ERESOLVE']],
  ['C33', 'error-code', 'Process completed with exit code 137.', ['exit 137']],
  ['C33', 'error-code', 'GET /cart HTTP/1.1" 503 12', ['HTTP 503']],
  ['C33', 'error-code', 'The registry returned 429 Too Many Requests', ['HTTP 429']],
  ['C33', 'error-code', 'Request failed with status code 500', ['HTTP 500']],
  ['C33', 'error-code', 'ERROR: duplicate key (SQLSTATE 23505)', ['SQLSTATE 23505']],
  ['C33', 'error-code', 'OSError: [Errno 28] No space left on device', ['errno 28']],
  ['C33', 'error-code', 'connect ECONNREFUSED, killed by SIGKILL', ['ECONNREFUSED', 'SIGKILL']],
  ['C33', 'error-code', 'ORA-12541: TNS: no listener', ['ORA-12541']],
  ['C33', 'error-code', 'error[E0308]: mismatched types', ['E0308']],
  ['C33', 'error-code', 'cart.py:1:1: F401 imported but unused', ['F401']],
  ['C33', 'error-code', '  12:3  error  Unexpected variable  no-unused-vars', ['no-unused-vars']],
  ['C33', 'error-code', 'rpc error: code = Unavailable desc = down', ['gRPC Unavailable']],
  ['C33', 'error-code', 'net::ERR_CONNECTION_RESET', ['ERR_CONNECTION_RESET']],
  ['C33', 'error-code', 'took 500 ms for 404 items of 137', []],
  ['C34', 'service', 'checkout-7d9f8b6c5d-x2k4p  0/1 CrashLoopBackOff', ['checkout-7d9f8b6c5d-x2k4p']],
  ['C34', 'service', 'Container shop-db-1  Error', ['shop-db-1']],
  ['C34', 'service', 'db-1  | FATAL: the database system is starting up', ['db-1']],
  ['C34', 'service', 'The service "payments" returned nothing', ['payments']],
  ['C34', 'service', '{"service":"checkout","msg":"down"}', ['checkout']],
  ['C34', 'service', 'Nov 21 03:04:05 web1 sshd[123]: closed', ['sshd']],
  ['C34', 'service', 'Failed to start shop.service', ['shop']],
  ['C34', 'service', 'log group /aws/lambda/checkout-live', ['checkout-live']],
  ['C34', 'host', 'Error: getaddrinfo ENOTFOUND api.internal.example.com', ['api.internal.example.com']],
  ['C34', 'host', 'lookup db on 10.0.0.1:53: no such host', ['db']],
  ['C34', 'host', 'connecting to payments:8080 failed', ['payments:8080']],
  ['C34', 'host', 'connecting to Payments:8080 failed', ['payments:8080']],
  ['C34', 'service', 'The service "Payments" returned nothing', ['payments']],
  ['C34', 'host', 'redis://:secret@cache:6379/0 is gone', ['cache:6379']],
  ['C33', 'exception', 'Caused by: org.postgresql.util.PSQLException: FATAL', ['org.postgresql.util.PSQLException']],
  ['C33', 'exception', 'ValueError: invalid literal', ['ValueError']],
  ['further kinds', 'package', 'No matching distribution found for torch==9.9.9', ['torch==9.9.9']],
  ['further kinds', 'package', 'npm ERR! peer @acme/ui@"^3.0.0" from @acme/shop@1.2.0', ['@acme/shop@1.2.0']],
  ['further kinds', 'package', 'Could not find artifact org.foo:bar:jar:2.1 in central', ['org.foo:bar:jar:2.1']],
  [
    'further kinds',
    'package',
    '  +-org.foo:bar-core:2.13.2 \\-org.foo:bar:jar:sources:1.4.0',
    ['org.foo:bar-core:2.13.2', 'org.foo:bar:jar:sources:1.4.0'],
  ],
  ['further kinds', 'package', 'convergence error for foo-net:foo-net:3.3 paths', ['foo-net:foo-net:3.3']],
  ['further kinds', 'package', '--- resources:3.1.0:copy (default) @ shop --- at 12:30:05, a-b:1.2:3.4', []],
  ['further kinds', 'package', "Error: Cannot find module 'express'", ['express']],
  ['further kinds', 'request-id', 'failed (request_id=ab12cd34)', ['ab12cd34']],
  [
    'further kinds',
    'request-id',
    'REPORT RequestId: 6f2cf0d1-4a3b-4c5d-8e9f-0a1b2c3d4e5f',
    ['6f2cf0d1-4a3b-4c5d-8e9f-0a1b2c3d4e5f'],
  ],
  [
    'further kinds',
    'request-id',
    'trace Root=1-58406520-a006649127e371903a2de979',
    ['1-58406520-a006649127e371903a2de979'],
  ],
  ['further kinds', 'url', 'GET (https://shop.example.com:8443/x?y=1).', ['https://shop.example.com:8443/x?y=1']],
];

describe('the entities of a log line', () => {
  it.each(TABLE)('[%s] of the kind %s in %j are %j', (_, kind, line, values) =>
    expect(named(line, kind)).toEqual(values),
  );

  it('[C32] of files have line and column', () => {
    expect(entitiesOf('src/cart.ts:12:5 - error')).toMatchObject([
      { kind: 'file', line: 12, column: 5, value: 'src/cart.ts' },
    ]);
    expect(entitiesOf('  File "a/b.py", line 33, in f')).toMatchObject([{ kind: 'file', line: 33 }]);
  });

  it.each([
    ['::1', true],
    ['fe80::1', true],
    ['2001:db8:0:0:0:0:2:1', true],
    ['::ffff:192.0.2.1', true],
    ['1:2:3', false],
    ['1::2::3', false],
    ['::', true],
    [':::1', false],
    ['12345::1', false],
  ])('tells that %s is an IPv6 address: %s', (text, is) => expect(isIpv6(text)).toBe(is));

  const pieces = fc.constantFrom(
    ...TABLE.map(([, , line]) => line),
    '...',
    ':::',
    '////',
    '[[[[',
    '10.0.0.',
    '::1',
    'a/b/c',
    'https://',
    '"',
    'error',
    '\\',
    '@',
    '=',
    '%',
    'é',
    '😀',
  );
  const anyLine = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.array(pieces, { maxLength: 12 }).map((some) => some.join(' ')),
    fc.array(pieces, { maxLength: 12 }).map((some) => some.join('')),
  );

  it('lie within the line, say what stands there, and overlap only as a host within its URL', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const found = entitiesOf(line);
        let end = 0;
        for (const entity of found) {
          expect(line.slice(entity.start, entity.end)).toBe(entity.text);
          expect(entity.end).toBeGreaterThan(entity.start);
          const isWithinUrl = (entity.kind === 'host' || entity.kind === 'ip-address') && entity.end <= end;
          expect(entity.start >= end || isWithinUrl).toBe(true);
          end = Math.max(end, entity.end);
        }
      }),
    );
  });
});

describe('the words that a pattern is tried for', () => {
  const lines = readdirSync(LOGS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(new URL(name, LOGS), 'utf8').split('\n'))
    .map((line) => line.slice(0, 2_000));

  it.each(ENTITY_PATTERNS.map((one) => [`${one.kind} ${String(one.pattern).slice(0, 60)}`, one] as const))(
    'stand in every line that matches: %s',
    (_, { pattern, needs }) => {
      const hidden = lines.filter((line) => {
        pattern.lastIndex = 0;
        return pattern.test(line) && !needs.some((need) => line.toLowerCase().includes(need));
      });
      expect(hidden).toEqual([]);
    },
  );
});

describe('reading of hostile lines', () => {
  afterEach(() => vi.restoreAllMocks());

  const ALPHABETS = [
    'a',
    '/',
    'a/',
    '1.',
    ':',
    '1:',
    'A',
    'a.',
    'a@',
    ' ',
    'error ',
    '-',
    'a-',
    '[',
    'Caused by: ',
    '0',
    'E',
    'no no ',
    '0 failed ',
  ];

  /** How many characters all patterns together were given to read. */
  function charactersRead(line: string): number {
    let characters = 0;
    const original = RegExp.prototype.exec;
    const spy = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text: string) {
      characters += text.length;
      return original.call(this, text);
    });
    entitiesOf(line);
    instantOfLine(line);
    severityOf(line);
    stageOf(line);
    isSummary(line);
    spy.mockRestore();
    return characters;
  }

  it('hands the patterns no more than a fixed head of the line, however long that is', () => {
    // The first line compiles the sets of patterns.
    charactersRead('error: nothing');
    for (const unit of ALPHABETS) {
      const [long, longer] = [20_000, 200_000].map((length) =>
        charactersRead(unit.repeat(length / unit.length).slice(0, length)),
      );
      expect(longer).toBe(long);
    }
  });
});
