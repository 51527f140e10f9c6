import { describe, expect, it } from 'vitest';
import { redactFields, redactJson } from '../src/redact-json.ts';

const TOKEN = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');

describe('redacting JSON', () => {
  it('takes a secret out of texts and names of fields at any depth, and leaves everything else', () => {
    const plain = { file: 'a.ts', at: [1, true, null, { words: '' }] };
    expect(redactJson(plain)).toEqual(plain);
    const hidden = JSON.stringify(redactJson({ [TOKEN]: 1, deep: [[{ words: `token=${TOKEN}` }]], text: TOKEN }));
    expect(hidden).not.toContain(TOKEN.slice(4, 12));
    expect(hidden.match(/\[redacted:/g)).toHaveLength(3);
  });

  it('gives null for what is no JSON and for what is nested without end', () => {
    const round: Record<string, unknown> = {};
    round.again = round;
    expect(JSON.stringify(redactJson(round))).toMatch(/null\}+$/);
    expect(redactJson([() => 1, undefined, Symbol('s'), 1n])).toEqual([null, null, null, null]);
    expect(redactJson({ missing: undefined, own: JSON.parse('{"__proto__": "x"}') })).toEqual({
      own: JSON.parse('{"__proto__": "x"}'),
    });
  });

  it('keeps the fields of a value of ours', () => {
    expect(redactFields({ line: 3, words: `Authorization: Bearer ${TOKEN}`, none: null })).toEqual({
      line: 3,
      words: expect.stringContaining('[redacted:'),
      none: null,
    });
  });
});
