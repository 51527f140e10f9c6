import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import { carrierOf, timeIn } from '@selfheal/log-reading/logs/carrier-prefix.ts';
import { makeExcerpter } from '@selfheal/log-reading/logs/excerpt.ts';
import { makePassingLines } from '@selfheal/log-reading/logs/passing-lines.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const LOG = [
  'Resolving the workspace',
  'added 812 packages in 9s',
  '> shop@2.1.0 test',
  '> jest --ci',
  'PASS src/price.test.ts',
  'FAIL src/basket.test.ts',
  '  ● basket › adds up',
  '    expect(received).toBe(expected)',
  '    Expected: 30',
  '    Received: 27',
  '      at Object.<anonymous> (src/basket.test.ts:14:21)',
  'Tests:       1 failed, 41 passed, 42 total',
  'ERROR the job is given up',
];
const ESC = String.fromCharCode(27);
const second = (at: number): string => String(at % 60).padStart(2, '0');

/** Each is what one program writes before every line. */
const CARRIERS: readonly (readonly [name: string, prefix: (at: number) => string])[] = [
  ['gh run view --log', (at) => `unit tests (20)\tRun npm test\t2026-11-21T03:04:${second(at)}.1234567Z `],
  [
    'gh run view --log, with an unknown step',
    (at) => `build\tUNKNOWN STEP\t\uFEFF2026-11-21T03:04:${second(at)}.1234567Z `,
  ],
  ['docker compose', (at) => (at % 3 === 0 ? 'db-1      | ' : 'worker-12 | ')],
  ['docker compose in colours', () => `${ESC}[36mapi-1  |${ESC}[0m `],
  ['docker-compose', () => 'shop_api_1  | '],
  ['a Procfile runner', (at) => (at % 2 === 0 ? 'web    | ' : 'worker | ')],
  ['kubectl logs --prefix', () => '[pod/api-7c9d4bdf6-x2v8q/app] '],
  ['a verbose command with times', (at) => (at % 3 === 0 ? 'stderr: [  +12 ms] ' : 'stderr: [        ] ')],
  ['stern', () => 'api-7c9d4bdf6-x2v8q app '],
  ['syslog', (at) => `Nov 21 03:04:${second(at)} build-7 runner[812]: `],
  ['syslog with a priority', (at) => `<3>Nov 21 03:04:${second(at)} build-7 runner[812]: `],
  ['journald with ISO times', (at) => `2026-11-21T03:04:${second(at)}+0100 build-7 runner[812]: `],
  ['GitLab', (at) => `2026-11-21T03:04:${second(at)}.123456Z 01O `],
  ['Jenkins with time stamps', (at) => `[2026-11-21T03:04:${second(at)}.123Z] `],
  ['stages of a pipeline', (at) => (at % 2 === 0 ? '[unit tests] ' : '[lint] ')],
  ["Ant's exec", () => '     [exec] '.trimStart()],
  ['a web page with line numbers', (at) => `${String(at + 1).padStart(4)}  `],
  ['grep -n', (at) => `${at + 181}:`],
  ['a container in a log of a job', (at) => `2026-11-21T03:04:${second(at)}.1234567Z api-1  | `],
  [
    'a container in a job of gh run view',
    (at) => `e2e\tRun compose\t2026-11-21T03:04:${second(at)}.1234567Z api-1  | `,
  ],
];

const carried = (prefix: (at: number) => string): string[] => LOG.map((line, at) => `${prefix(at)}${line}`);

function excerptOf(lines: readonly string[]) {
  const excerpter = makeExcerpter({ maxLines: 50, redactor: makeRedactor() });
  excerpter.push(`${lines.join('\n')}\n`);
  return excerpter.finish().lines;
}

describe('what carries a log', () => {
  it.each(CARRIERS)('is taken off its lines for everybody who reads them: %s', (_, prefix) => {
    const lines = excerptOf(carried(prefix));
    expect(lines.map(({ number, text }) => [number, text])).toEqual(LOG.map((text, at) => [at + 1, text]));
    expect(lines.every((line) => line.prefix !== undefined && line.prefix !== '')).toBe(true);
    const reader = makeTestRunReader();
    for (const line of carried(prefix)) reader.push(line);
    expect(reader.finish().failedNames).toEqual(['basket › adds up']);
  });

  it('says when a line was written, where it has a date', () => {
    const at = (prefix: string) => excerptOf(LOG.map((line) => `${prefix}${line}`))[0]?.at;
    expect(at('2026-11-21T04:04:05+0100 build-7 runner[812]: ')).toBe('2026-11-21T03:04:05.000Z');
    expect(at('[2026-11-21T03:04:05.123Z] ')).toBe('2026-11-21T03:04:05.123Z');
    expect(at('job\tstep\t2026-11-21T03:04:05.1234567Z ')).toBe('2026-11-21T03:04:05.123Z');
    expect(at('Nov 21 03:04:05 build-7 runner[812]: ')).toBeUndefined();
    expect(timeIn('api-1 | ')).toBeUndefined();
  });

  it('is recognised in a file that two programs wrote', () => {
    const both = [...carried(CARRIERS[0]?.[1] as never), ...carried(CARRIERS[2]?.[1] as never)];
    expect(excerptOf(both).map(({ text }) => text)).toEqual([...LOG, ...LOG]);
  });

  it('is known of a passing run, too', () => {
    const passing = makePassingLines();
    passing.push(`${LOG.map((line) => `job\tstep\t2026-11-20T01:00:00.0000000Z ${line}`).join('\n')}\n`);
    expect(LOG.map((line) => passing.has(line))).toEqual(LOG.map(() => true));
  });

  it.each([
    ['a level', LOG.map((line, at) => `[${at % 2 === 0 ? 'INFO' : 'ERROR'}] ${line}`)],
    ['quoted source with line numbers', LOG.map((line, at) => (at % 2 === 0 ? `${at} | ${line}` : line))],
    ['durations and counts', LOG.map((_, at) => `${at * at} tests in ${at} s`)],
    ['a table', LOG.map((_, at) => `src/file-${at}.ts | 97.1 | 88.0 |`)],
    ['nothing', LOG],
    ['blank lines', ['', ' ', '']],
  ])('is not seen in %s', (_, lines) => expect(carrierOf(lines)).toBeNull());

  it('leaves the lines alone that do not begin so', () => {
    const lines = [...carried(CARRIERS[6]?.[1] as never), 'Error from server: timed out'];
    expect(excerptOf(lines).at(-1)?.text).toBe('Error from server: timed out');
  });

  it('hides nothing: each line ends as it did', () => {
    const piece = fc.constantFrom('[a] ', 'x-1 | ', '12: ', 'job\tstep\t', '2026-11-21T03:04:05Z ', 'ERROR', ' ', '\t');
    const line = fc.array(fc.oneof(piece, fc.string({ maxLength: 12 })), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(
          line.map((text) => text.replace(/[\r\n]/g, ' ')),
          { minLength: 1, maxLength: 30 },
        ),
        (lines) => {
          const carrier = carrierOf(lines);
          for (const one of lines) expect(one.startsWith(carrier?.prefixOf(one) ?? '')).toBe(true);
        },
      ),
    );
  });
});
