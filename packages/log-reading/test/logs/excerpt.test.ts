import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { makeRedactor } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Excerpt, makeExcerpter } from '../../src/logs/excerpt.ts';

const ESC = String.fromCharCode(27);

function excerptOf(chunks: readonly string[], maxLines = 20): Excerpt {
  const excerpter = makeExcerpter({ maxLines, redactor: makeRedactor() });
  for (const chunk of chunks) excerpter.push(chunk);
  return excerpter.finish();
}

const quiet = (count: number): string[] => Array.from({ length: count }, (_, at) => `compiled unit ${at}`);

describe('an excerpt', () => {
  it('keeps the failing lines of a long log with their line numbers, in source order', () => {
    const lines = [
      ...quiet(3000),
      'Traceback (most recent call last):',
      '  File "cart.py", line 3',
      'ValueError: bad amount',
      ...quiet(40),
    ];
    const excerpt = excerptOf([lines.join('\n')], 20);
    expect(excerpt.totalLines).toBe(3043);
    expect(excerpt.lines).toHaveLength(20);
    expect(excerpt.lines.map((line) => line.number)).toEqual(expect.arrayContaining([3001, 3002, 3003]));
    expect(excerpt.lines.map((line) => line.number)).toEqual(
      [...excerpt.lines.map((line) => line.number)].sort((a, b) => a - b),
    );
  });

  it('prefers the lines before the failing exit to errors that a passing test prints', () => {
    const lines = [
      '  ✓ throws an error when the cart is empty',
      ...quiet(800),
      'src/a.c:3:1: error: expected a name',
      '##[error]Process completed with exit code 2.',
    ];
    const kept = excerptOf([lines.join('\n')], 5).lines.map((line) => line.number);
    expect(kept).toContain(802);
    expect(kept).toContain(803);
    expect(kept).not.toContain(1);
  });

  const STEPS = {
    'GitHub Actions': {
      opens: (name: string) => `2026-11-01T10:00:00.0000000Z ##[group]Run ${name}`,
      fails: '##[error]Process completed with exit code 1.',
    },
    'Azure Pipelines': {
      opens: (name: string) => `2026-11-01T10:00:00.0000000Z ##[section]Starting: ${name}`,
      fails: "##[error]Bash exited with code '1'.",
    },
    'Travis CI': {
      opens: (name: string) => `travis_time:end:0a1b:start=1\r${ESC}[0Ktravis_time:start:0c2d\r${ESC}[0K$ ${name}`,
      fails: 'The command "npm test" exited with 1.',
    },
  };

  it.each(Object.entries(STEPS))('begins with the step that failed, not with what others print: %s', (_, step) => {
    const warning = 'curl: (22) The requested URL returned error: 404 Not Found';
    const failure = 'AssertionError: expected 3 to equal 4';
    const lines = [
      ...[step.opens('install'), ...quiet(30), warning, ...quiet(60)],
      ...[step.opens('npm test'), ...quiet(40), failure, step.fails],
      ...[step.opens('clean up'), ...quiet(20), 'rm: cannot remove cache: No such file or directory', ...quiet(5)],
    ];
    const scoreOf = (text: string): number =>
      excerptOf([lines.join('\n')], 150).lines.find((line) => line.text === text)?.score ?? 0;
    expect(scoreOf(failure)).toBeGreaterThan(scoreOf(warning));
    expect(scoreOf(failure)).toBeGreaterThan(scoreOf('rm: cannot remove cache: No such file or directory'));
  });

  it('knows the steps of a log of the GitHub CLI by what is in front of its lines', () => {
    const line = (step: string, text: string) => `build\t${step}\t2026-11-01T10:00:00.0000000Z ${text}`;
    const warning = 'curl: (22) The requested URL returned error: 404 Not Found';
    const lines = [
      ...[...quiet(30), warning, ...quiet(30)].map((text) => line('Install', text)),
      ...[...quiet(30), 'AssertionError: expected 3 to equal 4', '##[error]Process completed with exit code 1.'].map(
        (text) => line('Test', text),
      ),
    ];
    const { lines: kept } = excerptOf([lines.join('\n')], 90);
    const scoreOf = (text: string): number => kept.find((one) => one.text === text)?.score ?? 0;
    expect(scoreOf('AssertionError: expected 3 to equal 4')).toBeGreaterThan(scoreOf(warning));
  });

  it('is the same however the log is cut into chunks', () => {
    const log = [...quiet(30), 'error: one', '', 'FAILED two\r', 'last'].join('\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), log.length];
        const chunks = at.slice(1).map((end, index) => log.slice(at[index], end));
        expect(excerptOf(chunks, 8)).toEqual(excerptOf([log], 8));
      }),
    );
  });

  it('never keeps more lines than asked and numbers only lines that exist', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 60 }), fc.integer({ min: 0, max: 10 }), (lines, most) => {
        const excerpt = excerptOf([lines.join('\n')], most);
        expect(excerpt.lines.length).toBeLessThanOrEqual(most);
        for (const line of excerpt.lines) expect(line.number).toBeLessThanOrEqual(excerpt.totalLines);
      }),
    );
  });

  it('[A62] survives one line of 100 MB, keeps its head and its end, and says where it was cut', () => {
    const excerpter = makeExcerpter({ maxLines: 10, redactor: makeRedactor() });
    const piece = 'x'.repeat(1_000_000);
    excerpter.push('{"level":"info","events":["');
    for (let count = 0; count < 100; count++) excerpter.push(piece);
    excerpter.push('"]} then error: the disk is full\nlast line\n');
    const excerpt = excerpter.finish();
    expect(excerpt.totalLines).toBe(2);
    const [long] = excerpt.lines;
    expect(long?.text).toMatch(/^\{"level":"info".{200,1400} \[line cut\] .{0,800}then error: the disk is full$/);
    expect(long?.text.length).toBeLessThan(2_100);
    expect(long?.score).toBeGreaterThan(excerpt.lines[1]?.score ?? Number.NaN);
    expect(excerpt.notes).toEqual(['1 line was too long and cut.']);
  });

  const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
  const ENCODED = btoa(`${'..'.repeat(8_000)}${TOKEN}`);
  it.each([
    ['a token', (pad: string) => `${pad}${TOKEN} ${pad.slice(0, 11_000)} error: end`, TOKEN],
    ['a value behind its name', (pad: string) => `${pad}password: ${TOKEN} error: end`, TOKEN],
    ['an encoded text', (pad: string) => `${pad}${ENCODED} error: end`, ENCODED.slice(-48)],
    [
      'a private key',
      (pad: string) =>
        `${pad}-----BEGIN ${'PRIVATE'} KEY----- ${`${TOKEN} `.repeat(60)}-----END ${'PRIVATE'} KEY----- error: end`,
      TOKEN,
    ],
  ])('[A72] keeps no part of %s that the cut of a long line goes through', (_, line, secret) => {
    const parts = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
    for (let shift = 0; shift < 60; shift += 3) {
      for (const start of [32_768, 60_000]) {
        const excerpter = makeExcerpter({ maxLines: 5, redactor: makeRedactor() });
        excerpter.push(line('. '.repeat(start / 2 - 40 + shift)));
        const [kept = ''] = excerpter.finish().lines.map(({ text }) => text);
        expect(kept).toMatch(/ \[line cut\] .*error: end$/);
        expect(parts.filter((part) => kept.includes(part))).toEqual([]);
      }
    }
  });

  it('keeps early errors of a log with very many of them within a bounded pool', () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => (at % 3 === 0 ? `error: unit ${at} failed` : `note ${at}`));
    const excerpt = excerptOf([lines.join('\n')], 100);
    expect(excerpt.totalLines).toBe(60_000);
    expect(excerpt.lines).toHaveLength(100);
  });

  it('redacts a line before it is cut, so that no half of a secret is kept', () => {
    const excerpter = makeExcerpter({ maxLines: 5, redactor: makeRedactor() });
    const token = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    excerpter.push(`error: ${'. '.repeat(990)}${token}`);
    const text = excerpter.finish().lines[0]?.text ?? '';
    expect(text).toContain('[redacted');
    expect(text).not.toContain(token.slice(0, 8));
  });

  it('[A62] numbers lines by their line feeds, whatever other ends and bytes the log mixes in', () => {
    const excerpt = excerptOf(['fine\r\nold mac\rerror: one\r\n\u0000\ufffd\ufffd\n\n\u2028FAILED two\n\r\n'], 10);
    expect(excerpt.totalLines).toBe(6);
    expect(excerpt.lines.map(({ number, text }) => [number, text.trim()])).toEqual([
      [1, 'fine'],
      [2, 'error: one'],
      [3, '\ufffd\ufffd'],
      [4, ''],
      [5, 'FAILED two'],
      [6, ''],
    ]);
  });

  it('keeps the wording that is said once before the hundredth line of a lint', () => {
    const lint = Array.from({ length: 300 }, (_, at) => `src/file${at}.ts:${at + 1}:1: error: missing semicolon`);
    const lines = [
      'src/total.ts:7:3: error: cannot add a string to an amount',
      ...lint,
      'Found 301 errors in 301 files',
    ];
    const kept = excerptOf([[...lines, '##[error]Process completed with exit code 1.'].join('\n')], 20).lines;
    expect(kept.map(({ number }) => number)).toEqual(expect.arrayContaining([1, 302, 303]));
  });

  it('gives no room to what passed and to advice that follows every failure', () => {
    const passed = Array.from({ length: 40 }, (_, at) => `--- PASS: TestTotal${at} (0.00s)`);
    const advice = ['npm ERR! errno 1', 'npm ERR!', 'npm ERR! A complete log of this run can be found in:'];
    const lines = ['--- FAIL: TestCart (0.01s)', '    cart_test.go:7: got 3, want 4', ...passed, ...advice];
    const kept = excerptOf([lines.join('\n')], 2).lines.map(({ number }) => number);
    expect(kept).toEqual([1, 2]);
  });

  it('gives no room to what follows the end of the failing step only because it follows it', () => {
    const after = Array.from({ length: 20 }, (_, at) => `putting volume ${at} away`);
    const lines = [
      ...quiet(60),
      'src/a.c:3:1: error: expected a name',
      '##[error]Process completed with exit code 2.',
      ...after,
    ];
    const kept = excerptOf([lines.join('\n')], 12).lines.map(({ number }) => number);
    expect(kept.filter((number) => number > 62).length).toBeLessThan(kept.filter((number) => number < 61).length);
    expect(kept).toEqual(expect.arrayContaining([58, 59, 60, 61, 62]));
  });

  it.each([
    ['the modules a build left out', '[INFO] Converter: Scala ...................... SKIPPED'],
    ['the dots of a test runner', '..............................................S...  63 / 242 ( 26%)'],
    ['aligned successes', '  keeps the order of the lines:                         OK (0.02s)'],
    ['a step that counts itself', "Linting 'Order.swift' (7/53)"],
    ['frames of the build tool', '    at org.gradle.api.internal.tasks.execution.SkipTask.execute(SkipTask.java:44)'],
  ])('prefers the failing lines to %s', (_, ordinary) => {
    const failing = ['OrderTest > total FAILED', '    java.lang.AssertionError: 3 -> 4', '    OrderTest.java:12'];
    const lines = [...failing, ...Array.from({ length: 200 }, () => ordinary), 'BUILD FAILED in 2s'];
    const kept = excerptOf([lines.join('\n')], 4).lines.map(({ number }) => number);
    expect(kept).toEqual([1, 2, 3, 204]);
  });

  it('gives an empty excerpt for an empty log', () => {
    expect(excerptOf([])).toEqual({ totalLines: 0, lines: [], notes: [] });
  });
});

describe('a cleaned line', () => {
  it.each([
    [`2026-01-02T03:04:05.1234567Z ${ESC}[31mFAILED${ESC}[0m`, 'FAILED'],
    ['  5%\r 50%\r100% done\r', '100% done'],
    ['^[[33mXFAIL^[[0m name', 'XFAIL name'],
    ['travis_fold:start:build\rbuilding', 'building'],
    ['plain text', 'plain text'],
    [`${ESC}]8;;https://example.com${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
  ])('%j reads %j', (raw, clean) => {
    expect(cleanLine(raw)).toBe(clean);
  });
});
