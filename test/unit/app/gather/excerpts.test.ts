import { describe, expect, it } from 'vitest';
import { MAX_EVIDENCE_CHARACTERS, MAX_EVIDENCE_LINES, makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { redactedText } from '#test/builders/index.ts';

describe('excerpts of many logs', () => {
  it('stay within the limits of lines and characters, with references that are unique', () => {
    const excerpts = makeExcerpts(20);
    for (let job = 0; job < 8; job += 1) {
      const source = excerpts.open({ id: `job-${job}`, name: redactedText(`job ${job}`), url: null });
      for (let line = 0; line < 2000; line += 1) source.push(`error: step ${line} ${'x'.repeat(900)}\n`);
    }
    const lines = excerpts.finish().sources.flatMap((source) => source.lines);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(MAX_EVIDENCE_LINES);
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(MAX_EVIDENCE_CHARACTERS);
    expect(new Set(lines.map(({ ref }) => ref)).size).toBe(lines.length);
  });
});
