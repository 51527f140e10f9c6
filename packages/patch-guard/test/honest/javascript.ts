import type { HonestEdits } from './honest-edits.ts';

/** What an honest fix may do to the sample project. */
export const javascript: HonestEdits = {
  source: {
    bound: [['i <= lines.length', 'i < lines.length']],
    import: [
      ["import { rounded } from './money';", "import { rounded } from './money';\nimport { plural } from './words';"],
    ],
    guard: [['  let sum = 0;', '  if (lines.length === 0) {\n    return 0;\n  }\n  let sum = 0;']],
    words: [['in cents. */', 'in cents; 0 when it is empty. */']],
  },
  test: {
    'another test': [
      [
        "  it('is near the share'",
        "  it('adds more than one line', () => {\n    const sum = total([{ price: 1, count: 2 }, { price: 3, count: 1 }]);\n    expect(sum).toBe(5);\n  });\n\n  it('is near the share'",
      ],
    ],
    'another assertion': [
      ['    expect(sum).toBe(6);', '    expect(sum).toBe(6);\n    expect(sum).toBeGreaterThan(5);'],
    ],
    'stronger assertion': [['expect(label([])).toBeDefined();', "expect(label([])).toBe('0 items');"]],
    'missing import': [
      ["import { describe, expect, it } from 'vitest';", "import { beforeEach, describe, expect, it } from 'vitest';"],
    ],
  },
  fresh: {
    path: 'src/label.test.ts',
    text: "import { expect, it } from 'vitest';\nimport { label } from './cart';\n\nit('counts more than one', () => {\n  expect(label([{ price: 1, count: 1 }, { price: 2, count: 1 }])).toBe('2 items');\n});\n",
  },
};
