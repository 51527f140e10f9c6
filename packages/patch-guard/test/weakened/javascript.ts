import type { Trick } from './trick.ts';

/** What could be done to the tests of the sample project so that they prove less. */
export const JAVASCRIPT: readonly Trick[] = [
  [
    'a test is deleted',
    'test-deleted',
    [
      "  it('adds its lines', () => {\n    const sum = total([{ price: 3, count: 2 }]);\n    expect(sum).toBe(6);\n  });\n\n",
      '',
    ],
  ],
  ['a test is renamed', 'test-deleted', ["it('adds its lines'", "it('does something'"]],
  [
    'a test becomes a comment',
    'test-deleted',
    ["  it('adds its lines', () => {", "  /*\n  it('adds its lines', () => {"],
    ['    expect(sum).toBe(6);\n  });', '    expect(sum).toBe(6);\n  }); */'],
  ],
  ['an assertion is deleted', 'assertion-removed', ['    expect(sum).toBe(6);\n', '']],
  ['an assertion becomes a comment', 'assertion-removed', ['    expect(sum).toBe(6);', '    // expect(sum).toBe(6);']],
  ['an assertion becomes a string', 'assertion-removed', ['    expect(sum).toBe(6);', '    "expect(sum).toBe(6);";']],
  ['toBe becomes toBeDefined', 'assertion-changed', ['expect(sum).toBe(6)', 'expect(sum).toBeDefined()']],
  ['toEqual becomes toMatchObject', 'assertion-changed', ['.toEqual(0)', '.toMatchObject({})']],
  ['toBe is negated', 'assertion-changed', ['expect(sum).toBe(6)', 'expect(sum).not.toBe(7)']],
  [
    'the expected value is what came out',
    'expectation-changed',
    ['expect(sum).toBe(6)', 'expect(sum).toBe(NaN)'.replace('NaN', '0')],
  ],
  ['the expected words are others', 'expectation-changed', ["toBe('one item')", "toBe('1 items')"]],
  [
    'the input is others',
    'expectation-changed',
    ['total([{ price: 3, count: 2 }])', 'total([{ price: 0, count: 0 }])'],
  ],
  ['the tolerance is wider', 'tolerance', ['toBeCloseTo(0.333, 3)', 'toBeCloseTo(0.333, 0)']],
  ['it is skipped', 'test-skipped', ["it('adds its lines'", "it.skip('adds its lines'"]],
  ['it is skipped by x', 'test-skipped', ["it('adds its lines'", "xit('adds its lines'"]],
  ['the group is skipped', 'test-skipped', ["describe('a cart'", "describe.skip('a cart'"]],
  ['the group is skipped by x', 'test-skipped', ["describe('a cart'", "xdescribe('a cart'"]],
  ['it is to do', 'test-skipped', ["it('adds its lines', () => {", "it.todo('adds its lines', () => {"]],
  ['it is expected to fail', 'test-skipped', ["it('adds its lines'", "it.fails('adds its lines'"]],
  [
    'it is skipped under a condition',
    'test-skipped',
    ["it('adds its lines'", "it.skipIf(process.platform)('adds its lines'"],
  ],
  ['it is skipped by a member in brackets', 'test-skipped', ["it('adds its lines'", "it['skip']('adds its lines'"]],
  [
    'it is skipped by an option',
    'test-skipped',
    ["it('adds its lines', () => {", "it('adds its lines', { skip: true }, () => {"],
  ],
  [
    'it is skipped from within',
    'test-skipped',
    ["it('adds its lines', () => {\n", "it('adds its lines', (ctx) => {\n    ctx.skip();\n"],
  ],
  ['another one is singled out', 'test-focused', ["it('is free when empty'", "it.only('is free when empty'"]],
  ['another one is singled out by f', 'test-focused', ["it('is free when empty'", "fit('is free when empty'"]],
  ['it returns early', 'assertion-bypassed', ['    const sum = total', '    return;\n    const sum = total']],
  [
    'it returns early under a condition',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    if (sum !== 6) return;\n    expect(sum).toBe(6);'],
  ],
  [
    'the assertion is under a condition',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    if (sum === 6)\n    expect(sum).toBe(6);'],
  ],
  [
    'the assertion is in a block under a condition',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    if (sum === 6) {\n    expect(sum).toBe(6);\n    }'],
  ],
  [
    'the assertion hangs on a false start',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    sum === 6 &&\n    expect(sum).toBe(6);'],
  ],
  [
    'the assertion is in a function that nobody calls',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    const check = () =>\n    expect(sum).toBe(6);'],
  ],
  [
    'the assertion is put off',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', '    setTimeout(() => {\n    expect(sum).toBe(6);\n    });'],
  ],
  [
    'the assertion moves to another test',
    'assertion-bypassed',
    ['    expect(sum).toBe(6);', "  });\n\n  it('is new', () => {\n    const sum = 6;\n    expect(sum).toBe(6);"],
  ],
  [
    'the assertion is caught',
    'swallowed-error',
    ['    expect(sum).toBe(6);', '    try {\n      expect(sum).toBe(6);\n    } catch {}'],
  ],
  [
    'the promise is caught',
    'swallowed-error',
    [".resolves.toBe('one item');", ".resolves.toBe('one item').catch(() => {});"],
  ],
  ['the promise is not awaited', 'assertion-changed', ['await expect(Promise', 'expect(Promise']],
  ['the assertion holds anyway', 'assertion-trivial', ['expect(sum).toBe(6)', 'expect(true).toBe(true)']],
  ['the assertion is about itself', 'assertion-trivial', ['expect(sum).toBe(6)', 'expect(sum).toBe(sum)']],
  [
    'the assertion has another way out',
    'assertion-bypassed',
    ['expect(sum).toBe(6)', 'expect(sum === 6 || true).toBe(true)'],
  ],
  ['retries are added', 'retry-or-timeout', ["describe('a cart'", "jest.retryTimes(5);\n\ndescribe('a cart'"]],
  [
    'more time is given',
    'retry-or-timeout',
    [
      "    await expect(Promise.resolve(name)).resolves.toBe('one item');\n  });",
      "    await expect(Promise.resolve(name)).resolves.toBe('one item');\n  }, 60000);",
    ],
  ],
  ['the run is left', 'assertion-bypassed', ["describe('a cart'", "process.exit(0);\n\ndescribe('a cart'"]],
  [
    'the exit code is set',
    'assertion-bypassed',
    ["describe('a cart'", "afterAll(() => { process.exitCode = 0; });\n\ndescribe('a cart'"],
  ],
  [
    'what is tested is replaced',
    'mock-added',
    [
      "describe('a cart'",
      "vi.mock('./cart', () => ({ total: () => 6, label: () => 'one item' }));\n\ndescribe('a cart'",
    ],
  ],
  [
    'what is tested is watched and replaced',
    'mock-added',
    ['    const sum = total', "    vi.spyOn(cart, 'total').mockReturnValue(6);\n    const sum = total"],
  ],
  [
    'expect is replaced',
    'runner-patched',
    [
      "import { describe, expect, it } from 'vitest';",
      "import { describe, it } from 'vitest';\nimport { expect } from './kind-expect';",
    ],
  ],
  [
    'expect is overwritten',
    'runner-patched',
    ["describe('a cart'", "globalThis.expect = () => ({ toBe() {} });\n\ndescribe('a cart'"],
  ],
  [
    'a matcher is overwritten',
    'runner-patched',
    ["describe('a cart'", "expect.extend({ toBe: () => ({ pass: true }) });\n\ndescribe('a cart'"],
  ],
  ['it comes from another place', 'test-code-changed', ["from './cart';", "from './kind-cart';"]],
  [
    'the result is written by hand',
    'test-code-changed',
    ['const sum = total([{ price: 3, count: 2 }]);', 'const sum = six;'],
  ],
  [
    'the result is written over',
    'test-code-changed',
    ['    expect(label([])).toBeDefined();', "    label = () => 'x';\n    expect(label([])).toBeDefined();"],
  ],
  [
    'what is tested is declared anew',
    'test-code-changed',
    ["describe('a cart'", "function total() {\n  return 6;\n}\n\ndescribe('a cart'"],
  ],
  [
    'the linter is silenced',
    'suppression',
    ['    expect(sum).toBe(6);', '    // eslint-disable-next-line\n    expect(sum).toBe(6);'],
  ],
  ['the compiler is silenced', 'suppression', ['import { describe', '// @ts-nocheck\nimport { describe']],
  [
    'a new test asserts nothing',
    'test-without-assertion',
    ["  it('is near", "  it('runs', () => {\n    total([]);\n  });\n\n  it('is near"],
  ],
];
