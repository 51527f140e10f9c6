import { matchSignatures } from '@selfheal/diagnosis/failure/matching.ts';
import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import type { LinearEngine } from '@selfheal/log-reading/logs/text-pattern.ts';
import { expect, it } from 'vitest';
import { redactedText } from '#test/builders/index.ts';

const signature = (where: 'line' | 'block') => ({
  id: `seen-by-${where}`,
  title: 'Tells what it sees',
  class: 'test_failure',
  verdict: 'regression',
  confidence: 0.5,
  where,
  literals: ['broken'],
  pattern: 'broken',
  examples: { matches: ['broken a', 'broken b'], rejects: ['sound', 'well'] },
  advice: { rootCause: 'It is broken.', fix: 'Mend it.', prevention: 'Test it.' },
});

/** What a pattern of the kind was given of these lines. */
function seenOf(where: 'line' | 'block', texts: readonly string[]): string[] {
  const seen: string[] = [];
  const engine: LinearEngine = (source) => {
    const found = (text: string): boolean => text.includes(source);
    return {
      test: found,
      exec(text) {
        seen.push(text);
        return found(text) ? {} : null;
      },
    };
  };
  const { signatures } = parseSignatures([{ name: 'a', content: { signatures: [signature(where)] } }], [], engine);
  const lines = texts.map(
    (text, index): EvidenceLine => ({
      ref: `L${index}`,
      number: index + 1,
      text: redactedText(text),
      score: 1,
    }),
  );
  const source = { id: 's', name: redactedText('s'), url: null, totalLines: lines.length, lines };
  matchSignatures(
    { version: 1, incidentId: 'i', gatheredAt: '2026-01-02T03:04:05Z', sources: [source], notes: [] },
    signatures,
  );
  return seen;
}

it('lets a pattern see a whole line as excerpts keep them, and the lines around it', () => {
  const line = `broken ${'x'.repeat(1_900)} end`;
  expect(seenOf('line', [line])).toEqual([line]);
  expect(seenOf('block', ['before', line, 'after'])).toEqual([`before\n${line}\nafter`]);
});

it('never lets a pattern see more than a bounded text, whatever the lines', () => {
  const endless = `broken ${'x'.repeat(500_000)}`;
  const around = Array.from({ length: 12 }, () => 'y'.repeat(500_000));
  for (const where of ['line', 'block'] as const) {
    const [seen = ''] = seenOf(where, [...around.slice(0, 3), endless, ...around]);
    expect(seen.length).toBeGreaterThanOrEqual(2_000);
    expect(seen.length).toBeLessThan(10_000);
  }
});

it('cuts what a structured line says, too', () => {
  const seen = seenOf('line', [JSON.stringify({ level: 'error', msg: `broken ${'x'.repeat(50_000)}` })]);
  expect(Math.max(...seen.map((text) => text.length))).toBeLessThan(3_000);
});
