import { redact, redactOutgoing } from '@selfheal/redaction/redact.ts';
import { visibleText } from '@selfheal/redaction/visible-text.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const BREAK = '\u200b';
const SECRET = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');

describe('a secret in a text that is sent', () => {
  it('takes no break away that keeps words of outsiders from being a mention or a link', () => {
    const text = `See @${BREAK}acme, #${BREAK}12\ntoken ${SECRET} and https:${BREAK}//evil.example\n@${BREAK}everyone ${SECRET} @${BREAK}here`;
    const sent = redactOutgoing(text);
    expect(sent).not.toContain('ghp_');
    expect(sent).toBe(
      `See @${BREAK}acme, #${BREAK}12\ntoken [redacted:github-token:1] and https:${BREAK}//evil.example\n@${BREAK}everyone [redacted:github-token:1] @${BREAK}here`,
    );
  });

  it('is gone when it is broken up itself', () => {
    const split = `${SECRET.slice(0, 12)}${BREAK}${SECRET.slice(12)}`;
    expect(redactOutgoing(`@${BREAK}acme ${split} @${BREAK}acme`)).toBe(
      `@${BREAK}acme [redacted:github-token:1] @${BREAK}acme`,
    );
  });

  it('changes nothing of what a reader sees, whatever stands around it', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        SECRET,
        `@${BREAK}all`,
        '\n',
        `password=hunter2${BREAK}x`,
        '\u202e',
        '\u001b[31m',
        '\ud834\udd73\ud834\udd1e',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join(' ');
        const { text: redacted, counts } = redact(text);
        const sent = redactOutgoing(text);
        if (Object.keys(counts).length > 0) expect(visibleText(sent)).toBe(visibleText(redacted));
        else expect(sent).toBe(text);
        expect(visibleText(sent)).not.toContain(SECRET);
      }),
    );
  });
});
