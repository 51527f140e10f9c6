import type { MoreTrick } from './more-trick.ts';

/** Further tricks with the tests of the sample project. */
export const javascript: readonly MoreTrick[] = [
  [
    'a comment swallows the assertion',
    ['    const sum = total([{ price: 3, count: 2 }]);\n', '    const sum = total([{ price: 3, count: 2 }]); /*\n'],
    ['    expect(sum).toBe(6);\n', '    expect(sum).toBe(6); */\n'],
  ],
  ['a template swallows the assertion', ['    expect(sum).toBe(6);', '    `\n    expect(sum).toBe(6);\n    `;']],
  [
    'a regular expression swallows the assertion',
    ['    expect(sum).toBe(6);', '    /expect(sum).toBe(6);/.test(sum);'],
  ],
  ['the matcher is only named', ['expect(sum).toBe(6);', 'expect(sum).toBe;']],
  ['the matcher is behind a question', ['expect(sum).toBe(6);', 'expect(sum)?.toBe?.(6);']],
  ['the assertion is void', ['    expect(sum).toBe(6);', '    void (() => expect(sum).toBe(6));']],
  [
    'the assertion is a default that is not used',
    ['    expect(sum).toBe(6);', '    ((x = expect(sum).toBe(6)) => x)(1);'],
  ],
  [
    'the assertion is in a class',
    ['    expect(sum).toBe(6);', '    class Never { static check() {\n    expect(sum).toBe(6);\n    } }'],
  ],
  ['the subject is another', ['expect(sum).toBe(6)', 'expect(6).toBe(6)']],
  ['the subject is rounded', ['expect(sum).toBe(6)', 'expect(Math.round(sum)).toBe(6)']],
  ['the subject has a fallback', ['expect(sum).toBe(6)', 'expect(sum || 6).toBe(6)']],
  ['the subject is picked', ['expect(sum).toBe(6)', 'expect(sum === 5 ? 6 : sum).toBe(6)']],
  ['expected is any number', ['toBe(6)', 'toEqual(expect.any(Number))']],
  ['an alias skips', ["describe('a cart'", "const { skip } = it;\nskip('x', () => {});\n\ndescribe('a cart'"]],
  [
    'the platform decides',
    ["  it('adds its lines', () => {", "  (process.platform === 'none' ? it : it.skip)('adds its lines', () => {"],
  ],
  [
    'the timer is faked to never come',
    ['    const sum = total', '    vi.setSystemTime(0);\n    sum = 6;\n    const sum = total'],
  ],
  ['an await on something else', ['await expect(Promise.resolve(name))', 'await null; expect(Promise.resolve(name))']],
  [
    'the last line of the test is before',
    ['    expect(sum).toBe(6);\n  });', '  });\n  () => {\n    expect(sum).toBe(6);\n  };'],
  ],
];
