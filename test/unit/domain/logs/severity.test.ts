import { readdirSync, readFileSync } from 'node:fs';
import { scoreLine, UNALARMING } from '@selfheal/log-reading/logs/line-score.ts';
import {
  type Severity,
  severityOf,
  severityOfName,
  wordedSeverity,
  worst,
} from '@selfheal/log-reading/logs/severity.ts';
import { describe, expect, it } from 'vitest';

const TABLE: readonly (readonly [Severity, string])[] = [
  // The level a line gives itself
  ['critical', '2026-11-21 03:04:05,678 FATAL [main] com.example.Shop - cannot start'],
  ['critical', '2026-11-21 03:04:05.678 UTC [71] PANIC:  could not write to file "pg_wal/x"'],
  ['critical', '<2>Nov 21 03:04:05 web1 kernel: out of memory'],
  ['critical', '{"level":"fatal","msg":"no configuration"}'],
  ['critical', '{"level":60,"msg":"no configuration"}'],
  ['critical', 'F1122 03:04:05.678901       1 server.go:12] exiting'],
  ['error', '2026-11-21T03:04:05.678Z ERROR checkout: payment was refused'],
  ['error', '[ERROR] COMPILATION of the module'],
  ['error', '##[error]The step ended early'],
  ['error', '::error file=a.ts,line=3::Missing semicolon'],
  ['error', 'npm ERR! code ERESOLVE'],
  ['error', 'E1122 03:04:05.678901       1 kubelet.go:12] pod is gone'],
  ['error', '11-21 03:04:05.678  1702  2395 E PowerManager: lock lost'],
  ['error', "src/cart.ts(12,5): error TS2304: Cannot find name 'total'."],
  ['error', 'error[E0308]: mismatched types'],
  ['error', 'main.c:3:5: error: expected expression before }'],
  ['error', 'time="2026-11-21T03:04:05Z" level=error msg="no route"'],
  ['error', 'Nov 21, 2026 3:04:05 AM com.example.Shop run SEVERE: no store'],
  ['error', '<131>Nov 21 03:04:05 web1 app: store closed'],
  ['warning', 'main.c:3:5: warning: unused variable i'],
  ['warning', 'npm WARN deprecated left@1.0.0: use right'],
  ['warning', '##[warning]Node 12 actions go away'],
  ['warning', 'W1122 03:04:05.678901       1 kubelet.go:12] slow'],
  ['warning', '2026-11-21 03:04:05 [WARNING] the disk fills up'],
  ['info', '2026-11-21 03:04:05 INFO  Shop - retrying after an error'],
  ['info', '2026-11-21 03:04:05.678 UTC [71] LOG:  checkpoint complete'],
  ['info', '::notice::all is well'],
  ['debug', '2026-11-21 03:04:05 DEBUG Shop - request failed, as expected'],
  ['debug', '<135>Nov 21 03:04:05 web1 app: tick'],
  ['debug', '11-21 03:04:05.678  1702  2395 D WindowManager: printing'],
  // Its words
  ['critical', 'java.lang.OutOfMemoryError: Java heap space'],
  ['critical', 'Segmentation fault (core dumped)'],
  ['critical', "thread 'main' panicked at src/lib.rs:3:4"],
  ['error', 'Traceback (most recent call last):'],
  ['error', 'connect ECONNREFUSED 127.0.0.1:5432'],
  ['error', 'Tests: 1 failed, 3 passed'],
  ['error', 'errors: 0, failures: 2'],
  ['error', 'curl: (6) Could not resolve host: packages.example.com'],
  ['error', 'GET /cart HTTP/1.1" 503 12'],
  ['error', 'permission denied while opening the socket'],
  ['warning', 'Found 0 errors and 2 warnings'],
  ['warning', 'request took long, retrying'],
  ['warning', 'GET /cart HTTP/1.1" 404 12'],
  // Nothing bad, though the words are there
  ['info', 'Found 0 errors'],
  ['info', 'no errors'],
  ['info', '0 failed, 12 passed'],
  ['info', 'Finished without any warnings'],
  ['info', 'Tests run: 4, Failures: 0, Errors: 0, Skipped: 0'],
  ['info', 'the probe did not fail'],
  ['info', '✓ returns an error when the cart is empty'],
  ['info', 'ok 12 - handles exceptions'],
  ['info', '--- PASS: TestErrorPage (0.00s)'],
  ['info', 'running gcc -Werror=format --fail-fast src/main.c'],
  ['info', 'compiled src/error-page.ts'],
  ['info', 'copying error_log to the archive'],
  ['info', 'SKIPPED test_connection_refused'],
  ['info', 'Listening on port 3000'],
];

describe('the severity of a line', () => {
  it.each(TABLE)('[C38] is %s for %j', (severity, line) => expect(severityOf(line)).toBe(severity));

  it('is the worst of several', () => {
    expect(worst(['info', 'critical', 'warning'])).toBe('critical');
    expect(worst([])).toBe('debug');
  });
});

describe('a line without an alarming word', () => {
  const logs = new URL('../../../fixtures/logs/', import.meta.url);

  it('is no warning or error by its words', () => {
    const wrong = readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log'))
      .flatMap((name) => readFileSync(new URL(name, logs), 'utf8').split('\n'))
      .filter((line) => scoreLine(line) === UNALARMING && !['info', null].includes(wordedSeverity(line)));
    expect(wrong).toEqual([]);
  });
});

describe('the name of a level in a field of its own', () => {
  it.each([
    ['critical', ['FATAL', 'fatal', 'CRIT', 'Critical', 'emerg', 'emergency', 'ALERT', 'panic', 'FATAL4', 'F']],
    ['error', ['error', 'err', 'Error', 'ERR!', 'severe', 'failure', 'fail', 'ERROR2', 'E']],
    ['warning', ['warn', 'WARNING', 'Warn', 'WARN3', 'W']],
    ['info', ['info', 'INFO', 'Information', 'informational', 'notice', 'log', 'inf', 'I']],
    ['debug', ['debug', 'trace', 'TRACE2', 'verbose', 'verb', 'fine', 'FINEST', 'D']],
  ] as const)('is %s for %j', (severity, names) => {
    for (const name of names) expect([name, severityOfName(name)]).toEqual([name, severity]);
  });

  it('is none for other words', () => {
    for (const name of ['', ' ', 'login', 'configured', 'ok', 'status', 'x', '200', 'a'.repeat(500)])
      expect([name, severityOfName(name)]).toEqual([name, null]);
  });
});
