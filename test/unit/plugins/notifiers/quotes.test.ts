import { cutLine } from '@selfheal/kernel/text/markdown.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Quote, quotesOf, repeatWords } from '#shared/plugins/notifiers/common/quotes.ts';
import { wrapText } from '#shared/plugins/notifiers/common/wrap.ts';
import { anEvidence, anEvidenceLine } from '#test/builders/index.ts';

function evidenceOf(lines: readonly { number?: number; text: string; at?: string }[]): Evidence {
  const evidence = anEvidence();
  const [source] = evidence.sources;
  if (source === undefined) throw new Error('The builder gives a source.');
  const numbered = lines.map((line, at) => anEvidenceLine({ ref: `L${at + 1}`, number: at + 1, ...line }));
  return { ...evidence, sources: [{ ...source, lines: numbered }] };
}

const words = ({ lines }: Quote): string[] => lines.map(({ text }) => text);

const quoted = (lines: Parameters<typeof evidenceOf>[0], limit = 20) =>
  quotesOf(evidenceOf(lines), null, limit)[0]?.quotes ?? [];

describe('the quoted lines', () => {
  it('show repeated wording once, with its count and when it was said last', () => {
    const lines = Array.from({ length: 12 }, (_, at) => ({
      number: at * 3 + 1,
      text: JSON.stringify({ level: 'ERROR', message: 'Statement took longer than 5000 ms', ms: 8200 + at }),
      at: `2026-11-21T09:41:${String(at).padStart(2, '0')}.000Z`,
    }));
    const quotes = quoted(lines);
    expect(quotes).toHaveLength(1);
    expect(quotes.flatMap(words)).toEqual(['ERROR Statement took longer than 5000 ms (ms=8200)']);
    expect(quotes.map(repeatWords)).toEqual(['  [x12, last at 09:41:11]']);
  });

  it.each([
    ['exit codes', (n: number) => `ERROR worker-${n} exited with code`, 0, 137],
    ['statuses', (n: number) => `ERROR request ${n}: upstream returned`, 200, 502],
    ['signals', (n: number) => `ERROR worker ${n} terminated by signal`, 15, 9],
    ['counts of failures', (n: number) => `ERROR shard ${n} ended, failures:`, 2, 3],
  ])('fold no line that ended otherwise among its like: %s', (_what, line, usual, odd) => {
    const lines = Array.from({ length: 30 }, (_, at) => ({ text: `${line(at)} ${at === 12 ? odd : usual}` }));
    const quotes = quoted(lines);
    expect(quotes.map(({ count }) => count)).toEqual([29, 1]);
    expect(quotes.flatMap(words)).toEqual([`${line(0)} ${usual}`, `${line(12)} ${odd}`]);
    // With room for one only, it is the failure.
    expect(quoted(lines, 1).flatMap(words)).toEqual([`${line(12)} ${odd}`]);
  });

  it('let no counter push other lines out', () => {
    const lines = Array.from({ length: 60 }, (_, at) => ({ text: `ERROR shard ended with ${at + 1} errors` }));
    lines.splice(30, 0, { text: 'ERROR database is locked' });
    expect(quoted(lines, 5).flatMap(words)).toContain('ERROR database is locked');
  });

  it('keep a stack trace with its error and leave frames of tools out', () => {
    const quotes = quoted([
      { text: 'added 71 packages in 1s' },
      { text: 'TypeError: cart.total is not a function' },
      { text: '    at checkout (/app/src/checkout.ts:12:5)' },
      { text: '    at next (/app/node_modules/express/lib/router.js:40:3)' },
      { text: '    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)' },
      { text: 'done' },
    ]);
    expect(quotes.map(words)).toEqual([
      ['TypeError: cart.total is not a function', '    at checkout (/app/src/checkout.ts:12:5)'],
    ]);
  });

  it('show what the platform prints around every request only when nothing else is there', () => {
    const quotes = quoted([
      { text: 'START RequestId: 8f2c Version: 17' },
      { text: 'ERROR the ledger is closed' },
      { text: 'REPORT RequestId: 8f2c\tDuration: 8786.00 ms\tBilled Duration: 8786 ms' },
    ]);
    expect(quotes.flatMap(words)).toEqual(['ERROR the ledger is closed']);
  });

  it('leave out the help that a tool gives with every failure, unless nothing else is there', () => {
    const help = [
      'npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log',
      '##[error]Process completed with exit code 1.',
    ].map((text) => ({ text }));
    const telling = { text: 'npm error Cannot read properties of undefined (reading "map")' };
    expect(quoted([telling, ...help]).flatMap(words)).toEqual([telling.text]);
    expect(quoted(help).flatMap(words)).toEqual(help.map(({ text }) => text));
    const indented = [
      telling,
      { text: '    at basket (src/basket.ts:4:2)' },
      { text: '    Run with --stacktrace option.' },
    ];
    expect(quoted(indented).flatMap(words).join('\n')).not.toContain('--stacktrace');
  });

  it('are the last words of a log without a telling line, repeated wording once', () => {
    const parts = Array.from({ length: 40 }, (_, at) => ({ text: `      part ${at + 1} of 40 is in place` }));
    const quotes = quoted([
      { text: '[3/4] Seal the bundle' },
      ...parts,
      { text: '##[error]Process completed with exit code 3.' },
    ]);
    expect(quotes.map((quote) => [words(quote)[0]?.trim(), quote.count])).toEqual([
      ['[3/4] Seal the bundle', 1],
      ['part 40 of 40 is in place', 40],
      ['##[error]Process completed with exit code 3.', 1],
    ]);
  });

  it('are never more than asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Error: a', 'Error: b', '    at x (a.ts:1:1)', '', 'failed: c', 'ok'), {
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 20 }),
        (texts, limit) => {
          const shown = quoted(
            texts.map((text) => ({ text })),
            limit,
          );
          const telling = texts.some((text) => /error|failed/i.test(text));
          if (telling) expect(shown.flatMap(({ lines }) => lines).length).toBeLessThanOrEqual(Math.max(limit, 6));
        },
      ),
    );
  });
});

describe('a long line', () => {
  it('is cut around its telling part', () => {
    const cut = cutLine(`${'x '.repeat(200)}AssertionError: expected 4${' y'.repeat(200)}`, 120);
    expect(cut.length).toBeLessThanOrEqual(120);
    expect(cut).toContain('AssertionError: expected 4');
  });

  it('keeps placeholders of secrets whole, or leaves them out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 20, max: 60 }), (before, width) => {
        const cut = cutLine(`${'a'.repeat(before)}[redacted:github-token:1]${'b'.repeat(80)} failed`, width);
        expect(cut.length).toBeLessThanOrEqual(width + '[redacted:github-token:1]'.length);
        expect(cut.replaceAll('[redacted:github-token:1]', '')).not.toMatch(/\[redacted|token:1/);
      }),
    );
  });
});

describe('wrapped text', () => {
  it('keeps every word and stays within the columns where a word does', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1, maxLength: 60 }), (words) => {
        const wrapped = wrapText(`- ${words.join(' ')}`, 40);
        expect(wrapped.replace(/\s+/g, ' ').trim()).toBe(`- ${words.join(' ')}`);
        for (const line of wrapped.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it('leaves an address whole', () => {
    const address = `https://example.com/${'a'.repeat(150)}`;
    expect(wrapText(`- log: ${address}`)).toContain(address);
  });
});
