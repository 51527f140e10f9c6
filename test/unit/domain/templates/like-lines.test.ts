import { fingerprintOf, templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const pad = (number: number): string => String(number).padStart(2, '0');

/** The templates of a log, as they are known when it is read. */
function minedFrom(lines: readonly string[]): readonly string[] {
  const miner = makeTemplateMiner();
  for (const line of lines) miner.add(line);
  return miner.clusters().map(({ template }) => template);
}

const REQUEST = (n: number) => `2024-01-15T10:30:${pad(n % 60)}Z INFO request served in ${n * 7 + 1} ms`;

describe('the fingerprints that are stored', () => {
  it('do not depend on how templates are mined', () => {
    const lines = Array.from({ length: 20 }, (_line, n) => REQUEST(n));
    expect(lines.map((line) => templateOf(line))).toEqual(lines.map(() => '<time> INFO request served in <duration>'));
    expect(fingerprintOf('unknown', lines)).toBe('47b320a2ce4e3c8e');
  });
});

describe('a log of like lines', () => {
  it.each([16, 20, 60, 300])('keeps its message in %i lines of one kind', (count) => {
    const lines = Array.from({ length: count }, (_line, n) => REQUEST(n));
    expect(minedFrom(lines)).toEqual(['<*> INFO request served in <*> ms']);
  });

  it('keeps the message where a few lines say something else', () => {
    const lines = Array.from({ length: 40 }, (_line, n) => REQUEST(n));
    const mined = minedFrom([...lines, '2024-01-15T10:31:00Z ERROR the pool is exhausted']);
    expect(mined).toEqual(expect.arrayContaining([expect.stringMatching(/request served in <\*> ms$/)]));
    expect(mined).toEqual(expect.arrayContaining([expect.stringMatching(/the pool is exhausted$/)]));
  });

  it('keeps every word of a sentence with numbers in any place, however few words there are', () => {
    const WORD = fc.constantFrom<string[]>(
      'request',
      'served',
      'in',
      'worker',
      'finished',
      'job',
      'after',
      'retrying',
      'bytes',
    );
    const PART = fc.oneof({ arbitrary: WORD, weight: 3 }, { arbitrary: fc.constant(null), weight: 1 });
    fc.assert(
      fc.property(
        fc
          .array(PART, { minLength: 3, maxLength: 8 })
          .filter((parts) => parts.filter((one) => one !== null).length >= 2),
        fc.constantFrom('INFO', 'WARN', 'ERROR'),
        fc.integer({ min: 16, max: 50 }),
        (parts, level, count) => {
          const lines = Array.from({ length: count }, (_line, n) => {
            const message = parts.map((one, at) => one ?? String((n + 1) * (at + 3))).join(' ');
            return `2024-01-15T10:30:${pad(n % 60)}Z ${level} ${message}`;
          });
          const words = parts.flatMap((one) => one ?? []);
          for (const template of minedFrom(lines))
            expect(template.split(' ').filter((one) => words.includes(one))).toEqual(words);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('still takes off the header that many different messages share', () => {
    const messages = ['upstream timed out', 'client closed connection', 'cache miss for key', 'user logged out'];
    const lines = Array.from(
      { length: 80 },
      (_line, n) => `Jan 15 10:30:${pad(n % 60)} web-${n % 3} nginx[${n}]: ${messages[n % 4]} ${n}`,
    );
    expect([...minedFrom(lines)].sort()).toEqual(messages.map((one) => `${one} <*>`).sort());
  });
});
