import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutLine } from '../../src/text/markdown.ts';
import { shortenedText } from '../../src/text/shortened-text.ts';

describe('a text that is too long', () => {
  it('keeps its end, where tools say why', () => {
    const line = `Error: could not apply the change set ${'of a long name '.repeat(30)}because the role may not pass it on: iam:PassRole`;
    for (const cut of [shortenedText(line, 160), cutLine(line, 160)]) {
      expect(cut.length).toBeLessThanOrEqual(160);
      expect(cut).toMatch(/^Error: could not apply/);
      expect(cut).toMatch(/may not pass it on: iam:PassRole$/);
    }
  });

  it('keeps a telling word in its middle', () => {
    const line = `${'a quiet word '.repeat(40)}connection refused by db-1 ${'and more of it '.repeat(40)}`;
    expect(cutLine(line, 200)).toContain('refused by db-1');
  });

  it('is never longer than asked, well formed, and breaks no placeholder of a secret', () => {
    const piece = fc.oneof(fc.constantFrom('[redacted:github-token:40]', 'word', '😀', ' ', 'error: x'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 60, max: 300 }), (pieces, longest) => {
        const text = pieces.join('');
        for (const cut of [shortenedText(text, longest), cutLine(text, longest)]) {
          expect(cut.length).toBeLessThanOrEqual(Math.max(longest, 0) + 30);
          expect(cut.isWellFormed() || !text.isWellFormed()).toBe(true);
          const rest = cut.replaceAll('[redacted:github-token:40]', '');
          if (!text.replaceAll('[redacted:github-token:40]', '').includes('redacted'))
            expect(rest).not.toContain('redacted');
        }
      }),
    );
  });
});
