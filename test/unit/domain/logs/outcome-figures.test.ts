import { fingerprintOf, templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { outcomeFiguresOf } from '@selfheal/log-reading/logs/outcome-figures.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';

/** Each with a place for a figure, and one more that is none. */
const LINES: readonly (readonly [what: string, line: (figure: number) => string])[] = [
  ['exit code', (n) => `worker-7 exited with code ${n}`],
  ['exit status', (n) => `Process 4711: exit status ${n}`],
  ['exit code of Node', (n) => `npm error Exit status ${n} after 12 ms`],
  ['exit code as a field', (n) => `{"task":"t-1","exitCode":${n}}`],
  ['exit value of Gradle', (n) => `Process 'Gradle Test Executor 3' finished with non-zero exit value ${n}`],
  ['exit code of systemd', (n) => `main process exited, code=exited, status=${n}/n/a`],
  ['make', (n) => `make: *** [Makefile:12: all] Error ${n}`],
  ['rc', (n) => `step 4 rc=${n}`],
  ['return code', (n) => `job 12 return code ${n}`],
  ['signal', (n) => `worker 12 was terminated by signal ${n}`],
  ['signal as a field', (n) => `child 3 died, signal: ${n}`],
  ['errno', (n) => `[Errno ${n}] while writing block 9`],
  ['os error', (n) => `write of block 9 failed (os error ${n})`],
  ['error of MySQL', (n) => `ERROR ${n} (28000): Access denied`],
  ['error of Oracle', (n) => `ORA-${String(n).padStart(5, '0')}: at line 3`],
  ['failures', (n) => `shard 3: ${n} failed, 12 passed`],
  ['failures as a field', (n) => `shard 3: failures: ${n}, time 12 s`],
  ['errors', (n) => `shard 3: ${n} errors`],
];
const STATUSES: readonly (readonly [what: string, line: (figure: number) => string])[] = [
  ['returned', (n) => `upstream GET /pay returned ${n} in 12 ms`],
  ['status', (n) => `request 12: status ${n}`],
  ['statusCode', (n) => `{"path":"/pay","statusCode":${n},"ms":12}`],
  ['HTTP', (n) => `HTTP/1.1 ${n} in 12 ms`],
  ['access log', (n) => `10.0.0.1 - - "GET /pay HTTP/1.1" ${n} 512`],
  ['method and path', (n) => `GET /pay ${n} 12ms`],
  ['arrow', (n) => `GET https://example.com/pay -> ${n}`],
  ['responded with', (n) => `registry responded with ${n} after 3 attempts`],
  ['reason', (n) => `npm error ${n} Service Unavailable - GET https://example.com/a`],
];

describe('the figures that say how something ended', () => {
  it.each(LINES)('differ where it does: %s', (_what, line) => {
    expect(new Set([1, 2, 137].map((n) => outcomeFiguresOf(line(n)))).size).toBe(3);
  });

  it.each(STATUSES)('differ where the status does: %s', (_what, line) => {
    expect(new Set([200, 404, 502].map((n) => outcomeFiguresOf(line(n)))).size).toBe(3);
  });

  it.each([
    ['ids and times', (n: number) => `request ${n} timed out after ${n * 3} ms on 10.0.0.${n % 200}`],
    ['jobs', (n: number) => `job ${n} failed, worker #${n} crashed`],
    ['attempts', (n: number) => `Attempt ${n} of 900: connection refused`],
    ['sizes', (n: number) => `cannot allocate ${n} MB for worker-${n}`],
    ['pids of loggers', (n: number) => `ERROR ${n} --- [main] pool is exhausted`],
    ['places', (n: number) => `src/cart.ts:${n}:${n + 1} something is wrong`],
  ])('do not differ with %s', (_what, line) => {
    expect(new Set([3, 17, 404].map((n) => outcomeFiguresOf(line(n)))).size).toBe(1);
  });

  it.each([...LINES, ...STATUSES])('keep the one odd line of 300 in an excerpt: %s', (_what, line) => {
    const excerpter = makeExcerpter({ maxLines: 100, redactor: makeRedactor() });
    for (let at = 0; at < 300; at += 1) excerpter.push(`ERROR ${line(at === 120 ? 502 : 200)}\n`);
    const { lines } = excerpter.finish();
    expect(lines.map(({ number }) => number)).toContain(121);
  });

  it('keep it in a log of 100,000 lines, too', () => {
    const excerpter = makeExcerpter({ maxLines: 100, redactor: makeRedactor() });
    for (let at = 0; at < 100_000; at += 1)
      excerpter.push(`ERROR worker-${at} exited with code ${at === 31_000 ? 137 : 0}\n`);
    expect(excerpter.finish().lines.map(({ number }) => number)).toContain(31_001);
  });

  it('change no template and no stored fingerprint', () => {
    const [a, b] = ['worker-1 exited with code 0', 'worker-3 exited with code 137'];
    expect([templateOf(a), templateOf(b)]).toEqual([
      'worker-<n> exited with code <n>',
      'worker-<n> exited with code <n>',
    ]);
    expect(fingerprintOf('unknown', [a])).toBe(fingerprintOf('unknown', [b]));
    expect(fingerprintOf('unknown', [a])).toBe('a5d250dbe8f1b00b');
  });
});
