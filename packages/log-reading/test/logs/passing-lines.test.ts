import { makeRedactor } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeExcerpter } from '../../src/logs/excerpt.ts';
import { makePassingLines, type PassingLines } from '../../src/logs/passing-lines.ts';

function remembered(log: string): PassingLines {
  const passing = makePassingLines();
  passing.push(log);
  return passing;
}

const excerptOf = (log: string, maxLines: number, passing?: PassingLines): number[] => {
  const excerpter = makeExcerpter({ maxLines, redactor: makeRedactor(), ...(passing ? { passing } : {}) });
  excerpter.push(log);
  return excerpter.finish().lines.map(({ number }) => number);
};

describe('the lines of a passing run', () => {
  it.each([
    ['times and counts', 'Finished 12 tasks in 3.52 s', 'Finished 14 tasks in 11.07 s'],
    ['commits', 'HEAD is now at 0a1b2c3d4e', 'HEAD is now at 99887766ff'],
    ['time stamps and colours', '2026-01-02T03:04:05.1234567Z \u001b[32mready\u001b[0m', 'ready'],
    ['blanks', 'a  b\t c ', 'a b c'],
  ])('are the same line in spite of other %s', (_, before, now) => {
    expect(remembered(`${before}\n`).has(now)).toBe(true);
  });

  it('are not those with other words, nor blank ones', () => {
    const passing = remembered('warning: the cache is cold\n\nTestCart passed\n');
    expect(passing.has('error: the cache is cold')).toBe(false);
    expect(passing.has('TestCart failed')).toBe(false);
    expect(passing.has('')).toBe(false);
  });

  it('are the same however the log is cut into chunks', () => {
    const log = 'first line 1\nsecond: é ✓\n\n\u001b[1mthird\u001b[0m line\n';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), log.length];
        const passing = makePassingLines();
        for (const [index, end] of at.slice(1).entries()) passing.push(log.slice(at[index], end));
        for (const line of ['first line 7', 'second: é ✓', 'third line']) expect(passing.has(line)).toBe(true);
        for (const line of ['first', 'line 1', 'second:', 'rd line']) expect(passing.has(line)).toBe(false);
      }),
    );
  });

  it('take no more memory for a long log, and are rarely taken for lines that are new', () => {
    const name = (at: number): string => at.toString().replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
    const passing = makePassingLines();
    for (let at = 0; at < 202_000; at += 1_000)
      passing.push(Array.from({ length: 1_000 }, (_, line) => `unit ${name(at + line)} is built\n`).join(''));
    let wrong = 0;
    for (let at = 0; at < 2_000; at++) if (passing.has(`unit ${name(at)} is broken`)) wrong += 1;
    expect(wrong).toBeLessThan(60);
    expect(passing.has(`unit ${name(12)} is built`)).toBe(true);
  });
});

describe('an excerpt of a failing run beside a passing one', () => {
  const chatter = Array.from(
    { length: 60 },
    (_, at) => `error: the cache ${'abc'.charAt(at % 3)} is cold, building without it (${at})`,
  );
  const failing = [
    ...chatter,
    'the totals differ by 3 cents',
    'totals.ts line 14 is where they part',
    ...chatter.slice(0, 30),
    'done',
  ];
  const log = `${failing.join('\n')}\n`;

  it('prefers what is new to errors that the passing run prints as well', () => {
    expect(excerptOf(log, 4)).not.toContain(61);
    const kept = excerptOf(log, 4, remembered(`${chatter.join('\n')}\ndone\n`));
    expect(kept).toEqual(expect.arrayContaining([61, 62]));
  });

  it('is the same as without one when the passing run printed other things', () => {
    expect(excerptOf(log, 10, remembered('all is well\n'))).toEqual(excerptOf(log, 10));
  });

  it('still leads to the end of the failing step when the passing run has a step that may fail', () => {
    const end = '##[error]Process completed with exit code 1.';
    const steps = ['trying the new runtime', end, ...chatter, 'cart.ts line 3 does not compile', end, 'putting away'];
    const kept = excerptOf(
      `${steps.join('\n')}\n`,
      3,
      remembered(`trying the new runtime\n${end}\n${chatter.join('\n')}\n`),
    );
    expect(kept).toEqual(expect.arrayContaining([63, 64]));
  });
});
